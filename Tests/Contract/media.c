/*
 * The chapter "media": files to memory and to disk, what stands under a file's name when something went wrong, a full disk, uploads
 * and deletes, and the arguments that may be NULL.
 */
#include "sender.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define BODY "made-up media bytes"
#define HASH "f893dd0adf9e89629ef929f6a5352bbefee8d3113124b234fcdf4ba74dc295f0"
#define BASE64 "+JPdCt+eiWKe+Sn2pTUrvv7o0xExJLI0/N9Lp03ClfA="

/* The call writes to &out; the status is there before the document is looked at. */
#define FAILS(call, expected) \
  do { \
    char *out = untouched(); \
    wabiz_status status = (call); \
    CHECK_FAILURE(status, out, expected); \
  } while (0)

static char folder[] = "/tmp/wabiz-media-XXXXXX", path[64], part[96], to_path[160];

static void play_metadata(const char *hash, size_t size) {
  char document[512];
  snprintf(document, sizeof document, "{\"messaging_product\":\"whatsapp\",\"url\":\"http://127.0.0.1:%d/m?mid=7\",\"mime_type\":\"image/jpeg\","
           "\"sha256\":\"%s\",\"file_size\":\"%lu\",\"id\":\"7\"}", server_port(meta), hash, (unsigned long)size);
  server_play(meta, ACT_ANSWER, server_json(200, document));
}

static const char *bytes_of(const char *file) {
  static char text[256];
  FILE *stream = fopen(file, "rb");
  size_t length = stream ? fread(text, 1, sizeof text - 1, stream) : 0;
  if (!stream) return NULL;
  fclose(stream);
  text[length] = 0;
  return text;
}

static void write_to(const char *file, const char *text) {
  FILE *stream = fopen(file, "wb");
  CHECK(stream && fwrite(text, 1, strlen(text), stream) == strlen(text));
  if (stream) fclose(stream);
}

/* Downloads to the path and expects this status; the document belongs to the caller. */
static json_t *downloads(wabiz_client *client, const char *media, const char *options, wabiz_status expected) {
  char *out = untouched();
  wabiz_status status = wabiz_media_download(client, media, options, NULL, NULL, &out);
  CHECK_STATUS(status, expected);
  if (status != expected) printf("  %s\n", out ? out : "(none)");
  CHECK(out && !strstr(out, TOKEN));
  return take(out);
}

TEST(to_memory) {
  wabiz_client *client = open_client("");
  char *data = untouched(), *out = untouched();
  size_t length = 99;
  json_t *document;
  play_metadata(HASH, strlen(BODY));
  server_play(meta, ACT_ANSWER, server_json(200, BODY));
  CHECK_STATUS(wabiz_media_download(client, "{\"id\":\"7\",\"sha256\":\"" BASE64 "\"}", NULL, &data, &length, &out), WABIZ_OK);
  CHECK_TEXT(data, BODY);
  CHECK_NUMBER(length, strlen(BODY));
  wabiz_free(data);
  document = take(out);
  CHECK_TEXT(text_at(document, "sha256"), HASH);
  CHECK(json_is_true(at(document, "verified")));
  CHECK_NUMBER(json_integer_value(at(document, "size")), strlen(BODY));
  json_decref(document);

  server_forget(meta);
  play_metadata("00" HASH, strlen(BODY) + 1); /* a hash that is none is passed over; the size is wrong */
  server_play(meta, ACT_ANSWER, server_json(200, BODY));
  data = untouched();
  length = 99;
  FAILS(wabiz_media_download(client, "7", NULL, &data, &length, &out), WABIZ_UNAUTHENTIC);
  CHECK(data == NULL && length == 0);
  wabiz_client_close(client);
}

TEST(to_a_path) {
  wabiz_client *client = open_client("");
  struct stat about;
  json_t *document;
  char *data = untouched();
  size_t length = 99;
  write_to(path, "old");
  play_metadata(HASH, strlen(BODY));
  server_play(meta, ACT_ANSWER, server_json(200, BODY));
  document = downloads(client, "7", to_path, WABIZ_OK);
  CHECK_TEXT(text_at(document, "path"), path);
  json_decref(document);
  CHECK_TEXT(bytes_of(path), BODY);
  CHECK(stat(path, &about) == 0 && (about.st_mode & 0777) == 0600);
  CHECK(access(part, F_OK) != 0);
  server_forget(meta);
  play_metadata(HASH, strlen(BODY));
  server_play(meta, ACT_ANSWER, server_json(200, BODY));
  CHECK_STATUS(wabiz_media_download(client, "7", to_path, &data, &length, NULL), WABIZ_OK);
  CHECK(data == NULL && length == 0);
  wabiz_client_close(client);
}

TEST(what_stood_there_stays) {
  wabiz_client *client = open_client("");
  write_to(path, "old");
  play_metadata("0000000000000000000000000000000000000000000000000000000000000000", strlen(BODY));
  server_play(meta, ACT_ANSWER, server_json(200, BODY));
  json_decref(downloads(client, "7", to_path, WABIZ_UNAUTHENTIC));
  CHECK_TEXT(bytes_of(path), "old");
  CHECK(access(part, F_OK) != 0);

  server_forget(meta);
  play_metadata(HASH, strlen(BODY));
  server_play(meta, ACT_ANSWER_CLOSE, "HTTP/1.1 200 Said\r\nContent-Length: 19\r\n\r\nmade-up");
  json_decref(downloads(client, "7", to_path, WABIZ_UNREACHABLE));
  CHECK_TEXT(bytes_of(path), "old");
  CHECK_TEXT(bytes_of(part), "made-up");

  server_forget(meta);
  play_metadata(HASH, strlen(BODY));
  server_play(meta, ACT_ANSWER, "HTTP/1.1 206 Said\r\nContent-Range: bytes 7-18/19\r\nContent-Length: 12\r\n\r\n media bytes");
  json_decref(downloads(client, "7", to_path, WABIZ_OK));
  CHECK_TEXT(bytes_of(path), BODY);
  wabiz_client_close(client);
}

