/*
 * The chapter "seen": what is new, what was marked, a file that outlives its handle, and a handle in a child process.
 */
#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const char events[] = "{\"events\":[{\"kind\":\"message\",\"key\":\"a\"},{\"kind\":\"message\",\"key\":\"a\"},{\"kind\":\"error\",\"key\":null}]}";

static wabiz_seen *open_store(const char *config) {
  wabiz_seen *seen = NULL;
  char *out = untouched();
  CHECK_STATUS(wabiz_seen_open(config, &seen, &out), WABIZ_OK);
  json_decref(take(out));
  CHECK(seen != NULL);
  return seen;
}

static json_t *check(wabiz_seen *seen, const char *document, const char *options) {
  char *out = untouched();
  CHECK_STATUS(wabiz_seen_check(seen, document, options, &out), WABIZ_OK);
  return take(out);
}

TEST(two_steps) {
  wabiz_seen *seen = open_store(NULL);
  char *out = untouched();
  json_t *found = check(seen, events, NULL);
  CHECK_NUMBER(count_at(found, "new"), 2);
  CHECK_NUMBER(json_integer_value(at(found, "repeated.0")), 1);
  json_decref(found);
  CHECK_STATUS(wabiz_seen_mark(seen, events, "{\"now\":1000}", &out), WABIZ_OK);
  found = take(out);
  CHECK_NUMBER(json_integer_value(at(found, "marked")), 1);
  json_decref(found);
  found = check(seen, "{\"keys\":[\"a\",\"b\"]}", "{\"now\":605799}");
  CHECK_NUMBER(json_integer_value(at(found, "new.0")), 1);
  json_decref(found);
  found = check(seen, "{\"keys\":[\"a\"]}", "{\"now\":605800}");
  CHECK_NUMBER(count_at(found, "new"), 1);
  json_decref(found);
  wabiz_seen_close(seen);
}

TEST(refusals) {
  wabiz_seen *seen = open_store("{}"), *none = seen;
  wabiz_status status;
  char *out = untouched();
  status = wabiz_seen_open("{\"path\":\"/nowhere/at/all.db\"}", &none, &out);
  CHECK_FAILURE(status, out, WABIZ_STORAGE);
  CHECK(none == NULL);
  status = wabiz_seen_open("{\"pathh\":1}", &none, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_seen_open("{", &none, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
  status = wabiz_seen_open(NULL, NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_seen_check(NULL, events, NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_seen_check(seen, NULL, NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_seen_check(seen, "{\"events\":[{}]}", NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_seen_mark(seen, events, "{\"noww\":1}", &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_seen_mark(seen, "{", NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
  wabiz_seen_close(seen);
  wabiz_seen_close(NULL);
}

TEST(a_file_and_a_fork) {
  char path[] = "/tmp/wabiz-seen-XXXXXX", config[128], companion[64];
  int file = mkstemp(path), state = 0;
  wabiz_seen *seen;
  json_t *found;
  pid_t child;
  CHECK(file >= 0);
  close(file);
  snprintf(config, sizeof config, "{\"path\":\"%s\"}", path);
  seen = open_store(config);
  CHECK_STATUS(wabiz_seen_mark(seen, events, NULL, NULL), WABIZ_OK);
  child = fork();
  if (child == 0) {
    wabiz_seen *own = NULL;
    int wrong = wabiz_seen_check(seen, events, NULL, NULL) != WABIZ_FORKED || wabiz_seen_mark(seen, events, NULL, NULL) != WABIZ_FORKED;
    wabiz_seen_close(seen);
    wrong |= wabiz_seen_open(config, &own, NULL) != WABIZ_OK || wabiz_seen_mark(own, "{\"keys\":[\"child\"]}", NULL, NULL) != WABIZ_OK;
    wabiz_seen_close(own);
    /* What the child leaves unreleased on purpose is no leak to be counted: a process that is killed is not asked. */
    if (!wrong) kill(getpid(), SIGKILL);
    _exit(1);
  }
  CHECK(child > 0 && waitpid(child, &state, 0) == child && WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL);
  found = check(seen, "{\"keys\":[\"a\",\"child\",\"b\"]}", NULL);
  CHECK_NUMBER(count_at(found, "new"), 1);
  json_decref(found);
  wabiz_seen_close(seen);
  seen = open_store(config);
  found = check(seen, "{\"keys\":[\"a\",\"child\",\"b\"]}", NULL);
  CHECK_NUMBER(json_integer_value(at(found, "new.0")), 2);
  json_decref(found);
  wabiz_seen_close(seen);
  unlink(path);
  snprintf(companion, sizeof companion, "%s-wal", path);
  unlink(companion);
  snprintf(companion, sizeof companion, "%s-shm", path);
  unlink(companion);
}

int main(void) {
  RUN(two_steps);
  RUN(refusals);
  RUN(a_file_and_a_fork);
  FINISH("seen");
}
