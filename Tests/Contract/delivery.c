/*
 * The chapter "client": pace and repetition. What is sent again and what never, what the server's headers ask for, how numbers and
 * recipients are kept from Meta's limits, and that none holds up another.
 */
#include "sender.h"

#include <fcntl.h>
#include <unistd.h>

#define TO_BOB "{\"to\":\"+15550009999\",\"text\":\"Hello Bob\"}"

static json_t *outcomes[64]; /* by ticket */

static void forget_outcomes(void) {
  size_t i;
  for (i = 0; i < 64; i++) {
    json_decref(outcomes[i]);
    outcomes[i] = NULL;
  }
}

static void submit(wabiz_client *client, const char *message, const char *options) {
  char *out = untouched();
  CHECK_STATUS(wabiz_client_submit(client, message, options, &out), WABIZ_OK);
  json_decref(take(out));
}

/* Keeps the outcomes of one step; gives back the status. */
static wabiz_status step(wabiz_client *client, int timeout) {
  char *out = untouched();
  wabiz_status status = wabiz_client_step(client, timeout, &out);
  json_t *document = take(out);
  size_t i;
  for (i = 0; i < count_at(document, "outcomes"); i++) {
    json_t *outcome = json_array_get(json_object_get(document, "outcomes"), i);
    json_int_t ticket = json_integer_value(at(outcome, "ticket"));
    CHECK(ticket > 0 && ticket < 64 && !outcomes[ticket]);
    if (ticket > 0 && ticket < 64) outcomes[ticket] = json_incref(outcome);
  }
  json_decref(document);
  return status;
}

static void step_to_the_end(wabiz_client *client) {
  while (step(client, -1) == WABIZ_OK) {}
}

static void check_outcome(int ticket, const char *code, int attempts) {
  const char *found = text_at(outcomes[ticket], "error.code");
  CHECK(outcomes[ticket] != NULL);
  CHECK_TEXT(found ? found : "ok", code);
  CHECK_NUMBER(json_integer_value(at(outcomes[ticket], "attempts")), attempts);
}

static wabiz_client *open_playing(const char *more) {
  forget_outcomes();
  server_forget(meta);
  return open_patient(server_port(meta), more);
}

static const char *refusal(int status, int code) {
  static char body[256];
  snprintf(body, sizeof body, "{\"error\":{\"message\":\"no\",\"code\":%d}}", code);
  return server_json(status, body);
}

/* An answer with a further header line. */
static const char *with_header(const char *header, int status, const char *body) {
  static char text[2048];
  snprintf(text, sizeof text, "HTTP/1.1 %d Said\r\n%s\r\nContent-Type: application/json\r\nContent-Length: %lu\r\n\r\n%s", status, header,
           (unsigned long)strlen(body), body);
  return text;
}

static json_int_t statistic(wabiz_client *client, const char *path) {
  char *out = untouched();
  json_t *document;
  json_int_t value;
  CHECK_STATUS(wabiz_client_stats(client, &out), WABIZ_OK);
  CHECK(out && !strstr(out, TOKEN));
  document = take(out);
  CHECK(json_is_integer(at(document, path)));
  value = json_integer_value(at(document, path));
  json_decref(document);
  return value;
}

TEST(overload_is_sent_again) {
  wabiz_client *client = open_playing("");
  server_play(meta, ACT_ANSWER, refusal(503, 131016));
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "ok", 2);
  CHECK_NUMBER(server_requests(meta), 2);
  server_forget(meta);
  server_play(meta, ACT_ANSWER, refusal(503, 131016));
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(client, HELLO, WABIZ_OK);
  CHECK_NUMBER(server_requests(meta), 2);
  CHECK_NUMBER(statistic(client, "sent"), 4);
  CHECK_NUMBER(statistic(client, "retried"), 2);
  CHECK_NUMBER(statistic(client, "accepted"), 2);
  CHECK_NUMBER(statistic(client, "refused.131016"), 2);
  CHECK_NUMBER(statistic(client, "in_flight") + statistic(client, "queued") + statistic(client, "waiting"), 0);
  wabiz_client_close(client);
}

TEST(not_more_often_than_told) {
  wabiz_client *client = open_playing(",\"max_attempts\":2");
  server_play(meta, ACT_ANSWER, refusal(503, 131016));
  submit(client, HELLO, NULL);
  submit(client, HELLO, "{\"max_attempts\":1}");
  step_to_the_end(client);
  check_outcome(1, "refused", 2);
  check_outcome(2, "refused", 1);
  CHECK_NUMBER(json_integer_value(at(outcomes[1], "error.graph.code")), 131016);
  CHECK_NUMBER(server_requests(meta), 3);
  wabiz_client_close(client);
}

