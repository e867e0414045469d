/*
 * SQLite for Swift: its copying bindings, whose marker is a cast that Swift does not import. Nothing is decided here.
 */
#ifndef WABIZ_SQLITE_SHIM_H
#define WABIZ_SQLITE_SHIM_H

#include <sqlite3.h>

/* SQLite copies the bytes before it returns. NULL with a length of 0 is bound as an empty value, not as SQL's NULL. */
static inline int wabiz_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length) {
  return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", length, SQLITE_TRANSIENT);
}
static inline int wabiz_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length) {
  return sqlite3_bind_text64(statement, index, text ? text : "", length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

#endif
