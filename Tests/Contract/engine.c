/*
 * The chapter "client": many messages at once. Tickets and outcomes, the bounds of the queue, taking back, ending in order, the
 * descriptor, signals.
 */
#include "sender.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

enum { MOST = 256 };

/* What became of each ticket: how many outcomes it got, and the last one's code ("ok" for a receipt). */
static struct {
  int outcomes, attempts;
  char code[24];
  char tag[64];
} fate[MOST];

static void forget_fates(void) { memset(fate, 0, sizeof fate); }

static unsigned long long submit(wabiz_client *client, const char *message, const char *options) {
  char *out = untouched();
  wabiz_status status = wabiz_client_submit(client, message, options, &out);
  json_t *document;
  json_int_t ticket;
  CHECK_STATUS(status, WABIZ_OK);
  if (status != WABIZ_OK) printf("  %s\n", out ? out : "(none)");
  document = take(out);
  ticket = json_integer_value(at(document, "ticket"));
  CHECK(ticket > 0);
  json_decref(document);
  return (unsigned long long)ticket;
}

/* Notes the outcomes of a step or drain; gives back how many there were. */
static size_t note(char *out) {
  json_t *document;
  size_t count, i;
  CHECK(out && !strstr(out, TOKEN));
  document = take(out);
  CHECK(json_is_array(at(document, "outcomes")));
  count = count_at(document, "outcomes");
  for (i = 0; i < count; i++) {
    const json_t *outcome = json_array_get(at(document, "outcomes"), i), *tag = at(outcome, "tag");
    json_int_t ticket = json_integer_value(at(outcome, "ticket"));
    const char *code = text_at(outcome, "error.code");
    CHECK(ticket > 0 && ticket < MOST);
    CHECK((at(outcome, "receipt") != NULL) != (at(outcome, "error") != NULL));
    if (ticket <= 0 || ticket >= MOST) continue;
    fate[ticket].outcomes++;
    fate[ticket].attempts = (int)json_integer_value(at(outcome, "attempts"));
    snprintf(fate[ticket].code, sizeof fate[ticket].code, "%s", code ? code : "ok");
    if (tag) {
      char *written = json_dumps(tag, JSON_ENCODE_ANY | JSON_COMPACT);
      snprintf(fate[ticket].tag, sizeof fate[ticket].tag, "%s", written);
      free(written);
    }
  }
  json_decref(document);
  return count;
}

static size_t step(wabiz_client *client, int timeout, wabiz_status expected) {
  char *out = untouched();
  CHECK_STATUS(wabiz_client_step(client, timeout, &out), expected);
  return note(out);
}

/* Steps until nothing is left; gives back the number of outcomes. */
static size_t step_to_the_end(wabiz_client *client) {
  size_t count = 0;
  for (;;) {
    char *out = untouched();
    wabiz_status status = wabiz_client_step(client, -1, &out);
    count += note(out);
    CHECK(status == WABIZ_OK || status == WABIZ_IDLE);
    if (status != WABIZ_OK) return count;
  }
}

static size_t drain(wabiz_client *client, int timeout, wabiz_status expected) {
  char *out = untouched();
  CHECK_STATUS(wabiz_client_drain(client, timeout, &out), expected);
  return note(out);
}

/* A ticket got this outcome, once, after so many attempts. */
static void check_fate(unsigned long long ticket, const char *code, int attempts) {
  CHECK(ticket > 0 && ticket < MOST);
  CHECK_NUMBER(fate[ticket].outcomes, 1);
  CHECK_TEXT(fate[ticket].code, code);
  CHECK_NUMBER(fate[ticket].attempts, attempts);
}

static void steps_until_requests(wabiz_client *client, int requests) {
  int tries;
  for (tries = 0; tries < 60000 && server_requests(meta) < requests; tries++) step(client, 2, WABIZ_OK);
  CHECK_NUMBER(server_requests(meta), requests);
}

static wabiz_client *open_silent(const char *more) {
  wabiz_client *client = open_client(more);
  forget_fates();
  server_play(meta, ACT_SILENCE, NULL);
  return client;
}

static wabiz_client *open_accepting(const char *more) {
  wabiz_client *client = open_client(more);
  forget_fates();
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  return client;
}

