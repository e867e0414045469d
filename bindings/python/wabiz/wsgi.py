"""A webhook endpoint as a WSGI application, for Flask, Django, Bottle, Pyramid, gunicorn, uWSGI, mod_wsgi ...

    from wabiz.wsgi import webhook

    application = webhook(store, app_secret, verify_token)                                            # alone
    app.wsgi_app = webhook(store, app_secret, verify_token, path="/webhook", app=app.wsgi_app)        # Flask
    application = webhook(store, app_secret, verify_token, path="/webhook", app=get_wsgi_application())  # Django

`store` is a function of yours that takes a list of events and keeps them: a queue's `put`, an INSERT.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, Callable, Optional, Union

from ._endpoint import LARGEST_BODY, REASONS, Endpoint, Reply, not_handed_on, reply
from .errors import BadArgument
from .event import Event
from .webhooks import Text

Handler = Callable[[list[Event]], Any]
Application = Callable[..., Iterable[bytes]]
PIECE = 65536


class webhook:
    """A WSGI application that answers Meta's webhook requests and hands their events on.

    `handler` gets the events of one notification as a list, in order, once they are verified. It should do no more than
    put them into a queue or a table: Meta wants an answer within a second. When it returns, the answer is 200; when it
    raises, 500, and Meta brings the whole notification again. It may be called from several threads at once, and again
    for events that it had before: drop those whose `key` you have seen.

    `app_secret` and `verify_token` come from the app dashboard; several secrets are tried while one is being rotated.
    Without a verify token every verification request is refused.

    path      the path of the webhook, such as "/webhook". None: every path that reaches this application
    app       the WSGI application for all other paths. None: 404
    max_body  bytes; a longer body is answered with 413
    unsigned  True for the callbacks of an On-Premises client, which are not signed, in place of an app_secret. Only that
              client may then be able to reach this application

    The body is read from the server itself, so no other layer may have read it before. One whose length the server does
    not tell is answered with 411 (gunicorn tells the end of chunked bodies). Raises BadArgument for bad settings.
    """

    def __init__(self, handler: Handler, app_secret: Union[Text, Iterable[Text], None],
                 verify_token: Optional[Text] = None, *, path: Optional[str] = None, app: Optional[Application] = None,
                 max_body: int = LARGEST_BODY, unsigned: bool = False) -> None:
        self._endpoint = Endpoint(app_secret, verify_token, path, max_body, unsigned)
        if inspect.iscoroutinefunction(handler):
            raise BadArgument.here("handler is asynchronous and would never run under WSGI: give a plain function")
        self._handler = handler
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._endpoint.covers(environ.get("PATH_INFO", "")):
            answer = respond(self._endpoint, self._handler, environ)
        elif self._app is not None:
            return self._app(environ, start_response)
        else:
            answer = reply(404)
        start_response(f"{answer.status} {REASONS.get(answer.status, 'Status')}", answer.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def respond(endpoint: Endpoint, handler: Handler, environ: dict[str, Any]) -> Reply:
    if environ["REQUEST_METHOD"] == "GET":
        return endpoint.verification(as_sent(environ.get("QUERY_STRING", "")))
    if environ["REQUEST_METHOD"] != "POST":
        return reply(405)
    body = read_body(environ, endpoint.max_body)
    if isinstance(body, Reply):
        return body
    signature: Optional[str] = environ.get("HTTP_X_HUB_SIGNATURE_256")
    events = endpoint.read(body, None if signature is None else as_sent(signature))
    if isinstance(events, Reply):
        return events
    try:
        if events:
            hand_on(handler, events)
    except Exception:
        return not_handed_on()
    return reply(200)


def hand_on(handler: Handler, events: list[Event]) -> None:
    result = handler(events)
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise TypeError("the handler is asynchronous: under WSGI nothing would run it")


def as_sent(text: str) -> bytes:
    """The bytes of a text of the environment: WSGI holds each in a character."""
    return text.encode("latin-1", "replace")


def read_body(environ: dict[str, Any], limit: int) -> Union[bytes, Reply]:
    """The raw bytes of the body, or the answer to one that is too long, cut, or of unknown length."""
    length: str = environ.get("CONTENT_LENGTH") or ""
    ends: bool = environ.get("wsgi.input_terminated", False)  # reading stops at the body's end by itself
    if length and not (length.isascii() and length.isdigit()):
        return reply(400)
    if not length and not ends:
        return reply(411)
    if len(length) > 18 or int(length or 0) > limit:
        return reply(413)
    wanted = int(length) if length else limit + 1
    body = bytearray()
    try:
        while len(body) < wanted:
            piece = environ["wsgi.input"].read(min(PIECE, wanted - len(body)))
            if not piece:
                break
            body += piece
    except OSError:
        return reply(400)  # the line broke
    if len(body) > limit:
        return reply(413)
    return reply(400) if length and len(body) < wanted else bytes(body)