/* A limit on the size of files stands in for a full disk: writing fails in the middle. */
TEST(a_full_disk) {
  wabiz_client *client = open_client("");
  struct rlimit before, small;
  json_t *document;
  write_to(path, "old");
  play_metadata(HASH, strlen(BODY));
  server_play(meta, ACT_ANSWER, server_json(200, BODY));
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 7;
  setrlimit(RLIMIT_FSIZE, &small);
  document = downloads(client, "7", to_path, WABIZ_STORAGE);
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK_TEXT(text_at(document, "error.retry"), "backoff");
  json_decref(document);
  CHECK_TEXT(bytes_of(path), "old");
  wabiz_client_close(client);
}

TEST(uploads_and_deletes) {
  wabiz_client *client = open_client("");
  char options[160], *out = untouched(), *request;
  json_t *document;
  server_play(meta, ACT_ANSWER, server_json(200, "{\"id\":\"991\"}"));
  CHECK_STATUS(wabiz_media_upload(client, BODY, strlen(BODY), "{\"type\":\"text/plain\"}", &out), WABIZ_OK);
  document = take(out);
  CHECK_TEXT(text_at(document, "id"), "991");
  CHECK_TEXT(text_at(document, "sha256"), HASH);
  json_decref(document);
  request = server_last(meta);
  CHECK(strstr(request, "POST /v25.0/100200300/media HTTP/1.1\r\n") == request && strstr(request, "\r\n\r\n" BODY "\r\n"));
  free(request);

  write_to(path, BODY);
  snprintf(options, sizeof options, "{\"path\":\"%s\",\"type\":\"text/plain\"}", path);
  out = untouched();
  CHECK_STATUS(wabiz_media_upload(client, NULL, 0, options, &out), WABIZ_OK);
  json_decref(take(out));
  FAILS(wabiz_media_upload(client, BODY, 1, options, &out), WABIZ_BAD_ARGUMENT);
  FAILS(wabiz_media_upload(client, NULL, 0, "{\"type\":\"text/plain\"}", &out), WABIZ_INVALID);
  FAILS(wabiz_media_upload(client, NULL, 5, NULL, &out), WABIZ_BAD_ARGUMENT);
  CHECK_NUMBER(server_requests(meta), 2);

  server_forget(meta);
  server_play(meta, ACT_ANSWER, server_json(200, "{\"success\":true}"));
  server_play(meta, ACT_RESET, NULL);
  out = untouched();
  CHECK_STATUS(wabiz_media_delete(client, "991", &out), WABIZ_OK);
  document = take(out);
  CHECK(json_is_true(at(document, "deleted")));
  json_decref(document);
  FAILS(wabiz_media_delete(client, "991", &out), WABIZ_UNCERTAIN);
  wabiz_client_close(client);
}

TEST(null_is_an_answer) {
  wabiz_client *client = open_client("");
  char *data = untouched();
  size_t length = 99;
  FAILS(wabiz_media_info(NULL, "7", &out), WABIZ_BAD_ARGUMENT);
  FAILS(wabiz_media_info(client, NULL, &out), WABIZ_BAD_ARGUMENT);
  FAILS(wabiz_media_download(NULL, "7", NULL, &data, &length, &out), WABIZ_BAD_ARGUMENT);
  CHECK(data == NULL && length == 0);
  FAILS(wabiz_media_download(client, "7", NULL, NULL, NULL, &out), WABIZ_BAD_ARGUMENT);
  FAILS(wabiz_media_download(client, "7", NULL, &data, NULL, &out), WABIZ_BAD_ARGUMENT);
  FAILS(wabiz_media_download(client, NULL, to_path, NULL, NULL, &out), WABIZ_BAD_ARGUMENT);
  FAILS(wabiz_media_download(client, "7", "{", NULL, NULL, &out), WABIZ_BAD_JSON);
  FAILS(wabiz_media_upload(NULL, BODY, 1, NULL, &out), WABIZ_BAD_ARGUMENT);
  FAILS(wabiz_media_delete(NULL, "7", &out), WABIZ_BAD_ARGUMENT);
  FAILS(wabiz_media_delete(client, "{\"url\":\"https://lookaside.fbsbx.com/a\"}", &out), WABIZ_BAD_ARGUMENT);
  CHECK_STATUS(wabiz_media_delete(client, "", NULL), WABIZ_BAD_ARGUMENT);
  CHECK_NUMBER(server_requests(meta), 0);
  wabiz_client_close(client);
}

int main(void) {
  if (!mkdtemp(folder)) return perror(folder), 99;
  snprintf(path, sizeof path, "%s/photo.jpg", folder);
  snprintf(part, sizeof part, "%s.part", path);
  snprintf(to_path, sizeof to_path, "{\"path\":\"%s\"}", path);
  meta = server_start();
  RUN(to_memory);
  RUN(to_a_path);
  RUN(what_stood_there_stays);
  RUN(a_full_disk);
  RUN(uploads_and_deletes);
  RUN(null_is_an_answer);
  server_stop(meta);
  unlink(part);
  unlink(path);
  rmdir(folder);
  FINISH("media");
}
