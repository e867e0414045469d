/*
 * The chapter "flows": a request is opened and answered, refusals name the HTTP status to answer with, and no key shows.
 */
#include "test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static const unsigned char flow_key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const char ping_data[] = "vryB0w/BTee4OvmgkgEf9dnfQfwZb8iWi7yl5iotFMJeuQl749lOptdzv/L1T2V2PA==";
static const char ping_iv[] = "EBESExQVFhcYGRobHB0eHw==";
static const char sealed_answer[] = "IHgL0mWXHJ6FDPLH6+aygF5BfT+mPzwvzktiKvlmYpg8eFKqJX/07YVStaI=";

static char plain_pem[4096], locked_pem[4096], other_pem[4096], curve_pem[2048], body[2048];

static void write_pem(EVP_PKEY *key, const char *passphrase, char *pem, size_t room) {
  BIO *bio = BIO_new(BIO_s_mem());
  int length;
  CHECK(PEM_write_bio_PrivateKey(bio, key, passphrase ? EVP_aes_256_cbc() : NULL, (unsigned char *)passphrase,
                                 passphrase ? (int)strlen(passphrase) : 0, NULL, NULL) == 1);
  length = BIO_read(bio, pem, (int)room - 1);
  pem[length > 0 ? length : 0] = 0;
  BIO_free(bio);
}

