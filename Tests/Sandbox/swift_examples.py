"""The Swift examples, compiled and run against the sandbox: every way a send can end, and webhooks good and forged."""
import http.client
import os
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlencode

from harness import PATIENCE, SECRET, Sandbox, expect, signature

PACKAGE = Path(__file__).resolve().parents[2] / "examples" / "swift"
SWIFT = os.environ.get("SWIFT", "swift")
TOKEN = "verify me"


def program(name: str) -> str:
    """The path of a compiled example."""
    build = [SWIFT, "build", "--package-path", str(PACKAGE), "-j", "2"]
    if not hasattr(program, "folder"):
        done = subprocess.run(build, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-4000:]
        assert "examples/swift/Sources" not in done.stdout, "the examples compile with warnings:\n" + done.stdout[-4000:]
        program.folder = subprocess.run([*build, "--show-bin-path"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{program.folder}/{name}"


class Receiver:
    """The example `receive` on a free port; `lines` are what it printed."""

    def __enter__(self):
        environment = {**os.environ, "WABIZ_APP_SECRET": SECRET, "WABIZ_VERIFY_TOKEN": TOKEN}
        self.process = subprocess.Popen([program("receive"), "0"], stdout=subprocess.PIPE, text=True, env=environment)
        self.url = self.process.stdout.readline().split()[-1]
        self.lines, self.changed = [], threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        return self

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.split())
                self.changed.notify_all()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdout.close()

    def wait(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.lines) >= count, PATIENCE), self.lines
            return self.lines

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(*self.url.removeprefix("http://").split(":"), timeout=PATIENCE)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        answer = response.status, response.read()
        connection.close()
        return answer


def send(sandbox_url, to, text):
    account = {"WABIZ_ACCESS_TOKEN": "top-secret", "WABIZ_PHONE_NUMBER_ID": "42", "WABIZ_BASE_URL": sandbox_url}
    done = subprocess.run([program("send"), to, text], capture_output=True, text=True, env={**os.environ, **account}, timeout=PATIENCE)
    assert "top-secret" not in done.stdout + done.stderr
    return done.returncode, done.stdout.strip(), done.stderr


def test_a_message_goes_out_and_its_life_comes_back():
    with Receiver() as receiver, Sandbox("--webhook", receiver.url, "--app-secret", SECRET, "--verify-token", TOKEN) as sandbox:
        sandbox.line("the webhook URL is verified")
        status, id, _ = send(sandbox.url, "+15550001234", "Hello")
        expect(status, 0)
        expect([line[:3] for line in receiver.wait(3)], [["status", "15550001234", word] for word in ("sent", "delivered", "read")])
        assert all(line[3].startswith(id) for line in receiver.lines), (id, receiver.lines)
        expect(sandbox.messages()[0]["body"]["biz_opaque_callback_data"], "example")
        send(sandbox.url, "+15550009802", "Twice")  # six webhooks, of which three are new
        sandbox.settled()
        sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "text": "Danke"})
        expect(receiver.wait(7)[6][:3], ["message", "15557654321", "Danke"])
        expect(len(receiver.lines), 7)


def test_every_way_a_send_can_end():
    with Sandbox() as sandbox:
        for to, text, wanted in (("+15550001234", "", 1), ("+15550131056", "Hi", 2), ("+15550009700", "Hi", 4)):
            status, _, wrong = send(sandbox.url, to, text)
            expect(status, wanted)
            assert wrong, to
        url = sandbox.url
    expect(send(url, "+15550001234", "Hi")[0], 3)
    expect(subprocess.run([program("send")], capture_output=True, timeout=PATIENCE).returncode, 64)


def test_many_at_once():
    numbers = [f"+1555{number:07}" for number in range(100)] + ["+15550131026"]
    with Sandbox() as sandbox:
        account = {**os.environ, "WABIZ_ACCESS_TOKEN": "top-secret", "WABIZ_PHONE_NUMBER_ID": "42", "WABIZ_BASE_URL": sandbox.url}
        done = subprocess.run([program("send-many"), "Hello"], input="\n".join(numbers), capture_output=True, text=True, env=account, timeout=PATIENCE)
        expect((done.returncode, done.stderr), (1, ""))
        said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        expect(sorted(said), sorted(numbers))
        expect([number for number, words in said.items() if not words.startswith("wamid.")], ["+15550131026"])
        expect(len(sandbox.messages()), 101)


def test_the_receiver_refuses_what_is_not_metas():
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    with Receiver() as receiver:
        expect(receiver.ask("POST", "/", body, {"X-Hub-Signature-256": signature(body)})[0], 200)
        expect(receiver.ask("POST", "/", body + b" ", {"X-Hub-Signature-256": signature(body)})[0], 401)
        expect(receiver.ask("POST", "/", body)[0], 401)
        expect(receiver.ask("POST", "/", b"[", {"X-Hub-Signature-256": signature(b"[")})[0], 400)
        expect(receiver.ask("POST", "/", b" " * (17 << 20))[0], 413)
        expect(receiver.ask("PUT", "/", body, {"X-Hub-Signature-256": signature(body)})[0], 405)
        query = {"hub.mode": "subscribe", "hub.challenge": "12345", "hub.verify_token": TOKEN}
        expect(receiver.ask("GET", "/?" + urlencode(query)), (200, b"12345"))
        expect(receiver.ask("GET", "/?" + urlencode({**query, "hub.verify_token": "wrong"}))[0], 403)
        expect(receiver.ask("GET", "/")[0], 400)
        expect(receiver.lines, [])
