"""The life of a handle of the library: opened once, used by one call at a time, closed once, never copied, and the
process that opened it alone may use it. Clients and stores are handles.
"""

from __future__ import annotations

import ctypes
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Mapping, NoReturn, Optional

from . import _json, _library
from .errors import BadArgument

if TYPE_CHECKING:
    from typing_extensions import Self


class Handle:
    """What every class with a handle shares. A subclass names its functions by `_family` and calls `_open` once."""

    _family = ""  # as in wabiz_<family>_open and wabiz_<family>_close
    _called = "handle"  # what the errors call it
    _about = ""  # what repr tells of it
    _handle: Optional[ctypes.c_void_p] = None

    def _open(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Opens the handle with what is not None of a configuration, and gives the library's document about it."""
        given = {name: value for name, value in config.items() if value is not None}
        # Kept here because modules may be gone when the interpreter ends before the object is collected.
        self._release = getattr(_library.library(), f"wabiz_{self._family}_close")
        self._lock = threading.Lock()
        self._pid = os.getpid()
        handle = ctypes.c_void_p()
        opened = _library.call(f"wabiz_{self._family}_open", _json.dump(given), ctypes.byref(handle))
        self._handle = handle
        return opened

    def _call(self, name: str, *arguments: Any) -> dict[str, Any]:
        """One call of the library, with the handle first."""
        run = _library.bound(name)
        if os.getpid() == self._pid:
            with self._lock:
                status, text = run(self._open_handle(), *arguments)
        else:
            status, text = run(self._open_handle(), *arguments)  # see _held
        return _library.document(status, text)

    @contextmanager
    def _held(self) -> Iterator[ctypes.c_void_p]:
        """The open handle, for one thread at a time; the others wait. Raises BadArgument when it is closed."""
        if os.getpid() != self._pid:
            # The lock may be held for ever by a thread that did not survive the fork. The library refuses by itself.
            yield self._open_handle()
        else:
            with self._lock:
                yield self._open_handle()

    def close(self) -> None:
        """Closes it; may be called again. Waits for a call in another thread."""
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
            raise BadArgument.here(f"The {self._called} is closed: open a new one")
        return self._handle

    def _drop(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            self._release(handle)

    def __enter__(self) -> Self:
        self._open_handle()
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        # Nobody refers to the object any more, so nobody is in a call with it: no lock is needed.
        if self._handle is not None:
            try:
                warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
            finally:
                self._drop()

    def __reduce__(self) -> NoReturn:
        # A copy would close the same handle a second time.
        raise TypeError(f"A wabiz.{type(self).__name__} cannot be copied or pickled: open a new one")

    def __repr__(self) -> str:
        state = "closed " if self.closed else ""
        return f"<{state}wabiz.{type(self).__name__} {self._about}>"
