/*
 * wabiz.h - WhatsApp Business messages and webhooks for any Linux service.
 *
 * Build, check and send WhatsApp Business messages; verify and read webhooks. JSON goes in, JSON comes out.
 * This header is the contract and the manual. Link with -lwabiz (pkg-config: wabiz).
 *
 * TEXT. Every `const char *` is NUL-terminated UTF-8. Every document is one JSON object. Where a length stands
 *   beside a pointer, the bytes need no terminator and may hold anything.
 *
 * RESULTS. Every function that returns a wabiz_status takes `char **out` last. `out` may be NULL: then only the
 *   status is returned. Otherwise *out is always set: to a NUL-terminated JSON document that you own and give to
 *   wabiz_free(), or to NULL when there was no memory for it (WABIZ_NO_MEMORY). A negative status comes with a
 *   failure document, except WABIZ_INVALID from wabiz_message_check(), which comes with its report:
 *
 *     {"error":{"code":"invalid","message":"what to do","retry":"after_fix","issues":[...]}}
 *
 *   `code` is wabiz_status_name() of the status. `retry` is the verdict: "never", "after_fix" (change something
 *   first), "backoff" (again, with growing pauses), "wait_window" (once a stated condition holds) or "uncertain"
 *   (the message may have gone out: repeating it may duplicate it). With WABIZ_REFUSED, "graph" holds Meta's own
 *   error: {"code":131056,"name":"Pair rate limit hit","http_status":400,"details":"...","fbtrace_id":"..."}.
 *
 * OPTIONS. `options` is NULL or a JSON object:
 *     "api"              "cloud" (default), "on_premises" or "marketing_messages"
 *     "unknown_members"  "warn" (default) or "error": what a member that the rules do not know is worth
 *     "now"              Unix seconds; stands in for the clock
 *     "templates"        template definitions, as Meta's GET /{waba_id}/message_templates returns them (its whole
 *                        answer, or the array in "data"). A template message is then held against its definition
 *                        too: name, language, number and kind of the values, header, buttons, cards. Ask Meta for
 *                        name, language, status, category, parameter_format and components; more does no harm.
 *     "template_category"  "authentication", "marketing" or "utility": what the template is for, when no definition
 *                        says so. Authentication templates have rules of their own.
 *
 * OWNERSHIP. What you pass in stays yours and is not kept. What comes out in *out is yours. A handle is yours
 *   until you close it.
 *
 * THREADS. Functions without a handle may be called from any thread at any time. A handle serves one thread at a
 *   time; handles share nothing. The library starts no thread of its own (libcurl may start a short one to look
 *   up a name) and calls nothing back.
 *
 * FORK. After fork() a handle of the parent answers WABIZ_FORKED in the child; open a new one there. Closing an
 *   inherited handle in the child frees memory only and leaves the parent's connections alone.
 *
 * SIGNALS. The library installs no handler and raises no signal.
 *
 * LIMITS. A JSON document may be up to 64 MiB long and 2048 levels deep. Numbers in what you send must fit 64-bit
 *   integers or doubles, and strings must not hold \u0000; webhooks may hold anything that is JSON.
 *
 * VERSIONS. Status numbers are never reused and functions never change their meaning. Members may be added to any
 *   document: ignore those you do not know.
 */
#ifndef WABIZ_H
#define WABIZ_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WABIZ_VERSION_MAJOR 0
#define WABIZ_VERSION_MINOR 1
#define WABIZ_VERSION_PATCH 0
#define WABIZ_VERSION "0.1.0"

/* 0 and above is no error. */
typedef enum wabiz_status {
  WABIZ_IDLE = 1,          /* nothing to do and nothing to hand out */
  WABIZ_OK = 0,
  WABIZ_BAD_ARGUMENT = -1, /* a NULL that is not allowed, an unknown option, a bad configuration */
  WABIZ_BAD_JSON = -2,     /* the text is not JSON; the failure names line, column and byte */
  WABIZ_INVALID = -3,      /* Meta would refuse the message; every issue is listed */
  WABIZ_UNAUTHENTIC = -4,  /* the signature or the verify token does not match */
  WABIZ_REFUSED = -5,      /* Meta answered with an error; the document carries the verdict */
  WABIZ_UNREACHABLE = -6,  /* the request did not leave: safe to send again */
  WABIZ_UNCERTAIN = -7,    /* it left and no answer came back: sending again may duplicate */
  WABIZ_STORAGE = -8,      /* the database or a file could not be read or written */
  WABIZ_FORKED = -9,       /* the handle belongs to the parent process: open a new one */
  WABIZ_NO_MEMORY = -10,   /* there was no memory for the document */
  WABIZ_FULL = -11,        /* a bound is reached: the queue's, or "max_bytes" of a download */
  WABIZ_NOT_FOUND = -12,   /* no such table, ticket, row or key */
  WABIZ_CONFLICT = -13,    /* the key is taken by a different message */
  WABIZ_BLOCKED = -14,     /* stop list, closed window, repeated content */
  WABIZ_CANCELLED = -15
} wabiz_status;

/* ---------------------------------------------------------------- library */

/* The version of the library that is loaded, as WABIZ_VERSION. Never NULL; do not free it. */
const char *wabiz_version(void);

/* The word for a status: "ok", "idle", "invalid", ... and "unknown" for any other number. Never NULL; do not free it. */
const char *wabiz_status_name(wabiz_status status);

/*
 * A table of the library's knowledge as JSON: "messages" (every type, its members, limits and rules), "limits"
 * (number, unit and source of each), "webhooks" (every kind of event) or "errors" (every Graph error code with its
 * verdict). WABIZ_NOT_FOUND for any other name.
 */
wabiz_status wabiz_describe(const char *table, char **out);

/* Frees a document, or the bytes of a download. NULL may be freed. Do not use free(3): the allocator may differ. */
void wabiz_free(char *text);

/* --------------------------------------------------------------- messages */

