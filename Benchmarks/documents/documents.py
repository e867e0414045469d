"""Python's `wabiz.receive` against json, hmac and a normaliser written by hand, in one process and in turn: CPU per call,
spread and ratio. Run by `run`, which names the folder of samples and the number of rounds."""
import hashlib
import hmac
import json
import statistics
import sys
import time
from pathlib import Path

import wabiz

SECRET = "0123456789abcdef0123456789abcdef"


def bare_receive(body, signature, secret):
    """What a service without any library does: verify, parse, one flat dictionary for each message and status."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature, expected):
        raise PermissionError
    events = []
    for entry in json.loads(body)["entry"]:
        for change in entry["changes"]:
            value = change["value"]
            metadata = value["metadata"]
            contacts = {contact.get("wa_id"): contact for contact in value.get("contacts", ())}
            around = {"waba_id": entry["id"], "phone_number_id": metadata["phone_number_id"],
                      "display_phone_number": metadata["display_phone_number"]}
            for message in value.get("messages", ()):
                event = {"kind": "message", "key": message["id"], **around, "message_id": message["id"],
                         "timestamp": int(message["timestamp"]), "type": message["type"], "from": message["from"]}
                contact = contacts.get(message["from"], {})
                for name, found in (("from_user_id", message.get("from_user_id")), ("profile_name", contact.get("profile", {}).get("name")), ("contact", contact or None),
                                    ("text", message.get("text", {}).get("body")),
                                    ("context_id", message.get("context", {}).get("id"))):
                    if found is not None:
                        event[name] = found
                event["payload"] = message
                events.append(event)
            for status in value.get("statuses", ()):
                event = {"kind": "status", "key": f"{status['id']}:{status['status']}", **around, "message_id": status["id"],
                         "timestamp": int(status["timestamp"]), "status": status["status"], "recipient_id": status["recipient_id"]}
                for name, member in (("recipient_user_id", "recipient_user_id"), ("tag", "biz_opaque_callback_data"),
                                     ("pricing", "pricing"), ("conversation", "conversation"), ("errors", "errors")):
                    if member in status:
                        event[name] = status[member]
                event["payload"] = status
                events.append(event)
    return events


def batch(body, copies):
    document = json.loads(body)
    document["entry"][0]["changes"] *= copies
    return json.dumps(document, separators=(",", ":")).encode()


def timed(receive, arguments, calls):
    """Microseconds of CPU per call."""
    before = time.process_time_ns()
    for _ in range(calls):
        receive(*arguments)
    return (time.process_time_ns() - before) / 1e3 / calls


def middle(values):
    """The median, and how far the middle half of the values lies apart in percent of it."""
    low, median, high = statistics.quantiles(values, n=4)
    return median, 100 * (high - low) / median


def compare(name, body, rounds):
    arguments = (body, wabiz.sign(body, SECRET), SECRET)
    ours, bare = wabiz.receive(*arguments), bare_receive(*arguments)
    assert len(ours) == len(bare), f"{len(ours)} events against {len(bare)}"
    for left, right in zip(ours, bare):
        different = [key for key in right if left.get(key) != right[key]]
        assert not different, f"{different}: {left} against {right}"
    calls = 1 + int(8000 / timed(bare_receive, arguments, 20))
    times, ratios = ([], []), []
    for turn in range(rounds):
        sides = [(0, wabiz.receive), (1, bare_receive)]
        for side, receive in sides if turn % 2 else reversed(sides):
            times[side].append(timed(receive, arguments, calls))
        ratios.append(times[0][-1] / times[1][-1])
    cells = [f"{value:{width}.{digits}f} {spread:4.0f}%" for (value, spread), width, digits in
             ((middle(times[0]), 10, 1), (middle(times[1]), 10, 1), (middle(ratios), 8, 3))]
    print(f"{name:<21} {len(body):>7} {cells[0]} {cells[1]} {cells[2]}")


def main():
    samples, rounds = Path(sys.argv[1]), int(sys.argv[2])
    text, status = ((samples / f"webhook-{name}.json").read_bytes() for name in ("text", "status"))
    print(f"{'Python ' + sys.version.split()[0] + ', us':<21} {'bytes':>7} {'wabiz':>16} {'json + hmac':>16} {'ratio':>14}")
    compare("receive text", text, rounds)
    compare("receive status", status, rounds)
    compare("receive 100", batch(text, 100), rounds)
    compare("receive 1000", batch(text, 1000), rounds)


main()
