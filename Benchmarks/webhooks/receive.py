"""Python's `wabiz.receive` (bytes in, dicts out) against json and hmac with a normaliser written by hand, and against pywa, in one
process and in turn: CPU per call, how far the middle half lies apart, and ratios, which are what counts. It reads its events with
msgspec, as it is installed, and by Python's json alone, as without its dependency; both are measured. Run by `run`, which names the
folder of samples and the number of rounds. Without pywa its columns stay empty."""
import json
import statistics
import sys
import time
from pathlib import Path

import msgspec
import wabiz
from wabiz import _json
from normaliser import receive as receive_by_hand

try:
    import pywa
except ImportError:
    pywa = None

SECRET = "0123456789abcdef0123456789abcdef"


def verdicts():
    """Name and verdict of each error code, as somebody would type them off once."""
    rows = wabiz.describe("errors")["errors"]
    return {row["code"]: (row["name"], row["retry"]) for row in rows if not row["on_premises"]}


class Pywa:
    """pywa with a handler of messages and one of statuses. It reads the first item of a body only, so that a batch is handed over change
    by change, each signed for itself; nothing of that is counted but its own work."""

    def __init__(self):
        self.client = pywa.WhatsApp(phone_id="106540352242922", token="x", app_secret=SECRET, server=None, verify_token="x",
                                    filter_updates=False, skip_duplicate_updates=False)
        self.handled = 0
        self.client.add_handlers(pywa.handlers.MessageHandler(self.handle), pywa.handlers.MessageStatusHandler(self.handle))

    def handle(self, _client, _update):
        self.handled += 1

    def prepare(self, body):
        document = json.loads(body)
        entry = document["entry"][0]
        bodies = []
        for change in entry["changes"]:
            one = {**document, "entry": [{**entry, "changes": [change]}]}
            bodies.append(json.dumps(one, separators=(",", ":")).encode())
        self.work = [(one, wabiz.sign(one, SECRET)) for one in bodies]
        self.handled = 0
        self.receive()
        assert self.handled == len(bodies), f"pywa handled {self.handled} of {len(bodies)}"

    def receive(self):
        for body, signature in self.work:
            assert not self.client.webhook_update_validator(body, signature)
            self.client.webhook_update_handler(body)


def timed(side, calls):
    """Microseconds of CPU per call of a side: what it calls, and by what the package reads JSON meanwhile."""
    receive, _json._decode = side
    before = time.process_time_ns()
    for _ in range(calls):
        receive()
    return (time.process_time_ns() - before) / 1e3 / calls


def middle(values):
    """The median, and how far the middle half of the values lies apart in percent of it."""
    low, median, high = statistics.quantiles(values, n=4)
    return median, 100 * (high - low) / median


def batch(body, copies):
    document = json.loads(body)
    document["entry"][0]["changes"] *= copies
    return json.dumps(document, separators=(",", ":")).encode()


def compare(name, body, rounds, peer):
    signature, known = wabiz.sign(body, SECRET), verdicts()
    fast, plain = msgspec.json.Decoder().decode, _json.read_plainly
    def ours(): return wabiz.receive(body, signature, SECRET)
    def by_hand(): return receive_by_hand(body, signature, SECRET, known)
    sides = [(ours, fast), (ours, plain), (by_hand, plain), (lambda: wabiz.receive(body, signature, SECRET, raw=True), plain)]
    for receive, _json._decode in sides[:2]:
        assert receive() == by_hand(), "the events differ"
    if peer:
        peer.prepare(body)
        sides.append((peer.receive, plain))
    calls = [1 + int(8000 / timed(side, 3)) for side in sides]
    times = [[] for _ in sides]
    for turn in range(rounds):
        order = range(len(sides)) if turn % 2 else reversed(range(len(sides)))
        for side in order:
            times[side].append(timed(sides[side], calls[side]))
    ratios = [divided(times[0], times[2]), divided(times[1], times[2])]
    if peer:
        ratios += [divided(times[4], times[0]), divided(times[4], times[1])]
    cells = [f"{value:9.1f} {spread:3.0f}%" for value, spread in map(middle, times)] + [""] * (5 - len(times))
    cells += [f"{value:7.2f} {spread:3.0f}%" for value, spread in ratios] + [""] * (4 - len(ratios))
    print(f"{name:<13}{len(body):>8} " + " ".join(f"{cell:>14}" for cell in cells), flush=True)


def divided(some, others):
    return middle([one / other for one, other in zip(some, others)])


def main():
    samples, rounds = Path(sys.argv[1]), int(sys.argv[2])
    text, status = ((samples / f"webhook-{name}.json").read_bytes() for name in ("text", "status"))
    peer = Pywa() if pywa else None
    titles = ("wabiz", "by json alone", "json+hmac", "wabiz raw", f"pywa {pywa.__version__}" if pywa else "no pywa", "to json+hmac",
              "by json alone", "pywa to us", "by json alone")
    print(f"msgspec {msgspec.__version__}")
    print(f"{'Python ' + sys.version.split()[0]:<13}{'bytes':>8} " + " ".join(f"{title:>14}" for title in titles))
    for name, body in (("text", text), ("status", status), ("100 texts", batch(text, 100)), ("100 statuses", batch(status, 100)),
                       ("1000 texts", batch(text, 1000))):
        compare(name, body, rounds if len(body) < 200_000 else max(5, rounds // 3), peer)


main()