/*
 * Checks a message and writes the payload as it is posted to Meta.
 *
 * `message` is a complete payload in Meta's own form, which is written as it stands, or a short form:
 *
 *     {"to":"+15550001234","text":"Hello *Ada*"}
 *     {"to":"...","image":"https://example.com/a.jpg","caption":"..."}     a link when it holds ":" or "/", else a media id;
 *                                                  also "audio", "video", "document" (with "filename"), "sticker"
 *     {"to":"...","location":{"latitude":48.2,"longitude":16.4,"name":"Shop"}}
 *     {"to":"...","reaction":"\ud83d\udc4d","message_id":"wamid..."}       "" takes the reaction back
 *     {"to":"...","template":"order_shipped","language":"en_US","body":["Ada","#42"],
 *      "header":{"image":"..."},"buttons":["payload"]}
 *          a body of named values: {"customer":"Ada"}. A button is a text (the payload of a quick reply) or one of {"url":"suffix"},
 *          {"copy_code":"SAVE20"}, {"catalog":"product"}, {"mpm":{...}}, {"flow":"token"}, {"voice_call":{"ttl_minutes":60}},
 *          {"order_details":{...}}, at its own position or at "index". "cards":[{"header":{"image":"..."},"body":["..."],
 *          "buttons":["..."]}] is a carousel; "limited_time_offer":<milliseconds>, "tap_target":{"url":"...","title":"..."} and
 *          "order_status":{...} are those components.
 *     {"to":"...","contacts":[{"name":{"formatted_name":"Ada","first_name":"Ada"},"phones":[{"phone":"+15550009999"}]}]}
 *     {"read":"wamid...","typing":true}
 *   Interactive messages have a "body", a "footer" and a "header" (a text, or {"image":"..."} and its kin) where Meta takes
 *   them, and one member that says what can be tapped:
 *     {"to":"...","body":"Ready?","buttons":[{"id":"yes","title":"Yes"},{"id":"no","title":"No"}],"footer":"..."}
 *     {"to":"...","body":"Pick one","button":"Menu","rows":[{"id":"1","title":"One"}]}   or "sections":[{"title":"...","rows":[...]}]
 *     {"to":"...","body":"Our hours","link":"https://example.com/hours","button":"Open"}
 *     {"to":"...","body":"Book a table","flow":"987654","button":"Book","screen":"WELCOME","data":{...},"token":"..."}
 *                                                                             digits are the flow's id, other texts its name
 *     {"to":"...","body":"This one?","catalog_id":"1112","product":"pot-12"}
 *     {"to":"...","header":"Pots","body":"Ours","catalog_id":"1112","sections":[{"title":"...","product_items":[...]}]}
 *     {"to":"...","body":"All we sell","catalog":"pot-12"}                    the product that is shown; true: any
 *     {"to":"...","body":"Talk to us","call":"Call now","ttl_minutes":60}
 *     {"to":"...","body":"Where are you?","request":"location"}               or "contact", or "call" for the permission to call
 *     {"to":"...","body":"Where shall we deliver?","address":"IN","values":{"city":"Pune"}}    and "validation_errors", "saved_addresses"
 *     {"to":"...","body":"New pots","cards":[{"header":{"image":"..."},"body":"Blue","button":"Buy","link":"https://..."},...]}
 *                               or cards with "buttons", or {"product":"pot-12"} with "catalog_id" beside "cards" or in each
 *     {"to":"...","body":"Your order","order_details":{...}}                  and "order_status": Meta's own "parameters"
 *   To a group: {"group":"<its id>","text":"Gate 4"} in place of "to", and {"group":"...","pin":"wamid...","days":7}, or "unpin".
 *     "reply_to":"wamid..." on any of them quotes a message; "tag":"..." comes back in status webhooks
 *                                                             (at most 512 characters, Cloud API)
 *
 * Returns WABIZ_OK and the payload; WABIZ_INVALID and a failure with every issue; WABIZ_BAD_JSON; WABIZ_BAD_ARGUMENT.
 * An issue is {"severity":"error","path":"/text/body","code":"too_long","rule":"text.body","limit":4096,
 * "unit":"characters","found":5000,"message":"..."}: `path` is a JSON Pointer into the message as you wrote it.
 * Where it is known, "graph_code" is the code that Meta would report: {"code":"too_few","rule":"template.definition",
 * "limit":2,"found":1,"graph_code":132000,...} for a template with too few values.
 * Warnings never refuse; wabiz_message_check() shows them.
 */
wabiz_status wabiz_message_build(const char *message, const char *options, char **out);

/*
 * Checks a message and writes a report: {"valid":true,"type":"text","issues":[]}, warnings included. `type` is null
 * when it cannot be told. Returns WABIZ_OK when valid and WABIZ_INVALID when not, both with the report; WABIZ_BAD_JSON
 * or WABIZ_BAD_ARGUMENT with a failure.
 */
wabiz_status wabiz_message_check(const char *message, const char *options, char **out);

/* --------------------------------------------------------------- webhooks */

/*
 * Answers Meta's GET verification request. `query` is the raw query string of the URL, percent-encoded, with the names
 * hub.mode, hub.challenge and hub.verify_token (hub_mode, ... are understood too). `verify_token` is what you typed in
 * the app dashboard; blank refuses everything. Tokens are compared in constant time.
 *
 * Writes what to answer: {"http_status":200,"body":"<the challenge>"}. On mismatch WABIZ_UNAUTHENTIC with
 * {"http_status":403,"body":"","error":{...}}; WABIZ_BAD_ARGUMENT with "http_status":400 when a part is missing.
 */
wabiz_status wabiz_webhook_challenge(const char *query, const char *verify_token, char **out);

