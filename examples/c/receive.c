/*
 * Receives WhatsApp webhooks and prints the events of each as JSON.
 *
 *     cc receive.c -o receive $(pkg-config --cflags --libs wabiz libmicrohttpd)
 *     WABIZ_APP_SECRET=... WABIZ_VERIFY_TOKEN=... ./receive 8080
 *
 * Put a proxy that speaks TLS in front of it and give Meta that URL. Port 0 takes a free one and prints it.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wabiz.h>

enum { LARGEST = 4 << 20 }; /* Meta sends up to 3 MB */
/* The length is that of the whole body; no more than the bound of it is kept. */
typedef struct request { int begun; wabiz_status challenge; size_t length; char body[LARGEST]; } request;

/* Called with the whole URL before it is taken apart: Meta's verification request is judged by its query as it was sent. */
static void *start(void *unused, const char *url, struct MHD_Connection *connection) {
  request *self = malloc(sizeof *self); /* only what is written takes memory */
  const char *query = strchr(url, '?'), *token = getenv("WABIZ_VERIFY_TOKEN");
  (void)unused, (void)connection;
  if (!self) return NULL;
  self->begun = 0, self->length = 0, self->challenge = wabiz_webhook_challenge(query ? query + 1 : "", token, NULL);
  return self;
}

static void finish(void *unused, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code) {
  (void)unused, (void)connection, (void)code;
  free(*state);
}

/* Here to standard output. A real service stores the events and works on them afterwards, once each: see wabiz_seen_check(). */
static int hand_on(const char *events) { return puts(events) >= 0 && fflush(stdout) == 0; }

/* Meta's POST. Whatever is not answered with 200 is repeated for days: 500 only for what could not be handed on. */
static unsigned receive(const request *self, const char *signature) {
  char *out = NULL;
  wabiz_status status = wabiz_webhook_receive(self->body, self->length, signature, getenv("WABIZ_APP_SECRET"), &out);
  unsigned code = status == WABIZ_UNAUTHENTIC ? 401 : status == WABIZ_BAD_JSON ? 400 : 500;
  if (status == WABIZ_OK && hand_on(out)) code = 200;
  wabiz_free(out);
  return code;
}

/* Called once for the head, then for each piece of the body, then at the end. */
static enum MHD_Result handle(void *unused, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *piece, size_t *size, void **state) {
  request *self = *state;
  const char *text = NULL, *signature = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Hub-Signature-256");
  unsigned code = 405;
  (void)unused, (void)path, (void)version;
  if (!self) return MHD_NO; /* no memory */
  if (!self->begun++) return MHD_YES;
  if (*size > 0) {
    if (self->length + *size <= LARGEST) memcpy(self->body + self->length, piece, *size);
    self->length += *size;
    *size = 0;
    return MHD_YES;
  }
  if (strcmp(method, "POST") == 0) code = self->length > LARGEST ? 413 : receive(self, signature);
  if (strcmp(method, "GET") == 0) { /* who knows the verify token gets the challenge back */
    if (self->challenge == WABIZ_OK) text = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "hub.challenge");
    code = text ? 200 : self->challenge == WABIZ_UNAUTHENTIC ? 403 : 400;
  }
  struct MHD_Response *response = MHD_create_response_from_buffer(text ? strlen(text) : 0, (void *)text, MHD_RESPMEM_MUST_COPY);
  enum MHD_Result result = MHD_queue_response(connection, code, response);
  MHD_destroy_response(response);
  return result;
}

int main(int count, char **values) {
  unsigned short port = (unsigned short)(count > 1 ? strtoul(values[1], NULL, 10) : 8080);
  struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon *server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, port, NULL, NULL, handle, NULL,
                                               MHD_OPTION_SOCK_ADDR, &loopback, MHD_OPTION_URI_LOG_CALLBACK, start, NULL,
                                               MHD_OPTION_NOTIFY_COMPLETED, finish, NULL, MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_END);
  if (!server) return fprintf(stderr, "port %u is taken or not allowed\n", port), 1;
  signal(SIGPIPE, SIG_IGN); /* a reader that went away is a failure to hand on, not the end */
  printf("listening on http://127.0.0.1:%u/\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  for (;;) pause();
}
