/*
 * Messages to a server by the engine alone and through an outbox: wire engine|outbox FILE URL CA IN_FLIGHT MESSAGES GROUP. The outbox
 * puts GROUP rows to a transaction and always has twice as many stored as may fly, the engine as many submitted; from one number,
 * without a pace, to people of their own. Prints one line of JSON as the programs of Benchmarks/engine do.
 */
#include "../engine/common.h"

#include <wabiz.h>

static wabiz_client *client;
static wabiz_outbox *outbox;
static int next;

static void must(wabiz_status status, const char *what, char *out) {
  if (status < 0) fail(what, out);
  wabiz_free(out);
}

static int submit(int wanted) {
  char body[LONGEST_PAYLOAD], *out = NULL;
  int i;
  for (i = 0; i < wanted; i++, next++) {
    snprintf(body, sizeof body, PAYLOAD, next, next);
    must(wabiz_client_submit(client, body, NULL, &out), "submit:", out);
  }
  return wanted;
}

static int put(int group) {
  static char text[1000 * LONGEST_PAYLOAD];
  char *end = text, *out = NULL;
  int i;
  if (group > 1) end += sprintf(end, "{\"messages\":[");
  for (i = 0; i < group; i++, next++) {
    if (i) *end++ = ',';
    end += snprintf(end, LONGEST_PAYLOAD, PAYLOAD, next, next);
  }
  if (group > 1) strcpy(end, "]}");
  must(wabiz_outbox_put(outbox, text, NULL, &out), "put:", out);
  return group;
}

static int count(const char *text, const char *word) {
  int found = 0;
  for (; (text = strstr(text, word)); text++) found++;
  return found;
}

/* Steps once; how many Meta took. Anything else ends the program. */
static int step(void) {
  char *out = NULL;
  int taken;
  wabiz_status status = outbox ? wabiz_outbox_step(outbox, client, -1, &out) : wabiz_client_step(client, -1, &out);
  if (status < 0) fail("step:", out);
  taken = count(out, outbox ? "\"state\":\"accepted\"" : "\"receipt\":");
  if (strstr(out, "\"error\":")) fail("an outcome is no receipt:", out);
  wabiz_free(out);
  return taken;
}

static void send_all(int messages, int in_flight, int group) {
  int begun = 0, ended = 0;
  while (ended < messages) {
    while (begun < messages && begun - ended < 2 * in_flight + (outbox ? group - 1 : 0)) begun += outbox ? put(group) : submit(1);
    ended += step();
  }
}

int main(int arguments, char **given) {
  char config[1024], *out = NULL;
  int in_flight, messages, group;
  usage before;
  if (arguments != 8) fail("usage: wire engine|outbox FILE URL CA IN_FLIGHT MESSAGES GROUP", NULL);
  in_flight = atoi(given[5]), messages = atoi(given[6]), group = atoi(given[7]);
  snprintf(config, sizeof config,
           "{\"access_token\":\"token\",\"phone_number_id\":\"100200300\",\"base_url\":\"%s\",\"ca_file\":\"%s\",\"proxy\":\"\",\"http\":\"1.1\","
           "\"max_in_flight\":%d,\"max_queued\":%d,\"messages_per_second\":0,\"pair_interval_ms\":0}",
           given[3], given[4], in_flight, 4 * in_flight);
  must(wabiz_client_open(config, &client, &out), "wabiz_client_open:", out);
  if (!strcmp(given[1], "outbox")) {
    out = NULL;
    snprintf(config, sizeof config, "{\"path\":\"%s\",\"phone_number_id\":\"100200300\"}", given[2]);
    must(wabiz_outbox_open(config, &outbox, &out), "wabiz_outbox_open:", out);
  }
  send_all(10 * group, in_flight, group); /* connections and statements are made */
  before = read_usage();
  send_all(messages, in_flight, group);
  report(messages, before, read_usage());
  wabiz_outbox_close(outbox);
  wabiz_client_close(client);
  return 0;
}
