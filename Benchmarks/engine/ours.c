/*
 * The same from wabiz: ours MODE URL CA HTTP N MESSAGES, where MODE is "step" (submit and step, N in flight), "poll" (the same from a
 * poll loop on the descriptor), "send" (blocking, from one number without a pace; N is 1), "numbers" (blocking, each message names its
 * number in options), "threads" (as "send", N threads with a handle each), "queue" (all queued before the first leaves) or "pace" (all
 * at once from one number at N a second).
 */
#include "callers.h"
#include "common.h"

#include <poll.h>
#include <unistd.h>
#include <wabiz.h>

static const char *base, *authority, *http;
static int in_flight;

static wabiz_client *open_client(int flying, int queued, int per_second) {
  char config[1024], *out = NULL;
  wabiz_client *client;
  snprintf(config, sizeof config,
           "{\"access_token\":\"token\",\"phone_number_id\":\"1\",\"base_url\":\"%s\",\"ca_file\":\"%s\",\"proxy\":\"\",\"http\":\"%s\","
           "\"max_in_flight\":%d,\"max_queued\":%d,\"messages_per_second\":%d,\"deadline_ms\":600000}",
           base, authority, http, flying, queued, per_second);
  if (wabiz_client_open(config, &client, &out) != WABIZ_OK) fail("wabiz_client_open:", out);
  wabiz_free(out);
  return client;
}

static void write_message(int i, char *body, char *options) {
  snprintf(body, LONGEST_PAYLOAD, PAYLOAD, i, i);
  snprintf(options, LONGEST_PAYLOAD, "{\"account\":{\"phone_number_id\":\"%d\"}}", number_of(i));
}

/* True when it was taken, false when the queue is full. */
static int submit(wabiz_client *client, int i) {
  char body[LONGEST_PAYLOAD], options[LONGEST_PAYLOAD], *out = NULL;
  wabiz_status status;
  write_message(i, body, options);
  status = wabiz_client_submit(client, body, options, &out);
  if (status != WABIZ_OK && status != WABIZ_FULL) fail("submit:", out);
  wabiz_free(out);
  return status == WABIZ_OK;
}

/* Steps once and returns how many receipts came; anything else than a receipt ends the program. */
static int step(wabiz_client *client, int timeout_ms) {
  char *out = NULL;
  const char *at;
  int receipts = 0;
  wabiz_status status = wabiz_client_step(client, timeout_ms, &out);
  if (status != WABIZ_OK && status != WABIZ_IDLE) fail("step:", out);
  for (at = out; (at = strstr(at, "\"ticket\":")); at++) receipts++;
  if (receipts && strstr(out, "\"error\":")) fail("an outcome is no receipt:", out);
  wabiz_free(out);
  return receipts;
}

/* Never more than twice as many outstanding as may fly, so that the engine always has one to start. */
static void keep_flying(wabiz_client *client, int first, int messages, int by_descriptor) {
  int submitted = 0, finished = 0;
  struct pollfd watched = {.fd = wabiz_client_descriptor(client), .events = POLLIN};
  while (finished < messages) {
    while (submitted < messages && submitted - finished < 2 * in_flight && submit(client, first + submitted)) submitted++;
    if (by_descriptor && poll(&watched, 1, -1) < 0) fail("poll", NULL);
    finished += step(client, by_descriptor ? 0 : -1);
  }
}

static void compare_engine(int messages, int by_descriptor) {
  wabiz_client *client = open_client(in_flight, 4 * in_flight, 1000);
  int warm_up = in_flight < 100 ? 200 : 2 * in_flight;
  usage before;
  keep_flying(client, 0, warm_up, by_descriptor);
  before = read_usage();
  keep_flying(client, warm_up, messages, by_descriptor);
  report(messages, before, read_usage());
  wabiz_client_close(client);
}

/* --------------------------------------------------------------- blocking */

static int names_numbers;