TEST(what_a_repeat_does_not_mend) {
  wabiz_client *client = open_playing("");
  server_play(meta, ACT_ANSWER, refusal(400, 131009));
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "refused", 1);
  CHECK_NUMBER(server_requests(meta), 1);
  wabiz_client_close(client);
}

TEST(what_did_not_leave_is_sent_again) {
  wabiz_client *client;
  forget_outcomes();
  client = open_patient(server_refused_port(), ",\"max_attempts\":2");
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "unreachable", 2);
  CHECK_NUMBER(statistic(client, "sent"), 0);
  CHECK_NUMBER(statistic(client, "unreachable"), 1);
  wabiz_client_close(client);
}

TEST(what_may_have_gone_out_is_not) {
  static const server_act acts[] = {ACT_RESET, ACT_CLOSE};
  int i;
  for (i = 0; i < 2; i++) {
    wabiz_client *client = open_playing("");
    server_play(meta, acts[i], NULL);
    server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
    submit(client, HELLO, NULL);
    step_to_the_end(client);
    check_outcome(1, "uncertain", 1);
    CHECK_NUMBER(server_requests(meta), 1);
    wabiz_client_close(client);
  }
}

TEST(unless_the_caller_allows_it) {
  wabiz_client *client = open_playing(",\"resend_uncertain\":true");
  server_play(meta, ACT_RESET, NULL);
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  server_play(meta, ACT_ANSWER, refusal(500, 131000));
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  server_play(meta, ACT_RESET, NULL);
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "ok", 2);
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(2, "ok", 2);
  submit(client, HELLO, "{\"resend_uncertain\":false}");
  step_to_the_end(client);
  check_outcome(3, "uncertain", 1);
  wabiz_client_close(client);
}

/* The last attempt was refused, but the first may have reached somebody. */
TEST(an_outcome_speaks_for_all_attempts) {
  wabiz_client *client = open_playing(",\"resend_uncertain\":true");
  server_play(meta, ACT_RESET, NULL);
  server_play(meta, ACT_ANSWER, refusal(400, 131009));
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "uncertain", 2);
  CHECK_NUMBER(json_integer_value(at(outcomes[1], "error.graph.code")), 131009);
  wabiz_client_close(client);
}

TEST(servers_say_when) {
  static const char *const headers[] = {"Retry-After: 3600", "RETRY-AFTER:3600", "Retry-After: Fri, 31 Dec 2099 23:59:59 GMT"};
  size_t i;
  for (i = 0; i < 3; i++) {
    wabiz_client *client = open_playing("");
    server_play(meta, ACT_ANSWER, with_header(headers[i], 503, "{\"error\":{\"message\":\"no\",\"code\":131016}}"));
    submit(client, HELLO, NULL);
    step_to_the_end(client);
    check_outcome(1, "refused", 1); /* its next turn would come after its deadline */
    wabiz_client_close(client);
  }
}

/* A quota that is used up stops its number, and no other. */
TEST(usage_headers_stop_a_number) {
  static const char used[] =
      "X-Business-Use-Case-Usage: {\"100\":[{\"type\":\"whatsapp\",\"call_count\":100,\"total_cputime\":1,\"total_time\":1,\"estimated_time_to_regain_access\":30}]}";
  wabiz_client *client = open_playing("");
  server_play(meta, ACT_ANSWER, with_header(used, 200, SERVER_ACCEPTED));
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "ok", 1);
  submit(client, HELLO, "{\"deadline_ms\":50}");
  submit(client, HELLO, "{\"account\":{\"phone_number_id\":\"777\"}}");
  step_to_the_end(client);
  check_outcome(2, "unreachable", 0);
  check_outcome(3, "ok", 1);
  CHECK_NUMBER(server_requests(meta), 2);
  CHECK(statistic(client, "numbers.0.pace.stopped_ms") > 0);
  wabiz_client_close(client);
}

TEST(throttling_halves_the_pace) {
  wabiz_client *client = open_playing("");
  server_play(meta, ACT_ANSWER, refusal(429, 130429));
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  CHECK_NUMBER(statistic(client, "numbers.0.pace.limit"), 80);
  CHECK_NUMBER(statistic(client, "numbers.0.pace.effective"), 80);
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "ok", 2);
  CHECK_NUMBER(statistic(client, "numbers.0.pace.effective"), 40);
  wabiz_client_close(client);
}

