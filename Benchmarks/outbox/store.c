/*
 * Rows stored by bare SQLite and by the outbox, both with synchronous=FULL in a write-ahead log: store WHO FILE ROWS GROUP, with GROUP
 * rows to a transaction. WHO is "ours"; "same", the same inserts into the same tables; "life", these and what is written when a row
 * is sent; or "bare", a simpler table written by hand. Prints one line of JSON as the programs of Benchmarks/engine do.
 */
#include "../engine/common.h"

#include <sqlite3.h>
#include <wabiz.h>

static void must(int holds, const char *what) {
  if (!holds) fail(what, "failed");
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
static sqlite3 *bare_open(const char *path) {
  sqlite3 *db;
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

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement;
  must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, sqlite3_errmsg(db));
  return statement;
}

static void run(sqlite3_stmt *statement) {
  must(sqlite3_step(statement) == SQLITE_DONE, sqlite3_errmsg(sqlite3_db_handle(statement)));
  sqlite3_reset(statement);
}

static void bare_insert(sqlite3_stmt *insert, long number) {
  unsigned char id[16] = {0}, digest[32] = {0};
  const char *text = message();
  memcpy(id, &number, sizeof number);
  memcpy(digest, &number, sizeof number);
  sqlite3_bind_blob(insert, 1, id, sizeof id, SQLITE_STATIC);
  sqlite3_bind_int64(insert, 2, 1767225600000 + number);
  sqlite3_bind_blob(insert, 3, digest, sizeof digest, SQLITE_STATIC);
  sqlite3_bind_blob(insert, 4, text, (int)strlen(text), SQLITE_STATIC);
  run(insert);
}

/* In transactions of `group`. */
static void bare(const char *path, long rows, long group) {
  sqlite3 *db = bare_open(path);
  sqlite3_stmt *insert = prepare(db, "INSERT INTO outbox VALUES (NULL,?1,'100200300','15550001234','text',1,0,?2,?2,?2+2592000000,0,NULL,?3,?4)");
  sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
  long number;
  usage before = read_usage();
  for (number = 1; number <= rows; number++) {
    if (number % group == 1 || group == 1) run(begin);
    bare_insert(insert, number);
    if (number % group == 0) run(commit);
  }
  report((int)rows, before, read_usage());
  sqlite3_finalize(insert), sqlite3_finalize(begin), sqlite3_finalize(commit);
  sqlite3_close(db);
}

static wabiz_outbox *open_outbox(const char *path) {
  char config[400];
  wabiz_outbox *outbox;
  snprintf(config, sizeof config, "{\"path\":\"%s\",\"phone_number_id\":\"100200300\"}", path);
  must(wabiz_outbox_open(config, &outbox, NULL) == WABIZ_OK, "wabiz_outbox_open");
  return outbox;
}

/* A file of the outbox with one row of its own, whose columns are the values of the others. */
static sqlite3 *same_open(const char *path, sqlite3_stmt **insert) {
  wabiz_outbox *outbox = open_outbox(path);
  sqlite3 *db;
  sqlite3_stmt *row;
  char sql[400] = "INSERT INTO message VALUES (?1";
  int i;
  must(wabiz_outbox_put(outbox, message(), NULL, NULL) == WABIZ_OK, "wabiz_outbox_put");
  wabiz_outbox_close(outbox);
  must(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, "PRAGMA synchronous=FULL", NULL, NULL, NULL) == SQLITE_OK, "sqlite3_open");
  row = prepare(db, "SELECT * FROM message");
  must(sqlite3_step(row) == SQLITE_ROW, "the outbox's row");
  for (i = 2; i <= sqlite3_column_count(row); i++) sprintf(sql + strlen(sql), ",?%d", i);
  *insert = prepare(db, strcat(sql, ")"));
  for (i = 1; i <= sqlite3_column_count(row); i++) sqlite3_bind_value(*insert, i, sqlite3_column_value(row, i - 1));
  sqlite3_finalize(row);
  return db;
}

