/*
 * An outbox while the time of day goes back and forth under one handle, and not only between two: every moment that a row waits for is a
 * time of day, so that a jump back makes it later, never lost and never twice; what is under way does not depend on it.
 */
#include "sender.h"
#include "clocks.h"

#include <poll.h>

enum { HOUR = 3600, DAY = 24 * HOUR, MOST_ROWS = 32 };

static char path[64];
static wabiz_outbox *outbox;
static wabiz_client *client;

static wabiz_outbox *open_outbox(const char *more) {
  char config[256], *out = untouched();
  wabiz_outbox *opened = NULL;
  snprintf(config, sizeof config, "{\"path\":\"%s\",\"phone_number_id\":\"100200300\"%s}", path, more);
  CHECK_STATUS(wabiz_outbox_open(config, &opened, &out), WABIZ_OK);
  json_decref(take(out));
  return opened;
}

static void begin(const char *more) {
  day_ahead = 0;
  strcpy(path, "/tmp/wabiz-jumps-XXXXXX");
  close(mkstemp(path));
  client = open_client(",\"messages_per_second\":1000,\"deadline_ms\":600000,\"timeout_ms\":600000");
  outbox = open_outbox(more);
}

static void end(void) {
  static const char *const endings[] = {"", "-wal", "-shm"};
  char name[80];
  size_t index;
  wabiz_outbox_close(outbox);
  wabiz_client_close(client);
  for (index = 0; index < 3; index++) {
    snprintf(name, sizeof name, "%s%s", path, endings[index]);
    unlink(name);
  }
}

/* The next requests are answered with ids of their own. */
static void accepts(int count) {
  static int number;
  char body[256];
  while (count-- > 0) {
    snprintf(body, sizeof body, "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"1\",\"wa_id\":\"1\"}],\"messages\":[{\"id\":\"wamid.%d\"}]}", ++number);
    server_play(meta, ACT_ANSWER, server_json(200, body));
  }
}

/* Stores a message to a person of that number; gives back the row's id. */
static const char *put(int person, const char *options) {
  static char ids[MOST_ROWS][40];
  static int next;
  char message[128], *out = untouched(), *id = ids[next++ % MOST_ROWS];
  json_t *row;
  snprintf(message, sizeof message, "{\"to\":\"+1555000%04d\",\"text\":\"Hello\"}", person);
  CHECK_STATUS(wabiz_outbox_put(outbox, message, options, &out), WABIZ_OK);
  row = take(out);
  snprintf(id, sizeof ids[0], "%s", text_at(row, "id"));
  json_decref(row);
  return id;
}

/* Options with a moment or two of now and so many seconds. */
static const char *moments(const char *format, long first, long second) {
  static char text[160];
  long now = (long)time(NULL);
  snprintf(text, sizeof text, format, now + first, now + second);
  return text;
}

/* One step: how many rows it hands out, and the state of the last one. */
static size_t step(wabiz_outbox *which, wabiz_client *with, int timeout, char *state) {
  char *out = untouched();
  wabiz_status status = wabiz_outbox_step(which, with, timeout, &out);
  json_t *document;
  size_t count;
  CHECK(status == WABIZ_OK || status == WABIZ_IDLE);
  document = take(out);
  count = count_at(document, "outcomes");
  if (count > 0 && state) snprintf(state, 16, "%s", text_at(json_array_get(at(document, "outcomes"), count - 1), "state"));
  json_decref(document);
  return count;
}

/* The time of day is so far ahead now, and nothing is to be done then: nothing is handed out, and nothing is sent. */
static void nothing_happens(long ahead) {
  int requests = server_requests(meta), i;
  day_ahead = ahead;
  for (i = 0; i < 3; i++) CHECK_NUMBER(step(outbox, client, 10, NULL), 0);
  CHECK_NUMBER(server_requests(meta), requests);
}

/* The time of day is so far ahead now, and one row comes to this state. */
static void comes_to(long ahead, const char *expected) {
  char state[16] = "";
  int tries;
  day_ahead = ahead;
  for (tries = 0; tries < 600 && step(outbox, client, 100, state) == 0; tries++) {}
  CHECK_TEXT(state, expected);
}

