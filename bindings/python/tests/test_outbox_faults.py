"""What an outbox does when its clock jumps, when webhooks come too early, twice or never, and when many processes use it at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import wabiz
from conftest import open_client
from outbox_scene import DAY, NOW, TEXT, opened, receipt, told
from stub import Stub, accepts

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
