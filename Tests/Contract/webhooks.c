/*
 * The chapter "webhooks": the verification request, and bodies of every shape, of which nothing may be lost.
 */
#include "test.h"

static const char envelope[] =
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"700100200300400\",\"changes\":[{\"field\":\"messages\",\"value\":{"
    "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550001111\",\"phone_number_id\":\"900800700600500\"},"
    "\"messages\":[%s],\"statuses\":[%s]}}]}]}";

/* The events of a body that needs no signature; the document belongs to the caller. */
static json_t *parse(const char *body, size_t length) {
  char *out = untouched();
  json_t *document;
  CHECK_STATUS(wabiz_webhook_parse(body, length, &out), WABIZ_OK);
  document = take(out);
  CHECK(json_is_array(at(document, "events")));
  return document;
}

static json_t *parse_items(const char *messages, const char *statuses) {
  char body[4096];
  int length = snprintf(body, sizeof body, envelope, messages, statuses);
  CHECK(length > 0 && (size_t)length < sizeof body);
  return parse(body, (size_t)length);
}

TEST(a_message_becomes_an_event) {
  json_t *document = parse_items("{\"from\":\"15557654321\",\"id\":\"wamid.T1\",\"timestamp\":\"1767225601\",\"type\":\"text\","
                                 "\"text\":{\"body\":\"Hello there\"},\"context\":{\"id\":\"wamid.Q\"}}", "");
  CHECK_NUMBER(count_at(document, "events"), 1);
  CHECK_TEXT(text_at(document, "events.0.kind"), "message");
  CHECK_TEXT(text_at(document, "events.0.key"), "wamid.T1");
  CHECK_TEXT(text_at(document, "events.0.waba_id"), "700100200300400");
  CHECK_TEXT(text_at(document, "events.0.phone_number_id"), "900800700600500");
  CHECK_NUMBER(json_integer_value(at(document, "events.0.timestamp")), 1767225601);
  CHECK_TEXT(text_at(document, "events.0.from"), "15557654321");
  CHECK_TEXT(text_at(document, "events.0.type"), "text");
  CHECK_TEXT(text_at(document, "events.0.text"), "Hello there");
  CHECK_TEXT(text_at(document, "events.0.context_id"), "wamid.Q");
  CHECK_TEXT(text_at(document, "events.0.payload.text.body"), "Hello there");
  json_decref(document);
}

TEST(a_status_becomes_an_event) {
  json_t *document = parse_items("", "{\"id\":\"wamid.S1\",\"status\":\"failed\",\"timestamp\":\"1767225602\",\"recipient_id\":\"15557654321\","
                                     "\"biz_opaque_callback_data\":\"order 7\",\"errors\":[{\"code\":131026,\"title\":\"Message undeliverable\"}]}");
  CHECK_NUMBER(count_at(document, "events"), 1);
  CHECK_TEXT(text_at(document, "events.0.kind"), "status");
  CHECK_TEXT(text_at(document, "events.0.status"), "failed");
  CHECK_TEXT(text_at(document, "events.0.message_id"), "wamid.S1");
  CHECK_TEXT(text_at(document, "events.0.recipient_id"), "15557654321");
  CHECK_TEXT(text_at(document, "events.0.tag"), "order 7");
  CHECK_NUMBER(json_integer_value(at(document, "events.0.errors.0.code")), 131026);
  CHECK_TEXT(text_at(document, "events.0.errors.0.retry"), "never");
  json_decref(document);
}

TEST(a_batch_loses_nothing) {
  json_t *document = parse_items("{\"id\":\"wamid.1\",\"type\":\"text\"},{\"id\":\"wamid.2\",\"type\":\"newer\"},7,null",
                                 "{\"id\":\"wamid.3\",\"status\":\"read\"},{}");
  CHECK_NUMBER(count_at(document, "events"), 6);
  json_decref(document);
}

TEST(unknown_fields_arrive_whole) {
  const char *body = "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"not_invented_yet\",\"value\":{\"deep\":[1,2]}}]}]}";
  json_t *document = parse(body, strlen(body));
  CHECK_TEXT(text_at(document, "events.0.kind"), "unknown");
  CHECK(at(document, "events.0.key") != NULL);
  CHECK_NUMBER(count_at(document, "events"), 1);
  json_decref(document);
}

