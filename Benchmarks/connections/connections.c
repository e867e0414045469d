/*
 * What a new TLS connection costs in CPU: bare libcurl as Debian sets it up, bare libcurl with its cache of certificates
 * at work, and the library. Prints milliseconds and ratios; run by `run`, which brings the server and the certificates.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <wabiz.h>

#define HELLO "{\"to\":\"+15550001234\",\"text\":\"Hello\"}"

static double cpu_ms(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static size_t discard(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes;
  (void)context;
  return size * count;
}

/* One handle, `rounds` posts; the server closes after each, so each is a new connection. */
static double bare(const char *url, const char *bundle, int cached, int rounds) {
  CURL *easy = curl_easy_init();
  double before;
  int round;
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, HELLO);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
  curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
  if (cached) curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  curl_easy_perform(easy);
  before = cpu_ms();
  for (round = 0; round < rounds; round++) {
    CURLcode code = curl_easy_perform(easy);
    if (code != CURLE_OK) {
      fprintf(stderr, "bare libcurl: %s\n", curl_easy_strerror(code));
      exit(1);
    }
  }
  before = (cpu_ms() - before) / rounds;
  curl_easy_cleanup(easy);
  return before;
}

/* The same by the library; without a bundle the server's authority is unknown, and every handshake ends in a refusal. */
static double ours(const char *base, const char *bundle, int rounds) {
  char config[1024], file[512] = "";
  wabiz_client *client;
  double before;
  int round;
  if (bundle) snprintf(file, sizeof file, ",\"ca_file\":\"%s\"", bundle);
  snprintf(config, sizeof config, "{\"access_token\":\"t\",\"phone_number_id\":\"1\",\"base_url\":\"%s\",\"proxy\":\"\",\"max_attempts\":1,\"messages_per_second\":0,\"pair_interval_ms\":0%s}", base, file);
  if (wabiz_client_open(config, &client, NULL) != WABIZ_OK) exit(1);
  wabiz_client_send(client, HELLO, NULL, NULL);
  before = cpu_ms();
  for (round = 0; round < rounds; round++) {
    wabiz_status status = wabiz_client_send(client, HELLO, NULL, NULL);
    if (status != (bundle ? WABIZ_OK : WABIZ_UNREACHABLE)) {
      fprintf(stderr, "wabiz: %s\n", wabiz_status_name(status));
      exit(1);
    }
  }
  before = (cpu_ms() - before) / rounds;
  wabiz_client_close(client);
  return before;
}

int main(int count, char **arguments) {
  char url[256];
  double cached, found;
  if (count != 4) return 2;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  snprintf(url, sizeof url, "%s/messages", arguments[1]);
  cached = bare(url, arguments[2], 1, atoi(arguments[3]));
  printf("CPU of a new TLS connection, ms                     (ratio)\n");
  printf("bare libcurl, bundle parsed once            %8.2f    1.00\n", cached);
  found = bare(url, arguments[2], 0, atoi(arguments[3]));
  printf("bare libcurl, its defaults                  %8.2f  %6.2f\n", found, found / cached);
  found = ours(arguments[1], arguments[2], atoi(arguments[3]));
  printf("wabiz, \"ca_file\"                            %8.2f  %6.2f\n", found, found / cached);
  found = ours(arguments[1], NULL, atoi(arguments[3]));
  printf("wabiz, the system's bundle (refuses it)     %8.2f  %6.2f\n", found, found / cached);
  printf("  goal: at most 1 ms with the system's trust store: %s\n", found <= 1 ? "met" : "MISSED");
  return 0;
}
