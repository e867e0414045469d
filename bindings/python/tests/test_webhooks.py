"""The verification request, signatures, and reading notifications that Meta sends and that others forge."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, get_type_hints

import pytest

import wabiz
from conftest import webhook

SECRET = "test-app-secret"
NOTE = (rb'{"object":"whatsapp_business_account","entry":[{"id":"100","time":1767225600,"changes":[{"field":"security",'
        rb'"value":{"event":"PIN_CHANGED","note":"caf\u00e9 \/ \ud83d\ude00"}}]}]}')
NOTE_SIGNATURE = "sha256=ab5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f50"
TEXT: dict[str, Any] = {"from": "15557654321", "id": "wamid.AAA111", "timestamp": "1767225600", "type": "text",
        "text": {"body": "Is the blue one in stock?"}}


def signed(document: Any, secret: str = SECRET) -> tuple[bytes, str]:
    body = json.dumps(document).encode()
    return body, "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


# ---- the verification request

QUERY = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=my%20token"


@pytest.mark.parametrize("query", [
    QUERY, QUERY.encode(), "hub.verify_token=my+token&hub.challenge=1158201444&hub.mode=subscribe&x=1",
    "hub_mode=subscribe&hub_challenge=1158201444&hub_verify_token=my%20token",
])
def test_the_challenge_is_answered(query: Any) -> None:
    assert wabiz.challenge(query, "my token") == (200, "1158201444")


@pytest.mark.parametrize("token", ["my  token", "my toke", "my token ", "MY TOKEN", "x" * 100_000, "", " ", None])
def test_a_wrong_token_is_answered_403(token: Any) -> None:
    with pytest.raises(wabiz.Unauthentic) as caught:
        wabiz.challenge(QUERY, token)
    assert caught.value.http_status == 403 and caught.value.code == "unauthentic"


def test_a_blank_token_refuses_a_blank_request() -> None:
    with pytest.raises(wabiz.Error):
        wabiz.challenge("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", "")


@pytest.mark.parametrize("query", [
    "", "?", "hub.mode=subscribe", "hub.mode=subscribe&hub.verify_token=my%20token",
    "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=my%20token", "hub.challenge=1&hub.verify_token=my%20token",
])
def test_a_missing_part_is_answered_400(query: str) -> None:
    with pytest.raises(wabiz.BadArgument) as caught:
        wabiz.challenge(query, "my token")
    assert caught.value.http_status == 400


@pytest.mark.parametrize("query", [None, 5, QUERY + "\0"])
def test_a_query_that_is_no_text(query: Any) -> None:
    with pytest.raises(wabiz.BadArgument):
        wabiz.challenge(query, "my token")


# ---- signatures

def test_signing_agrees_with_python_and_with_rfc_4231() -> None:
    assert wabiz.sign(b"what do ya want for nothing?", "Jefe") == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    for body in (b"", b"\0\xff\n", b"x" * 100_000):
        assert wabiz.sign(body, SECRET) == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("secret", ["", " ", "\n", None])
def test_a_blank_secret_signs_nothing(secret: Any) -> None:
    with pytest.raises(wabiz.BadArgument):
        wabiz.sign(b"{}", secret)


def test_a_signed_notification_is_read() -> None:
    for kind in (bytes, bytearray, memoryview):
        events = wabiz.receive(kind(NOTE), NOTE_SIGNATURE, SECRET)
        assert [event["kind"] for event in events] == ["security"]
    assert "café / \U0001f600" in json.dumps(events, ensure_ascii=False)


@pytest.mark.parametrize("secrets", [
    f"old\n{SECRET}", f"{SECRET}\nnew", ["old", SECRET], (SECRET,), [SECRET.encode()], f"\n{SECRET}\n",
])
def test_secrets_can_be_rotated(secrets: Any) -> None:
    assert wabiz.receive(NOTE, NOTE_SIGNATURE, secrets)


DIGEST = NOTE_SIGNATURE[len("sha256="):]
FORGED: list[Any] = [
    None, "", "sha256=", DIGEST, "sha256=" + DIGEST.upper(), "SHA256=" + DIGEST, "sha1=" + DIGEST[:40],
    "sha1=" + hmac.new(SECRET.encode(), NOTE, hashlib.sha1).hexdigest(), NOTE_SIGNATURE[:-1], NOTE_SIGNATURE + "0",
    " " + NOTE_SIGNATURE, NOTE_SIGNATURE + "\n", "sha256=" + "0" * 64, "sha256=" + "g" * 64, NOTE_SIGNATURE + "\0",
    NOTE_SIGNATURE + "\0more", "sha256=" + "é" * 64, "\ud800", b"\xff" * 71, NOTE_SIGNATURE[:-1] + "1", "x" * 1_000_000,
]


@pytest.mark.parametrize("signature", FORGED, ids=lambda signature: repr(signature)[:90])
def test_a_forged_signature(signature: Any) -> None:
    with pytest.raises(wabiz.Unauthentic) as caught:
        wabiz.receive(NOTE, signature, SECRET)
    assert SECRET not in json.dumps(caught.value.document)


def test_every_changed_byte_is_seen() -> None:
    for place in range(len(NOTE)):
        forged = bytearray(NOTE)
        forged[place] ^= 1
        with pytest.raises(wabiz.Unauthentic):
            wabiz.receive(forged, NOTE_SIGNATURE, SECRET)
    for other in (NOTE + b" ", NOTE[:-1], NOTE + b"\0", b""):
        with pytest.raises(wabiz.Unauthentic):
            wabiz.receive(other, NOTE_SIGNATURE, SECRET)


@pytest.mark.parametrize("secrets", [None, "", " ", "\n", "\n \n", [], [""], ["", " "]])
def test_a_blank_secret_refuses_everything(secrets: Any) -> None:
    forged = "sha256=" + hmac.new(b"", NOTE, hashlib.sha256).hexdigest()
    for signature in (forged, NOTE_SIGNATURE, None):
        with pytest.raises(wabiz.Unauthentic):
            wabiz.receive(NOTE, signature, secrets)


@pytest.mark.parametrize("secrets", [5, [5], "a\0b", {"a": 1}.values()])
def test_secrets_must_be_text(secrets: Any) -> None:
    with pytest.raises(wabiz.BadArgument):
        wabiz.receive(NOTE, NOTE_SIGNATURE, secrets)


@pytest.mark.parametrize("body", ["{}", None, {}, 5])
def test_a_body_must_be_raw_bytes(body: Any) -> None:
    for call in (lambda: wabiz.receive(body, NOTE_SIGNATURE, SECRET), lambda: wabiz.parse(body),
                 lambda: wabiz.sign(body, SECRET)):
        with pytest.raises(wabiz.BadArgument, match="raw bytes"):
            call()


def test_verified_bytes_that_are_no_json() -> None:
    body = b"not json"
    with pytest.raises(wabiz.BadJSON):
        wabiz.receive(body, wabiz.sign(body, SECRET), SECRET)


# ---- reading

def test_a_text_message() -> None:
    [event] = wabiz.receive(*signed(webhook(TEXT)), SECRET)
    assert event["payload"] == TEXT
    assert {name: event[name] for name in ("kind", "key", "waba_id", "phone_number_id", "timestamp", "from", "type",
                                           "text")} == {
        "kind": "message", "key": "wamid.AAA111", "waba_id": "700100200300400",
        "phone_number_id": "900800700600500", "timestamp": 1767225600, "from": "15557654321", "type": "text",
        "text": "Is the blue one in stock?"}


def test_a_status_with_an_error() -> None:
    status = {"id": "wamid.S1", "status": "failed", "timestamp": "1767225600", "recipient_id": "15557654321",
              "biz_opaque_callback_data": "order 42",
              "errors": [{"code": 131050, "title": "Unable to deliver", "message": "m",
                          "error_data": {"details": "opted out"}}]}
    [event] = wabiz.parse(json.dumps(webhook(statuses=(status,))).encode())
    assert event["kind"] == "status" and event["status"] == "failed" and event["message_id"] == "wamid.S1"
    assert event["recipient_id"] == "15557654321" and event["tag"] == "order 42"
    assert event["errors"][0]["retry"] == "never" and event["payload"] == status


def test_every_item_of_a_batch_is_an_event_in_order() -> None:
    texts = [{**TEXT, "id": f"wamid.{number}"} for number in range(1000)]
    events = wabiz.parse(json.dumps(webhook(*texts)).encode())
    assert [event["key"] for event in events] == [text["id"] for text in texts]
    assert [event["payload"] for event in events] == texts


def test_a_repeated_delivery_has_the_same_key() -> None:
    body = json.dumps(webhook(TEXT)).encode()
    assert wabiz.parse(body)[0]["key"] == wabiz.parse(body)[0]["key"]


def test_an_unknown_field_arrives_whole() -> None:
    note = {"object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "of_tomorrow", "value": {"a": [1, {"b": None}]}}]}]}
    [event] = wabiz.parse(json.dumps(note).encode())
    assert event["kind"] == "unknown" and '"a": [1, {"b": null}]' in json.dumps(event["payload"])


@pytest.mark.parametrize(("spelling", "value"), [
    ("123456789012345678901234567890", 123456789012345678901234567890), ("-0", 0), ("1e400", float("inf")),
    (r'"\u0000"', "\0"), (r'"\ud800"', "\ud800"), (r'"\ud83d\ude00"', "\U0001f600"), ("1.10", 1.1),
    ("9" * 5000, float("inf")), ('{"b":1,"b":2}', {"b": 2}), (r'"\/"', "/"), ("[]", []), ("null", None),
])
def test_what_a_webhook_may_hold(spelling: str, value: Any) -> None:
    body = json.dumps(webhook({**TEXT, "odd": "@"})).replace('"@"', spelling).encode()
    [event] = wabiz.parse(body)
    assert event["payload"]["odd"] == value and event["text"] == TEXT["text"]["body"]


@pytest.mark.parametrize("body", [
    b"", b" ", b"{", b"[]", b"null", b"5", b'"x"', b"{}x", b"{}\0", b"\0", b"\xff", b'{"a":"\xff"}', b"[" * 3_000_000,
    b'{"a":' * 3000 + b"1" + b"}" * 3000, b"<html></html>", b"\xef\xbb\xbf{}", b"x" * 10_000_000,
], ids=lambda body: repr(body[:12]))
def test_what_is_no_notification(body: bytes) -> None:
    with pytest.raises(wabiz.BadJSON):
        wabiz.parse(body)
    with pytest.raises(wabiz.BadJSON):
        wabiz.receive(body, wabiz.sign(body, SECRET), SECRET)


@pytest.mark.parametrize("value", [None, True, 0, -1.5, "", "x", [], [[]], {}, [None], [{}], {"id": {}}])
@pytest.mark.parametrize("path", ["object", "entry", "entry/0", "entry/0/id", "entry/0/changes", "entry/0/changes/0",
                                  "entry/0/changes/0/field", "entry/0/changes/0/value",
                                  "entry/0/changes/0/value/metadata", "entry/0/changes/0/value/messages",
                                  "entry/0/changes/0/value/messages/0", "entry/0/changes/0/value/messages/0/id",
                                  "entry/0/changes/0/value/messages/0/text",
                                  "entry/0/changes/0/value/messages/0/timestamp",
                                  "entry/0/changes/0/value/statuses"])
def test_wrong_types_in_a_webhook_are_read(path: str, value: Any) -> None:
    note: Any = json.loads(json.dumps(webhook(TEXT)))
    target: Any = note
    names = path.split("/")
    for name in names[:-1]:
        target = target[int(name)] if isinstance(target, list) else target[name]
    target[int(names[-1]) if isinstance(target, list) else names[-1]] = value
    events = wabiz.parse(json.dumps(note).encode())
    assert all(event["kind"] in ("message", "status", "error", "unknown") for event in events)


def test_ten_megabytes_are_read() -> None:
    [event] = wabiz.parse(json.dumps(webhook({**TEXT, "text": {"body": "x" * 10_000_000}})).encode())
    assert len(event["text"]) == 10_000_000


# ---- the type of events

def test_the_type_of_events_has_every_member_that_the_library_writes() -> None:
    """What `describe` lists, wherever it stands: a member that is missing in event.py is a key that type checkers refuse."""
    def members(node: Any) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(members, node))
        if not isinstance(node, dict):
            return set()
        here = {row["name"] for name in ("members", "context", "envelope") for row in node.get(name, ())}
        return here.union(*map(members, node.values()))

    listed = members(wabiz.describe("webhooks"))
    assert {"text", "status", "waba_id"} <= listed
    assert sorted(listed - set(get_type_hints(wabiz.Event))) == []
