"""The programs of examples/python, run as a reader would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Callable, Iterator, Optional

import pytest

import wabiz
from conftest import ROOT, webhook
from servers import talk
from stub import Stub, accepts, answers, graph_error

EXAMPLES = ROOT / "examples" / "python"
COMMAND = ROOT / "build" / "bin" / "wabiz"
SECRET, VERIFY = "app-secret", "verify me"


def send(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WABIZ_ACCESS_TOKEN": "token", "WABIZ_PHONE_NUMBER_ID": "1", "WABIZ_BASE_URL": url}
    return subprocess.run([sys.executable, "-W", "error", EXAMPLES / "send.py", *arguments], env=environment,
                          capture_output=True, text=True, timeout=120)


def test_the_sender(serve: Callable[..., Stub]) -> None:
    stub = serve(accepts(), graph_error(131009), answers(200, b""))
    done = send(stub.url, "+15550001234", "Hello *Ada*")
    assert (done.returncode, done.stdout, done.stderr) == (0, "wamid.STUB\n", "")
    assert stub.requests[0].json["text"] == {"body": "Hello *Ada*"}
    assert send(stub.url, "+15550001234", "Hello").returncode == 2
    assert send(stub.url, "+15550001234", "Hello").returncode == 4
    invalid = send(stub.url, "+15550001234", "x" * 5000)
    assert invalid.returncode == 1 and "/text/body" in invalid.stderr
    assert send(stub.url).returncode == 64
    assert len(stub.requests) == 3


def test_the_sender_of_many(serve: Callable[..., Stub]) -> None:
    stub = serve(graph_error(131026), accepts())
    environment = {**os.environ, "WABIZ_ACCESS_TOKEN": "token", "WABIZ_PHONE_NUMBER_ID": "1", "WABIZ_BASE_URL": stub.url}
    numbers = [f"+1555000{number:04}" for number in range(30)]
    command = [sys.executable, "-W", "error", str(EXAMPLES / "send_many.py"), "Hello"]
    done = subprocess.run(command, input="\n".join([*numbers, "", "no number"]), env=environment, capture_output=True, text=True, timeout=120)
    said = [line.split() for line in done.stdout.splitlines()]
    assert done.returncode == 1 and len(said) == 29 and all(id == "wamid.STUB" for _, id in said), done.stderr
    assert "refused, retry: never" in done.stderr and "no number failed (invalid" in done.stderr
    assert len(stub.requests) == 30
    assert subprocess.run(command[:-1], env=environment, capture_output=True, timeout=120).returncode == 1


@pytest.fixture(params=["receive.py", "receive_flask.py", "receive_fastapi.py"])
def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A receiver on a free port: the URL of its webhook, and the process."""
    environment = {**os.environ, "WABIZ_APP_SECRET": SECRET, "WABIZ_VERIFY_TOKEN": VERIFY,
                   "WABIZ_INBOX": str(tmp_path / "inbox.db")}
    with (tmp_path / "errors").open("w") as errors:
        running = subprocess.Popen([sys.executable, EXAMPLES / request.param, "0"], env=environment, text=True,
                                   stdout=subprocess.PIPE, stderr=errors, cwd=tmp_path)
    assert running.stdout
    with running:
        line = running.stdout.readline()
        found = re.fullmatch(r"webhook receiver on (http://127\.0\.0\.1:\d+(/webhook)?)\n", line)
        assert found, line + (tmp_path / "errors").read_text()
        yield found[1], running
        running.terminate()


def fetch(url: str, body: Optional[bytes] = None, **headers: str) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=named), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_receiver(receiver: tuple[str, subprocess.Popen[str]]) -> None:
    url, running = receiver
    query = "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    assert fetch(f"{url}{query}verify%20me") == (200, "1158201444")
    assert fetch(f"{url}{query}wrong") == (403, "")
    assert fetch(url) == (400, "")

    text = {"from": "15557654321", "id": "wamid.AAA", "timestamp": "1767225600", "type": "text",
            "text": {"body": "Is it there?"}}
    status = {"id": "wamid.S1", "status": "read", "timestamp": "1767225601", "recipient_id": "15557654321"}
    body = json.dumps(webhook(text, statuses=(status,))).encode()
    assert fetch(url, body) == (401, "")
    assert fetch(url, body, X_Hub_Signature_256=wabiz.sign(body, "wrong"))[0] == 401
    assert fetch(url, b"x", X_Hub_Signature_256=wabiz.sign(b"x", SECRET))[0] == 400
    for _ in range(2):  # a repeated delivery is answered and printed once
        assert fetch(url, body, X_Hub_Signature_256=wabiz.sign(body, SECRET)) == (200, "")
    second = json.dumps(webhook({**text, "id": "wamid.BBB", "text": {"body": "Hello?"}})).encode()
    assert fetch(url, second, X_Hub_Signature_256=wabiz.sign(second, SECRET))[0] == 200
    assert running.stdout
    assert [running.stdout.readline() for _ in range(3)] == [
        "message 15557654321 Is it there? wamid.AAA\n",
        f"status 15557654321 read {wabiz.parse(body)[1]['key']}\n",
        "message 15557654321 Hello? wamid.BBB\n"]


