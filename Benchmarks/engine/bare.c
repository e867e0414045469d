/*
 * Bare libcurl with its best settings, the yardstick: bare MODE URL CA HTTP N MESSAGES, where MODE is "multi" (epoll and
 * curl_multi_socket_action, N in flight), "easy" (one handle, blocking; N is 1) or "threads" (N threads with a handle each).
 */
#include "callers.h"
#include "common.h"

#include <curl/curl.h>
#include <sys/epoll.h>

typedef struct slot {
  CURL *easy;
  char url[256], body[LONGEST_PAYLOAD], answer[LONGEST_ANSWER];
  size_t length;
} slot;

static const char *base, *authority;
static int http2, in_flight;
static long warm_up;

static size_t take(char *bytes, size_t size, size_t count, void *context) {
  slot *mine = context;
  if (mine->length + size * count >= sizeof mine->answer) return 0;
  memcpy(mine->answer + mine->length, bytes, size * count);
  mine->length += size * count;
  return size * count;
}

static size_t header(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes;
  (void)context;
  return size * count;
}

static void prepare(slot *mine) {
  static const char *const lines[] = {"Authorization: Bearer token", "Content-Type: application/json", "Expect:"};
  struct curl_slist *headers = NULL;
  size_t i;
  for (i = 0; i < sizeof lines / sizeof *lines; i++) headers = curl_slist_append(headers, lines[i]);
  if (!(mine->easy = curl_easy_init())) fail("curl_easy_init", NULL);
  curl_easy_setopt(mine->easy, CURLOPT_PROXY, "");
  curl_easy_setopt(mine->easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(mine->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(mine->easy, CURLOPT_HTTP_VERSION, (long)(http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(mine->easy, CURLOPT_PIPEWAIT, (long)http2);
  curl_easy_setopt(mine->easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
  curl_easy_setopt(mine->easy, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(mine->easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
  curl_easy_setopt(mine->easy, CURLOPT_USERAGENT, "bare/1.0");
  curl_easy_setopt(mine->easy, CURLOPT_HEADERFUNCTION, header);
  curl_easy_setopt(mine->easy, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(mine->easy, CURLOPT_WRITEDATA, mine);
  curl_easy_setopt(mine->easy, CURLOPT_PRIVATE, mine);
  curl_easy_setopt(mine->easy, CURLOPT_CAINFO, authority);
  curl_easy_setopt(mine->easy, CURLOPT_CAPATH, NULL); /* else the certificates are parsed again for each connection */
}

static void load(slot *mine, int message) {
  mine->length = 0;
  snprintf(mine->url, sizeof mine->url, "%s/v25.0/%d/messages", base, number_of(message));
  snprintf(mine->body, sizeof mine->body, PAYLOAD, message, message);
  curl_easy_setopt(mine->easy, CURLOPT_URL, mine->url);
  curl_easy_setopt(mine->easy, CURLOPT_POSTFIELDS, mine->body);
}

static void check(CURLcode code, slot *mine) {
  long status = 0;
  curl_easy_getinfo(mine->easy, CURLINFO_RESPONSE_CODE, &status);
  if (code != CURLE_OK || status != 200) fail("bare libcurl:", code == CURLE_OK ? mine->answer : curl_easy_strerror(code));
}

/* ------------------------------------------------------------------ multi */

static CURLM *multi;
static int events;
static double due = -1; /* when curl wants to be called, or -1 */

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *known) {
  struct epoll_event event = {.data.fd = socket};
  (void)easy;
  (void)context;
  if (what == CURL_POLL_REMOVE) return epoll_ctl(events, EPOLL_CTL_DEL, socket, NULL), 0;
  event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
  if (epoll_ctl(events, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event)) fail("epoll_ctl", NULL);
  if (!known) curl_multi_assign(multi, socket, &events);
  return 0;
}

static double monotone(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int on_timer(CURLM *of, long milliseconds, void *context) {
  (void)of;
  (void)context;
  due = milliseconds < 0 ? -1 : monotone() + (double)milliseconds / 1e3;
  return 0;
}

static void open_multi(void) {
  if (!(multi = curl_multi_init()) || (events = epoll_create1(EPOLL_CLOEXEC)) < 0) fail("curl_multi_init", NULL);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)(in_flight > 256 ? in_flight : 256));
  if (http2) {
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)(in_flight + 99) / 100);
  }
}

static void drive(void) {
  struct epoll_event ready[128];
  int running, i, count, wait = -1;
  if (due >= 0) {
    double left = due - monotone();
    wait = left <= 0 ? 0 : (int)(left * 1e3) + 1;
  }
  count = wait == 0 ? 0 : epoll_wait(events, ready, 128, wait);
  if (count <= 0) {
    due = -1;
    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    return;
  }
  for (i = 0; i < count; i++) {
    int what = (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? CURL_CSELECT_IN : 0) | (ready[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
    curl_multi_socket_action(multi, ready[i].data.fd, what, &running);
  }
}

static void run_multi(slot *slots, int first, int messages) {
  int started = 0, finished = 0, left;
  CURLMsg *found;
  while (started < messages && started < in_flight) {
    load(&slots[started], first + started);
    curl_multi_add_handle(multi, slots[started++].easy);
  }
  while (finished < messages) {
    drive();
    while ((found = curl_multi_info_read(multi, &left))) {
      CURL *easy = found->easy_handle;
      CURLcode code = found->data.result;
      slot *mine;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&mine);
      check(code, mine);
      curl_multi_remove_handle(multi, easy);
      finished++;
      if (started == messages) continue;
      load(mine, first + started++);
      curl_multi_add_handle(multi, easy);
    }
  }
}

static void compare_multi(int messages) {
  slot *slots = calloc((size_t)in_flight, sizeof *slots);
  usage before;
  int i;
  if (!slots) fail("memory", NULL);
  for (i = 0; i < in_flight; i++) prepare(&slots[i]);
  open_multi();
  run_multi(slots, 0, (int)warm_up);
  before = read_usage();
  run_multi(slots, (int)warm_up, messages);
  report(messages, before, read_usage());
}

/* --------------------------------------------------------------- blocking */

static void post(slot *mine, int first, int messages) {
  int i;
  for (i = 0; i < messages; i++) {
    load(mine, first + i);
    check(curl_easy_perform(mine->easy), mine);
  }
}

static void *open_slot(void) {
  slot *mine = calloc(1, sizeof *mine);
  if (!mine) fail("memory", NULL);
  prepare(mine);
  return mine;
}

static void post_by(void *handle, int first, int messages) { post(handle, first, messages); }

static void compare_easy(int messages) {
  slot *mine = open_slot();
  usage before;
  post(mine, 0, 100);
  before = read_usage();
  post(mine, 100, messages);
  report(messages, before, read_usage());
}

int main(int count, char **arguments) {
  int messages;
  if (count != 7) fail("usage: bare multi|easy|threads URL CA 1.1|2 N MESSAGES", NULL);
  base = arguments[2];
  authority = arguments[3];
  http2 = !strcmp(arguments[4], "2");
  in_flight = atoi(arguments[5]);
  messages = atoi(arguments[6]);
  warm_up = in_flight < 100 ? 200 : 2 * in_flight;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  if (!strcmp(arguments[1], "multi")) compare_multi(messages);
  else if (!strcmp(arguments[1], "easy")) compare_easy(messages);
  else if (!strcmp(arguments[1], "threads")) compare_callers(in_flight, messages, open_slot, post_by);
  else fail("unknown mode", arguments[1]);
  return 0;
}
