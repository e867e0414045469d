"""One exception class per failure code of the library.

A failure document becomes an exception: catch `Error` for all of them, or the class of the one you mean.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, cast

from .documents import GraphError, Issue


class Error(Exception):
    """Base of all failures. `document` is the failure as the library wrote it; the attributes are read from it.

    code         the word for the failure, such as "invalid"; it never changes
    message      what happened and what to do
    reason       for `Storage` and `Blocked` one word for what was in the way, such as "full" or "stopped"; else None
    retry        the verdict: "never", "after_fix", "backoff", "wait_window" or "uncertain"; None when there is none
    issues       what is wrong with a message, each with its path, code, rule and limit; empty when it does not apply
    graph        Meta's own error for `Refused`, else None
    http_status  for `Refused` the HTTP status of Meta's answer; for `challenge` the one to answer with; else None
    """

    code: str = "error"

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document)
        self.document: dict[str, Any] = dict(document)
        inner = self.document.get("error")
        error: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}
        self.code = str(error.get("code", self.code))
        self.message: str = str(error.get("message", self.code))
        self.reason: Optional[str] = error.get("reason")
        self.retry: Optional[str] = error.get("retry")
        self.issues: list[Issue] = list(error.get("issues") or [])
        self.graph: Optional[GraphError] = cast("Optional[GraphError]", error.get("graph"))
        status = self.document.get("http_status")
        self.http_status: Optional[int] = status if status is not None else (self.graph or {}).get("http_status")

    def __str__(self) -> str:
        return "\n".join([self.message, *(describe_issue(issue) for issue in self.issues)])

    @classmethod
    def here(cls, message: str) -> Error:
        """A failure that was found before the library was called, in the library's own form."""
        return cls({"error": {"code": cls.code, "message": message, "retry": "after_fix"}})


class BadArgument(Error, ValueError):
    """A value that is not allowed, an unknown option, a bad configuration, a closed client."""

    code = "bad_argument"


class BadJSON(Error, ValueError):
    """The text is not JSON; the message names line, column and byte. Also for values that JSON cannot hold."""

    code = "bad_json"


class Invalid(Error, ValueError):
    """Meta would refuse the message: `issues` lists every reason. Nothing was sent."""

    code = "invalid"


class Unauthentic(Error):
    """The signature or the verify token does not match: answer 401 (403 for a challenge) and drop the request."""

    code = "unauthentic"


class Refused(Error):
    """Meta answered with an error: `graph` holds it and `retry` says what to do."""

    code = "refused"


class Unreachable(Error):
    """The request did not leave: send it again when you like."""

    code = "unreachable"


class Uncertain(Error):
    """The request left and no complete answer came back: sending it again may duplicate the message."""

    code = "uncertain"


class Storage(Error):
    """The database could not be read or written; `reason` says why: "full", "read_only", "corrupt", "busy", ..."""

    code = "storage"


class Forked(Error):
    """The client belongs to the parent process: open a new one in the child."""

    code = "forked"


class NoMemory(Error, MemoryError):
    """There was no memory for the document."""

    code = "no_memory"


class Full(Error):
    """The queue's bound is reached."""

    code = "full"


class NotFound(Error, LookupError):
    """No such table, ticket, row or key."""

    code = "not_found"


class Conflict(Error):
    """The key is taken by a different message."""

    code = "conflict"


class Blocked(Error):
    """Stop list, closed window or repeated content."""

    code = "blocked"


class Cancelled(Error):
    """The transfer was cancelled."""

    code = "cancelled"


class LibraryNotFound(ImportError):
    """libwabiz could not be found or loaded; the message says where it was looked for and what to do."""


CLASSES: dict[str, type[Error]] = {
    kind.code: kind
    for kind in (
        BadArgument, BadJSON, Invalid, Unauthentic, Refused, Unreachable, Uncertain, Storage,
        Forked, NoMemory, Full, NotFound, Conflict, Blocked, Cancelled,
    )
}


def failure(word: str, document: Optional[Mapping[str, Any]]) -> Error:
    """The exception for a status word and the document that came with it (none when memory ran out)."""
    kind = CLASSES.get(word, Error)
    return kind(document or {"error": {"code": word, "message": f"The library answered {word} without a document"}})


def describe_issue(issue: Issue) -> str:
    """One line for an issue: where it is, what it says, and its severity when it is no error."""
    severity = issue.get("severity", "error")
    mark = "" if severity == "error" else f" ({severity})"
    return f"  {issue.get('path') or '(whole message)'}: {issue.get('message', issue.get('code', ''))}{mark}"
