/*
 * Four threads with a handle each send, check, build, receive, open, close and fork for a while, in rounds. Between rounds
 * nothing runs, and what the process holds must be what it held before. `soak SECONDS SEED FAULTY SANDBOX CORPUS OUTCOMES`:
 * two ports, the documents to feed, and a file that keeps the status of every send, one byte at its id.
 */
#include "soak.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 16, WARM_UP = 6 };

soak_shared *shared;
int outcomes;
static document *documents;
static int document_count;

void complain(const char *what, const char *more) {
  if (__atomic_fetch_add(&shared->complaints, 1, __ATOMIC_RELAXED) < 20) printf("  %s: %.300s\n", what, more ? more : "(none)");
}

double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

unsigned draw(worker *self, unsigned below) {
  self->random ^= self->random << 13;
  self->random ^= self->random >> 7;
  self->random ^= self->random << 17;
  return (unsigned)(self->random >> 33) % below;
}

void expect_document(const char *what, char *out) {
  size_t length = out ? strlen(out) : 0;
  if (length < 2 || out[0] != '{' || out[length - 1] != '}') complain("no document", what);
  wabiz_free(out);
}

/* Entries of the corpus file: kind, valid, lengths, and the bytes of document and options or signature. */
static void read_corpus(const char *path) {
  FILE *file = fopen(path, "r");
  char kind;
  int valid;
  unsigned long length, more;
  if (!file) exit(2);
  while (fscanf(file, "%c %d %lu %lu\n", &kind, &valid, &length, &more) == 4) {
    document *next;
    documents = realloc(documents, sizeof *documents * (size_t)(document_count + 1));
    next = &documents[document_count++];
    *next = (document){kind, valid, calloc(1, length + 1), length, calloc(1, more + 1), more};
    if (fread(next->bytes, 1, length, file) != length || fread(next->options, 1, more, file) != more || fgetc(file) != '\n') exit(2);
  }
  fclose(file);
  if (document_count == 0) exit(2);
}

static void feed_message(const document *one) {
  char *out = NULL;
  const char *options = one->more ? one->options : NULL;
  wabiz_status status = wabiz_message_check(one->bytes, options, &out);
  if ((status == WABIZ_OK) != one->valid) complain("check", one->bytes);
  expect_document(one->bytes, out);
  status = wabiz_message_build(one->bytes, options, &out);
  if ((status == WABIZ_OK) != one->valid) complain("build", one->bytes);
  expect_document(one->bytes, out);
}

static void feed_webhook(const document *one, int forged) {
  char *out = NULL;
  wabiz_status status = wabiz_webhook_parse(one->bytes, one->length, &out);
  if (status != WABIZ_OK) complain("parse", out);
  expect_document("parse", out);
  status = wabiz_webhook_receive(one->bytes, one->length, one->options, forged ? "another" : SOAK_SECRET, &out);
  if (status != (forged ? WABIZ_UNAUTHENTIC : WABIZ_OK)) complain("receive", out);
  expect_document("receive", out);
}

static void *work(void *argument) {
  worker *self = argument;
  self->client = open_client(self->faulty, 20000);
  while (now() < self->until) {
    unsigned choice = draw(self, 1000);
    if (choice < 600) {
      const document *one = &documents[draw(self, (unsigned)document_count)];
      if (one->kind == 'W') feed_webhook(one, draw(self, 4) == 0);
      else feed_message(one);
    } else if (choice < 990) {
      send_something(self);
    } else if (choice < 998) {
      wabiz_client_close(self->client);
      self->client = open_client(self->faulty, 20000);
    } else if (now() >= self->next_fork) {
      fork_a_child(self);
      self->next_fork = now() + 0.5; /* a process is dear; every thread makes some */
    }
  }
  wabiz_client_close(self->client);
  return NULL;
}

typedef struct holding {
  long resident_kb, allocated_kb;
  int descriptors, threads;
} holding;

static long status_number(const char *name) {
  char line[256];
  long value = -1;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (strncmp(line, name, strlen(name)) == 0) value = strtol(line + strlen(name), NULL, 10);
  if (file) fclose(file);
  return value;
}

static holding weigh(void) {
  holding found = {0, 0, 0, 0};
  DIR *folder;
  malloc_trim(0); /* what is free counts for nobody */
  folder = opendir("/proc/self/fd");
  while (folder && readdir(folder)) found.descriptors++;
  if (folder) closedir(folder);
  found.resident_kb = status_number("VmRSS:");
  found.threads = (int)status_number("Threads:");
  found.allocated_kb = (long)(mallinfo2().uordblks / 1024);
  return found;
}

static void play_round(worker *workers, double seconds) {
  pthread_t threads[THREADS];
  int i;
  for (i = 0; i < THREADS; i++) {
    workers[i].until = now() + seconds;
    if (pthread_create(&threads[i], NULL, work, &workers[i])) exit(2);
  }
  for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

static int failed, passed;

static void judge(int fits, const char *what, long found, long allowed) {
  if (fits) passed++;
  else failed++, printf("FAILED: %s: %ld, allowed are %ld\n", what, found, allowed);
}

static void prepare(char **arguments, worker *workers) {
  int i;
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  outcomes = open(arguments[6], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (shared == MAP_FAILED || outcomes < 0) exit(2);
  read_corpus(arguments[5]);
  for (i = 0; i < THREADS; i++) {
    workers[i] = (worker){.random = strtoull(arguments[2], NULL, 10) * 1000003 + (unsigned)i + 1, .faulty = atoi(arguments[3]), .sandbox = atoi(arguments[4])};
  }
}

int main(int count, char **arguments) {
  worker workers[THREADS];
  holding before = {0, 0, 0, 0}, after = before;
  int round, most_threads = 1, most_descriptors = 0;
  if (count != 7) return 2;
  prepare(arguments, workers);
  for (round = 0; round < ROUNDS; round++) {
    play_round(workers, atof(arguments[1]) / ROUNDS);
    after = weigh();
    if (round == WARM_UP - 1) before = after;
    if (round >= WARM_UP && after.descriptors > most_descriptors) most_descriptors = after.descriptors;
    if (after.threads > most_threads) most_threads = after.threads;
    printf("round %2d: %6ld KiB resident, %6ld KiB allocated, %d descriptors, %d threads, %ld sends\n", round + 1, after.resident_kb,
           after.allocated_kb, after.descriptors, after.threads, shared->sends);
    fflush(stdout);
  }
  judge(after.allocated_kb - before.allocated_kb <= 64, "KiB allocated grew after the warm-up", after.allocated_kb - before.allocated_kb, 64);
  judge(after.resident_kb - before.resident_kb <= 4096, "KiB resident grew after the warm-up", after.resident_kb - before.resident_kb, 4096);
  judge(most_descriptors <= before.descriptors, "descriptors after the warm-up", most_descriptors, before.descriptors);
  judge(most_threads == 1, "threads between rounds", most_threads, 1);
  judge(shared->complaints == 0, "calls without the right status or document", shared->complaints, 0);
  judge(shared->children > 0, "children that were forked", shared->children, 1);
  judge(shared->sends > 50 * ROUNDS / 16, "sends", shared->sends, 50);
  printf("%d passed, %d failed, %ld sends, %ld children\n", passed, failed, shared->sends, shared->children);
  return failed ? 1 : 0;
}