/*
 * Verifies a POST notification, then reads it. `body` holds the raw bytes as received: verify before any parser touches
 * them. `signature` is the value of the header X-Hub-Signature-256 (NULL when missing). `secrets` is the app secret, or
 * several separated by newlines while one is being rotated; NULL or all blank refuses everything.
 *
 * Writes {"events":[...]}, one event per item of the batch, in order:
 *
 *     {"kind":"message","key":"wamid...","waba_id":"...","phone_number_id":"...","timestamp":1767225600,
 *      "from":"15557654321","type":"text","text":"Hello there","payload":{...}}
 *
 *   kind       what came. Of the field "messages": "message", "status", "error" and "user_action". Of fields that hold
 *              items: "message_echo", "history", "call", "call_status", "user_preference", "standby_message", ... Of
 *              fields whose value is one item, the field's name: "account_update", "flows", ... What the library does
 *              not know yet is "unknown". Never answer "history" (old messages) and "standby_message" (another app
 *              answers those).
 *   key        the same for a repeated delivery, so that wabiz_seen_check() can tell it; null for kind "error", where
 *              every delivery counts.
 *   payload    the item as Meta sent it. Nothing of a body is dropped.
 *   timestamp  Unix seconds: when it happened, or when the notification was sent where the item has no time of its own.
 *              Where both are known the second is "entry_time".
 *   field      the webhook field, of all events but known items of "messages".
 *   member     of kind "unknown": under which name it stood beside known items.
 *
 * The other members are conveniences, absent where they do not apply. Of messages: `text` (what the person said: body,
 * caption, button title), `reply_id`, `reply_title`, `media`, `location`, `reaction`, `contacts`, `order`,
 * `flow_response` (a flow's answers, read from their text), `context_id` (the message it answers), `referral`,
 * `original_message_id` (of an edit or a deletion), `system`. Of statuses: `status`, `message_id`, `recipient_id`,
 * `tag`, `pricing`, `conversation`, `payment`. Of both: `errors`, each with `name` and the verdict `retry`, and
 * `contact`, matched by user id, then by phone number. wabiz_describe("webhooks") lists every kind and member.
 *
 * A body as Meta sends it (3 MB, 1000 items, thousands of old messages) takes at most six times its length in memory.
 *
 * WABIZ_OK. WABIZ_UNAUTHENTIC: answer 401 and drop it; the message says so when the body was parsed and written again
 * on its way. WABIZ_BAD_JSON: no JSON object, or one whose events would need more than 256 MiB.
 */
wabiz_status wabiz_webhook_receive(const void *body, size_t length, const char *signature,
                                   const char *secrets, char **out);

/*
 * The same without verification, for bytes that were verified before (a queue, an archive) or carry no signature
 * (On-Premises).
 */
wabiz_status wabiz_webhook_parse(const void *body, size_t length, char **out);

/*
 * Signs bytes as Meta does, for tests and relays: {"signature":"sha256=<64 hex digits>"}. WABIZ_BAD_ARGUMENT when
 * `secret` is NULL or blank.
 */
wabiz_status wabiz_webhook_sign(const void *body, size_t length, const char *secret, char **out);

/* ------------------------------------------------------------------ flows */

/*
 * The data endpoint of flows: Meta posts what a person entered, encrypted, and shows what you answer. This verifies the
 * request as wabiz_webhook_receive() does, then opens it. `body` holds the raw bytes of the POST. `key_pem` is your RSA
 * private key as PEM text; `passphrase` opens it, NULL when it is not encrypted. Both are used where they lie: nothing
 * of them is kept or written anywhere.
 *
 * Writes {"kind":"request","request":{...},"session":"..."}.
 *   kind     "request": compose an answer. "health_check", or "error" (Meta reports that an answer of yours did not
 *            fit): the answer is there already, as `answer`.
 *   request  Meta's document: version, action, screen, data, flow_token.
 *   session  goes to wabiz_flow_encrypt() with the answer. It holds the one-time key of this request: keep it in
 *            memory, log and store it nowhere, and answer with it once.
 *
 * A failure names the "http_status" to answer with, beside "error":
 *   432  WABIZ_UNAUTHENTIC: not signed with the app secret.
 *   421  WABIZ_UNAUTHENTIC: cannot be decrypted with this key; Meta fetches your public key again and tries once more.
 *        WABIZ_BAD_JSON: the request is no JSON. WABIZ_BAD_ARGUMENT: your key cannot be read; the message says why.
 *   427  WABIZ_UNAUTHENTIC: its "flow_token_signature" is not Meta's. Meta switches the flow's button off.
 *
 * When you yourself do not take the flow token (any more), answer with status 427 too, and with {"error_msg":"..."}
 * encrypted as the body.
 */
wabiz_status wabiz_flow_receive(const void *body, size_t length, const char *signature, const char *secrets,
                                const char *key_pem, const char *passphrase, char **out);

/*
 * The same without verification, for bytes that were verified before. Do not use it on anything else: whoever has your
 * public key can write such a request.
 */
wabiz_status wabiz_flow_decrypt(const void *body, size_t length, const char *key_pem, const char *passphrase,
                                char **out);

/*
 * Encrypts the answer to a request: {"http_status":200,"content_type":"text/plain","body":"..."}. `session` is that of
 * the request. `response` is a JSON object, such as {"screen":"NEXT","data":{}}; it is encrypted byte for byte.
 * WABIZ_BAD_ARGUMENT when `session` is none or the response no object; WABIZ_BAD_JSON.
 */
wabiz_status wabiz_flow_encrypt(const char *session, const char *response, char **out);

/*
 * Decrypts a file that a person uploaded in a flow. `media` is the file's JSON object in the request's "data"; `file`
 * and `length` are what a download of its "cdn_url" gave. `plain` is memory of yours for `length` bytes that does not
 * overlap `file`.
 *
 * Writes {"size":17,"file_name":"...","media_id":"..."}; the first "size" bytes at `plain` are the file then.
 * WABIZ_UNAUTHENTIC when the file is not the one that `media` describes, WABIZ_BAD_ARGUMENT or WABIZ_BAD_JSON when
 * `media` describes none; `plain` holds zeros then.
 */
wabiz_status wabiz_flow_media_decrypt(const char *media, const void *file, size_t length, void *plain, char **out);

/* ------------------------------------------------------------------- seen */

/*
 * A store of the keys of events that you have handled: Meta delivers some events again, for up to 7 days.
 *
 * Ask wabiz_seen_check() which events are new, handle those, then wabiz_seen_mark() them. A crash between the two
 * repeats an event and never loses one.
 */
typedef struct wabiz_seen wabiz_seen;

/*
 * Opens a store. `config` is NULL (keys in memory, forgotten on close) or a JSON object; every member is optional:
 *     "path"             an SQLite file, made when missing, readable by its owner only. Several processes may share it
 *     "keep_seconds"     1..31536000, default 604800 (7 days): how long a key is kept
 *     "max_keys"         1..1000000000, default 1000000; beyond it the oldest go first. A key takes about 100 bytes
 *     "busy_timeout_ms"  0..600000, default 5000: how long to wait while another process writes
 *
 * On WABIZ_OK *seen is the handle and *out is {"storage":"file","keep_seconds":604800,"max_keys":1000000}, where
 * "storage" may be "memory"; otherwise *seen is NULL and *out the failure, WABIZ_STORAGE when the file cannot be used.
 * Close it with wabiz_seen_close().
 */
