/*
 * Two threads, each with a handle of its own, and both with the functions that need none: racing CONFIG MESSAGES. Nothing is shared, so a
 * race detector must find nothing; every message must have one outcome. Built and run by `tsan`.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wabiz.h>

enum { THREADS = 2 };

static const char *config;
static int messages;

static void require(int holds, const char *what, const char *document) {
  if (holds) return;
  fprintf(stderr, "%s: %s\n", what, document ? document : "");
  exit(1);
}

static int outcomes_of(wabiz_client *client, int timeout_ms, wabiz_status *status) {
  char *out = NULL;
  const char *at;
  int found = 0;
  *status = wabiz_client_step(client, timeout_ms, &out);
  require(*status >= 0, "step", out);
  for (at = out; (at = strstr(at, "\"ticket\":")); at++) found++;
  wabiz_free(out);
  return found;
}

static void without_a_handle(void) {
  char *out = NULL;
  require(wabiz_message_check("{\"to\":\"+15550001234\",\"text\":\"x\"}", NULL, &out) == WABIZ_OK, "check", out);
  wabiz_free(out);
  require(wabiz_describe("errors", &out) == WABIZ_OK, "describe", out);
  wabiz_free(out);
  require(wabiz_webhook_sign("x", 1, "secret", &out) == WABIZ_OK, "sign", out);
  wabiz_free(out);
}

static void *race(void *context) {
  static const char *const acts[] = {"take", "late:5", "e:400:100", "read-reset", "e:503:2 take", "half-body"};
  wabiz_client *client;
  wabiz_status status = WABIZ_OK;
  char *out = NULL, message[256], options[64];
  int number = (int)(long)context, i, found = 0;
  require(wabiz_client_open(config, &client, &out) == WABIZ_OK, "open", out);
  wabiz_free(out);
  for (i = 0; i < messages; i++) {
    snprintf(message, sizeof message, "{\"to\":\"+1555%d%06d\",\"text\":\"%d/%d %s\"}", number, i, number, i, acts[i % 6]);
    snprintf(options, sizeof options, "{\"account\":{\"phone_number_id\":\"%d\"}}", 100 + i % 6);
    require(wabiz_client_submit(client, message, options, &out) == WABIZ_OK, "submit", out);
    wabiz_free(out);
    if (i % 8 == 0) found += outcomes_of(client, 0, &status);
    if (i % 50 == 0) without_a_handle();
  }
  while (status != WABIZ_IDLE) found += outcomes_of(client, -1, &status);
  require(found == messages, "not one outcome for each", NULL);
  require(wabiz_client_stats(client, &out) == WABIZ_OK, "stats", out);
  wabiz_free(out);
  wabiz_client_close(client);
  return NULL;
}

int main(int count, char **arguments) {
  pthread_t threads[THREADS];
  long i;
  if (count != 3) return 2;
  config = arguments[1];
  messages = atoi(arguments[2]);
  for (i = 0; i < THREADS; i++) require(!pthread_create(&threads[i], NULL, race, (void *)i), "pthread_create", NULL);
  for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  puts("done");
  return 0;
}
