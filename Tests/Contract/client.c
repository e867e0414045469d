/*
 * The chapter "client": which configurations are taken, and what goes over the wire when a message is sent.
 */
#include "sender.h"

TEST(configurations_that_are_refused) {
  static const char *const wrong[] = {
      "{}", "{\"access_token\":\"t\"}", "{\"phone_number_id\":\"1\"}", "{\"access_token\":\"\",\"phone_number_id\":\"1\"}",
      "{\"access_token\":7,\"phone_number_id\":\"1\"}", "{\"access_token\":\"t\",\"phone_number_id\":\"\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"+1 555\"}", "{\"access_token\":\"t\",\"phone_number_id\":\"1/../2\"}",
      "{\"access_token\":\"t\\r\\nX-Evil: 1\",\"phone_number_id\":\"1\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"no_such_member\":1}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"api\":\"sms\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"api_version\":\"latest\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"http://graph.facebook.com\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"http://127.0.0.1.example.com\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"http://127.0.0.1@example.com\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"http://localhost.example.com\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"ftp://127.0.0.1\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"file:///etc/passwd\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"timeout_ms\":0}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"timeout_ms\":600001}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"timeout_ms\":\"1000\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"timeout_ms\":1.5}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"connect_timeout_ms\":-1}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"connect_timeout_ms\":9223372036854775807}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"user_agent\":\"a\\nX-Evil: 1\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"headers\":[]}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"headers\":{\"X-A\":1}}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"headers\":{\"X-A\":\"b\\r\\nX-Evil: 1\"}}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"headers\":{\"X A\":\"b\"}}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"headers\":{\"\":\"b\"}}",
      "{\"access_token\":\"t\",\"api\":\"on_premises\"}"};
  size_t i;
  for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    wabiz_client *client = (wabiz_client *)&wrong; /* must become NULL */
    char *out = untouched();
    wabiz_status status = wabiz_client_open(wrong[i], &client, &out);
    if (status != WABIZ_BAD_ARGUMENT) printf("  %s\n", wrong[i]);
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
    CHECK(client == NULL);
    if (status == WABIZ_OK) wabiz_client_close(client);
  }
}

