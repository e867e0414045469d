/*
 * The On-Premises part of the chapter "client": logging in, contacts and health, with documents and statuses as the header says.
 */
#include "sender.h"

#define PASSWORD "Secret-pass-1"
#define LOGIN "\"user\":\"admin\",\"password\":\"" PASSWORD "\""
#define LOGGED_IN(token) server_json(200, "{\"users\":[{\"token\":\"" token "\",\"expires_after\":\"2999-01-01 00:00:00+00:00\"}],\"meta\":{}}")

static wabiz_client *open_premises(const char *credentials) {
  char config[512];
  wabiz_client *client = NULL;
  server_forget(meta);
  snprintf(config, sizeof config, "{%s,\"api\":\"on_premises\",\"base_url\":\"http://127.0.0.1:%d\",\"proxy\":\"\"}", credentials, server_port(meta));
  CHECK_STATUS(wabiz_client_open(config, &client, NULL), WABIZ_OK);
  return client;
}

TEST(contacts) {
  wabiz_client *client = open_premises("\"access_token\":\"" TOKEN "\"");
  char *out = untouched(), *request;
  json_t *document;
  server_play(meta, ACT_ANSWER, server_json(200, "{\"contacts\":[{\"input\":\"+1 631\",\"status\":\"valid\",\"wa_id\":\"1631\"},{\"input\":\"2\",\"status\":\"invalid\"}]}"));
  CHECK_STATUS(wabiz_client_contacts(client, "[\"+1 631\",\"2\"]", "{\"blocking\":\"no_wait\",\"force_check\":true}", &out), WABIZ_OK);
  document = take(out);
  CHECK_TEXT(text_at(document, "contacts.0.wa_id"), "1631");
  CHECK_TEXT(text_at(document, "contacts.1.status"), "invalid");
  CHECK(at(document, "contacts.1.wa_id") == NULL);
  CHECK_NUMBER(json_integer_value(at(document, "http_status")), 200);
  json_decref(document);
  request = server_last(meta);
  CHECK(strncmp(request, "POST /v1/contacts HTTP/1.1\r\n", 28) == 0);
  CHECK(strstr(request, "{\"blocking\":\"no_wait\",\"contacts\":[\"+1 631\",\"2\"],\"force_check\":true}"));
  free(request);
  wabiz_client_close(client);
}

TEST(health) {
  wabiz_client *client = open_premises(LOGIN);
  char *out = untouched();
  json_t *document;
  server_play(meta, ACT_ANSWER, LOGGED_IN("T1"));
  server_play(meta, ACT_ANSWER, server_json(200, "{\"health\":{\"gateway_status\":\"connected\"}}"));
  server_play(meta, ACT_ANSWER, server_json(200, "{\"health\":{\"h:c\":{\"gateway_status\":\"disconnected\",\"role\":\"coreapp\"}}}"));
  CHECK_STATUS(wabiz_client_health(client, &out), WABIZ_OK);
  document = take(out);
  CHECK(json_is_true(at(document, "healthy")));
  CHECK_TEXT(text_at(document, "nodes.0.gateway_status"), "connected");
  json_decref(document);
  CHECK_STATUS(wabiz_client_health(client, &out), WABIZ_OK);
  document = take(out);
  CHECK(json_is_false(at(document, "healthy")));
  CHECK_TEXT(text_at(document, "nodes.0.name"), "h:c");
  CHECK_TEXT(text_at(document, "nodes.0.role"), "coreapp");
  json_decref(document);
  CHECK_NUMBER(server_requests(meta), 3);
  wabiz_client_close(client);
}

