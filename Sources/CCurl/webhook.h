/* Typed calls of curl_easy_setopt and curl_easy_getinfo for the command's webhook poster: Swift cannot call variadics. */
#ifndef WABIZ_CCURL_WEBHOOK_H
#define WABIZ_CCURL_WEBHOOK_H

#include <curl/curl.h>

static inline CURLcode wabiz_webhook_set_long(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode wabiz_webhook_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode wabiz_webhook_set_headers(CURL *curl, struct curl_slist *headers) {
  return curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
}

/* The body is copied: set its size first. */
static inline CURLcode wabiz_webhook_set_body(CURL *curl, const void *bytes, long length) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, length);
  return code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, (const char *)bytes);
}

static inline CURLcode wabiz_webhook_set_sink(CURL *curl, curl_write_callback write, void *context) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write);
  return code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_WRITEDATA, context);
}

static inline long wabiz_webhook_status(CURL *curl) {
  long status = 0;
  return curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}

#endif
