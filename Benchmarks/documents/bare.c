/*
 * bare.h on Jansson and OpenSSL, written as one would for a service of one's own: no check of anything but the signature.
 */
#include "bare.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *result, const char *what) {
  if (result) return result;
  fprintf(stderr, "bare: %s failed\n", what);
  exit(1);
}

char *bare_copy(const char *bytes, size_t length) {
  json_t *document = must(json_loadb(bytes, length, 0, NULL), "json_loadb");
  char *text = must(json_dumps(document, JSON_COMPACT), "json_dumps");
  json_decref(document);
  return text;
}

char *bare_sign(const char *body, size_t length, const char *secret) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int count = 0, i;
  char *header = must(malloc(7 + 64 + 1), "malloc");
  must(HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)body, length, digest, &count), "HMAC");
  memcpy(header, "sha256=", 7);
  for (i = 0; i < count; i++) {
    header[7 + 2 * i] = "0123456789abcdef"[digest[i] >> 4];
    header[8 + 2 * i] = "0123456789abcdef"[digest[i] & 15];
  }
  header[7 + 2 * count] = 0;
  return header;
}

static void copy(json_t *to, const char *name, json_t *value) {
  if (value) json_object_set(to, name, value);
}

static json_t *event(const char *kind, json_t *entry, json_t *metadata, json_t *item) {
  json_t *flat = must(json_object(), "json_object");
  const char *timestamp = json_string_value(json_object_get(item, "timestamp"));
  json_object_set_new(flat, "kind", json_string(kind));
  copy(flat, "waba_id", json_object_get(entry, "id"));
  copy(flat, "phone_number_id", json_object_get(metadata, "phone_number_id"));
  copy(flat, "display_phone_number", json_object_get(metadata, "display_phone_number"));
  copy(flat, "message_id", json_object_get(item, "id"));
  if (timestamp) json_object_set_new(flat, "timestamp", json_integer(strtoll(timestamp, NULL, 10)));
  return flat;
}

static json_t *message(json_t *entry, json_t *value, json_t *item) {
  json_t *flat = event("message", entry, json_object_get(value, "metadata"), item);
  json_t *from = json_object_get(item, "from"), *contact;
  size_t i;
  copy(flat, "key", json_object_get(item, "id"));
  copy(flat, "type", json_object_get(item, "type"));
  copy(flat, "from", from);
  copy(flat, "from_user_id", json_object_get(item, "from_user_id"));
  json_array_foreach(json_object_get(value, "contacts"), i, contact) {
    if (!json_equal(json_object_get(contact, "wa_id"), from)) continue;
    copy(flat, "profile_name", json_object_get(json_object_get(contact, "profile"), "name"));
    copy(flat, "contact", contact);
  }
  copy(flat, "text", json_object_get(json_object_get(item, "text"), "body"));
  copy(flat, "context_id", json_object_get(json_object_get(item, "context"), "id"));
  copy(flat, "payload", item);
  return flat;
}

static json_t *status(json_t *entry, json_t *value, json_t *item) {
  json_t *flat = event("status", entry, json_object_get(value, "metadata"), item);
  const char *id = json_string_value(json_object_get(item, "id")), *word = json_string_value(json_object_get(item, "status"));
  char key[256];
  snprintf(key, sizeof key, "%s:%s", id ? id : "", word ? word : "");
  json_object_set_new(flat, "key", json_string(key));
  copy(flat, "status", json_object_get(item, "status"));
  copy(flat, "recipient_id", json_object_get(item, "recipient_id"));
  copy(flat, "recipient_user_id", json_object_get(item, "recipient_user_id"));
  copy(flat, "tag", json_object_get(item, "biz_opaque_callback_data"));
  copy(flat, "pricing", json_object_get(item, "pricing"));
  copy(flat, "conversation", json_object_get(item, "conversation"));
  copy(flat, "errors", json_object_get(item, "errors"));
  copy(flat, "payload", item);
  return flat;
}

static json_t *events(json_t *root) {
  json_t *list = must(json_array(), "json_array"), *entry, *change, *item;
  size_t i, j, k;
  json_array_foreach(json_object_get(root, "entry"), i, entry) {
    json_array_foreach(json_object_get(entry, "changes"), j, change) {
      json_t *value = json_object_get(change, "value");
      json_array_foreach(json_object_get(value, "messages"), k, item) json_array_append_new(list, message(entry, value, item));
      json_array_foreach(json_object_get(value, "statuses"), k, item) json_array_append_new(list, status(entry, value, item));
    }
  }
  return must(json_pack("{s:o}", "events", list), "json_pack");
}

char *bare_receive(const char *body, size_t length, const char *signature, const char *secret) {
  char *expected = bare_sign(body, length, secret), *text;
  json_t *root, *flat;
  if (strlen(signature) != strlen(expected) || CRYPTO_memcmp(signature, expected, strlen(expected))) must(NULL, "the signature");
  free(expected);
  root = must(json_loadb(body, length, 0, NULL), "json_loadb");
  flat = events(root);
  text = must(json_dumps(flat, JSON_COMPACT), "json_dumps");
  json_decref(flat);
  json_decref(root);
  return text;
}