static void stands(const char *id, const char *state, int attempts) {
  char *out = untouched();
  json_t *row;
  CHECK_STATUS(wabiz_outbox_get(outbox, id, &out), WABIZ_OK);
  row = take(out);
  CHECK_TEXT(text_at(row, "state"), state);
  CHECK_NUMBER(json_integer_value(at(row, "attempts")), attempts);
  json_decref(row);
}

TEST(a_time_to_send) {
  const char *row;
  begin("");
  accepts(1);
  row = put(1, moments("{\"send_at\":%ld}", 10 * HOUR, 0));
  nothing_happens(0);
  nothing_happens(-3 * DAY);
  nothing_happens(9 * HOUR);
  comes_to(11 * HOUR, "accepted");
  nothing_happens(0);
  nothing_happens(30 * DAY);
  stands(row, "accepted", 1);
  end();
}

TEST(a_time_to_expire) {
  const char *row, *other;
  begin("");
  accepts(1);
  row = put(1, moments("{\"send_at\":%ld,\"expires_at\":%ld}", 10 * HOUR, 20 * HOUR));
  other = put(2, moments("{\"send_at\":%ld,\"expires_at\":%ld}", 40 * HOUR, 50 * HOUR));
  nothing_happens(-DAY);
  comes_to(30 * HOUR, "expired");
  nothing_happens(15 * HOUR); /* over is over */
  stands(row, "expired", 0);
  comes_to(45 * HOUR, "accepted");
  nothing_happens(60 * HOUR);
  stands(other, "accepted", 1);
  end();
}

TEST(a_pause_after_a_refusal) {
  const char *row;
  begin("");
  server_play(meta, ACT_ANSWER, server_json(400, "{\"error\":{\"message\":\"(#131048) Spam rate limit hit\",\"type\":\"OAuthException\",\"code\":131048}}"));
  accepts(1);
  row = put(1, NULL);
  while (server_requests(meta) < 1 && test_broken == 0) step(outbox, client, 10, NULL);
  nothing_happens(0); /* the refusal is recorded, and an hour has to pass */
  nothing_happens(-2 * DAY);
  nothing_happens(15 * 60);
  stands(row, "queued", 1);
  comes_to(3 * HOUR, "accepted");
  nothing_happens(-2 * DAY);
  stands(row, "accepted", 2);
  end();
}

TEST(the_patience_of_a_sequence) {
  const char *second;
  begin("");
  accepts(2);
  put(1, "{\"sequence\":\"s\",\"sequence_failure\":\"skip\"}");
  second = put(2, "{\"sequence\":\"s\"}");
  comes_to(0, "accepted");
  nothing_happens(-5 * DAY);
  nothing_happens(20 * HOUR);
  nothing_happens(0);
  stands(second, "queued", 0);
  comes_to(28 * HOUR, "accepted");
  nothing_happens(0);
  CHECK_NUMBER(server_requests(meta), 2);
  end();
}

TEST(the_patience_for_what_is_uncertain) {
  const char *row;
  begin(",\"uncertain\":\"resend\",\"uncertain_seconds\":36000");
  server_play(meta, ACT_RESET, NULL);
  accepts(1);
  row = put(1, NULL);
  while (server_requests(meta) < 1 && test_broken == 0) step(outbox, client, 10, NULL);
  nothing_happens(0);
  nothing_happens(-2 * DAY);
  nothing_happens(9 * HOUR);
  stands(row, "uncertain", 1);
  comes_to(11 * HOUR, "accepted");
  nothing_happens(0);
  nothing_happens(22 * HOUR);
  stands(row, "accepted", 2);
  end();
}