/* What a server says between two calls is not the answer to the next one: it would be taken for a login's token, or for a health. */
TEST(speaking_out_of_turn) {
  static const char *const words[] = {"HTTP/1.1 408 Request Time-out\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                                      "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n{\"health\":{\"gateway_status\":\"disconnected\"}}", "\r\n"};
  size_t i;
  for (i = 0; i < sizeof words / sizeof *words; i++) {
    wabiz_client *client = open_premises("\"access_token\":\"" TOKEN "\"");
    int turn;
    server_play(meta, ACT_ANSWER, server_json(200, "{\"health\":{\"gateway_status\":\"connected\"}}"));
    for (turn = 1; turn <= 2; turn++) {
      char *out = untouched();
      json_t *document;
      CHECK_STATUS(wabiz_client_health(client, &out), WABIZ_OK);
      document = take(out);
      CHECK(json_is_true(at(document, "healthy")));
      json_decref(document);
      if (turn == 1) server_speak_up(meta, words[i]);
    }
    CHECK_NUMBER(server_requests(meta), 2);
    CHECK_NUMBER(server_connections(meta), 2);
    wabiz_client_close(client);
    CHECK(server_wait_closed(meta));
  }
}

TEST(a_login_that_is_refused) {
  wabiz_client *client = open_premises(LOGIN);
  char *out = untouched();
  server_play(meta, ACT_ANSWER, server_json(401, "{\"errors\":[{\"code\":1005,\"title\":\"Access denied\",\"details\":\"" PASSWORD "\"}]}"));
  CHECK_STATUS(wabiz_client_health(client, &out), WABIZ_REFUSED);
  CHECK(strstr(out, PASSWORD) == NULL);
  CHECK_FAILURE(WABIZ_REFUSED, out, WABIZ_REFUSED);
  wabiz_client_close(client);
}

TEST(arguments) {
  static const char *const wrong[] = {"[]", "{}", "[1]", "[\"abc\"]", "[\"1\\n\"]", "\"1\""};
  wabiz_client *client = open_premises("\"access_token\":\"t\""), *cloud = open_client("");
  char *out = untouched();
  size_t i;
  for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    wabiz_status status = wabiz_client_contacts(client, wrong[i], NULL, &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  }
  CHECK_STATUS(wabiz_client_contacts(client, "[", NULL, &out), WABIZ_BAD_JSON);
  wabiz_free(out);
  CHECK_STATUS(wabiz_client_contacts(client, "[\"1\"]", "{\"blocking\":1}", &out), WABIZ_BAD_ARGUMENT);
  wabiz_free(out);
  CHECK_STATUS(wabiz_client_contacts(client, NULL, NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_contacts(NULL, "[\"1\"]", NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_health(NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_health(cloud, &out), WABIZ_BAD_ARGUMENT);
  CHECK_FAILURE(WABIZ_BAD_ARGUMENT, out, WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_contacts(cloud, "[\"1\"]", NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_NUMBER(server_requests(meta), 0);
  wabiz_client_close(client);
  wabiz_client_close(cloud);
}

TEST(who_asks) {
  static const char *const wrong[] = {
      "{\"user\":\"a\",\"api\":\"on_premises\",\"base_url\":\"https://x\"}",
      "{\"user\":\"a\",\"password\":\"b\",\"access_token\":\"t\",\"api\":\"on_premises\",\"base_url\":\"https://x\"}",
      "{\"user\":\"a\",\"password\":\"b\",\"phone_number_id\":\"1\"}",
      "{\"phone_number_id\":\"1\",\"base_url\":\"https://x\"}",
      "{\"phone_number_id\":\"1\",\"headers\":{\"X-Key\":\"k\"}}"};
  wabiz_client *client = NULL;
  char *out = untouched();
  size_t i;
  for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    wabiz_status status = wabiz_client_open(wrong[i], &client, &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  }
  CHECK_STATUS(wabiz_client_open("{\"phone_number_id\":\"1\",\"base_url\":\"https://x\",\"headers\":{\"X-Key\":\"k\"}}", &client, NULL), WABIZ_OK);
  wabiz_client_close(client);
}

int main(void) {
  meta = server_start();
  if (!meta) return puts("onpremises: the server did not start"), 1;
  RUN(contacts);
  RUN(health);
  RUN(speaking_out_of_turn);
  RUN(a_login_that_is_refused);
  RUN(arguments);
  RUN(who_asks);
  server_stop(meta);
  FINISH("onpremises");
}
