"""The process that is killed: puts messages, sends them, takes in what webhooks told, and says on standard output what was promised.

Arguments: the outbox's file, the server's URL, the time in Unix seconds, what to do with uncertain rows, how many messages, and a file of events.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import wabiz


def delivered(row: dict[str, Any], now: int) -> dict[str, Any]:
    return {"kind": "status", "key": f"{row['message_id']}:delivered", "status": "delivered", "message_id": row["message_id"],
            "timestamp": now, "tag": row["id"]}


def main() -> None:
    path, url, time, uncertain, count, events = sys.argv[1:]
    now = int(time)
    outbox = wabiz.Outbox(path, phone_number_id="100200300", uncertain=uncertain, now=now)
    client = wabiz.Client(access_token="t", phone_number_id="100200300", base_url=url, proxy="", max_in_flight=4,
                          messages_per_second=1000, pair_interval_ms=0)
    print("open", flush=True)
    for number in range(int(count)):
        message = {"to": f"+1555000{number % 3:04}", "text": f"Message {number}"}
        options: dict[str, Any] = {"sequence": f"s{number % 2}", "sequence_failure": "skip"} if number % 3 else {}
        put = outbox.put(message, key=f"k{number}", expires_at=now + 10_000_000, **options)
        print("put", number, put["id"], flush=True)
    with open(events, "rb") as file:
        outbox.apply(file.read())
    for _ in range(200):
        rows = outbox.step(client, 0.05)
        accepted = [delivered(row, now) for row in rows if row["state"] == "accepted"]
        if accepted:
            outbox.apply(json.dumps({"events": accepted}).encode())
        if outbox.is_idle or not rows and not list(outbox.list(state="sending")) and outbox.stats()["due"] == 0:
            break
    outbox.close()
    client.close()
    print("end", flush=True)


main()
