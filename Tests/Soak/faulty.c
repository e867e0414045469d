/*
 * A stand-in for Meta that fails in every way: what a message says ("soak ID ACT") is what happens to it. It counts the posts
 * of each id in a file before it answers, so that killing it loses no count. `faulty PORT RECORD` prints the port it listens on.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "acts.h"

enum { CONNECTIONS = 256, LONGEST = 1 << 16, SLOW_MS = 20 };

typedef struct connection {
  int socket;
  long long due; /* when a slow answer goes out; 0: none waits */
  long id;
  size_t length;
  char request[LONGEST + 1];
} connection;

static connection connections[CONNECTIONS];
static int record;

static void fatal(const char *what) {
  perror(what);
  exit(1);
}

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void hang_up(connection *link, int reset) {
  struct linger now = {1, 0}; /* close() then sends RST in place of FIN */
  if (reset) setsockopt(link->socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(link->socket);
  link->socket = -1;
  link->length = 0;
  link->due = 0;
}

static void say(connection *link, const char *text) {
  if (send(link->socket, text, strlen(text), MSG_NOSIGNAL) < 0) hang_up(link, 0);
}

static void answer(connection *link, int status, const char *body, size_t promised) {
  char text[1024];
  snprintf(text, sizeof text, "HTTP/1.1 %d Said\r\nContent-Type: application/json\r\nContent-Length: %lu\r\n\r\n%s", status,
           (unsigned long)(strlen(body) + promised), body);
  say(link, text);
}

static void accept_message(connection *link, size_t promised) {
  char body[512];
  snprintf(body, sizeof body, "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"+15550001234\",\"wa_id\":\"15550001234\"}],"
           "\"messages\":[{\"id\":\"wamid.SOAK%ld\"}]}", link->id);
  answer(link, 200, body, promised);
}

static void count_post(long id) {
  unsigned char count = 0;
  if (pread(record, &count, 1, id) < 0) fatal("read the record");
  count += count < 255;
  if (pwrite(record, &count, 1, id) != 1) fatal("write the record");
}

static void play(connection *link, act what) {
  switch (what) {
    case ACT_TAKE: accept_message(link, 0); break;
    case ACT_REFUSE:
      answer(link, 400, "{\"error\":{\"message\":\"(#131056) Pair rate limit hit\",\"type\":\"OAuthException\",\"code\":131056,\"fbtrace_id\":\"A\"}}", 0);
      break;
    case ACT_CUT: hang_up(link, 0); break;
    case ACT_RESET: hang_up(link, 1); break;
    case ACT_HALF: accept_message(link, 100), hang_up(link, 0); break;
    case ACT_SLOW: link->due = now_ms() + SLOW_MS; break;
    case ACT_SILENCE: break;
    case ACT_TAKE_AND_CLOSE: accept_message(link, 0), hang_up(link, 0); break;
    case ACT_HTML: answer(link, 200, "<html>Welcome</html>", 0); break;
    default: answer(link, 404, "{}", 0);
  }
}

/* The length of a complete request at the start of the buffer, or 0. */
static size_t complete_request(const connection *link) {
  const char *end = strstr(link->request, "\r\n\r\n"), *field = link->request;
  size_t head, body = 0;
  if (!end) return 0;
  head = (size_t)(end - link->request) + 4;
  while ((field = strstr(field, "\r\n")) != NULL && field < end) {
    field += 2;
    if (strncasecmp(field, "Content-Length:", 15) == 0) body = (size_t)strtoul(field + 15, NULL, 10);
  }
  return link->length >= head + body ? head + body : 0;
}

static void read_from(connection *link) {
  ssize_t got = recv(link->socket, link->request + link->length, LONGEST - link->length, 0);
  size_t length;
  const char *words;
  int what = -1;
  if (got <= 0) {
    hang_up(link, 0);
    return;
  }
  link->length += (size_t)got;
  link->request[link->length] = 0;
  length = complete_request(link);
  if (!length) return;
  words = strstr(link->request, "soak ");
  if (words && sscanf(words, "soak %ld %d", &link->id, &what) == 2) count_post(link->id);
  memmove(link->request, link->request + length, link->length - length + 1);
  link->length -= length;
  play(link, (act)what);
}

static int listen_on(int port) {
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) || bind(listener, (struct sockaddr *)&address, sizeof address) ||
      listen(listener, 64) || getsockname(listener, (struct sockaddr *)&address, &size)) fatal("listen on loopback");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void welcome(int listener) {
  int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC), i;
  for (i = 0; i < CONNECTIONS && connections[i].socket >= 0; i++) {}
  if (socket < 0) return;
  if (i == CONNECTIONS) fatal("more connections than clients");
  connections[i].socket = socket;
}

/* Sends what is due, and says how long nothing else will be. */
static int pause_ms(void) {
  int i, pause = -1;
  for (i = 0; i < CONNECTIONS; i++) {
    long long left = connections[i].due - now_ms();
    if (connections[i].socket < 0 || !connections[i].due) continue;
    if (left <= 0) connections[i].due = 0, accept_message(&connections[i], 0);
    else if (pause < 0 || left < pause) pause = (int)left;
  }
  return pause;
}

int main(int count, char **arguments) {
  struct pollfd fds[CONNECTIONS + 1];
  int i;
  if (count != 3) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* whoever started it may be killed */
  record = open(arguments[2], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (record < 0) fatal(arguments[2]);
  for (i = 0; i < CONNECTIONS; i++) connections[i].socket = -1;
  fds[0].fd = listen_on(atoi(arguments[1]));
  for (;;) {
    int pause = pause_ms();
    for (i = 0; i < CONNECTIONS; i++) fds[i + 1].fd = connections[i].socket;
    for (i = 0; i <= CONNECTIONS; i++) fds[i].events = POLLIN, fds[i].revents = 0;
    if (poll(fds, CONNECTIONS + 1, pause) < 0) continue;
    if (fds[0].revents) welcome(fds[0].fd);
    for (i = 0; i < CONNECTIONS; i++)
      if (fds[i + 1].fd >= 0 && fds[i + 1].revents && connections[i].socket == fds[i + 1].fd) read_from(&connections[i]);
  }
}
