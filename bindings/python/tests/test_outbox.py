"""The outbox: put, keys, apply, lists, refusals, closing, a child process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import wabiz
from conftest import open_client
from stub import Stub

NOW = 1767225600
TEXT = {"to": "+15550001234", "text": "Hello"}
PROMO = {"to": "+15550001234", "template": "promo", "language": "en"}


def opened(path: Path, **config: Any) -> wabiz.Outbox:
    return wabiz.Outbox(path / "out.db", phone_number_id="900", **{"now": NOW, **config})


def status(word: str, **more: Any) -> dict[str, Any]:
    item = {"id": "wamid.1", "status": word, "timestamp": str(NOW), "recipient_id": "15550001234", **more}
    return {"entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": "900"}, "statuses": [item]}}]}]}


def events(*bodies: dict[str, Any]) -> list[wabiz.Event]:
    return [event for body in bodies for event in wabiz.parse(json.dumps(body).encode())]


def test_a_row_lives(tmp_path: Path) -> None:
    with opened(tmp_path) as outbox:
        put = outbox.put(TEXT, key="k", tag={"order": 42})
        assert put["new"] and put["state"] == "queued" and put["warnings"][0]["code"] == "window_unknown"
        assert outbox.put(TEXT, key="k") == {"id": put["id"], "state": "queued", "new": False}
        with pytest.raises(wabiz.Conflict):
            outbox.put({**TEXT, "text": "Other"}, key="k")
        applied = outbox.apply(events(status("sent", biz_opaque_callback_data=put["id"]), status("delivered"), status("sent")))
        assert applied["moved"] == 2 and applied["unknown"] == 0
        assert [row["state"] for row in applied["rows"]] == ["sent", "delivered", "delivered"]
        assert applied["rows"][0]["tag"] == {"order": 42}
        row = outbox.get(put["id"])
        assert row["message"]["text"] == {"body": "Hello"} and row["times"] == {"sent": NOW, "delivered": NOW}
        raw = wabiz.parse(json.dumps(status("read", id="wamid.other")).encode(), raw=True)
        assert outbox.apply(raw)["unknown"] == 1
        assert not outbox.cancel(put["id"]) and not outbox.retry(put["id"])
        assert outbox.stats()["rows"]["delivered"] == 1 and outbox.stats()["statuses"] == 1


def test_an_old_failure_counts_for_no_later_attempt(tmp_path: Path) -> None:
    with opened(tmp_path) as outbox:
        row = outbox.put(TEXT)["id"]
        assert outbox.cancel(row)
        failed = events(status("failed", biz_opaque_callback_data=row, errors=[{"code": 131049, "title": "Limit"}]))
        assert outbox.apply(failed)["moved"] == 0 and outbox.get(row)["state"] == "cancelled"
        assert outbox.retry(row)
        assert outbox.apply(failed)["moved"] == 0
        told = outbox.get(row)
        assert (told["state"], told.get("repeats", 0)) == ("queued", 0) and told.get("next_at", NOW) == NOW


@pytest.mark.parametrize("time", [2**63 - 1, -2**63, 2**63 // 1000, 2**53, -1, 0])
def test_times_of_any_size(tmp_path: Path, time: int) -> None:
    """A webhook may hold any number; arithmetic with it must not end the process."""
    with opened(tmp_path) as outbox:
        first = outbox.put(TEXT)["id"]
        told = [{"kind": "status", "status": word, "message_id": f"wamid.{word}{code}", "recipient_id": "15550001234", "tag": first, **failed}
                for word, code, failed in [("sent", 0, {}), *(("failed", code, {"errors": [{"code": code}]}) for code in (131049, 131047, 131050)),
                                           ("delivered", 0, {})]]
        told.append({"kind": "status", "status": "sent", "message_id": "wamid.nobody's", "recipient_id": "15550001234"})
        told.append({"kind": "message", "type": "text", "from": "15550001234"})
        told.append({"kind": "call", "direction": "USER_INITIATED", "from": "15550001234"})
        told.append({"kind": "user_preference", "wa_id": "15550001234", "category": "marketing_messages", "value": "stop"})
        for number, event in enumerate(told):
            outbox.apply(json.dumps({"events": [{"key": f"k{number}", "phone_number_id": "900", "timestamp": time, **event}]}).encode())
        assert outbox.get(first)["state"] == "delivered"
        with pytest.raises(wabiz.Blocked):
            outbox.put(PROMO, template_category="marketing")


def test_many_and_lists(tmp_path: Path) -> None:
    with opened(tmp_path) as outbox:
        rows = outbox.put_many([{"message": TEXT, "key": str(number)} for number in range(250)], sequence="s")
        assert [row["state"] for row in rows] == ["queued"] * 250
        assert [row["id"] for row in outbox.list(sequence="s")] == [row["id"] for row in rows]
        assert [row["key"] for row in outbox.list(state="queued", after=rows[247]["id"])] == ["248", "249"]
        assert outbox.cancel(rows[0]["id"]) and [row["key"] for row in outbox.list(state=["cancelled"])] == ["0"]
        with pytest.raises(wabiz.Invalid) as caught:
            outbox.put_many([TEXT, {"to": "+15550001234", "text": ""}])
        assert caught.value.issues[0]["path"] == "/messages/1/text"
        assert outbox.prune(retention_seconds=0) == {"rows": 1, "keys": 0, "statuses": 0, "more": False}


def test_the_stop_list_and_the_window(tmp_path: Path) -> None:
    stop = {"entry": [{"id": "1", "changes": [{"field": "user_preferences", "value": {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": "900"},
        "user_preferences": [{"wa_id": "15550001234", "category": "marketing_messages", "value": "stop", "timestamp": NOW}]}}]}]}
    inbound = {"entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": "900"},
        "messages": [{"id": "wamid.in", "from": "15550001234", "timestamp": str(NOW), "type": "text", "text": {"body": "Hi"}}]}}]}]}
    with opened(tmp_path) as outbox:
        outbox.apply(events(stop, inbound))
        with pytest.raises(wabiz.Blocked) as caught:
            outbox.put(PROMO, template_category="marketing")
        assert caught.value.reason == "stopped"
        assert "error" in outbox.put_many([{"message": PROMO, "template_category": "marketing"}, TEXT])[0]
        assert outbox.resume("+1 555 000 1234") and not outbox.resume("+1 555 000 1234")
        assert outbox.put(PROMO, template_category="marketing")["new"]
        assert "warnings" not in outbox.put(TEXT)
    with opened(tmp_path, now=NOW + 86400) as later:
        with pytest.raises(wabiz.Blocked) as caught:
            later.put(TEXT)
        assert caught.value.reason == "window_closed"
        assert later.put(TEXT, fallback=PROMO, template_category="utility")["fallback"]


def test_rows_go_out(tmp_path: Path) -> None:
    with Stub() as stub, open_client(stub.url, phone_number_id="900") as client, opened(tmp_path) as outbox:
        ids = [outbox.put({**TEXT, "text": str(number)}, tag=number)["id"] for number in range(5)]
        rows: list[dict[str, Any]] = []
        while not outbox.is_idle:
            rows += outbox.step(client)
        assert sorted(row["tag"] for row in rows) == [0, 1, 2, 3, 4] and {row["state"] for row in rows} == {"accepted"}
        assert sorted(request.json["biz_opaque_callback_data"] for request in stub.requests) == sorted(ids)
        assert outbox.step(client, 0) == [] and len(stub.requests) == 5


def test_rows_go_out_in_asyncio(tmp_path: Path) -> None:
    async def run(client: wabiz.Client, outbox: wabiz.Outbox) -> list[dict[str, Any]]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        rows: list[dict[str, Any]] = []

        def ready() -> None:
            rows.extend(outbox.step(client, 0))
            if len(rows) == 3 and not done.done():
                done.set_result(None)

        descriptor = outbox.descriptor(client)
        loop.add_reader(descriptor, ready)
        outbox.put_many([TEXT, TEXT, TEXT])
        await asyncio.wait_for(done, 60)
        loop.remove_reader(descriptor)
        return rows

    with Stub() as stub, open_client(stub.url, phone_number_id="900") as client, opened(tmp_path) as outbox:
        assert [row["state"] for row in asyncio.run(run(client, outbox))] == ["accepted"] * 3
        with pytest.raises(wabiz.BadArgument, match="on_premises"), wabiz.Client(access_token="x", api="on_premises", base_url=stub.url) as other:
            outbox.step(other, 0)


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(wabiz.BadArgument, match="phone_number_id"):
        wabiz.Outbox(tmp_path / "out.db")
    with pytest.raises(wabiz.Storage) as caught:
        wabiz.Outbox(tmp_path / "no" / "out.db", phone_number_id="1")
    assert caught.value.reason == "io"
    with opened(tmp_path) as outbox:
        with pytest.raises(wabiz.BadArgument, match="keyy"):
            outbox.put(TEXT, keyy="x")  # type: ignore[call-arg]
        with pytest.raises(wabiz.NotFound):
            outbox.get("x")
        with pytest.raises(wabiz.BadArgument):
            outbox.apply("text")  # type: ignore[arg-type]
        with pytest.raises(wabiz.BadArgument, match="not dict"):
            outbox.apply({"events": []})  # type: ignore[arg-type]
        with pytest.raises(wabiz.BadArgument):
            list(outbox.list(state="gone"))
    with pytest.raises(wabiz.BadArgument, match="closed"):
        outbox.stats()


def test_what_was_promised_survives_a_kill(tmp_path: Path) -> None:
    script = f"""
