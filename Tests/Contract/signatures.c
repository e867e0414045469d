/*
 * The chapter "webhooks": signing, and signatures in every wrong form.
 */
#include "test.h"

#define SECRET "test-app-secret"
static const char known_body[] =
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"100\",\"time\":1767225600,\"changes\":[{\"field\":\"security\","
    "\"value\":{\"event\":\"PIN_CHANGED\",\"note\":\"caf\\u00e9 \\/ \\ud83d\\ude00\"}}]}]}";
static const char known_signature[] = "sha256=ab5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f50";
/* Of the same document written again with raw UTF-8 and "/": a signature covers bytes, not meaning. */
static const char rewritten_signature[] = "sha256=74041e5ba65e83542c923960e6163e6e1821e5c810bc3151713096ee4834854f";

static void signs(const void *body, size_t length, const char *secret, const char *expected) {
  char *out = untouched();
  json_t *document;
  CHECK_STATUS(wabiz_webhook_sign(body, length, secret, &out), WABIZ_OK);
  document = take(out);
  CHECK_TEXT(text_at(document, "signature"), expected);
  json_decref(document);
}

TEST(known_signatures) {
  const char *vector = "what do ya want for nothing?"; /* RFC 4231, case 2 */
  signs(vector, strlen(vector), "Jefe", "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK_NUMBER(sizeof known_body - 1, 179);
  signs(known_body, 179, SECRET, known_signature);
  signs("", 0, SECRET, "sha256=a7dfadfa864dba471c925e814eca5ee032a7ded01574b16ac33dd477b5d6d0f7");
  signs(NULL, 0, SECRET, "sha256=a7dfadfa864dba471c925e814eca5ee032a7ded01574b16ac33dd477b5d6d0f7");
}

TEST(signing_covers_a_zero_byte) {
  char *cut = untouched(), *whole = untouched();
  CHECK_STATUS(wabiz_webhook_sign("ab\0cd", 2, SECRET, &cut), WABIZ_OK);
  CHECK_STATUS(wabiz_webhook_sign("ab\0cd", 5, SECRET, &whole), WABIZ_OK);
  CHECK(strcmp(cut, whole) != 0);
  wabiz_free(cut);
  wabiz_free(whole);
}

TEST(blank_secrets_sign_nothing) {
  static const char *const blanks[] = {"", " ", "\t", "\n", " \n\t\n "};
  size_t i;
  for (i = 0; i < 5; i++) {
    char *out = untouched();
    wabiz_status status = wabiz_webhook_sign("body", 4, blanks[i], &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  }
}

TEST(authentic_body_is_read) {
  char *out = untouched();
  json_t *document;
  CHECK_STATUS(wabiz_webhook_receive(known_body, 179, known_signature, SECRET, &out), WABIZ_OK);
  document = take(out);
  CHECK_NUMBER(count_at(document, "events"), 1);
  CHECK_TEXT(text_at(document, "events.0.waba_id"), "100");
  CHECK(at(document, "events.0.payload") != NULL);
  CHECK_STATUS(wabiz_webhook_receive(known_body, 179, known_signature, SECRET, NULL), WABIZ_OK);
  json_decref(document);
}

static void unauthentic(const void *body, size_t length, const char *signature, const char *secrets) {
  char *out = untouched();
  wabiz_status status = wabiz_webhook_receive(body, length, signature, secrets, &out);
  if (status != WABIZ_UNAUTHENTIC) printf("  accepted: %s\n", signature ? signature : "(none)");
  CHECK(out == NULL || !secrets || strlen(secrets) < 5 || strstr(out, secrets) == NULL);
  CHECK_FAILURE(status, out, WABIZ_UNAUTHENTIC);
}

#define HEX "ab5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f50"

TEST(wrong_signatures) {
  static const char *const wrong[] = {
      NULL, "", " ", "sha256", "sha256=", "=", HEX, "sha256:" HEX, "SHA256=" HEX, "Sha256=" HEX, " sha256=" HEX, "sha256= " HEX,
      "sha256=" HEX "0", "sha256=" HEX HEX, "sha256=" HEX ",sha256=" HEX, "sha256=" HEX "\n", "sha256=ab5d",
      "sha256=bb5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f50",
      "sha256=ab5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f51",
      "sha256=ab5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f5",
      "sha256=ab5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f5g",
      "sha256=AB5D8D6826A87532389F22D4308362E7EEA8C7E379E47F3C99700A13BF2C4F5G",
      "sha1=" HEX, "sha1=3f2a8d9f5b0c8b0d5a6b1f1e2d3c4b5a69788796", "sha256=\xff\xfe",
      "sha256=0000000000000000000000000000000000000000000000000000000000000000"};
  size_t i;
  for (i = 0; i < sizeof wrong / sizeof *wrong; i++) unauthentic(known_body, 179, wrong[i], SECRET);
  unauthentic(known_body, 179, rewritten_signature, SECRET);
}

/* Meta writes lower-case digits: another spelling of the same number was made by somebody else. */
TEST(upper_case_digits) {
  char upper[80];
  size_t i;
  for (i = 0; i < sizeof known_signature; i++)
    upper[i] = (char)(i >= 7 && known_signature[i] >= 'a' && known_signature[i] <= 'f' ? known_signature[i] - 32 : known_signature[i]);
  unauthentic(known_body, 179, upper, SECRET);
}

TEST(one_changed_byte) {
  char body[180];
  size_t i;
  memcpy(body, known_body, 180);
  for (i = 0; i < 179; i++) {
    body[i] ^= 1;
    CHECK_STATUS(wabiz_webhook_receive(body, 179, known_signature, SECRET, NULL), WABIZ_UNAUTHENTIC);
    body[i] ^= 1;
  }
  CHECK_STATUS(wabiz_webhook_receive(body, 178, known_signature, SECRET, NULL), WABIZ_UNAUTHENTIC);
  CHECK_STATUS(wabiz_webhook_receive(body, 180, known_signature, SECRET, NULL), WABIZ_UNAUTHENTIC);
  CHECK_STATUS(wabiz_webhook_receive(body, 179, known_signature, SECRET, NULL), WABIZ_OK);
}

TEST(blank_secrets_refuse_everything) {
  /* HMAC-SHA256 of the body with an empty key: right, and refused all the same. */
  const char *keyless = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  static const char *const blanks[] = {NULL, "", " ", "\t ", "\n", "\n\n", " \n \r\n\t"};
  size_t i;
  for (i = 0; i < sizeof blanks / sizeof *blanks; i++) {
    unauthentic("", 0, keyless, blanks[i]);
    unauthentic(known_body, 179, known_signature, blanks[i]);
  }
}

TEST(rotated_secrets) {
  static const char *const right[] = {SECRET "\nnew", "old\n" SECRET, "old\n" SECRET "\nnew", "\n\n" SECRET, SECRET "\n", "old\r\n" SECRET "\r\n"};
  static const char *const wrong[] = {"old\nnew", SECRET "x\nnew", "old " SECRET, "test-app\n-secret", "old," SECRET};
  size_t i;
  for (i = 0; i < sizeof right / sizeof *right; i++) CHECK_STATUS(wabiz_webhook_receive(known_body, 179, known_signature, right[i], NULL), WABIZ_OK);
  for (i = 0; i < sizeof wrong / sizeof *wrong; i++) unauthentic(known_body, 179, known_signature, wrong[i]);
}

TEST(authentic_but_not_json) {
  static const char *const bodies[] = {"", "nonsense", "{", "[]", "null", "{\"a\":\"\xff\"}"};
  size_t i;
  for (i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    size_t length = strlen(bodies[i]);
    char *out = untouched();
    json_t *signed_ = NULL;
    wabiz_status status;
    CHECK_STATUS(wabiz_webhook_sign(bodies[i], length, SECRET, &out), WABIZ_OK);
    signed_ = take(out);
    out = untouched();
    status = wabiz_webhook_receive(bodies[i], length, text_at(signed_, "signature"), SECRET, &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
    out = untouched();
    status = wabiz_webhook_parse(bodies[i], length, &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_JSON);
    json_decref(signed_);
  }
}

int main(void) {
  RUN(known_signatures);
  RUN(signing_covers_a_zero_byte);
  RUN(blank_secrets_sign_nothing);
  RUN(authentic_body_is_read);
  RUN(wrong_signatures);
  RUN(upper_case_digits);
  RUN(one_changed_byte);
  RUN(blank_secrets_refuse_everything);
  RUN(rotated_secrets);
  RUN(authentic_but_not_json);
  FINISH("signatures");
}