wabiz_status wabiz_seen_open(const char *config, wabiz_seen **seen, char **out);

/* Closes a store. NULL may be closed. */
void wabiz_seen_close(wabiz_seen *seen);

/*
 * Tells which events are new, and notes nothing: {"new":[0,2],"repeated":[1]}, the positions of the events, from 0.
 * `events` is the document that wabiz_webhook_receive() wrote, or {"keys":["...",null]}. An event without a key is
 * always new; of several with the same key the first is. `options` is NULL or {"now":<Unix seconds>}, which stands in
 * for the clock.
 */
wabiz_status wabiz_seen_check(wabiz_seen *seen, const char *events, const char *options, char **out);

/*
 * Notes events as handled, all of them or none: {"marked":2,"forgotten":0}. "marked" counts the keys that were not
 * there yet, "forgotten" the older ones that had to go before their time because of "max_keys". Arguments as in
 * wabiz_seen_check().
 *
 * With a file, the keys are in it when the call returns; a power cut may take the last of them back, and their events
 * are then new once more. WABIZ_STORAGE with "retry":"backoff" when another process kept the file locked.
 */
wabiz_status wabiz_seen_mark(wabiz_seen *seen, const char *events, const char *options, char **out);

/* ----------------------------------------------------------------- client */

/*
 * A client sends over kept-alive connections, many messages at once. It has no thread: it works while you are in wabiz_client_send(),
 * wabiz_client_step() or wabiz_client_drain(), and whatever is under way goes on in each of them.
 */
typedef struct wabiz_client wabiz_client;

/*
 * Opens a client. No connection is made yet. `config` is a JSON object; everything but the first two is optional:
 *     "access_token"        bearer token; required, but where "user" logs in (on_premises), and where a "base_url" other than Meta's takes
 *                           a key in "headers"
 *     "phone_number_id"     the sender's id, digits; required for "cloud"
 *     "api"                 "cloud" (default) or "on_premises"
 *     "api_version"         Graph version, default "v25.0"
 *     "base_url"            default "https://graph.facebook.com"; required for "on_premises". Plain http only to loopback
 *     "app_secret"          adds appsecret_proof to every call
 *     "user", "password"    on_premises: log in for a token in place of "access_token", and again when it ends; "new_password" is
 *                           what the password is changed to when the first login asks for that. One login serves all that waits; one
 *                           that fails counts as an attempt of every message that waits for it
 *     "headers"             object of further request headers, names to strings: the key of a partner, say. Values are kept as secret as
 *                           the token
 *     "user_agent"          default "wabiz/<version>"
 *   The wire:
 *     "connect_timeout_ms"  1..600000, default 10000
 *     "timeout_ms"          1..600000, default 30000, one whole request
 *     "low_speed_seconds"   0..600, default 0: never. A transfer in which nothing moves for so long ends; libcurl looks at the last
 *                           5 seconds and takes that much longer
 *     "http"                "auto" (default), "1.1" or "2"; "auto" is "1.1", which takes the least time per message. Over plain http,
 *                           through an https proxy, and with a server that knows no other, always 1.1
 *     "proxy"               URL of a proxy, http, https or socks5, with the name and password that it wants; "" uses none whatever the
 *                           environment says. What it refuses with a 4xx is not tried again, but for 408 and 429
 *     "ca_file"             PEM file of trusted certificates in place of the system's. TLS is always verified
 *     "client_certificate", "client_key", "client_key_passphrase"   PEM files, for servers that ask who is calling
 *   The queue:
 *     "max_in_flight"       1..1000, default 64: requests under way at once
 *     "max_queued"          1..10000000, default 4096: messages submitted and not finished, those under way among them
 *     "max_attempts"        1..100, default 4; 1 never sends again
 *     "deadline_ms"         1..2592000000, default 60000, from the submit: no attempt begins after it
 *     "resend_uncertain"    default false; true sends again what may have gone out: recipients may get it twice
 *   The pace, kept per number:
 *     "messages_per_second" 0..1000, default 80 (on_premises 70); 20 is right for numbers shared with the Business app; 0 is no pace
 *     "pair_interval_ms"    0..600000, default 6000: messages to one recipient, once the burst is used up; 0 switches the rule off.
 *                           Off by default on_premises
 *     "pair_burst"          1..1000, default 45: messages to one recipient without a pause
 *   Seeing inside:
 *     "log"                 a descriptor of yours that gets one JSON line per request and decision, made of numbers and words of this
 *                           library alone: no secret, text or phone number. It is never waited for: a line for which there is no room
 *                           is left out. "event" is "request", "retry", "pair_wait", "outcome" (of what did not succeed), "pace" or "login":
 *                           {"time_ms":1767225600123,"event":"request","ticket":7,"attempt":1,"phone_number_id":"...","result":"ok",
 *                           "http_status":200,"ms":61.204}
 *
 * On WABIZ_OK *client is the handle and *out is {"api":"cloud","base_url":"..."}; otherwise *client is NULL and *out
 * the failure. Close it with wabiz_client_close(). The token never shows in any document.
 */
wabiz_status wabiz_client_open(const char *config, wabiz_client **client, char **out);

/*
 * Closes a client and its connections at once. NULL may be closed. What is queued is dropped, what is under way is cut, and outcomes
 * that were not collected are lost: call wabiz_client_drain() first where they matter.
 */
void wabiz_client_close(wabiz_client *client);

