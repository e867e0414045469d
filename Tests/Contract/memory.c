/*
 * Memory of the webhook functions: at its peak a call takes at most six times the body, beside the body, which is the caller's. Each
 * body is read in a process of its own, and what is compared is how far its resident memory rose at most.
 */
#include "test.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char unsigned_header[] = "sha256=0000000000000000000000000000000000000000000000000000000000000000";
static const char secret[] = "a-made-up-app-secret-of-32-bytes";

typedef struct text {
  char *bytes;
  size_t length, room;
} text;

static void append(text *to, const char *more) {
  size_t length = strlen(more);
  while (to->length + length + 1 > to->room) {
    to->room = to->room ? to->room * 2 : 1 << 16;
    to->bytes = (char *)realloc(to->bytes, to->room);
    if (!to->bytes) abort();
  }
  memcpy(to->bytes + to->length, more, length + 1);
  to->length += length;
}

static const char head[] = "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"700100200300400\",\"changes\":[";
static const char around[] =
    "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550001111\",\"phone_number_id\":\"900800700600500\"},"
    "\"contacts\":[{\"profile\":{\"name\":\"Rosa Vale\"},\"wa_id\":\"15557654321\",\"user_id\":\"US.70500112233445566778\"}],";

/* `count` items of one array; `item` has a %d for its number and a %s for `filling`. `apart` puts each into a change of its own. */
static text batch(const char *array, const char *item, const char *filling, int count, int apart) {
  text body = {NULL, 0, 0};
  char one[8192], between[1024];
  int i;
  snprintf(between, sizeof between, "{\"field\":\"messages\",\"value\":{%s\"%s\":[", around, array);
  append(&body, head);
  for (i = 0; i < count; i++) {
    snprintf(one, sizeof one, item, i, filling);
    if (i && apart) append(&body, "]}},");
    else if (i) append(&body, ",");
    if (!i || apart) append(&body, between);
    append(&body, one);
  }
  append(&body, "]}}]}]}");
  return body;
}

static const char message[] =
    "{\"from\":\"15557654321\",\"from_user_id\":\"US.70500112233445566778\",\"id\":\"wamid.HBgLMTU1NTc2NTQzMjEVAgASGBQzQTdCNUJE%05d\","
    "\"timestamp\":\"1767225600\",\"type\":\"text\",\"text\":{\"body\":\"%s\"}}";
static const char status[] =
    "{\"id\":\"wamid.HBgLMTU1NTc2NTQzMjEVAgARGBI5QTdCNUJE%05d\",\"status\":\"delivered\",\"timestamp\":\"1767225701\","
    "\"recipient_id\":\"15557654321\",\"recipient_user_id\":\"US.70500112233445566778\",\"conversation\":{\"id\":\"c0ffee00c0ffee00\","
    "\"origin\":{\"type\":\"utility\"}},\"pricing\":{\"billable\":true,\"pricing_model\":\"PMP\",\"category\":\"utility\",\"type\":\"regular\"}%s}";
static const char old[] =
    "{\"from\":\"15557654321\",\"id\":\"wamid.HBgLMTU1NTc2NTQzMjEVAgASGBQzQTdCNUJE%05d\",\"timestamp\":\"1767100100\",\"type\":\"text\","
    "\"text\":{\"body\":\"See you%s\"},\"history_context\":{\"status\":\"READ\"}}";

/* A chunk of a history: threads of `length` messages each. */
static text history(int threads, int length) {
  text body = {NULL, 0, 0};
  char one[1024];
  int i, j;
  append(&body, head);
  append(&body, "{\"field\":\"history\",\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550001111\","
                "\"phone_number_id\":\"900800700600500\"},\"history\":[{\"metadata\":{\"phase\":0,\"chunk_order\":1,\"progress\":40},\"threads\":[");
  for (i = 0; i < threads; i++) {
    snprintf(one, sizeof one, "%s{\"id\":\"15557654321\",\"context\":{\"wa_id\":\"15557654321\",\"user_id\":\"US.70500112233445566778\"},\"messages\":[",
             i ? "," : "");
    append(&body, one);
    for (j = 0; j < length; j++) {
      if (j) append(&body, ",");
      snprintf(one, sizeof one, old, i * length + j, "");
      append(&body, one);
    }
    append(&body, "]}");
  }
  append(&body, "]}]}}]}]}");
  return body;
}