/* What JSON allows is read, not refused: a webhook must not be lost. */
TEST(odd_but_json) {
  static const char *const messages[] = {"{\"id\":\"a\",\"n\":123456789012345678901234567890}", "{\"id\":\"a\",\"n\":1e400}", "{\"id\":\"a\",\"n\":-1e-999}",
                                         "{\"id\":\"a\",\"text\":{\"body\":\"x\\u0000y\"},\"type\":\"text\"}",
                                         "{\"id\":\"a\",\"text\":{\"body\":\"\\ud83d\"},\"type\":\"text\"}",
                                         "{\"id\":\"a\",\"id\":\"b\",\"type\":\"text\"}", "{\"\":{\"\":[]}}"};
  size_t i;
  for (i = 0; i < sizeof messages / sizeof *messages; i++) {
    char body[1024], *out = untouched();
    snprintf(body, sizeof body, envelope, messages[i], "");
    CHECK_STATUS(wabiz_webhook_parse(body, strlen(body), &out), WABIZ_OK);
    CHECK(out && strstr(out, "\"kind\":\"message\""));
    wabiz_free(out);
  }
}

TEST(repeated_names_read_the_last) {
  json_t *document = NULL;
  char body[1024], *out = untouched();
  snprintf(body, sizeof body, envelope, "{\"id\":\"first\",\"id\":\"last\",\"type\":\"text\"}", "");
  CHECK_STATUS(wabiz_webhook_parse(body, strlen(body), &out), WABIZ_OK);
  CHECK(out && strstr(out, "{\"id\":\"first\",\"id\":\"last\",\"type\":\"text\"}")); /* the payload keeps both */
  document = out ? json_loads(out, 0, NULL) : NULL;
  CHECK_TEXT(text_at(document, "events.0.key"), "last");
  json_decref(document);
  wabiz_free(out);
}

TEST(a_zero_byte_in_the_body) {
  static const char body[] = "{\"entry\":[]\0}";
  char *out = untouched();
  wabiz_status status = wabiz_webhook_parse(body, sizeof body - 1, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
  out = untouched();
  status = wabiz_webhook_parse("{\"entry\":[]}\0", 13, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
}

TEST(length_alone_ends_the_body) {
  char body[] = "{\"entry\":[]}xxxx";
  json_t *document = parse(body, 12);
  CHECK_NUMBER(count_at(document, "events"), 0);
  json_decref(document);
}

TEST(three_megabytes_of_brackets) {
  size_t length = 3u << 20;
  char *body = (char *)malloc(length), *out = untouched();
  wabiz_status status;
  if (!body) abort();
  memset(body, '[', length);
  status = wabiz_webhook_parse(body, length, &out);
  CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
  free(body);
}

TEST(ten_megabytes_of_body) {
  const char *before = "{\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[{\"id\":\"wamid.B\",\"type\":\"text\",\"text\":{\"body\":\"";
  const char *after = "\"}}]}}]}]}";
  size_t text = 10u << 20, length = strlen(before) + text + strlen(after);
  char *body = (char *)malloc(length);
  json_t *document;
  if (!body) abort();
  memcpy(body, before, strlen(before));
  memset(body + strlen(before), 'b', text);
  memcpy(body + strlen(before) + text, after, strlen(after));
  document = parse(body, length);
  CHECK_NUMBER(json_string_length(at(document, "events.0.text")), text);
  CHECK_NUMBER(json_string_length(at(document, "events.0.payload.text.body")), text);
  json_decref(document);
  free(body);
}

TEST(wrong_types_everywhere) {
  static const char *const bodies[] = {
      "{}", "{\"entry\":null}", "{\"entry\":{}}", "{\"entry\":[null,1,\"x\",[],{}]}", "{\"entry\":[{\"changes\":7}]}", "{\"entry\":[{\"id\":1.5,\"changes\":[null,{}]}]}",
      "{\"entry\":[{\"changes\":[{\"field\":[],\"value\":[]}]}]}", "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":null}]}]}",
      "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":{},\"statuses\":\"x\",\"contacts\":9,\"errors\":[[]],\"metadata\":[]}}]}]}",
      "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[{\"id\":{},\"from\":[],\"timestamp\":{},\"type\":3,\"text\":[]}]}}]}]}",
      "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[{\"type\":\"text\",\"text\":{\"body\":{}}},{\"type\":\"interactive\",\"interactive\":7}]}}]}]}",
      "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"statuses\":[{\"id\":9,\"status\":{},\"errors\":{},\"pricing\":[],\"conversation\":\"x\"}]}}]}]}",
      "{\"messages\":[{\"id\":\"gBEG\",\"type\":\"text\",\"text\":{\"body\":\"on-premises\"}}]}", "{\"statuses\":7,\"errors\":\"x\"}"};
  size_t i;
  for (i = 0; i < sizeof bodies / sizeof *bodies; i++) json_decref(parse(bodies[i], strlen(bodies[i])));
}

