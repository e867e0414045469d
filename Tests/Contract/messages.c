/*
 * The chapter "messages": short forms become payloads, complete payloads pass as they stand, and reports say what is valid.
 */
#include "test.h"

#define TO "\"to\":\"+15550001234\""

/* Builds a message that must be good; the payload belongs to the caller. */
static json_t *build(const char *message, const char *options) {
  char *out = untouched();
  wabiz_status status = wabiz_message_build(message, options, &out);
  CHECK_STATUS(status, WABIZ_OK);
  if (status != WABIZ_OK) printf("  %s\n  %s\n", message, out ? out : "(none)");
  return take(out);
}

/* Builds a message and compares members of the payload: path and text, path and text, and NULL. */
static void builds(const char *message, const char *const *members) {
  json_t *payload = build(message, NULL);
  CHECK_TEXT(text_at(payload, "messaging_product"), "whatsapp");
  for (; *members; members += 2) CHECK_TEXT(text_at(payload, members[0]), members[1]);
  json_decref(payload);
}

TEST(short_text) {
  static const char *const members[] = {"to", "+15550001234", "type", "text", "text.body", "Hello *Ada*", NULL};
  builds("{" TO ",\"text\":\"Hello *Ada*\"}", members);
}

TEST(short_media) {
  static const char *const kinds[] = {"image", "audio", "video", "document", "sticker"};
  char message[256], link[32], id[32];
  size_t i;
  for (i = 0; i < 5; i++) {
    const char *linked[] = {"type", kinds[i], link, "https://example.com/a", NULL};
    const char *stored[] = {"type", kinds[i], id, "311222333444555", NULL};
    snprintf(link, sizeof link, "%s.link", kinds[i]);
    snprintf(id, sizeof id, "%s.id", kinds[i]);
    snprintf(message, sizeof message, "{" TO ",\"%s\":\"https://example.com/a\"}", kinds[i]);
    builds(message, linked);
    snprintf(message, sizeof message, "{" TO ",\"%s\":\"311222333444555\"}", kinds[i]);
    builds(message, stored);
  }
}

TEST(short_captions) {
  static const char *const image[] = {"image.caption", "Look", NULL};
  static const char *const document[] = {"document.caption", "Your bill", "document.filename", "bill.pdf", NULL};
  builds("{" TO ",\"image\":\"https://example.com/a.jpg\",\"caption\":\"Look\"}", image);
  builds("{" TO ",\"document\":\"https://example.com/a.pdf\",\"caption\":\"Your bill\",\"filename\":\"bill.pdf\"}", document);
}

TEST(short_location) {
  json_t *payload = build("{" TO ",\"location\":{\"latitude\":48.2,\"longitude\":16.4,\"name\":\"Shop\"}}", NULL);
  CHECK_TEXT(text_at(payload, "type"), "location");
  CHECK_TEXT(text_at(payload, "location.name"), "Shop");
  CHECK(json_number_value(at(payload, "location.latitude")) == 48.2);
  json_decref(payload);
}

TEST(short_reaction) {
  static const char *const given[] = {"type", "reaction", "reaction.emoji", "\xf0\x9f\x91\x8d", "reaction.message_id", "wamid.X", NULL};
  static const char *const taken[] = {"type", "reaction", "reaction.emoji", "", NULL};
  builds("{" TO ",\"reaction\":\"\\ud83d\\udc4d\",\"message_id\":\"wamid.X\"}", given);
  builds("{" TO ",\"reaction\":\"\",\"message_id\":\"wamid.X\"}", taken);
}

TEST(short_template) {
  json_t *payload = build("{" TO ",\"template\":\"order_shipped\",\"language\":\"en_US\",\"body\":[\"Ada\",\"#42\"],"
                          "\"header\":{\"image\":\"https://example.com/a.jpg\"},\"buttons\":[\"payload\"]}", NULL);
  CHECK_TEXT(text_at(payload, "template.name"), "order_shipped");
  CHECK_TEXT(text_at(payload, "template.language.code"), "en_US");
  CHECK_NUMBER(count_at(payload, "template.components"), 3);
  json_decref(payload);
}

TEST(short_read) {
  static const char *const members[] = {"status", "read", "message_id", "wamid.X", "typing_indicator.type", "text", NULL};
  builds("{\"read\":\"wamid.X\",\"typing\":true}", members);
}

