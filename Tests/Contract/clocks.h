/*
 * The clocks of a test program, which stand before the C library's for the whole process, the library that is tested among it: the time
 * of day goes back and forth as a test says, and so does the clock that else never jumps. Include it in one file of a program.
 */
#ifndef WABIZ_TEST_CLOCKS_H
#define WABIZ_TEST_CLOCKS_H

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long day_ahead;            /* seconds by which the time of day is ahead of the true one; negative: behind */
static long steady_ahead;         /* the same of the clocks that count from some moment on */
static unsigned long day_jitter;  /* not 0: the state of random numbers by which each look at the time of day is off */

enum { JITTER = 10 * 86400 }; /* seconds, either way */

static long of_day(void) {
  if (!day_jitter) return day_ahead;
  day_jitter = day_jitter * 6364136223846793005UL + 1442695040888963407UL;
  return day_ahead + (long)(day_jitter >> 33) % (2 * JITTER) - JITTER;
}

__attribute__((nothrow)) int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0) now->tv_sec += clock == CLOCK_REALTIME ? of_day() : steady_ahead;
  return result;
}

__attribute__((nothrow)) time_t time(time_t *where) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (where) *where = now.tv_sec;
  return now.tv_sec;
}

#endif
