"""The webhook endpoints for WSGI and ASGI: what they answer, what they hand on, and how they sit in frameworks."""

from __future__ import annotations

import json
import logging
from typing import Any, Callable, Optional

import pytest

import wabiz
from conftest import webhook
from servers import Call, asgi, wsgi

SECRET, TOKEN = "s3cr3t key", "tökén & more"
QUERY = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=t%C3%B6k%C3%A9n+%26+more".encode()
TEXT = {"from": "15557654321", "id": "wamid.AAA", "timestamp": "1767225600", "type": "text", "text": {"body": "Hi é"}}
BODY = json.dumps(webhook(TEXT, {**TEXT, "id": "wamid.BBB"})).encode()
BIG = json.dumps(webhook({**TEXT, "text": {"body": "x" * 3_000_000}})).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": wabiz.sign(body, secret)}


@pytest.fixture(params=["wsgi", "asgi", "asgi with an asynchronous handler"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def call(kind: str) -> Call:
    return wsgi if kind == "wsgi" else asgi


@pytest.fixture
def endpoint(kind: str) -> Callable[..., Any]:
    """Makes an endpoint around a function; without one its events go into its list `got`."""
    def make(handler: Optional[Callable[[Any], Any]] = None, secret: Any = SECRET, token: Any = TOKEN, **options: Any) -> Any:
        got: list[list[Any]] = []
        plain = handler or got.append

        async def asynchronous(events: Any) -> None:
            plain(events)

        if kind == "wsgi":
            made: Any = wabiz.wsgi.webhook(plain, secret, token, **options)
        else:
            made = wabiz.asgi.webhook(plain if kind == "asgi" else asynchronous, secret, token, **options)
        made.got = got
        return made

    return make


# ---- answers

def test_events_are_handed_on_in_order(endpoint: Any, call: Call) -> None:
    app = endpoint()
    for _ in range(2):  # a repetition is handed on too: whoever keeps the keys drops it
        assert call(app, body=BODY, headers=signed(BODY))[::2] == (200, b"")
    assert [[event["key"] for event in events] for events in app.got] == [["wamid.AAA", "wamid.BBB"]] * 2
    assert app.got[0][0]["payload"] == TEXT


def test_a_body_of_three_megabytes(endpoint: Any, call: Call) -> None:
    app = endpoint()
    assert call(app, body=BIG, headers=signed(BIG)).status == 200
    assert len(app.got[0][0]["text"]) == 3_000_000


def test_the_verification_request(endpoint: Any, call: Call) -> None:
    app = endpoint()
    answer = call(app, "GET", query=QUERY)
    assert (answer.status, answer.body) == (200, b"1158201444")
    names = {name.lower(): value for name, value in answer.headers.items()}
    assert names["content-type"].startswith("text/plain") and names["content-length"] == "10"
    assert call(app, "GET", query=QUERY.replace(b"more", b"less"))[::2] == (403, b"")
    assert call(app, "GET")[::2] == (400, b"")
    assert call(app, "GET", query=b"hub.mode=subscribe&hub.challenge=%00&hub.verify_token=%ff\0\xff").status in (400, 403)
    assert app.got == []


@pytest.mark.parametrize("token", [None, "", " "])
def test_without_a_verify_token_every_verification_is_refused(endpoint: Any, call: Call, token: Any) -> None:
    assert call(endpoint(token=token), "GET", query=QUERY).status == 403
    assert call(endpoint(token=token), "GET", query=b"hub.mode=subscribe&hub.challenge=1&hub.verify_token=").status in (400, 403)


@pytest.mark.parametrize("headers", [
    {}, {"X-Hub-Signature-256": ""}, {"X-Hub-Signature-256": "sha256=" + "0" * 64}, {"X-Hub-Signature-256": "\xff\xe9"},
    {"X-Hub-Signature": "sha1=" + "0" * 40}, signed(BODY, "another"), signed(BODY + b" "), signed(b""),
], ids=str)
def test_what_meta_did_not_sign_is_refused(endpoint: Any, call: Call, headers: dict[str, str]) -> None:
    app = endpoint()
    assert call(app, body=BODY, headers=headers)[::2] == (401, b"")
    assert app.got == []


def test_any_of_several_secrets(endpoint: Any, call: Call) -> None:
    for secrets in (["new", SECRET], (SECRET, "old"), f"new\n{SECRET}", SECRET.encode()):
        assert call(endpoint(secret=secrets), body=BODY, headers=signed(BODY)).status == 200


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"\xff"])
def test_what_is_no_notification_is_answered_400(endpoint: Any, call: Call, body: bytes) -> None:
    app = endpoint()
    assert call(app, body=body, headers=signed(body)).status == 400
    assert app.got == []


