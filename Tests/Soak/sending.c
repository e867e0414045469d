/*
 * The sending half of the soak: every message carries an id, and what the library said about it goes into the file of outcomes,
 * to be held against what the servers counted.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHORT_MS = 60, MOST_TO_SANDBOX = 20000 };

wabiz_client *open_client(int port, int timeout_ms) {
  char config[512], *out = NULL;
  wabiz_client *client = NULL;
  snprintf(config, sizeof config,
           "{\"access_token\":\"soak-token\",\"phone_number_id\":\"100200300\",\"base_url\":\"http://127.0.0.1:%d\",\"proxy\":\"\",\"timeout_ms\":%d,\"max_attempts\":1,\"messages_per_second\":0,\"pair_interval_ms\":0}", port, timeout_ms);
  if (wabiz_client_open(config, &client, &out) != WABIZ_OK) complain("open", out);
  expect_document("open", out);
  return client;
}

/* 32 + status, and 64 more for the sandbox's. */
static void remember(long id, wabiz_status status, int sandbox) {
  unsigned char byte = (unsigned char)(32 + status + (sandbox ? 64 : 0));
  if (pwrite(outcomes, &byte, 1, id) != 1) complain("the file of outcomes", NULL);
}

/* Sends one message and keeps its outcome; tells the status. */
static wabiz_status send_one(wabiz_client *client, const char *to, act what, int sandbox) {
  long id = __atomic_add_fetch(&shared->next_id, 1, __ATOMIC_RELAXED);
  char message[256], expected[64], *out = NULL;
  wabiz_status status;
  snprintf(message, sizeof message, "{\"to\":\"%s\",\"text\":\"soak %ld %d\"}", to, id, (int)what);
  status = wabiz_client_send(client, message, NULL, &out);
  remember(id, status, sandbox);
  snprintf(expected, sizeof expected, "\"wamid.SOAK%ld\"", id);
  if (status == WABIZ_OK && !sandbox && out && !strstr(out, expected)) complain("a receipt with another id", out);
  if (out && strstr(out, "soak-token")) complain("the token shows", out);
  expect_document("send", out);
  __atomic_add_fetch(&shared->sends, 1, __ATOMIC_RELAXED);
  return status;
}

/* What each act comes to when nothing else goes wrong. Around a restart of the server any message may be lost. */
static int fits(act what, wabiz_status status) {
  if (status == WABIZ_UNREACHABLE || status == WABIZ_UNCERTAIN) return 1;
  switch (what) {
    case ACT_TAKE: case ACT_SLOW: case ACT_TAKE_AND_CLOSE: return status == WABIZ_OK;
    case ACT_REFUSE: return status == WABIZ_REFUSED;
    default: return 0;
  }
}

static void send_to_faulty(worker *self) {
  static const act acts[] = {ACT_TAKE, ACT_TAKE, ACT_TAKE, ACT_TAKE, ACT_TAKE, ACT_TAKE, ACT_REFUSE, ACT_REFUSE, ACT_CUT, ACT_RESET, ACT_HALF,
                             ACT_TAKE_AND_CLOSE, ACT_HTML};
  unsigned choice = draw(self, 200);
  act what = choice == 0 ? ACT_SILENCE : choice < 4 ? ACT_SLOW : acts[draw(self, sizeof acts / sizeof *acts)];
  wabiz_client *hasty = what == ACT_SILENCE ? open_client(self->faulty, SHORT_MS) : NULL;
  wabiz_status status = send_one(hasty ? hasty : self->client, "+15550001234", what, 0);
  if (!fits(what, status)) complain("an outcome that does not fit", wabiz_status_name(status));
  wabiz_client_close(hasty);
}

/* The sandbox plays by the recipient's last digits; what is refused before sending must never reach it. */
static void send_to_sandbox(worker *self) {
  static const struct { const char *to; wabiz_status status; } rows[] = {
    {"+15550000001", WABIZ_OK}, {"+15550131056", WABIZ_REFUSED}, {"+15550009190", WABIZ_REFUSED}, {"+15550009700", WABIZ_UNCERTAIN},
    {"+15550009702", WABIZ_UNCERTAIN}, {"+15550009703", WABIZ_UNCERTAIN}, {"+15550009704", WABIZ_UNCERTAIN}, {"+15550009705", WABIZ_REFUSED},
    {"+15550009810", WABIZ_OK}, {"no number", WABIZ_INVALID},
  };
  unsigned row = draw(self, sizeof rows / sizeof *rows);
  wabiz_client *client;
  wabiz_status status;
  if (__atomic_add_fetch(&shared->sandbox_sends, 1, __ATOMIC_RELAXED) > MOST_TO_SANDBOX) return; /* its journal is bounded */
  client = open_client(self->sandbox, 20000);
  status = send_one(client, rows[row].to, ACT_TAKE, 1);
  if (status != rows[row].status) complain(rows[row].to, wabiz_status_name(status));
  wabiz_client_close(client);
}

void send_something(worker *self) {
  if (draw(self, 20) == 0) send_to_sandbox(self);
  else send_to_faulty(self);
}

/* A child of a process with threads: the inherited handle refuses, a new one works, and the parent's connection stays whole. */
void fork_a_child(worker *self) {
  int state = 0, port = self->faulty;
  pid_t child = fork();
  if (child < 0) {
    complain("fork", NULL);
    return;
  }
  if (child == 0) {
    long before = shared->complaints;
    wabiz_client *own;
    char *out = NULL;
    if (wabiz_client_send(self->client, "{\"to\":\"+15550001234\",\"text\":\"from the child\"}", NULL, &out) != WABIZ_FORKED) complain("forked", out);
    expect_document("forked", out);
    wabiz_client_close(self->client);
    own = open_client(port, 20000);
    send_one(own, "+15550001234", ACT_TAKE, 0);
    send_one(own, "+15550001234", ACT_RESET, 0);
    wabiz_client_close(own);
    _exit(shared->complaints == before ? 0 : 1);
  }
  if (waitpid(child, &state, 0) != child || !WIFEXITED(state)) complain("a child ended badly", NULL);
  __atomic_add_fetch(&shared->children, 1, __ATOMIC_RELAXED);
}
