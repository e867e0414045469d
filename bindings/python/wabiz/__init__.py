"""Build, check and send WhatsApp Business messages; verify and read webhooks.

    import wabiz

    with wabiz.Client(access_token=token, phone_number_id=number) as client:
        client.send(wabiz.text("+15550001234", "Hello *Ada*"))

    async with wabiz.AsyncClient(access_token=token, phone_number_id=number) as client:      # many at once, in asyncio
        async for outcome in client.send_all(wabiz.text(to, "Hello") for to in numbers):
            print(outcome.receipt or outcome.error)

    for event in wabiz.receive(body, signature, app_secret):
        print(event["kind"], event.get("text"))

Dicts go in and dicts come out; every failure is a subclass of `wabiz.Error`. Nothing is sent that Meta would refuse:
the library checks every limit first and lists all issues at once. The module functions may be called from any thread.
"""

from . import asgi, component, flow_endpoint, parameter, part, wsgi
from ._version import __version__
from .async_client import AsyncClient
from .async_outbox import AsyncOutbox
from .builders import (
    audio, document, image, location, mark_as_read, reaction, sticker, template, text, video,
)
from .catalogue import contacts, hsm, order_details, order_status, pin, unpin
from .client import Client
from .documents import (
    AccountOverride, Answer, GraphError, Issue, MediaFile, MediaInfo, Message, Options, Payload, Receipt, Report,
    SendOptions, UploadedMedia,
)
from .errors import (
    BadArgument, BadJSON, Blocked, Cancelled, Conflict, Error, Forked, Full, Invalid, LibraryNotFound, NoMemory,
    NotFound, Refused, Storage, Unauthentic, Uncertain, Unreachable,
)
from .event import Event, Problem
from .formatting import plain
from .interactive import (
    address, buttons, call_permission, carousel, catalog, contact_request, cta_url, flow, list_message,
    location_request, product, product_list, voice_call,
)
from .messages import build, check, describe, version
from .outcome import Outcome
from .outbox import Outbox
from .seen import Seen
from .webhooks import challenge, parse, receive, sign

__all__ = [
    "AccountOverride", "Answer", "AsyncClient", "AsyncOutbox", "BadArgument", "BadJSON", "Blocked", "Cancelled", "Client",
    "Conflict", "Error", "Event", "Forked", "Full", "GraphError", "Invalid", "Issue", "LibraryNotFound",
    "MediaFile", "MediaInfo", "Message", "NoMemory", "NotFound", "Options", "Outbox", "Outcome", "Payload",
    "Problem", "Receipt", "Refused", "Report", "Seen", "SendOptions", "Storage", "Unauthentic", "Uncertain", "Unreachable",
    "UploadedMedia", "__version__", "address", "asgi", "audio", "build", "buttons", "call_permission", "carousel",
    "catalog", "challenge", "check", "component", "contact_request", "contacts", "cta_url", "describe", "document",
    "flow", "flow_endpoint", "hsm", "image", "list_message", "location", "location_request", "mark_as_read",
    "order_details", "order_status", "parameter", "parse", "part", "pin", "plain", "product", "product_list",
    "reaction", "receive", "sign", "sticker", "template", "text", "unpin", "version", "video", "voice_call", "wsgi",
]
