/*
 * Rows stored by bare SQLite and by the outbox, both with synchronous=FULL in a write-ahead log: store bare|ours FILE ROWS GROUP,
 * with GROUP rows to a transaction. Prints one line of JSON as the programs of Benchmarks/engine do.
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

/* In transactions of `group`. */
static void bare(const char *path, long rows, long group) {
  sqlite3 *db = bare_open(path);
  sqlite3_stmt *insert, *begin, *commit;
  long number;
  usage before;
  sqlite3_prepare_v2(db, "INSERT INTO outbox VALUES (NULL,?1,'100200300','15550001234','text',1,0,?2,?2,?2+2592000000,0,NULL,?3,?4)", -1, &insert, NULL);
  sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin, NULL);
  sqlite3_prepare_v2(db, "COMMIT", -1, &commit, NULL);
  before = read_usage();
  for (number = 1; number <= rows; number++) {
    if (number % group == 1 || group == 1) sqlite3_step(begin), sqlite3_reset(begin);
    bare_insert(db, insert, number);
    if (number % group == 0) {
      must(sqlite3_step(commit) == SQLITE_DONE, "COMMIT");
      sqlite3_reset(commit);
    }
  }
  report((int)rows, before, read_usage());
  sqlite3_finalize(insert), sqlite3_finalize(begin), sqlite3_finalize(commit);
  sqlite3_close(db);
}

static void ours(const char *path, long rows, long group) {
  char config[400], *text = (char *)malloc((size_t)group * 700 + 64);
  wabiz_outbox *outbox;
  long number;
  usage before;
  snprintf(config, sizeof config, "{\"path\":\"%s\",\"phone_number_id\":\"100200300\"}", path);
  must(wabiz_outbox_open(config, &outbox, NULL) == WABIZ_OK, "wabiz_outbox_open");
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
  if (count != 5) fail("usage: store bare|ours FILE ROWS GROUP", NULL);
  (strcmp(arguments[1], "bare") ? ours : bare)(arguments[2], atol(arguments[3]), atol(arguments[4]));
  return 0;
}