/* What the outbox writes for a row, without its checks, in the order and the transactions in which it does. */
enum { PUT = 1, BEGUN, ENDED };
static const struct { int when; const char *sql; } steps[] = {
    {PUT, "INSERT INTO queue VALUES ('100200300', 1, 1767225600000, ?1)"},
    {BEGUN, "INSERT INTO flight VALUES (?1, 7, 1, ?2)"},
    {BEGUN, "DELETE FROM queue WHERE account = '100200300' AND priority = 1 AND due = 1767225600000 AND number = ?1"},
    {ENDED, "INSERT INTO standing (number, state, attempts, expires_at, changed_at, message_id, wa_id, accepted_at) VALUES (?1, 2, 1, ?2, ?2, ?3, '15550001234', ?2)"},
    {ENDED, "DELETE FROM flight WHERE number = ?1"},
};
enum { STEPS = sizeof steps / sizeof *steps };

static void do_steps(sqlite3_stmt **prepared, int when, long number) {
  char id[40];
  int i;
  snprintf(id, sizeof id, "wamid.%032ld", number);
  for (i = 0; i < STEPS; i++) {
    if (steps[i].when != when) continue;
    sqlite3_bind_int64(prepared[i], 1, number);
    sqlite3_bind_int64(prepared[i], 2, 1767225600000 + number);
    sqlite3_bind_text(prepared[i], 3, id, -1, SQLITE_STATIC);
    run(prepared[i]);
  }
}

/* As the outbox writes them; with `lives`, sent too: each in transactions of `group`. */
static void same(const char *path, long rows, long group, int lives) {
  sqlite3_stmt *insert, *begin, *commit, *prepared[STEPS];
  sqlite3 *db = same_open(path, &insert);
  long first, number;
  int i, when;
  usage before;
  begin = prepare(db, "BEGIN IMMEDIATE"), commit = prepare(db, "COMMIT");
  for (i = 0; i < STEPS; i++) prepared[i] = prepare(db, steps[i].sql);
  before = read_usage();
  for (first = 2; first < rows + 2; first += group) {
    for (when = PUT; when <= (lives ? ENDED : PUT); when++) {
      run(begin);
      for (number = first; number < first + group; number++) {
        if (when == PUT) {
          sqlite3_bind_int64(insert, 1, number);
          sqlite3_bind_int64(insert, 2, number * 7919);
          run(insert);
        }
        do_steps(prepared, when, number);
      }
      run(commit);
    }
  }
  report((int)rows, before, read_usage());
  for (i = 0; i < STEPS; i++) sqlite3_finalize(prepared[i]);
  sqlite3_finalize(insert), sqlite3_finalize(begin), sqlite3_finalize(commit);
  sqlite3_close(db);
}

static void ours(const char *path, long rows, long group) {
  char *text = (char *)malloc((size_t)group * 700 + 64);
  wabiz_outbox *outbox = open_outbox(path);
  long number;
  usage before;
  strcpy(text, group == 1 ? message() : "{\"messages\":[");
  if (group > 1) {
    char *end = text + strlen(text);
    for (number = 0; number < group; number++) end += sprintf(end, "%s%s", number ? "," : "", message());
    strcpy(end, "]}");
  }
  before = read_usage();
  for (number = 0; number < rows; number += group) must(wabiz_outbox_put(outbox, text, NULL, NULL) == WABIZ_OK, "wabiz_outbox_put");
  report((int)rows, before, read_usage());
  free(text);
  wabiz_outbox_close(outbox);
}

int main(int count, char **arguments) {
  const char *who = count == 5 ? arguments[1] : "", *path = arguments[2];
  long rows, group;
  if (count != 5) fail("usage: store ours|same|life|bare FILE ROWS GROUP", NULL);
  rows = atol(arguments[3]), group = atol(arguments[4]);
  if (!strcmp(who, "ours")) ours(path, rows, group);
  else if (!strcmp(who, "bare")) bare(path, rows, group);
  else same(path, rows, group, !strcmp(who, "life"));
  return 0;
}
