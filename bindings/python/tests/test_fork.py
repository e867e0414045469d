"""A client belongs to the process that opened it. Runs in an interpreter of its own, because pytest has threads."""

from __future__ import annotations

import subprocess
import sys
from typing import Callable

from conftest import TOKEN
from stub import Stub

FORKS = """
import gc, os, sys, wabiz
url, token = sys.argv[1:]
config = dict(access_token=token, phone_number_id="1", base_url=url, proxy="")

def send(client, body):
    return client.send(wabiz.text("+15550001234", body))

client = wabiz.Client(**config)
send(client, "parent before")
child = os.fork()
if child == 0:
    try:
        send(client, "child with the parent's")
    except wabiz.Forked as e:
        assert e.code == "forked" and e.message, e.document
    else:
        os._exit(3)
    client.close()
    client.close()
    try:
        send(client, "closed")
    except wabiz.BadArgument:
        pass
    else:
        os._exit(4)
    with wabiz.Client(**config) as own:
        send(own, "child with its own")
    assert wabiz.check(wabiz.text("+15550001234", "x"))
    gc.collect()
    os._exit(0)
pid, status = os.waitpid(child, 0)
assert os.waitstatus_to_exitcode(status) == 0, status
send(client, "parent after")
client.close()
"""

def run(code: str, stub: Stub) -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, stub.url, TOKEN], capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, done.stderr


def test_the_child_opens_its_own_and_leaves_the_parents_alone(serve: Callable[..., Stub]) -> None:
    stub = serve()
    run(FORKS, stub)
    bodies = [request.json["text"]["body"] for request in stub.requests]
    assert bodies == ["parent before", "child with its own", "parent after"]
    before, child, after = (request.connection for request in stub.requests)
    assert before == after != child  # closing in the child did not end the parent's connection
