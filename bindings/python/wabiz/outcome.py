"""What became of a message that was submitted, once it is known."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple, Optional

from .documents import Message, Receipt
from .errors import Error, failure


class Outcome(NamedTuple):
    """What became of a message. Exactly one of `receipt` and `error` is there.

        for outcome in client.step():
            if outcome.error:
                print(outcome.tag, outcome.error.retry, outcome.error)
    """

    ticket: int
    """What `submit` gave; 0 for a message that `AsyncClient.send_all` could not submit."""
    tag: Any
    """What you gave as `tag`, else None."""
    attempts: int
    """How many requests were begun for it."""
    receipt: Optional[Receipt]
    """What Meta answered, when it accepted the message."""
    error: Optional[Error]
    """What `Client.send` would have raised: Refused, Unreachable, Uncertain, Cancelled ..."""
    message: Optional[Message] = None
    """The message, as it was given to `AsyncClient.send_all`; None otherwise."""

    def result(self) -> Receipt:
        """The receipt; raises the error when there is one."""
        if self.error is not None:
            raise self.error
        return self.receipt or {}


def outcome(found: Mapping[str, Any], message: Optional[Message] = None) -> Outcome:
    """An element of the library's outcomes."""
    return Outcome(found["ticket"], found.get("tag"), found.get("attempts", 0), found.get("receipt"), problem(found), message)


def outcomes(found: Iterable[Mapping[str, Any]]) -> list[Outcome]:
    """All of a document's."""
    return [outcome(each) for each in found]


def problem(found: Mapping[str, Any]) -> Optional[Error]:
    """The exception in an outcome, when it has one."""
    error = found.get("error")
    return None if error is None else failure(str(error.get("code", "error")), {"error": error})
