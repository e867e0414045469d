"""A process that uses an outbox: puts messages, sends them, takes in what webhooks tell, and says on standard output what was
promised. kill.py ends it at any point, and uses `work` itself to bring what is left to rest.

Arguments: a JSON object, see `Job`.
"""

from __future__ import annotations

import ctypes
import json
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Iterator

import wabiz

COUNT = 9  # messages
SINGLE = 7  # of them are put alone, the rest in one transaction
IN_FLIGHT = 4
PHASE = getattr(ctypes.CDLL(None), "kill_phase", lambda _: None)


@dataclass
class Job:
    path: str
    url: str
    now: int
    api: str = "cloud"
    uncertain: str = "report"
    hears: bool = True  # whether webhooks arrive
    puts: bool = True


@contextmanager
def phase(name: str) -> Iterator[None]:
    """What happens inside counts as a part of this."""
    PHASE(name.encode())
    yield
    PHASE(None)


def config(job: Job) -> dict[str, Any]:
    number = {"phone_number_id": "100200300"} if job.api == "cloud" else {}
    return {"api": job.api, "now": job.now, "busy_timeout_ms": 60000, **number}


def element(number: int, now: int) -> dict[str, Any]:
    """A third stands alone, the others are of two sequences."""
    message = {"to": f"+1555000{number % 3:04}", "text": f"Message {number}"}
    options: dict[str, Any] = {"sequence": f"s{number % 2}", "sequence_failure": "skip"} if number % 3 else {}
    return {"message": message, "key": f"k{number}", "expires_at": 2000000000, **options}


def put(outbox: wabiz.Outbox, job: Job) -> None:
    elements = [element(number, job.now) for number in range(COUNT)]
    for number, one in enumerate(elements[:SINGLE]):
        message = one.pop("message")
        with phase("put"):
            row = outbox.put(message, **one, api=job.api)
        print("put", number, row["id"], flush=True)
    with phase("put many"):
        rows = outbox.put_many(elements[SINGLE:], api=job.api)
    for number, row in enumerate(rows, SINGLE):
        print("put", number, row["id"], flush=True)


def work(job: Job) -> None:
    """Until nothing is left that this time allows."""
    with phase("open"):
        outbox = wabiz.Outbox(job.path, uncertain=job.uncertain, **config(job))
    number = {"phone_number_id": "100200300"} if job.api == "cloud" else {}
    client = wabiz.Client(access_token="t", base_url=job.url, api=job.api, proxy="", max_in_flight=IN_FLIGHT,
                          messages_per_second=1000, pair_interval_ms=0, **number)
    if job.puts:
        print("open", flush=True)
        put(outbox, job)
    known = quiet = 0
    while quiet < 30:
        with phase("step"):
            rows = outbox.step(client, 0.03)
        events = []
        if job.hears:
            # What was taken in is not told again, as with Meta.
            with urllib.request.urlopen(f"{job.url}/webhooks?taken_in={known}") as answer:
                told = json.load(answer)
            known, events = told["from"], told["events"]
        if events:
            with phase("apply"):
                outbox.apply(json.dumps({"events": events}).encode())
            known += len(events)
        quiet = 0 if rows or events or outbox.stats()["due"] else quiet + 1
        # What a killed process has under way stays so until its lease is over: no use waiting for that.
        if quiet and (outbox.is_idle or not next(outbox.list(state="sending"), None)):
            break
    with phase("close"):
        outbox.close()
    client.close()


if __name__ == "__main__":
    work(Job(**json.loads(sys.argv[1])))
    print("end", flush=True)
