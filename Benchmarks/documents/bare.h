/*
 * The other side of the comparison: what somebody writes with Jansson and OpenSSL alone. Every function hands out a text for
 * free(), or ends the program when the work cannot be done: a benchmark of failures is none.
 */
#ifndef WABIZ_BENCHMARK_BARE_H
#define WABIZ_BENCHMARK_BARE_H

#include <stddef.h>

/* Parses and dumps: the least that any program does with a message. */
char *bare_copy(const char *bytes, size_t length);

/* Verifies, parses, makes one flat event of each message and status, dumps. */
char *bare_receive(const char *body, size_t length, const char *signature, const char *secret);

/* The header's value for a body, for free(). */
char *bare_sign(const char *body, size_t length, const char *secret);

/* How often memory was allocated so far; there only in the program that counts (allocations.c). */
unsigned long allocations(void) __attribute__((weak));

#endif
