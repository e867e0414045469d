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
    """Options of `build` and `check`, and of what sends."""

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


class AccountOverride(TypedDict, total=False):
    """Another number of the same `base_url`, with a pace of its own; what is left out is the client's."""

    phone_number_id: str
    access_token: str
    app_secret: str


class SendOptions(Options, total=False):
    """Options of what sends; None leaves one out."""

    tag: Any
    """Anything that JSON can hold; comes back in the outcome."""
    account: Optional[AccountOverride]
    """Sends by another number."""
    deadline_ms: Optional[int]
    """Milliseconds from the submit after which no attempt begins, 1 to 2592000000; default the client's."""
    max_attempts: Optional[int]
    """1 to 100; default the client's. 1 never sends again."""
    resend_uncertain: Optional[bool]
    """Sends again what may have gone out: recipients may get it twice. Default the client's."""


class Configuration(TypedDict, total=False):
    """What clients take beside the token and the phone number id; None leaves a member out."""

    api: Optional[str]
    """ "cloud" (default) or "on_premises"."""
    api_version: Optional[str]
    """Graph version, such as "v25.0"."""
    base_url: Optional[str]
    """Where to post to; required for "on_premises". Plain http only to loopback."""
    app_secret: Optional[str]
    """Adds appsecret_proof to every call."""
    user: Optional[str]
    """On-Premises: logs in with `password` for a token, and again when that ends, in place of `access_token`."""
    password: Optional[str]
    new_password: Optional[str]
    """What the password is changed to at the first login, when the On-Premises client asks for it."""
    connect_timeout_ms: Optional[int]
    """Milliseconds for the connection, default 10000."""
    timeout_ms: Optional[int]
    """Milliseconds for one whole request, default 30000."""
    low_speed_seconds: Optional[int]
    """Seconds in which nothing moves, after which a request ends; default 0: never."""
    http: Optional[str]
    """ "auto" (default), "1.1" or "2"; over plain http always 1.1."""
    proxy: Optional[str]
    """URL of a proxy; "" uses none whatever the environment says."""
    ca_file: Optional[str]
    """PEM file of trusted certificates in place of the system's."""
    client_certificate: Optional[str]
    """PEM file of the certificate for servers that ask who is calling."""
    client_key: Optional[str]
    """PEM file of its key; without it the certificate's file holds the key too."""
    client_key_passphrase: Optional[str]
    user_agent: Optional[str]
    headers: Optional[Mapping[str, str]]
    """Further request headers; the key of a partner, say, who takes it in place of a token."""
    max_in_flight: Optional[int]
    """Requests under way at once, 1 to 1000, default 64."""
    max_queued: Optional[int]
    """Messages submitted and not finished, default 4096."""
    max_attempts: Optional[int]
    """Attempts in all, 1 to 100, default 4; 1 never sends again."""
    deadline_ms: Optional[int]
    """Milliseconds from the submit after which no attempt begins, default 60000."""
    resend_uncertain: Optional[bool]
    """Sends again what may have gone out: recipients may get it twice. Default False."""
    messages_per_second: Optional[int]
    """Pace of each number, 1 to 1000, default 80 (On-Premises 70); 0: no pace."""
    pair_interval_ms: Optional[int]
    """Milliseconds between messages to one recipient once the burst is used up, default 6000; 0: no such rule."""
    pair_burst: Optional[int]
    """Messages to one recipient without a pause, default 45."""
    log: Optional[int]
    """A descriptor that gets one JSON line per request and decision."""


# A media id, or the media object of a webhook (an event's "media"), as a dict or as JSON text.
Media = Union[str, bytes, Mapping[str, Any]]


class DownloadOptions(TypedDict, total=False):
    """Options of `Client.download`."""

    max_bytes: int
    """Larger files raise Full; default 104857600 (100 MiB)."""
    timeout_ms: int
    """Milliseconds for the whole transfer, default 600000. One that stands still ends after the client's `timeout_ms`."""
    progress_fd: int
    """A descriptor, such as a pipe's, that gets a line {"done":65536,"total":303833} per step; it is never waited for."""


class UploadOptions(TypedDict, total=False):
    """Options of `Client.upload`."""

    type: str
    """MIME type; default by the ending of the file's name."""
    kind: str
    """As what it will be sent: "audio", "document", "image", "sticker" or "video"; default by type."""
    filename: str
    ttl_minutes: int
    """60 to 43200, for numbers with the No Storage option (Cloud API)."""
    timeout_ms: int
    progress_fd: int


class MediaInfo(TypedDict, total=False):
    """What Meta knows of a file."""

    id: str
    url: str
    """Where it lies for five minutes; the access token is needed there."""
    mime_type: str
    file_size: int
    sha256: str
    http_status: int


class MediaFile(TypedDict, total=False):
    """A file that was downloaded and checked."""

    id: str
    path: str
    data: bytes
    """The file, when no path was given."""
    mime_type: str
    size: int
    sha256: str
    """Hexadecimal, of the bytes that came."""
    verified: bool
    """False only when nobody named a hash (On-Premises by id alone)."""
    resumed_from: int
    """Bytes that were there from an earlier call."""
    http_status: int


class UploadedMedia(TypedDict, total=False):
    """A file that Meta has taken: send it by its `id` within 30 days."""

    id: str
    type: str
    kind: str
    filename: str
    size: int
    sha256: str
    issues: list[Issue]
    """Warnings, when there are some."""
    http_status: int


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


class CheckedContact(TypedDict, total=False):
    """What an On-Premises client knows of a phone number."""

    input: str
    """The number as it was asked for."""
    status: str
    """ "valid", "invalid", "processing" or "failed"."""
    wa_id: str
    """There when it is known."""


class CheckedContacts(TypedDict):
    """What `Client.check_contacts` found."""

    contacts: list[CheckedContact]
    http_status: int


class HealthNode(TypedDict, total=False):
    """One container of an On-Premises client."""

    name: str
    """host:container, in a cluster."""
    gateway_status: str
    """ "connected", "connecting", "disconnected", "uninitialized" or "unregistered"."""
    role: str
    """ "primary_master", "secondary_master" or "coreapp", in a cluster."""


class Health(TypedDict):
    """How an On-Premises client is."""

    healthy: bool
    """There is a node, and every one is connected or connecting."""
    nodes: list[HealthNode]
    http_status: int


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
