/*
 * Preloaded into a process that uses an outbox: ends it with SIGKILL at a point between two calls that make something last or send
 * something. A point is named by what the process does and by the calls before and behind it, as in "step: sync wal > send".
 * KILL_POINT names one and KILL_NTH which time it is passed, from 1; KILL_TORN=1 lets half of the call behind it through first.
 * KILL_LOG is a file that takes the name of every point that is passed. The process says what it does by kill_phase().
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static char phase[32], before[32];
static const char *wanted;
static long passed, nth = 1;
static int torn, list = -1;

__attribute__((constructor)) static void begin(void) {
  const char *number = getenv("KILL_NTH"), *half = getenv("KILL_TORN"), *file = getenv("KILL_LOG");
  wanted = getenv("KILL_POINT");
  if (number) nth = atol(number);
  torn = half && *half == '1';
  if (file) list = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void end(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* True when the process has to end here. */
static int is_due(const char *behind) {
  char name[128];
  int length;
  if (!*phase) return 0;
  length = snprintf(name, sizeof name, "%s: %s > %s\n", phase, before, behind);
  snprintf(before, sizeof before, "%s", behind);
  if (list >= 0 && write(list, name, (size_t)length) < 0) _exit(4);
  name[length - 1] = 0;
  return wanted && !strcmp(wanted, name) && ++passed == nth;
}

/* What the process does from here on; NULL or "": nothing that counts. */
void kill_phase(const char *name) {
  if (is_due("end")) end();
  snprintf(phase, sizeof phase, "%s", name ? name : "");
  snprintf(before, sizeof before, "begin");
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* "write wal", "sync file" and so on. */
static int is_due_on(const char *what, int file) {
  char link[64], path[512], name[32];
  ssize_t length;
  const char *end_of_path;
  if (!*phase) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  length = readlink(link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  end_of_path = strrchr(path, '-');
  snprintf(name, sizeof name, "%s %s", what, end_of_path && !strcmp(end_of_path, "-wal") ? "wal" : end_of_path && !strcmp(end_of_path, "-shm") ? "index" : "file");
  return is_due(name);
}

int fsync(int file) {
  if (is_due_on("sync", file)) end();
  return REAL(fsync)(file);
}

int fdatasync(int file) {
  if (is_due_on("sync", file)) end();
  return REAL(fdatasync)(file);
}

int ftruncate64(int file, off64_t length) {
  if (is_due_on("cut", file)) end();
  return REAL(ftruncate64)(file, length);
}

int unlink(const char *path) {
  if (is_due("remove")) end();
  return REAL(unlink)(path);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  if (is_due_on("write", file)) {
    if (torn && REAL(pwrite64)(file, bytes, count / 2, at) < 0) _exit(3);
    end();
  }
  return REAL(pwrite64)(file, bytes, count, at);
}

ssize_t send(int socket, const void *bytes, size_t count, int flags) {
  if (is_due("send")) {
    if (torn && REAL(send)(socket, bytes, count / 2, flags) < 0) _exit(3);
    end();
  }
  return REAL(send)(socket, bytes, count, flags);
}

/* Only where there is something to take in: how often a process looks is chance. */
ssize_t recv(int socket, void *bytes, size_t count, int flags) {
  char one;
  if (*phase && REAL(recv)(socket, &one, 1, MSG_PEEK | MSG_DONTWAIT) > 0 && is_due("receive")) end();
  return REAL(recv)(socket, bytes, count, flags);
}
