/*
 * libcurl for Swift: its variadic setters and getters, one static inline function per kind of argument, so that the
 * compiler checks what C leaves to memory. Nothing is decided here.
 */
#ifndef WABIZ_CURL_SHIM_H
#define WABIZ_CURL_SHIM_H

#include <curl/curl.h>

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
static inline CURLcode wabiz_curl_set_mime(CURL *easy, curl_mime *value) { return curl_easy_setopt(easy, CURLOPT_MIMEPOST, value); }

/* Only these two schemes. The older, numeric option is the one that libcurl before 7.85 knows, and all later ones too. */
static inline CURLcode wabiz_curl_set_protocols(CURL *easy) {
  CURLcode code = CURLE_OK;
  CURL_IGNORE_DEPRECATION(code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));)
  return code;
}

static inline CURLcode wabiz_curl_get_long(CURL *easy, CURLINFO info, long *value) { return curl_easy_getinfo(easy, info, value); }
static inline CURLcode wabiz_curl_get_text(CURL *easy, CURLINFO info, char **value) { return curl_easy_getinfo(easy, info, value); }

#endif