TEST(short_reply_and_tag) {
  static const char *const members[] = {"context.message_id", "wamid.Q", "biz_opaque_callback_data", "order 7", NULL};
  builds("{" TO ",\"text\":\"Hi\",\"reply_to\":\"wamid.Q\",\"tag\":\"order 7\"}", members);
}

/* A complete payload is written as it stands: spelling of numbers, order and escapes included. */
TEST(complete_payloads_stand) {
  static const char *const payloads[] = {
      "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\"," TO ",\"type\":\"text\",\"text\":{\"preview_url\":false,\"body\":\"Gr\\u00fc\\u00dfe\"}}",
      "{\"type\":\"location\",\"location\":{\"longitude\":16.40,\"latitude\":48.20},\"messaging_product\":\"whatsapp\"," TO "}",
      "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.X\",\"typing_indicator\":{\"type\":\"text\"}}",
      "{\"messaging_product\":\"whatsapp\"," TO ",\"type\":\"template\",\"template\":{\"name\":\"hello_world\",\"language\":{\"code\":\"en_US\"}}}"};
  size_t i;
  for (i = 0; i < sizeof payloads / sizeof *payloads; i++) {
    char *out = untouched();
    CHECK_STATUS(wabiz_message_build(payloads[i], NULL, &out), WABIZ_OK);
    CHECK_TEXT(out, payloads[i]);
    wabiz_free(out);
  }
}

TEST(on_premises_dialect) {
  json_t *payload = build("{\"to\":\"15550001234\",\"text\":\"Hi\"}", "{\"api\":\"on_premises\"}");
  CHECK_TEXT(text_at(payload, "text.body"), "Hi");
  CHECK(at(payload, "messaging_product") == NULL);
  json_decref(payload);
}

TEST(report_of_a_valid_message) {
  char *out = untouched();
  json_t *report;
  CHECK_STATUS(wabiz_message_check("{" TO ",\"text\":\"Hi\"}", NULL, &out), WABIZ_OK);
  report = take(out);
  CHECK(json_is_true(at(report, "valid")));
  CHECK_TEXT(text_at(report, "type"), "text");
  CHECK(json_is_array(at(report, "issues")));
  CHECK_NUMBER(count_at(report, "issues"), 0);
  CHECK_STATUS(wabiz_message_check("{" TO ",\"text\":\"Hi\"}", NULL, NULL), WABIZ_OK);
  json_decref(report);
}

TEST(unknown_members_warn_or_refuse) {
  const char *message = "{\"messaging_product\":\"whatsapp\"," TO ",\"type\":\"text\",\"text\":{\"body\":\"Hi\",\"colour\":\"red\"}}";
  char *out = untouched();
  json_t *report;
  CHECK_STATUS(wabiz_message_check(message, NULL, &out), WABIZ_OK);
  report = take(out);
  CHECK(json_is_true(at(report, "valid")));
  CHECK_TEXT(text_at(report, "issues.0.code"), "unknown_member");
  CHECK_TEXT(text_at(report, "issues.0.severity"), "warning");
  CHECK_TEXT(text_at(report, "issues.0.path"), "/text/colour");
  json_decref(report);
  CHECK_STATUS(wabiz_message_build(message, "{\"unknown_members\":\"warn\"}", NULL), WABIZ_OK);
  CHECK_STATUS(wabiz_message_build(message, "{\"unknown_members\":\"error\"}", NULL), WABIZ_INVALID);
}

TEST(good_options) {
  static const char *const options[] = {"{}", "{\"api\":\"cloud\"}", "{\"unknown_members\":\"error\"}", "{\"now\":1767225600}"};
  size_t i;
  for (i = 0; i < sizeof options / sizeof *options; i++) CHECK_STATUS(wabiz_message_build("{" TO ",\"text\":\"Hi\"}", options[i], NULL), WABIZ_OK);
}

int main(void) {
  RUN(short_text);
  RUN(short_media);
  RUN(short_captions);
  RUN(short_location);
  RUN(short_reaction);
  RUN(short_template);
  RUN(short_read);
  RUN(short_reply_and_tag);
  RUN(complete_payloads_stand);
  RUN(on_premises_dialect);
  RUN(report_of_a_valid_message);
  RUN(unknown_members_warn_or_refuse);
  RUN(good_options);
  FINISH("messages");
}
