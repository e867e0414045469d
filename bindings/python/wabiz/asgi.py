"""A webhook endpoint as an ASGI application, for Starlette, FastAPI, Django, Quart, uvicorn, hypercorn ...

    from wabiz.asgi import webhook

    application = webhook(store, app_secret, verify_token)                                            # alone
    app = FastAPI(routes=[Route("/webhook", webhook(store, app_secret, verify_token))])               # or Starlette
    application = webhook(store, app_secret, verify_token, path="/webhook", app=get_asgi_application())  # Django

`store` is a function of yours, asynchronous or not, that takes a list of events and keeps them: a queue's `put`, an
INSERT. Give Starlette a Route and no Mount: a Mount redirects /webhook to /webhook/, and Meta follows no redirect.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Iterable
from typing import Any, Callable, MutableMapping, Optional, Union

from ._endpoint import LARGEST_BODY, Endpoint, Reply, not_handed_on, reply
from .event import Event
from .webhooks import Text

Handler = Callable[[list[Event]], Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class webhook:
    """An ASGI application that answers Meta's webhook requests and hands their events on.

    `handler` gets the events of one notification as a list, in order, once they are verified. It should do no more than
    put them into a queue or a table: Meta wants an answer within a second. It may be asynchronous, and is then waited
    for; a plain function is called on the event loop and must not block it. When it is done, the answer is 200; when it
    raises, 500, and Meta brings the whole notification again. It may run several times at once, and again for events
    that it had before: drop those whose `key` you have seen.

    `app_secret` and `verify_token` come from the app dashboard; several secrets are tried while one is being rotated.
    Without a verify token every verification request is refused.

    path      the path of the webhook, such as "/webhook". None: every path that reaches this application
    app       the ASGI application for all other paths, web sockets and the lifespan. None: 404
    max_body  bytes; a longer body is answered with 413
    unsigned  True for the callbacks of an On-Premises client, which are not signed, in place of an app_secret. Only that
              client may then be able to reach this application

    Raises BadArgument for bad settings.
    """

    def __init__(self, handler: Handler, app_secret: Union[Text, Iterable[Text], None],
                 verify_token: Optional[Text] = None, *, path: Optional[str] = None, app: Optional[Application] = None,
                 max_body: int = LARGEST_BODY, unsigned: bool = False) -> None:
        self._endpoint = Endpoint(app_secret, verify_token, path, max_body, unsigned)
        self._handler = handler
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: Optional[Reply]
        if scope["type"] == "http" and self._endpoint.covers(path_of(scope)):
            answer = await respond(self._endpoint, self._handler, scope, receive)
        elif self._app is not None:
            return await self._app(scope, receive, send)
        elif scope["type"] == "http":
            answer = reply(404)
        else:
            return await decline(scope, receive, send)
        if answer is not None:
            await write(answer, scope, send)


def path_of(scope: Scope) -> str:
    """The path below the one that the application is mounted under."""
    path: str = scope["path"]
    root: str = (scope.get("root_path") or "").rstrip("/")
    return path[len(root):] if root and (path + "/").startswith(root + "/") else path


async def respond(endpoint: Endpoint, handler: Handler, scope: Scope, receive: Receive) -> Optional[Reply]:
    """The answer; None when nobody waits for one any more."""
    if scope["method"] == "GET":
        return endpoint.verification(scope.get("query_string", b""))
    if scope["method"] != "POST":
        return reply(405)
    headers = dict(scope["headers"])
    body = await read_body(headers, receive, endpoint.max_body)
    if body is None or isinstance(body, Reply):
        return body
    events = endpoint.read(body, headers.get(b"x-hub-signature-256"))
    if isinstance(events, Reply):
        return events
    try:
        result = handler(events) if events else None
        if inspect.isawaitable(result):
            await result
    except Exception:
        return not_handed_on()
    return reply(200)


async def read_body(headers: dict[bytes, bytes], receive: Receive, limit: int) -> Union[bytes, Reply, None]:
    """The raw bytes of the body, the answer to one that is too long, or None when the line broke."""
    length = headers.get(b"content-length", b"")
    if length.isdigit() and (len(length) > 18 or int(length) > limit):
        return reply(413)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            return reply(413)
        if not message.get("more_body", False):
            return bytes(body)


async def write(answer: Reply, scope: Scope, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})


async def decline(scope: Scope, receive: Receive, send: Send) -> None:
    """A web socket is closed. The lifespan is gone through: there is nothing to start or stop."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
    while scope["type"] == "lifespan":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
