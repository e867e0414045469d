"""A client: sends messages for one account over kept-alive connections."""

from __future__ import annotations

import ctypes
import os
import threading
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Optional, cast

from . import _json, _library
from .documents import Configuration, Message, Options, Receipt
from .errors import BadArgument
from .messages import written

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Client:
    """Sends messages. Use it as a context manager, or close it.

        with wabiz.Client(access_token=token, phone_number_id="106540352242922") as client:
            receipt = client.send({"to": "+15550001234", "text": "Hello"})

    No connection is made before the first send. Threads may share a client: their calls wait for each other, so open
    one per thread to send in parallel. After os.fork() the child must open its own: a parent's raises Forked.

    Raises BadArgument when the configuration is not right; the message names the member.
    """

    _handle: Optional[ctypes.c_void_p] = None

    def __init__(self, *, access_token: str, phone_number_id: Optional[str] = None,
                 **config: Unpack[Configuration]) -> None:
        members: dict[str, Any] = {"access_token": access_token, "phone_number_id": phone_number_id, **config}
        given = {name: value for name, value in members.items() if value is not None}
        handle = ctypes.c_void_p()
        opened = _library.call("wabiz_client_open", _json.dump(given), ctypes.byref(handle))
        # Kept here because modules may be gone when the interpreter ends before the client is collected.
        self._release = _library.library().wabiz_client_close
        self._handle = handle
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self.api: str = opened["api"]
        self.base_url: str = opened["base_url"]

    def send(self, message: Message, **options: Unpack[Options]) -> Receipt:
        """Checks the message, posts it and waits for Meta's answer, at most `timeout_ms`.

        `message` as in `build`. A status=read message marks the inbound message as read. Accepted is not delivered:
        statuses come by webhook.

        Raises Invalid, BadJSON or BadArgument when nothing was sent; Refused when Meta answered with an error;
        Unreachable when the request did not leave; Uncertain when it left and no complete answer came back (the
        library never repeats it); Forked in a child process.
        """
        arguments = (_json.write(message), written(options))
        if os.getpid() != self._pid:
            # The lock may be held for ever by a thread that did not survive the fork. The library refuses by itself.
            return cast("Receipt", _library.call("wabiz_client_send", self._open_handle(), *arguments))
        with self._lock:
            return cast("Receipt", _library.call("wabiz_client_send", self._open_handle(), *arguments))

    def close(self) -> None:
        """Closes the client and its connections; may be called again. Waits for a send in another thread."""
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

    def _open_handle(self) -> ctypes.c_void_p:
        if self._handle is None:
            raise BadArgument.here("The client is closed: open a new one")
        return self._handle

    def _drop(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            self._release(handle)

    def __enter__(self) -> Client:
        self._open_handle()
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        # Nobody refers to the client any more, so nobody is sending with it: no lock is needed.
        if self._handle is not None:
            try:
                warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
            finally:
                self._drop()

    def __reduce__(self) -> NoReturn:
        # A copy would close the same handle a second time.
        raise TypeError("A wabiz.Client cannot be copied or pickled: open a new one")

    def __repr__(self) -> str:
        state = "closed " if self.closed else ""
        return f"<{state}wabiz.Client {getattr(self, 'api', '')} {getattr(self, 'base_url', '')}>"
