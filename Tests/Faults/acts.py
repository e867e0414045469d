"""What a server can do with a message. A message's text names its acts, one per request of it ("17 e:503:2 take"); the last one
stays. This is what both servers, HTTP/1.1 and HTTP/2, have in common: names, answers and the words of a message."""
import json
import zlib

ACCEPTED, REFUSED, UNREACHABLE, UNCERTAIN = "receipt", "refused", "unreachable", "uncertain"

# By act: what it may become when it is not repeated. Acts with ":" have arguments and are looked up by their first word.
EXPECTED = {
    "take": {ACCEPTED},  # the usual answer
    "late": {ACCEPTED},  # late:MS, the usual answer after a while
    "together": {ACCEPTED},  # together:N, the usual answer once N of them are here
    "held": {ACCEPTED},  # the usual answer once the test has called release()
    "slow-head": {ACCEPTED}, "slow-body": {ACCEPTED}, "trickle": {ACCEPTED},  # the answer in pieces
    "take-close": {ACCEPTED}, "no-length": {ACCEPTED},  # the answer, and the end of the connection
    "e": {REFUSED},  # e:STATUS:CODE, Meta's error document, with :SECONDS and Retry-After; e:STATUS, an answer without one
    "read-reset": {UNCERTAIN}, "read-close": {UNCERTAIN}, "head-reset": {UNCERTAIN},  # nothing is answered
    "half-head": {UNCERTAIN}, "half-body": {UNCERTAIN}, "half-reset": {UNCERTAIN},  # a part of the answer
    "silent": {UNCERTAIN}, "silent-body": {UNCERTAIN},  # no answer, or the half of one, and then nothing
    "html": {UNCERTAIN}, "empty": {UNCERTAIN}, "garbage": {UNCERTAIN}, "no-id": {UNCERTAIN}, "cut-json": {UNCERTAIN}, "endless": {UNCERTAIN},
    "redirect": {REFUSED, UNCERTAIN},  # not followed, whatever it is called
    # HTTP/2 only. A refused stream, or one beyond a GOAWAY, was not processed: both words are honest.
    "stream-reset": {UNCERTAIN}, "stream-refused": {UNCERTAIN, UNREACHABLE}, "half-stream": {UNCERTAIN},
    "goaway-after": {ACCEPTED}, "goaway-without": {UNCERTAIN, UNREACHABLE}, "goaway-cut": {UNCERTAIN},
}
HTTP1_ONLY = {"together", "slow-head", "half-head", "head-reset", "take-close", "no-length", "garbage", "trickle"}
HTTP2_ONLY = {"stream-reset", "stream-refused", "half-stream", "goaway-after", "goaway-without", "goaway-cut"}


def message(name, *acts, to=None):
    """A message whose text tells the server what to do with it. Its recipient is its own, so that the pair rule holds nothing up."""
    number = to or f"+1555{zlib.crc32(str(name).encode()) % 10_000_000:07}"
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "to": number, "type": "text",
            "text": {"body": " ".join((str(name), *(acts or ("take",))))}}


def read(body):
    """The message's name and its acts; ("", ["take"]) for what is none."""
    try:
        words = json.loads(body)["text"]["body"].split()
        return words[0], words[1:]
    except (ValueError, KeyError, TypeError, IndexError):
        return "", ["take"]


def accepted(name, attempt):
    """The answer's body and the id in it."""
    identity = f"wamid.FAULTS.{name}.{attempt}"
    return identity, json.dumps({"messaging_product": "whatsapp", "contacts": [{"input": "1", "wa_id": "15550001234"}],
                                 "messages": [{"id": identity}]}).encode()


def refused(code):
    return json.dumps({"error": {"message": f"(#{code}) No", "type": "OAuthException", "code": code, "fbtrace_id": "A"}}).encode()


def refusal(act):
    """e:STATUS[:CODE[:SECONDS]] as (status, code or None, body, seconds or None)."""
    parts = act.split(":")
    code = int(parts[2]) if len(parts) > 2 else None
    return int(parts[1]), code, refused(code) if code is not None else b"<html>No</html>", parts[3] if len(parts) > 3 else None
