/*
 * The chapter "client" against a server that answers well, badly and not at all: which status says what happened to the message.
 */
#include "test.h"
#include "server.h"

#define TOKEN "EAAG-secret-token"
#define HELLO "{\"to\":\"+15550001234\",\"text\":\"Hello *Ada*\"}"

static server *meta; /* the stand-in for Meta */

/* Opens a client on the server; `more` are further members of the configuration, each with a comma before it. */
static wabiz_client *open_on(int port, const char *more) {
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

static wabiz_client *open_client(const char *more) {
  server_forget(meta);
  return open_on(server_port(meta), more);
}

/* Sends and expects this status; no document may hold the token. The document belongs to the caller. */
static json_t *send_expecting(wabiz_client *client, const char *message, wabiz_status expected) {
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

static void sends(wabiz_client *client, const char *message, wabiz_status expected) { json_decref(send_expecting(client, message, expected)); }

/* One fresh client, one act, one message: the status, and how many posts reached the server. */
static json_t *plays(server_act act, const char *answer, wabiz_status expected, int posts) {
  wabiz_client *client = open_client(",\"timeout_ms\":20000");
  json_t *document;
  server_play(meta, act, answer);
  document = send_expecting(client, HELLO, expected);
  CHECK_NUMBER(server_requests(meta), posts);
  wabiz_client_close(client);
  return document;
}

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

TEST(graph_errors_are_refusals) {
  static const char *const bodies[] = {
      "{\"error\":{\"message\":\"(#131056) Pair rate limit hit\",\"type\":\"OAuthException\",\"code\":131056,\"error_data\":{\"messaging_product\":\"whatsapp\",\"details\":\"Too many\"},\"fbtrace_id\":\"Ab1\"}}",
      "{\"error\":{\"message\":\"Invalid OAuth access token\",\"type\":\"OAuthException\",\"code\":190,\"fbtrace_id\":\"Ab2\"}}"};
  json_t *failure = plays(ACT_ANSWER, server_json(400, bodies[0]), WABIZ_REFUSED, 1);
  CHECK_NUMBER(json_integer_value(at(failure, "error.graph.code")), 131056);
  CHECK_NUMBER(json_integer_value(at(failure, "error.graph.http_status")), 400);
  CHECK_TEXT(text_at(failure, "error.graph.details"), "Too many");
  CHECK_TEXT(text_at(failure, "error.graph.fbtrace_id"), "Ab1");
  CHECK(text_at(failure, "error.graph.name") != NULL);
  CHECK_TEXT(text_at(failure, "error.retry"), "backoff");
  json_decref(failure);
  failure = plays(ACT_ANSWER, server_json(401, bodies[1]), WABIZ_REFUSED, 1);
  CHECK_TEXT(text_at(failure, "error.retry"), "after_fix");
  json_decref(failure);
}

TEST(an_error_inside_200_is_a_refusal) {
  json_t *failure = plays(ACT_ANSWER, server_json(200, "{\"error\":{\"message\":\"x\",\"code\":131009}}"), WABIZ_REFUSED, 1);
  CHECK_NUMBER(json_integer_value(at(failure, "error.graph.code")), 131009);
  json_decref(failure);
}

/* The message may have gone out although an error came back: the verdict says so. */
TEST(uncertain_verdicts) {
  static const char *const bodies[] = {"{\"error\":{\"message\":\"Something went wrong\",\"code\":131000}}", "{\"error\":{\"message\":\"new\",\"code\":999999}}", "<html>"};
  size_t i;
  for (i = 0; i < 3; i++) {
    json_t *failure = plays(ACT_ANSWER, server_json(500, bodies[i]), i < 2 ? WABIZ_REFUSED : WABIZ_UNCERTAIN, 1);
    CHECK_TEXT(text_at(failure, "error.retry"), "uncertain");
    json_decref(failure);
  }
}

TEST(answers_that_say_nothing) {
  static const char *const bodies[] = {"", " ", "<!DOCTYPE html><html><body>Welcome</body></html>", "{", "[]", "null", "{}", "{\"messages\":[]}", "{\"messages\":[{}]}",
                                       "{\"messages\":[{\"id\":\"\"}]}", "{\"messages\":[{\"id\":7}]}", "\xff\xfe"};
  size_t i;
  for (i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    json_t *failure = plays(ACT_ANSWER, server_json(200, bodies[i]), WABIZ_UNCERTAIN, 1);
    if (!failure) printf("  after: %s\n", bodies[i]);
    CHECK_TEXT(text_at(failure, "error.retry"), "uncertain");
    json_decref(failure);
  }
}

TEST(unknown_members_of_an_answer_are_fine) {
  json_decref(plays(ACT_ANSWER, server_json(200, "{\"new\":[1,{\"x\":null}],\"messages\":[{\"id\":\"wamid.N\",\"new\":1e400}]}"), WABIZ_OK, 1));
}

TEST(answers_that_are_cut) {
  static const char *const cut[] = {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" SERVER_ACCEPTED, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"messages\":[{\"id\":\"wam",
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"messages\":", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1", "nonsense\r\n\r\n"};
  size_t i;
  for (i = 0; i < sizeof cut / sizeof *cut; i++) json_decref(plays(ACT_ANSWER_CLOSE, cut[i], WABIZ_UNCERTAIN, 1));
}

TEST(hung_up_on_a_new_connection) {
  json_decref(plays(ACT_CLOSE, NULL, WABIZ_UNCERTAIN, 1));
  json_decref(plays(ACT_RESET, NULL, WABIZ_UNCERTAIN, 1));
}

/* libcurl by itself posts again here, and would report success: exactly one post may be counted. */
TEST(hung_up_on_a_kept_connection) {
  static const server_act acts[] = {ACT_RESET, ACT_CLOSE};
  int i;
  for (i = 0; i < 2; i++) {
    wabiz_client *client = open_client(",\"timeout_ms\":20000");
    server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
    server_play(meta, acts[i], NULL);
    server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
    sends(client, HELLO, WABIZ_OK);
    CHECK_NUMBER(server_connections(meta), 1);
    sends(client, HELLO, WABIZ_UNCERTAIN);
    CHECK_NUMBER(server_requests(meta), 2);
    sends(client, HELLO, WABIZ_OK);
    CHECK_NUMBER(server_requests(meta), 3);
    wabiz_client_close(client);
  }
}

/* The server closed while nothing was under way: the message goes out on a new connection, once. */
TEST(closed_between_messages) {
  wabiz_client *client = open_client("");
  server_play(meta, ACT_ANSWER_CLOSE, server_json(200, SERVER_ACCEPTED));
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(client, HELLO, WABIZ_OK);
  CHECK(server_wait_closed(meta));
  sends(client, HELLO, WABIZ_OK);
  CHECK_NUMBER(server_requests(meta), 2);
  CHECK_NUMBER(server_connections(meta), 2);
  wabiz_client_close(client);
}

TEST(a_server_that_never_answers) {
  wabiz_client *client = open_client(",\"timeout_ms\":400");
  json_t *failure;
  server_play(meta, ACT_SILENCE, NULL);
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  failure = send_expecting(client, HELLO, WABIZ_UNCERTAIN);
  CHECK_TEXT(text_at(failure, "error.retry"), "uncertain");
  CHECK_NUMBER(server_requests(meta), 1);
  json_decref(failure);
  sends(client, HELLO, WABIZ_OK);
  wabiz_client_close(client);
}

TEST(redirects_are_not_followed) {
  static const int statuses[] = {301, 302, 303, 307, 308};
  size_t i;
  for (i = 0; i < 5; i++) {
    wabiz_client *client = open_client("");
    char answer[256];
    wabiz_status status;
    snprintf(answer, sizeof answer, "HTTP/1.1 %d Moved\r\nLocation: http://127.0.0.1:%d/elsewhere\r\nContent-Length: 0\r\n\r\n", statuses[i], server_port(meta));
    server_play(meta, ACT_ANSWER, answer);
    status = wabiz_client_send(client, HELLO, NULL, NULL);
    CHECK(status == WABIZ_REFUSED || status == WABIZ_UNCERTAIN);
    CHECK_NUMBER(server_requests(meta), 1);
    wabiz_client_close(client);
  }
}

TEST(a_refused_port_is_unreachable) {
  wabiz_client *client = open_on(server_refused_port(), "");
  json_t *failure = send_expecting(client, HELLO, WABIZ_UNREACHABLE);
  CHECK_TEXT(text_at(failure, "error.retry"), "backoff");
  json_decref(failure);
  wabiz_client_close(client);
}

TEST(an_unknown_host_is_unreachable) {
  wabiz_client *client = NULL;
  CHECK_STATUS(wabiz_client_open("{\"access_token\":\"" TOKEN "\",\"phone_number_id\":\"1\",\"base_url\":\"https://no-such-host.invalid\",\"proxy\":\"\",\"connect_timeout_ms\":20000}",
                                 &client, NULL), WABIZ_OK);
  sends(client, HELLO, WABIZ_UNREACHABLE);
  wabiz_client_close(client);
}

/* TLS against a server that speaks none: the request never left. */
TEST(failed_tls_is_unreachable) {
  char config[256];
  wabiz_client *client = NULL;
  server_forget(meta);
  server_play(meta, ACT_ANSWER_CLOSE, "HTTP/1.1 400 Bad Request\r\n\r\n");
  snprintf(config, sizeof config, "{\"access_token\":\"" TOKEN "\",\"phone_number_id\":\"1\",\"base_url\":\"https://127.0.0.1:%d\",\"proxy\":\"\",\"timeout_ms\":1000}", server_port(meta));
  CHECK_STATUS(wabiz_client_open(config, &client, NULL), WABIZ_OK);
  sends(client, HELLO, WABIZ_UNREACHABLE);
  CHECK_NUMBER(server_requests(meta), 0);
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
  RUN(graph_errors_are_refusals);
  RUN(an_error_inside_200_is_a_refusal);
  RUN(uncertain_verdicts);
  RUN(answers_that_say_nothing);
  RUN(unknown_members_of_an_answer_are_fine);
  RUN(answers_that_are_cut);
  RUN(hung_up_on_a_new_connection);
  RUN(hung_up_on_a_kept_connection);
  RUN(closed_between_messages);
  RUN(a_server_that_never_answers);
  RUN(redirects_are_not_followed);
  RUN(a_refused_port_is_unreachable);
  RUN(an_unknown_host_is_unreachable);
  RUN(failed_tls_is_unreachable);
  RUN(an_empty_proxy_beats_the_environment);
  RUN(two_clients_share_nothing);
  server_stop(meta);
  FINISH("client");
}
