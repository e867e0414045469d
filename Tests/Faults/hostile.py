"""Callers who do anything at any time: random configurations, options, tickets and orders of calls, against servers that do anything too.
Every ticket still gets exactly one outcome that the server's record agrees with. The seed of a run stands in its failure."""
import json
import os
import random
import time

import lab
from acts import EXPECTED, HTTP1_ONLY, HTTP2_ONLY, message
from engine import CANCELLED, FULL, NOT_FOUND, OK, Batch, Engine, call, library
from lab import TRANSPORTS

SECONDS = float(os.environ.get("HOSTILE_SECONDS", "4"))
STRANGE_TAGS = (None, 0, "", "\u0001\u2028", [[]], {"a": {"b": [1.5, None, True]}}, "x" * 5000)


def some(dice, *values):
    return dice.choice(values)


def configuration(dice):
    return {
        "max_in_flight": some(dice, 1, 2, 16, 200, 1000), "max_queued": some(dice, 1, 3, 50, 1000), "max_attempts": some(dice, 1, 2, 4, 100),
        "deadline_ms": some(dice, 1, 30, 500, 2000, 2592000000), "resend_uncertain": some(dice, True, False), "messages_per_second": some(dice, 0, 1, 80, 1000),
        "pair_interval_ms": some(dice, 0, 1, 200, 600000), "pair_burst": some(dice, 1, 2, 1000), "timeout_ms": some(dice, 50, 300, 5000),
        "connect_timeout_ms": some(dice, 1, 200, 5000), "low_speed_seconds": some(dice, 0, 1),
    }


def options(dice):
    chosen = {}
    if dice.random() < 0.3:
        chosen["deadline_ms"] = some(dice, 1, 2, 40, 1000)
    if dice.random() < 0.3:
        chosen["max_attempts"] = some(dice, 1, 2, 100)
    if dice.random() < 0.3:
        chosen["resend_uncertain"] = some(dice, True, False)
    if dice.random() < 0.5:
        chosen["account"] = {"phone_number_id": str(dice.randrange(1, some(dice, 4, 9000)))}
    return chosen


class Caller:
    """One client and what is known of its messages."""

    def __init__(self, dice, server, transport):
        self.dice, self.server, self.count = dice, server, 0
        self.acts = [act for act in EXPECTED if act not in (HTTP1_ONLY if transport == "h2" else HTTP2_ONLY) and act not in ("together", "head-reset", "endless")]
        self.engine = Engine(server.url, **lab.config(transport), **configuration(dice))
        self.batch, self.ended, self.name = Batch(self.engine, server.record), False, f"{id(self)}-{dice.random()}"

    def message(self):
        self.count += 1
        name = f"{self.name}/{self.count}"
        todo = [self.argued(self.dice.choice(self.acts)) for _ in range(self.dice.randrange(1, 4))]
        return name, message(name, *todo, to=some(self.dice, None, "+15550001234", "+15550009999"))

    def argued(self, act):
        if act == "late":
            return f"late:{some(self.dice, 1, 20, 200)}"
        return f"e:{some(self.dice, 400, 429, 500, 503)}:{some(self.dice, 1, 2, 4, 131000, 131056, 131057, 130429, 100, 999)}" if act == "e" else act

    def submit(self):
        name, text = self.message()
        status, document = self.engine.try_submit(text, tag={"name": name}, **options(self.dice))
        assert status in ((CANCELLED,) if self.ended else (OK, FULL)), (status, document)
        if status == OK:
            assert document["ticket"] not in self.batch.tickets
            self.batch.tickets[document["ticket"]] = name

    def submit_many(self):
        for _ in range(self.dice.randrange(40)):
            self.submit()

    def step(self):
        self.batch.take(self.engine.step(some(self.dice, 0, 0, 1, 5, 30))[1])

    def cancel(self):
        open_tickets = [ticket for ticket, name in self.batch.tickets.items() if name not in self.batch.outcomes]
        ticket = some(self.dice, 0, 1, 2**63, 2**64 - 1, *open_tickets[:20])
        assert self.engine.cancel(ticket)[0] in (OK, NOT_FOUND)

    def send(self):
        _, text = self.message()
        status, document = self.engine.send(text, **{**options(self.dice), "deadline_ms": 50, "tag": some(self.dice, *STRANGE_TAGS)})
        assert status in (0, -5, -6, -7, FULL, CANCELLED) and document, (status, document)

    def wrong(self):
        for arguments in ((b"{", None), (b"{}", None), (b'{"to":"1","text":"x"}', b"[]"), (b'{"to":"1","text":"x"}', b'{"deadline_ms":0,"account":{"phone_number_id":"/"}}')):
            status, document = call("client_submit", self.engine.handle, *arguments)
            assert status < 0 and document["error"]["message"]

    def look(self):
        assert self.engine.descriptor >= 0 and self.engine.stats()["numbers"]
        assert call("client_health", self.engine.handle)[0] == -1

    def drain(self):
        self.batch.take(self.engine.drain(some(self.dice, 0, 20)))
        self.ended = True

    def restart(self):
        self.server.kill()
        self.server.open()

    def live(self):
        acts = [self.submit_many] * 6 + [self.submit] * 4 + [self.step] * 10 + [self.cancel] * 6 + [self.look, self.wrong, self.send]
        if self.dice.random() < 0.2:
            acts += [self.restart]
        for _ in range(self.dice.randrange(60)):
            self.dice.choice(acts)()
        if self.dice.random() < 0.3:
            return self.engine.close()  # with whatever is under way
        while self.dice.random() < 0.5:
            self.drain() if self.dice.random() < 0.5 else self.step()
        self.batch.take(self.engine.drain(some(self.dice, 0, 300)))
        assert self.engine.step(-1) == (1, [])
        self.batch.settle(resend=True)
        self.engine.close()


def test_anything_at_any_time():
    seed = int(os.environ.get("SEED", 0)) or random.randrange(1, 2**31)
    dice, until, runs = random.Random(seed), time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        for transport in TRANSPORTS:
            with lab.start(transport) as server:
                try:
                    Caller(dice, server, transport).live()
                except Exception as problem:
                    raise AssertionError(f"SEED={seed}, run {runs} over {transport}: {problem}") from problem
            runs += 1
    library.wabiz_client_close(None)
    assert runs
