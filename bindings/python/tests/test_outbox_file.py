"""What an outbox does when its disk or its file fails: it says so with a reason, loses nothing, and goes on when it can."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wabiz
from outbox_scene import TEXT, opened

# ------------------------------------------------------------------- disk

DISK = """
import json, os, sys, threading
sys.path.insert(0, sys.argv[2])
import wabiz
from stub import Stub, accepts
from conftest import open_client
folder, filler = sys.argv[1], os.path.join(sys.argv[1], "filler")
TEXT = {"to": "+15550001234", "text": "Hello"}

def fill():
    with open(filler, "ab", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True: file.write(b"x" * size)
            except OSError as problem:
                assert problem.errno == 28, problem

def is_full(call):
    try:
        call()
    except wabiz.Storage as problem:
        return problem.reason == "full" or sys.exit(f"the reason is {problem.reason}: {problem}")
    return False

def events(rows, word):
    return json.dumps({"events": [{"kind": "status", "key": id + word, "status": word, "message_id": "m" + id, "timestamp": 1767225600, "tag": id}
                                  for id in rows]}).encode()

outbox = wabiz.Outbox(os.path.join(folder, "out.db"), phone_number_id="900", now=1767225600)
stored = [outbox.put(TEXT)["id"] for _ in range(20)]
# put: the log may have room for some still.
fill()
for _ in range(1000):
    if is_full(lambda: stored.append(outbox.put(TEXT)["id"])): break
else: sys.exit("put never met the full disk")
assert [row["id"] for row in outbox.list()] == stored, "put"
# apply: all of a document or nothing.
states = lambda: {row["state"] for row in outbox.list()}
assert is_full(lambda: outbox.apply(events(stored, "delivered"))) and states() == {"queued"}, "apply"
# step, before the wire: nothing leaves that is not recorded.
with Stub() as stub, open_client(stub.url, phone_number_id="900", max_in_flight=4) as client:
    assert is_full(lambda: outbox.step(client, 5)) and not stub.requests and states() == {"queued"}, "before the wire"
    os.unlink(filler)
    # step, behind the wire: what came back is kept until there is room. Answers to others under way fill nothing any more by then.
    guard, is_filling = threading.Lock(), True
    def answer(handler):
        with guard:
            if is_filling: fill()
        body = json.dumps({"messaging_product": "whatsapp", "contacts": [{"input": "1", "wa_id": "15550001234"}],
                           "messages": [{"id": f"wamid.{len(stub.requests)}"}]}).encode()
        handler.reply(200, body)
    stub.answers = [answer]
    outcomes = []
    for _ in range(1000):
        try:
            outcomes += outbox.step(client, 5)
        except wabiz.Storage as problem:
            assert problem.reason == "full", problem.reason
            break
    else: sys.exit("step never met the full disk")
    stub.answers = [accepts({"messaging_product": "whatsapp", "contacts": [{"input": "1", "wa_id": "15550001234"}], "messages": [{"id": "wamid.x"}]})]
    assert "sending" in states(), "behind the wire"
    with guard:
        is_filling = False
        os.unlink(filler)
    before = len(stub.requests)
    sending = sum(row["state"] == "sending" for row in outbox.list())
    while not outbox.is_idle:
        outcomes += outbox.step(client, 5)
    sent = [request.json["biz_opaque_callback_data"] for request in stub.requests]
    assert sorted(sent) == sorted(stored), "each one once"
    assert sorted(row["id"] for row in outcomes) == sorted(stored) and states() == {"accepted"}, "outcomes"
assert outbox.apply(events(stored, "delivered"))["moved"] == len(stored)
outbox.close()
with wabiz.Outbox(os.path.join(folder, "out.db"), phone_number_id="900", now=1767225600) as outbox:
    assert {row["state"] for row in outbox.list()} == {"delivered"} and [row["id"] for row in outbox.list()] == stored
print("done", sending)
"""


def test_a_full_disk(tmp_path: Path) -> None:
    """On a file system of 512 KiB of its own, in a namespace where it may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=512k outbox "{disk}"'
    probe = subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, text=True) if shutil.which("unshare") else None
    if probe is None or probe.returncode:
        pytest.skip(f"no file system may be mounted here ({probe.stderr.strip() if probe else 'no unshare'}); test_a_full_disk_loses_nothing limits the file instead")
    print("a tmpfs of 512 KiB in a user and mount namespace of its own")
    command = f'{mount} && exec "$@"'
    ended = subprocess.run(["unshare", "-rm", "sh", "-c", command, "sh", sys.executable, "-c", DISK, str(disk), str(Path(__file__).parent)],
                           capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("done")


# ------------------------------------------------------------------- file

def filled(path: Path, count: int = 200) -> list[str]:
    with opened(path) as outbox:
        return [row["id"] for row in outbox.put_many([TEXT] * count)]


def reason(path: Path) -> str:
    """Why it cannot be opened, or what the first call on it says."""
    with pytest.raises(wabiz.Storage) as caught:
        with opened(path) as outbox:
            list(outbox.list())
            outbox.stats()
            outbox.put(TEXT)
    return str(caught.value.reason)


def flip(path: Path, *places: int) -> None:
    with open(path / "out.db", "r+b") as file:
        for place in places:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 0xFF]))


