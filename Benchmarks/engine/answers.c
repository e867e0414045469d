/*
 * A plain HTTP server on loopback that answers every POST as Meta does, LOW to HIGH milliseconds after it came, and writes down when
 * each came: a GET is answered with those times in nanoseconds, one a line, which are then forgotten. answers LOW HIGH prints its
 * port and ends when its standard input does. nginx stands in front of it where TLS and HTTP/2 are wanted.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 1 << 16, MOST_SOCKETS = 8192, MOST_POSTS = 1 << 20, LATEST = 1024 };

/* Recipient twice, and a number of its own. */
#define BODY "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"+%s\",\"wa_id\":\"%s\"}],\"messages\":[{\"id\":\"wamid.HBgLMTU1NTAwMDEyMzQVAgARGBI5QTNDQTVCM0Q0%016x\",\"message_status\":\"accepted\"}]}"

/* One connection: what came of its next request, and the next in the list of those that are answered in the same millisecond. */
typedef struct peer {
  char *text;
  size_t length;
  int next, waits, gone;
  char person[32]; /* whom the request that waits is for: digits */
} peer;

static peer peers[MOST_SOCKETS];
static int due[LATEST]; /* by millisecond modulo LATEST: the first connection to answer then, or 0 */
static uint64_t *arrivals;
static size_t posts;
static unsigned low, high;

static void fatal(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void answer_post(int client) {
  static unsigned answered;
  char body[512], answer[1024];
  const char *person = peers[client].person;
  snprintf(body, sizeof body, BODY, person, person, ++answered * 2654435761u); /* in no order, as Meta's */
  snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
  peers[client].waits = 0;
  if (peers[client].gone) close(client);
  else if (send(client, answer, strlen(answer), MSG_NOSIGNAL) < 0) shutdown(client, SHUT_RDWR);
}

static void tell_arrivals(int client) {
  char *text = malloc(posts * 21 + 128);
  size_t length = 0, i, sent = 0;
  if (!text) fatal("memory");
  for (i = 0; i < posts; i++) length += (size_t)sprintf(text + length, "%llu\n", (unsigned long long)arrivals[i]);
  posts = 0;
  dprintf(client, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", length);
  while (sent < length) {
    ssize_t count = send(client, text + sent, length - sent, MSG_NOSIGNAL);
    if (count <= 0) break;
    sent += (size_t)count;
  }
  free(text);
  shutdown(client, SHUT_WR);
}

static void note_person(peer *from, const char *start, const char *end) {
  const char *to = strstr(start, "\"to\":\"+");
  size_t length = to && to < end ? strspn(to + 7, "0123456789") : 0;
  if (length >= sizeof from->person) length = 0;
  if (length) memcpy(from->person, to + 7, length);
  from->person[length] = 0;
}

/* Removes the first request from the buffer and says whether it was complete. */
static int take_request(peer *from, int *is_get) {
  char *end = strstr(from->text, "\r\n\r\n"), *field = end ? strcasestr(from->text, "\r\nContent-Length:") : NULL;
  size_t whole;
  if (!end) return 0;
  whole = (size_t)(end - from->text) + 4 + (field && field < end ? (size_t)strtoul(field + 17, NULL, 10) : 0);
  if (from->length < whole) return 0;
  *is_get = !strncmp(from->text, "GET ", 4);
  note_person(from, end, from->text + whole);
  from->length -= whole;
  memmove(from->text, from->text + whole, from->length + 1);
  return 1;
}

static void serve(int events, int client) {
  peer *from = &peers[client];
  ssize_t got = recv(client, from->text + from->length, LONGEST - from->length, 0);
  uint64_t now = now_ns();
  int is_get;
  if (got <= 0) {
    from->gone = 1;
    if (!from->waits) close(client);
    else epoll_ctl(events, EPOLL_CTL_DEL, client, NULL); /* closed when it leaves its list */
    return;
  }
  from->length += (size_t)got;
  from->text[from->length] = 0;
  while (!from->waits && take_request(from, &is_get)) {
    unsigned wait = low + (high > low ? (unsigned)rand() % (high - low + 1) : 0);
    int *slot = &due[(now / 1000000 + wait) % LATEST];
    if (is_get) {
      tell_arrivals(client);
      continue;
    }
    if (posts < MOST_POSTS) arrivals[posts++] = now;
    if (!wait) {
      answer_post(client);
      continue;
    }
    from->waits = 1;
    from->next = *slot;
    *slot = client;
  }
}

/* Answers all whose time came between two looks at the clock; the later one is not yet over. */
static void answer_due(uint64_t from, uint64_t until) {
  for (; from < until; from++)
    while (due[from % LATEST]) {
      int client = due[from % LATEST];
      due[from % LATEST] = peers[client].next;
      answer_post(client);
    }
}

static void watch(int events, int socket) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
  if (epoll_ctl(events, EPOLL_CTL_ADD, socket, &event) && socket != STDIN_FILENO) fatal("epoll");
}

static void welcome(int events, int listener) {
  int client = accept(listener, NULL, NULL), yes = 1;
  if (client < 0 || client >= MOST_SOCKETS) fatal("accept");
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (!peers[client].text && !(peers[client].text = malloc(LONGEST + 1))) fatal("memory");
  peers[client].length = 0;
  peers[client].waits = peers[client].gone = 0;
  watch(events, client);
}

static int listen_on_loopback(void) {
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024) ||
      getsockname(listener, (struct sockaddr *)&address, &size)) fatal("listen on loopback");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

int main(int count, char **arguments) {
  int listener, events = epoll_create1(0), i;
  struct epoll_event ready[64];
  uint64_t looked = now_ns() / 1000000, now;
  if (count != 3 || !(arrivals = malloc(MOST_POSTS * sizeof *arrivals))) return 2;
  low = (unsigned)atoi(arguments[1]);
  high = (unsigned)atoi(arguments[2]);
  if (high >= LATEST) return 2;
  listener = listen_on_loopback();
  watch(events, listener);
  watch(events, STDIN_FILENO);
  for (;;) {
    count = epoll_wait(events, ready, 64, high ? 1 : -1);
    for (i = 0; i < count; i++) {
      if (ready[i].data.fd == STDIN_FILENO) return 0;
      if (ready[i].data.fd == listener) welcome(events, listener);
      else serve(events, ready[i].data.fd);
    }
    now = now_ns() / 1000000;
    answer_due(looked, now);
    looked = now;
  }
}
