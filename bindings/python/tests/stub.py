"""A stand-in for Meta's servers that can behave badly: it answers as the test says, and counts what it was sent.

Only the standard library; it listens on a free port of loopback and stops with the `with` block.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Optional

ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "+15550001234", "wa_id": "15550001234"}],
    "messages": [{"id": "wamid.STUB", "message_status": "accepted"}],
}


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait for the peer's delayed ACK
    server: Stub

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, self.client_address[1])
        with self.server.lock:
            self.server.requests.append(request)
            answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        answer(self)

    do_POST = do_PUT = do_GET = do_DELETE = handle_any

    def reply(self, status: int, body: bytes, type: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


Behaviour = Callable[[Handler], None]


def accepts(document: Any = None, status: int = 200) -> Behaviour:
    """A complete JSON answer."""
    data = json.dumps(ACCEPTED if document is None else document).encode()
    return lambda handler: handler.reply(status, data)


def answers(status: int, body: bytes, type: str = "application/json", **headers: str) -> Behaviour:
    """Any complete answer."""
    return lambda handler: handler.reply(status, body, type, **headers)


def graph_error(code: int, status: int = 400, details: str = "details of the stub") -> Behaviour:
    """Meta's error body."""
    error = {"message": f"(#{code}) Something", "type": "OAuthException", "code": code,
             "error_data": {"messaging_product": "whatsapp", "details": details}, "fbtrace_id": "AbCdEf"}
    return accepts({"error": error}, status)


def cuts(handler: Handler) -> None:
    """Promises more bytes than it sends, then closes."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "400")
    handler.end_headers()
    handler.wfile.write(b'{"messaging_product":"whatsapp","messages":[{"id":"wam')
    handler.wfile.flush()
    handler.close_connection = True


def resets(handler: Handler) -> None:
    """Resets the connection after the whole request was read."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def closes(handler: Handler) -> None:
    """Closes in good order without any answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def never_answers(handler: Handler) -> None:
    """Keeps the request until the stub stops."""
    handler.server.stopping.wait()
    handler.close_connection = True


class Stub(ThreadingHTTPServer):
    """The server. `answers` are used in turn; the last one stays."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, *behaviours: Behaviour, tls: Optional[ssl.SSLContext] = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Behaviour] = list(behaviours) or [accepts()]
        self.requests: list[Request] = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.tls = tls

    @property
    def url(self) -> str:
        if self.tls:
            return f"https://localhost:{self.server_port}"
        return f"http://127.0.0.1:{self.server_port}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        if not self.tls:
            return super().finish_request(request, client_address)
        with self.tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as secured:
            try:
                secured.do_handshake()
            except OSError:
                return  # the client did not trust the certificate
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # connections break on purpose here

    def __enter__(self) -> Stub:
        # A short poll keeps stopping quick; it measures nothing.
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
