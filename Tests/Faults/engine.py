"""The library as its header shows it, by ctypes on the staged .so, and what the tests do with it again and again: submit many, step to
the end, hold every outcome against the server's record."""
import ctypes
import json
import os
from pathlib import Path

from record import Disagreement, judge

OK, IDLE, INVALID, REFUSED, UNREACHABLE, UNCERTAIN, FORKED, FULL, NOT_FOUND, CANCELLED = 0, 1, -3, -5, -6, -7, -9, -11, -12, -15
LIBRARY = os.environ.get("WABIZ_LIBRARY") or str(Path(__file__).resolve().parents[2] / "build" / "lib" / "libwabiz.so")
library = ctypes.CDLL(LIBRARY)

_text = ctypes.POINTER(ctypes.c_char_p)
for _name, _arguments in {
    "client_open": (ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), _text),
    "client_send": (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, _text),
    "client_submit": (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, _text),
    "client_step": (ctypes.c_void_p, ctypes.c_int, _text),
    "client_cancel": (ctypes.c_void_p, ctypes.c_ulonglong, _text),
    "client_drain": (ctypes.c_void_p, ctypes.c_int, _text),
    "client_contacts": (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, _text),
    "client_health": (ctypes.c_void_p, _text),
    "client_stats": (ctypes.c_void_p, _text),
    "client_descriptor": (ctypes.c_void_p,),
    "client_close": (ctypes.c_void_p,),
    "describe": (ctypes.c_char_p, _text),
    "free": (ctypes.c_char_p,),
}.items():
    getattr(library, f"wabiz_{_name}").argtypes = _arguments
library.wabiz_client_close.restype = library.wabiz_free.restype = None


def call(name, *arguments):
    """(status, document)."""
    out = ctypes.c_char_p()
    status = getattr(library, f"wabiz_{name}")(*arguments, ctypes.byref(out))
    document = json.loads(out.value) if out.value else None
    library.wabiz_free(out)
    return status, document


def _json(value):
    return None if value is None else json.dumps(value).encode()


class Engine:
    """A client. Paces and limits are out of the way unless a test asks for them."""

    def __init__(self, url, **config):
        config = {"access_token": "secret-token", "phone_number_id": "1", "base_url": url, "proxy": "", "messages_per_second": 1000, "max_queued": 20000,
                  "timeout_ms": 60000, "connect_timeout_ms": 60000, "deadline_ms": 300_000, **config}
        config = {name: value for name, value in config.items() if value is not None}
        self.handle = ctypes.c_void_p()
        status, document = 0, None
        out = ctypes.c_char_p()
        status = library.wabiz_client_open(_json(config), ctypes.byref(self.handle), ctypes.byref(out))
        document = json.loads(out.value)
        library.wabiz_free(out)
        if status != OK:
            raise AssertionError(f"open: {status} {document}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        library.wabiz_client_close(self.handle)
        self.handle = None

    def submit(self, message, **options):
        """The ticket."""
        status, document = self.try_submit(message, **options)
        if status != OK:
            raise AssertionError(f"submit: {status} {document}")
        return document["ticket"]

    def try_submit(self, message, **options):
        return call("client_submit", self.handle, _json(message), _json(options or None))

    def send(self, message, **options):
        return call("client_send", self.handle, _json(message), _json(options or None))

    def step(self, timeout=-1):
        """(status, outcomes)."""
        status, document = call("client_step", self.handle, timeout)
        if status not in (OK, IDLE):
            raise AssertionError(f"step: {status} {document}")
        if status == IDLE and document["outcomes"]:
            raise AssertionError("idle, with outcomes")
        return status, document["outcomes"]

    def drain(self, timeout=-1):
        status, document = call("client_drain", self.handle, timeout)
        if status not in (OK, IDLE):
            raise AssertionError(f"drain: {status} {document}")
        return document["outcomes"]

    def cancel(self, ticket):
        return call("client_cancel", self.handle, ticket)

    def stats(self):
        return call("client_stats", self.handle)[1]

    @property
    def descriptor(self):
        return library.wabiz_client_descriptor(self.handle)

    def finish(self):
        """Every outcome until there is nothing left, by ticket."""
        found = []
        while True:
            status, outcomes = self.step()
            found += outcomes
            if status == IDLE:
                return found


class Batch:
    """Messages of one test: their names, tickets and outcomes."""

    def __init__(self, engine, record):
        self.engine, self.record, self.tickets, self.outcomes = engine, record, {}, {}

    def submit(self, name, message, **options):
        ticket = self.engine.submit(message, tag={"name": name}, **options)
        if ticket in self.tickets:
            raise AssertionError(f"the ticket {ticket} was given twice")
        self.tickets[ticket] = name
        return ticket

    def take(self, outcomes):
        """Every ticket exactly once, with its own tag."""
        for outcome in outcomes:
            name = self.tickets.get(outcome["ticket"])
            if name is None or outcome["tag"] != {"name": name}:
                raise Disagreement(f"nobody has submitted {outcome}")
            if name in self.outcomes:
                raise Disagreement(f"a second outcome: {outcome}")
            self.outcomes[name] = outcome

    def until(self, *names):
        """Steps until the server has read these to their end."""
        while missing := [name for name in names if not any(post.whole for post in self.record.posts.get(name, []))]:
            if ended := [name for name in missing if name in self.outcomes]:
                raise Disagreement(f"ended before the server had read it: {self.outcomes[ended[0]]}")
            self.take(self.engine.step(10)[1])

    def finish(self, resend=False):
        self.take(self.engine.finish())
        return self.settle(resend)

    def settle(self, resend=False):
        """All have an outcome, and the server's record agrees with each."""
        missing = set(self.tickets.values()) - set(self.outcomes)
        if missing:
            raise Disagreement(f"{len(missing)} tickets without an outcome: {sorted(missing)[:5]}")
        for name, outcome in self.outcomes.items():
            judge(self.record, str(name), outcome, resend)
        return self.outcomes


def word(outcome):
    """receipt, or the failure's code."""
    return "receipt" if "receipt" in outcome else outcome["error"]["code"]
