/*
 * The chapter "messages": every bad message, text and option gets a failure that names its place.
 */
#include "test.h"

#define TO "\"to\":\"+15550001234\""

/* A message that Meta would refuse: build and check agree, and one issue has this code at this place. */
static void refuses(const char *message, const char *code, const char *path) {
  char *built = untouched(), *checked = untouched();
  wabiz_status status = wabiz_message_build(message, NULL, &built);
  json_t *failure, *report;
  size_t i, found = 0;
  CHECK_STATUS(status, WABIZ_INVALID);
  CHECK_STATUS(wabiz_message_check(message, NULL, &checked), WABIZ_INVALID);
  failure = take(built);
  report = take(checked);
  CHECK_TEXT(text_at(failure, "error.code"), "invalid");
  CHECK_TEXT(text_at(failure, "error.retry"), "after_fix");
  CHECK(json_is_false(at(report, "valid")));
  for (i = 0; i < count_at(report, "issues"); i++) {
    const json_t *issue = json_array_get(at(report, "issues"), i);
    const char *message_text = text_at(issue, "message");
    CHECK(message_text && *message_text);
    CHECK(text_at(issue, "rule") != NULL);
    if (strcmp(text_at(issue, "code") ? text_at(issue, "code") : "", code) == 0 &&
        strcmp(text_at(issue, "path") ? text_at(issue, "path") : "-", path) == 0) {
      CHECK_TEXT(text_at(issue, "severity"), "error");
      found++;
    }
  }
  if (found != 1) {
    char *text = json_dumps(report, JSON_COMPACT);
    printf("  %.200s\n  expected %s at \"%s\" in %.600s\n", message, code, path, text ? text : "(none)");
    free(text);
  }
  CHECK_NUMBER(found, 1);
  json_decref(failure);
  json_decref(report);
}

TEST(issues_name_their_place) {
  refuses("{\"text\":\"Hi\"}", "missing", "/to");
  refuses("{" TO ",\"text\":5}", "wrong_type", "/text");
  refuses("{" TO ",\"text\":\"\"}", "too_short", "/text");
  refuses("{" TO ",\"text\":\"a\",\"image\":\"1\"}", "exactly_one_of", "");
  refuses("{\"messaging_product\":\"whatsapp\"," TO ",\"type\":\"text\"}", "missing", "/text");
  refuses("{\"messaging_product\":\"whatsapp\"," TO ",\"type\":\"text\",\"text\":{}}", "missing", "/text/body");
  refuses("{\"messaging_product\":\"sms\"," TO ",\"type\":\"text\",\"text\":{\"body\":\"a\"}}", "not_one_of", "/messaging_product");
  refuses("{" TO ",\"location\":{\"latitude\":91,\"longitude\":0}}", "out_of_range", "/location/latitude");
  refuses("{" TO ",\"to\":\"+15550001235\",\"text\":\"Hi\"}", "not_unique", "/to");
}

TEST(every_issue_at_once) {
  char *out = untouched();
  json_t *report;
  CHECK_STATUS(wabiz_message_check("{\"messaging_product\":\"sms\",\"type\":\"text\",\"text\":{\"body\":\"\"}}", NULL, &out), WABIZ_INVALID);
  report = take(out);
  CHECK(count_at(report, "issues") >= 3);
  json_decref(report);
}

TEST(type_that_cannot_be_told) {
  char *out = untouched();
  json_t *report;
  CHECK_STATUS(wabiz_message_check("{\"to\":\"+15550001234\",\"type\":\"pigeon\"}", NULL, &out), WABIZ_INVALID);
  report = take(out);
  CHECK(json_is_null(at(report, "type")));
  CHECK(count_at(report, "issues") > 0);
  json_decref(report);
}

static char *repeated(const char *before, char byte, size_t count, const char *after) {
  char *text = (char *)malloc(strlen(before) + count + strlen(after) + 1);
  if (!text) abort();
  strcpy(text, before);
  memset(text + strlen(before), byte, count);
  strcpy(text + strlen(before) + count, after);
  return text;
}

TEST(ten_megabytes_of_text) {
  char *message = repeated("{" TO ",\"text\":\"", 'a', 10u << 20, "\"}"), *out = untouched();
  json_t *failure;
  CHECK_STATUS(wabiz_message_build(message, NULL, &out), WABIZ_INVALID);
  failure = take(out);
  CHECK_TEXT(text_at(failure, "error.issues.0.code"), "too_long");
  CHECK_TEXT(text_at(failure, "error.issues.0.path"), "/text");
  CHECK_TEXT(text_at(failure, "error.issues.0.unit"), "characters");
  CHECK_NUMBER(json_integer_value(at(failure, "error.issues.0.limit")), 4096);
  CHECK_NUMBER(json_integer_value(at(failure, "error.issues.0.found")), 10 << 20);
  json_decref(failure);
  free(message);
}

