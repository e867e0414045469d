/*
 * Sends message files and prints one JSON line for each: the demonstration's sender in C.
 *
 *     WABIZ_CONFIG='{"access_token":"...",...}' send_samples FILE...
 *
 * Prints {"sample":"<file>","status":"<word>","document":{...}}: a receipt, or the failure. Exit status 0 when every
 * file could be read and handed to the library, whatever became of the message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <wabiz.h>

enum { LARGEST_FILE = 1 << 20 };

/* Reads a whole file as text; NULL when that fails. */
static char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  char *text = file ? malloc(LARGEST_FILE + 1) : NULL;
  size_t length = text ? fread(text, 1, LARGEST_FILE + 1, file) : 0;
  int good = text && !ferror(file) && length <= LARGEST_FILE;

  if (file) fclose(file);
  if (!good) {
    free(text);
    return NULL;
  }
  text[length] = '\0';
  return text;
}

int main(int count, char **paths) {
  wabiz_client *client = NULL;
  char *out = NULL;
  int i, problems = 0;

  if (wabiz_client_open(getenv("WABIZ_CONFIG"), &client, &out) != WABIZ_OK) {
    fprintf(stderr, "%s\n", out ? out : "out of memory");
    wabiz_free(out);
    return 1;
  }
  wabiz_free(out);

  for (i = 1; i < count; i++) {
    char *message = read_file(paths[i]);
    wabiz_status status;
    if (!message) {
      fprintf(stderr, "%s could not be read\n", paths[i]);
      problems++;
      continue;
    }
    status = wabiz_client_send(client, message, NULL, &out);
    /* The driver names its files without characters that JSON would escape. */
    printf("{\"sample\":\"%s\",\"status\":\"%s\",\"document\":%s}\n", paths[i], wabiz_status_name(status), out ? out : "null");
    fflush(stdout);
    wabiz_free(out);
    free(message);
  }

  wabiz_client_close(client);
  return problems ? 1 : 0;
}
