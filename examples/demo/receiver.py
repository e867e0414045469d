"""The demonstration's webhook receiver: answers the verification request, verifies notifications, keeps their events.

Meta signs what it sends to /cloud. An On-Premises client signs nothing: its callbacks have a URL of their own, which in
earnest only that client can reach.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode
from urllib.request import urlopen

import wabiz


class Receiver(ThreadingHTTPServer):
    """Listens on a free port of loopback; `events` grow as notifications come in."""

    daemon_threads = True

    def __init__(self, app_secret: str, verify_token: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.app_secret = app_secret
        self.verify_token = verify_token
        self.events = []
        self.turned_away = 0
        self.arrived = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def wait_until(self, enough, seconds: float) -> bool:
        """Waits until `enough(events)` is true; false when it did not become true in time."""
        with self.arrived:
            return self.arrived.wait_for(lambda: enough(self.events), seconds)

    def answers_challenge(self) -> bool:
        """Whether Meta's verification request would be answered as Meta wants it."""
        query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": self.verify_token}
        with urlopen(f"{self.url}/cloud?{urlencode(query)}", timeout=10) as answer:
            return answer.status == 200 and answer.read() == b"1158201444"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_GET(self) -> None:
        try:
            self.answer(*wabiz.challenge(self.path.partition("?")[2], self.server.verify_token))
        except wabiz.Error as problem:
            self.answer(problem.http_status or 400)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if self.path == "/on_premises":
                events = wabiz.parse(body)
            else:
                events = wabiz.receive(body, self.headers.get("X-Hub-Signature-256"), self.server.app_secret)
        except wabiz.Error:
            with self.server.arrived:
                self.server.turned_away += 1
            return self.answer(401)
        with self.server.arrived:
            self.server.events.extend(events)
            self.server.arrived.notify_all()
        self.answer(200)

    def answer(self, status: int, body: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        pass