static void bad_json(const char *message, const char *options) {
  char *out = untouched();
  wabiz_status status = wabiz_message_build(message, options, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
  out = untouched();
  status = wabiz_message_check(message, options, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
}

TEST(three_megabytes_of_brackets) {
  char *open = repeated("", '[', 3u << 20, ""), *inside = repeated("{" TO ",\"text\":", '[', 3u << 20, "");
  bad_json(open, NULL);
  bad_json(inside, NULL);
  bad_json("{}", open);
  free(open);
  free(inside);
}

TEST(text_that_is_not_json) {
  static const char *const texts[] = {"", " ", "\n", "nonsense", "{", "}", "{\"to\"", "{\"to\":}", "{'to':'x'}", "{} {}", "{\"to\":\"x\",}",
                                      "\xef\xbb\xbf{}", "{\"to\":\"tab\there\"}", "{\"to\":01}", "{\"to\":+1}", "{\"to\":NaN}", "{\"to\":\"\\x\"}"};
  size_t i;
  for (i = 0; i < sizeof texts / sizeof *texts; i++) bad_json(texts[i], NULL);
}

TEST(text_that_is_not_utf8) {
  static const char *const texts[] = {"\xff\xfe", "{" TO ",\"text\":\"\xc3\"}", "{" TO ",\"text\":\"\xc0\xaf\"}", "{" TO ",\"text\":\"\xed\xa0\x80\"}",
                                      "{" TO ",\"text\":\"\xf4\x90\x80\x80\"}", "{\"\x80\":1}"};
  size_t i;
  for (i = 0; i < sizeof texts / sizeof *texts; i++) bad_json(texts[i], NULL);
}

/* What Meta's server could not read either: outbound is strict. */
TEST(what_does_not_fit) {
  static const char *const texts[] = {"{" TO ",\"text\":\"a\\u0000b\"}", "{" TO ",\"text\":\"\\ud83d\"}", "{" TO ",\"text\":\"\\udc4d\\ud83d\"}",
                                      "{" TO ",\"text\":\"a\",\"x\":9223372036854775808}", "{" TO ",\"text\":\"a\",\"x\":1e400}"};
  size_t i;
  for (i = 0; i < sizeof texts / sizeof *texts; i++) bad_json(texts[i], NULL);
}

TEST(roots_that_are_no_object) {
  static const char *const texts[] = {"[]", "null", "true", "1", "1.5", "\"text\"", "[{}]"};
  size_t i;
  for (i = 0; i < sizeof texts / sizeof *texts; i++) {
    char *out = untouched();
    wabiz_status status = wabiz_message_build(texts[i], NULL, &out);
    json_t *report;
    CHECK_FAILURE(status, out, WABIZ_INVALID);
    out = untouched();
    CHECK_STATUS(wabiz_message_check(texts[i], NULL, &out), WABIZ_INVALID);
    report = take(out);
    CHECK(json_is_null(at(report, "type")));
    CHECK_TEXT(text_at(report, "issues.0.code"), "wrong_type");
    CHECK_TEXT(text_at(report, "issues.0.path"), "");
    json_decref(report);
  }
}

/* Every value in every place: an answer with a whole document, never anything else. */
TEST(wrong_types_everywhere) {
  static const char *const members[] = {"to", "type", "recipient_type", "messaging_product", "text", "image", "audio", "video", "document",
                                        "sticker", "location", "reaction", "template", "language", "body", "header", "buttons", "read",
                                        "typing", "reply_to", "tag", "caption", "filename", "message_id", "context", "status",
                                        "typing_indicator", "interactive", "contacts", "preview_url", "ttl", "hsm", "recipient"};
  static const char *const values[] = {"null", "true", "0", "-1", "1.5", "1e300", "9223372036854775807", "\"\"", "\"x\"", "[]", "{}", "[[]]",
                                       "[{}]", "[null]", "{\"\":null}", "{\"body\":{}}", "{\"id\":[],\"link\":{}}",
                                       "{\"name\":1,\"language\":[],\"components\":[{\"type\":{},\"parameters\":[0]}]}"};
  static const char *const others[] = {"{" TO ",", "{" TO ",\"template\":\"t\",", "{" TO ",\"type\":\"template\",", "{"};
  size_t i, j, k;
  for (i = 0; i < sizeof members / sizeof *members; i++)
    for (j = 0; j < sizeof values / sizeof *values; j++)
      for (k = 0; k < sizeof others / sizeof *others; k++) {
        char message[256], *out = untouched();
        wabiz_status status;
        json_t *report;
        snprintf(message, sizeof message, "%s\"%s\":%s}", others[k], members[i], values[j]);
        status = wabiz_message_check(message, NULL, &out);
        report = take(out);
        if (status != WABIZ_OK && status != WABIZ_INVALID) printf("  %s\n", message);
        CHECK(status == WABIZ_OK || status == WABIZ_INVALID);
        CHECK(json_is_array(at(report, "issues")));
        CHECK(json_is_true(at(report, "valid")) == (status == WABIZ_OK));
        CHECK_STATUS(wabiz_message_build(message, NULL, NULL), status);
        json_decref(report);
      }
}

TEST(bad_options) {
  static const char *const wrong[] = {"{\"api\":\"sms\"}", "{\"api\":1}", "{\"unknown_members\":\"ignore\"}", "{\"unknown_members\":true}",
                                      "{\"now\":\"today\"}", "{\"no_such_option\":1}"};
  static const char *const unreadable[] = {"", "{", "nonsense", "\xff"};
  size_t i;
  for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char *out = untouched();
    wabiz_status status = wabiz_message_build("{" TO ",\"text\":\"Hi\"}", wrong[i], &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
    out = untouched();
    status = wabiz_message_check("{" TO ",\"text\":\"Hi\"}", wrong[i], &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  }
  for (i = 0; i < sizeof unreadable / sizeof *unreadable; i++) bad_json("{" TO ",\"text\":\"Hi\"}", unreadable[i]);
}

int main(void) {
  RUN(issues_name_their_place);
  RUN(every_issue_at_once);
  RUN(type_that_cannot_be_told);
  RUN(ten_megabytes_of_text);
  RUN(three_megabytes_of_brackets);
  RUN(text_that_is_not_json);
  RUN(text_that_is_not_utf8);
  RUN(what_does_not_fit);
  RUN(roots_that_are_no_object);
  RUN(wrong_types_everywhere);
  RUN(bad_options);
  FINISH("refusals");
}