/*
 * Checks, posts and waits until the outcome is known. `message` as in wabiz_message_build(); a status=read message marks the inbound
 * message as read. `options` as in wabiz_message_build(), where `api` is the client's, and
 *     "tag"               any JSON value; comes back in the outcome as you wrote it
 *     "account"           {"phone_number_id":"...","access_token":"...","app_secret":"..."}: sends by another number of the same
 *                         "base_url", with a pace of its own. What is left out is the client's; "app_secret":null is none
 *     "deadline_ms", "max_attempts", "resend_uncertain"   for this message, as in the config
 *
 * Keeps to the pace, and sends again after failures that a repeat can mend: WABIZ_UNREACHABLE, and WABIZ_REFUSED with the verdict
 * "backoff", with growing pauses, until "max_attempts" or "deadline_ms" is reached. A failure that might duplicate the message is
 * repeated only with "resend_uncertain", any other never. Meta's maintenance (131057, 2494100) takes about a minute: the next attempt
 * comes no earlier, so only with a longer "deadline_ms" than the default; the pace of the number drops meanwhile. Every attempt that
 * reached Meta counts for the pair rule. Takes at most "deadline_ms" and the "timeout_ms" of the last attempt.
 * Outcomes of submitted messages that come in meanwhile wait for the next wabiz_client_step().
 *
 * WABIZ_OK with a receipt: {"message_id":"wamid...","wa_id":"15550001234","message_status":"accepted","http_status":200}.
 *   Accepted is not delivered: statuses come by webhook.
 * WABIZ_INVALID, WABIZ_BAD_JSON, WABIZ_BAD_ARGUMENT: nothing was sent.
 * WABIZ_REFUSED: Meta answered with an error; "retry" tells what to do, "graph" is Meta's error.
 * WABIZ_UNREACHABLE: the request did not leave, or not before its deadline; send it again when you like.
 * WABIZ_UNCERTAIN: it left, in this or an earlier attempt, and no complete answer came back.
 * WABIZ_FULL: "max_queued" messages wait already. WABIZ_CANCELLED: the client was drained.
 */
wabiz_status wabiz_client_send(wabiz_client *client, const char *message, const char *options, char **out);

/*
 * Checks a message and queues it, without waiting: {"ticket":7}. `message` and `options` as in wabiz_client_send(). Tickets count up from
 * 1 and every ticket gets exactly one outcome, from wabiz_client_step() or wabiz_client_drain().
 *
 * WABIZ_INVALID, WABIZ_BAD_JSON, WABIZ_BAD_ARGUMENT, WABIZ_FULL (step, and submit again), WABIZ_CANCELLED (drained): not queued.
 */
wabiz_status wabiz_client_submit(wabiz_client *client, const char *message, const char *options, char **out);

/*
 * Drives everything that is under way and hands out what is finished, as soon as there is one outcome:
 *
 *     {"outcomes":[{"ticket":7,"tag":"row 12","attempts":1,"receipt":{...}},{"ticket":8,"attempts":4,"error":{...}}]}
 *
 * `receipt` and `error` are what wabiz_client_send() would have written; `tag` is there when you gave one; `attempts` counts the
 * requests that were begun. Outcomes come in the order in which they became known, not of the tickets. `timeout_ms` is how long to
 * wait at most: 0 never waits, -1 waits until there is something.
 *
 * WABIZ_OK; WABIZ_IDLE with an empty list when nothing is queued or under way. A signal ends the wait early, with WABIZ_OK and maybe an
 * empty list, so that your handler's work gets its turn.
 */
wabiz_status wabiz_client_step(wabiz_client *client, int timeout_ms, char **out);

/*
 * Takes a message back: {"ticket":7,"cancelled":true}. Its outcome still comes: WABIZ_CANCELLED in words, {"code":"cancelled"}, when it
 * never left, {"code":"uncertain"} when it had left. WABIZ_NOT_FOUND when there is no such ticket or its outcome is known already.
 */
wabiz_status wabiz_client_cancel(wabiz_client *client, unsigned long long ticket, char **out);

/*
 * Ends in order: takes no more messages (send and submit answer WABIZ_CANCELLED from then on), waits at most `timeout_ms` (-1: as long
 * as it takes) for what is queued and under way, cuts the rest, and hands out every outcome that was not collected yet, as
 * wabiz_client_step() does. What was cut is "uncertain" when it had left, else "cancelled". A signal does not end the wait.
 * WABIZ_OK, or WABIZ_IDLE with an empty list.
 */
wabiz_status wabiz_client_drain(wabiz_client *client, int timeout_ms, char **out);

/*
 * A descriptor that becomes readable when wabiz_client_step(client, 0, ...) has something to do: for poll, epoll, libuv or asyncio. It is
 * the same for the life of the client, which owns it: do not read it, write it or close it. It may be readable while there is
 * nothing to hand out, and stays readable while outcomes wait. -1 when `client` is NULL or of the parent process, or without a
 * descriptor to be had.
 */
int wabiz_client_descriptor(wabiz_client *client);

/*
 * What the client has done and is doing: counts of messages sent, accepted, refused (by code), unreachable, uncertain, cancelled and
 * retried, bytes and connections, "latency_ms" of answered requests, what is "queued", "in_flight" and "waiting", and for every number
 * how fast it may send now and why:
 *
 *     {"sent":1200,"accepted":1180,...,"queued":35,"in_flight":8,"waiting":2,"numbers":[{"phone_number_id":"...","limit":80,...}]}
 */
wabiz_status wabiz_client_stats(wabiz_client *client, char **out);

/*
 * On-Premises: looks up phone numbers and waits. `contacts` is a JSON array of 1 to 10000 numbers in any usual notation. `options` is NULL
 * or an object:
 *     "blocking"     "wait" (default): until every number is looked up; "no_wait": some may be "processing"
 *     "force_check"  default false; true asks WhatsApp even where the On-Premises client remembers the answer (for 7 days)
 *
 * WABIZ_OK with {"contacts":[{"input":"+1 631 555 1001","status":"valid","wa_id":"16315551001"}],"http_status":200}: in the client's order;
 *   `status` is "valid", "invalid", "processing" or "failed", `wa_id` is there when it is known. Since version 2.39 of the On-Premises
 *   client no look-up is needed before a message; since 2.43 everybody is "valid". Numbers that look up more than they send get banned.
 * WABIZ_REFUSED, WABIZ_UNREACHABLE (asking again does no harm), WABIZ_BAD_ARGUMENT (also for a "cloud" client), WABIZ_BAD_JSON.
 */
wabiz_status wabiz_client_contacts(wabiz_client *client, const char *contacts, const char *options, char **out);

/*
 * On-Premises: asks how the client is and waits: {"healthy":true,"nodes":[{"gateway_status":"connected"}],"http_status":200}. In a cluster
 * every node has a "name" (host:container) and a "role". `gateway_status` is "connected" or "connecting", both of which are healthy,
 * "disconnected", "uninitialized" or "unregistered". Failures as above.
 */
wabiz_status wabiz_client_health(wabiz_client *client, char **out);

/* ------------------------------------------------------------------ media */