TEST(configurations_that_are_not_json) {
  static const char *const wrong[] = {"", "{", "nonsense", "\xff"};
  size_t i;
  for (i = 0; i < 4; i++) {
    wabiz_client *client = (wabiz_client *)&wrong;
    char *out = untouched();
    wabiz_status status = wabiz_client_open(wrong[i], &client, &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
    CHECK(client == NULL);
  }
}

TEST(configurations_that_are_taken) {
  static const char *const right[] = {
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\"}", "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"api_version\":\"v23.0\",\"timeout_ms\":600000}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"http://localhost:8080\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"http://[::1]:8080/\"}",
      "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"https://example.com/gateway\",\"app_secret\":\"s\",\"user_agent\":\"shop/2\"}",
      "{\"access_token\":\"t\",\"api\":\"on_premises\",\"base_url\":\"https://wa.example.com:9090\"}"};
  size_t i;
  for (i = 0; i < sizeof right / sizeof *right; i++) {
    wabiz_client *client = NULL;
    char *out = untouched();
    json_t *document;
    CHECK_STATUS(wabiz_client_open(right[i], &client, &out), WABIZ_OK);
    document = take(out);
    CHECK(client && text_at(document, "api") && text_at(document, "base_url"));
    json_decref(document);
    wabiz_client_close(client);
  }
}

/* Whether the head of a request has this line, whatever the case of its letters. */
static int has_line(const char *request, const char *line) {
  const char *found = strcasestr(request, line);
  return found && found > request && found[-1] == '\n' && strncmp(found + strlen(line), "\r\n", 2) == 0;
}

TEST(a_message_goes_out) {
  wabiz_client *client = open_client(",\"headers\":{\"X-Trace\":\"abc\"}");
  char *request, *payload = untouched();
  const char *body;
  json_t *receipt;
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  receipt = send_expecting(client, HELLO, WABIZ_OK);
  CHECK_TEXT(text_at(receipt, "message_id"), "wamid.TEST1");
  CHECK_TEXT(text_at(receipt, "wa_id"), "15550001234");
  CHECK_TEXT(text_at(receipt, "message_status"), "accepted");
  CHECK_NUMBER(json_integer_value(at(receipt, "http_status")), 200);
  request = server_last(meta);
  CHECK(strncmp(request, "POST /v25.0/100200300/messages HTTP/1.1\r\n", 41) == 0);
  CHECK(has_line(request, "Authorization: Bearer " TOKEN));
  CHECK(has_line(request, "Content-Type: application/json"));
  CHECK(has_line(request, "User-Agent: wabiz/" WABIZ_VERSION));
  CHECK(has_line(request, "X-Trace: abc"));
  CHECK_STATUS(wabiz_message_build(HELLO, NULL, &payload), WABIZ_OK);
  body = strstr(request, "\r\n\r\n");
  CHECK_TEXT(body ? body + 4 : NULL, payload);
  wabiz_free(payload);
  free(request);
  json_decref(receipt);
  wabiz_client_close(client);
}

TEST(one_connection_for_many_messages) {
  wabiz_client *client = open_client("");
  int i;
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  for (i = 0; i < 20; i++) sends(client, HELLO, WABIZ_OK);
  CHECK_NUMBER(server_requests(meta), 20);
  CHECK_NUMBER(server_connections(meta), 1);
  wabiz_client_close(client);
  CHECK(server_wait_closed(meta));
}

TEST(configured_version_and_agent) {
  wabiz_client *client = open_client(",\"api_version\":\"v23.0\",\"user_agent\":\"shop/2\"");
  char *request;
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(client, HELLO, WABIZ_OK);
  request = server_last(meta);
  CHECK(strncmp(request, "POST /v23.0/100200300/messages ", 31) == 0);
  CHECK(has_line(request, "User-Agent: shop/2"));
  free(request);
  wabiz_client_close(client);
}

/* appsecret_proof is the HMAC-SHA256 of the token under the app secret: the same sum as a webhook's signature. */
TEST(app_secret_adds_a_proof) {
  wabiz_client *client = open_client(",\"app_secret\":\"top-secret\"");
  char *request, *out = untouched(), proof[128];
  json_t *signature;
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(client, HELLO, WABIZ_OK);
  CHECK_STATUS(wabiz_webhook_sign(TOKEN, strlen(TOKEN), "top-secret", &out), WABIZ_OK);
  signature = take(out);
  snprintf(proof, sizeof proof, "appsecret_proof=%s", text_at(signature, "signature") ? text_at(signature, "signature") + 7 : "none");
  request = server_last(meta);
  CHECK(strstr(request, proof) != NULL);
  CHECK(strstr(request, "top-secret") == NULL);
  json_decref(signature);
  free(request);
  wabiz_client_close(client);
}

TEST(marking_as_read) {
  wabiz_client *client = open_client("");
  char *request;
  json_t *receipt;
  server_play(meta, ACT_ANSWER, server_json(200, "{\"success\":true}"));
  receipt = send_expecting(client, "{\"read\":\"wamid.X\",\"typing\":true}", WABIZ_OK);
  CHECK_NUMBER(json_integer_value(at(receipt, "http_status")), 200);
  request = server_last(meta);
  CHECK(strstr(request, "\"status\":\"read\"") && strstr(request, "wamid.X"));
  free(request);
  json_decref(receipt);
  wabiz_client_close(client);
}

TEST(on_premises) {
  char config[256], *request;
  wabiz_client *client = NULL;
  json_t *receipt;
  server_forget(meta);
  snprintf(config, sizeof config, "{\"access_token\":\"" TOKEN "\",\"api\":\"on_premises\",\"base_url\":\"http://127.0.0.1:%d\",\"proxy\":\"\"}", server_port(meta));
  CHECK_STATUS(wabiz_client_open(config, &client, NULL), WABIZ_OK);
  server_play(meta, ACT_ANSWER, server_json(201, "{\"messages\":[{\"id\":\"gBEGkYiEB1VXAglK1ZEqA1YKPrU\"}],\"meta\":{\"api_status\":\"stable\",\"version\":\"2.45.1\"}}"));
  server_play(meta, ACT_ANSWER, server_json(200, "{}"));
  server_play(meta, ACT_ANSWER, server_json(400, "{\"meta\":{},\"errors\":[{\"code\":1009,\"title\":\"Parameter value is not valid\",\"details\":\"recipient_type\"}]}"));
  server_play(meta, ACT_ANSWER, server_json(201, "{\"meta\":{},\"errors\":[{\"code\":1009,\"title\":\"Parameter value is not valid\"}]}"));
  receipt = send_expecting(client, HELLO, WABIZ_OK);
  CHECK_TEXT(text_at(receipt, "message_id"), "gBEGkYiEB1VXAglK1ZEqA1YKPrU");
  request = server_last(meta);
  CHECK(strncmp(request, "POST /v1/messages HTTP/1.1\r\n", 28) == 0);
  CHECK(strstr(request, "messaging_product") == NULL);
  free(request);
  sends(client, "{\"read\":\"a/b+c=\"}", WABIZ_OK);
  request = server_last(meta);
  CHECK(strncmp(request, "PUT /v1/messages/a%2Fb%2Bc%3D HTTP/1.1\r\n", 40) == 0);
  free(request);
  json_decref(receipt);
  receipt = send_expecting(client, HELLO, WABIZ_REFUSED);
  CHECK_NUMBER(json_integer_value(at(receipt, "error.graph.code")), 1009);
  json_decref(receipt);
  sends(client, HELLO, WABIZ_REFUSED);
  wabiz_client_close(client);
}

TEST(nothing_leaves_that_is_wrong) {
  wabiz_client *client = open_client("");
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(client, "{\"to\":\"+15550001234\",\"text\":\"\"}", WABIZ_INVALID);
  sends(client, "{", WABIZ_BAD_JSON);
  sends(client, "", WABIZ_BAD_JSON);
  CHECK_STATUS(wabiz_client_send(client, NULL, NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_send(client, HELLO, "{\"no_such_option\":1}", NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_client_send(client, HELLO, "{", NULL), WABIZ_BAD_JSON);
  CHECK_NUMBER(server_connections(meta), 0);
  CHECK_STATUS(wabiz_client_send(client, HELLO, NULL, NULL), WABIZ_OK);
  CHECK_NUMBER(server_requests(meta), 1);
  wabiz_client_close(client);
}

TEST(an_empty_proxy_beats_the_environment) {
  char nowhere[64];
  wabiz_client *client;
  snprintf(nowhere, sizeof nowhere, "http://127.0.0.1:%d", server_refused_port());
  setenv("http_proxy", nowhere, 1);
  setenv("all_proxy", nowhere, 1);
  client = open_client("");
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(client, HELLO, WABIZ_OK);
  wabiz_client_close(client);
  unsetenv("http_proxy");
  unsetenv("all_proxy");
}

TEST(two_clients_share_nothing) {
  wabiz_client *one = open_client(""), *two = open_on(server_port(meta), "");
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(one, HELLO, WABIZ_OK);
  wabiz_client_close(one);
  sends(two, HELLO, WABIZ_OK);
  CHECK_NUMBER(server_connections(meta), 2);
  wabiz_client_close(two);
}

int main(void) {
  meta = server_start();
  RUN(configurations_that_are_refused);
  RUN(configurations_that_are_not_json);
  RUN(configurations_that_are_taken);
  RUN(a_message_goes_out);
  RUN(one_connection_for_many_messages);
  RUN(configured_version_and_agent);
  RUN(app_secret_adds_a_proof);
  RUN(marking_as_read);
  RUN(on_premises);
  RUN(nothing_leaves_that_is_wrong);
  RUN(an_empty_proxy_beats_the_environment);
  RUN(two_clients_share_nothing);
  server_stop(meta);
  FINISH("client");
}
