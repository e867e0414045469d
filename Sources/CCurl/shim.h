/*
 * libcurl for Swift: its variadic setters and getters, one static inline function per kind of argument, so that the
 * compiler checks what C leaves to memory; and what its sockets are waited for with, which Swift's Glibc leaves out.
 * Nothing is decided here.
 */
#ifndef WABIZ_CURL_SHIM_H
#define WABIZ_CURL_SHIM_H

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

static inline CURLcode wabiz_curl_set_long(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode wabiz_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) { return curl_easy_setopt(easy, option, value); }
/* libcurl copies the text, but for CURLOPT_POSTFIELDS. NULL puts an option back to "not set". */
static inline CURLcode wabiz_curl_set_text(CURL *easy, CURLoption option, const char *value) { return curl_easy_setopt(easy, option, value); }
/* Kept by libcurl, not copied: it must live until the transfer ends. */
static inline CURLcode wabiz_curl_set_pointer(CURL *easy, CURLoption option, void *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode wabiz_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode wabiz_curl_set_writer(CURL *easy, curl_write_callback value) { return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, value); }
static inline CURLcode wabiz_curl_set_prereq(CURL *easy, curl_prereq_callback value) { return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value); }
static inline CURLcode wabiz_curl_set_opener(CURL *easy, curl_opensocket_callback value) { return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value); }
static inline CURLcode wabiz_curl_set_reader(CURL *easy, curl_read_callback value) { return curl_easy_setopt(easy, CURLOPT_READFUNCTION, value); }
static inline CURLcode wabiz_curl_set_header_taker(CURL *easy, curl_write_callback value) { return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, value); }
static inline CURLcode wabiz_curl_set_closer(CURL *easy, curl_closesocket_callback value) { return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, value); }
static inline CURLcode wabiz_curl_set_mime(CURL *easy, curl_mime *value) { return curl_easy_setopt(easy, CURLOPT_MIMEPOST, value); }

/* Only these two schemes. The older, numeric option is the one that libcurl before 7.85 knows, and all later ones too. */
static inline CURLcode wabiz_curl_set_protocols(CURL *easy) {
  CURLcode code = CURLE_OK;
  CURL_IGNORE_DEPRECATION(code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));)
  return code;
}

static inline CURLcode wabiz_curl_get_long(CURL *easy, CURLINFO info, long *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode wabiz_curl_get_size(CURL *easy, CURLINFO info, curl_off_t *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode wabiz_curl_get_text(CURL *easy, CURLINFO info, char **value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode wabiz_curl_get_pointer(CURL *easy, CURLINFO info, void **value) { return curl_easy_getinfo(easy, info, (char **)value); }

/* Whether this libcurl writes OpenSSL's bytes to the socket itself (7.87 and newer do), as it does all others: without SIGPIPE. */
static inline int wabiz_curl_writes_tls(void) {
  const curl_version_info_data *loaded = curl_version_info(CURLVERSION_NOW);
  return loaded && loaded->version_num >= 0x075700 && loaded->ssl_version && strncmp(loaded->ssl_version, "OpenSSL/", 8) == 0;
}

static inline CURLMcode wabiz_multi_set_long(CURLM *multi, CURLMoption option, long value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode wabiz_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) { return curl_multi_setopt(multi, option, value); }
static inline CURLMcode wabiz_multi_set_watcher(CURLM *multi, curl_socket_callback value) { return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value); }
static inline CURLMcode wabiz_multi_set_timer(CURLM *multi, curl_multi_timer_callback value) { return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value); }

static inline CURLSHcode wabiz_share_sessions(CURLSH *share) { return curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION); }

/* What epoll hands back beside the events: the descriptor that it was given. */
static inline int wabiz_epoll_set(int epoll, int operation, int descriptor, unsigned events) {
  struct epoll_event event;
  event.events = events;
  event.data.u64 = 0;
  event.data.fd = descriptor;
  return epoll_ctl(epoll, operation, descriptor, &event);
}
/* The version that is loaded, as 0x080701 for 8.7.1. */
static inline unsigned wabiz_curl_version(void) { return curl_version_info(CURLVERSION_NOW)->version_num; }

/* The local port of a socket; 0 when it has none. */
static inline int wabiz_local_port(int socket) {
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  if (getsockname(socket, (struct sockaddr *)&address, &size) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&address)->sin_port);
  return address.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&address)->sin6_port) : 0;
}

static inline int wabiz_epoll_descriptor(const struct epoll_event *event) { return event->data.fd; }
static inline unsigned wabiz_epoll_events(const struct epoll_event *event) { return event->events; }

#endif
