"""Which events were handled before: Meta delivers some twice, for up to 7 days."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, Optional, Union

from . import _json
from ._handle import Handle
from .event import Event
from .errors import BadArgument

# Events as `receive` gives them, in a list or as the bytes of raw=True; or keys.
Events = Union[bytes, Iterable[Union[Event, str, None]]]


class Seen(Handle):
    """A store of the keys of handled events, in memory or in a file. Use it as a context manager, or close it.

        with wabiz.Seen(path="seen.db") as seen:
            for event in seen.new(wabiz.receive(body, signature, secret)):
                handle(event)
                seen.mark([event])

    Mark an event once it is handled: a crash between repeats it and never loses it. Without `path` the keys are in memory and
    forgotten on close. Several processes may share a file. Beyond `max_keys` the oldest are forgotten. Threads may share a store:
    their calls wait for each other. After os.fork() the child must open its own: a parent's raises Forked.

    Raises BadArgument when the configuration is not right and Storage when the file cannot be used.
    """

    _family = "seen"
    _called = "store"

    def __init__(self, path: Union[str, os.PathLike[str], None] = None, *, keep_seconds: Optional[int] = None,
                 max_keys: Optional[int] = None, busy_timeout_ms: Optional[int] = None) -> None:
        opened = self._open({"path": None if path is None else os.fspath(path), "keep_seconds": keep_seconds,
                             "max_keys": max_keys, "busy_timeout_ms": busy_timeout_ms})
        self.storage: str = opened["storage"]
        self.keep_seconds: int = opened["keep_seconds"]
        self.max_keys: int = opened["max_keys"]
        self._about = self.storage

    def check(self, events: Events, *, now: Optional[int] = None) -> list[bool]:
        """For each event whether it is new; notes nothing. Events without a key are always new.

        `now` (Unix seconds) stands in for the clock. Raises Storage when the file could not be read.
        """
        found = self._call("wabiz_seen_check", document(events), moment(now))
        answers = [False] * (len(found["new"]) + len(found["repeated"]))
        for index in found["new"]:
            answers[index] = True
        return answers

    def new(self, events: Sequence[Event], *, now: Optional[int] = None) -> list[Event]:
        """The events that are new; notes nothing."""
        return [event for event, is_new in zip(events, self.check(events, now=now)) if is_new]

    def mark(self, events: Events, *, now: Optional[int] = None) -> int:
        """Notes events as handled, all or none; how many were not noted yet.

        Raises Storage when the file could not be written; its `retry` is "backoff" when another process kept it locked.
        """
        return int(self._call("wabiz_seen_mark", document(events), moment(now))["marked"])


def document(events: Events) -> bytes:
    """What the library takes: the events document as it came, or the keys of the events alone."""
    if isinstance(events, bytes):
        return _json.write(events)
    if isinstance(events, str) or not isinstance(events, Iterable):
        raise BadArgument.here(f"events must be a list of events or keys, not {type(events).__name__}")
    return _json.dump({"keys": [key(event) for event in events]})


def key(event: Any) -> Optional[str]:
    """The key of an event, or a key itself."""
    found = event if event is None or isinstance(event, str) else event.get("key", 0) if hasattr(event, "get") else 0
    if found is not None and not isinstance(found, str):
        raise BadArgument.here("An event has no \"key\": pass events as receive() gives them, or their keys")
    return found


def moment(now: Optional[int]) -> Optional[bytes]:
    """The options that put a time in place of the clock's."""
    return None if now is None else _json.dump({"now": now})