/*
 * Files of messages. `media` is a media id, or a media object of a webhook as it came (an event's "media"):
 * {"id":"...","sha256":"...","mime_type":"...","url":"..."}. The On-Premises API is served too, but for
 * wabiz_media_info(), which it does not have (WABIZ_BAD_ARGUMENT).
 *
 * TOKEN. The access token goes to "base_url" and, over https, to the host that Meta's answer names, and nowhere else.
 *   The "url" of a media object is used only when it leads to "base_url" or to Meta's media host; otherwise the id is
 *   looked up. A redirect is followed over https, at most 3 times, and without the token. When "base_url" is on
 *   loopback, plain http to loopback will do.
 *
 * TIMES. A media URL lives 5 minutes, a media id of a webhook 7 days, that of an upload 30 days. The option
 *   "timeout_ms", 1..86400000, default 600000, bounds the whole transfer. A transfer in which nothing moves for the
 *   client's own "timeout_ms" ends earlier.
 *
 * PROGRESS. The option "progress_fd" is a descriptor of yours, such as a pipe that another thread or an event loop
 *   reads. Each step of at least 64 KiB and 1 % writes one line to it: {"done":65536,"total":303833}, where `total` is
 *   null when nobody knows it. The library never waits for it: a line for which there is no room is left out. The
 *   descriptor stays yours and stays open.
 */

/*
 * Writes what Meta knows of a file:
 * {"id":"...","url":"...","mime_type":"image/jpeg","file_size":303833,"sha256":"<hex>","http_status":200}.
 */
wabiz_status wabiz_media_info(wabiz_client *client, const char *media, char **out);

/*
 * Downloads a file and checks its size and SHA-256 against what Meta and the media object say. `options` is NULL or a
 * JSON object:
 *     "path"         where the file goes; without it, to memory
 *     "max_bytes"    1..2147483647, default 104857600 (100 MiB); a larger file is WABIZ_FULL
 *     "timeout_ms", "progress_fd"    see above
 *
 * To a path: the bytes go to "<path>.part" beside it (mode 0600, locked) and to the disk; once they are checked, the
 * part takes the name in one step. Until then whatever stands at `path` stays as it was. A download that broke off
 * leaves its part: call again with the same path, and it goes on from there, with a new URL, when the hash is known
 * and the server can send the rest of a file. Folders are not made.
 * To memory: *data is set to the bytes, with a NUL behind them, and *length to their number; give *data to wabiz_free().
 * With "path", and on failure, they are set to NULL and 0. Both pointers may be NULL when there is a "path".
 *
 * WABIZ_OK with {"id":"...","path":"...","mime_type":"image/jpeg","size":303833,"sha256":"<hex>","verified":true,
 *   "resumed_from":0,"http_status":200}. `verified` is false only when nobody named a hash (On-Premises, by id alone).
 * WABIZ_UNREACHABLE: no complete file came. WABIZ_UNAUTHENTIC: size or hash are wrong, and the bytes were thrown away.
 * WABIZ_FULL: larger than "max_bytes". WABIZ_STORAGE: the file cannot be written. WABIZ_REFUSED: Meta has no such file,
 * or said no for another reason. Never WABIZ_UNCERTAIN: calling again does no harm.
 */
wabiz_status wabiz_media_download(wabiz_client *client, const char *media, const char *options, char **data,
                                  size_t *length, char **out);

/*
 * Uploads a file, to be sent by its id within 30 days. The bytes are at `data`, or in the file that "path" names; then
 * `data` is NULL and `length` 0. `options` is NULL or a JSON object:
 *     "path"         the file; it is streamed
 *     "type"         its MIME type; by default what the ending of its name stands for
 *     "kind"         what it will be sent as: "audio", "document", "image", "sticker" or "video"; by default from type
 *     "filename"     by default the last part of the path
 *     "ttl_minutes"  60..43200, for numbers with the No Storage option (Cloud API)
 *     "timeout_ms", "progress_fd"    see above
 *
 * Type and size are checked first, against wabiz_describe("limits"). WABIZ_INVALID lists every issue as for messages,
 * and nothing was sent; `unit` is "bytes", and `path` points into the options ("" is the file). Where Meta does not say
 * whether 1 MB is 1000000 or 1048576 bytes, sizes between the two are warnings only.
 *
 * WABIZ_OK with {"id":"...","type":"image/jpeg","kind":"image","filename":"a.jpg","size":303833,"sha256":"<hex>",
 *   "http_status":200} and, when there are warnings, "issues".
 * WABIZ_STORAGE: the file cannot be read. WABIZ_REFUSED and WABIZ_UNREACHABLE as for messages. WABIZ_UNCERTAIN: it
 * left, and no answer came back; uploading again does no harm, but may leave a second copy that nobody is sent.
 */
wabiz_status wabiz_media_upload(wabiz_client *client, const void *data, size_t length, const char *options, char **out);

/* Deletes a file from Meta's servers: {"deleted":true,"id":"..."}. After WABIZ_UNCERTAIN call again: it does no harm. */
wabiz_status wabiz_media_delete(wabiz_client *client, const char *media, char **out);

/* ----------------------------------------------------------------- outbox */

/*
 * An outbox keeps messages in an SQLite file until it is known what became of them: put() stores, apply() takes in what webhooks tell.
 * Several processes on one machine may share the file; each opens its own handle. Keep the file on a local disk.
 *
 * STATES of a row:
 *     queued      to be sent, now, at "next_at", or after the row before it in its sequence
 *     sending     recorded as begun before the first byte goes out; held by one process at a time
 *     accepted    Meta took it ("held":true while it waits for Meta's quality assessment)
 *     sent, delivered, read    by webhook; states only move forward, in whatever order webhooks come, and "failed" gives way to "delivered"
 *     failed      it will not be tried again; "error" says why
 *     cancelled   taken back before it went out           expired    its time was over before it went out
 *     blocked     stop list, closed window, or a sequence that stopped
 *     uncertain   it may have gone out: no answer came, its process died, or Meta's code leaves it open. A webhook settles it
 *
 * GUARANTEED. When put() returns WABIZ_OK the rows are on the disk and survive a crash of the process and, where the disk keeps its
 *   word, a power cut; the same for what apply() took in. A row is never sent by two processes at once, never again once it may have
 *   gone out, unless you chose "resend" or call retry(): "resends" then counts it. A row of a sequence never overtakes the one before.
 * NOT GUARANTEED. That Meta delivers what it accepted. That a webhook comes: without it a row stays "accepted", or "uncertain".
 *   The order of rows outside of a sequence. That "resend" sends once: Meta has no idempotency key.
 *
 * OUR ID. With the Cloud API each row carries its id in biz_opaque_callback_data, and comes back with it in webhooks: that is how a
 *   row without an answer is found. A tag of yours ("tag", or biz_opaque_callback_data of the message) is kept in the row and given
 *   back beside it. On-Premises has no such member: there rows are found by message id alone.
 *
 * RESULTS. WABIZ_STORAGE names the "reason" beside "message": "full" (the disk), "read_only", "corrupt", "busy" (another process
 *   kept the file locked; "retry" is "backoff"), "foreign" (a file of something else), "newer" (written by a newer library) or "io".
 *   Nothing of the call was stored then, and what was stored before stays.
 */
