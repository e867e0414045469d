/*
 * Blocking callers beside each other, each in a thread with a handle of its own: what both sides of the comparison do alike. The
 * handles live until the program ends.
 */
#ifndef CALLERS_H
#define CALLERS_H

#include "common.h"

#include <pthread.h>

typedef struct caller {
  pthread_t thread;
  int first, messages;
} caller;

static pthread_barrier_t line;
static void *(*open_handle)(void);
static void (*post_through)(void *handle, int first, int messages);

static void *call(void *context) {
  caller *mine = context;
  void *handle = open_handle();
  post_through(handle, mine->first, 100);
  pthread_barrier_wait(&line);
  pthread_barrier_wait(&line);
  post_through(handle, mine->first + 100, mine->messages);
  return NULL;
}

static void compare_callers(int threads, int messages, void *(*open)(void), void (*post)(void *, int, int)) {
  caller *callers = calloc((size_t)threads, sizeof *callers);
  usage before;
  int i, each = messages / threads;
  if (!callers) fail("memory", NULL);
  open_handle = open;
  post_through = post;
  pthread_barrier_init(&line, NULL, (unsigned)threads + 1);
  for (i = 0; i < threads; i++) {
    callers[i].first = i * (each + 100);
    callers[i].messages = each;
    if (pthread_create(&callers[i].thread, NULL, call, &callers[i])) fail("pthread_create", NULL);
  }
  pthread_barrier_wait(&line);
  before = read_usage();
  pthread_barrier_wait(&line);
  for (i = 0; i < threads; i++) pthread_join(callers[i].thread, NULL);
  report(each * threads, before, read_usage());
}

#endif