/* The sixth has to wait for a second to pass, and its deadline comes first; another number goes at once. */
TEST(the_pace_of_a_number) {
  wabiz_client *client = open_playing(",\"messages_per_second\":5");
  int i;
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  for (i = 0; i < 5; i++) submit(client, HELLO, NULL);
  submit(client, HELLO, "{\"deadline_ms\":300}");
  submit(client, HELLO, "{\"account\":{\"phone_number_id\":\"777\"}}");
  step_to_the_end(client);
  for (i = 1; i <= 5; i++) check_outcome(i, "ok", 1);
  check_outcome(6, "unreachable", 0);
  check_outcome(7, "ok", 1);
  CHECK_NUMBER(server_requests(meta), 6);
  wabiz_client_close(client);
}

TEST(the_pace_lets_all_through) {
  wabiz_client *client = open_playing(",\"messages_per_second\":10,\"pair_interval_ms\":0");
  int i;
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  for (i = 0; i < 25; i++) submit(client, HELLO, NULL);
  step_to_the_end(client);
  for (i = 1; i <= 25; i++) check_outcome(i, "ok", 1);
  wabiz_client_close(client);
}

TEST(the_pace_of_a_recipient) {
  wabiz_client *client = open_playing(",\"pair_burst\":2,\"pair_interval_ms\":600000");
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  submit(client, HELLO, NULL);
  submit(client, "{\"to\":\"1 (555) 000-1234\",\"text\":\"The same person\"}", NULL);
  submit(client, HELLO, NULL);
  submit(client, TO_BOB, NULL);
  submit(client, HELLO, "{\"account\":{\"phone_number_id\":\"777\"}}");
  step_to_the_end(client);
  check_outcome(1, "ok", 1);
  check_outcome(2, "ok", 1);
  check_outcome(3, "unreachable", 0); /* at once: it would come ten minutes later */
  check_outcome(4, "ok", 1);
  check_outcome(5, "ok", 1);
  wabiz_client_close(client);
}

TEST(recipients_get_their_turn) {
  wabiz_client *client = open_playing(",\"pair_burst\":1,\"pair_interval_ms\":200");
  int i;
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  for (i = 0; i < 6; i++) submit(client, HELLO, NULL);
  step(client, 0);
  CHECK_NUMBER(statistic(client, "waiting"), 5);
  step_to_the_end(client);
  for (i = 1; i <= 6; i++) check_outcome(i, "ok", 1);
  wabiz_client_close(client);
}

/* A turn that was not used goes to the next one. */
TEST(turns_are_given_back) {
  wabiz_client *client = open_playing(",\"pair_burst\":1,\"pair_interval_ms\":40000");
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  submit(client, HELLO, NULL);
  submit(client, HELLO, NULL);
  step(client, 0);
  CHECK_NUMBER(statistic(client, "waiting"), 1);
  CHECK_STATUS(wabiz_client_cancel(client, 2, NULL), WABIZ_OK);
  submit(client, HELLO, NULL); /* after 40 s, where 80 s would be behind its deadline */
  while (!outcomes[1] || !outcomes[2]) step(client, -1);
  check_outcome(1, "ok", 1);
  check_outcome(2, "cancelled", 0);
  step(client, 0);
  CHECK(outcomes[3] == NULL);
  CHECK_NUMBER(statistic(client, "waiting"), 1);
  wabiz_client_close(client);
}

/* A repeat takes a turn of its own when the attempt before it reached Meta, and keeps its turn when that did not. */
TEST(repeats_take_turns) {
  wabiz_client *client = open_playing(",\"pair_burst\":2,\"pair_interval_ms\":600000");
  server_play(meta, ACT_ANSWER, refusal(500, 131016));
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "ok", 2);
  check_outcome(2, "unreachable", 0); /* the third turn comes ten minutes later */
  CHECK_NUMBER(server_requests(meta), 2);
  wabiz_client_close(client);
}

TEST(a_repeat_without_a_turn) {
  wabiz_client *client = open_playing(",\"pair_burst\":1,\"pair_interval_ms\":600000");
  server_play(meta, ACT_ANSWER, refusal(500, 131016));
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "refused", 1);
  wabiz_client_close(client);
}

TEST(turns_of_what_never_left) {
  wabiz_client *client;
  forget_outcomes();
  client = open_patient(server_refused_port(), ",\"pair_burst\":1,\"pair_interval_ms\":600000,\"max_attempts\":2");
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  submit(client, HELLO, NULL);
  step_to_the_end(client);
  check_outcome(1, "unreachable", 2);
  check_outcome(2, "unreachable", 2);
  wabiz_client_close(client);
}

