"""Messages stored in a file until it is known what became of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Mapping, Optional, TypedDict, Union

from . import _json, _library
from ._handle import Handle
from .client import IDLE, Client, milliseconds
from .documents import Message, Options
from .errors import BadArgument, Forked
from .event import Event
from .messages import written

if TYPE_CHECKING:
    from typing_extensions import Unpack


class OutboxConfiguration(TypedDict, total=False):
    """What `Outbox` takes beside path and number; None leaves a member out. wabiz.h tells ranges and defaults."""

    api: Optional[str]
    """ "cloud" (default) or "on_premises"."""
    uncertain: Optional[str]
    """What becomes of an uncertain row that no webhook settles: "report" (default), "resend" or "wait"."""
    uncertain_seconds: Optional[int]
    marketing_seconds: Optional[Sequence[int]]
    """The pauses after Meta held a marketing message back for the person's sake."""
    window: Optional[str]
    """ "check" (default) refuses free-form messages outside of the 24 hours; "ignore" leaves that to Meta."""
    repeat_seconds: Optional[int]
    """For how long the same content to the same person is refused; 0 (default) for never."""
    expire_seconds: Optional[int]
    after: Optional[str]
    """What the next row of a sequence waits for: "delivered" (default), "sent" or "read"."""
    sequence_timeout_seconds: Optional[int]
    sequence_failure: Optional[str]
    """ "stop" (default) or "skip"."""
    retention_seconds: Optional[int]
    key_retention_seconds: Optional[int]
    lease_seconds: Optional[int]
    busy_timeout_ms: Optional[int]
    now: Optional[int]
    """Unix seconds; stands in for the clock. For tests."""


class PutOptions(Options, total=False):
    """Options of `put`, beside those of `build`. Times are Unix seconds."""

    key: str
    """Makes it idempotent: the same key and message again change nothing."""
    tag: Any
    """Any JSON, given back with the row."""
    send_at: int
    expires_at: int
    priority: int
    """0 goes first, 2 last; by default the category decides."""
    sequence: str
    """Rows of a sequence go out one after another."""
    after: str
    sequence_timeout_seconds: int
    sequence_failure: str
    fallback: Mapping[str, Any]
    """A template message for the same person, for the time when the window is closed."""
    phone_number_id: str


# A row as the library describes it; members may be added at any time.
Row = dict[str, Any]


