/*
 * Messages to a server by the engine alone and through an outbox: wire engine|outbox|bare FILE URL CA IN_FLIGHT MESSAGES GROUP. The outbox
 * puts GROUP rows to a transaction and always has twice as many stored as may fly, the engine as many submitted; from one number,
 * without a pace, to people of their own. "bare" is the engine with the outbox's rows written by bare SQLite, in as many transactions
 * and without any rule, as a host might write it. Prints one line of JSON as the programs of Benchmarks/engine do.
 */
#include "../engine/common.h"

#include <sqlite3.h>
#include <wabiz.h>

static wabiz_client *client;
static wabiz_outbox *outbox;
static sqlite3 *db;
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

enum { BEGIN, COMMIT, PUT, QUEUE, PAYLOAD_OF, BEGUN, DEQUEUE, ENDED, LANDED, STATEMENTS };
static const char *const sql[STATEMENTS] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "INSERT INTO message VALUES (?1, ?1 * 7919, '100200300', 0, 'text', 0, 1, '15550001234', 0, NULL, NULL, NULL, 1, 0, 86400000, 1767225600000, 1767225600000,"
    " 1769817600000, 4, NULL, ?2)",
    "INSERT INTO queue VALUES ('100200300', 1, 1767225600000, ?1)",
    "SELECT payload FROM message WHERE number = ?1",
    "INSERT INTO flight VALUES (?1, 7, 1, 1767225600000)",
    "DELETE FROM queue WHERE account = '100200300' AND priority = 1 AND due = 1767225600000 AND number = ?1",
    "INSERT INTO standing (number, state, attempts, expires_at, changed_at, message_id, accepted_at) VALUES (?1, 2, 1, 1769817600000, 1767225600000, ?2, 1767225600)",
    "DELETE FROM flight WHERE number = ?1",
};
static sqlite3_stmt *prepared[STATEMENTS];

static void run(int which, int number, const char *text, int length) {
  sqlite3_stmt *statement = prepared[which];
  if (number) sqlite3_bind_int64(statement, 1, number);
  if (text) sqlite3_bind_text(statement, 2, text, length, SQLITE_STATIC);
  if (sqlite3_step(statement) != SQLITE_DONE) fail(sql[which], sqlite3_errmsg(db));
  sqlite3_reset(statement);
}

static void open_bare(const char *path) {
  int i;
  if (sqlite3_open(path, &db) || sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA cache_size = -8192", NULL, NULL, NULL)) fail("sqlite3_open:", path);
  for (i = 0; i < STATEMENTS; i++)
    if (sqlite3_prepare_v2(db, sql[i], -1, &prepared[i], NULL)) fail(sql[i], sqlite3_errmsg(db));
}

/* The ids of what Meta took, row by row: tickets count up as rows do. */
static int record_bare(const char *out) {
  int taken = 0;
  while ((out = strstr(out, "\"ticket\":"))) {
    int number = atoi(out + 9);
    const char *id = strstr(out, "\"message_id\":\"");
    if (!id) fail("an outcome is no receipt:", out);
    id += 14;
    run(ENDED, number, id, (int)strcspn(id, "\""));
    run(LANDED, number, NULL, 0);
    out = id, taken++;
  }
  return taken;
}

/* Takes what was put and not begun, hands it over and waits: one transaction for what ended and what begins. */
static int round_bare(int *begun, int stored, int flying, int in_flight) {
  static char *landed;
  static char bodies[1000][LONGEST_PAYLOAD];
  char *out = NULL;
  int taken = 0, count = 0, i;
  run(BEGIN, 0, NULL, 0);
  if (landed) taken = record_bare(landed);
  wabiz_free(landed);
  for (; flying - taken + count < in_flight && *begun < stored; count++) {
    sqlite3_stmt *payload = prepared[PAYLOAD_OF];
    sqlite3_bind_int64(payload, 1, ++*begun);
    if (sqlite3_step(payload) != SQLITE_ROW) fail("no row:", sqlite3_errmsg(db));
    snprintf(bodies[count], LONGEST_PAYLOAD, "%s", (const char *)sqlite3_column_text(payload, 0));
    sqlite3_reset(payload);
    run(BEGUN, *begun, NULL, 0);
    run(DEQUEUE, *begun, NULL, 0);
  }
  run(COMMIT, 0, NULL, 0);
  for (i = 0; i < count; i++) {
    out = NULL;
    must(wabiz_client_submit(client, bodies[i], NULL, &out), "submit:", out);
  }
  landed = NULL;
  if (wabiz_client_step(client, flying - taken + count ? -1 : 0, &landed) < 0) fail("step:", landed);
  return taken;
}

static void send_bare(int messages, int in_flight, int group) {
  static int begun, stored, ended;
  int last = ended + messages, put = stored + messages, i;
  while (ended < last) {
    while (stored < put && stored - ended < 2 * in_flight + group - 1) {
      run(BEGIN, 0, NULL, 0);
      for (i = 0; i < group; i++) {
        char body[LONGEST_PAYLOAD];
        int length = snprintf(body, sizeof body, PAYLOAD, stored, stored);
        run(PUT, ++stored, body, length);
        run(QUEUE, stored, NULL, 0);
      }
      run(COMMIT, 0, NULL, 0);
    }
    ended += round_bare(&begun, stored, begun - ended, in_flight);
  }
}

static void send_all(int messages, int in_flight, int group) {
  int begun = 0, ended = 0;
  if (db) {
    send_bare(messages, in_flight, group);
    return;
  }
  while (ended < messages) {
    while (begun < messages && begun - ended < 2 * in_flight + (outbox ? group - 1 : 0)) begun += outbox ? put(group) : submit(1);
    ended += step();
  }
}

int main(int arguments, char **given) {
  char config[1024], *out = NULL;
  int in_flight, messages, group;
  usage before;
  if (arguments != 8) fail("usage: wire engine|outbox|bare FILE URL CA IN_FLIGHT MESSAGES GROUP", NULL);
  in_flight = atoi(given[5]), messages = atoi(given[6]), group = atoi(given[7]);
  snprintf(config, sizeof config,
           "{\"access_token\":\"token\",\"phone_number_id\":\"100200300\",\"base_url\":\"%s\",\"ca_file\":\"%s\",\"proxy\":\"\",\"http\":\"1.1\","
           "\"max_in_flight\":%d,\"max_queued\":%d,\"messages_per_second\":0,\"pair_interval_ms\":0}",
           given[3], given[4], in_flight, 4 * in_flight);
  must(wabiz_client_open(config, &client, &out), "wabiz_client_open:", out);
  if (strcmp(given[1], "engine")) {
    out = NULL;
    snprintf(config, sizeof config, "{\"path\":\"%s\",\"phone_number_id\":\"100200300\"}", given[2]);
    must(wabiz_outbox_open(config, &outbox, &out), "wabiz_outbox_open:", out);
  }
  if (!strcmp(given[1], "bare")) {
    wabiz_outbox_close(outbox); /* its tables are all that is wanted */
    outbox = NULL;
    open_bare(given[2]);
  }
  send_all(10 * group, in_flight, group); /* connections and statements are made */
  before = read_usage();
  send_all(messages, in_flight, group);
  report(messages, before, read_usage());
  wabiz_outbox_close(outbox);
  wabiz_client_close(client);
  return 0;
}
