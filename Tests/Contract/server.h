/*
 * A server on loopback that can delay, cut, lie and hang up, for the client's tests. It runs in one thread of the test program,
 * listens on a free port, plays one act per request and counts what it was sent.
 */
#ifndef WABIZ_TEST_SERVER_H
#define WABIZ_TEST_SERVER_H

#include <stddef.h>

typedef enum server_act {
  ACT_ANSWER,        /* the text given, then keep the connection */
  ACT_ANSWER_CLOSE,  /* the text given, then close in order, without having said so */
  ACT_CLOSE,         /* read the request, close in order without a byte */
  ACT_RESET,         /* read the request, then reset the connection */
  ACT_SILENCE        /* read the request and never answer */
} server_act;

typedef struct server server;

server *server_start(void);
void server_stop(server *);
int server_port(const server *);

/* Adds an act for the next request that has none yet. With nothing left the last act is played again. */
void server_play(server *, server_act, const char *answer);
/* Forgets acts, counts and the last request; connections stay open. */
void server_forget(server *);

/* Complete requests read, and connections accepted, since the start or server_forget(). */
int server_requests(server *);
int server_connections(server *);
/* Waits until no connection is open; 0 when it takes too long. */
int server_wait_closed(server *);
/* Says something on every open connection that nobody asked for. */
void server_speak_up(server *, const char *text);
/* A copy of the last request, head and body, for free(). */
char *server_last(server *);

/* A port on which nobody listens. */
int server_refused_port(void);

/* Writes a complete HTTP answer around a JSON body into a buffer of its own; the next call overwrites it. */
const char *server_json(int status, const char *body);

#define SERVER_ACCEPTED "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"+15550001234\",\"wa_id\":\"15550001234\"}]," \
                        "\"messages\":[{\"id\":\"wamid.TEST1\",\"message_status\":\"accepted\"}]}"

#endif
