"""Calls webhook endpoints as web servers do: WSGI and ASGI by hand, and any server over a socket."""

from __future__ import annotations

import asyncio
import io
import socket
from typing import Any, Callable, Iterable, NamedTuple, Optional

PIECE = 1000  # bytes of a body that arrive at once


class Answered(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


Call = Callable[..., Answered]


def wsgi(application: Any, method: str = "POST", path: str = "/", query: bytes = b"", body: bytes = b"",
         headers: Optional[dict[str, str]] = None, **environ: Any) -> Answered:
    """One request as PEP 3333 hands it over; the input ends with the body, though no server promises that."""
    given: dict[str, Any] = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path,
                             "QUERY_STRING": query.decode("latin-1"), "CONTENT_LENGTH": str(len(body)),
                             "wsgi.input": io.BytesIO(body)}
    for name, value in (headers or {}).items():
        given["HTTP_" + name.upper().replace("-", "_")] = value
    given.update(environ)
    started: list[Any] = []
    content = b"".join(application({k: v for k, v in given.items() if v is not None}, lambda *a: started.append(a)))
    [(status, received)] = started
    assert all(type(name) is str and type(value) is str for name, value in received)
    return Answered(int(status.split(" ", 1)[0]), dict(received), content)


def pieces(body: bytes) -> Iterable[dict[str, Any]]:
    for start in range(0, len(body) or 1, PIECE):
        yield {"type": "http.request", "body": body[start:start + PIECE], "more_body": start + PIECE < len(body)}


def asgi(application: Any, method: str = "POST", path: str = "/", query: bytes = b"", body: bytes = b"",
         headers: Optional[dict[str, str]] = None, messages: Optional[Iterable[dict[str, Any]]] = None,
         **scope: Any) -> Answered:
    """One request over a loop of its own, its body in pieces. Status 0 stands for no answer at all."""
    sent: list[Any] = []
    named = [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    given = {"type": "http", "method": method, "path": path, "root_path": "", "query_string": query, "headers": named}
    incoming = iter(pieces(body) if messages is None else messages)

    async def receive() -> Any:
        return next(incoming)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application({**given, **scope}, receive, send))
    if not sent:
        return Answered(0, {}, b"")
    start, content = sent
    assert (start["type"], content["type"]) == ("http.response.start", "http.response.body")
    return Answered(start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, content["body"])


def talk(url: str, request: bytes) -> bytes:
    """What a server answers to these bytes, read until it closes the line."""
    host, _, port = url.split("/")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(request)
        received = b""
        while True:
            piece = line.recv(65536)
            if not piece:
                return received
            received += piece
