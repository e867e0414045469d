"""What became of a send: refused by Meta, unknown, or never gone. Told apart against a server that behaves badly."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any, Callable

import pytest

import wabiz
from conftest import TOKEN, open_client, text_message
from stub import Stub, accepts, answers, closes, cuts, graph_error, never_answers, resets

Serve = Callable[..., Stub]

# ---- what Meta refuses

def test_a_graph_error_is_read(serve: Serve) -> None:
    stub = serve(graph_error(131056, details="pair limit"))
    with open_client(stub.url) as client, pytest.raises(wabiz.Refused) as caught:
        client.send(text_message())
    failure = caught.value
    assert failure.code == "refused" and failure.retry == "backoff" and failure.http_status == 400
    assert failure.graph and failure.graph["code"] == 131056 and failure.graph["details"] == "pair limit"
    assert failure.graph["fbtrace_id"] == "AbCdEf" and failure.graph["http_status"] == 400 and failure.graph["name"]
    assert len(stub.requests) == 1


@pytest.mark.parametrize(("code", "status", "retry"), [
    (190, 401, "after_fix"), (131047, 400, "after_fix"), (131049, 400, "wait_window"), (131000, 500, "uncertain"),
    (100, 400, "after_fix"),
    (4, 429, "backoff"), (987654, 503, "uncertain"),
])
def test_the_verdict_comes_with_the_refusal(serve: Serve, code: int, status: int, retry: str) -> None:
    with open_client(serve(graph_error(code, status)).url) as client, pytest.raises(wabiz.Refused) as caught:
        client.send(text_message())
    assert (caught.value.retry, caught.value.http_status) == (retry, status)
    assert TOKEN not in json.dumps(caught.value.document)


def test_a_200_with_an_error_inside_is_a_refusal(serve: Serve) -> None:
    with open_client(serve(graph_error(131009, 200)).url) as client, pytest.raises(wabiz.Refused) as caught:
        client.send(text_message())
    assert caught.value.graph and caught.value.graph["code"] == 131009 and caught.value.http_status == 200


def test_an_on_premises_error(serve: Serve) -> None:
    stub = serve(accepts({"meta": {}, "errors": [{"code": 1009, "title": "Parameter value is not valid",
                                                  "details": "recipient_type is not valid"}]}, 400))
    with open_client(stub.url, api="on_premises") as client, pytest.raises(wabiz.Refused) as caught:
        client.send({"to": "15550001234", "type": "text", "text": {"body": "Hello"}})
    assert caught.value.graph and caught.value.graph["code"] == 1009


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 502, 503])
@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b'{"error":', b"[]", b'{"error":5}', b"\xff\xfe"])
def test_an_error_without_metas_words(serve: Serve, status: int, body: bytes) -> None:
    with open_client(serve(answers(status, body, "text/html")).url) as client:
        with pytest.raises((wabiz.Refused, wabiz.Uncertain)) as caught:
            client.send(text_message())
    if status >= 500:
        assert caught.value.retry == "uncertain"


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    target = serve()
    for status in (301, 302, 307, 308):
        stub = serve(answers(status, b"", Location=target.url + "/v25.0/1/messages"))
        with open_client(stub.url) as client, pytest.raises((wabiz.Refused, wabiz.Uncertain)):
            client.send(text_message())
    assert target.requests == []


# ---- what nobody can know

@pytest.mark.parametrize("behaviour", [
    answers(200, b""), answers(200, b"<html>Welcome</html>", "text/html"), answers(200, b"{}"), answers(200, b"[]"),
    answers(200, b'{"messages":[]}'), answers(200, b'{"messages":[{"id":""}]}'),
    answers(200, b'{"messages":"x"}'), answers(200, b"\xff"), answers(200, b"[" * 100_000), cuts, resets, closes,
], ids=["empty", "html", "no messages", "array", "no message", "blank id", "wrong type", "no text",
        "deep", "cut", "reset", "closed"])
def test_it_left_and_no_good_answer_came(serve: Serve, behaviour: Any) -> None:
    stub = serve(behaviour)
    with open_client(stub.url) as client, pytest.raises(wabiz.Uncertain) as caught:
        client.send(text_message())
    assert caught.value.retry == "uncertain" and len(stub.requests) == 1


def test_a_server_that_never_answers(serve: Serve) -> None:
    stub = serve(never_answers)
    with open_client(stub.url, timeout_ms=2000) as client, pytest.raises(wabiz.Uncertain):
        client.send(text_message())
    assert len(stub.requests) == 1


@pytest.mark.parametrize("breaks", [resets, closes, cuts])
def test_a_kept_connection_that_breaks_posts_exactly_once(serve: Serve, breaks: Any) -> None:
    """libcurl by itself would repeat the POST on a new connection, and a person would get the message twice."""
    stub = serve(accepts(), breaks, accepts())
    with open_client(stub.url) as client:
        client.send(text_message("first"))
        with pytest.raises(wabiz.Uncertain):
            client.send(text_message("second"))
        assert [request.json["text"]["body"] for request in stub.requests] == ["first", "second"]
        assert stub.requests[0].connection == stub.requests[1].connection
        client.send(text_message("third"))
    assert [request.json["text"]["body"] for request in stub.requests] == ["first", "second", "third"]


# ---- what did not leave

def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_refused_port() -> None:
    with open_client(f"http://127.0.0.1:{free_port()}") as client, pytest.raises(wabiz.Unreachable) as caught:
        client.send(text_message())
    assert caught.value.retry == "backoff"


def test_an_unknown_host() -> None:
    with open_client("https://nowhere.invalid") as client, pytest.raises(wabiz.Unreachable):
        client.send(text_message())


def test_a_proxy_that_is_not_there() -> None:
    with open_client("https://graph.facebook.com", proxy=f"http://127.0.0.1:{free_port()}") as client:
        with pytest.raises(wabiz.Unreachable):
            client.send(text_message())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", path,
                    "-out", path.with_suffix(".crt"), "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl command")
def test_tls_is_verified(serve: Serve, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stub = serve(tls=context)
    with open_client(stub.url) as client, pytest.raises(wabiz.Unreachable):
        client.send(text_message())
    trusted = str(certificate.with_suffix(".crt"))
    with open_client(stub.url.replace("localhost", "127.0.0.1"), ca_file=trusted) as client:
        with pytest.raises(wabiz.Unreachable):  # the certificate is for another name
            client.send(text_message())
    assert stub.requests == []
    with open_client(stub.url, ca_file=trusted) as client:
        assert client.send(text_message())["message_id"] == "wamid.STUB"
