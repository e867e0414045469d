"""What the tests share: the sandbox as a process, a webhook receiver, and a plain HTTP client over a socket of its own."""
import hashlib
import hmac
import http.client
import http.server
import json
import os
import subprocess
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

COMMAND = os.environ.get("WABIZ_COMMAND") or str(Path(__file__).resolve().parents[2] / "build" / "bin" / "wabiz")
PATIENCE = 120  # seconds until something that must come counts as missing
SECRET = "sandbox app secret"
TOKEN = "ver/ify & tök"
BEARER = {"Authorization": "Bearer some-token", "Content-Type": "application/json"}


def text(to: str, **more) -> dict:
    return {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "Hi"}, **more}


class Receiver:
    """A webhook receiver on a free port. `statuses` are the answers to the next POSTs; 200 when it is used up."""

    def __init__(self, statuses=(), verify_token=TOKEN):
        self.posts, self.gets, self.statuses = [], [], list(statuses)
        self.changed = threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                with receiver.changed:
                    receiver.gets.append(query)
                fits = query.get("hub.mode") == "subscribe" and query.get("hub.verify_token") == verify_token
                self.answer(200 if fits else 403, query["hub.challenge"].encode() if fits else b"")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.changed:
                    receiver.posts.append((dict(self.headers), body))
                    status = receiver.statuses.pop(0) if receiver.statuses else 200
                    receiver.changed.notify_all()
                self.answer(status, b"")

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def wait(self, count: int) -> list:
        """The bodies of the POSTs, once there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.posts) >= count, PATIENCE), f"{len(self.posts)} of {count} webhooks came"
            return [body for _, body in self.posts]

    def statuses_of(self, count: int) -> list:
        """(status, id) of every status in the first so many POSTs, in order of arrival."""
        found = []
        for body in self.wait(count):
            document = json.loads(body)
            value = document["entry"][0]["changes"][0]["value"] if "object" in document else document
            found += [(status["status"], status["id"]) for status in value.get("statuses", [])]
        return found


class Sandbox:
    """The sandbox on a free port; `lines` are what it printed."""

    def __init__(self, *options, receiver=None, environment=None):
        options = ["sandbox", "--port", "0", "--delay-ms", "1", *options]
        if receiver:
            options += ["--webhook", receiver.url]
        self.command = [COMMAND, *map(str, options)]
        self.environment = {**os.environ, **(environment or {})}
        self.lines = []
        self.changed = threading.Condition()

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)
        first = self.process.stdout.readline().rstrip("\n")
        assert first.startswith("wabiz sandbox on http://"), first or self.process.stderr.read()
        self.lines.append(first)
        self.host, port = first.removeprefix("wabiz sandbox on http://").rsplit(":", 1)
        self.host, self.port = self.host.strip("[]"), int(port)
        self.url = f"http://127.0.0.1:{self.port}"
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        return self

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()

    def line(self, word: str) -> str:
        """The first line that holds the word, once there is one."""
        def find():
            return next((line for line in self.lines if word in line), None)
        with self.changed:
            assert self.changed.wait_for(find, PATIENCE), f"no line with {word!r} in {self.lines}"
            return find()

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)

    def ask(self, method: str, path: str, body=None, headers=None):
        """(status, document or bytes) of one request on a new connection."""
        connection = self.connection()
        try:
            content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, content, BEARER if headers is None else headers)
            response = connection.getresponse()
            data = response.read()
            is_json = (response.getheader("Content-Type") or "").startswith("application/json")
            return response.status, json.loads(data) if is_json else data
        finally:
            connection.close()

    def send(self, message: dict, path="/v25.0/100200300/messages"):
        return self.ask("POST", path, message)

    def messages(self) -> list:
        return self.ask("GET", "/sandbox/messages")[1]["messages"]

    def settled(self) -> list:
        """The journal, once no webhook is pending."""
        for _ in range(PATIENCE * 20):
            document = self.ask("GET", "/sandbox/messages")[1]
            if document["pending_webhooks"] == 0:
                return document["messages"]
            threading.Event().wait(0.05)
        raise AssertionError("webhooks are still pending")


def signature(body: bytes, secret=SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def run(*arguments, stdin="", environment=None):
    """(exit status, standard output, standard error) of the command."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WABIZ_")}
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run([COMMAND, *arguments], input=data, capture_output=True, timeout=PATIENCE * 2, env={**kept, **(environment or {})})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def expect(actual, expected):
    assert actual == expected, f"\n  expected {expected!r}\n  but got  {actual!r}"
