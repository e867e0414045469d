"""Properties that hold for all input: nothing crashes, a document always comes, and nothing is altered.

HYPOTHESIS_PROFILE=long looks longer and at other cases each time.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import math
from typing import Any

from hypothesis import example, given, strategies as st

import wabiz
from conftest import ROOT, webhook

SECRET = "s3cret"
characters = st.characters()  # lone surrogates too
texts = st.text(characters, max_size=40)
leaves = st.none() | st.booleans() | st.integers(-2**70, 2**70) | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
                      max_leaves=12)

MEMBERS = st.sampled_from([
    "messaging_product", "recipient_type", "to", "recipient", "type", "text", "body", "preview_url", "image", "audio",
    "video", "document", "sticker", "link", "id", "caption", "filename", "voice", "provider", "name", "location",
    "latitude", "longitude", "address", "reaction", "message_id", "emoji", "template", "language", "code", "policy",
    "namespace", "components", "parameters", "sub_type", "index", "payload", "currency", "fallback_value",
    "amount_1000", "date_time", "context", "status", "typing_indicator", "read", "typing", "reply_to", "tag", "header",
    "buttons", "biz_opaque_callback_data", "ttl", "hsm", "interactive",
])
WORDS = st.sampled_from([
    "whatsapp", "individual", "group", "+15550001234", "text", "image", "template", "read", "header", "body", "button",
    "quick_reply", "url", "currency", "date_time", "payload", "USD", "en_US", "0", "https://example.com", "wamid.A", "👍",
]) | texts | st.integers(-2, 300) | st.booleans() | st.none() | st.floats(-200, 200)
messages = st.dictionaries(MEMBERS, st.recursive(WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    MEMBERS, inner, max_size=5), max_leaves=15), max_size=6)


def as_python_reads(body: bytes) -> Any:
    """The value of strict JSON, or ValueError: Python's own reader is the other opinion."""
    def refuse(word: str) -> Any:
        raise ValueError(word)

    text = body.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("byte order mark")
    return json.loads(text, parse_constant=refuse)


def reads_like_python(body: bytes) -> None:
    try:
        readable = isinstance(as_python_reads(body), dict)
    except (ValueError, RecursionError):
        readable = False
    try:
        events = wabiz.parse(body)
    except wabiz.BadJSON as failure:
        assert not readable and failure.message
    else:
        assert readable and isinstance(events, list)


@given(st.binary(max_size=200))
@example(b"")
@example(b"{}\0")
def test_any_bytes(body: bytes) -> None:
    reads_like_python(body)
    for call in (wabiz.build, wabiz.check):
        try:
            call(body)
        except wabiz.Error as failure:
            assert failure.message and failure.document


JSON_BITS = st.sampled_from([*'{}[],:"\\/ \n', "null", "true", '"a"', "\\u0000", "\\ud800", "\\udc00", "1", "-0",
                             "1e400", "0.1", "00", "1.", "é", "\x01", "entry", '"entry"', '"changes"'])


@given(st.lists(JSON_BITS, max_size=14).map("".join))
def test_text_that_is_nearly_json(text: str) -> None:
    reads_like_python(text.encode())


@given(values)
def test_any_json_as_a_webhook(value: Any) -> None:
    reads_like_python(json.dumps(value).encode())


@given(st.lists(st.dictionaries(texts, values, max_size=4), min_size=1, max_size=4),
       st.lists(st.dictionaries(texts, values, max_size=4), max_size=3))
def test_items_come_back_whole_and_in_order(items: list[Any], statuses: list[Any]) -> None:
    body = json.dumps(webhook(*items, statuses=tuple(statuses))).encode()
    events = wabiz.receive(body, wabiz.sign(body, SECRET), SECRET)
    assert events == wabiz.parse(body)
    assert [event["payload"] for event in events] == [*items, *statuses]


@given(st.dictionaries(st.sampled_from(["object", "entry", "id", "changes", "field", "value"]), values, max_size=5))
def test_envelopes_of_any_shape(note: Any) -> None:
    assert isinstance(wabiz.parse(json.dumps(note).encode()), list)


@given(st.binary(max_size=300), st.text(st.characters(exclude_characters="\0\n\r", exclude_categories=["Cs"]),
                                        min_size=1).filter(str.strip), st.data())
