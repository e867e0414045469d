/* Jansson for Swift: the calls that are macros or inline in jansson.h, as functions. */
#include <jansson.h>

static inline json_t *wabiz_json_retain(json_t *value) { return json_incref(value); }
static inline void wabiz_json_release(json_t *value) { json_decref(value); }
static inline int wabiz_json_kind(const json_t *value) { return (int)json_typeof(value); }
static inline size_t wabiz_json_precision(int digits) { return JSON_REAL_PRECISION(digits); }