TEST(every_ticket_gets_one_outcome) {
  wabiz_client *client = open_accepting(",\"max_in_flight\":4,\"messages_per_second\":1000");
  unsigned long long tickets[100];
  int i;
  for (i = 0; i < 100; i++) tickets[i] = submit(client, HELLO, NULL);
  for (i = 0; i < 100; i++) CHECK_NUMBER(tickets[i], i + 1);
  CHECK_NUMBER(server_connections(meta), 0);
  CHECK_NUMBER(step_to_the_end(client), 100);
  for (i = 0; i < 100; i++) check_fate(tickets[i], "ok", 1);
  CHECK_NUMBER(server_requests(meta), 100);
  CHECK(server_connections(meta) <= 4);
  wabiz_client_close(client);
}

TEST(nothing_to_do) {
  wabiz_client *client = open_accepting("");
  CHECK_NUMBER(step(client, 0, WABIZ_IDLE), 0);
  CHECK_NUMBER(step(client, -1, WABIZ_IDLE), 0);
  CHECK_NUMBER(step(client, 60000, WABIZ_IDLE), 0);
  CHECK_NUMBER(drain(client, -1, WABIZ_IDLE), 0);
  CHECK_STATUS(wabiz_client_step(client, 0, NULL), WABIZ_IDLE);
  wabiz_client_close(client);
}

TEST(tags_come_back_as_written) {
  static const char *const tags[] = {"\"row 12\"", "7", "1e400", "{\"a\":[1,2.50,null]}", "null", "false", "\"\\u00e4\""};
  wabiz_client *client = open_accepting("");
  char *out = untouched();
  size_t i;
  for (i = 0; i < sizeof tags / sizeof *tags; i++) {
    char options[128], member[128];
    json_t *document;
    snprintf(options, sizeof options, "{\"tag\": %s }", tags[i]);
    if (strcmp(tags[i], "1e400") == 0) continue; /* Numbers of the caller's must fit a double. */
    submit(client, HELLO, options);
    CHECK_STATUS(wabiz_client_step(client, -1, &out), WABIZ_OK);
    snprintf(member, sizeof member, ",\"tag\":%s,\"attempts\":1,", tags[i]);
    if (!strstr(out, member)) printf("  %s not in %s\n", member, out);
    CHECK(strstr(out, member) != NULL);
    document = take(out);
    json_decref(document);
  }
  submit(client, HELLO, NULL);
  CHECK_STATUS(wabiz_client_step(client, -1, &out), WABIZ_OK);
  CHECK(strstr(out, "\"tag\"") == NULL);
  wabiz_free(out);
  wabiz_client_close(client);
}

