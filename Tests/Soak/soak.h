/*
 * What the two halves of the soak share: a worker thread, the documents it feeds to the library, and the ids of its messages.
 */
#ifndef WABIZ_SOAK_H
#define WABIZ_SOAK_H

#include "acts.h"

#include <stddef.h>
#include <wabiz.h>

#define SOAK_SECRET "soak secret"

typedef struct document {
  char kind;   /* 'M' a message, 'W' a webhook */
  int valid;
  char *bytes;
  size_t length;
  char *options; /* of a webhook its signature */
  size_t more;
} document;

typedef struct worker {
  unsigned long long random;
  int faulty, sandbox; /* ports */
  double until, next_fork;
  wabiz_client *client;
} worker;

/* Seen by forked children too. */
typedef struct soak_shared {
  long next_id, sends, sandbox_sends, children, complaints;
} soak_shared;

extern soak_shared *shared;
extern int outcomes;

double now(void);
unsigned draw(worker *self, unsigned below);
void complain(const char *what, const char *more);
void expect_document(const char *what, char *out);

wabiz_client *open_client(int port, int timeout_ms);
void send_something(worker *self);
void fork_a_child(worker *self);

#endif
