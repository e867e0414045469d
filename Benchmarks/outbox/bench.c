/*
 * The outbox against bare SQLite, in one run and on one disk: single puts, puts in groups of 100, and steps beside a million
 * finished rows. Both sides commit with synchronous=FULL in a write-ahead log. Prints ratios; above 1 the outbox is faster.
 */
#define _GNU_SOURCE
#include <wabiz.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char folder[256];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void must(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "outbox benchmark: %s failed\n", what);
  exit(1);
}

/* The message of both sides: about 500 bytes as they are stored. */
static const char *message(void) {
  static char text[700];
  char body[440];
  memset(body, 'x', sizeof body - 1);
  body[sizeof body - 1] = 0;
  snprintf(text, sizeof text, "{\"messaging_product\":\"whatsapp\",\"to\":\"+15550001234\",\"type\":\"text\",\"text\":{\"body\":\"%s\"}}", body);
  return text;
}

/* What a hand-written outbox would be: an id, a person, states and times, a payload, an index on what is due. */
static sqlite3 *bare_open(const char *name) {
  char path[300];
  sqlite3 *db;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  must(sqlite3_open(path, &db) == SQLITE_OK, "sqlite3_open");
  must(sqlite3_exec(db,
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "CREATE TABLE outbox (number INTEGER PRIMARY KEY, id BLOB UNIQUE, account TEXT, person TEXT, type TEXT, priority INT, state INT, due INT, put_at INT,"
                    " expires_at INT, attempts INT, message_id TEXT, digest BLOB, payload BLOB);"
                    "CREATE INDEX due ON outbox (account, priority, due) WHERE due IS NOT NULL;",
                    NULL, NULL, NULL) == SQLITE_OK,
       "the schema");
  return db;
}

static void bare_insert(sqlite3 *db, sqlite3_stmt *insert, long number) {
  unsigned char id[16] = {0}, digest[32] = {0};
  const char *text = message();
  memcpy(id, &number, sizeof number);
  memcpy(digest, &number, sizeof number);
  sqlite3_bind_blob(insert, 1, id, sizeof id, SQLITE_STATIC);
  sqlite3_bind_int64(insert, 2, 1767225600000 + number);
  sqlite3_bind_blob(insert, 3, digest, sizeof digest, SQLITE_STATIC);
  sqlite3_bind_blob(insert, 4, text, (int)strlen(text), SQLITE_STATIC);
  must(sqlite3_step(insert) == SQLITE_DONE, sqlite3_errmsg(db));
  sqlite3_reset(insert);
}

/* Rows per second, in transactions of `group`. */
static double bare(const char *name, long rows, long group) {
  sqlite3 *db = bare_open(name);
  sqlite3_stmt *insert, *begin, *commit;
  long number;
  double start, time;
  sqlite3_prepare_v2(db, "INSERT INTO outbox VALUES (NULL,?1,'100200300','15550001234','text',1,0,?2,?2,?2+2592000000,0,NULL,?3,?4)", -1, &insert, NULL);
  sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin, NULL);
  sqlite3_prepare_v2(db, "COMMIT", -1, &commit, NULL);
  start = now();
  for (number = 1; number <= rows; number++) {
    if (number % group == 1 || group == 1) sqlite3_step(begin), sqlite3_reset(begin);
    bare_insert(db, insert, number);
    if (number % group == 0) {
      must(sqlite3_step(commit) == SQLITE_DONE, "COMMIT");
      sqlite3_reset(commit);
    }
  }
  time = now() - start;
  sqlite3_finalize(insert), sqlite3_finalize(begin), sqlite3_finalize(commit);
  sqlite3_close(db);
  return (double)rows / time;
}

static wabiz_outbox *open_outbox(const char *name) {
  char config[400];
  wabiz_outbox *outbox;
  snprintf(config, sizeof config, "{\"path\":\"%s/%s\",\"phone_number_id\":\"100200300\"}", folder, name);
  must(wabiz_outbox_open(config, &outbox, NULL) == WABIZ_OK, "wabiz_outbox_open");
  return outbox;
}

