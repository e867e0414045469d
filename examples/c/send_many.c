/*
 * Sends the messages that come in on standard input, one JSON document per line, and prints what becomes of each: one poll() loop
 * for the input and for everything that is under way, as a server has it for its sockets. No thread, no callback.
 *
 *     cc send_many.c -o send_many $(pkg-config --cflags --libs wabiz jansson)
 *     WABIZ_ACCESS_TOKEN=... WABIZ_PHONE_NUMBER_ID=... ./send_many < messages.jsonl
 *
 * WABIZ_BASE_URL points it at a sandbox. Exit status: 0 every message was accepted, 1 not every one.
 */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wabiz.h>

enum { LONGEST = 1 << 20, MOST = 1000 }; /* bytes of a line; messages under way at once */
static int failures, pending;

static void note(json_int_t line, const json_t *result, const json_t *error) {
  const char *id = json_string_value(json_object_get(result, "message_id")), *text = json_string_value(json_object_get(error, "message"));
  const char *retry = json_string_value(json_object_get(error, "retry"));
  if (error) failures++, printf("line %lld: %s (retry: %s)\n", (long long)line, text ? text : "", retry ? retry : "never");
  else printf("line %lld: %s\n", (long long)line, id ? id : "done");
  fflush(stdout);
}

/* Queues a line; its number comes back as the tag. What is wrong with a message is known at once. */
static void submit(wabiz_client *client, const char *message, int line) {
  char options[32], *out = NULL;
  snprintf(options, sizeof options, "{\"tag\":%d}", line);
  if (wabiz_client_submit(client, message, options, &out) == WABIZ_OK) {
    pending++;
  } else {
    json_t *failure = json_loads(out ? out : "{}", 0, NULL), *error = json_object_get(failure, "error");
    note(line, NULL, error ? error : failure);
    json_decref(failure);
  }
  wabiz_free(out);
}

/* Drives everything that is under way, without waiting, and prints what is finished. */
static void step(wabiz_client *client) {
  char *out = NULL;
  if (wabiz_client_step(client, 0, &out) < 0) exit((fprintf(stderr, "%s\n", out ? out : "no memory"), 1));
  json_t *document = json_loads(out ? out : "{}", 0, NULL), *outcome;
  size_t i;
  json_array_foreach(json_object_get(document, "outcomes"), i, outcome) {
    note(json_integer_value(json_object_get(outcome, "tag")), json_object_get(outcome, "receipt"), json_object_get(outcome, "error"));
    pending--;
  }
  json_decref(document);
  wabiz_free(out);
}

int main(void) {
  static char text[LONGEST];
  size_t length = 0;
  int line = 0, reading = 1;
  char *out = NULL;
  wabiz_client *client = NULL;
  json_t *account = json_pack("{s:s*, s:s*, s:s*}", "access_token", getenv("WABIZ_ACCESS_TOKEN"), "phone_number_id",
                              getenv("WABIZ_PHONE_NUMBER_ID"), "base_url", getenv("WABIZ_BASE_URL"));
  char *config = json_dumps(account, 0);
  if (wabiz_client_open(config, &client, &out) != WABIZ_OK) return fprintf(stderr, "%s\n", out ? out : "no memory"), 1;
  wabiz_free(out), free(config), json_decref(account);

  struct pollfd ready[2] = {{.events = POLLIN, .fd = wabiz_client_descriptor(client)}, {.events = POLLIN}};
  while (reading || pending > 0) {
    ready[1].fd = reading && pending < MOST ? STDIN_FILENO : -1; /* nothing is read that could not be queued */
    if (poll(ready, 2, -1) < 0 && errno != EINTR) return perror("poll"), 1;
    if (ready[1].fd >= 0 && ready[1].revents) {
      ssize_t count = read(STDIN_FILENO, text + length, sizeof text - 1 - length);
      reading = count > 0;
      length += count > 0 ? (size_t)count : 0;
      if (!reading && length > 0) text[length++] = '\n'; /* the last line may have no end */
      char *start = text, *end;
      for (; (end = memchr(start, '\n', length - (size_t)(start - text))); start = end + 1) {
        *end = '\0', line++;
        if (end > start) submit(client, start, line);
      }
      length -= (size_t)(start - text);
      memmove(text, start, length);
      if (length >= sizeof text - 1) return fprintf(stderr, "line %d is too long\n", line + 1), 1;
    }
    step(client);
  }
  wabiz_client_close(client);
  return failures > 0;
}
