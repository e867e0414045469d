/*
 * What every program of this comparison shares: the same numbers, people and texts, one way to read clock and CPU, and one line of
 * JSON as its report. Message i goes from number i / 500, so that no number comes near its limit of 1,000 messages a second.
 */
#ifndef COMMON_H
#define COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define PAYLOAD "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+1555%07d\",\"type\":\"text\"," \
                "\"text\":{\"body\":\"Hello Ada, your order #%d has left our warehouse.\"}}"

enum { LONGEST_PAYLOAD = 256, LONGEST_ANSWER = 4096, PER_NUMBER = 500, FIRST_NUMBER = 100000 };

typedef struct usage {
  double wall, cpu;
} usage;

static inline _Noreturn void fail(const char *what, const char *more) {
  fprintf(stderr, "%s %s\n", what, more ? more : "");
  exit(1);
}

static inline usage read_usage(void) {
  struct timespec now;
  struct rusage used;
  usage found;
  clock_gettime(CLOCK_MONOTONIC, &now);
  getrusage(RUSAGE_SELF, &used);
  found.wall = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
  found.cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  return found;
}

/* The highest resident set so far, in KB; getrusage would count what the process was before exec, too. */
static inline long peak_kb(void) {
  char line[256];
  long found = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "VmHWM:", 6)) found = atol(line + 6);
  if (file) fclose(file);
  return found;
}

static inline void report(int messages, usage before, usage after) {
  printf("{\"messages\":%d,\"wall\":%.9f,\"cpu\":%.9f,\"rss_kb\":%ld}\n", messages, after.wall - before.wall, after.cpu - before.cpu, peak_kb());
}

static inline int number_of(int message) { return FIRST_NUMBER + message / PER_NUMBER; }

#endif