/* An RSA key: that of this name in the folder WABIZ_KEYS, where it is kept for the next run, or a fresh one when there is no folder. */
static EVP_PKEY *rsa_key(const char *name) {
  const char *folder = getenv("WABIZ_KEYS");
  char path[4096];
  EVP_PKEY *key = NULL;
  FILE *file;
  snprintf(path, sizeof path, "%s/%s.pem", folder ? folder : "", name);
  file = folder ? fopen(path, "r") : NULL;
  if (file) {
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
  }
  if (key) return key;
  key = EVP_RSA_gen(2048);
  file = folder ? fopen(path, "w") : NULL;
  if (file) {
    CHECK(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    fclose(file);
  }
  return key;
}

/* A request as Meta makes it, with the reference's key and vector under an RSA key of ours. */
static void prepare(void) {
  EVP_PKEY *key = rsa_key("business"), *other = rsa_key("other"), *curve = EVP_EC_gen("P-256");
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
  unsigned char sealed[256], text[400];
  size_t length = sizeof sealed;
  write_pem(key, NULL, plain_pem, sizeof plain_pem);
  write_pem(key, "open sesame", locked_pem, sizeof locked_pem);
  write_pem(other, NULL, other_pem, sizeof other_pem);
  write_pem(curve, NULL, curve_pem, sizeof curve_pem);
  CHECK(EVP_PKEY_encrypt_init(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1);
  CHECK(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1);
  CHECK(EVP_PKEY_encrypt(context, sealed, &length, flow_key, sizeof flow_key) == 1);
  EVP_EncodeBlock(text, sealed, (int)length);
  snprintf(body, sizeof body, "{\"encrypted_flow_data\":\"%s\",\"encrypted_aes_key\":\"%s\",\"initial_vector\":\"%s\"}", ping_data, (char *)text,
           ping_iv);
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  EVP_PKEY_free(other);
  EVP_PKEY_free(curve);
}

static void check_opened(char *out) {
  json_t *document = take(out), *answer;
  char *sealed = untouched();
  CHECK_TEXT(text_at(document, "kind"), "health_check");
  CHECK_TEXT(text_at(document, "request.action"), "ping");
  CHECK_TEXT(text_at(document, "answer.data.status"), "active");
  CHECK_STATUS(wabiz_flow_encrypt(text_at(document, "session"), "{\"data\":{\"status\":\"active\"}}", &sealed), WABIZ_OK);
  answer = take(sealed);
  CHECK_TEXT(text_at(answer, "body"), sealed_answer);
  CHECK_TEXT(text_at(answer, "content_type"), "text/plain");
  json_decref(answer);
  json_decref(document);
}

TEST(a_request_is_opened_and_answered) {
  char *out = untouched();
  CHECK_STATUS(wabiz_flow_decrypt(body, strlen(body), plain_pem, NULL, &out), WABIZ_OK);
  check_opened(out);
}

TEST(a_passphrase_opens_the_key) {
  char *out = untouched();
  CHECK_STATUS(wabiz_flow_decrypt(body, strlen(body), locked_pem, "open sesame", &out), WABIZ_OK);
  check_opened(out);
}

static void check_refusal(wabiz_status found, char *out, wabiz_status expected, int http_status) {
  json_t *document = take(out);
  CHECK_STATUS(found, expected);
  CHECK_TEXT(text_at(document, "error.code"), wabiz_status_name(expected));
  CHECK_NUMBER(json_integer_value(at(document, "http_status")), http_status);
  json_decref(document);
}

TEST(refusals_name_the_http_status) {
  char broken[sizeof body], *out = untouched();
  wabiz_status status = wabiz_flow_decrypt(body, strlen(body), other_pem, NULL, &out);
  check_refusal(status, out, WABIZ_UNAUTHENTIC, 421);
  status = wabiz_flow_decrypt(body, strlen(body), curve_pem, NULL, &out);
  check_refusal(status, out, WABIZ_BAD_ARGUMENT, 421);
  status = wabiz_flow_decrypt(body, strlen(body), "no key", NULL, &out);
  check_refusal(status, out, WABIZ_BAD_ARGUMENT, 421);
  status = wabiz_flow_decrypt(body, strlen(body), locked_pem, NULL, &out);
  check_refusal(status, out, WABIZ_BAD_ARGUMENT, 421);
  status = wabiz_flow_decrypt(body, strlen(body), locked_pem, "wrong", &out);
  check_refusal(status, out, WABIZ_BAD_ARGUMENT, 421);
  status = wabiz_flow_decrypt("{", 1, plain_pem, NULL, &out);
  check_refusal(status, out, WABIZ_BAD_JSON, 421);
  status = wabiz_flow_decrypt("{}", 2, plain_pem, NULL, &out);
  check_refusal(status, out, WABIZ_UNAUTHENTIC, 421);
  strcpy(broken, body);
  broken[30] = broken[30] == 'A' ? 'B' : 'A';
  status = wabiz_flow_decrypt(broken, strlen(broken), plain_pem, NULL, &out);
  check_refusal(status, out, WABIZ_UNAUTHENTIC, 421);
}

TEST(a_request_is_verified_first) {
  char *out = untouched();
  json_t *document;
  char signature[128];
  wabiz_status status = wabiz_flow_receive(body, strlen(body), NULL, "secret", plain_pem, NULL, &out);
  check_refusal(status, out, WABIZ_UNAUTHENTIC, 432);
  status = wabiz_flow_receive(body, strlen(body), "sha256=00", "secret", plain_pem, NULL, &out);
  check_refusal(status, out, WABIZ_UNAUTHENTIC, 432);
  status = wabiz_flow_receive(body, strlen(body), NULL, NULL, plain_pem, NULL, &out);
  check_refusal(status, out, WABIZ_UNAUTHENTIC, 432);
  CHECK_STATUS(wabiz_webhook_sign(body, strlen(body), "secret", &out), WABIZ_OK);
  document = take(out);
  snprintf(signature, sizeof signature, "%s", text_at(document, "signature"));
  json_decref(document);
  CHECK_STATUS(wabiz_flow_receive(body, strlen(body), signature, "old\nsecret", plain_pem, NULL, &out), WABIZ_OK);
  check_opened(out);
}

TEST(bad_sessions_and_answers_are_refused) {
  static const char *const sessions[] = {"", "x", "flow1.", "flow1.AAAA", "flow1.!!!!", "flow2.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="};
  size_t i;
  char *out = untouched();
  for (i = 0; i < sizeof sessions / sizeof *sessions; i++) {
    wabiz_status status = wabiz_flow_encrypt(sessions[i], "{}", &out);
    CHECK_FAILURE(status, out, WABIZ_BAD_ARGUMENT);
  }
  CHECK_STATUS(wabiz_flow_encrypt("flow1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "[]", NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_flow_encrypt("flow1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "{", NULL), WABIZ_BAD_JSON);
  CHECK_STATUS(wabiz_flow_encrypt(NULL, "{}", NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_flow_decrypt(body, strlen(body), NULL, NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_flow_decrypt(NULL, 1, plain_pem, NULL, NULL), WABIZ_BAD_ARGUMENT);
}

static const char media[] =
    "{\"media_id\":\"790000000000001\",\"cdn_url\":\"https://cdn.example/f.enc\",\"file_name\":\"note.txt\",\"encryption_metadata\":{"
    "\"encryption_key\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\",\"hmac_key\":\"ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\","
    "\"iv\":\"QEFCQ0RFRkdISUpLTE1OTw==\",\"plaintext_hash\":\"QDUAtjfwJlUcXgL43QtS2fpWOe5R6rktuEwyw3IO/hQ=\","
    "\"encrypted_hash\":\"Qpn8/8rLAfZOE/JUOlajczVLwFEKFqNqrKqz3a8hLSY=\"}}";

TEST(a_file_is_decrypted) {
  unsigned char file[64], plain[64], zeros[64] = {0};
  int length = EVP_DecodeBlock(file, (const unsigned char *)"cZbOTDJTAI4l/QVfXJN9ApmNws+pVMiq1jzn2Kbv2hQxoCNTGDD+wpDs", 56);
  char *out = untouched();
  wabiz_status status;
  json_t *document;
  CHECK_NUMBER(length, 42);
  CHECK_STATUS(wabiz_flow_media_decrypt(media, file, 42, plain, &out), WABIZ_OK);
  document = take(out);
  CHECK_NUMBER(json_integer_value(at(document, "size")), 17);
  CHECK_TEXT(text_at(document, "file_name"), "note.txt");
  CHECK(memcmp(plain, "hello flow media\n", 17) == 0);
  json_decref(document);
  file[5] ^= 1;
  memset(plain, 7, sizeof plain);
  status = wabiz_flow_media_decrypt(media, file, 42, plain, &out);
  CHECK_FAILURE(status, out, WABIZ_UNAUTHENTIC);
  CHECK(memcmp(plain, zeros, 42) == 0 && plain[42] == 7);
  CHECK_STATUS(wabiz_flow_media_decrypt("{}", file, 42, plain, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_flow_media_decrypt(media, file, 42, NULL, NULL), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_flow_media_decrypt(media, NULL, 0, plain, NULL), WABIZ_UNAUTHENTIC);
}

int main(void) {
  prepare();
  RUN(a_request_is_opened_and_answered);
  RUN(a_passphrase_opens_the_key);
  RUN(refusals_name_the_http_status);
  RUN(a_request_is_verified_first);
  RUN(bad_sessions_and_answers_are_refused);
  RUN(a_file_is_decrypted);
  FINISH("flow");
}
