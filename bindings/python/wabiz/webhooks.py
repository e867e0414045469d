"""Webhooks: answering Meta's verification request, verifying and reading notifications, signing.

Verify before anything else touches the bytes: give `receive` the body exactly as it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Optional, Union, overload

from . import _json, _library
from .documents import Answer
from .errors import BadArgument
from .event import Event

Text = Union[str, bytes]
Body = Union[bytes, bytearray, memoryview]


def challenge(query: Text, verify_token: Optional[Text]) -> Answer:
    """Answers Meta's GET verification request: ``status, body = wabiz.challenge(query, token)``.

    `query` is the raw query string of the URL, percent-encoded, without the question mark. `verify_token` is what you
    typed in the app dashboard; None or blank refuses everything. Tokens are compared in constant time.

    Raises Unauthentic when the token does not match and BadArgument when a part is missing; `http_status` of both
    says what to answer (403 and 400), with an empty body.
    """
    answer = _library.call("wabiz_webhook_challenge", _library.text(query, "query"),
                           _library.text(verify_token, "verify_token"))
    return Answer(answer["http_status"], answer["body"])


@overload
def receive(body: Body, signature: Optional[Text], secrets: Union[Text, Iterable[Text], None], *,
            raw: Literal[False] = False) -> list[Event]: ...
@overload
def receive(body: Body, signature: Optional[Text], secrets: Union[Text, Iterable[Text], None], *,
            raw: Literal[True]) -> bytes: ...
def receive(body: Body, signature: Optional[Text], secrets: Union[Text, Iterable[Text], None], *,
            raw: bool = False) -> Union[list[Event], bytes]:
    """Verifies a POST notification, then reads it: one event per item of the batch, in order.

    `body` holds the raw bytes as received. `signature` is the value of the header X-Hub-Signature-256, None when it is
    missing. `secrets` is the app secret, or several while one is being rotated; none or all blank refuses everything.
    Drop an event whose `key` you have seen (see `wabiz.Seen`): Meta delivers some twice. Unknown kinds arrive whole and
    never fail. With raw=True the document {"events": [...]} comes as the bytes that the library wrote, for those who
    bring their own JSON or only hand it on.

    Raises Unauthentic (answer 401 and drop it) and BadJSON (the body is no JSON object).
    """
    data = _library.raw(body, "body")
    text = _library.call_raw("wabiz_webhook_receive", data, len(data), header(signature), joined(secrets))
    return text if raw else read_events(text)


@overload
def parse(body: Body, *, raw: Literal[False] = False) -> list[Event]: ...
@overload
def parse(body: Body, *, raw: Literal[True]) -> bytes: ...
def parse(body: Body, *, raw: bool = False) -> Union[list[Event], bytes]:
    """Reads a notification without verifying it: for bytes that were verified before, such as an archive's. `raw` as in
    `receive`.

    Raises BadJSON (the body is no JSON object).
    """
    data = _library.raw(body, "body")
    text = _library.call_raw("wabiz_webhook_parse", data, len(data))
    return text if raw else read_events(text)


def sign(body: Body, secret: Text) -> str:
    """Signs bytes as Meta does, for tests and relays: "sha256=" and 64 hex digits.

    Raises BadArgument when the secret is blank.
    """
    data = _library.raw(body, "body")
    return str(_library.call("wabiz_webhook_sign", data, len(data), _library.text(secret, "secret"))["signature"])


def read_events(text: bytes) -> list[Event]:
    """The events of a document that the library wrote."""
    events: list[Event] = _json.read(text)["events"]
    return events


def header(signature: Optional[Text]) -> Optional[bytes]:
    """A signature as the library takes it. It comes from outside: one with a NUL must fail, not be cut to a good one."""
    try:
        return _library.text(signature, "signature")
    except BadArgument:
        return b"malformed"


def joined(secrets: Union[Text, Iterable[Text], None]) -> Optional[bytes]:
    """Several secrets on lines of their own, as the library takes them."""
    if isinstance(secrets, (str, bytes)) or secrets is None:
        return _library.text(secrets, "secrets")
    if not isinstance(secrets, Iterable):
        raise BadArgument.here(f"secrets must be str, bytes or several of them, not {type(secrets).__name__}")
    return b"\n".join(_library.text(secret, "secrets") or b"" for secret in secrets)