TEST(what_is_wrong_is_not_queued) {
  static const char *const options[] = {
      "{\"no_such\":1}", "{\"deadline_ms\":0}", "{\"deadline_ms\":\"1\"}", "{\"max_attempts\":0}", "{\"max_attempts\":101}", "{\"resend_uncertain\":1}",
      "{\"account\":1}", "{\"account\":{\"phone_number_id\":7}}", "{\"account\":{\"phone_number_id\":\"a/b\"}}", "{\"account\":{\"token\":\"x\"}}",
      "{\"account\":{\"access_token\":\"a b\"}}", "{\"api\":\"on_premises\"}", "{\"tag\":1,\"tag\":2}"};
  wabiz_client *client = open_accepting("");
  size_t i;
  for (i = 0; i < sizeof options / sizeof *options; i++) {
    char *out = untouched();
    wabiz_status status = wabiz_client_submit(client, HELLO, options[i], &out);
    if (status != WABIZ_BAD_ARGUMENT) printf("  %s\n", options[i]);
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
    CHECK_STATUS(wabiz_client_send(client, HELLO, options[i], NULL), WABIZ_BAD_ARGUMENT);
  }
  CHECK_STATUS(wabiz_client_submit(client, "{\"to\":\"+15550001234\",\"text\":\"\"}", NULL, NULL), WABIZ_INVALID);
  CHECK_STATUS(wabiz_client_submit(client, "{", NULL, NULL), WABIZ_BAD_JSON);
  CHECK_STATUS(wabiz_client_submit(client, HELLO, "{", NULL), WABIZ_BAD_JSON);
  CHECK_STATUS(wabiz_client_submit(client, NULL, NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_submit(NULL, HELLO, NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_step(NULL, 0, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_drain(NULL, 0, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_cancel(NULL, 1, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_stats(NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_NUMBER(wabiz_client_descriptor(NULL), -1);
  CHECK_NUMBER(step(client, 0, WABIZ_IDLE), 0);
  CHECK_NUMBER(server_connections(meta), 0);
  wabiz_client_close(client);
}

TEST(a_full_queue) {
  wabiz_client *client = open_silent(",\"max_queued\":3,\"max_in_flight\":1");
  char *out = untouched();
  int i;
  for (i = 0; i < 3; i++) submit(client, HELLO, NULL);
  CHECK_STATUS(wabiz_client_submit(client, HELLO, NULL, &out), WABIZ_FULL);
  json_decref(take(out));
  CHECK_STATUS(wabiz_client_send(client, HELLO, NULL, NULL), WABIZ_FULL);
  CHECK_STATUS(wabiz_client_cancel(client, 3, NULL), WABIZ_OK);
  CHECK_NUMBER(submit(client, HELLO, NULL), 4);
  CHECK_STATUS(wabiz_client_submit(client, HELLO, NULL, NULL), WABIZ_FULL);
  wabiz_client_close(client);
}

TEST(taking_back) {
  wabiz_client *client = open_silent(",\"max_in_flight\":1");
  char *out = untouched();
  wabiz_status status;
  json_t *document;
  submit(client, HELLO, NULL);
  submit(client, HELLO, NULL);
  submit(client, HELLO, NULL);
  steps_until_requests(client, 1);
  CHECK_STATUS(wabiz_client_cancel(client, 1, &out), WABIZ_OK);
  document = take(out);
  CHECK_NUMBER(json_integer_value(at(document, "ticket")), 1);
  CHECK(json_is_true(at(document, "cancelled")));
  json_decref(document);
  CHECK_STATUS(wabiz_client_cancel(client, 3, NULL), WABIZ_OK);
  status = wabiz_client_cancel(client, 3, &out);
  CHECK_FAILURE(status, out, WABIZ_NOT_FOUND);
  CHECK_STATUS(wabiz_client_cancel(client, 99, NULL), WABIZ_NOT_FOUND);
  CHECK_STATUS(wabiz_client_cancel(client, 0, NULL), WABIZ_NOT_FOUND);
  CHECK_NUMBER(step(client, 0, WABIZ_OK), 2);
  check_fate(1, "uncertain", 1);
  check_fate(3, "cancelled", 0);
  CHECK_STATUS(wabiz_client_cancel(client, 1, NULL), WABIZ_NOT_FOUND);
  steps_until_requests(client, 2);
  CHECK_STATUS(wabiz_client_cancel(client, 2, NULL), WABIZ_OK);
  CHECK_NUMBER(step_to_the_end(client), 1);
  check_fate(2, "uncertain", 1);
  wabiz_client_close(client);
}

TEST(ending_in_order) {
  wabiz_client *client = open_accepting(",\"max_in_flight\":2,\"messages_per_second\":1000");
  int i;
  for (i = 0; i < 20; i++) submit(client, HELLO, NULL);
  CHECK_NUMBER(drain(client, -1, WABIZ_OK), 20);
  for (i = 1; i <= 20; i++) check_fate((unsigned long long)i, "ok", 1);
  CHECK_NUMBER(server_requests(meta), 20);
  CHECK_STATUS(wabiz_client_submit(client, HELLO, NULL, NULL), WABIZ_CANCELLED);
  CHECK_STATUS(wabiz_client_send(client, HELLO, NULL, NULL), WABIZ_CANCELLED);
  CHECK_NUMBER(drain(client, -1, WABIZ_IDLE), 0);
  CHECK_NUMBER(step(client, -1, WABIZ_IDLE), 0);
  wabiz_client_close(client);
}

TEST(ending_at_once) {
  wabiz_client *client = open_silent(",\"max_in_flight\":1");
  submit(client, HELLO, NULL);
  submit(client, HELLO, NULL);
  steps_until_requests(client, 1);
  CHECK_NUMBER(drain(client, 0, WABIZ_OK), 2);
  check_fate(1, "uncertain", 1);
  check_fate(2, "cancelled", 0);
  wabiz_client_close(client);
  client = open_silent("");
  submit(client, HELLO, NULL);
  CHECK_NUMBER(drain(client, 100, WABIZ_OK), 1);
  check_fate(1, "uncertain", 1);
  wabiz_client_close(client);
}

TEST(closing_in_the_middle) {
  wabiz_client *client = open_silent("");
  int i;
  for (i = 0; i < 10; i++) submit(client, HELLO, "{\"tag\":\"lost\"}");
  steps_until_requests(client, 10);
  submit(client, HELLO, NULL);
  wabiz_client_close(client);
  client = open_silent("");
  submit(client, HELLO, NULL);
  wabiz_client_close(client);
}

/* What others wait for goes on during a send, and is handed out by the next step. */
TEST(sending_in_between) {
  wabiz_client *client = open_accepting("");
  int i;
  for (i = 0; i < 5; i++) submit(client, HELLO, NULL);
  sends(client, HELLO, WABIZ_OK);
  CHECK_NUMBER(step_to_the_end(client), 5);
  for (i = 1; i <= 5; i++) check_fate((unsigned long long)i, "ok", 1);
  CHECK_NUMBER(fate[6].outcomes, 0);
  CHECK_NUMBER(server_requests(meta), 6);
  wabiz_client_close(client);
}

TEST(a_deadline_in_the_queue) {
  wabiz_client *client = open_silent(",\"max_in_flight\":1,\"timeout_ms\":60000");
  submit(client, HELLO, NULL);
  submit(client, HELLO, "{\"deadline_ms\":60000}");
  submit(client, HELLO, "{\"deadline_ms\":40}");
  submit(client, HELLO, "{\"deadline_ms\":20}");
  submit(client, HELLO, "{\"deadline_ms\":30}"); /* behind one that ends sooner, and another that ends much later */
  while (!fate[3].outcomes || !fate[4].outcomes || !fate[5].outcomes) step(client, -1, WABIZ_OK);
  check_fate(3, "unreachable", 0);
  check_fate(4, "unreachable", 0);
  check_fate(5, "unreachable", 0);
  CHECK_NUMBER(fate[1].outcomes + fate[2].outcomes, 0);
  steps_until_requests(client, 1);
  wabiz_client_close(client);
}

TEST(waiting_no_longer_than_told) {
  wabiz_client *client = open_silent("");
  submit(client, HELLO, NULL);
  CHECK_NUMBER(step(client, 30, WABIZ_OK), 0);
  CHECK_NUMBER(step(client, 0, WABIZ_OK), 0);
  CHECK_STATUS(wabiz_client_cancel(client, 1, NULL), WABIZ_OK);
  CHECK_NUMBER(step(client, -1, WABIZ_OK), 1);
  CHECK_NUMBER(step(client, -1, WABIZ_IDLE), 0);
  wabiz_client_close(client);
}

TEST(other_numbers) {
  wabiz_client *client = open_accepting(",\"app_secret\":\"top-secret\"");
  char *request, *with_proof, *out = untouched();
  submit(client, HELLO, "{\"account\":{\"phone_number_id\":\"777\",\"access_token\":\"EAAG-other-token\",\"app_secret\":null}}");
  CHECK_NUMBER(step_to_the_end(client), 1);
  request = server_last(meta);
  CHECK(strncmp(request, "POST /v25.0/777/messages HTTP/1.1\r\n", 35) == 0);
  CHECK(strstr(request, "Bearer EAAG-other-token\r\n") != NULL);
  free(request);
  submit(client, HELLO, "{\"account\":{\"phone_number_id\":\"778\"}}");
  CHECK_NUMBER(step_to_the_end(client), 1);
  with_proof = server_last(meta);
  CHECK(strncmp(with_proof, "POST /v25.0/778/messages?appsecret_proof=", 41) == 0);
  CHECK(strstr(with_proof, "Bearer " TOKEN "\r\n") != NULL);
  free(with_proof);
  CHECK_STATUS(wabiz_client_send(client, HELLO, "{\"account\":{\"phone_number_id\":\"779\"}}", &out), WABIZ_OK);
  json_decref(take(out));
  sends(client, HELLO, WABIZ_OK);
  request = server_last(meta);
  CHECK(strncmp(request, "POST /v25.0/100200300/messages?", 31) == 0);
  free(request);
  CHECK_NUMBER(server_connections(meta), 1);
  wabiz_client_close(client);
}

static int is_readable(int descriptor, int timeout) {
  struct pollfd look;
  look.fd = descriptor;
  look.events = POLLIN;
  return poll(&look, 1, timeout) == 1;
}

/* An event loop: waits on the descriptor alone and never inside the library. */
TEST(the_descriptor) {
  wabiz_client *client = open_accepting("");
  int descriptor = wabiz_client_descriptor(client), i;
  size_t count = 0;
  CHECK(descriptor >= 0);
  CHECK(fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
  CHECK_NUMBER(wabiz_client_descriptor(client), descriptor);
  CHECK(!is_readable(descriptor, 0));
  for (i = 0; i < 10; i++) submit(client, HELLO, NULL);
  while (count < 10) {
    CHECK(is_readable(descriptor, 10000));
    CHECK_STATUS(wabiz_client_step(client, 0, NULL), count < 10 ? WABIZ_OK : WABIZ_IDLE);
    if (server_requests(meta) == 10) break;
  }
  submit(client, HELLO, NULL);
  for (i = 0; i < 2000 && step(client, 0, WABIZ_OK) == 0; i++) CHECK(is_readable(descriptor, 60000));
  /* Outcomes that were not fetched keep it readable. */
  submit(client, HELLO, NULL);
  submit(client, HELLO, NULL);
  sends(client, HELLO, WABIZ_OK);
  sends(client, HELLO, WABIZ_OK);
  sends(client, HELLO, WABIZ_OK);
  CHECK(is_readable(descriptor, 0));
  CHECK(is_readable(descriptor, 0));
  step_to_the_end(client);
  for (i = 0; i < 100 && is_readable(descriptor, 0); i++) step(client, 0, WABIZ_IDLE);
  CHECK(!is_readable(descriptor, 0));
  wabiz_client_close(client);
  CHECK(fcntl(descriptor, F_GETFD) < 0);
}

/* A deadline is watched by the descriptor's timer. */
TEST(the_descriptor_and_time) {
  wabiz_client *client = open_silent(",\"timeout_ms\":1500"); /* time enough to leave on a busy machine */
  int descriptor = wabiz_client_descriptor(client), tries;
  submit(client, HELLO, NULL);
  for (tries = 0; tries < 2000 && !fate[1].outcomes; tries++) {
    CHECK(is_readable(descriptor, 60000));
    step(client, 0, WABIZ_OK);
  }
  check_fate(1, "uncertain", 1);
  wabiz_client_close(client);
}

static volatile sig_atomic_t rang;
static void ring(int number) { rang = number; }

TEST(signals_end_the_wait) {
  wabiz_client *client = open_silent("");
  struct sigaction action, before;
  struct itimerval soon, never;
  memset(&action, 0, sizeof action);
  memset(&soon, 0, sizeof soon);
  memset(&never, 0, sizeof never);
  action.sa_handler = ring;
  sigaction(SIGALRM, &action, &before);
  submit(client, HELLO, NULL);
  steps_until_requests(client, 1);
  soon.it_value.tv_usec = 20000;
  soon.it_interval.tv_usec = 20000; /* in case the first one comes before the wait */
  setitimer(ITIMER_REAL, &soon, NULL);
  CHECK_NUMBER(step(client, -1, WABIZ_OK), 0);
  CHECK(rang == SIGALRM);
  setitimer(ITIMER_REAL, &never, NULL);
  sigaction(SIGALRM, &before, NULL);
  wabiz_client_close(client);
}

int main(void) {
  meta = server_start();
  RUN(every_ticket_gets_one_outcome);
  RUN(nothing_to_do);
  RUN(tags_come_back_as_written);
  RUN(what_is_wrong_is_not_queued);
  RUN(a_full_queue);
  RUN(taking_back);
  RUN(ending_in_order);
  RUN(ending_at_once);
  RUN(closing_in_the_middle);
  RUN(sending_in_between);
  RUN(a_deadline_in_the_queue);
  RUN(waiting_no_longer_than_told);
  RUN(other_numbers);
  RUN(the_descriptor);
  RUN(the_descriptor_and_time);
  RUN(signals_end_the_wait);
  server_stop(meta);
  FINISH("engine");
}
