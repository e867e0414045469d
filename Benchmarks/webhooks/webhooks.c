/*
 * Receiving webhooks: wabiz_webhook_receive() against a bare C program on Jansson and OpenSSL that does the same work,
 * in turn within one run. Prints microseconds of CPU for orientation and the ratio, which is what counts.
 */
#define _GNU_SOURCE
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wabiz.h>

static const char secret[] = "a-made-up-app-secret-of-32-bytes";

static const char text_item[] =
    "{\"from\":\"15557654321\",\"from_user_id\":\"US.70500112233445566778\",\"id\":\"wamid.HBgLMTU1NTc2NTQzMjEVAgASGBQzQTdCNUJE%05d\","
    "\"timestamp\":\"1767225600\",\"text\":{\"body\":\"Is the blue one in stock? Caf\\u00e9 \\/ \\ud83d\\ude00\"},\"type\":\"text\"}";
static const char status_item[] =
    "{\"id\":\"wamid.HBgLMTU1NTc2NTQzMjEVAgARGBI5QTdCNUJE%05d\",\"status\":\"delivered\",\"timestamp\":\"1767225701\","
    "\"recipient_id\":\"15557654321\",\"recipient_user_id\":\"US.70500112233445566778\",\"conversation\":{\"id\":\"c0ffee00c0ffee00\","
    "\"origin\":{\"type\":\"utility\"}},\"pricing\":{\"billable\":true,\"pricing_model\":\"PMP\",\"category\":\"utility\",\"type\":\"regular\"}}";

typedef struct webhook {
  char *body;
  size_t length;
  char header[80];
} webhook;

static void sign(const char *body, size_t length, char *hex) {
  unsigned char digest[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)body, length, digest, &size);
  for (unsigned int i = 0; i < size; i++) sprintf(hex + 2 * i, "%02x", digest[i]);
}

/* `count` changes of one item each, as Meta batches them. */
static webhook make(const char *array, const char *item, int count) {
  webhook made;
  size_t room = 1024 + (size_t)count * 1200;
  char *at = made.body = malloc(room), one[1024];
  at += sprintf(at, "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"700100200300400\",\"changes\":[");
  for (int i = 0; i < count; i++) {
    snprintf(one, sizeof one, item, i);
    at += sprintf(at, "%s{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550001111\","
                      "\"phone_number_id\":\"900800700600500\"},\"contacts\":[{\"profile\":{\"name\":\"Rosa Vale\"},\"wa_id\":\"15557654321\","
                      "\"user_id\":\"US.70500112233445566778\"}],\"%s\":[%s]},\"field\":\"messages\"}", i ? "," : "", array, one);
  }
  at += sprintf(at, "]}]}");
  made.length = (size_t)(at - made.body);
  strcpy(made.header, "sha256=");
  sign(made.body, made.length, made.header + 7);
  return made;
}

static void copy(json_t *event, const char *name, json_t *value) {
  if (value) json_object_set(event, name, value);
}

static void flatten(json_t *events, json_t *entry, json_t *value, json_t *item, const char *kind) {
  json_t *event = json_object(), *metadata = json_object_get(value, "metadata"), *contact;
  const char *id = json_string_value(json_object_get(item, "id")), *status = json_string_value(json_object_get(item, "status"));
  const char *time = json_string_value(json_object_get(item, "timestamp"));
  size_t index;
  json_object_set_new(event, "kind", json_string(kind));
  json_object_set_new(event, "key", status ? json_sprintf("%s:%s", id, status) : json_string(id));
  copy(event, "waba_id", json_object_get(entry, "id"));
  copy(event, "phone_number_id", json_object_get(metadata, "phone_number_id"));
  copy(event, "display_phone_number", json_object_get(metadata, "display_phone_number"));
  copy(event, "message_id", json_object_get(item, "id"));
  if (time) json_object_set_new(event, "timestamp", json_integer(strtoll(time, NULL, 10)));
  copy(event, "from", json_object_get(item, "from"));
  copy(event, "from_user_id", json_object_get(item, "from_user_id"));
  copy(event, "type", json_object_get(item, "type"));
  copy(event, "text", json_object_get(json_object_get(item, "text"), "body"));
  copy(event, "status", json_object_get(item, "status"));
  copy(event, "recipient_id", json_object_get(item, "recipient_id"));
  copy(event, "recipient_user_id", json_object_get(item, "recipient_user_id"));
  copy(event, "conversation", json_object_get(item, "conversation"));
  copy(event, "pricing", json_object_get(item, "pricing"));
  json_array_foreach(json_object_get(value, "contacts"), index, contact) {
    const char *theirs = json_string_value(json_object_get(contact, "user_id"));
    const char *ours = json_string_value(json_object_get(item, status ? "recipient_user_id" : "from_user_id"));
    if (!theirs || !ours || strcmp(theirs, ours)) continue;
    copy(event, "profile_name", json_object_get(json_object_get(contact, "profile"), "name"));
    copy(event, "contact", contact);
  }
  copy(event, "payload", item);
  json_array_append_new(events, event);
}

