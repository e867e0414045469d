/*
 * The chapter "outbox": rows that are put, found, moved by webhooks, taken back and forgotten; refusals; a child process.
 */
#include "sender.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const char hello[] = "{\"to\":\"+15550001234\",\"text\":\"Hello\"}";
static char path[64], config[192];

static void new_file(void) {
  int file;
  strcpy(path, "/tmp/wabiz-outbox-XXXXXX");
  file = mkstemp(path);
  CHECK(file >= 0);
  close(file);
  snprintf(config, sizeof config, "{\"path\":\"%s\",\"phone_number_id\":\"100200300\",\"now\":1767225600}", path);
}

static void remove_file(void) {
  static const char *const endings[] = {"", "-wal", "-shm"};
  char name[80];
  size_t index;
  for (index = 0; index < 3; index++) {
    snprintf(name, sizeof name, "%s%s", path, endings[index]);
    unlink(name);
  }
}

static wabiz_outbox *open_outbox(void) {
  wabiz_outbox *outbox = NULL;
  char *out = untouched();
  json_t *document;
  CHECK_STATUS(wabiz_outbox_open(config, &outbox, &out), WABIZ_OK);
  document = take(out);
  CHECK_NUMBER(json_integer_value(at(document, "schema")), 3);
  json_decref(document);
  CHECK(outbox != NULL);
  return outbox;
}

static json_t *put(wabiz_outbox *outbox, const char *message, const char *options) {
  char *out = untouched();
  CHECK_STATUS(wabiz_outbox_put(outbox, message, options, &out), WABIZ_OK);
  return take(out);
}

static json_t *apply(wabiz_outbox *outbox, const char *id, const char *status) {
  char events[400], *out = untouched();
  snprintf(events, sizeof events,
           "{\"events\":[{\"kind\":\"status\",\"key\":\"%s\",\"status\":\"%s\",\"message_id\":\"wamid.1\",\"timestamp\":1,\"tag\":\"%s\"}]}", status,
           status, id);
  CHECK_STATUS(wabiz_outbox_apply(outbox, events, &out), WABIZ_OK);
  return take(out);
}

TEST(a_row_lives) {
  wabiz_outbox *outbox;
  json_t *row, *found;
  char id[40], *out = untouched();
  new_file();
  outbox = open_outbox();
  row = put(outbox, hello, "{\"key\":\"k\",\"tag\":{\"n\":1.50}}");
  CHECK_TEXT(text_at(row, "state"), "queued");
  CHECK(json_is_true(at(row, "new")));
  snprintf(id, sizeof id, "%s", text_at(row, "id"));
  json_decref(row);
  row = put(outbox, hello, "{\"key\":\"k\"}");
  CHECK_TEXT(text_at(row, "id"), id);
  CHECK(json_is_false(at(row, "new")));
  json_decref(row);
  found = apply(outbox, id, "delivered");
  CHECK_NUMBER(json_integer_value(at(found, "moved")), 1);
  CHECK_TEXT(text_at(found, "rows.0.state"), "delivered");
  json_decref(found);
  found = apply(outbox, "somebody else's", "sent");
  CHECK_NUMBER(json_integer_value(at(found, "moved")), 0);
  CHECK_NUMBER(json_integer_value(at(found, "unknown")), 0); /* known by Meta's id */
  json_decref(found);
  CHECK_STATUS(wabiz_outbox_get(outbox, id, &out), WABIZ_OK);
  CHECK(strstr(out, "{\"n\":1.50}") != NULL);
  row = take(out);
  CHECK_TEXT(text_at(row, "message_id"), "wamid.1");
  CHECK_TEXT(text_at(row, "message.text.body"), "Hello");
  json_decref(row);
  CHECK_STATUS(wabiz_outbox_cancel(outbox, id, &out), WABIZ_OK);
  row = take(out);
  CHECK(json_is_false(at(row, "cancelled")));
  json_decref(row);
  CHECK_STATUS(wabiz_outbox_retry(outbox, id, &out), WABIZ_OK);
  row = take(out);
  CHECK(json_is_false(at(row, "retried")));
  json_decref(row);
  wabiz_outbox_close(outbox);
  remove_file();
}

