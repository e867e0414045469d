/*
 * The loopback server of server.h: one thread, one poll loop, HTTP/1.1 just as far as the client speaks it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 32, MOST_ACTS = 64, LONGEST_REQUEST = 1 << 20 };

typedef struct connection {
  int socket;
  char *request;
  size_t length;
} connection;

struct server {
  int listener, port, wake[2];
  pthread_t thread;
  pthread_mutex_t lock; /* guards everything below */
  struct { server_act act; char *answer; } acts[MOST_ACTS];
  int act_count, next_act, requests, accepted, open;
  char *last;
  connection connections[MOST_CONNECTIONS]; /* the thread's own */
};

static void fatal(const char *what) {
  perror(what);
  exit(99);
}

static int listen_on_loopback(int *port) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64) ||
      getsockname(listener, (struct sockaddr *)&address, &size)) fatal("listen on loopback");
  *port = ntohs(address.sin_port);
  return listener;
}

static void hang_up(server *self, connection *link, int reset) {
  struct linger now;
  now.l_onoff = 1;
  now.l_linger = 0; /* close() then sends RST in place of FIN */
  if (reset) setsockopt(link->socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(link->socket);
  free(link->request);
  link->socket = -1;
  link->request = NULL;
  link->length = 0;
  pthread_mutex_lock(&self->lock);
  self->open--;
  pthread_mutex_unlock(&self->lock);
}

static void say(int socket, const char *text) {
  size_t length = text ? strlen(text) : 0;
  while (length > 0) {
    ssize_t sent = send(socket, text, length, MSG_NOSIGNAL);
    if (sent <= 0) return;
    text += sent;
    length -= (size_t)sent;
  }
}

/* The length of a complete request at the start of the buffer, or 0. */
static size_t complete_request(const char *text, size_t length) {
  const char *end = length ? strstr(text, "\r\n\r\n") : NULL, *field = text;
  size_t head, body = 0;
  if (!end) return 0;
  head = (size_t)(end - text) + 4;
  while ((field = strstr(field, "\r\n")) != NULL && field < end) {
    field += 2;
    if (strncasecmp(field, "Content-Length:", 15) == 0) body = (size_t)strtoul(field + 15, NULL, 10);
  }
  return length >= head + body ? head + body : 0;
}

static void answer(server *self, connection *link, size_t length) {
  server_act act = ACT_SILENCE;
  char *text = NULL;
  pthread_mutex_lock(&self->lock);
  if (self->act_count > 0) {
    int index = self->next_act < self->act_count ? self->next_act++ : self->act_count - 1;
    act = self->acts[index].act;
    text = self->acts[index].answer ? strdup(self->acts[index].answer) : NULL;
  }
  self->requests++;
  free(self->last);
  self->last = strndup(link->request, length);
  pthread_mutex_unlock(&self->lock);

  memmove(link->request, link->request + length, link->length - length + 1);
  link->length -= length;
  if (act == ACT_ANSWER || act == ACT_ANSWER_CLOSE) say(link->socket, text);
  if (act == ACT_ANSWER_CLOSE || act == ACT_CLOSE || act == ACT_RESET) hang_up(self, link, act == ACT_RESET);
  free(text);
}

static void read_from(server *self, connection *link) {
  ssize_t got = recv(link->socket, link->request + link->length, LONGEST_REQUEST - link->length, 0);
  size_t length;
  if (got <= 0) {
    hang_up(self, link, 0);
    return;
  }
  link->length += (size_t)got;
  link->request[link->length] = 0;
  length = complete_request(link->request, link->length);
  if (length) answer(self, link, length);
  else if (strstr(link->request, "Expect: 100-continue")) say(link->socket, "HTTP/1.1 100 Continue\r\n\r\n");
}

static void welcome(server *self) {
  int socket = accept4(self->listener, NULL, NULL, SOCK_CLOEXEC), i;
  if (socket < 0) return;
  for (i = 0; i < MOST_CONNECTIONS && self->connections[i].socket >= 0; i++) {}
  if (i == MOST_CONNECTIONS) {
    close(socket);
    return;
  }
  self->connections[i].socket = socket;
  self->connections[i].length = 0;
  self->connections[i].request = (char *)calloc(1, LONGEST_REQUEST + 1);
  pthread_mutex_lock(&self->lock);
  self->accepted++;
  self->open++;
  pthread_mutex_unlock(&self->lock);
}

static void *serve(void *argument) {
  server *self = (server *)argument;
  for (;;) {
    struct pollfd fds[MOST_CONNECTIONS + 2];
    int i;
    fds[0].fd = self->wake[0];
    fds[1].fd = self->listener;
    for (i = 0; i < MOST_CONNECTIONS; i++) fds[i + 2].fd = self->connections[i].socket;
    for (i = 0; i < MOST_CONNECTIONS + 2; i++) fds[i].events = POLLIN, fds[i].revents = 0;
    if (poll(fds, MOST_CONNECTIONS + 2, -1) < 0) continue;
    if (fds[0].revents) break;
    if (fds[1].revents) welcome(self);
    for (i = 0; i < MOST_CONNECTIONS; i++)
      if (fds[i + 2].revents && self->connections[i].socket == fds[i + 2].fd) read_from(self, &self->connections[i]);
  }
  return NULL;
}

server *server_start(void) {
  server *self = (server *)calloc(1, sizeof *self);
  int i;
  if (!self || pipe(self->wake)) fatal("server");
  for (i = 0; i < MOST_CONNECTIONS; i++) self->connections[i].socket = -1;
  self->listener = listen_on_loopback(&self->port);
  pthread_mutex_init(&self->lock, NULL);
  if (pthread_create(&self->thread, NULL, serve, self)) fatal("server thread");
  return self;
}

void server_stop(server *self) {
  int i;
  if (write(self->wake[1], "x", 1) != 1) fatal("server pipe");
  pthread_join(self->thread, NULL);
  for (i = 0; i < MOST_CONNECTIONS; i++)
    if (self->connections[i].socket >= 0) hang_up(self, &self->connections[i], 0);
  server_forget(self);
  close(self->listener);
  close(self->wake[0]);
  close(self->wake[1]);
  pthread_mutex_destroy(&self->lock);
  free(self);
}

int server_port(const server *self) { return self->port; }

void server_play(server *self, server_act act, const char *answer_text) {
  pthread_mutex_lock(&self->lock);
  if (self->act_count == MOST_ACTS) fatal("too many acts");
  self->acts[self->act_count].act = act;
  self->acts[self->act_count++].answer = answer_text ? strdup(answer_text) : NULL;
  pthread_mutex_unlock(&self->lock);
}

void server_forget(server *self) {
  pthread_mutex_lock(&self->lock);
  while (self->act_count > 0) free(self->acts[--self->act_count].answer);
  self->next_act = self->requests = self->accepted = 0;
  free(self->last);
  self->last = NULL;
  pthread_mutex_unlock(&self->lock);
}

static int read_count(server *self, const int *count) {
  int value;
  pthread_mutex_lock(&self->lock);
  value = *count;
  pthread_mutex_unlock(&self->lock);
  return value;
}

int server_requests(server *self) { return read_count(self, &self->requests); }
int server_connections(server *self) { return read_count(self, &self->accepted); }

int server_wait_closed(server *self) {
  struct timespec pause;
  int tries;
  pause.tv_sec = 0;
  pause.tv_nsec = 5000000;
  for (tries = 0; tries < 24000; tries++) {
    if (read_count(self, &self->open) == 0) return 1;
    nanosleep(&pause, NULL);
  }
  return 0;
}

void server_speak_up(server *self, const char *text) {
  int i;
  /* Sockets are only opened and closed by the server's thread, which has nothing to do while nobody sends. */
  for (i = 0; i < MOST_CONNECTIONS; i++)
    if (self->connections[i].socket >= 0) say(self->connections[i].socket, text);
}

char *server_last(server *self) {
  char *copy;
  pthread_mutex_lock(&self->lock);
  copy = strdup(self->last ? self->last : "");
  pthread_mutex_unlock(&self->lock);
  return copy;
}

int server_refused_port(void) {
  int port;
  close(listen_on_loopback(&port));
  return port;
}

const char *server_json(int status, const char *body) {
  static char text[4096];
  snprintf(text, sizeof text, "HTTP/1.1 %d Said\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %lu\r\n\r\n%s", status,
           (unsigned long)strlen(body), body);
  return text;
}