def test_the_receivers_events_of_the_sandbox(receiver: tuple[str, subprocess.Popen[str]]) -> None:
    """Statuses as the sandbox signs, repeats and orders them, and a person's answer."""
    url, running = receiver
    command = [str(COMMAND), "sandbox", "--port", "0", "--delay-ms", "1", "--webhook", url]
    environment = {**os.environ, "WABIZ_APP_SECRET": SECRET, "WABIZ_VERIFY_TOKEN": VERIFY}
    with subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE) as sandbox:
        assert sandbox.stdout and running.stdout
        base = sandbox.stdout.readline().split()[-1]
        assert "verified" in sandbox.stdout.readline()
        assert send(base, "+15550009802", "Every webhook comes twice").returncode == 0
        lines = [running.stdout.readline().split() for _ in range(3)]
        assert [line[:3] for line in lines] == [["status", "15550009802", word] for word in ("sent", "delivered", "read")]
        inbound = json.dumps({"from": "15557654321", "text": "Danke für /alles/"}).encode()
        assert json.loads(fetch(f"{base}/sandbox/inbound", inbound)[1])["webhook_status"] == 200
        assert running.stdout.readline().startswith("message 15557654321 Danke für /alles/ wamid.")
        sandbox.terminate()


def test_the_other_pages_of_the_frameworks(receiver: tuple[str, subprocess.Popen[str]]) -> None:
    url, _ = receiver
    if url.endswith("/webhook"):
        assert fetch(url.removesuffix("webhook"))[0] == 200
        assert fetch(url + "s")[0] == 404
    assert raw(url, "Content-Length: 99999999") == 413


def raw(url: str, header: str) -> int:
    """The status of a POST with a header and no body."""
    answer = talk(url, f"POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n\r\n".encode())
    return int(answer.split(b" ", 2)[1])


def test_bodies_in_chunks(receiver: tuple[str, subprocess.Popen[str]]) -> None:
    """Whoever takes chunked bodies reads them whole; the others say so."""
    url, running = receiver
    text = {"from": "1", "id": "wamid.C", "timestamp": "1767225600", "type": "text", "text": {"body": "in pieces"}}
    body = json.dumps(webhook(text)).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:99], body[99:])) + b"0\r\n\r\n"
    head = f"POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n" \
           f"X-Hub-Signature-256: {wabiz.sign(body, SECRET)}\r\n\r\n"
    status = int(talk(url, head.encode() + chunks).split(b" ", 2)[1])
    if url.endswith("/webhook"):
        assert status == 200 and running.stdout
        assert running.stdout.readline() == "message 1 in pieces wamid.C\n"
    else:
        assert status in (411, 413)


def test_an_event_that_cannot_be_kept_is_brought_again(tmp_path: Path) -> None:
    """The Flask receiver loses its database: 500, and 200 once it is back."""
    text = {"from": "1", "id": "wamid.D", "timestamp": "1767225600", "type": "text", "text": {"body": "kept"}}
    body = json.dumps(webhook(text)).encode()
    program = (f"import sys; sys.path.insert(0, {str(EXAMPLES)!r}); import receive_flask as r; c = r.app.test_client()\n"
               f"def post(): return c.post('/webhook', data={body!r}, headers={{'X-Hub-Signature-256': "
               f"{wabiz.sign(body, SECRET)!r}}}).status_code\n"
               "with r.inbox() as d: d.execute('ALTER TABLE inbox RENAME TO away')\n"
               "print(post())\n"
               "with r.inbox() as d: d.execute('ALTER TABLE away RENAME TO inbox')\n"
               "print(post(), post(), r.inbox().execute('SELECT count(*), key FROM inbox').fetchall())\n")
    environment = {**os.environ, "WABIZ_APP_SECRET": SECRET, "WABIZ_VERIFY_TOKEN": VERIFY, "WABIZ_INBOX": str(tmp_path / "i")}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout == "500\n200 200 [(1, 'wamid.D')]\n", done.stderr


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_an_example_is_short(name: str) -> None:
    assert len((EXAMPLES / name).read_text().splitlines()) < 100