TEST(many_lists_and_pruning) {
  wabiz_outbox *outbox;
  json_t *found;
  char message[200], id[40], *out = untouched();
  new_file();
  outbox = open_outbox();
  snprintf(message, sizeof message, "{\"messages\":[%s,{\"message\":%s,\"key\":\"b\"}]}", hello, hello);
  found = put(outbox, message, NULL);
  CHECK_NUMBER(count_at(found, "rows"), 2);
  snprintf(id, sizeof id, "%s", text_at(found, "rows.1.id"));
  json_decref(found);
  CHECK_STATUS(wabiz_outbox_cancel(outbox, id, &out), WABIZ_OK);
  json_decref(take(out));
  CHECK_STATUS(wabiz_outbox_list(outbox, "{\"state\":\"cancelled\"}", &out), WABIZ_OK);
  found = take(out);
  CHECK_NUMBER(count_at(found, "rows"), 1);
  CHECK_TEXT(text_at(found, "rows.0.id"), id);
  CHECK(json_is_null(at(found, "next")));
  json_decref(found);
  CHECK_STATUS(wabiz_outbox_prune(outbox, "{\"retention_seconds\":0}", &out), WABIZ_OK);
  found = take(out);
  CHECK_NUMBER(json_integer_value(at(found, "rows")), 1);
  json_decref(found);
  CHECK_STATUS(wabiz_outbox_stats(outbox, &out), WABIZ_OK);
  found = take(out);
  CHECK_NUMBER(json_integer_value(at(found, "rows.queued")), 1);
  CHECK_NUMBER(json_integer_value(at(found, "keys")), 1);
  json_decref(found);
  CHECK_STATUS(wabiz_outbox_resume(outbox, "15550001234", &out), WABIZ_OK);
  found = take(out);
  CHECK(json_is_false(at(found, "resumed")));
  json_decref(found);
  wabiz_outbox_close(outbox);
  remove_file();
}

