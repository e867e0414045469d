"""Which events were handled before: Meta delivers some twice, for up to 7 days."""

from __future__ import annotations

import ctypes
import os
import threading
import warnings
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, NoReturn, Optional, Union

from . import _json, _library
from .event import Event
from .errors import BadArgument

# Events as `receive` gives them, in a list or as the bytes of raw=True; or keys.
Events = Union[bytes, Iterable[Union[Event, str, None]]]


class Seen:
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

    _handle: Optional[ctypes.c_void_p] = None

    def __init__(self, path: Union[str, os.PathLike[str], None] = None, *, keep_seconds: Optional[int] = None,
                 max_keys: Optional[int] = None, busy_timeout_ms: Optional[int] = None) -> None:
        members = {"path": None if path is None else os.fspath(path), "keep_seconds": keep_seconds, "max_keys": max_keys,
                   "busy_timeout_ms": busy_timeout_ms}
        given = {name: value for name, value in members.items() if value is not None}
        handle = ctypes.c_void_p()
        opened = _library.call("wabiz_seen_open", _json.dump(given), ctypes.byref(handle))
        # Kept here because modules may be gone when the interpreter ends before the store is collected.
        self._release = _library.library().wabiz_seen_close
        self._handle = handle
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self.storage: str = opened["storage"]
        self.keep_seconds: int = opened["keep_seconds"]
        self.max_keys: int = opened["max_keys"]

    def check(self, events: Events, *, now: Optional[int] = None) -> list[bool]:
        """For each event whether it is new; notes nothing. Events without a key are always new.

        `now` (Unix seconds) stands in for the clock. Raises Storage when the file could not be read.
        """
        found = self._call("wabiz_seen_check", events, now)
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
        return int(self._call("wabiz_seen_mark", events, now)["marked"])

    def close(self) -> None:
        """Closes the store; may be called again. Waits for a call in another thread."""
        if self._handle is None:
            return
        if os.getpid() != self._pid:
            self._drop()
        else:
            with self._lock:
                self._drop()

    @property
    def closed(self) -> bool:
        """True after close()."""
        return self._handle is None

    def _call(self, name: str, events: Events, now: Optional[int]) -> dict[str, Any]:
        arguments = (document(events), None if now is None else _json.dump({"now": now}))
        if os.getpid() != self._pid:
            # The lock may be held for ever by a thread that did not survive the fork. The library refuses by itself.
            return _library.call(name, self._open_handle(), *arguments)
        with self._lock:
            return _library.call(name, self._open_handle(), *arguments)

    def _open_handle(self) -> ctypes.c_void_p:
        if self._handle is None:
            raise BadArgument.here("The store is closed: open a new one")
        return self._handle

    def _drop(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            self._release(handle)

    def __enter__(self) -> Seen:
        self._open_handle()
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        # Nobody refers to the store any more: no lock is needed.
        if self._handle is not None:
            try:
                warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
            finally:
                self._drop()

    def __reduce__(self) -> NoReturn:
        # A copy would close the same handle a second time.
        raise TypeError("A wabiz.Seen cannot be copied or pickled: open a new one")

    def __repr__(self) -> str:
        state = "closed " if self.closed else ""
        return f"<{state}wabiz.Seen {getattr(self, 'storage', '')}>"


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
