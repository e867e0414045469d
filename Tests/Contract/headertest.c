/*
 * The header stands alone: it needs no other header before it, may be included twice, and declares every function with
 * the type that the manual gives it.
 */
#include <wabiz.h>
#include <wabiz.h>

static const char *(*volatile version)(void) = wabiz_version;
static const char *(*volatile status_name)(wabiz_status) = wabiz_status_name;
static wabiz_status (*volatile describe)(const char *, char **) = wabiz_describe;
static void (*volatile release)(char *) = wabiz_free;
static wabiz_status (*volatile build)(const char *, const char *, char **) = wabiz_message_build;
static wabiz_status (*volatile check)(const char *, const char *, char **) = wabiz_message_check;
static wabiz_status (*volatile challenge)(const char *, const char *, char **) = wabiz_webhook_challenge;
static wabiz_status (*volatile receive)(const void *, size_t, const char *, const char *, char **) = wabiz_webhook_receive;
static wabiz_status (*volatile parse)(const void *, size_t, char **) = wabiz_webhook_parse;
static wabiz_status (*volatile sign)(const void *, size_t, const char *, char **) = wabiz_webhook_sign;
static wabiz_status (*volatile open_client)(const char *, wabiz_client **, char **) = wabiz_client_open;
static void (*volatile close_client)(wabiz_client *) = wabiz_client_close;
static wabiz_status (*volatile send_message)(wabiz_client *, const char *, const char *, char **) = wabiz_client_send;

/* Only what the header itself brings in may be needed so far: standard output comes after it. */
#include <stdio.h>

int main(void) {
  int missing = !version || !status_name || !describe || !release || !build || !check || !challenge || !receive || !parse ||
                !sign || !open_client || !close_client || !send_message;
  int numbers = WABIZ_OK == 0 && WABIZ_IDLE == 1 && WABIZ_BAD_ARGUMENT == -1 && WABIZ_BAD_JSON == -2 && WABIZ_INVALID == -3 &&
                WABIZ_UNAUTHENTIC == -4 && WABIZ_REFUSED == -5 && WABIZ_UNREACHABLE == -6 && WABIZ_UNCERTAIN == -7 &&
                WABIZ_STORAGE == -8 && WABIZ_FORKED == -9 && WABIZ_NO_MEMORY == -10 && WABIZ_FULL == -11 &&
                WABIZ_NOT_FOUND == -12 && WABIZ_CONFLICT == -13 && WABIZ_BLOCKED == -14 && WABIZ_CANCELLED == -15;
  int size = sizeof(wabiz_status) == sizeof(int);
  int failed = missing + !numbers + !size;
  if (missing) printf("FAILED: a function of the header is missing\n");
  if (!numbers) printf("FAILED: a status number changed; numbers are never reused\n");
  if (!size) printf("FAILED: wabiz_status is not as wide as an int\n");
  printf("header: %d passed, %d failed\n", 3 - failed, failed);
  return failed != 0;
}
