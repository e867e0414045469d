"""Building and checking messages, and the tables of what the library knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from . import _json, _library
from .documents import Message, Options, Payload, Report
from .errors import failure

if TYPE_CHECKING:
    from typing_extensions import Unpack


def build(message: Message, **options: Unpack[Options]) -> Payload:
    """Checks a message and gives the payload as it is posted to Meta.

    `message` is a payload in Meta's own form or a short form such as ``{"to": "+15550001234", "text": "Hello"}``,
    as a dict or as JSON text. The library checks every limit; `wabiz.describe("limits")` lists them with their units.
    Warnings never refuse: `check` shows them.

    Raises Invalid with every issue; BadJSON; BadArgument for an option that the library does not know.
    """
    return _library.call("wabiz_message_build", _json.write(message), written(options))


def check(message: Message, **options: Unpack[Options]) -> Report:
    """Checks a message and reports every issue, warnings included. An invalid message is a report, no exception.

    Raises BadJSON when the message is no JSON and BadArgument for an option that the library does not know.
    """
    status, document = _library.invoke("wabiz_message_check", _json.write(message), written(options))
    if document is None or "valid" not in document:
        raise failure(_library.status_name(status), document)
    return Report(valid=document["valid"], type=document.get("type"), issues=document.get("issues", []))


def describe(table: str) -> dict[str, Any]:
    """A table of the library's knowledge: "messages", "limits", "webhooks" or "errors".

    Raises NotFound for any other name.
    """
    return _library.call("wabiz_describe", _library.text(table, "table"))


def version() -> str:
    """The version of the library that is loaded, such as "0.1.0"."""
    return str(_library.library().wabiz_version().decode())


def written(options: Mapping[str, Any]) -> bytes | None:
    """Options as JSON; None (NULL) when there are none."""
    return _json.dump(options) if options else None


def chosen(options: Mapping[str, Any]) -> bytes | None:
    """The options of a send as JSON, without those that are None; None (NULL) when there are none."""
    for value in options.values():
        if value is None:
            return written({name: value for name, value in options.items() if value is not None})
    return written(options)