@pytest.mark.parametrize("places", [(0,), (5, 6, 7), (100, 101), (*range(4096, 4196),)], ids=["magic", "magic's middle", "schema page", "a page"])
def test_flipped_bits(tmp_path: Path, places: tuple[int, ...]) -> None:
    filled(tmp_path)
    whole = (tmp_path / "out.db").read_bytes()
    flip(tmp_path, *places)
    assert reason(tmp_path) in ("corrupt", "foreign")
    # It was left as it is, for whoever can mend it.
    flip(tmp_path, *places)
    assert (tmp_path / "out.db").read_bytes() == whole


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_was_cut(tmp_path: Path, share: float) -> None:
    filled(tmp_path)
    file = tmp_path / "out.db"
    os.truncate(file, int(file.stat().st_size * share) // 4096 * 4096)
    assert reason(tmp_path) == "corrupt"


def test_no_database(tmp_path: Path) -> None:
    (tmp_path / "out.db").write_bytes(b"This is no database, but it is longer than a header. " * 200)
    before = (tmp_path / "out.db").read_bytes()
    assert reason(tmp_path) == "foreign" and (tmp_path / "out.db").read_bytes() == before


def test_a_log_that_is_gone(tmp_path: Path) -> None:
    """A process was killed and its write-ahead log lost: the rows that were in the file stay, and it works."""
    stored = filled(tmp_path)
    script = (f"import os, wabiz; outbox = wabiz.Outbox({str(tmp_path / 'out.db')!r}, phone_number_id='900')\n"
              f"outbox.put({TEXT!r}); os.kill(os.getpid(), 9)")
    assert subprocess.run([sys.executable, "-c", script]).returncode == -9
    assert (tmp_path / "out.db-wal").stat().st_size > 0
    (tmp_path / "out.db-wal").unlink()
    with opened(tmp_path) as outbox:
        assert [row["id"] for row in outbox.list()] == stored
        assert outbox.put(TEXT)["new"]


def test_a_torn_log(tmp_path: Path) -> None:
    """What of the log was not whole when the power went was promised to nobody; all before it stays."""
    stored = filled(tmp_path)
    script = (f"import os, wabiz; outbox = wabiz.Outbox({str(tmp_path / 'out.db')!r}, phone_number_id='900')\n"
              f"for _ in range(5): print(outbox.put({TEXT!r})['id'], flush=True)\nos.kill(os.getpid(), 9)")
    stored += subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.split()
    log = tmp_path / "out.db-wal"
    with open(log, "ab") as file:
        file.write(os.urandom(3000))
    with opened(tmp_path) as outbox:
        assert [row["id"] for row in outbox.list()] == stored
