"""Finds libwabiz, declares its functions to ctypes and calls them.

Everything that knows of C is here: the other modules hand in Python values and get back a status and a dict.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import os
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

from . import _json
from .errors import BadArgument, Error, LibraryNotFound, NoMemory, failure

SONAME = "libwabiz.so.0"

_text = ctypes.c_char_p
_handle = ctypes.c_void_p

# What each takes before `out`. That one, a reference to a c_char_p, stays undeclared: ctypes passes it as it is, which is faster.
_STATUS_FUNCTIONS: dict[str, list[Any]] = {
    "wabiz_describe": [_text],
    "wabiz_message_build": [_text, _text],
    "wabiz_message_check": [_text, _text],
    "wabiz_webhook_challenge": [_text, _text],
    "wabiz_webhook_receive": [_text, ctypes.c_size_t, _text, _text],
    "wabiz_webhook_parse": [_text, ctypes.c_size_t],
    "wabiz_webhook_sign": [_text, ctypes.c_size_t, _text],
    "wabiz_flow_receive": [_text, ctypes.c_size_t, _text, _text, _text, _text],
    "wabiz_flow_decrypt": [_text, ctypes.c_size_t, _text, _text],
    "wabiz_flow_encrypt": [_text, _text],
    "wabiz_flow_media_decrypt": [_text, _text, ctypes.c_size_t, ctypes.c_void_p],
    "wabiz_seen_open": [_text, ctypes.POINTER(_handle)],
    "wabiz_seen_check": [_handle, _text, _text],
    "wabiz_seen_mark": [_handle, _text, _text],
    "wabiz_outbox_open": [_text, ctypes.POINTER(_handle)],
    "wabiz_outbox_put": [_handle, _text, _text],
    "wabiz_outbox_step": [_handle, _handle, ctypes.c_int],
    "wabiz_outbox_drain": [_handle, _handle, ctypes.c_int],
    "wabiz_outbox_apply": [_handle, _text],
    "wabiz_outbox_get": [_handle, _text],
    "wabiz_outbox_list": [_handle, _text],
    "wabiz_outbox_cancel": [_handle, _text],
    "wabiz_outbox_retry": [_handle, _text],
    "wabiz_outbox_resume": [_handle, _text],
    "wabiz_outbox_prune": [_handle, _text],
    "wabiz_outbox_stats": [_handle],
    "wabiz_client_open": [_text, ctypes.POINTER(_handle)],
    "wabiz_client_send": [_handle, _text, _text],
    "wabiz_client_submit": [_handle, _text, _text],
    "wabiz_client_step": [_handle, ctypes.c_int],
    "wabiz_client_cancel": [_handle, ctypes.c_ulonglong],
    "wabiz_client_drain": [_handle, ctypes.c_int],
    "wabiz_client_stats": [_handle],
    "wabiz_client_contacts": [_handle, _text, _text],
    "wabiz_client_health": [_handle],
    "wabiz_media_info": [_handle, _text],
    "wabiz_media_download": [_handle, _text, _text, ctypes.POINTER(_text), ctypes.POINTER(ctypes.c_size_t)],
    "wabiz_media_upload": [_handle, _text, ctypes.c_size_t, _text],
    "wabiz_media_delete": [_handle, _text],
}


def candidates() -> Iterator[str]:
    """Where the library may be, best first. WABIZ_LIBRARY, when set, is the only place."""
    given = os.environ.get("WABIZ_LIBRARY")
    if given:
        yield given
        return
    package = Path(__file__).resolve().parent
    yield str(package / "libwabiz.so")
    checkout = package.parents[2] if len(package.parents) > 2 else package
    if (checkout / "include" / "wabiz.h").is_file():
        yield str(checkout / "build" / "lib" / "libwabiz.so")
    yield SONAME
    named = ctypes.util.find_library("wabiz")
    if named and named != SONAME:
        yield named


@functools.lru_cache(maxsize=None)
def library() -> ctypes.CDLL:
    """Loads the library on first use; raises LibraryNotFound with every place that was tried."""
    tried = []
    for path in candidates():
        if os.path.isabs(path) and not os.path.exists(path):
            tried.append(f"  {path}: no such file")
            continue
        try:
            return declare(ctypes.CDLL(path))
        except (OSError, AttributeError) as problem:
            tried.append(f"  {path}: {problem}")
    raise LibraryNotFound(
        "libwabiz was not found. Install the wheel that carries it (make, then pip install ./bindings/python), "
        "install the library for the system (make install, then ldconfig), or set WABIZ_LIBRARY to the path of "
        "libwabiz.so. Tried:\n" + "\n".join(tried)
    )


def declare(loaded: ctypes.CDLL) -> ctypes.CDLL:
    """Gives every function its types; AttributeError when the library is older than this package."""
    for name, arguments in _STATUS_FUNCTIONS.items():
        function = getattr(loaded, name)
        function.argtypes = arguments
        function.restype = ctypes.c_int
    loaded.wabiz_version.argtypes = []
    loaded.wabiz_version.restype = ctypes.c_char_p  # static text, not ours to free
    loaded.wabiz_status_name.argtypes = [ctypes.c_int]
    loaded.wabiz_status_name.restype = ctypes.c_char_p
    loaded.wabiz_free.argtypes = [_text]
    loaded.wabiz_free.restype = None
    loaded.wabiz_seen_close.argtypes = [_handle]
    loaded.wabiz_seen_close.restype = None
    loaded.wabiz_client_descriptor.argtypes = [_handle]
    loaded.wabiz_client_descriptor.restype = ctypes.c_int
    loaded.wabiz_outbox_descriptor.argtypes = [_handle, _handle]
    loaded.wabiz_outbox_descriptor.restype = ctypes.c_int
    loaded.wabiz_outbox_close.argtypes = [_handle]
    loaded.wabiz_outbox_close.restype = None
    loaded.wabiz_client_close.argtypes = [_handle]
    loaded.wabiz_client_close.restype = None
    return loaded


def call(name: str, *arguments: Any) -> dict[str, Any]:
    """Calls a function and gives its document; raises the exception of a negative status."""
    return document(*bound(name)(*arguments))


def document(status: int, text: Optional[bytes]) -> dict[str, Any]:
    """The document of a call that went well; raises the exception of one that did not."""
    if status >= 0 and text is not None:
        found: dict[str, Any] = _json.read(text)
        return found
    raise failed(status, None if text is None else _json.read(text))


def failed(status: int, document: Optional[dict[str, Any]]) -> Error:
    """The exception of a status, or of a document that there was no memory for."""
    return failure(status_name(status) if status < 0 else NoMemory.code, document)


def invoke(name: str, *arguments: Any) -> tuple[int, Optional[dict[str, Any]]]:
    """Calls a function; the document is None only when the library had no memory for it."""
    status, text = bound(name)(*arguments)
    return status, None if text is None else _json.read(text)


def call_raw(name: str, *arguments: Any) -> bytes:
    """Calls a function and gives its document as it was written; raises the exception of a negative status."""
    status, text = bound(name)(*arguments)
    if status < 0 or text is None:
        raise failed(status, None if text is None else _json.read(text))
    return text


@functools.lru_cache(maxsize=None)
def bound(name: str) -> Callable[..., tuple[int, Optional[bytes]]]:
    """A function of the library that gives its status and its document, None when there was no memory for that, and frees it."""
    loaded = library()
    # Held here, because each look-up in the module costs as much as a step of the call.
    function, free, pointer, reference = getattr(loaded, name), loaded.wabiz_free, ctypes.c_char_p, ctypes.byref

    def run(*arguments: Any) -> tuple[int, Optional[bytes]]:
        # A c_char_p of our own keeps the pointer to free, where one as a result type would be turned into bytes at once. Its
        # value is read without a call of Python's: half a microsecond less than string_at().
        out = pointer()
        status = function(*arguments, reference(out))
        try:
            return status, out.value
        finally:
            free(out)

    return run


def status_name(status: int) -> str:
    """The library's word for a status number."""
    return str(library().wabiz_status_name(status).decode())


def text(value: Any, name: str) -> Optional[bytes]:
    """A C string from str or bytes; None stays NULL. A NUL inside would silently cut the text, so it is refused."""
    if isinstance(value, str):
        try:
            data = value.encode()
        except UnicodeEncodeError:
            # A lone surrogate has no UTF-8; the library refuses the bytes that this gives, with a clear failure.
            data = value.encode("utf-8", "surrogatepass")
    elif value is None:
        return None
    elif isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
    else:
        raise BadArgument.here(f"{name} must be str or bytes, not {type(value).__name__}")
    if 0 in data:
        raise BadArgument.here(f"{name} must not hold a NUL character")
    return data


def raw(value: Any, name: str) -> bytes:
    """Bytes as they came over the wire. str is refused: what was decoded and encoded again may not verify."""
    if type(value) is bytes:
        return value
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise BadArgument.here(f"{name} must be the raw bytes as received, not {type(value).__name__}")
    return bytes(value)
