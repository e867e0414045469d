/*
 * What the engine does with events of a batch that libcurl has dealt with by the time their turn comes. This program's own epoll_wait
 * stands before the C library's, as its clocks do: a wait may last until several sockets are ready, and a minute longer.
 */
#include "sender.h"
#include "clocks.h"

#include <poll.h>
#include <sys/epoll.h>

enum { MINUTE = 60 };

static int together; /* how many sockets must be ready before the next wait ends; 0: as always */

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout) {
  int count = epoll_pwait(epoll, events, most, timeout, NULL), tries;
  if (!together || count < 1) return count;
  for (tries = 0; count < together && tries < 60000; tries++) {
    poll(NULL, 0, 1);
    count = epoll_pwait(epoll, events, most, 0, NULL);
  }
  CHECK_NUMBER(count, together);
  together = 0;
  steady_ahead += MINUTE + 1;
  return count;
}

/* One step; gives back how many receipts it brought, and nothing else may come. */
static size_t receipts(wabiz_client *client, int timeout) {
  char *out = untouched();
  json_t *document;
  size_t count, i;
  CHECK(wabiz_client_step(client, timeout, &out) >= 0);
  document = take(out);
  count = count_at(document, "outcomes");
  for (i = 0; i < count; i++) CHECK(at(json_array_get(at(document, "outcomes"), i), "receipt") != NULL);
  json_decref(document);
  return count;
}

/* Submits two messages and steps until the server has read so many in all. It answers none by itself. */
static void send_two(wabiz_client *client, int requests) {
  int i, tries;
  for (i = 0; i < 2; i++) {
    char *out = untouched();
    CHECK_STATUS(wabiz_client_submit(client, HELLO, NULL, &out), WABIZ_OK);
    json_decref(take(out));
  }
  for (tries = 0; server_requests(meta) < requests && tries < 6000; tries++) receipts(client, 10);
  CHECK_NUMBER(server_requests(meta), requests);
  CHECK_NUMBER(server_connections(meta), 2);
}

static void answer_two(wabiz_client *client) {
  size_t count = 0;
  server_speak_up(meta, server_json(200, SERVER_ACCEPTED));
  while (count < 2 && test_broken == 0) count += receipts(client, 60000);
}

/* Two answers come in one batch, and a moment of libcurl's own with them: what it takes in on the occasion of the first event includes
   the other answer. The event that is left over says nothing about a connection that is as good as before. */
TEST(an_event_that_was_dealt_with_costs_no_connection) {
  wabiz_client *client = open_client(",\"connect_timeout_ms\":60000,\"timeout_ms\":600000,\"deadline_ms\":3600000,\"messages_per_second\":0");
  server_play(meta, ACT_SILENCE, NULL);
  send_two(client, 2);
  together = 2;
  answer_two(client);
  CHECK_NUMBER(together, 0);
  send_two(client, 4); /* over the same two connections */
  answer_two(client);
  wabiz_client_close(client);
}

int main(void) {
  meta = server_start();
  RUN(an_event_that_was_dealt_with_costs_no_connection);
  server_stop(meta);
  FINISH("stale");
}
