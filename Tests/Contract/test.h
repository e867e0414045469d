/*
 * The few words that every contract program is written in: TEST, CHECK, CHECK_TEXT, RUN, FINISH, and readers for documents.
 * Everything compiles as C99 and as C++17, because the header promises both.
 */
#ifndef WABIZ_TEST_H
#define WABIZ_TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <wabiz.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int test_passed, test_failed, test_broken;

#define TEST(name) static void name(void)

/* One line for each test that fails; FINISH prints the sums and gives main's result. */
#define RUN(name) (test_broken = 0, name(), test_broken ? (test_failed++, (void)printf("FAILED: %s\n", #name)) : (void)test_passed++)
#define FINISH(program) \
  return printf("%s: %d passed, %d failed\n", program, test_passed, test_failed), test_failed ? 1 : 0

#define CHECK(condition) \
  ((condition) ? (void)0 : (test_broken++, (void)printf("  %s:%d: %s\n", __FILE__, __LINE__, #condition)))
#define CHECK_TEXT(found, expected) check_text(__FILE__, __LINE__, found, expected)
#define CHECK_NUMBER(found, expected) check_number(__FILE__, __LINE__, (long long)(found), (long long)(expected))
#define CHECK_STATUS(found, expected) check_status(__FILE__, __LINE__, found, expected)
#define CHECK_FAILURE(found, out, expected) check_failure(__FILE__, __LINE__, found, out, expected)

static inline void check_text(const char *file, int line, const char *found, const char *expected) {
  if (found && strcmp(found, expected) == 0) return;
  test_broken++;
  printf("  %s:%d: found \"%s\", expected \"%s\"\n", file, line, found ? found : "(none)", expected);
}

static inline void check_number(const char *file, int line, long long found, long long expected) {
  if (found == expected) return;
  test_broken++;
  printf("  %s:%d: found %lld, expected %lld\n", file, line, found, expected);
}

static inline void check_status(const char *file, int line, wabiz_status found, wabiz_status expected) {
  check_text(file, line, wabiz_status_name(found), wabiz_status_name(expected));
}

/* Where a document's pointer points before the call, so that a function that forgets to set it is caught. */
static inline char *untouched(void) {
  static char text[] = "untouched";
  return text;
}

/* Reads a document that the library handed out and frees it: NULL when it is missing or not a JSON object. */
static inline json_t *take(char *text) {
  json_t *document;
  if (text == untouched()) return printf("  *out was left as it was\n"), (json_t *)NULL;
  document = text ? json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL) : NULL;
  if (text && !json_is_object(document)) printf("  not a JSON object: %.200s\n", text);
  wabiz_free(text);
  return document;
}

/* The value at a path such as "error.issues.0.code", or NULL. */
static inline const json_t *at(const json_t *value, const char *path) {
  while (value && *path) {
    char name[64];
    size_t length = strcspn(path, ".");
    if (length >= sizeof name) return NULL;
    memcpy(name, path, length);
    name[length] = 0;
    value = json_is_array(value) ? json_array_get(value, (size_t)strtoul(name, NULL, 10)) : json_object_get(value, name);
    path += length + (path[length] == '.');
  }
  return value;
}

static inline const char *text_at(const json_t *value, const char *path) { return json_string_value(at(value, path)); }

static inline size_t count_at(const json_t *value, const char *path) { return json_array_size(at(value, path)); }

/* A complete failure document: the status's own word, an advice in words, one of the five verdicts. Frees `out`. */
static inline void check_failure(const char *file, int line, wabiz_status found, char *out, wabiz_status expected) {
  static const char *const verdicts[] = {"never", "after_fix", "backoff", "wait_window", "uncertain"};
  json_t *document = take(out);
  const char *retry = text_at(document, "error.retry"), *message = text_at(document, "error.message");
  size_t verdict = 0;
  while (verdict < 5 && (!retry || strcmp(retry, verdicts[verdict]))) verdict++;
  check_status(file, line, found, expected);
  check_text(file, line, text_at(document, "error.code"), wabiz_status_name(expected));
  if (verdict == 5) check_text(file, line, retry, "one of the five verdicts");
  if (!message || !*message) check_text(file, line, message, "a message");
  json_decref(document);
}

#endif