TEST(refusals) {
  wabiz_outbox *outbox, *none;
  wabiz_status status;
  char *out = untouched();
  new_file();
  outbox = none = open_outbox();
  status = wabiz_outbox_open("{\"path\":\"/nowhere/at/all.db\",\"phone_number_id\":\"1\"}", &none, &out);
  CHECK_FAILURE(status, out, WABIZ_STORAGE);
  CHECK(none == NULL);
  status = wabiz_outbox_open("{}", &none, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_open("{\"path\":\"/tmp/x.db\",\"api\":\"on_premises\",\"uncertain\":\"wait\"}", &none, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_open(NULL, &none, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_open(config, NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_put(NULL, hello, NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_put(outbox, NULL, NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_put(outbox, "{\"to\":\"1\",\"text\":\"\"}", NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_INVALID);
  status = wabiz_outbox_put(outbox, "{\"read\":\"wamid.1\"}", NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_put(outbox, "{", NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
  json_decref(put(outbox, hello, "{\"key\":\"k\"}"));
  status = wabiz_outbox_put(outbox, "{\"to\":\"1\",\"text\":\"x\"}", "{\"key\":\"k\"}", &out);
  CHECK_FAILURE(status, out, WABIZ_CONFLICT);
  status = wabiz_outbox_get(outbox, "00000000000000010000000000000000", &out);
  CHECK_FAILURE(status, out, WABIZ_NOT_FOUND);
  status = wabiz_outbox_cancel(outbox, "x", &out);
  CHECK_FAILURE(status, out, WABIZ_NOT_FOUND);
  status = wabiz_outbox_retry(outbox, NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_apply(outbox, "{}", &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_apply(outbox, "{", &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
  status = wabiz_outbox_list(outbox, "{\"limit\":0}", &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_prune(outbox, "{\"x\":0}", &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_resume(outbox, "", &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_stats(NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  wabiz_outbox_close(outbox);
  wabiz_outbox_close(NULL);
  remove_file();
}

TEST(a_stop_and_a_closed_window) {
  wabiz_outbox *outbox;
  wabiz_status status;
  char *out = untouched();
  json_t *failure;
  new_file();
  outbox = open_outbox();
  CHECK_STATUS(wabiz_outbox_apply(outbox,
                                  "{\"events\":[{\"kind\":\"user_preference\",\"key\":\"p\",\"phone_number_id\":\"100200300\",\"wa_id\":\"15550001234\","
                                  "\"category\":\"marketing_messages\",\"value\":\"stop\",\"timestamp\":1},"
                                  "{\"kind\":\"message\",\"key\":\"m\",\"phone_number_id\":\"100200300\",\"from\":\"15550001234\",\"type\":\"text\",\"timestamp\":1}]}",
                                  NULL),
               WABIZ_OK);
  CHECK_STATUS(wabiz_outbox_put(outbox, "{\"to\":\"+15550001234\",\"template\":\"t\",\"language\":\"en\"}", "{\"template_category\":\"marketing\"}", &out), WABIZ_BLOCKED);
  failure = take(out);
  CHECK_TEXT(text_at(failure, "error.reason"), "stopped");
  json_decref(failure);
  status = wabiz_outbox_put(outbox, hello, NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BLOCKED);
  wabiz_outbox_close(outbox);
  remove_file();
}

/* Steps until nothing is left; how many rows were handed out, and the last one's state. */
static int step_all(wabiz_outbox *outbox, wabiz_client *client, char *state, size_t size) {
  int rows = 0, rounds = 0;
  wabiz_status status = WABIZ_OK;
  while (status == WABIZ_OK && rounds++ < 1000) {
    char *out = untouched();
    json_t *document;
    status = wabiz_outbox_step(outbox, client, 1000, &out);
    CHECK(out && !strstr(out, TOKEN));
    document = take(out);
    if (count_at(document, "outcomes")) snprintf(state, size, "%s", text_at(document, "outcomes.0.state"));
    rows += (int)count_at(document, "outcomes");
    json_decref(document);
  }
  CHECK_STATUS(status, WABIZ_IDLE);
  return rows;
}

TEST(rows_go_out) {
  wabiz_outbox *outbox;
  wabiz_client *client = open_client("");
  char state[32] = "", id[40], *last, *out = untouched();
  json_t *row;
  struct pollfd watched;
  wabiz_status status;
  new_file();
  outbox = open_outbox();
  CHECK_STATUS(wabiz_outbox_step(outbox, client, -1, NULL), WABIZ_IDLE);
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  watched.fd = wabiz_outbox_descriptor(outbox, client);
  watched.events = POLLIN;
  CHECK(watched.fd >= 0);
  row = put(outbox, hello, NULL);
  snprintf(id, sizeof id, "%s", text_at(row, "id"));
  json_decref(row);
  CHECK_NUMBER(poll(&watched, 1, 10000), 1);
  CHECK_NUMBER(step_all(outbox, client, state, sizeof state), 1);
  CHECK_TEXT(state, "accepted");
  last = server_last(meta);
  CHECK(last && strstr(last, id));
  free(last);
  CHECK_STATUS(wabiz_outbox_get(outbox, id, &out), WABIZ_OK);
  row = take(out);
  CHECK_TEXT(text_at(row, "message_id"), "wamid.TEST1");
  json_decref(row);
  /* No answer: uncertain, and never sent again by itself. */
  server_forget(meta);
  server_play(meta, ACT_CLOSE, "");
  row = put(outbox, hello, NULL);
  snprintf(id, sizeof id, "%s", text_at(row, "id"));
  json_decref(row);
  CHECK_STATUS(wabiz_outbox_step(outbox, client, 0, NULL), WABIZ_OK);
  do {
    status = wabiz_outbox_drain(outbox, client, 1000, NULL);
  } while (status == WABIZ_OK);
  CHECK_STATUS(wabiz_outbox_get(outbox, id, &out), WABIZ_OK);
  row = take(out);
  CHECK_TEXT(text_at(row, "state"), "uncertain");
  json_decref(row);
  CHECK_NUMBER(server_requests(meta), 1);
  CHECK(json_integer_value(at(row = apply(outbox, id, "sent"), "moved")) == 1);
  json_decref(row);
  /* The end: what is under way is waited for, and nothing more begins. */
  server_forget(meta);
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  json_decref(put(outbox, hello, NULL));
  CHECK_STATUS(wabiz_outbox_step(outbox, client, 0, NULL), WABIZ_OK);
  json_decref(put(outbox, hello, NULL));
  do {
    status = wabiz_outbox_drain(outbox, client, 1000, NULL);
  } while (status == WABIZ_OK);
  CHECK_STATUS(status, WABIZ_IDLE);
  CHECK_NUMBER(server_requests(meta), 1);
  CHECK_STATUS(wabiz_outbox_stats(outbox, &out), WABIZ_OK);
  row = take(out);
  CHECK_NUMBER(json_integer_value(at(row, "rows.queued")), 1);
  CHECK_NUMBER(json_integer_value(at(row, "rows.sending")), 0);
  json_decref(row);
  status = wabiz_outbox_drain(outbox, NULL, 0, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_step(NULL, client, 0, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  status = wabiz_outbox_step(outbox, NULL, 0, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  CHECK_NUMBER(wabiz_outbox_descriptor(NULL, client), -1);
  CHECK_NUMBER(wabiz_outbox_descriptor(outbox, NULL), -1);
  wabiz_outbox_close(outbox);
  wabiz_client_close(client);
  remove_file();
}

TEST(a_fork) {
  wabiz_outbox *outbox;
  json_t *found;
  char *out = untouched();
  int state = 0;
  pid_t child;
  new_file();
  outbox = open_outbox();
  json_decref(put(outbox, hello, NULL));
  child = fork();
  if (child == 0) {
    wabiz_outbox *own = NULL;
    int wrong = wabiz_outbox_put(outbox, hello, NULL, NULL) != WABIZ_FORKED || wabiz_outbox_stats(outbox, NULL) != WABIZ_FORKED;
    wabiz_outbox_close(outbox);
    wrong |= wabiz_outbox_open(config, &own, NULL) != WABIZ_OK || wabiz_outbox_put(own, hello, NULL, NULL) != WABIZ_OK;
    wabiz_outbox_close(own);
    /* What the child leaves unreleased on purpose is no leak to be counted: a process that is killed is not asked. */
    if (!wrong) kill(getpid(), SIGKILL);
    _exit(1);
  }
  CHECK(child > 0 && waitpid(child, &state, 0) == child && WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL);
  CHECK_STATUS(wabiz_outbox_stats(outbox, &out), WABIZ_OK);
  found = take(out);
  CHECK_NUMBER(json_integer_value(at(found, "rows.queued")), 2);
  json_decref(found);
  wabiz_outbox_close(outbox);
  remove_file();
}

int main(void) {
  meta = server_start();
  RUN(a_row_lives);
  RUN(many_lists_and_pruning);
  RUN(refusals);
  RUN(a_stop_and_a_closed_window);
  RUN(rows_go_out);
  RUN(a_fork);
  server_stop(meta);
  FINISH("outbox");
}
