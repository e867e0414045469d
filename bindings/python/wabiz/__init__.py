"""Build, check and send WhatsApp Business messages; verify and read webhooks.

    import wabiz

    with wabiz.Client(access_token=token, phone_number_id=number) as client:
        client.send(wabiz.text("+15550001234", "Hello *Ada*"))

    for event in wabiz.receive(body, signature, app_secret):
        print(event["kind"], event.get("text"))

Dicts go in and dicts come out; every failure is a subclass of `wabiz.Error`. Nothing is sent that Meta would refuse:
the library checks every limit first and lists all issues at once. The module functions may be called from any thread.
"""

from . import component, parameter
from ._version import __version__
from .builders import (
    audio, document, image, location, mark_as_read, reaction, sticker, template, text, video,
)
from .client import Client
from .documents import (
    Answer, Event, GraphError, Issue, MediaFile, MediaInfo, Message, Options, Payload, Receipt, Report, UploadedMedia,
)
from .errors import (
    BadArgument, BadJSON, Blocked, Cancelled, Conflict, Error, Forked, Full, Invalid, LibraryNotFound, NoMemory,
    NotFound, Refused, Storage, Unauthentic, Uncertain, Unreachable,
)
from .formatting import plain
from .messages import build, check, describe, version
from .webhooks import challenge, parse, receive, sign

__all__ = [
    "Answer", "BadArgument", "BadJSON", "Blocked", "Cancelled", "Client", "Conflict", "Error", "Event", "Forked",
    "Full", "GraphError", "Invalid", "Issue", "LibraryNotFound", "MediaFile", "MediaInfo", "Message", "NoMemory", "NotFound", "Options",
    "Payload", "Receipt", "Refused", "Report", "Storage", "Unauthentic", "Uncertain", "Unreachable", "UploadedMedia",
    "__version__",
    "audio", "build", "challenge", "check", "component", "describe", "document", "image", "location", "mark_as_read",
    "parameter", "parse", "plain", "reaction", "receive", "sign", "sticker", "template", "text", "version", "video",
]