import os, signal, sys, wabiz
outbox = wabiz.Outbox({str(tmp_path / "out.db")!r}, phone_number_id="900")
for number in range(20):
    print(outbox.put({TEXT!r}, key=str(number))["id"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == -9
    with opened(tmp_path) as outbox:
        assert [row["id"] for row in outbox.list()] == ended.stdout.split()


def test_four_processes_share_a_file(tmp_path: Path) -> None:
    script = f"""
import sys, json, wabiz
with wabiz.Outbox({str(tmp_path / "out.db")!r}, phone_number_id="900", busy_timeout_ms=60000) as outbox:
    for number in range(40):
        id = outbox.put({TEXT!r}, key=f"{{sys.argv[1]}}-{{number}}", sequence="s")["id"]
        outbox.put({TEXT!r}, key=f"shared-{{number}}")
        if number % 2:
            outbox.apply(json.dumps({{"events": [{{"kind": "status", "key": id, "status": "delivered", "message_id": id, "timestamp": 1, "tag": id}}]}}).encode())
        else:
            outbox.cancel(id)
"""
    workers = [subprocess.Popen([sys.executable, "-c", script, str(number)]) for number in range(4)]
    assert [worker.wait(timeout=300) for worker in workers] == [0, 0, 0, 0]
    with opened(tmp_path) as outbox:
        rows = list(outbox.list())
        assert len(rows) == 200 and len({row["key"] for row in rows}) == 200
        assert outbox.stats()["rows"] == {**outbox.stats()["rows"], "queued": 40, "delivered": 80, "cancelled": 80}
        # Everything before it in its sequence is out of the way, whoever did it.
        assert "waits" not in outbox.get(outbox.put(TEXT, sequence="s")["id"])


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    script = f"""
import resource, signal, wabiz
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
outbox = wabiz.Outbox({str(tmp_path / "out.db")!r}, phone_number_id="900")
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))  # no file grows beyond it
stored = []
try:
    while True:
        stored.append(outbox.put({TEXT!r}, key=str(len(stored)))["id"])
except wabiz.Storage as problem:
    assert problem.reason in ("full", "io"), problem.reason
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert 10 < len(stored) and [row["id"] for row in outbox.list()] == stored
stored.append(outbox.put({TEXT!r}, key=str(len(stored)))["id"])
print(*stored)
outbox.close()
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr
    with opened(tmp_path) as outbox:
        assert [row["id"] for row in outbox.list()] == ended.stdout.split()


def test_a_read_only_file_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as outbox:
        stored = outbox.put(TEXT)["id"]
    script = f"""
import os, wabiz
if os.geteuid() == 0:
    wabiz.version()  # loaded while everything can be read
    os.seteuid(65534)  # root may write what it likes
try:
    wabiz.Outbox({str(tmp_path / "out.db")!r}, phone_number_id="900").put({TEXT!r})
except wabiz.Storage as problem:
    print(problem.reason, problem.retry)
"""
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    (tmp_path / "out.db").chmod(0o444)
    tmp_path.chmod(0o555)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    tmp_path.chmod(0o755)
    assert ended.stdout == "read_only after_fix\n", ended.stdout + ended.stderr
    with opened(tmp_path) as outbox:
        assert [row["id"] for row in outbox.list()] == [stored]


def test_the_end_waits_for_what_is_under_way(tmp_path: Path) -> None:
    with Stub() as stub, open_client(stub.url, phone_number_id="900") as client, opened(tmp_path) as outbox:
        outbox.put(TEXT)
        rows = outbox.step(client, 0)
        outbox.put(TEXT)
        rows += outbox.drain(client)
        assert [row["state"] for row in rows] == ["accepted"] and outbox.is_idle and len(stub.requests) == 1
        assert outbox.stats()["rows"]["queued"] == 1


def test_a_child_process_opens_its_own(tmp_path: Path) -> None:
    outbox = opened(tmp_path)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            outbox.put(TEXT)
        except wabiz.Forked:
            with opened(tmp_path) as own:
                code = 0 if own.put(TEXT)["new"] else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert outbox.stats()["rows"]["queued"] == 1
    outbox.close()
