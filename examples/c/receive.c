/*
 * Receives WhatsApp webhooks and prints one line per event.
 *
 *     cc receive.c -o receive $(pkg-config --cflags --libs wabiz jansson libmicrohttpd)
 *     WABIZ_APP_SECRET=... WABIZ_VERIFY_TOKEN=... ./receive 8080
 *
 * Put a proxy that speaks TLS in front of it and give Meta that URL. Port 0 takes a free one and prints it.
 */
#include <arpa/inet.h>
#include <jansson.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wabiz.h>

enum { LARGEST = 4 << 20 }; /* Meta sends up to 3 MB */

typedef struct request { int begun; char *query, *body; size_t length, found; } request;

static const char *text(const json_t *object, const char *name) { return json_string_value(json_object_get(object, name)); }

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *body) {
  struct MHD_Response *response = MHD_create_response_from_buffer(strlen(body), (void *)body, MHD_RESPMEM_MUST_COPY);
  enum MHD_Result result = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return result;
}

/* Meta's GET when the URL is set: echo the challenge to those who know the token. */
static enum MHD_Result challenge(struct MHD_Connection *connection, const char *query) {
  const char *token = getenv("WABIZ_VERIFY_TOKEN"), *body = "";
  char *out = NULL;
  int status = 500;
  json_t *reply;
  enum MHD_Result result;
  wabiz_webhook_challenge(query, token ? token : "", &out);
  reply = out ? json_loads(out, 0, NULL) : NULL;
  json_unpack(reply, "{s:i, s:s}", "http_status", &status, "body", &body);
  result = answer(connection, (unsigned)status, body);
  json_decref(reply);
  wabiz_free(out);
  return result;
}

/*
 * Hands the events on: here a line each on standard output; a real service stores them and works on them afterwards. Meta
 * delivers some twice: drop those whose key you have seen. False when they could not be handed on.
 */
static int hand_on(const char *events) {
  json_t *document = json_loads(events, JSON_ALLOW_NUL, NULL), *event;
  size_t i;
  if (!document) puts(events); /* numbers that Jansson cannot hold, say: nothing is lost for that */
  json_array_foreach(json_object_get(document, "events"), i, event) {
    const char *id = text(event, "message_id"), *from = text(event, "from"), *status = text(event, "status"), *said = text(event, "text");
    printf("%s %s %s\n", text(event, "kind"), from ? from : id ? id : "-", status ? status : said ? said : "-");
  }
  json_decref(document);
  return fflush(stdout) == 0;
}

/* Meta's POST. Whatever is not answered with 200 is repeated for days: 500 only for what could not be handed on. */
static unsigned receive(const request *self, const char *signature) {
  char *out = NULL;
  wabiz_status status = wabiz_webhook_receive(self->body ? self->body : "", self->length, signature, getenv("WABIZ_APP_SECRET"), &out);
  unsigned code = status == WABIZ_UNAUTHENTIC ? 401 : status == WABIZ_BAD_JSON ? 400 : status == WABIZ_OK && hand_on(out) ? 200 : 500;
  wabiz_free(out);
  return code;
}

/* Called once for the head, then for each piece of the body, then at the end. */
static enum MHD_Result handle(void *unused, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
                              const char *piece, size_t *size, void **state) {
  request *self = *state;
  (void)unused, (void)path, (void)version;
  if (!self) return MHD_NO;
  if (!self->begun++) return MHD_YES;
  if (*size > 0) { /* beyond the bound it is counted only */
    char *longer = (self->found += *size) <= LARGEST ? realloc(self->body, self->length + *size) : NULL;
    if (longer) memcpy(longer + self->length, piece, *size), self->body = longer, self->length += *size;
    *size = 0;
    return MHD_YES;
  }
  if (strcmp(method, "GET") == 0) return challenge(connection, self->query ? self->query : "");
  if (strcmp(method, "POST") != 0) return answer(connection, 405, "");
  if (self->length < self->found) return answer(connection, self->found > LARGEST ? 413 : 500, "");
  return answer(connection, receive(self, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Hub-Signature-256")), "");
}

/* Called with the whole URL before anything else: the challenge needs the query as it was sent. */
static void *started(void *unused, const char *url, struct MHD_Connection *connection) {
  request *self = calloc(1, sizeof *self);
  (void)unused, (void)connection;
  if (self && strchr(url, '?')) self->query = strdup(strchr(url, '?') + 1);
  return self;
}

static void finished(void *unused, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code) {
  request *self = *state;
  (void)unused, (void)connection, (void)code;
  if (self) free(self->query), free(self->body), free(self);
}

int main(int count, char **values) {
  unsigned short port = (unsigned short)(count > 1 ? strtoul(values[1], NULL, 10) : 8080);
  struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon *server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, port, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR, &loopback,
                                               MHD_OPTION_URI_LOG_CALLBACK, started, NULL, MHD_OPTION_NOTIFY_COMPLETED, finished, NULL, MHD_OPTION_END);
  if (!server) return fprintf(stderr, "port %u is taken or not allowed\n", port), 1;
  signal(SIGPIPE, SIG_IGN); /* a reader that went away is a failure to hand on, not the end */
  printf("listening on http://127.0.0.1:%u/\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  for (;;) pause();
}
