/*
 * Clients on the loopback server, as the tests of the client open and use them. Every document is searched for the token on
 * the way: it may show in none.
 */
#ifndef WABIZ_TEST_SENDER_H
#define WABIZ_TEST_SENDER_H

#include "test.h"
#include "server.h"

#define TOKEN "EAAG-secret-token"
#define HELLO "{\"to\":\"+15550001234\",\"text\":\"Hello *Ada*\"}"

static server *meta; /* the stand-in for Meta */

/* Opens a client on the server; `more` are further members of the configuration, each with a comma before it. */
static inline wabiz_client *open_patient(int port, const char *more) {
  char config[1024], *out = untouched();
  wabiz_client *client = NULL;
  snprintf(config, sizeof config, "{\"access_token\":\"" TOKEN "\",\"phone_number_id\":\"100200300\",\"base_url\":\"http://127.0.0.1:%d\",\"proxy\":\"\"%s}",
           port, more);
  CHECK_STATUS(wabiz_client_open(config, &client, &out), WABIZ_OK);
  CHECK(client != NULL);
  CHECK(out && !strstr(out, TOKEN));
  json_decref(take(out));
  return client;
}

/* The same, where a message is tried once and recipients may get any number. */
static inline wabiz_client *open_on(int port, const char *more) {
  char members[512];
  snprintf(members, sizeof members, ",\"max_attempts\":1,\"pair_interval_ms\":0%s", more);
  return open_patient(port, members);
}

static inline wabiz_client *open_client(const char *more) {
  server_forget(meta);
  return open_on(server_port(meta), more);
}

/* Sends and expects this status; no document may hold the token. The document belongs to the caller. */
static inline json_t *send_expecting(wabiz_client *client, const char *message, wabiz_status expected) {
  char *out = untouched();
  wabiz_status status = wabiz_client_send(client, message, NULL, &out);
  json_t *document;
  CHECK_STATUS(status, expected);
  if (status != expected) printf("  %s\n", out ? out : "(none)");
  CHECK(out && !strstr(out, TOKEN));
  document = take(out);
  if (expected < 0) {
    CHECK_TEXT(text_at(document, "error.code"), wabiz_status_name(expected));
    CHECK(text_at(document, "error.message") && text_at(document, "error.retry"));
  }
  return document;
}

static inline void sends(wabiz_client *client, const char *message, wabiz_status expected) { json_decref(send_expecting(client, message, expected)); }

/* One fresh client, one act, one message: the status, and how many posts reached the server. */
static inline json_t *plays(server_act act, const char *answer, wabiz_status expected, int posts) {
  wabiz_client *client = open_client(",\"timeout_ms\":20000");
  json_t *document;
  server_play(meta, act, answer);
  document = send_expecting(client, HELLO, expected);
  CHECK_NUMBER(server_requests(meta), posts);
  wabiz_client_close(client);
  return document;
}

#endif