static void post(wabiz_client *client, int first, int messages) {
  char body[LONGEST_PAYLOAD], options[LONGEST_PAYLOAD];
  int i;
  for (i = 0; i < messages; i++) {
    char *out = NULL;
    write_message(first + i, body, options);
    if (wabiz_client_send(client, body, names_numbers ? options : NULL, &out) != WABIZ_OK) fail("send:", out);
    wabiz_free(out);
  }
}

static void *open_sender(void) { return open_client(1, 16, names_numbers ? 1000 : 0); }
static void post_by(void *client, int first, int messages) { post(client, first, messages); }

static void compare_send(int messages) {
  wabiz_client *client = open_sender();
  usage before;
  post(client, 0, 100);
  before = read_usage();
  post(client, 100, messages);
  report(messages, before, read_usage());
  wabiz_client_close(client);
}

/* ------------------------------------------------------- many, and by pace */

static long resident_bytes(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%*d %ld", &pages) != 1) fail("/proc/self/statm", NULL);
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

/* What one queued message takes beside its payload's own bytes, and what it costs from submit to receipt. */
static void compare_queue(int messages) {
  wabiz_client *client = open_client(in_flight, messages, 1000);
  char body[LONGEST_PAYLOAD];
  int i, finished = 0;
  long empty, full;
  double queued_cpu;
  usage before, after;
  keep_flying(client, 0, PER_NUMBER, 0);
  empty = resident_bytes();
  before = read_usage();
  for (i = 0; i < messages; i++)
    if (!submit(client, PER_NUMBER + i)) fail("the queue is full", NULL);
  full = resident_bytes();
  queued_cpu = read_usage().cpu - before.cpu;
  while (finished < messages) finished += step(client, -1);
  after = read_usage();
  printf("{\"messages\":%d,\"wall\":%.9f,\"cpu\":%.9f,\"submit_cpu\":%.9f,\"rss_kb\":%ld,\"bytes_each\":%.1f,\"payload\":%d}\n", messages, after.wall - before.wall,
         after.cpu - before.cpu, queued_cpu, peak_kb(), (double)(full - empty) / messages, snprintf(body, sizeof body, PAYLOAD, messages / 2, messages / 2));
  wabiz_client_close(client);
}

/* All from one number, N a second: the server counts. */
static void keep_pace(int messages) {
  wabiz_client *client = open_client(64, messages, in_flight);
  char body[LONGEST_PAYLOAD];
  usage before = read_usage();
  int i, finished = 0;
  for (i = 0; i < messages; i++) {
    char *out = NULL;
    snprintf(body, sizeof body, PAYLOAD, i, i);
    if (wabiz_client_submit(client, body, NULL, &out) != WABIZ_OK) fail("submit:", out);
    wabiz_free(out);
  }
  while (finished < messages) finished += step(client, -1);
  report(messages, before, read_usage());
  wabiz_client_close(client);
}

int main(int count, char **arguments) {
  const char *mode = arguments[1];
  int messages;
  if (count != 7) fail("usage: ours step|poll|send|threads|queue|pace URL CA 1.1|2|auto N MESSAGES", NULL);
  base = arguments[2];
  authority = arguments[3];
  http = arguments[4];
  in_flight = atoi(arguments[5]);
  messages = atoi(arguments[6]);
  names_numbers = !strcmp(mode, "numbers");
  if (!strcmp(mode, "step") || !strcmp(mode, "poll")) compare_engine(messages, !strcmp(mode, "poll"));
  else if (!strcmp(mode, "send") || !strcmp(mode, "numbers")) compare_send(messages);
  else if (!strcmp(mode, "threads")) compare_callers(in_flight, messages, open_sender, post_by);
  else if (!strcmp(mode, "queue")) compare_queue(messages);
  else if (!strcmp(mode, "pace")) keep_pace(messages);
  else fail("unknown mode", mode);
  return 0;
}