static size_t by_hand(const webhook *hook) {
  char hex[65];
  json_t *root, *entry, *change, *item, *events = json_array(), *document;
  size_t e, c, i, length;
  char *text;
  sign(hook->body, hook->length, hex);
  if (CRYPTO_memcmp(hex, hook->header + 7, 64)) abort();
  root = json_loadb(hook->body, hook->length, 0, NULL);
  if (!root) abort();
  json_array_foreach(json_object_get(root, "entry"), e, entry) {
    json_array_foreach(json_object_get(entry, "changes"), c, change) {
      json_t *value = json_object_get(change, "value");
      json_array_foreach(json_object_get(value, "messages"), i, item) flatten(events, entry, value, item, "message");
      json_array_foreach(json_object_get(value, "statuses"), i, item) flatten(events, entry, value, item, "status");
    }
  }
  document = json_pack("{s:o}", "events", events);
  text = json_dumps(document, JSON_COMPACT);
  length = strlen(text);
  free(text);
  json_decref(document);
  json_decref(root);
  return length;
}

static size_t by_wabiz(const webhook *hook) {
  char *out = NULL;
  size_t length;
  if (wabiz_webhook_receive(hook->body, hook->length, hook->header, secret, &out) != WABIZ_OK) abort();
  length = strlen(out);
  wabiz_free(out);
  return length;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Microseconds of CPU for one call. */
static double cost(size_t (*call)(const webhook *), const webhook *hook, int calls) {
  double start = now();
  for (int i = 0; i < calls; i++) if (!call(hook)) abort();
  return (now() - start) / calls;
}

static int by_size(const void *left, const void *right) {
  double one = *(const double *)left, other = *(const double *)right;
  return (one > other) - (one < other);
}

/* The median, and in *spread how far the middle half of the values lies apart in percent of it. */
static double middle(double *values, int count, double *spread) {
  qsort(values, (size_t)count, sizeof *values, by_size);
  *spread = 100 * (values[count * 3 / 4] - values[count / 4]) / values[count / 2];
  return values[count / 2];
}

enum { most = 1000 };

static void compare(const char *name, webhook hook, int rounds, double goal) {
  static double ours[most], theirs[most], ratios[most];
  int calls = (int)(4000000 / (hook.length + 200)) + 1;
  double medians[3], spreads[3];
  for (int turn = 0; turn < rounds; turn++) {
    ours[turn] = cost(by_wabiz, &hook, calls);
    theirs[turn] = cost(by_hand, &hook, calls);
    ratios[turn] = ours[turn] / theirs[turn];
  }
  medians[0] = middle(ours, rounds, &spreads[0]);
  medians[1] = middle(theirs, rounds, &spreads[1]);
  medians[2] = middle(ratios, rounds, &spreads[2]);
  printf("%-13s%8zu %9.2f %3.0f%% %9.2f %3.0f%% %8.3f %3.0f%%   at most %.2f\n", name, hook.length, medians[0], spreads[0], medians[1],
         spreads[1], medians[2], spreads[2], goal);
  free(hook.body);
}

/* Argument: the number of rounds. */
int main(int count, char **arguments) {
  int rounds = count > 1 ? atoi(arguments[1]) : 31;
  if (rounds < 4 || rounds > most) rounds = 31;
  printf("%-13s%8s %14s %14s %13s\n", "C, us", "bytes", "wabiz", "Jansson", "ratio");
  compare("text", make("messages", text_item, 1), rounds, 0.35);
  compare("status", make("statuses", status_item, 1), rounds, 0.35);
  compare("100 texts", make("messages", text_item, 100), rounds, 0.2);
  compare("100 statuses", make("statuses", status_item, 100), rounds, 0.2);
  compare("1000 texts", make("messages", text_item, 1000), rounds, 0.2);
  return 0;
}
