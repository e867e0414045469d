/*
 * The least that a server can do, so that what is measured is the client: one thread, epoll, kept connections, the same
 * answer to every POST. Prints its port; ends when its standard input does.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LONGEST = 1 << 16, MOST_SOCKETS = 1024 };

#define BODY "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"+15550001234\",\"wa_id\":\"15550001234\"}],\"messages\":[{\"id\":\"wamid.HBgLMTU1NTAwMDEyMzQVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA\",\"message_status\":\"accepted\"}]}"

static char *requests[MOST_SOCKETS], answer[1024];
static size_t lengths[MOST_SOCKETS];

static void fatal(const char *what) {
  perror(what);
  exit(1);
}

static int listen_on_loopback(void) {
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64) ||
      getsockname(listener, (struct sockaddr *)&address, &size)) fatal("listen on loopback");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

/* The length of a complete request at the start of the buffer, or 0. */
static size_t complete_request(const char *text, size_t length) {
  const char *end = strstr(text, "\r\n\r\n"), *field = end ? strcasestr(text, "\r\nContent-Length:") : NULL;
  size_t whole;
  if (!end) return 0;
  whole = (size_t)(end - text) + 4 + (field && field < end ? (size_t)strtoul(field + 17, NULL, 10) : 0);
  return length >= whole ? whole : 0;
}

static void serve(int client) {
  char *request = requests[client];
  ssize_t got = recv(client, request + lengths[client], LONGEST - lengths[client], 0);
  size_t whole;
  if (got <= 0) {
    close(client);
    return;
  }
  lengths[client] += (size_t)got;
  request[lengths[client]] = 0;
  while ((whole = complete_request(request, lengths[client]))) {
    lengths[client] -= whole;
    memmove(request, request + whole, lengths[client] + 1);
    if (send(client, answer, strlen(answer), MSG_NOSIGNAL) < 0) return;
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
  if (!requests[client] && !(requests[client] = malloc(LONGEST + 1))) fatal("memory");
  lengths[client] = 0;
  watch(events, client);
}

int main(void) {
  int listener = listen_on_loopback(), events = epoll_create1(0), i, count;
  struct epoll_event ready[64];
  snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %lu\r\n\r\n" BODY, (unsigned long)strlen(BODY));
  watch(events, listener);
  watch(events, STDIN_FILENO);
  for (;;) {
    count = epoll_wait(events, ready, 64, -1);
    for (i = 0; i < count; i++) {
      if (ready[i].data.fd == STDIN_FILENO) return 0;
      if (ready[i].data.fd == listener) welcome(events, listener);
      else serve(ready[i].data.fd);
    }
  }
}
