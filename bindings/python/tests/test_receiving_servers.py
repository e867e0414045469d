"""Webhook endpoints as WSGI and ASGI want them, and as they sit in frameworks: lengths, cut lines, paths, lifespans."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import wabiz
from servers import asgi, wsgi
from test_receiving import BODY, QUERY, SECRET, TOKEN, signed

# ---- WSGI

def test_wsgi_bodies_of_unknown_length() -> None:
    app = wabiz.wsgi.webhook(lambda events: None, SECRET)
    for missing in (None, ""):
        assert wsgi(app, body=BODY, headers=signed(BODY), CONTENT_LENGTH=missing).status == 411
        ended: dict[str, Any] = {"CONTENT_LENGTH": missing, "wsgi.input_terminated": True}
        assert wsgi(app, body=BODY, headers=signed(BODY), **ended).status == 200
        assert wsgi(wabiz.wsgi.webhook(print, SECRET, max_body=9), body=BODY, headers=signed(BODY), **ended).status == 413
    for length in ("-1", "x", "1 2", "²", "1e3", "+5"):
        assert wsgi(app, body=BODY, CONTENT_LENGTH=length).status == 400
    assert wsgi(app, body=BODY, CONTENT_LENGTH="9" * 5000).status == 413
    assert wsgi(app, body=BODY, headers=signed(BODY), CONTENT_LENGTH=str(len(BODY) + 1)).status == 400


def test_wsgi_does_not_read_beyond_the_length() -> None:
    got: list[Any] = []
    answer = wsgi(wabiz.wsgi.webhook(got.append, SECRET), body=BODY + b"GET / HTTP/1.1", headers=signed(BODY),
                  CONTENT_LENGTH=str(len(BODY)))
    assert answer.status == 200 and len(got) == 1


def test_a_line_that_breaks_is_no_failure_of_ours() -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise ConnectionResetError

    broken: dict[str, Any] = {"CONTENT_LENGTH": "9", "wsgi.input": Broken()}
    assert wsgi(wabiz.wsgi.webhook(print, SECRET), **broken).status == 400
    got: list[Any] = []
    cut: list[dict[str, Any]] = [{"type": "http.request", "body": BODY[:50], "more_body": True}, {"type": "http.disconnect"}]
    assert asgi(wabiz.asgi.webhook(got.append, SECRET), messages=cut, headers=signed(BODY)).status == 0 and got == []


def test_an_asynchronous_handler_under_wsgi_loses_nothing() -> None:
    async def handler(events: Any) -> None:
        raise AssertionError("nobody runs this")

    with pytest.raises(wabiz.BadArgument):
        wabiz.wsgi.webhook(handler, SECRET)
    assert wsgi(wabiz.wsgi.webhook(lambda events: handler(events), SECRET), body=BODY, headers=signed(BODY)).status == 500


def test_in_front_of_another_wsgi_application() -> None:
    def other(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("X-Other", environ["PATH_INFO"])])
        return [environ["wsgi.input"].read()]

    app = wabiz.wsgi.webhook(lambda events: None, SECRET, path="/webhook", app=other)
    assert wsgi(app, path="/shop", body=b"untouched") == (200, {"X-Other": "/shop"}, b"untouched")
    assert wsgi(app, path="/webhook", body=BODY, headers=signed(BODY)).body == b""


def test_in_flask() -> None:
    flask, dispatcher = pytest.importorskip("flask"), pytest.importorskip("werkzeug.middleware.dispatcher")
    got: list[Any] = []
    app = flask.Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "home")
    app.wsgi_app = wabiz.wsgi.webhook(got.append, SECRET, TOKEN, path="/webhook", app=app.wsgi_app)
    app.wsgi_app = dispatcher.DispatcherMiddleware(app.wsgi_app, {"/mounted": wabiz.wsgi.webhook(got.append, SECRET, TOKEN)})
    client = app.test_client()
    assert client.get("/").text == "home" and client.post("/other").status_code == 404
    for path in ("/webhook", "/mounted", "/mounted/deeper"):
        assert client.get(f"{path}?{QUERY.decode()}").text == "1158201444"
        assert client.post(path, data=BODY, headers=signed(BODY)).status_code == 200
        assert client.post(path, data=BODY).status_code == 401
    assert len(got) == 3


# ---- ASGI

def test_asgi_counts_what_comes() -> None:
    def endless() -> Any:
        while True:
            yield {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    app = wabiz.asgi.webhook(print, SECRET)
    assert asgi(app, messages=endless()).status == 413
    assert asgi(app, messages=iter(()), headers={"Content-Length": "9" * 5000}).status == 413  # nothing was read
    bare = [{"type": "http.request"}]
    assert asgi(app, messages=bare, headers=signed(b"")).status == 400


@pytest.mark.parametrize(("path", "root", "status"), [
    ("/v1/webhook", "/v1", 200), ("/v1/webhook", "/v1/", 200), ("/webhook", "/v1", 200), ("/webhook", "", 200),
    ("/v1/other", "/v1", 404), ("/v1webhook", "/v1", 404), ("/webhook", "/webhook", 404),
])
def test_asgi_paths_below_a_root(path: str, root: str, status: int) -> None:
    app = wabiz.asgi.webhook(lambda events: None, SECRET, path="/webhook")
    assert asgi(app, path=path, root_path=root, body=BODY, headers=signed(BODY)).status == status


def test_alone_under_a_server_it_starts_stops_and_closes_web_sockets() -> None:
    async def run(scope: dict[str, Any], *messages: str) -> list[Any]:
        incoming, sent = iter(messages), []

        async def receive() -> Any:
            return {"type": next(incoming)}

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await wabiz.asgi.webhook(print, SECRET)(scope, receive, send)
        return sent

    assert asyncio.run(run({"type": "lifespan"}, "lifespan.startup", "lifespan.shutdown")) == [
        "lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert asyncio.run(run({"type": "websocket", "path": "/"}, "websocket.connect")) == ["websocket.close"]


def test_in_front_of_another_asgi_application() -> None:
    seen: list[Any] = []

    async def other(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": (await receive())["body"]})

    app = wabiz.asgi.webhook(lambda events: None, SECRET, path="/webhook", app=other)
    assert asgi(app, path="/shop", body=b"untouched") == (204, {}, b"untouched")
    assert asgi(app, path="/webhook", body=BODY, headers=signed(BODY)).status == 200
    assert asgi(app, type="lifespan").status == 0
    assert seen == ["http", "lifespan"]


@pytest.mark.parametrize("framework", ["starlette.applications:Starlette", "fastapi:FastAPI"])
def test_in_starlette_and_fastapi(framework: str) -> None:
    module, _, name = framework.partition(":")
    application = getattr(pytest.importorskip(module), name)
    routing = pytest.importorskip("starlette.routing")
    got: list[Any] = []
    inner = wabiz.asgi.webhook(got.append, SECRET, TOKEN)
    app = application(routes=[routing.Route("/webhook", inner), routing.Mount("/mounted", inner)])
    front = wabiz.asgi.webhook(got.append, SECRET, TOKEN, path="/front", app=app)
    for path in ("/webhook", "/mounted/", "/mounted/deeper", "/front"):
        assert asgi(front, "GET", path, query=QUERY).body == b"1158201444", path
        assert asgi(front, path=path, body=BODY, headers=signed(BODY)).status == 200, path
        assert asgi(front, path=path, body=BODY).status == 401, path
        assert asgi(front, "PUT", path).status == 405, path
    assert asgi(front, path="/other").status == 404
    assert len(got) == 4