static double ours(const char *name, long rows, long group) {
  wabiz_outbox *outbox = open_outbox(name);
  char *text = (char *)malloc((size_t)group * 700 + 64);
  long number;
  double start, time;
  strcpy(text, group == 1 ? message() : "{\"messages\":[");
  if (group > 1) {
    char *end = text + strlen(text);
    for (number = 0; number < group; number++) end += sprintf(end, "%s%s", number ? "," : "", message());
    strcpy(end, "]}");
  }
  start = now();
  for (number = 0; number < rows; number += group) must(wabiz_outbox_put(outbox, text, NULL, NULL) == WABIZ_OK, "wabiz_outbox_put");
  time = now() - start;
  free(text);
  wabiz_outbox_close(outbox);
  return (double)rows / time;
}

/* Rows per second through put and step that expires them at once: transitions alone, without a wire. */
static double steps(const char *name, long rows) {
  wabiz_outbox *outbox = open_outbox(name);
  wabiz_client *client;
  long number;
  double start, time;
  must(wabiz_client_open("{\"access_token\":\"t\",\"phone_number_id\":\"100200300\",\"base_url\":\"http://127.0.0.1:9\"}", &client, NULL) == WABIZ_OK, "wabiz_client_open");
  start = now();
  for (number = 0; number < rows; number++) {
    must(wabiz_outbox_put(outbox, message(), "{\"send_at\":1,\"expires_at\":2}", NULL) == WABIZ_OK, "wabiz_outbox_put");
    must(wabiz_outbox_step(outbox, client, 0, NULL) >= 0, "wabiz_outbox_step");
  }
  time = now() - start;
  wabiz_client_close(client);
  wabiz_outbox_close(outbox);
  return (double)rows / time;
}

static void finish_a_million(const char *name, long rows) {
  char path[300], sql[400];
  sqlite3 *db;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  must(sqlite3_open(path, &db) == SQLITE_OK, "sqlite3_open");
  sqlite3_exec(db, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
  snprintf(sql, sizeof sql,
           "CREATE TEMP TABLE one AS SELECT * FROM outbox LIMIT 1; UPDATE one SET number = NULL, state = 4, due = NULL, timer = NULL;"
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %ld) INSERT INTO outbox SELECT one.* FROM one, n;", rows);
  must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
  sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
  sqlite3_close(db);
  sync(); /* or the disk writes it during what is measured */
}

static int by_value(const void *left, const void *right) { return *(const double *)left < *(const double *)right ? -1 : 1; }

int main(int count, char **arguments) {
  long rows = count > 2 ? atol(arguments[2]) : 3000, finished = count > 3 ? atol(arguments[3]) : 1000000;
  double single[3], group[3], gain[3], beside[3];
  int round;
  char name[32];
  must(count > 1, "the folder is missing; it");
  snprintf(folder, sizeof folder, "%s", arguments[1]);
  for (round = 0; round < 3; round++) {
    double bare_single, bare_group, our_single, our_group;
    snprintf(name, sizeof name, "a%d.db", round), bare_single = bare(name, rows, 1);
    snprintf(name, sizeof name, "b%d.db", round), our_single = ours(name, rows, 1);
    snprintf(name, sizeof name, "c%d.db", round), bare_group = bare(name, rows * 10, 100);
    snprintf(name, sizeof name, "d%d.db", round), our_group = ours(name, rows * 10, 100);
    single[round] = our_single / bare_single, group[round] = our_group / bare_group, gain[round] = our_group / our_single;
    printf("round %d: single %.0f of %.0f rows/s, groups of 100 %.0f of %.0f rows/s\n", round + 1, our_single, bare_single, our_group, bare_group);
  }
  qsort(single, 3, sizeof *single, by_value), qsort(group, 3, sizeof *group, by_value), qsort(gain, 3, sizeof *gain, by_value);
  steps("few.db", rows), steps("many.db", rows);
  finish_a_million("many.db", finished);
  for (round = 0; round < 3; round++) {
    double few = steps("few.db", rows);
    beside[round] = steps("many.db", rows) / few;
  }
  qsort(beside, 3, sizeof *beside, by_value);
  printf("single put against bare SQLite:       %.2f (goal 0.8)\n", single[1]);
  printf("puts in groups of 100:                %.2f (goal 0.8)\n", group[1]);
  printf("groups of 100 against single puts:    %.1f (goal 8)\n", gain[1]);
  printf("put and step beside %ld rows:    %.2f (goal 0.8)\n", finished, beside[1]);
  return 0;
}
