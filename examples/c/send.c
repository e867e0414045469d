/*
 * Sends one WhatsApp message and prints its id.
 *
 *     cc send.c -o send $(pkg-config --cflags --libs wabiz jansson)
 *     WABIZ_ACCESS_TOKEN=... WABIZ_PHONE_NUMBER_ID=... ./send '{"to":"+15550001234","text":"Hello"}'
 *
 * WABIZ_BASE_URL points it at a sandbox in place of Meta, WABIZ_API=on_premises at your own server.
 * Exit status: 0 accepted, 1 change something first, 2 it may have gone out, 75 try again later.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wabiz.h>

/* Prints a failure: what to do, then each issue with its place in the message. */
static void print_failure(const char *document) {
  json_t *root = document ? json_loads(document, 0, NULL) : NULL, *error = json_object_get(root, "error"), *issue;
  const char *text = json_string_value(json_object_get(error, "message")), *retry = json_string_value(json_object_get(error, "retry"));
  size_t i;
  fprintf(stderr, "%s (retry: %s)\n", text ? text : "no memory for the failure", retry ? retry : "never");
  json_array_foreach(json_object_get(error, "issues"), i, issue) {
    const char *path = json_string_value(json_object_get(issue, "path")), *what = json_string_value(json_object_get(issue, "message"));
    fprintf(stderr, "  at \"%s\": %s\n", path ? path : "", what ? what : "");
  }
  json_decref(root);
}

/* The id out of a receipt; marking a message as read has none. */
static void print_receipt(const char *document) {
  json_t *receipt = document ? json_loads(document, 0, NULL) : NULL;
  const char *id = json_string_value(json_object_get(receipt, "message_id"));
  puts(id ? id : "done");
  json_decref(receipt);
}

int main(int count, char **values) {
  const char *message = count > 1 ? values[1] : "{\"to\":\"+15550001234\",\"text\":\"Hello from C\"}";
  json_t *settings = json_pack("{s:s*, s:s*, s:s*, s:s*}", "access_token", getenv("WABIZ_ACCESS_TOKEN"), "phone_number_id",
                               getenv("WABIZ_PHONE_NUMBER_ID"), "base_url", getenv("WABIZ_BASE_URL"), "api", getenv("WABIZ_API"));
  char *config = json_dumps(settings, 0), *out = NULL;
  wabiz_client *client = NULL;
  wabiz_status status = wabiz_client_open(config, &client, &out);
  unsigned pause;

  free(config);
  json_decref(settings);
  if (status != WABIZ_OK) {
    print_failure(out);
    wabiz_free(out);
    return 1;
  }

  /* Unreachable is the one failure that is always safe to repeat: the request did not leave. */
  for (pause = 0; pause < 3; pause++) {
    wabiz_free(out);
    status = wabiz_client_send(client, message, NULL, &out);
    if (status != WABIZ_UNREACHABLE) break;
    sleep(pause);
  }

  if (status == WABIZ_OK) print_receipt(out);
  else print_failure(out);
  wabiz_free(out);
  wabiz_client_close(client);

  switch (status) {
    case WABIZ_OK: return 0;
    case WABIZ_UNREACHABLE: return 75;
    case WABIZ_UNCERTAIN: return 2; /* do not repeat: the status webhook will tell */
    default: return 1;              /* invalid, or refused by Meta */
  }
}
