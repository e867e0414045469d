/*
 * The chapter "library": version, status names, tables, and what every function answers to NULL.
 */
#include "test.h"

TEST(version_is_the_header) {
  char numbers[32];
  snprintf(numbers, sizeof numbers, "%d.%d.%d", WABIZ_VERSION_MAJOR, WABIZ_VERSION_MINOR, WABIZ_VERSION_PATCH);
  CHECK_TEXT(wabiz_version(), WABIZ_VERSION);
  CHECK_TEXT(wabiz_version(), numbers);
  CHECK(wabiz_version() == wabiz_version());
}

TEST(status_names) {
  static const char *const names[] = {"idle", "ok", "bad_argument", "bad_json", "invalid", "unauthentic", "refused",
                                      "unreachable", "uncertain", "storage", "forked", "no_memory", "full", "not_found",
                                      "conflict", "blocked", "cancelled"};
  int number;
  for (number = 1; number >= -15; number--) CHECK_TEXT(wabiz_status_name((wabiz_status)number), names[1 - number]);
}

TEST(unknown_status_names) {
  static const int numbers[] = {2, -16, 15, 1000000, -1000000, 2147483647, -2147483647 - 1};
  size_t i;
  for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    wabiz_status status;
    memcpy(&status, &numbers[i], sizeof status); /* a cast of such a number is undefined in C++ */
    CHECK_TEXT(wabiz_status_name(status), "unknown");
  }
}

TEST(free_null) { wabiz_free(NULL); }

TEST(close_null) { wabiz_client_close(NULL); }

TEST(describe_every_table) {
  static const char *const tables[] = {"messages", "limits", "webhooks", "errors"};
  size_t i;
  for (i = 0; i < 4; i++) {
    char *out = untouched();
    json_t *table;
    CHECK_STATUS(wabiz_describe(tables[i], &out), WABIZ_OK);
    table = take(out);
    CHECK(json_object_size(table) > 0);
    CHECK_STATUS(wabiz_describe(tables[i], NULL), WABIZ_OK);
    json_decref(table);
  }
}

TEST(describe_unknown_table) {
  static const char *const names[] = {"", "Messages", "messages ", "nothing", "\xff\xfe"};
  size_t i;
  for (i = 0; i < sizeof names / sizeof *names; i++) {
    char *out = untouched();
    wabiz_status status = wabiz_describe(names[i], &out);
    CHECK_FAILURE(status, out, WABIZ_NOT_FOUND);
  }
}

/* Each needed pointer in turn is NULL: BAD_ARGUMENT with a failure, and the same without a place for the document. */
#define REFUSES_NULL(call, call_without_out)                 \
  do {                                                       \
    char *out = untouched();                              \
    wabiz_status status = call;                              \
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);          \
    CHECK_STATUS(call_without_out, WABIZ_BAD_ARGUMENT);      \
  } while (0)

TEST(null_for_every_needed_pointer) {
  wabiz_client *client = NULL;
  REFUSES_NULL(wabiz_describe(NULL, &out), wabiz_describe(NULL, NULL));
  REFUSES_NULL(wabiz_message_build(NULL, NULL, &out), wabiz_message_build(NULL, NULL, NULL));
  REFUSES_NULL(wabiz_message_build(NULL, "{}", &out), wabiz_message_build(NULL, "{}", NULL));
  REFUSES_NULL(wabiz_message_check(NULL, NULL, &out), wabiz_message_check(NULL, NULL, NULL));
  REFUSES_NULL(wabiz_webhook_challenge(NULL, "token", &out), wabiz_webhook_challenge(NULL, "token", NULL));
  REFUSES_NULL(wabiz_webhook_parse(NULL, 4, &out), wabiz_webhook_parse(NULL, 4, NULL));
  REFUSES_NULL(wabiz_webhook_receive(NULL, 4, "sha256=", "secret", &out), wabiz_webhook_receive(NULL, 4, "", "secret", NULL));
  REFUSES_NULL(wabiz_webhook_sign(NULL, 4, "secret", &out), wabiz_webhook_sign(NULL, 4, "secret", NULL));
  REFUSES_NULL(wabiz_webhook_sign("body", 4, NULL, &out), wabiz_webhook_sign("body", 4, NULL, NULL));
  REFUSES_NULL(wabiz_client_open(NULL, &client, &out), wabiz_client_open(NULL, &client, NULL));
  REFUSES_NULL(wabiz_client_open("{}", NULL, &out), wabiz_client_open("{}", NULL, NULL));
  REFUSES_NULL(wabiz_client_open(NULL, NULL, &out), wabiz_client_open(NULL, NULL, NULL));
  REFUSES_NULL(wabiz_client_send(NULL, "{}", NULL, &out), wabiz_client_send(NULL, "{}", NULL, NULL));
  REFUSES_NULL(wabiz_client_send(NULL, NULL, NULL, &out), wabiz_client_send(NULL, NULL, NULL, NULL));
}

TEST(null_that_means_something) {
  char *out = untouched();
  wabiz_status status = wabiz_webhook_receive("{}", 2, NULL, "secret", &out);
  CHECK_FAILURE(status, out, WABIZ_UNAUTHENTIC);
  out = untouched();
  status = wabiz_webhook_receive("{}", 2, "sha256=", NULL, &out);
  CHECK_FAILURE(status, out, WABIZ_UNAUTHENTIC);
  CHECK_STATUS(wabiz_webhook_receive("{}", 2, NULL, NULL, NULL), WABIZ_UNAUTHENTIC);
  CHECK_STATUS(wabiz_webhook_challenge("hub.mode=subscribe&hub.challenge=7&hub.verify_token=", NULL, NULL), WABIZ_UNAUTHENTIC);
}

TEST(no_bytes_at_all) {
  char *out = untouched();
  wabiz_status status = wabiz_webhook_parse(NULL, 0, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
  CHECK_STATUS(wabiz_webhook_sign(NULL, 0, "test-app-secret", NULL), wabiz_webhook_sign("", 0, "test-app-secret", NULL));
}

int main(void) {
  RUN(version_is_the_header);
  RUN(status_names);
  RUN(unknown_status_names);
  RUN(free_null);
  RUN(close_null);
  RUN(describe_every_table);
  RUN(describe_unknown_table);
  RUN(null_for_every_needed_pointer);
  RUN(null_that_means_something);
  RUN(no_bytes_at_all);
  FINISH("library");
}