TEST(a_window_of_a_day) {
  char events[256], *out = untouched();
  wabiz_status status;
  begin("");
  snprintf(events, sizeof events,
           "{\"events\":[{\"kind\":\"message\",\"key\":\"m\",\"phone_number_id\":\"100200300\",\"from\":\"15550000001\",\"type\":\"text\",\"timestamp\":%ld}]}",
           (long)time(NULL));
  CHECK_STATUS(wabiz_outbox_apply(outbox, events, &out), WABIZ_OK);
  json_decref(take(out));
  put(1, NULL);
  day_ahead = 2 * DAY;
  status = wabiz_outbox_put(outbox, "{\"to\":\"+15550000001\",\"text\":\"Hello\"}", NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_BLOCKED);
  day_ahead = -2 * DAY;
  put(1, NULL);
  day_ahead = 0;
  put(1, NULL);
  end();
}

/* A message is on its way while the clock jumps, further than any lease: it stays the handle's own, and is recorded when it comes back. */
TEST(what_is_under_way) {
  static const long jumps[] = {0, 10 * DAY, -10 * DAY, 10 * DAY, 0};
  const char *row;
  size_t i;
  begin("");
  server_play(meta, ACT_SILENCE, NULL);
  row = put(1, NULL);
  while (server_requests(meta) < 1 && test_broken == 0) step(outbox, client, 10, NULL);
  for (i = 0; i < sizeof jumps / sizeof *jumps; i++) {
    nothing_happens(jumps[i]);
    stands(row, "sending", 1);
  }
  server_speak_up(meta, server_json(200, SERVER_ACCEPTED));
  comes_to(-10 * DAY, "accepted");
  nothing_happens(10 * DAY);
  stands(row, "accepted", 1);
  CHECK_NUMBER(server_requests(meta), 1);
  end();
}

/* Another handle looks first and finds the lease over: the row is uncertain until its answer is there, and is not sent again. */
TEST(what_is_under_way_and_given_up_by_another) {
  wabiz_outbox *other;
  wabiz_client *others;
  const char *row;
  begin("");
  server_play(meta, ACT_SILENCE, NULL);
  row = put(1, NULL);
  while (server_requests(meta) < 1 && test_broken == 0) step(outbox, client, 10, NULL);
  other = open_outbox("");
  others = open_on(server_port(meta), "");
  day_ahead = 10 * DAY;
  CHECK(step(other, others, 10, NULL) <= 1);
  stands(row, "uncertain", 1);
  nothing_happens(0);
  server_speak_up(meta, server_json(200, SERVER_ACCEPTED));
  comes_to(0, "accepted");
  CHECK_NUMBER(step(other, others, 10, NULL), 0);
  stands(row, "accepted", 1);
  CHECK_NUMBER(server_requests(meta), 1);
  wabiz_outbox_close(other);
  wabiz_client_close(others);
  end();
}

/* Every look at the time of day is off by up to ten days either way: each row goes out once all the same. */
TEST(a_clock_that_is_never_right) {
  const char *rows[20];
  size_t count = 0, all = sizeof rows / sizeof *rows, i;
  int tries;
  begin("");
  accepts((int)all);
  day_jitter = 42;
  for (i = 0; i < all; i++) rows[i] = put((int)i, "{\"expires_at\":4000000000}");
  for (tries = 0; tries < 200 && count < all; tries++) count += step(outbox, client, 5, NULL);
  day_jitter = 0;
  day_ahead = 30 * DAY;
  for (tries = 0; tries < 600 && count < all; tries++) count += step(outbox, client, 100, NULL);
  CHECK_NUMBER(count, all);
  nothing_happens(60 * DAY);
  for (i = 0; i < all; i++) stands(rows[i], "accepted", 1);
  CHECK_NUMBER(server_requests(meta), all);
  end();
}

int main(void) {
  meta = server_start();
  RUN(a_time_to_send);
  RUN(a_time_to_expire);
  RUN(a_pause_after_a_refusal);
  RUN(the_patience_of_a_sequence);
  RUN(the_patience_for_what_is_uncertain);
  RUN(a_window_of_a_day);
  RUN(what_is_under_way);
  RUN(what_is_under_way_and_given_up_by_another);
  RUN(a_clock_that_is_never_right);
  server_stop(meta);
  FINISH("jumps");
}