typedef struct wabiz_outbox wabiz_outbox;

/*
 * Opens an outbox. `config` is a JSON object:
 *     "path"                       the file; made when missing, readable by its owner only. Required
 *     "api"                        "cloud" (default) or "on_premises"
 *     "phone_number_id"            the number that rows are sent from; required for "cloud". A file may hold rows of several numbers
 *     "uncertain"                  what becomes of an uncertain row that no webhook settles in "uncertain_seconds": "report" (default; it
 *                                  stays uncertain, and its sequence takes it as failed), "resend" (queued again: it may go out twice)
 *                                  or "wait" (for a webhook, without end; refused for "on_premises")
 *     "uncertain_seconds"          0..2592000, default 900
 *     "marketing_seconds"          when Meta holds back a marketing message for a person's sake (131049, On-Premises 1026): the pauses
 *                                  before it is tried again, up to 16 of 1..31536000; default [86400,172800,345600]. Then it fails
 *     "window"                     "check" (default) refuses free-form messages to people whose 24 hours are known to be over; "ignore"
 *     "repeat_seconds"             0..31536000, default 0 (off): the same content to the same person is refused for so long after the
 *                                  last one, unless that failed, expired or was cancelled
 *     "expire_seconds"             1..31536000, default 2592000 (30 days): "expires_at" of rows without one; 600 for authentication
 *     "after"                      "delivered" (default), "sent" or "read": what the next row of a sequence waits for
 *     "sequence_timeout_seconds"   1..31536000, default 86400: how long after Meta took the row before; then it counts as failed
 *     "sequence_failure"           "stop" (default: what waits in the sequence is blocked) or "skip" (the next one goes)
 *     "retention_seconds"          0..31536000, default 2592000: how long prune() keeps rows at which nothing is left to do
 *     "key_retention_seconds"      0..315360000, default 2592000: how much longer it keeps their keys
 *     "lease_seconds"              5..3600, default 60: how long a process that gives no sign of life still holds its rows
 *     "busy_timeout_ms"            0..600000, default 5000: how long to wait for another process that writes
 *     "now"                        Unix seconds; stands in for the clock as long as the handle is open. For tests
 *
 * The file is checked for damage. On WABIZ_OK *outbox is the handle and *out is {"schema":3,"rows":17}; otherwise *outbox is NULL
 * and *out the failure. Close it with wabiz_outbox_close().
 */
wabiz_status wabiz_outbox_open(const char *config, wabiz_outbox **outbox, char **out);

/* Closes an outbox. Rows stay. NULL may be closed. */
void wabiz_outbox_close(wabiz_outbox *outbox);

/*
 * Checks a message as wabiz_message_build() does and stores it: {"id":"...","state":"queued","new":true}. `options` are those of
 * wabiz_message_build() and
 *     "key"           1..256 bytes of yours that make it idempotent: the same key and message again change nothing and answer with
 *                     the row as it stands and "new":false. A different message under the key is WABIZ_CONFLICT; compared are account,
 *                     api and payload, not how the JSON is spaced or ordered. Keys outlive their rows
 *     "tag"           any JSON up to 64 KiB, given back with the row; without it biz_opaque_callback_data of the message
 *     "send_at"       Unix seconds: not before. Default: at once
 *     "expires_at"    Unix seconds: no attempt begins then or later
 *     "priority"      0 (first), 1 or 2; default by category: authentication 0, utility and free-form 1, marketing 2
 *     "sequence"      1..256 bytes of yours: its rows go out one after another in the order in which they were put
 *     "after", "sequence_timeout_seconds", "sequence_failure"    of this row, as in the configuration
 *     "fallback"      a template message for the same person, sent in place of a free-form one when the window is closed
 *     "phone_number_id"    of this row, as in the configuration
 * `template_category` (or the definition in "templates") tells marketing templates, which the stop list is for.
 *
 * {"messages":[...]} stores many in one transaction and answers {"rows":[...]}, one entry each in the same order. An element is a
 * message, or {"message":{...}, ...} with options of its own, which outweigh those of the call. A blocked element is not stored, and
 * its entry is {"error":{...}}; anything else that is wrong with any refuses all. Paths of issues begin with "/messages/<n>".
 *
 * "warnings":[{"code":"window_unknown","message":"..."}] stands beside a free-form message to a person of whom nothing was heard.
 * WABIZ_BLOCKED: the person is on the stop list, the window is closed, or the content was just sent; "reason" beside "message" is "stopped",
 *   "window_closed" or "repeated". WABIZ_INVALID, WABIZ_BAD_JSON, WABIZ_BAD_ARGUMENT (also for a mark as read, which is not stored),
 *   WABIZ_CONFLICT, WABIZ_STORAGE. Nothing was stored.
 */
wabiz_status wabiz_outbox_put(wabiz_outbox *outbox, const char *message, const char *options, char **out);