@pytest.mark.parametrize("body", [b"{}", b'{"entry":[]}', b'{"object":"page","x":1}', b'{"entry":[{"id":"1","changes":[{"field":"new","value":1}]}]}'])
def test_what_is_not_known_is_answered_200(endpoint: Any, call: Call, body: bytes) -> None:
    app = endpoint()
    assert call(app, body=body, headers=signed(body)).status == 200
    assert app.got == ([wabiz.parse(body)] if wabiz.parse(body) else [])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "post"])
def test_another_method_is_answered_405(endpoint: Any, call: Call, method: str) -> None:
    answer = call(endpoint(), method, body=BODY, headers=signed(BODY))
    assert answer[::2] == (405, b"") and {k.lower(): v for k, v in answer.headers.items()}["allow"] == "GET, POST"


def test_a_body_that_is_too_long(endpoint: Any, call: Call) -> None:
    app = endpoint(max_body=len(BODY) - 1)
    assert call(app, body=BODY, headers=signed(BODY)).status == 413
    assert call(endpoint(max_body=len(BODY)), body=BODY, headers=signed(BODY)).status == 200
    assert app.got == []


def test_it_answers_500_when_events_cannot_be_handed_on(endpoint: Any, call: Call, caplog: Any) -> None:
    def full(events: Any) -> None:
        raise OSError("the disk is full")

    assert call(endpoint(full), body=BODY, headers=signed(BODY))[::2] == (500, b"")
    assert "could not be handed on" in caplog.text and "the disk is full" in caplog.text and SECRET not in caplog.text
    assert call(endpoint(full), body=BODY).status == 401  # and only then


def test_it_answers_500_when_the_library_fails(endpoint: Any, call: Call, monkeypatch: Any) -> None:
    def fails(*_: Any) -> Any:
        raise wabiz.NoMemory({"error": {"code": "no_memory"}})

    monkeypatch.setattr("wabiz._endpoint.receive", fails)
    assert call(endpoint(), body=BODY, headers=signed(BODY)).status == 500


def test_refusals_are_logged_without_secrets(endpoint: Any, call: Call, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    app = endpoint()
    call(app, body=BODY, headers={"X-Hub-Signature-256": "sha256=" + "ab" * 32})
    call(app, "GET", query=QUERY + b"x")
    assert [record.name for record in caplog.records if record.name != "asyncio"] == ["wabiz", "wabiz"]
    assert SECRET not in caplog.text and TOKEN not in caplog.text and "abab" not in caplog.text


def test_unsigned_callbacks_of_an_on_premises_client(endpoint: Any, call: Call) -> None:
    body = json.dumps({"messages": [TEXT]}).encode()
    app = endpoint(secret=None, token=None, unsigned=True)
    assert call(app, body=body).status == 200 and app.got[0][0]["text"] == "Hi é"
    assert call(app, "GET", query=QUERY).status == 403


@pytest.mark.parametrize("options", [
    {"secret": None}, {"secret": ""}, {"secret": " \n"}, {"secret": []}, {"secret": 5}, {"secret": SECRET, "unsigned": True},
    {"token": 5}, {"token": "a\0b"}, {"path": "webhook"}, {"path": ""}, {"max_body": 0}, {"max_body": "1"}, {"max_body": True},
])
def test_bad_settings_are_refused_at_the_start(endpoint: Any, options: dict[str, Any]) -> None:
    with pytest.raises(wabiz.BadArgument):
        endpoint(**options)


# ---- paths

def test_it_answers_under_its_path_alone(endpoint: Any, call: Call) -> None:
    app = endpoint(path="/hooks/wa")
    for path, status in (("/hooks/wa", 200), ("/hooks/wa/", 200), ("/", 404), ("/hooks", 404), ("/hooks/wa/x", 404),
                         ("/hooks/wab", 404), ("", 404)):
        assert call(app, path=path, body=BODY, headers=signed(BODY)).status == status, path
    assert len(app.got) == 2


def test_without_a_path_it_answers_everywhere(endpoint: Any, call: Call) -> None:
    for path in ("", "/", "/anything/at/all"):
        assert call(endpoint(), path=path, body=BODY, headers=signed(BODY)).status == 200


def test_the_root_as_a_path(endpoint: Any, call: Call) -> None:
    app = endpoint(path="/")
    assert [call(app, "GET", path, query=QUERY).status for path in ("/", "", "/x")] == [200, 200, 404]
