"""Kills a process that uses an outbox at every point between two steps, and at random times, and holds what is left in the file
against what the server took. Prints "outbox: N passed, N failed", one test per kill.

    kill.py ROUNDS [SEED]
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Optional

ROOT = Path(__file__).resolve().parents[2]
NOW = 1767225600
MESSAGES = 7

sys.path.insert(0, str(ROOT / "bindings" / "python"))
os.environ["WABIZ_LIBRARY"] = str(ROOT / "build" / "lib" / "libwabiz.so")
import wabiz  # noqa: E402


class Meta(ThreadingHTTPServer):
    """Takes every message whose request came whole, and remembers it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.taken: list[tuple[str, str, str]] = []  # our id, Meta's id, text
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """Those who are killed hang up."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Meta

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return
        message = json.loads(body)
        with self.server.lock:
            id = f"wamid.{len(self.server.taken)}"
            self.server.taken.append((message["biz_opaque_callback_data"], id, message["text"]["body"]))
        answer = json.dumps({"messaging_product": "whatsapp", "contacts": [{"input": message["to"], "wa_id": message["to"][1:]}],
                             "messages": [{"id": id}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


class Campaign:
    """One file, one kill, and what it takes to come to rest again."""

    def __init__(self, folder: Path, uncertain: str) -> None:
        self.folder, self.uncertain = folder, uncertain
        self.meta = Meta()
        self.promised: dict[int, str] = {}

    def events(self) -> Path:
        """Webhooks of all that was taken."""
        with self.meta.lock:
            items = [{"kind": "status", "key": f"{id}:delivered", "status": "delivered", "message_id": id, "timestamp": NOW, "tag": row}
                     for row, id, _ in self.meta.taken]
        path = self.folder / "events.json"
        path.write_text(json.dumps({"events": items}))
        return path

    def work(self, now: int, kill_at: Optional[int] = None, torn: bool = False, after: Optional[float] = None) -> int:
        """Runs the worker; its exit status, negative when it was killed."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "bindings" / "python")}
        if kill_at is not None:
            environment |= {"LD_PRELOAD": str(self.folder.parent / "killer.so"), "KILL_AT": str(kill_at), "KILL_TORN": "1" if torn else "0"}
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), str(self.folder / "out.db"), self.meta.url, str(now),
                   self.uncertain, str(MESSAGES), str(self.events())]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout and process.stderr
        if after is not None:
            process.stdout.readline()  # it is open
            time.sleep(after)
            process.kill()
        out, complaints = process.communicate(timeout=120)
        for line in out.splitlines():
            words = line.split()
            if words[0] == "put":
                known = self.promised.setdefault(int(words[1]), words[2])
                assert known == words[2], f"key k{words[1]} had the row {known} and has {words[2]} now"
        if process.returncode > 0:
            raise AssertionError(f"the worker failed: {complaints[-1500:]}")
        return process.returncode

    def settle(self) -> None:
        """Lets leases end, webhooks come and patience end."""
        for wait in (100, 1100, 2200):
            assert self.work(NOW + wait) == 0

    def check(self) -> None:
        with wabiz.Outbox(self.folder / "out.db", phone_number_id="100200300", now=NOW + 3000) as outbox:
            rows = {row["id"]: row for row in outbox.list()}
        with self.meta.lock:
            taken = list(self.meta.taken)
        assert len(self.promised) == MESSAGES == len(rows), f"{MESSAGES} messages, {len(rows)} rows"
        for number, id in self.promised.items():
            row, count = rows[id], sum(1 for one, _, _ in taken if one == id)
            told = f"message {number}: {row['state']}, taken {count} times, {row['resends']} resends"
            assert count <= 1 + row["resends"], f"sent twice unknowingly: {told}"
            if count:
                assert row["state"] == "delivered", f"it was taken, and its webhook came: {told}"
            elif self.uncertain == "report":
                assert row["state"] == "uncertain", f"lost: {told}"
            else:
                raise AssertionError(f"lost: {told}")
            if self.uncertain == "report":
                assert row["resends"] == 0, told
        for sequence in ("s0", "s1"):
            order = [int(text.split()[1]) for _, _, text in taken]
            mine = [n for n in dict.fromkeys(order) if n % 3 and f"s{n % 2}" == sequence]
            # One that was resent by choice may come late; the first time nobody overtakes.
            assert mine == sorted(mine) or self.uncertain == "resend" and self.late(mine, rows), f"overtaken in {sequence}: {mine}"

    def late(self, order: list[int], rows: dict[str, Any]) -> bool:
        calm = [number for number in order if not rows[self.promised[number]]["resends"]]
        return calm == sorted(calm)


def one(folder: Path, number: int, kill_at: Optional[int], torn: bool, after: Optional[float], uncertain: str) -> bool:
    """One kill; true when the worker really was killed."""
    place = folder / str(number)
    place.mkdir()
    campaign = Campaign(place, uncertain)
    try:
        killed = campaign.work(NOW, kill_at, torn, after) < 0
        campaign.settle()
        campaign.check()
        return killed
    finally:
        campaign.meta.shutdown()
        campaign.meta.server_close()


def main() -> int:
    rounds = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    print(f"kill test: {rounds} kills, seed {seed}", flush=True)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", str(Path(__file__).with_name("killer.c")), "-o", str(folder / "killer.so"), "-ldl"],
                       check=True)
        points = 0
        for number in range(rounds):
            at = after = None
            if number % 4 == 3:
                after = chance.uniform(0, 0.12)
            else:
                # Every point in turn where there are rounds enough, else spread over all of them.
                at = number - number // 4 + 1 if rounds >= 400 else chance.randrange(1, 260)
            torn, uncertain = chance.random() < 0.3, "resend" if number % 2 else "report"
            how = f"point {at}{' torn' if torn else ''}" if at else f"{after} s after the start"
            try:
                killed = one(folder, number, at, torn, after, uncertain)
                points += killed
                passed += 1
            except AssertionError as problem:
                failed += 1
                print(f"FAILED: kill {number}, {how}, {uncertain}: {problem}", flush=True)
    print(f"{points} of {rounds} were killed before they were done")
    if points < rounds // 3:
        failed += 1
        print("FAILED: too few of them were killed to say anything")
    print(f"outbox: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
