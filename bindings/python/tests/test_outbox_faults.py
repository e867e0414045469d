"""What an outbox does when its file, its disk or its clock fails: it says so with a reason, loses nothing, and goes on when it can."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import wabiz
from conftest import open_client
from stub import Stub, accepts

NOW = 1767225600
TEXT = {"to": "+15550001234", "text": "Hello"}
DAY = 86400


def opened(path: Path, **config: Any) -> wabiz.Outbox:
    return wabiz.Outbox(path / "out.db", phone_number_id="900", **{"now": NOW, **config})


def told(id: str, word: str, message_id: str, time: int = NOW, **more: Any) -> bytes:
    event = {"kind": "status", "key": f"{message_id}:{word}", "status": word, "message_id": message_id, "timestamp": time, "tag": id, **more}
    return json.dumps({"events": [event]}).encode()


def receipt(id: str) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "contacts": [{"input": "+15550001234", "wa_id": "15550001234"}], "messages": [{"id": id}]}


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


# ------------------------------------------------------------------ clock

def test_a_clock_that_jumps(tmp_path: Path) -> None:
    """Every moment that a row waits for is a time of day: a jump back makes it later, never lost and never twice."""
    ids = iter(range(100))
    with Stub() as stub, open_client(stub.url, phone_number_id="900") as client:
        def step(now: int) -> list[str]:
            stub.answers = [accepts(receipt(f"wamid.{next(ids)}"))]
            with opened(tmp_path, now=now) as outbox:
                states = []
                while True:
                    rows = outbox.step(client, 0.1)
                    states += [row["state"] for row in rows]
                    if outbox.is_idle or not rows:
                        return states

        def put(**options: Any) -> str:
            with opened(tmp_path) as outbox:
                return str(outbox.put(TEXT, **options)["id"])

        def state(id: str) -> str:
            with opened(tmp_path) as outbox:
                return str(outbox.get(id)["state"])

        # send_at, and a clock that was a day ahead for a while.
        later = put(send_at=NOW + 100)
        assert step(NOW - 3 * DAY) == [] and step(NOW + 99) == [] and step(NOW + 100) == ["accepted"] and step(NOW) == []
        # expires_at: over is over, though the clock goes back.
        short = put(send_at=NOW + 10, expires_at=NOW + 20)
        assert step(NOW + 30) == ["expired"] and step(NOW + 10) == [] and state(short) == "expired"
        # A sequence's patience of a day begins when Meta took the row before.
        first, second = put(sequence="s", sequence_failure="skip"), put(sequence="s")
        assert step(NOW) == ["accepted"] and step(NOW - DAY) == [] and step(NOW + DAY - 1) == [] and step(NOW - 5) == []
        assert step(NOW + DAY) == ["accepted"] and state(second) == "accepted" and state(first) == "accepted"
        # Marketing pauses.
        with opened(tmp_path) as outbox:
            pause = outbox.put({"to": "+15550001234", "template": "promo", "language": "en"}, template_category="marketing")["id"]
        assert step(NOW) == ["accepted"]
        with opened(tmp_path) as outbox:
            outbox.apply(told(pause, "failed", outbox.get(pause)["message_id"], errors=[{"code": 131049, "title": "no", "retry": "wait_window"}]))
            assert outbox.get(pause)["next_at"] == NOW + DAY
        assert step(NOW - DAY) == [] and step(NOW + DAY - 1) == [] and step(NOW + DAY) == ["accepted"]
        assert len(stub.requests) == 5
        # Windows: a message that was heard in the future keeps it open; a day after it is closed.
        with opened(tmp_path, now=NOW + 10 * DAY) as ahead:
            ahead.apply(json.dumps({"events": [{"kind": "message", "key": "m", "phone_number_id": "900", "from": "15550001234", "type": "text",
                                                "timestamp": NOW + 10 * DAY}]}).encode())
            assert "warnings" not in ahead.put(TEXT, key="w")
        with opened(tmp_path) as back:
            assert "warnings" not in back.put(TEXT, key="v")
        with opened(tmp_path, now=NOW + 11 * DAY) as after, pytest.raises(wabiz.Blocked):
            after.put(TEXT)
        # Retention: what moved in the future is not old.
        with opened(tmp_path, now=NOW - 10 * DAY) as past:
            assert past.prune(retention_seconds=0)["rows"] == 0
        with opened(tmp_path, now=NOW + 31 * DAY) as future:
            future.prune(retention_seconds=0)
            assert not [row for row in future.list() if row["state"] == "expired"]
        with opened(tmp_path) as back:
            with pytest.raises(wabiz.NotFound):
                back.get(short)
            assert later not in [row["id"] for row in back.list(state="queued")]


def test_a_sequence_that_is_over_at_once(tmp_path: Path) -> None:
    """The first one that ends ends the others; each is handed out once."""
    with opened(tmp_path) as outbox:
        ids = [outbox.put(TEXT, sequence="s", expires_at=NOW + 100)["id"] for _ in range(4)]
    with Stub() as stub, open_client(stub.url, phone_number_id="900") as client, opened(tmp_path, now=NOW + 1000) as outbox:
        outcomes = []
        while not outbox.is_idle:
            outcomes += outbox.step(client)
        assert sorted(row["id"] for row in outcomes) == sorted(ids) and not stub.requests
        assert {row["id"]: row["state"] for row in outcomes} == {row["id"]: row["state"] for row in outbox.list()}


# --------------------------------------------------------------- webhooks

def test_webhooks_lost_doubled_and_out_of_order(tmp_path: Path) -> None:
    with Stub() as stub, open_client(stub.url, phone_number_id="900", max_in_flight=1) as client:
        with opened(tmp_path) as outbox, opened(tmp_path) as receiver:
            ids = [outbox.put({**TEXT, "text": str(number)})["id"] for number in range(4)]

            def answer(handler: Any) -> None:
                """The webhook comes before the answer."""
                number = len(stub.requests) - 1
                row = stub.requests[-1].json["biz_opaque_callback_data"]
                for word in [["sent"], ["delivered", "sent", "sent"], ["read"], ["failed"]][number]:
                    more = {"errors": [{"code": 131026, "title": "no", "retry": "never"}]} if word == "failed" else {}
                    assert receiver.apply(told(row, word, f"wamid.{number}", **more))["unknown"] == 0
                handler.reply(200, json.dumps(receipt(f"wamid.{number}")).encode())

            stub.answers = [answer]
            outcomes = []
            while not outbox.is_idle:
                outcomes += [row["state"] for row in outbox.step(client)]
            assert outcomes == ["sent", "delivered", "read", "failed"] and len(stub.requests) == 4
            rows = [outbox.get(id) for id in ids]
            assert [row["message_id"] for row in rows] == [f"wamid.{number}" for number in range(4)] and {row["attempts"] for row in rows} == {1}
            # "sent" of the third is lost for good, "delivered" of the fourth comes after its failure.
            assert outbox.apply(told(ids[3], "delivered", "wamid.3"))["moved"] == 1 and outbox.get(ids[3])["state"] == "delivered"
            assert outbox.apply(told(ids[3], "failed", "wamid.3", errors=[{"code": 131026}]))["moved"] == 0


# ------------------------------------------------------------------ storm

STORM = """
import json, sys
sys.path.insert(0, sys.argv[3])
import wabiz
from conftest import open_client
path, url, _, name = sys.argv[1:]
with wabiz.Outbox(path, phone_number_id="900", busy_timeout_ms=int(name) * 40 + 1, now=1767225600) as outbox, \\
        open_client(url, phone_number_id="900", max_in_flight=2, messages_per_second=1000) as client:
    busy = 0
    def insist(call):
        global busy
        while True:
            try:
                return call()
            except wabiz.Storage as problem:
                assert problem.reason == "busy" and problem.retry == "backoff", problem
                busy += 1
    for number in range(25):
        message = {"to": f"+1555{name}{number:06}", "text": f"{name} {number}"}
        insist(lambda: outbox.put(message, key=f"{name}-{number}"))
        rows = insist(lambda: outbox.step(client, 0.01))
        told = [{"kind": "status", "key": row["id"], "status": "delivered", "message_id": row["message_id"], "timestamp": 1, "tag": row["id"]}
                for row in rows if row["state"] == "accepted"]
        insist(lambda: outbox.apply(json.dumps({"events": told}).encode()))
    while True:
        rows = insist(lambda: outbox.step(client, 0.05))
        if not rows and outbox.stats()["due"] == 0 and not client.stats()["in_flight"]:
            break
    insist(lambda: outbox.step(client, 0))
    print(busy)
"""


def test_a_storm_of_four_processes(tmp_path: Path) -> None:
    """They put, step and take in webhooks at once, some hardly waiting for the others: what is busy is said so, and can be called again."""
    def answer(handler: Any) -> None:
        handler.reply(200, json.dumps(receipt(f"wamid.{os.urandom(8).hex()}")).encode())

    with Stub(answer) as stub:
        with opened(tmp_path):
            pass
        workers = [subprocess.Popen([sys.executable, "-c", STORM, str(tmp_path / "out.db"), stub.url, str(Path(__file__).parent), str(name)],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for name in range(4)]
        ended = [(*worker.communicate(timeout=300), worker.returncode) for worker in workers]
        assert [code for _, _, code in ended] == [0, 0, 0, 0], [complaints[-800:] for _, complaints, code in ended if code]
        sent = [request.json["biz_opaque_callback_data"] for request in stub.requests]
    with opened(tmp_path) as outbox:
        rows = list(outbox.list())
    assert len(rows) == 100 and sorted(sent) == sorted(row["id"] for row in rows), "each went out once"
    assert {row["state"] for row in rows} <= {"accepted", "delivered"} and {row["attempts"] for row in rows} == {1}