/* Meta's own pair limit: this recipient waits, others do not. */
TEST(the_pair_limit_of_meta) {
  wabiz_client *client = open_playing(",\"max_in_flight\":1");
  server_play(meta, ACT_ANSWER, refusal(400, 131056));
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  submit(client, HELLO, NULL);
  submit(client, TO_BOB, NULL);
  step(client, -1);
  CHECK(outcomes[1] == NULL);
  check_outcome(2, "ok", 1);
  submit(client, HELLO, "{\"deadline_ms\":100}");
  step_to_the_end(client);
  check_outcome(1, "ok", 2);
  check_outcome(3, "unreachable", 0);
  wabiz_client_close(client);
}

/* A number with a long queue does not keep another from its turn. */
TEST(numbers_take_turns) {
  wabiz_client *client = open_playing(",\"max_in_flight\":1,\"messages_per_second\":1000");
  int i;
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  for (i = 0; i < 40; i++) submit(client, HELLO, NULL);
  submit(client, HELLO, "{\"account\":{\"phone_number_id\":\"777\"}}");
  for (i = 0; i < 4 && !outcomes[41]; i++) step(client, -1);
  check_outcome(41, "ok", 1);
  step_to_the_end(client);
  wabiz_client_close(client);
}

/* Taking back and ending while a message waits for its next attempt. */
TEST(cut_between_attempts) {
  wabiz_client *client = open_playing(",\"resend_uncertain\":true");
  server_play(meta, ACT_ANSWER, with_header("Retry-After: 20", 503, "{\"error\":{\"message\":\"no\",\"code\":131016}}"));
  server_play(meta, ACT_ANSWER, with_header("Retry-After: 20", 500, "{\"error\":{\"message\":\"no\",\"code\":131000}}"));
  submit(client, HELLO, NULL);
  while (server_requests(meta) < 1) step(client, 10);
  while (statistic(client, "waiting") < 1) step(client, 10);
  submit(client, HELLO, NULL);
  while (server_requests(meta) < 2) step(client, 10);
  while (statistic(client, "waiting") < 2) step(client, 10);
  CHECK_STATUS(wabiz_client_cancel(client, 1, NULL), WABIZ_OK);
  step(client, 0);
  check_outcome(1, "cancelled", 1);
  CHECK_STATUS(wabiz_client_cancel(client, 2, NULL), WABIZ_OK);
  step(client, 0);
  check_outcome(2, "uncertain", 1);
  CHECK_NUMBER(step(client, 0), WABIZ_IDLE);
  wabiz_client_close(client);
}

/* Nobody reads it, and in the end nobody is there any more: messages go out all the same. */
TEST(a_log_that_nobody_reads) {
  char config[64], filler[4096];
  wabiz_client *client;
  int ends[2];
  CHECK(pipe(ends) == 0);
  memset(filler, 'x', sizeof filler);
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  while (write(ends[1], filler, sizeof filler) > 0) {}
  fcntl(ends[1], F_SETFL, 0);
  snprintf(config, sizeof config, ",\"log\":%d", ends[1]);
  client = open_playing(config);
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(client, HELLO, WABIZ_OK);
  close(ends[0]);
  sends(client, HELLO, WABIZ_OK);
  wabiz_client_close(client);
  close(ends[1]);
}

int main(void) {
  meta = server_start();
  RUN(overload_is_sent_again);
  RUN(not_more_often_than_told);
  RUN(what_a_repeat_does_not_mend);
  RUN(what_did_not_leave_is_sent_again);
  RUN(what_may_have_gone_out_is_not);
  RUN(unless_the_caller_allows_it);
  RUN(an_outcome_speaks_for_all_attempts);
  RUN(servers_say_when);
  RUN(usage_headers_stop_a_number);
  RUN(throttling_halves_the_pace);
  RUN(the_pace_of_a_number);
  RUN(the_pace_lets_all_through);
  RUN(the_pace_of_a_recipient);
  RUN(recipients_get_their_turn);
  RUN(turns_are_given_back);
  RUN(repeats_take_turns);
  RUN(a_repeat_without_a_turn);
  RUN(turns_of_what_never_left);
  RUN(the_pair_limit_of_meta);
  RUN(numbers_take_turns);
  RUN(cut_between_attempts);
  RUN(a_log_that_nobody_reads);
  forget_outcomes();
  server_stop(meta);
  FINISH("delivery");
}
