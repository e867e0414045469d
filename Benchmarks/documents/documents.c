/*
 * Building, checking and receiving against bare Jansson, both in this process and in turn. `documents SAMPLES ROUNDS` prints
 * CPU time; `documents SAMPLES count NAME SIDE CALLS` runs one side for callgrind, which counts what `counted` executes. Linked
 * with allocations.c, `documents SAMPLES 0` prints how often each side allocates in one call.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "bare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wabiz.h>

#define SECRET "0123456789abcdef0123456789abcdef"

typedef enum work { CHECK, BUILD, RECEIVE } work;
enum { OURS, BARE, SIDES, MOST_ROUNDS = 201 };

typedef struct row {
  const char *name, *file;
  work work;
  int copies;  /* how many changes are made of the one in the file */
  double goal; /* the ratio that is wanted */
  char *bytes, *signature;
  size_t length;
} row;

static row rows[] = {
  {"check text", "message-text", CHECK, 1, 0.5, NULL, NULL, 0},
  {"check template", "message-template", CHECK, 1, 0.5, NULL, NULL, 0},
  {"check list", "message-list", CHECK, 1, 0.5, NULL, NULL, 0},
  {"build text", "message-text", BUILD, 1, 0.6, NULL, NULL, 0},
  {"build template", "message-template", BUILD, 1, 0.6, NULL, NULL, 0},
  {"build list", "message-list", BUILD, 1, 0.6, NULL, NULL, 0},
  {"build short text", "short-text", BUILD, 1, 1.5, NULL, NULL, 0},
  {"build short image", "short-image", BUILD, 1, 1.5, NULL, NULL, 0},
  {"build short template", "short-template", BUILD, 1, 1.5, NULL, NULL, 0},
  {"receive text", "webhook-text", RECEIVE, 1, 0.35, NULL, NULL, 0},
  {"receive status", "webhook-status", RECEIVE, 1, 0.35, NULL, NULL, 0},
  {"receive 100", "webhook-text", RECEIVE, 100, 0.2, NULL, NULL, 0},
  {"receive 1000", "webhook-text", RECEIVE, 1000, 0.2, NULL, NULL, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void fail(const char *what, const char *more) {
  fprintf(stderr, "documents: %s %s\n", what, more ? more : "");
  exit(1);
}

static char *read_file(const char *folder, const char *name) {
  char path[4096], *text = NULL;
  size_t room = 0;
  FILE *file;
  snprintf(path, sizeof path, "%s/%s.json", folder, name);
  file = fopen(path, "r");
  if (!file || getdelim(&text, &room, '\0', file) < 0) fail("cannot read", path);
  fclose(file);
  return text;
}

/* A batch repeats the one change of the sample. */
static char *repeated(const char *body, int copies) {
  const char *begin = strstr(body, "\"changes\":["), *end = body + strlen(body) - 4;
  size_t head, change;
  char *batch, *at;
  int i;
  if (!begin || strcmp(end, "]}]}")) fail("the sample does not end as a batch must:", body);
  begin += strlen("\"changes\":[");
  head = (size_t)(begin - body);
  change = (size_t)(end - begin);
  at = batch = malloc(head + (change + 1) * (size_t)copies + 5);
  if (!batch) fail("no memory", NULL);
  at = (char *)mempcpy(at, body, head);
  for (i = 0; i < copies; i++) {
    if (i) *at++ = ',';
    at = (char *)mempcpy(at, begin, change);
  }
  strcpy(at, end);
  return batch;
}

static void load(row *self, const char *folder) {
  self->bytes = read_file(folder, self->file);
  if (self->copies > 1) {
    char *one = self->bytes;
    self->bytes = repeated(one, self->copies);
    free(one);
  }
  self->length = strlen(self->bytes);
  self->signature = bare_sign(self->bytes, self->length, SECRET);
}

static char *ours(const row *self) {
  char *out = NULL;
  wabiz_status status =
    self->work == CHECK ? wabiz_message_check(self->bytes, NULL, &out)
    : self->work == BUILD ? wabiz_message_build(self->bytes, NULL, &out)
    : wabiz_webhook_receive(self->bytes, self->length, self->signature, SECRET, &out);
  if (status != WABIZ_OK) fail(self->name, out);
  return out;
}

static char *bare(const row *self) {
  return self->work == RECEIVE ? bare_receive(self->bytes, self->length, self->signature, SECRET) : bare_copy(self->bytes, self->length);
}

/* Outside of the loop's function, so that callgrind can switch itself on and off here. */
__attribute__((noinline)) void counted(const row *self, int side, long calls);
__attribute__((noinline)) void counted(const row *self, int side, long calls) {
  for (; calls > 0; calls--) {
    if (side == OURS) wabiz_free(ours(self));
    else free(bare(self));
  }
}

static double cpu(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Microseconds of CPU per call. */
static double timed(const row *self, int side, long calls) {
  double before = cpu();
  counted(self, side, calls);
  return (cpu() - before) / (double)calls;
}

static int ascending(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

/* The sorted middle, and how far the middle half of the values lies apart, in percent of it. */
static double median(double *values, int count, double *spread) {
  qsort(values, (size_t)count, sizeof *values, ascending);
  *spread = 100 * (values[count * 3 / 4] - values[count / 4]) / values[count / 2];
  return values[count / 2];
}

static void compare(const row *self, int rounds) {
  double times[SIDES][MOST_ROUNDS], ratios[MOST_ROUNDS], spread[SIDES], spread_of_ratio, middle[SIDES], ratio;
  long calls;
  int round;
  counted(self, OURS, 20);
  calls = 1 + (long)(8000 / timed(self, BARE, 20)); /* about 8 ms */
  for (round = 0; round < rounds; round++) {
    int first = round & 1;
    times[first][round] = timed(self, first, calls);
    times[!first][round] = timed(self, !first, calls);
    ratios[round] = times[OURS][round] / times[BARE][round];
  }
  ratio = median(ratios, rounds, &spread_of_ratio);
  middle[OURS] = median(times[OURS], rounds, &spread[OURS]);
  middle[BARE] = median(times[BARE], rounds, &spread[BARE]);
  printf("%-21s %7lu %10.2f %4.0f%% %10.2f %4.0f%% %8.3f %4.0f%%   %.2f%s\n", self->name, (unsigned long)self->length, middle[OURS],
         spread[OURS], middle[BARE], spread[BARE], ratio, spread_of_ratio, self->goal, ratio <= self->goal ? "" : "  missed");
}

/* A call that made tables and buffers before allocates the same every time. */
static unsigned long allocated(const row *self, int side) {
  unsigned long before;
  counted(self, side, 2);
  before = allocations();
  counted(self, side, 1);
  return allocations() - before;
}

static void print_allocations(void) {
  int i;
  printf("%-21s %7s %16s %16s\n", "Allocations per call", "bytes", "wabiz", "bare C");
  for (i = 0; i < ROWS; i++)
    printf("%-21s %7lu %16lu %16lu\n", rows[i].name, (unsigned long)rows[i].length, allocated(&rows[i], OURS), allocated(&rows[i], BARE));
}

static const row *named(const char *name) {
  int i;
  for (i = 0; i < ROWS; i++)
    if (strcmp(rows[i].name, name) == 0) return &rows[i];
  fail("there is no row", name);
  return NULL;
}

int main(int count, char **arguments) {
  int i, rounds;
  if (count != 3 && count != 6) fail("usage: documents SAMPLES ROUNDS | SAMPLES count NAME SIDE CALLS |", "SAMPLES 0");
  for (i = 0; i < ROWS; i++) load(&rows[i], arguments[1]);
  if (count == 6) {
    const row *one = named(arguments[3]);
    int side = strcmp(arguments[4], "bare") == 0 ? BARE : OURS;
    free(side == BARE ? bare(one) : NULL);
    if (side == OURS) wabiz_free(ours(one)); /* the first call makes the tables */
    counted(one, side, atol(arguments[5]));
    return 0;
  }
  rounds = atoi(arguments[2]);
  if (rounds == 0 && allocations) {
    print_allocations();
    return 0;
  }
  if (rounds == 0) {
    for (i = 0; i < ROWS; i++) puts(rows[i].name);
    return 0;
  }
  if (rounds < 4 || rounds > MOST_ROUNDS) fail("from 4 to 201 rounds, please", NULL);
  printf("%-21s %7s %16s %16s %14s   goal\n", "CPU per call, us", "bytes", "wabiz", "bare C", "ratio");
  for (i = 0; i < ROWS; i++) compare(&rows[i], rounds);
  return 0;
}