/*
 * Sends what is due through `client`: of the number of its account, as many at once as its "max_in_flight", by its pace and its pair rule,
 * authentication first, then utility and free-form, then marketing. It takes only rows that the client can send at once, or within 50 ms: the
 * others stay `queued`. It records each as `sending` before the first byte goes out, and what became of it after; what a step begins and what it finished is one transaction each. A loss is judged by Meta's code and tried again, with growing pauses, for as
 * long as the row lives: no connection, throttling, and what is wrong with the account (token, payment, lock). Nothing is tried again that
 * may have gone out. The client's "max_attempts" and "resend_uncertain" are not used.
 *
 * Waits at most `timeout_ms` for an outcome (negative: until there is one; 0: not at all) and hands out {"outcomes":[<row>,...]}: rows, as
 * wabiz_outbox_get() writes them without `message`, that were accepted, or ended otherwise. An outcome is a word between the two of you: what
 * counts stands in the file, and a process that dies between has lost it. It returns early with an empty list after a signal, and
 * when the client has something for wabiz_client_step(), whose outcomes it leaves alone.
 *
 * WABIZ_OK; WABIZ_IDLE with an empty list when nothing is queued for this number, now or later, nothing is under way, and no time runs (that
 * of an uncertain row, or the patience of a sequence); WABIZ_BAD_ARGUMENT;
 * WABIZ_STORAGE: call again, nothing that came back is forgotten. Rows of a process that died are taken over when its lease ends, and are
 * uncertain then. Step regularly while rows are under way, at least every "lease_seconds" / 2.
 */
wabiz_status wabiz_outbox_step(wabiz_outbox *outbox, wabiz_client *client, int timeout_ms, char **out);

/*
 * As wabiz_outbox_step(), but begins nothing: for the end of a process. WABIZ_OK while something is under way, WABIZ_IDLE once nothing is.
 * Call it until then or for as long as you care, then close the outbox, and the client after it: rows that are still under way are uncertain
 * afterwards, because nobody is left to hear their answers. The next wabiz_outbox_step() begins rows again.
 */
wabiz_status wabiz_outbox_drain(wabiz_outbox *outbox, wabiz_client *client, int timeout_ms, char **out);

/*
 * A descriptor for poll, epoll and their kin: readable when wabiz_outbox_step() or wabiz_client_step() has something to do, also by time. What another process
 * puts is noticed within a second. It may be readable with nothing to hand out. It belongs to the outbox and is good until the
 * outbox or the client is closed; -1 for NULL, after fork() and when there are no descriptors left.
 */
int wabiz_outbox_descriptor(wabiz_outbox *outbox, wabiz_client *client);

/*
 * Takes in events as wabiz_webhook_receive() wrote them, in one transaction; answer Meta with 200 after it. Statuses move rows on,
 * found by our id, then by message id. Messages and calls of a person open the window of 24 hours; "user_preference" puts the person on
 * the stop list of the number, or takes them off; "user_id_update" and a "system" message that tells of a new number or user id carry both
 * over to it. 131049 and 1026 queue the row again (see "marketing_seconds"), 131050 stops the person,
 * 131047 and 470 (window closed) send the fallback, if there is one. Repeated events change nothing.
 *
 * {"moved":2,"unknown":1,"rows":[{"event":0,"id":"...","key":"...","tag":...,"state":"delivered","moved":true}]}: `unknown` counts statuses of messages
 * that are not the outbox's, or not yet: they are kept for 24 hours and tried again when an answer brings their message id. `rows` names
 * the row of each status that has one, by the number of the event from 0, and rows that moved along with it ("event":null).
 */
wabiz_status wabiz_outbox_apply(wabiz_outbox *outbox, const char *events, char **out);

/*
 * The row of an id: {"id":"...","key":"...","tag":...,"state":"sent","to":"...","type":"template","category":"utility","api":"cloud","phone_number_id":"...",
 * "priority":1,"attempts":1,"put_at":1767225600,"next_at":...,"expires_at":...,"sequence":"...","message_id":"wamid...","wa_id":"...",
 * "times":{"accepted":...,"sent":...},"error":{...},"repeats":0,"resends":0,"message":{...}}: what does not apply is left out. `message` is the
 * payload as it was put. WABIZ_NOT_FOUND.
 */
wabiz_status wabiz_outbox_get(wabiz_outbox *outbox, const char *id, char **out);

/*
 * Rows in the order in which they were put, without `message`: {"rows":[...],"next":"..."}. `options` is NULL or a JSON object:
 *     "state"         a state, or an array of some
 *     "key", "message_id", "sequence", "to"    as they were written; "to" also by its digits alone
 *     "phone_number_id"
 *     "limit"         1..1000, default 100
 *     "after"         an id: rows behind it. Pass `next` of the last answer; null there is the end
 */
wabiz_status wabiz_outbox_list(wabiz_outbox *outbox, const char *options, char **out);

/*
 * Takes a queued row back: {"id":"...","state":"cancelled","cancelled":true}. One that has left the queue stays as it is, with
 * "cancelled":false; but an uncertain row is then never resent. WABIZ_NOT_FOUND.
 */
wabiz_status wabiz_outbox_cancel(wabiz_outbox *outbox, const char *id, char **out);

/*
 * Queues a failed, expired, cancelled, blocked or uncertain row again, at once: {"id":"...","state":"queued","retried":true}; in any
 * other state "retried":false. An uncertain row may so go out twice. A row whose time was over gets "expire_seconds" from now.
 * WABIZ_NOT_FOUND; WABIZ_BLOCKED as for put().
 */
wabiz_status wabiz_outbox_retry(wabiz_outbox *outbox, const char *id, char **out);

/* Takes a person (phone number or user id) off the stop list of the number, when they agreed anew: {"person":"...","resumed":true}. */
wabiz_status wabiz_outbox_resume(wabiz_outbox *outbox, const char *person, char **out);

/*
 * Forgets what is old: rows at which nothing is left to do "retention_seconds" after they last moved (not before "repeat_seconds"), keys after
 * theirs, unmatched statuses after 24 hours, and windows that long after they closed: the person then counts as one of whom nothing was
 * heard. The stop list stays. {"rows":10,"keys":2,"statuses":0,"more":false}: `more` is true when it stopped at 10,000: call again.
 * Nothing is forgotten by itself: call it once a day, say, or run `wabiz outbox prune`.
 * `options` is NULL or {"retention_seconds":0}, in place of the configuration's.
 */
wabiz_status wabiz_outbox_prune(wabiz_outbox *outbox, const char *options, char **out);

/*
 * {"rows":{"queued":3,"sending":0,...},"due":2,"next_at":1767225600,"stopped":1,"windows":7,"statuses":0,"keys":4}: `due` could be sent now,
 * `next_at` is when something is to be done by time, or null; `stopped` counts people on stop lists, `windows` those whose 24 hours run,
 * `statuses` what waits for a row. It reads every row.
 */
wabiz_status wabiz_outbox_stats(wabiz_outbox *outbox, char **out);

#ifdef __cplusplus
}
#endif

#endif /* WABIZ_H */
