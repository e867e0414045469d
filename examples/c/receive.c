/*
 * Receives WhatsApp webhooks and prints one line per event.
 *
 *     cc receive.c -o receive $(pkg-config --cflags --libs wabiz jansson libmicrohttpd)
 *     WABIZ_APP_SECRET=... WABIZ_VERIFY_TOKEN=... ./receive 8080
 *
 * Put a proxy that speaks TLS in front of it and give Meta that URL. Port 0 takes a free one and prints it.
 */
#include <jansson.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wabiz.h>

enum { LARGEST = 4 << 20 }; /* Meta sends up to 3 MB */

typedef struct request { int begun; char *query, *body, *events; size_t length; } request;

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

/* Called once for the head, then for each piece of the body, then at the end. */
static enum MHD_Result handle(void *unused, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
                              const char *piece, size_t *size, void **state) {
  request *self = *state;
  wabiz_status status;
  (void)unused, (void)path, (void)version;
  if (!self) return MHD_NO;
  if (!self->begun++) return MHD_YES;
  if (*size > 0) {
    char *longer = self->length + *size <= LARGEST ? realloc(self->body, self->length + *size) : NULL;
    if (!longer) return MHD_NO;
    memcpy(longer + self->length, piece, *size);
    self->body = longer, self->length += *size, *size = 0;
    return MHD_YES;
  }
  if (strcmp(method, "GET") == 0) return challenge(connection, self->query ? self->query : "");
  status = wabiz_webhook_receive(self->body ? self->body : "", self->length, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Hub-Signature-256"),
                                 getenv("WABIZ_APP_SECRET"), &self->events);
  return answer(connection, status == WABIZ_OK ? 200 : status == WABIZ_UNAUTHENTIC ? 401 : 400, "");
}

/* Called with the whole URL before anything else: the challenge needs the query as it was sent. */
static void *started(void *unused, const char *url, struct MHD_Connection *connection) {
  request *self = calloc(1, sizeof *self);
  (void)unused, (void)connection;
  if (self && strchr(url, '?')) self->query = strdup(strchr(url, '?') + 1);
  return self;
}

/* Called when the answer is out: Meta is not kept waiting while the events are worked through. */
static void finished(void *unused, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code) {
  request *self = *state;
  json_t *document = self && self->events ? json_loads(self->events, JSON_ALLOW_NUL, NULL) : NULL, *event;
  size_t i;
  (void)unused, (void)connection, (void)code;
  json_array_foreach(json_object_get(document, "events"), i, event) {
    const char *id = text(event, "message_id"), *from = text(event, "from"), *status = text(event, "status"), *said = text(event, "text");
    printf("%s %s %s\n", text(event, "kind"), from ? from : id ? id : "-", status ? status : said ? said : "-");
  }
  fflush(stdout);
  json_decref(document);
  if (self) wabiz_free(self->events), free(self->query), free(self->body), free(self);
}

int main(int count, char **values) {
  unsigned short port = (unsigned short)(count > 1 ? strtoul(values[1], NULL, 10) : 8080);
  struct MHD_Daemon *server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, port, NULL, NULL, handle, NULL, MHD_OPTION_URI_LOG_CALLBACK, started, NULL,
                                               MHD_OPTION_NOTIFY_COMPLETED, finished, NULL, MHD_OPTION_END);
  if (!server) return fprintf(stderr, "port %u is taken or not allowed\n", port), 1;
  printf("listening on http://127.0.0.1:%u/\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  for (;;) pause();
}
