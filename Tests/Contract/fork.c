/*
 * After fork(): the parent's handle answers WABIZ_FORKED in the child, closing it there leaves the parent's connection alone,
 * and a new handle works.
 */
#include "test.h"
#include "server.h"

#include <sys/wait.h>
#include <unistd.h>

#define HELLO "{\"to\":\"+15550001234\",\"text\":\"Hello\"}"

static server *meta;
static char config[256];

static wabiz_client *open_client(void) {
  wabiz_client *client = NULL;
  CHECK_STATUS(wabiz_client_open(config, &client, NULL), WABIZ_OK);
  return client;
}

static void sends(wabiz_client *client) { CHECK_STATUS(wabiz_client_send(client, HELLO, NULL, NULL), WABIZ_OK); }

/* What the child does; its verdict goes through a pipe and it leaves with _exit, so that leak checkers judge the parent alone. */
static void in_child(wabiz_client *inherited, int verdict) {
  char *out = untouched(), broken;
  wabiz_status status = wabiz_client_send(inherited, HELLO, NULL, &out);
  wabiz_client *own;
  test_broken = 0;
  CHECK_FAILURE(status, out, WABIZ_FORKED);
  CHECK_STATUS(wabiz_client_send(inherited, HELLO, NULL, NULL), WABIZ_FORKED);
  CHECK_STATUS(wabiz_client_submit(inherited, HELLO, NULL, NULL), WABIZ_FORKED);
  CHECK_STATUS(wabiz_client_step(inherited, -1, NULL), WABIZ_FORKED);
  CHECK_STATUS(wabiz_client_cancel(inherited, 1, NULL), WABIZ_FORKED);
  CHECK_STATUS(wabiz_client_drain(inherited, -1, NULL), WABIZ_FORKED);
  CHECK_STATUS(wabiz_client_stats(inherited, NULL), WABIZ_FORKED);
  CHECK_NUMBER(wabiz_client_descriptor(inherited), -1);
  wabiz_client_close(inherited);
  own = open_client();
  sends(own);
  sends(own);
  CHECK_STATUS(wabiz_message_build(HELLO, NULL, NULL), WABIZ_OK);
  wabiz_client_close(own);
  fflush(stdout);
  broken = (char)(test_broken > 100 ? 100 : test_broken);
  if (write(verdict, &broken, 1) != 1) _exit(1);
  _exit(0);
}

static void fork_with(wabiz_client *client) {
  int verdict[2], state = 0;
  char broken = 1;
  pid_t child;
  CHECK(pipe(verdict) == 0);
  fflush(stdout);
  child = fork();
  if (child == 0) in_child(client, verdict[1]);
  CHECK(child > 0);
  close(verdict[1]);
  CHECK(read(verdict[0], &broken, 1) == 1);
  CHECK_NUMBER(broken, 0);
  close(verdict[0]);
  CHECK(waitpid(child, &state, 0) == child);
  CHECK(WIFEXITED(state));
}

TEST(a_child_opens_its_own) {
  wabiz_client *client = open_client();
  server_forget(meta);
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  sends(client);
  fork_with(client);
  CHECK_NUMBER(server_requests(meta), 3);
  CHECK_NUMBER(server_connections(meta), 2);
  sends(client); /* on the parent's old connection */
  CHECK_NUMBER(server_requests(meta), 4);
  CHECK_NUMBER(server_connections(meta), 2);
  fork_with(client); /* and once more */
  sends(client);
  CHECK_NUMBER(server_requests(meta), 7);
  CHECK_NUMBER(server_connections(meta), 3);
  wabiz_client_close(client);
}

TEST(a_handle_that_never_connected) {
  wabiz_client *client = open_client();
  server_forget(meta);
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  fork_with(client);
  sends(client);
  CHECK_NUMBER(server_requests(meta), 3);
  wabiz_client_close(client);
}

/* Messages under way and queued stay the parent's: the child neither sends nor cuts them. */
TEST(in_the_middle_of_many) {
  wabiz_client *client = open_client();
  int i, left = 8;
  server_forget(meta);
  server_play(meta, ACT_ANSWER, server_json(200, SERVER_ACCEPTED));
  CHECK(wabiz_client_descriptor(client) >= 0);
  for (i = 0; i < left; i++) CHECK_STATUS(wabiz_client_submit(client, HELLO, NULL, NULL), WABIZ_OK);
  CHECK_STATUS(wabiz_client_step(client, 0, NULL), WABIZ_OK);
  fork_with(client);
  for (i = 0; i < left && wabiz_client_step(client, -1, NULL) == WABIZ_OK; i++) {}
  CHECK_NUMBER(server_requests(meta), left + 2);
  CHECK_STATUS(wabiz_client_step(client, -1, NULL), WABIZ_IDLE);
  sends(client);
  wabiz_client_close(client);
}

int main(void) {
  meta = server_start();
  snprintf(config, sizeof config, "{\"access_token\":\"t\",\"phone_number_id\":\"100200300\",\"base_url\":\"http://127.0.0.1:%d\",\"proxy\":\"\"}", server_port(meta));
  RUN(a_child_opens_its_own);
  RUN(a_handle_that_never_connected);
  RUN(in_the_middle_of_many);
  server_stop(meta);
  FINISH("fork");
}
