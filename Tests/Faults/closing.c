/*
 * Opens a client, submits a message of each kind that the server knows, steps a few times and closes it in the middle, again and
 * again, a little later each time: closing CONFIG TURNS. Run under valgrind and with a sanitizer, which do the judging.
 */
#include <stdio.h>
#include <stdlib.h>
#include <wabiz.h>

static const char *const acts[] = {"take", "silent", "slow-body", "e:503:2", "half-body", "read-reset", "late:20", "e:400:100"};

enum { ACTS = sizeof acts / sizeof *acts };

static void require(int holds, const char *what, const char *document) {
  if (holds) return;
  fprintf(stderr, "%s: %s\n", what, document ? document : "");
  exit(1);
}

static void turn(const char *config, int number) {
  wabiz_client *client;
  char *out = NULL, message[256];
  int i;
  require(wabiz_client_open(config, &client, &out) == WABIZ_OK, "open", out);
  wabiz_free(out);
  for (i = 0; i < ACTS; i++) {
    snprintf(message, sizeof message, "{\"to\":\"+1555000%02d%02d\",\"text\":\"%d/%d %s\"}", number, i, number, i, acts[i]);
    require(wabiz_client_submit(client, message, "{\"tag\":{\"deep\":[1,2,3]}}", &out) == WABIZ_OK, "submit", out);
    wabiz_free(out);
  }
  for (i = 0; i < number * 3; i++) {
    require(wabiz_client_step(client, 4, &out) >= 0, "step", out);
    wabiz_free(out);
  }
  if (number % 3 == 1) {
    require(wabiz_client_cancel(client, 2, &out) <= 0, "cancel", out);
    wabiz_free(out);
  }
  if (number % 3 == 2) {
    require(wabiz_client_drain(client, 0, &out) >= 0, "drain", out);
    wabiz_free(out);
  }
  wabiz_client_close(client);
}

int main(int count, char **arguments) {
  int number, turns = count == 3 ? atoi(arguments[2]) : 0;
  for (number = 0; number < turns; number++) turn(arguments[1], number);
  return turns ? 0 : 2;
}
