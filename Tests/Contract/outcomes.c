/*
 * Did it leave? A server that answers well, badly and not at all: each status says what happened to the message, and no message
 * is posted twice.
 */
#include "sender.h"

#include <time.h>

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
    json_t *failure = plays(ACT_ANSWER, server_json(500, bodies[i]), WABIZ_REFUSED, 1);
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

/* What a server says between two messages is not the answer to the next one: proxies tell of their patience's end like this. */
TEST(speaking_out_of_turn) {
  static const char *const words[] = {"HTTP/1.1 408 Request Time-out\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                                      "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"messages\":[{\"id\":\"wamid.FALSE\"}]}", "\r\n"};
  size_t i;
  for (i = 0; i < sizeof words / sizeof *words; i++) {
    wabiz_client *client = open_client("");
    struct timespec pause;
    json_t *receipt;
    pause.tv_sec = 0;
    pause.tv_nsec = 3000000;
    server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
    sends(client, HELLO, WABIZ_OK);
    server_speak_up(meta, words[i]);
    nanosleep(&pause, NULL); /* within one millisecond it is not looked for */
    receipt = send_expecting(client, HELLO, WABIZ_OK);
    CHECK_TEXT(text_at(receipt, "message_id"), "wamid.TEST1");
    CHECK_NUMBER(server_requests(meta), 2);
    CHECK_NUMBER(server_connections(meta), 2);
    json_decref(receipt);
    wabiz_client_close(client);
    CHECK(server_wait_closed(meta));
  }
}

TEST(a_server_that_never_answers) {
  wabiz_client *client = open_client(",\"timeout_ms\":1500");
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
  CHECK_STATUS(wabiz_client_open("{\"access_token\":\"" TOKEN "\",\"phone_number_id\":\"1\",\"base_url\":\"https://no-such-host.invalid\",\"proxy\":\"\",\"connect_timeout_ms\":20000,\"max_attempts\":1}",
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
  snprintf(config, sizeof config, "{\"access_token\":\"" TOKEN "\",\"phone_number_id\":\"1\",\"base_url\":\"https://127.0.0.1:%d\",\"proxy\":\"\",\"timeout_ms\":1000,\"max_attempts\":1}", server_port(meta));
  CHECK_STATUS(wabiz_client_open(config, &client, NULL), WABIZ_OK);
  sends(client, HELLO, WABIZ_UNREACHABLE);
  CHECK_NUMBER(server_requests(meta), 0);
  wabiz_client_close(client);
}

int main(void) {
  meta = server_start();
  RUN(graph_errors_are_refusals);
  RUN(an_error_inside_200_is_a_refusal);
  RUN(uncertain_verdicts);
  RUN(answers_that_say_nothing);
  RUN(unknown_members_of_an_answer_are_fine);
  RUN(answers_that_are_cut);
  RUN(hung_up_on_a_new_connection);
  RUN(hung_up_on_a_kept_connection);
  RUN(closed_between_messages);
  RUN(speaking_out_of_turn);
  RUN(a_server_that_never_answers);
  RUN(redirects_are_not_followed);
  RUN(a_refused_port_is_unreachable);
  RUN(an_unknown_host_is_unreachable);
  RUN(failed_tls_is_unreachable);
  server_stop(meta);
  FINISH("outcomes");
}
