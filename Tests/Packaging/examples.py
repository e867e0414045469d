"""Runs the C examples in the folder given: `receive` gets webhooks that the sandbox plays for what `send` sends.
Ends with status 0 when each line and each exit status is as expected; prints what was not."""
import hashlib
import hmac
import http.client
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(sys.argv[1])
SECRET, TOKEN = "test-app-secret", "oak-tree"
PATIENCE = 60  # seconds until a line that does not come counts as missing


class Program:
    """A program whose lines can be waited for; ended when the block ends."""

    def __init__(self, *command, **environment):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        self.lines, self.seen = queue.Queue(), []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def wait_for(self, what):
        while not any(what in line for line in self.seen):
            try:
                self.seen.append(self.lines.get(timeout=PATIENCE))
            except queue.Empty:
                raise AssertionError(f"no line with {what!r} came; there were {[line[:200] for line in self.seen]}") from None
        return next(line for line in self.seen if what in line)

    def url(self):
        return next(word for word in self.wait_for("http://").split() if word.startswith("http://"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def request(url, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(urlsplit(url).hostname, urlsplit(url).port, timeout=PATIENCE)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def expect(what, found, wanted):
    assert found == wanted, f"{what}: found {found!r}, expected {wanted!r}"


def post(url, body, signature):
    return request(url, "POST", "/", body, {"X-Hub-Signature-256": signature} if signature else {})[0]


def check_receiver(receiver):
    url = receiver.url()
    query = "/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    expect("challenge", request(url, "GET", query + TOKEN), (200, "1158201444"))
    expect("challenge with a wrong token", request(url, "GET", query + "ash"), (403, ""))
    expect("challenge without a query", request(url, "GET", "/"), (400, ""))
    expect("challenge that is escaped", request(url, "GET", "/?hub.mode=subscribe&hub.verify_token=oak%2Dtree&hub.challenge=a%20b"), (200, "a b"))
    body = ('{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"id":"wamid.A","from":"15557654321",'
            '"type":"text","text":{"body":"Hello there"}}]}}]}]}' + " " * 200_000).encode()  # comes in several pieces
    right = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    expect("signed", post(url, body, right), 200)
    expect("unsigned", post(url, body, None), 401)
    expect("changed", post(url, body.replace(b"A", b"B"), right), 401)
    expect("not JSON", post(url, b"x", "sha256=" + hmac.new(SECRET.encode(), b"x", hashlib.sha256).hexdigest()), 400)
    expect("another method", request(url, "PUT", "/", body, {"X-Hub-Signature-256": right})[0], 405)
    expect("too long", post(url, b"x" * (5 << 20), right), 413)
    events = json.loads(receiver.wait_for('"wamid.A"'))["events"]
    expect("events", [(event["kind"], event["from"], event["text"]) for event in events], [("message", "15557654321", "Hello there")])


def check_loss():
    """Events that cannot be handed on are answered with 500, so that Meta brings them again; nothing else is."""
    program = subprocess.Popen([FOLDER / "receive", "0"], stdout=subprocess.PIPE, text=True, env={**os.environ, "WABIZ_APP_SECRET": SECRET})
    url = program.stdout.readline().split()[-1]
    program.stdout.close()  # nobody reads its lines any more
    body = b'{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"id":"wamid.A","type":"text"}]}}]}]}'
    right = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    try:
        expect("handed on to nobody", post(url, body, right), 500)
        expect("unsigned, handed on to nobody", post(url, body, None), 401)
    finally:
        program.terminate()
        program.wait()


def send(message, **settings):
    ran = subprocess.run([FOLDER / "send", message], capture_output=True, text=True, timeout=PATIENCE, env={**os.environ, **settings})
    return ran.returncode, ran.stdout.strip(), ran.stderr.strip()


def check_sender(sandbox, receiver):
    account = {"WABIZ_ACCESS_TOKEN": "sandbox-token", "WABIZ_PHONE_NUMBER_ID": "100200300", "WABIZ_BASE_URL": sandbox.url()}
    status, said, complaint = send('{"to":"+15550001234","text":"Hello from C"}', **account)
    assert status == 0 and said.startswith("wamid."), (status, said, complaint)
    for state in ("sent", "delivered", "read"):
        receiver.wait_for(f'"message_id":"{said}","status":"{state}"')
    # What is to be heard of each kind of failure, and the exit status.
    for wanted, words, number, text, settings in (
        (1, "/text", "+15550001234", "", {}),  # an issue names its place
        (1, "retry: after_fix", "+15550001234", "Hi", {"WABIZ_ACCESS_TOKEN": "expired"}),
        (1, "retry: backoff", "+1555131056", "Hi", {}),  # refused by Meta: the pair's rate limit
        (2, "retry: uncertain", "+15550009701", "Hi", {}),  # the connection is cut before the answer
        (75, "retry: backoff", "+15550001234", "Hi", {"WABIZ_BASE_URL": "http://127.0.0.1:9"}),
    ):
        status, said, complaint = send('{"to":"%s","text":"%s"}' % (number, text), **{**account, **settings})
        assert (status, said) == (wanted, "") and words in complaint, (wanted, words, status, said, complaint)


def check_many(sandbox):
    """Every line of a long input has one line of output, also what is wrong and what Meta refuses; the last line has no end."""
    lines = [json.dumps({"to": f"+1555{number:07}", "text": "Hello"}) for number in range(1, 301)]
    lines[9], lines[19], lines[29], lines[39] = "{", "", '{"to":"+15550001234","text":""}', '{"to":"+15550131026","text":"Hi"}'
    account = {"WABIZ_ACCESS_TOKEN": "sandbox-token", "WABIZ_PHONE_NUMBER_ID": "100200300", "WABIZ_BASE_URL": sandbox.url()}
    ran = subprocess.run([FOLDER / "send_many"], input="\n".join(lines), capture_output=True, text=True, timeout=PATIENCE, env={**os.environ, **account})
    said = {int(line.split()[1].rstrip(":")): line for line in ran.stdout.splitlines()}
    expect("lines that were answered", sorted(said), [number for number in range(1, 301) if number != 20])
    expect("messages that failed", sorted(number for number, line in said.items() if "(retry: " in line), [10, 30, 40])
    assert all(": wamid." in line for number, line in said.items() if number not in (10, 30, 40)), ran.stdout[-2000:]
    expect("status", (ran.returncode, ran.stderr), (1, ""))
    ran = subprocess.run([FOLDER / "send_many"], input=lines[0] + "\n", capture_output=True, text=True, timeout=PATIENCE, env={**os.environ, **account})
    expect("status when all went well", ran.returncode, 0)


def main():
    check_loss()
    with Program(FOLDER / "receive", "0", WABIZ_APP_SECRET=SECRET, WABIZ_VERIFY_TOKEN=TOKEN) as receiver:
        check_receiver(receiver)
        with Program(ROOT / "build/bin/wabiz", "sandbox", "--port", "0", "--webhook", receiver.url(), "--app-secret", SECRET,
                     "--verify-token", TOKEN) as sandbox:
            check_sender(sandbox, receiver)
            check_many(sandbox)


if __name__ == "__main__":
    main()