class OutboxFile(Handle):
    """What every outbox does with its file: put, apply, look, change and forget. `Outbox` and `AsyncOutbox` also send."""

    _family = "outbox"
    _called = "outbox"

    def __init__(self, path: Union[str, os.PathLike[str]], *, phone_number_id: Optional[str] = None,
                 **config: Unpack[OutboxConfiguration]) -> None:
        self._about = os.fspath(path)
        opened = self._open({"path": os.fspath(path), "phone_number_id": phone_number_id, **config})
        self.schema: int = opened["schema"]
        self.is_idle = False  # after a step: nothing is queued, now or later, and nothing under way

    def _work(self, name: str, client: Client, timeout_ms: int) -> list[Row]:
        """One step, or another function of its form."""
        with client._held() as sender, self._held() as handle:
            status, document = _library.invoke(name, handle, sender, timeout_ms)
        if status < 0 or document is None:
            raise _library.failed(status, document)
        self.is_idle = status == IDLE
        rows: list[Row] = document["outcomes"]
        return rows

    def _watched(self, client: Client) -> int:
        """The descriptor that tells when there is work."""
        with client._held() as sender, self._held() as handle:
            descriptor: int = _library.library().wabiz_outbox_descriptor(handle, sender)
        if descriptor >= 0:
            return descriptor
        if os.getpid() != self._pid:
            raise Forked.here("This outbox belongs to the parent process: open a new one after fork()")
        raise BadArgument.here("There is no descriptor: rows are under way at another client, or the process has none left")

    def put(self, message: Message, **options: Unpack[PutOptions]) -> Row:
        """Checks a message as `build` does and stores it: `{"id": ..., "state": "queued", "new": True}`.

        Raises Invalid, BadJSON or BadArgument; Conflict when the key is taken by a different message; Blocked (see its `reason`:
        "stopped", "window_closed", "repeated") when a rule forbids it; Storage. Nothing was stored then.
        """
        return self._call("wabiz_outbox_put", _json.write(message), written(options))

    def put_many(self, messages: Iterable[Mapping[str, Any]], **options: Unpack[PutOptions]) -> list[Row]:
        """Stores many in one transaction. An element is a message, or `{"message": ..., "key": ...}` with options of its own.

        One answer each, in the same order; that of a blocked one is `{"error": ...}` and it was not stored. Anything else that is
        wrong with any raises as `put` does, and nothing was stored.
        """
        document = _json.dump({"messages": list(messages)})
        rows: list[Row] = self._call("wabiz_outbox_put", document, written(options))["rows"]
        return rows

    def apply(self, events: Union[bytes, Iterable[Event]]) -> dict[str, Any]:
        """Takes in events as `receive` gives them, in a list or as the bytes of raw=True: `{"moved": ..., "unknown": ..., "rows": [...]}`.

        Raises Storage when they could not be stored: let Meta send them again.
        """
        if not isinstance(events, bytes) and (isinstance(events, (str, Mapping)) or not isinstance(events, Iterable)):
            raise BadArgument.here(f"events must be a list of events or bytes, not {type(events).__name__}")
        return self._call("wabiz_outbox_apply", _json.write(events) if isinstance(events, bytes) else _json.dump({"events": list(events)}))

    def get(self, id: str) -> Row:
        """The row of an id, with its `message`. Raises NotFound."""
        return self._call("wabiz_outbox_get", _library.text(id, "id"))

    def list(self, *, state: Union[str, Sequence[str], None] = None, key: Optional[str] = None, message_id: Optional[str] = None,
             sequence: Optional[str] = None, to: Optional[str] = None, phone_number_id: Optional[str] = None,
             after: Optional[str] = None) -> Iterator[Row]:
        """Rows in the order in which they were put, without their messages. It asks for 100 at a time."""
        given = {"state": state if state is None or isinstance(state, str) else [*state], "key": key, "message_id": message_id,
                 "sequence": sequence, "to": to, "phone_number_id": phone_number_id}
        options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        while True:
            found = self._call("wabiz_outbox_list", _json.dump(options if after is None else {**options, "after": after}))
            yield from found["rows"]
            after = found["next"]
            if after is None:
                return

    def cancel(self, id: str) -> bool:
        """Takes a queued row back. False when it has left the queue; an uncertain row is then never resent. Raises NotFound."""
        return bool(self._call("wabiz_outbox_cancel", _library.text(id, "id"))["cancelled"])

    def retry(self, id: str) -> bool:
        """Queues a row again that failed, expired, was cancelled or blocked, or is uncertain: that one may so go out twice.

        False in any other state. Raises NotFound, and Blocked as `put` does.
        """
        return bool(self._call("wabiz_outbox_retry", _library.text(id, "id"))["retried"])

    def resume(self, person: str) -> bool:
        """Takes a person off the stop list for marketing, when they agreed anew. False when they were not on it."""
        return bool(self._call("wabiz_outbox_resume", _library.text(person, "person"))["resumed"])

    def prune(self, *, retention_seconds: Optional[int] = None) -> dict[str, Any]:
        """Forgets what is old: `{"rows": ..., "keys": ..., "statuses": ..., "more": ...}`. Call again while `more` is true."""
        options = None if retention_seconds is None else _json.dump({"retention_seconds": retention_seconds})
        return self._call("wabiz_outbox_prune", options)

    def stats(self) -> dict[str, Any]:
        """Counts: `rows` by state, `due`, `next_at`, `stopped`, `windows`, `statuses`, `keys`. It reads every row."""
        return self._call("wabiz_outbox_stats")


class Outbox(OutboxFile):
    """An outbox in an SQLite file. Use it as a context manager, or close it.

        with wabiz.Outbox("out.db", phone_number_id="106540352242922") as outbox:
            outbox.put(wabiz.text("+15550001234", "Hello"), key="order-42")
            outbox.apply(wabiz.receive(body, signature, secret))  # then answer Meta with 200

    What `put` and `apply` took is on the disk when they return. Several processes may share the file. Threads may share an
    outbox: their calls wait for each other. After os.fork() the child must open its own: a parent's raises Forked.

    Raises BadArgument when the configuration is not right, and Storage (see its `reason`) when the file cannot be used.
    """

    def step(self, client: Client, timeout: Optional[float] = None) -> list[Row]:
        """Sends what is due through a client and gives the rows that were accepted, or ended otherwise, as soon as there is one.

        `timeout` is how many seconds to wait at most: 0 never waits, None waits until there is an outcome, nothing is left
        (`is_idle`), or the client has something for its own `step`. Call it regularly while rows are under way. `put` in
        another thread waits for a step: give that thread an Outbox of its own on the same file.

        Raises Storage: call it again, nothing that came back is forgotten.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            rows = self._work("wabiz_outbox_step", client, milliseconds(until))
            # An empty list may also come of a signal; its handler has run by now.
            if rows or self.is_idle or until is None or time.monotonic() >= until:
                return rows

    def drain(self, client: Client, timeout: Optional[float] = None) -> list[Row]:
        """Begins nothing and waits until nothing is under way, `timeout` seconds at most; gives the rows that came back.

        For the end of a process: rows that are still under way when the outbox is closed are uncertain.
        """
        until = None if timeout is None else time.monotonic() + timeout
        rows: list[Row] = []
        while True:
            rows += self._work("wabiz_outbox_drain", client, milliseconds(until))
            if self.is_idle or until is not None and time.monotonic() >= until:
                return rows

    def descriptor(self, client: Client) -> int:
        """A descriptor that becomes readable when `step(client, 0)` or `client.step(0)` has something to do, for select, epoll and event loops.

        The outbox owns it: do not read or close it. What another process puts is noticed within a second. Raises Forked in a child.
        """
        return self._watched(client)
