"""JSON at the border to the library: Python values to text, text to Python values.

Nothing that JSON cannot hold leaves here, and nothing that the library writes makes a reader fail. msgspec reads where it is
installed, Python's json where it is not. Only json writes: msgspec also takes what JSON cannot hold, and makes something of it.
"""

from __future__ import annotations

import json
import json.encoder
from typing import Any, Callable, Mapping

from .errors import BadJSON

_decoder = json.JSONDecoder()


def write(document: Any) -> bytes:
    """JSON text for a value; text that already is JSON passes as it stands, and the library judges it."""
    if type(document) is dict:
        return dump(document)
    if isinstance(document, str):
        data = document.encode("utf-8", "surrogatepass")
    elif isinstance(document, (bytes, bytearray, memoryview)):
        data = bytes(document)
    else:
        data = dump(document)
    if 0 in data:
        # The library takes NUL-terminated text: it would see only what stands before.
        raise BadJSON.here("JSON text must not hold a NUL byte")
    return data


def dump(document: Any) -> bytes:
    """JSON text for a value. Lone surrogates stay escapes; NaN and infinities are refused: JSON has none."""
    try:
        return _encode(document).encode()
    except RecursionError:
        raise BadJSON.here("The value is nested too deep to be written as JSON") from None
    except (TypeError, ValueError) as problem:
        raise BadJSON.here(f"The value cannot be written as JSON: {problem}") from problem


def plain(value: Any) -> Any:
    """What json.dumps does not take by itself: mappings that are no dict."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _encoder() -> Callable[[Any], str]:
    """What json.dumps does, with all that can be made once made here: half of its time goes into that."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # a Python without the module in C
        return json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=plain).encode
    # No markers: a value that holds itself ends as one that is nested too deep.
    pieces = make(None, plain, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, False)
    return lambda document: "".join(pieces(document, 0))


_encode = _encoder()


def read(text: bytes) -> Any:
    """A value from the library's text. Numbers beyond a double read as infinity, as Python's json reads 1e400."""
    try:
        return _decode(text)
    except _REFUSALS:
        return read_plainly(text)


def read_plainly(text: bytes) -> Any:
    """What `read` does by Python's json alone."""
    try:
        # As json.loads() does it, without its look at what encoding the bytes may have and for white space around the document.
        return _decoder.raw_decode(text.decode())[0]
    except RecursionError:
        raise BadJSON.here("The document is nested deeper than Python's json module reads") from None
    except ValueError:
        # Python refuses to convert integers of more than sys.get_int_max_str_digits() digits.
        return json.loads(text, parse_int=lenient_integer)


def lenient_integer(digits: str) -> Any:
    try:
        return int(digits)
    except ValueError:
        return float(digits)


_decode: Callable[[bytes], Any] = read_plainly
_REFUSALS: tuple[type[Exception], ...] = ()
try:
    import msgspec
except ImportError:
    pass  # it gives the same values as json, only sooner
else:
    _decode = msgspec.json.Decoder().decode
    # What json reads and msgspec does not: numbers beyond a double, lone surrogates, very deep nesting. What is no JSON is for json to tell.
    _REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
