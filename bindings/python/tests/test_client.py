"""Opening a client, what its requests look like, what is refused before the network, and the life of a client."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
import threading
from typing import Any, Callable

import pytest

import wabiz
from conftest import TOKEN, open_client, text_message
from stub import Stub, accepts, graph_error

Serve = Callable[..., Stub]


def test_a_message_goes_out_and_a_receipt_comes_back(serve: Serve) -> None:
    stub = serve()
    with open_client(stub.url) as client:
        receipt = client.send(text_message())
    assert receipt["message_id"] == "wamid.STUB" and receipt["wa_id"] == "15550001234"
    assert receipt["message_status"] == "accepted" and receipt["http_status"] == 200
    [request] = stub.requests
    assert request.method == "POST" and request.path == "/v25.0/106540352242922/messages"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"].startswith("application/json")
    assert request.json == wabiz.build(text_message())
    assert "expect" not in request.headers


def test_builders_and_json_text_are_sent_alike(serve: Serve) -> None:
    stub = serve()
    built = wabiz.text("+15550001234", "Hello")
    with open_client(stub.url) as client:
        client.send(built)
        client.send(json.dumps(built))
        client.send(json.dumps(built).encode())
    assert built == stub.requests[0].json == stub.requests[1].json == stub.requests[2].json


def test_the_connection_is_kept(serve: Serve) -> None:
    stub = serve()
    with open_client(stub.url) as client:
        for _ in range(5):
            client.send(text_message())
    assert len(stub.requests) == 5 and len({request.connection for request in stub.requests}) == 1


def test_the_configuration_reaches_the_request(serve: Serve) -> None:
    stub = serve()
    with open_client(stub.url, api_version="v24.0", app_secret="app-secret", user_agent="shop/1.0",
                     headers={"X-Trace": "42"}, timeout_ms=20000, connect_timeout_ms=5000) as client:
        assert (client.api, client.base_url) == ("cloud", stub.url)
        client.send(text_message())
    [request] = stub.requests
    proof = hmac.new(b"app-secret", TOKEN.encode(), hashlib.sha256).hexdigest()
    assert request.path.startswith("/v24.0/106540352242922/messages") and f"appsecret_proof={proof}" in request.path
    assert request.headers["user-agent"] == "shop/1.0" and request.headers["x-trace"] == "42"


def test_the_default_user_agent(serve: Serve) -> None:
    stub = serve()
    with open_client(stub.url) as client:
        client.send(text_message())
    assert stub.requests[0].headers["user-agent"] == f"wabiz/{wabiz.version()}"


def test_marking_as_read(serve: Serve) -> None:
    stub = serve(accepts({"success": True}))
    with open_client(stub.url) as client:
        assert client.send({"read": "wamid.IN", "typing": True})["http_status"] == 200
    assert stub.requests[0].json == wabiz.mark_as_read("wamid.IN", typing=True)


def test_on_premises(serve: Serve) -> None:
    stub = serve(accepts({"messages": [{"id": "gBEGkYiEB1VXAglK1ZEqA1YKPrU"}], "meta": {"version": "2.45.1"}}, 201),
                 accepts({}, 200))
    with open_client(stub.url, api="on_premises") as client:
        receipt = client.send({"to": "15550001234", "type": "text", "text": {"body": "Hello"}})
        client.send(wabiz.mark_as_read("ABG/+ x", api="on_premises"))
    assert receipt["message_id"] == "gBEGkYiEB1VXAglK1ZEqA1YKPrU" and receipt["http_status"] == 201
    sent, read = stub.requests
    assert (sent.method, sent.path) == ("POST", "/v1/messages") and "messaging_product" not in sent.json
    assert (read.method, read.path, read.json) == ("PUT", "/v1/messages/ABG%2F%2B%20x", {"status": "read"})


# ---- what is found before the network

@pytest.mark.parametrize(("message", "error"), [
    ({"to": "+15550001234", "text": "x" * 5000}, wabiz.Invalid), ("{", wabiz.BadJSON), ("", wabiz.BadJSON),
    (None, wabiz.Error), ({"to": float("nan")}, wabiz.BadJSON), ('{"to":"a\0"}', wabiz.BadJSON),
])
def test_nothing_is_sent_that_cannot_be(serve: Serve, message: Any, error: type[wabiz.Error]) -> None:
    stub = serve()
    with open_client(stub.url) as client:
        with pytest.raises(error):
            client.send(message)
        assert stub.requests == []
        client.send(text_message())


def test_options_of_a_send(serve: Serve) -> None:
    stub = serve()
    strange = {**text_message(), "colour": "red"}
    with open_client(stub.url) as client:
        with pytest.raises(wabiz.Invalid):
            client.send(strange, unknown_members="error")
        with pytest.raises(wabiz.BadArgument):
            client.send(text_message(), nonsense=1)  # type: ignore[call-arg]
        assert stub.requests == []


BAD_CONFIGURATIONS: list[dict[str, Any]] = [
    {"access_token": ""}, {"access_token": None}, {"access_token": 5}, {"access_token": "a\r\nX-Evil: 1"},
    {"phone_number_id": None}, {"phone_number_id": "12/../34"}, {"phone_number_id": ""}, {"api": "letter"},
    {"api": "on_premises", "base_url": None}, {"api_version": "25"}, {"api_version": "v25.0/x"},
    {"base_url": "http://example.com"}, {"base_url": "ftp://localhost"}, {"base_url": "no url"}, {"base_url": ""},
    {"base_url": "file:///etc/passwd"}, {"timeout_ms": 0}, {"timeout_ms": 600001}, {"timeout_ms": "soon"},
    {"connect_timeout_ms": -1}, {"timeout_ms": 1.5}, {"headers": {"X": "a\r\nEvil: 1"}}, {"headers": {"X\n": "a"}},
    {"headers": {"X": 5}}, {"headers": []}, {"user_agent": "a\nb"}, {"nonsense": 1}, {"proxy": "no url at all"},
    {"ca_file": "/nowhere/ca.pem"},
]


@pytest.mark.parametrize("config", BAD_CONFIGURATIONS, ids=str)
def test_a_bad_configuration(config: dict[str, Any]) -> None:
    with pytest.raises(wabiz.BadArgument) as caught:
        open_client("http://127.0.0.1:9", **config)
    assert caught.value.message and TOKEN not in str(caught.value.document)


# ---- the life of a client

def test_the_token_shows_nowhere() -> None:
    with open_client("http://127.0.0.1:9") as client:
        shown = repr(client) + str(vars(client))
    assert TOKEN not in shown


def test_exceptions_can_be_pickled(serve: Serve) -> None:
    with open_client(serve(graph_error(131056)).url) as client, pytest.raises(wabiz.Refused) as caught:
        client.send(text_message())
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), again.document, again.graph) == (wabiz.Refused, caught.value.document, caught.value.graph)


def test_threads_may_share_a_client(serve: Serve) -> None:
    stub = serve()
    sent: list[str] = []
    with open_client(stub.url) as client:
        def work(number: int) -> None:
            for turn in range(10):
                sent.append(f"{number}.{turn}")
                client.send(text_message(f"{number}.{turn}"))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(request.json["text"]["body"] for request in stub.requests) == sorted(sent)


def test_threads_may_have_clients_of_their_own(serve: Serve) -> None:
    stub = serve()
    problems: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                with open_client(stub.url) as client:
                    client.send(text_message())
                assert wabiz.check(text_message())
                assert wabiz.parse(b"{}") == wabiz.parse(b"{}")
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == [] and len(stub.requests) == 40
