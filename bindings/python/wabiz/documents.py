"""The documents that go in and come out, described for type checkers.

At run time they are plain dicts. Members may be added at any time: ignore those you do not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple, Optional, TypedDict, Union

# A message, as a dict (a payload in Meta's form or a short form) or as JSON text that you already have.
Message = Union[Mapping[str, Any], str, bytes, bytearray, memoryview]
Payload = dict[str, Any]


class Options(TypedDict, total=False):
    """Options of `build`, `check` and `Client.send`."""

    api: str
    """ "cloud" (default), "on_premises" or "marketing_messages"; a client has its own."""
    unknown_members: str
    """What a member that the rules do not know is worth: "warn" (default) or "error"."""
    now: int
    """Unix seconds; stands in for the clock."""
    templates: Any
    """Template definitions as Meta's template list returns them; templates are held against them."""
    template_category: str
    """What the template is for, when no definition says so: "authentication", "marketing" or "utility"."""


class Configuration(TypedDict, total=False):
    """What `Client` takes beside the token and the phone number id; None leaves a member out."""

    api: Optional[str]
    """ "cloud" (default) or "on_premises"."""
    api_version: Optional[str]
    """Graph version, such as "v25.0"."""
    base_url: Optional[str]
    """Where to post to; required for "on_premises". Plain http only to loopback."""
    app_secret: Optional[str]
    """Adds appsecret_proof to every call."""
    connect_timeout_ms: Optional[int]
    """Milliseconds for the connection."""
    timeout_ms: Optional[int]
    """Milliseconds for the whole request."""
    proxy: Optional[str]
    """URL of a proxy; "" uses none whatever the environment says."""
    ca_file: Optional[str]
    """PEM file of trusted certificates in place of the system's."""
    user_agent: Optional[str]
    headers: Optional[Mapping[str, str]]
    """Further request headers."""


class Issue(TypedDict, total=False):
    """One thing that is wrong with a message, or worth a warning."""

    severity: str
    path: str
    """JSON Pointer into the message as you wrote it; "" is the whole message."""
    code: str
    """A word that never changes: "missing", "too_long", "wrong_type" ..."""
    rule: str
    limit: Any
    unit: str
    found: Any
    message: str
    graph_code: int
    """The code that Meta would report, where it is known."""


class GraphError(TypedDict, total=False):
    """Meta's own error."""

    code: int
    name: str
    http_status: int
    details: str
    fbtrace_id: str


class Receipt(TypedDict, total=False):
    """What Meta answered to a message that it accepted. Accepted is not delivered: statuses come by webhook."""

    message_id: str
    wa_id: str
    message_status: str
    http_status: int


# "from" is a word of the language and cannot be written in the class below.
_Sender = TypedDict("_Sender", {"from": str}, total=False)


class Event(_Sender, total=False):
    """One item of a webhook. `payload` is the item as Meta sent it; the members beside it are conveniences."""

    kind: str
    """ "message", "status", "error" or "unknown"."""
    key: Optional[str]
    """The same for a repeated delivery; None must not be de-duplicated."""
    waba_id: str
    phone_number_id: str
    timestamp: int
    """Unix seconds."""
    type: str
    text: str
    """What the person said: body, caption or button title."""
    reply_id: str
    reply_title: str
    media: dict[str, Any]
    location: dict[str, Any]
    reaction: dict[str, Any]
    context_id: str
    status: str
    message_id: str
    recipient_id: str
    tag: str
    pricing: dict[str, Any]
    conversation: dict[str, Any]
    errors: list[dict[str, Any]]
    payload: Any


@dataclass(frozen=True)
class Report:
    """What `check` found. True in a condition when the message is valid; warnings alone leave it valid."""

    valid: bool
    type: Optional[str]
    """The type of the message; None when it cannot be told."""
    issues: list[Issue] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.valid

    @property
    def errors(self) -> list[Issue]:
        """The issues for which Meta would refuse the message."""
        return [issue for issue in self.issues if issue.get("severity") == "error"]

    @property
    def warnings(self) -> list[Issue]:
        """The issues that refuse nothing."""
        return [issue for issue in self.issues if issue.get("severity") != "error"]


class Answer(NamedTuple):
    """What to answer to Meta's verification request."""

    http_status: int
    body: str
