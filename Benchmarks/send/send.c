/*
 * A blocking send over a kept connection: bare libcurl with the library's settings and a payload that is written already,
 * against wabiz with a complete payload and with a short form, in turn. `send PORT ROUNDS` prints wall clock, CPU and ratios.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wabiz.h>

#define TEXT "Hello Ada, your order #4217 has left our warehouse."
#define COMPLETE "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+15550001234\",\"type\":\"text\",\"text\":{\"body\":\"" TEXT "\"}}"
#define SHORT "{\"to\":\"+15550001234\",\"text\":\"" TEXT "\"}"

enum { WAYS = 4, MOST_ROUNDS = 101, SENDS = 500 };

typedef struct answer {
  char text[4096];
  size_t length;
} answer;

static CURL *easy;
static wabiz_client *client;

static void fail(const char *what, const char *more) {
  fprintf(stderr, "send: %s %s\n", what, more ? more : "");
  exit(1);
}

static size_t take(char *bytes, size_t size, size_t count, void *context) {
  answer *into = context;
  if (into->length + size * count >= sizeof into->text) return 0;
  memcpy(into->text + into->length, bytes, size * count);
  into->length += size * count;
  return size * count;
}

/* The settings that the library has, so that what differs is the library. */
static void open_bare(int port) {
  char url[256];
  struct curl_slist *headers = NULL;
  snprintf(url, sizeof url, "http://127.0.0.1:%d/v25.0/100200300/messages", port);
  easy = curl_easy_init();
  headers = curl_slist_append(headers, "Authorization: Bearer token");
  headers = curl_slist_append(headers, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Expect:");
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "bare/1.0");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
}

static void post_bare(const char *payload, answer *got) {
  CURLcode code;
  got->length = 0;
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, payload);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, got);
  code = curl_easy_perform(easy);
  if (code != CURLE_OK) fail("bare libcurl:", curl_easy_strerror(code));
}

static void send_bare(void) {
  answer got;
  post_bare(COMPLETE, &got);
}

/* As one would do it without the library: compose the message, post it, read the id out of the answer. */
static void send_jansson(void) {
  answer got;
  json_t *message = json_pack("{s:s,s:s,s:s,s:s,s:{s:s}}", "messaging_product", "whatsapp", "recipient_type", "individual", "to", "+15550001234", "type",
                              "text", "text", "body", TEXT), *document;
  char *payload = json_dumps(message, JSON_COMPACT);
  post_bare(payload, &got);
  document = json_loadb(got.text, got.length, 0, NULL);
  if (!json_string_value(json_object_get(json_array_get(json_object_get(document, "messages"), 0), "id"))) fail("no id in", got.text);
  json_decref(document);
  json_decref(message);
  free(payload);
}

static void send_ours(const char *message) {
  char *out = NULL;
  if (wabiz_client_send(client, message, NULL, &out) != WABIZ_OK) fail("wabiz:", out);
  wabiz_free(out);
}

static void send_complete(void) { send_ours(COMPLETE); }
static void send_short(void) { send_ours(SHORT); }

static const struct way {
  const char *name;
  void (*send)(void);
} ways[WAYS] = {
  {"bare libcurl", send_bare}, {"libcurl and Jansson", send_jansson}, {"wabiz, complete payload", send_complete}, {"wabiz, short form", send_short},
};

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int ascending(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

/* The middle, and how far the middle half of the values lies apart, in percent of it. */
static double median(double *values, int count, double *spread) {
  qsort(values, (size_t)count, sizeof *values, ascending);
  *spread = 100 * (values[count * 3 / 4] - values[count / 4]) / values[count / 2];
  return values[count / 2];
}

static void report(double (*wall)[MOST_ROUNDS], double (*cpu)[MOST_ROUNDS], int rounds) {
  double ratios[WAYS][2][MOST_ROUNDS], spread[4];
  int way, round;
  for (way = 0; way < WAYS; way++)
    for (round = 0; round < rounds; round++) {
      ratios[way][0][round] = wall[0][round] / wall[way][round]; /* sends per second against bare */
      ratios[way][1][round] = cpu[way][round] / cpu[0][round];
    }
  printf("%-26s %15s %16s %15s %15s\n", "C, one at a time", "sends/s", "rate ratio", "CPU us/send", "CPU ratio");
  for (way = 0; way < WAYS; way++) {
    double time = median(wall[way], rounds, &spread[0]), rate = median(ratios[way][0], rounds, &spread[1]);
    double busy = median(cpu[way], rounds, &spread[2]), ratio = median(ratios[way][1], rounds, &spread[3]);
    printf("%-26s %9.0f %4.0f%% %10.3f %4.0f%% %9.1f %4.0f%% %9.3f %4.0f%%\n", ways[way].name, 1 / time, spread[0], rate, spread[1], busy * 1e6, spread[2],
           ratio, spread[3]);
  }
}

int main(int count, char **arguments) {
  static double wall[WAYS][MOST_ROUNDS], cpu[WAYS][MOST_ROUNDS];
  char config[256];
  int rounds, round, turn, i;
  if (count != 3 || (rounds = atoi(arguments[2])) < 4 || rounds > MOST_ROUNDS) fail("usage: send PORT ROUNDS, from 4 to 101", NULL);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  open_bare(atoi(arguments[1]));
  snprintf(config, sizeof config, "{\"access_token\":\"token\",\"phone_number_id\":\"100200300\",\"base_url\":\"http://127.0.0.1:%s\",\"proxy\":\"\",\"messages_per_second\":0,\"pair_interval_ms\":0}", arguments[1]);
  if (wabiz_client_open(config, &client, NULL) != WABIZ_OK) fail("wabiz_client_open", NULL);
  for (round = -1; round < rounds; round++)
    for (turn = 0; turn < WAYS; turn++) {
      int way = (turn + round + 1) % WAYS; /* nobody is always first */
      double clock = seconds(CLOCK_MONOTONIC), busy = seconds(CLOCK_THREAD_CPUTIME_ID);
      for (i = 0; i < SENDS; i++) ways[way].send();
      if (round < 0) continue; /* connections and tables are made */
      wall[way][round] = (seconds(CLOCK_MONOTONIC) - clock) / SENDS;
      cpu[way][round] = (seconds(CLOCK_THREAD_CPUTIME_ID) - busy) / SENDS;
    }
  report(wall, cpu, rounds);
  wabiz_client_close(client);
  curl_easy_cleanup(easy);
  return 0;
}
