/*
 * Preloaded into a process that uses an outbox: ends it with SIGKILL at the n-th call that makes something last or send something,
 * and so at every point between two steps. KILL_AT names the call, from 1; KILL_TORN=1 lets half of a write through first.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long calls, last, torn;

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("KILL_AT"), *half = getenv("KILL_TORN");
  last = at ? atol(at) : 0;
  torn = half && *half == '1';
}

static int is_due(void) { return last > 0 && __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) == last; }

static void end(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int file) {
  if (is_due()) end();
  return REAL(fsync)(file);
}

int fdatasync(int file) {
  if (is_due()) end();
  return REAL(fdatasync)(file);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  if (is_due()) {
    if (torn && REAL(pwrite64)(file, bytes, count / 2, at) < 0) _exit(3);
    end();
  }
  return REAL(pwrite64)(file, bytes, count, at);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  if (is_due()) {
    if (torn && REAL(pwrite)(file, bytes, count / 2, at) < 0) _exit(3);
    end();
  }
  return REAL(pwrite)(file, bytes, count, at);
}

ssize_t send(int socket, const void *bytes, size_t count, int flags) {
  if (is_due()) {
    if (torn && REAL(send)(socket, bytes, count / 2, flags) < 0) _exit(3);
    end();
  }
  return REAL(send)(socket, bytes, count, flags);
}

ssize_t recv(int socket, void *bytes, size_t count, int flags) {
  if (is_due()) end();
  return REAL(recv)(socket, bytes, count, flags);
}
