"""The programs of examples/python, run as a reader would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Callable, Iterator, Optional

import pytest

import wabiz
from conftest import ROOT, webhook
from stub import Stub, accepts, answers, graph_error

EXAMPLES = ROOT / "examples" / "python"
SECRET, VERIFY = "app-secret", "verify me"


def send(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WABIZ_ACCESS_TOKEN": "token", "WABIZ_PHONE_NUMBER_ID": "1", "WABIZ_BASE_URL": url}
    return subprocess.run([sys.executable, "-W", "error", EXAMPLES / "send.py", *arguments], env=environment,
                          capture_output=True, text=True, timeout=120)


def test_the_sender(serve: Callable[..., Stub]) -> None:
    stub = serve(accepts(), graph_error(131056), answers(200, b""))
    done = send(stub.url, "+15550001234", "Hello *Ada*")
    assert (done.returncode, done.stdout, done.stderr) == (0, "wamid.STUB\n", "")
    assert stub.requests[0].json["text"] == {"body": "Hello *Ada*"}
    assert send(stub.url, "+15550001234", "Hello").returncode == 2
    assert send(stub.url, "+15550001234", "Hello").returncode == 4
    invalid = send(stub.url, "+15550001234", "x" * 5000)
    assert invalid.returncode == 1 and "/text/body" in invalid.stderr
    assert send(stub.url).returncode == 64
    assert len(stub.requests) == 3


@pytest.fixture
def receiver() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    environment = {**os.environ, "WABIZ_APP_SECRET": SECRET, "WABIZ_VERIFY_TOKEN": VERIFY}
    running = subprocess.Popen([sys.executable, EXAMPLES / "receive.py", "0"], env=environment, text=True,
                               stdout=subprocess.PIPE)
    assert running.stdout
    with running:
        line = running.stdout.readline()
        found = re.fullmatch(r"webhook receiver on (http://127\.0\.0\.1:\d+)\n", line)
        assert found, line
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
    assert fetch(f"{url}/{query}verify%20me") == (200, "1158201444")
    assert fetch(f"{url}/{query}wrong") == (403, "")
    assert fetch(f"{url}/") == (400, "")

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


@pytest.mark.parametrize("name", ["send.py", "receive.py"])
def test_an_example_is_short(name: str) -> None:
    assert len((EXAMPLES / name).read_text().splitlines()) < 100
