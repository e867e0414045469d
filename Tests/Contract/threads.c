/*
 * Functions without a handle are free-threaded, and each thread may have a client of its own: eight threads get the same
 * answers as one.
 */
#include "test.h"
#include "server.h"

#include <pthread.h>

#define HELLO "{\"to\":\"+15550001234\",\"text\":\"Hello *Ada*\"}"
#define BODY "{\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[{\"id\":\"wamid.T\",\"type\":\"text\",\"text\":{\"body\":\"hi\"}}]}}]}]}"

enum { THREADS = 8, CALLS = 9 };

static server *meta;
static int rounds = 100; /* WABIZ_ROUNDS in the environment: less where each takes long */
static char *expected[CALLS];

/* The calls that every thread makes; each hands out the same document every time. */
static char *call(int number, wabiz_status *status) {
  char *out = NULL;
  switch (number) {
    case 0: *status = wabiz_message_build(HELLO, NULL, &out); break;
    case 1: *status = wabiz_message_check(HELLO, "{\"unknown_members\":\"error\"}", &out); break;
    case 2: *status = wabiz_message_build("{\"to\":\"\",\"text\":7,\"x\":1}", NULL, &out); break;
    case 3: *status = wabiz_message_build("{", NULL, &out); break;
    case 4: *status = wabiz_webhook_parse(BODY, sizeof BODY - 1, &out); break;
    case 5: *status = wabiz_webhook_sign(BODY, sizeof BODY - 1, "secret", &out); break;
    case 6: *status = wabiz_webhook_receive(BODY, sizeof BODY - 1, "sha256=00", "secret", &out); break;
    case 7: *status = wabiz_webhook_challenge("hub.mode=subscribe&hub.challenge=7&hub.verify_token=t", "t", &out); break;
    default: *status = wabiz_describe("limits", &out); break;
  }
  return out;
}

static void *call_all(void *argument) {
  size_t *wrong = (size_t *)argument;
  int round, number;
  for (round = 0; round < rounds; round++)
    for (number = 0; number < CALLS; number++) {
      wabiz_status status;
      char *out = call((round + number) % CALLS, &status);
      if (!out || strcmp(out, expected[(round + number) % CALLS])) ++*wrong;
      if (strcmp(wabiz_version(), WABIZ_VERSION) || strcmp(wabiz_status_name(WABIZ_OK), "ok")) ++*wrong;
      wabiz_free(out);
    }
  return NULL;
}

static void *send_many(void *argument) {
  size_t *wrong = (size_t *)argument;
  char config[256];
  int round;
  for (round = 0; round < 5; round++) {
    wabiz_client *client = NULL;
    int message;
    snprintf(config, sizeof config, "{\"access_token\":\"t\",\"phone_number_id\":\"100200300\",\"base_url\":\"http://127.0.0.1:%d\",\"proxy\":\"\",\"messages_per_second\":0,\"pair_interval_ms\":0}", server_port(meta));
    if (wabiz_client_open(config, &client, NULL) != WABIZ_OK) ++*wrong;
    for (message = 0; message < 5; message++)
      if (wabiz_client_send(client, HELLO, NULL, NULL) != WABIZ_OK) ++*wrong;
    wabiz_client_close(client);
  }
  return NULL;
}

static void in_threads(void *(*work)(void *)) {
  pthread_t threads[THREADS];
  size_t wrong[THREADS], i;
  memset(wrong, 0, sizeof wrong);
  for (i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, work, &wrong[i]) == 0);
  for (i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    CHECK_NUMBER(wrong[i], 0);
  }
}

TEST(the_first_calls_at_once) {
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  in_threads(send_many);
  CHECK_NUMBER(server_requests(meta), THREADS * 25);
}

TEST(the_same_answers) {
  int number;
  for (number = 0; number < CALLS; number++) {
    wabiz_status status;
    expected[number] = call(number, &status);
    CHECK(expected[number] != NULL);
  }
  in_threads(call_all);
  for (number = 0; number < CALLS; number++) wabiz_free(expected[number]);
}

int main(void) {
  const char *wanted = getenv("WABIZ_ROUNDS");
  if (wanted && atoi(wanted) > 0) rounds = atoi(wanted);
  meta = server_start();
  RUN(the_first_calls_at_once);
  RUN(the_same_answers);
  server_stop(meta);
  FINISH("threads");
}
