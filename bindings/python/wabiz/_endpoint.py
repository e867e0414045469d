"""What a webhook endpoint answers, apart from the web server that it runs in: shared by `wabiz.wsgi` and `wabiz.asgi`.

Meta repeats for up to 7 days what is not answered with exactly 200. So 200 means "handed on", 500 "could not be handed
on: bring it again", and everything that no repetition would mend is answered with 400, 401, 403, 405 or 413.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import NamedTuple, Optional, Union

from . import _library
from .errors import BadArgument, BadJSON, Error, Unauthentic
from .event import Event
from .webhooks import Text, challenge, joined, parse, receive

LARGEST_BODY = 4 * 1024 * 1024  # Meta sends up to 3 MB

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           405: "Method Not Allowed", 411: "Length Required", 413: "Content Too Large", 500: "Internal Server Error"}

log = logging.getLogger("wabiz")


class Reply(NamedTuple):
    """An answer with all of its headers."""

    status: int
    body: bytes
    headers: list[tuple[str, str]]


def reply(status: int, body: bytes = b"") -> Reply:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    if status == 405:
        headers.append(("Allow", "GET, POST"))
    return Reply(status, body, headers)


class Endpoint:
    """The settings of a webhook URL, and the parts of its answers that need no input and no output."""

    def __init__(self, app_secret: Union[Text, Iterable[Text], None], verify_token: Optional[Text],
                 path: Optional[str], max_body: int, unsigned: bool) -> None:
        self.secrets = joined(app_secret)
        self.verify_token = _library.text(verify_token, "verify_token")
        self.path = None if path is None else path.rstrip("/")
        self.max_body = max_body
        self.unsigned = unsigned
        if unsigned and self.secrets is not None:
            raise BadArgument.here("unsigned=True reads what nobody signed: give either that or an app_secret, not both")
        if not unsigned and not (self.secrets or b"").strip():
            raise BadArgument.here("app_secret is blank, so that every notification would be refused: take it from the "
                                   "app dashboard, or say unsigned=True for an On-Premises client, which signs nothing")
        if path is not None and not path.startswith("/"):
            raise BadArgument.here(f"path must begin with a slash, not be {path!r}")
        if isinstance(max_body, bool) or not isinstance(max_body, int) or max_body < 1:
            raise BadArgument.here(f"max_body must be a number of bytes, not {max_body!r}")

    def covers(self, path: str) -> bool:
        """Whether a request for this path is one for the endpoint; a slash at the end makes no difference."""
        return self.path is None or path.rstrip("/") == self.path

    def verification(self, query: bytes) -> Reply:
        """Answers Meta's GET request, which comes when the URL is set in the dashboard."""
        try:
            status, body = challenge(query, self.verify_token)
        except Error as problem:
            log.warning("webhook verification refused: %s", problem.message)
            return reply(problem.http_status or 400)
        return reply(status, body.encode("utf-8", "surrogatepass"))

    def read(self, body: bytes, signature: Optional[bytes]) -> Union[list[Event], Reply]:
        """The events of a POST request, or the answer that turns it away."""
        try:
            return parse(body) if self.unsigned else receive(body, signature, self.secrets)
        except Unauthentic as problem:
            log.warning("notification refused: %s", problem.message)
            return reply(401)
        except BadJSON as problem:
            log.warning("notification refused: %s", problem.message)
            return reply(400)
        except Exception:
            # Out of memory, say. Meta brings the notification again.
            log.exception("the notification could not be read")
            return reply(500)


def not_handed_on() -> Reply:
    """The answer when the handler raised; to be called while its exception is being handled."""
    log.exception("the events could not be handed on; Meta will repeat them")
    return reply(500)