static long peak(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* Maps the code that the measured call runs through: that is no memory of the body's. */
static void warm_up(void) {
  static const char *bodies[] = {"{\"messages\":[{\"id\":\"1\",\"type\":\"text\",\"text\":{\"body\":\"\\u00e9\"}}]}", "{\"field\":\"tomorrow\"}",
                                 "{\"history\":[{\"threads\":[{\"messages\":[{\"id\":\"1\",\"type\":\"text\"}]}]}]}"};
  size_t i;
  for (i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    char *out = NULL;
    wabiz_webhook_parse(bodies[i], strlen(bodies[i]), &out);
    wabiz_free(out);
    wabiz_webhook_receive(bodies[i], strlen(bodies[i]), unsigned_header, secret, &out);
    wabiz_free(out);
  }
}

/* Times the body's length that the call took at most; 100 when the call did not end as expected. */
static double times(text body, const char *signature, wabiz_status expected) {
  double result = 100;
  int channel[2];
  pid_t child;
  if (pipe(channel) != 0) abort();
  child = fork();
  if (child == 0) {
    long before;
    char *out = NULL;
    wabiz_status found;
    warm_up();
    before = peak();
    found = wabiz_webhook_receive(body.bytes, body.length, signature, secret, &out);
    if (found == expected && out) result = (double)(peak() - before) * 1024 / (double)body.length;
    _exit(write(channel[1], &result, sizeof result) == (ssize_t)sizeof result ? 0 : 1);
  }
  close(channel[1]);
  if (read(channel[0], &result, sizeof result) != (ssize_t)sizeof result) result = 100;
  close(channel[0]);
  waitpid(child, NULL, 0);
  free(body.bytes);
  return result;
}

static double signed_times(text body) {
  char *out = NULL, signature[80] = "";
  json_t *document;
  if (wabiz_webhook_sign(body.bytes, body.length, secret, &out) != WABIZ_OK) return 100;
  document = take(out);
  snprintf(signature, sizeof signature, "%s", json_string_value(json_object_get(document, "signature")));
  json_decref(document);
  return times(body, signature, WABIZ_OK);
}

static void check_times(const char *what, double found) {
  if (getenv("WABIZ_TEST_VERBOSE")) printf("  %s: %.2f\n", what, found);
  CHECK(found <= 6);
}

static char *filling(const char *word, size_t length) {
  char *made = (char *)calloc(1, length + 8);
  size_t at = 0;
  if (!made) abort();
  while (at + strlen(word) <= length) at += (size_t)sprintf(made + at, "%s", word);
  return made;
}

TEST(a_thousand_changes) {
  char *long_text = filling("what is in stock ", 2600);
  check_times("1000 changes of 3 KB", signed_times(batch("messages", message, long_text, 1000, 1)));
  check_times("1000 changes of a short text", signed_times(batch("messages", message, "Hello", 1000, 1)));
  check_times("1000 messages in one change", signed_times(batch("messages", message, "Hello", 1000, 0)));
  check_times("1000 statuses in one change", signed_times(batch("statuses", status, "", 1000, 0)));
  check_times("5000 statuses in changes of their own", signed_times(batch("statuses", status, "", 5000, 1)));
  free(long_text);
}

TEST(a_history_of_thousands_of_messages) {
  check_times("14000 messages in one thread", signed_times(history(1, 14000)));
  check_times("14000 messages in 140 threads", signed_times(history(140, 100)));
  check_times("14000 messages in threads of their own", signed_times(history(14000, 1)));
}

TEST(a_body_with_a_wrong_signature) {
  char *accents = filling("\xc3\xa9\xc3\xa8 ", 2600), *ascii = filling("what is in stock ", 2600);
  check_times("accents", times(batch("messages", message, accents, 1000, 1), unsigned_header, WABIZ_UNAUTHENTIC));
  check_times("ASCII", times(batch("messages", message, ascii, 1000, 1), unsigned_header, WABIZ_UNAUTHENTIC));
  free(accents);
  free(ascii);
}

TEST(a_body_that_the_table_does_not_know) {
  text body = batch("messages", message, "Hello", 10000, 0);
  char *field = strstr(body.bytes, "\"field\":\"messages\"");
  if (field) memcpy(field, "\"field\":\"tomorrow\"", 18);
  check_times("unknown field", signed_times(body));
}

int main(void) {
  RUN(a_thousand_changes);
  RUN(a_history_of_thousands_of_messages);
  RUN(a_body_with_a_wrong_signature);
  RUN(a_body_that_the_table_does_not_know);
  FINISH("memory");
}