static void challenges(const char *query, const char *token, wabiz_status expected, int http_status, const char *body) {
  char *out = untouched();
  wabiz_status status = wabiz_webhook_challenge(query, token, &out);
  json_t *document = take(out);
  CHECK_STATUS(status, expected);
  CHECK_NUMBER(json_integer_value(at(document, "http_status")), http_status);
  CHECK_TEXT(text_at(document, "body"), body);
  if (expected != WABIZ_OK) CHECK_TEXT(text_at(document, "error.code"), wabiz_status_name(expected));
  if (status != expected) printf("  %s\n", query);
  json_decref(document);
}

TEST(challenge_answered) {
  challenges("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=oak-tree", "oak-tree", WABIZ_OK, 200, "1158201444");
  challenges("hub.verify_token=oak-tree&hub.challenge=0042&hub.mode=subscribe", "oak-tree", WABIZ_OK, 200, "0042");
  challenges("hub_mode=subscribe&hub_challenge=7&hub_verify_token=oak-tree", "oak-tree", WABIZ_OK, 200, "7");
  challenges("hub%2Emode=subscribe&hub.challenge=a%26b%3Dc&hub.verify_token=%6Fak%2Btree%20%C3%A9", "oak+tree \xc3\xa9", WABIZ_OK, 200, "a&b=c");
  challenges("x=1&hub.mode=subscribe&&hub.challenge=7&y&hub.verify_token=oak-tree&z=", "oak-tree", WABIZ_OK, 200, "7");
  CHECK_STATUS(wabiz_webhook_challenge("hub.mode=subscribe&hub.challenge=7&hub.verify_token=t", "t", NULL), WABIZ_OK);
}

TEST(challenge_with_another_token) {
  static const char *const tokens[] = {"oak-tre", "oak-tree1", "Oak-tree", "", " ", "oak-tree%", "o"};
  size_t i;
  for (i = 0; i < sizeof tokens / sizeof *tokens; i++)
    challenges("hub.mode=subscribe&hub.challenge=7&hub.verify_token=oak-tree", tokens[i], WABIZ_UNAUTHENTIC, 403, "");
  challenges("hub.mode=subscribe&hub.challenge=7&hub.verify_token=%20", " ", WABIZ_UNAUTHENTIC, 403, "");
  challenges("hub.mode=subscribe&hub.challenge=7&hub.verify_token=oak%00tree", "oak", WABIZ_UNAUTHENTIC, 403, "");
}

TEST(challenge_with_a_part_missing) {
  challenges("", "oak-tree", WABIZ_BAD_ARGUMENT, 400, "");
  challenges("hub.challenge=7&hub.verify_token=oak-tree", "oak-tree", WABIZ_BAD_ARGUMENT, 400, "");
  challenges("hub.mode=subscribe&hub.verify_token=oak-tree", "oak-tree", WABIZ_BAD_ARGUMENT, 400, "");
  challenges("hub.mode=subscribe&hub.challenge=7", "oak-tree", WABIZ_BAD_ARGUMENT, 400, "");
}

TEST(challenge_with_odd_bytes) {
  static const char *const queries[] = {"%", "%%%", "hub.mode=%zz&hub.challenge=%f", "\xff\xfe", "&&&===", "hub.mode=subscribe&hub.challenge=%ff%fe&hub.verify_token=t",
                                        "hub.mode=subscribe&hub.challenge=%00&hub.verify_token=t", "hub.mode=unsubscribe&hub.challenge=7&hub.verify_token=t"};
  size_t i;
  for (i = 0; i < sizeof queries / sizeof *queries; i++) {
    char *out = untouched();
    wabiz_status status = wabiz_webhook_challenge(queries[i], "t", &out);
    json_t *document = take(out);
    CHECK(status == WABIZ_OK || status == WABIZ_BAD_ARGUMENT || status == WABIZ_UNAUTHENTIC);
    CHECK(json_is_integer(at(document, "http_status")));
    json_decref(document);
  }
}

int main(void) {
  RUN(a_message_becomes_an_event);
  RUN(a_status_becomes_an_event);
  RUN(a_batch_loses_nothing);
  RUN(unknown_fields_arrive_whole);
  RUN(odd_but_json);
  RUN(repeated_names_read_the_last);
  RUN(a_zero_byte_in_the_body);
  RUN(length_alone_ends_the_body);
  RUN(three_megabytes_of_brackets);
  RUN(ten_megabytes_of_body);
  RUN(wrong_types_everywhere);
  RUN(challenge_answered);
  RUN(challenge_with_another_token);
  RUN(challenge_with_a_part_missing);
  RUN(challenge_with_odd_bytes);
  FINISH("webhooks");
}