def test_signatures(body: bytes, secret: str, data: st.DataObject) -> None:
    signature = wabiz.sign(body, secret)
    try:
        wabiz.receive(body, signature, secret)
    except wabiz.BadJSON:
        pass  # authentic, though no JSON
    forged = bytearray(signature.encode())
    forged[data.draw(st.integers(0, len(forged) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        wabiz.receive(body, bytes(forged), secret)
    except wabiz.Unauthentic:
        return
    raise AssertionError("a forged signature was taken")


@given(st.binary(max_size=300), st.text(st.characters(exclude_characters="\0\n\r", exclude_categories=["Cs"]), min_size=1, max_size=90).filter(str.strip))
@example(b"", "k" * 64)
@example(b"x", "k" * 65)
def test_signing_is_hmac(body: bytes, secret: str) -> None:
    assert wabiz.sign(body, secret) == "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@given(st.text(max_size=80), texts)
def test_any_signature_and_query(query: str, token: str) -> None:
    for call in (lambda: wabiz.receive(b"{}", query, SECRET), lambda: wabiz.challenge(query, token)):
        try:
            call()
        except wabiz.Error as failure:
            assert failure.message
        else:
            raise AssertionError("a forged request was taken")


def check_and_build_agree(message: Any) -> None:
    try:
        report = wabiz.check(message)
    except wabiz.BadJSON:
        return
    for issue in report.issues:
        assert issue["severity"] in ("error", "warning") and issue["code"] and issue["message"]
        assert issue["path"] == "" or issue["path"].startswith("/")
    try:
        payload = wabiz.build(message)
    except wabiz.Invalid as failure:
        assert not report
        assert [issue["path"] for issue in failure.issues if issue["severity"] == "error"] == \
               [issue["path"] for issue in report.errors]
    else:
        assert report and wabiz.build(payload) == payload


@given(values)
def test_any_json_as_a_message(value: Any) -> None:
    check_and_build_agree(value if isinstance(value, dict) else json.dumps(value))


@given(messages)
def test_anything_like_a_message(message: Any) -> None:
    check_and_build_agree(message)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_a_text_is_not_altered(body: str) -> None:
    assert wabiz.build({"to": "+15550001234", "text": body})["text"]["body"] == body


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_is_not_moved(latitude: float, longitude: float) -> None:
    place = wabiz.build(wabiz.location("+15550001234", latitude, longitude))["location"]
    assert math.isclose(place["latitude"], latitude, abs_tol=0) and place["longitude"] == longitude


def entries_of_the_corpus() -> list[Any]:
    """Each entry of each body of the corpus that has some."""
    found = []
    for path in sorted((ROOT / "Tests" / "Corpus" / "webhooks").glob("*.json")):
        body = json.loads(path.read_bytes())
        if not path.name.endswith(".events.json") and isinstance(body.get("entry"), list):
            found += [entry for entry in body["entry"] if isinstance(entry, dict)]
    return found


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with the key of each thing in it."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@st.composite
def bent_entries(draw: Any) -> list[Any]:
    """Entries of the corpus in any order and number, some cut, re-typed, enlarged or shuffled somewhere inside."""
    entries = copy.deepcopy(draw(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=6)))
    for _ in range(draw(st.integers(0, 4))):
        found = [place for entry in entries for place in places(entry)]
        if not found:
            break  # nothing was left of them by the cuts before
        container, key = found[draw(st.integers(0, len(found) - 1))]
        bend = draw(st.sampled_from(["cut", "re-type", "enlarge", "shuffle"]))
        if bend == "re-type":
            container[key] = draw(values)
        elif bend == "cut":
            del container[key]
        elif bend == "enlarge" and isinstance(container, list):
            container += copy.deepcopy(container[:1]) * draw(st.integers(1, 40))
        elif bend == "shuffle" and isinstance(container, list):
            container[:] = draw(st.permutations(container))
    return entries


ENTRIES = entries_of_the_corpus()


@given(bent_entries())
def test_entries_together_give_what_each_gives_alone(entries: list[Any]) -> None:
    def events(*some: Any) -> list[Any]:
        return list(wabiz.parse(json.dumps({"object": "whatsapp_business_account", "entry": some}).encode()))

    assert events(*entries) == [event for entry in entries for event in events(entry)]


ARRAYS = {
    "messages": ["messages", "statuses", "errors", "user_actions"], "calls": ["calls", "statuses", "errors"], "user_preferences": ["user_preferences"],
    "user_id_update": ["user_id_update"], "automatic_events": ["automatic_events"], "smb_app_state_sync": ["state_sync"],
    "smb_message_echoes": ["message_echoes"], "group_lifecycle_update": ["groups"], "group_participants_update": ["groups"],
    "group_settings_update": ["groups"], "group_status_update": ["groups"],
}


@given(st.sampled_from(ENTRIES), st.integers(1, 60), st.data())
def test_every_item_comes_out_once(entry: Any, copies: int, data: st.DataObject) -> None:
    """Counts the items that go in: each array of items is enlarged, shuffled and cut somewhere."""
    entry = copy.deepcopy(entry)
    wanted = []
    for change in entry.get("changes") or ():
        value = change.get("value") if isinstance(change, dict) else None
        for name in ARRAYS.get(change.get("field"), ()) if isinstance(value, dict) else ():
            if isinstance(value.get(name), list):
                value[name] = data.draw(st.permutations(value[name] * copies))[:data.draw(st.integers(1, 90))]
                wanted += [item for item in value[name] if isinstance(item, dict)]
    payloads = [event["payload"] for event in wabiz.parse(json.dumps({"entry": [entry]}).encode())]
    for item in wanted:
        assert payloads.count(item) == wanted.count(item)
