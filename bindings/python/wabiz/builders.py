"""Functions that compose messages in Meta's own form, as dicts.

They hold no limit and no rule: what is left out is left out, and `build`, `check` and `Client.send` judge the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, TypedDict, Union

from .documents import Payload

if TYPE_CHECKING:
    from typing_extensions import Unpack

Number = Union[int, float, str]


class Envelope(TypedDict, total=False):
    """What every message may carry beside its content."""

    api: str
    """The dialect to write: "cloud" (default), "on_premises" or "marketing_messages"."""
    reply_to: str
    """Id of the message to quote."""
    tag: str
    """Comes back in status webhooks (biz_opaque_callback_data)."""
    recipient: str
    """Business-scoped user id, in place of `to`."""
    recipient_type: str
    """ "individual" (default) or "group"."""
    recipient_identity_key_hash: str
    """Deliver only while the person's identity is unchanged."""
    messaging_account_id: str
    """Which messaging account pays."""
    ttl: Union[int, str]
    """On-Premises templates: how long Meta tries to deliver; seconds or an ISO-8601 duration."""
    message_activity_sharing: bool
    """marketing_messages: overrides the account's setting."""
    product_policy: str
    """marketing_messages: "CLOUD_API_FALLBACK" or "STRICT"."""


def text(to: Optional[str], body: str, *, preview_url: Optional[bool] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A text. `preview_url` asks for a preview of the first link."""
    content: Payload = {"body": body}
    message = _message(to, "text", content, envelope)
    # The same wish stands at the top level in the On-Premises dialect.
    home = message if envelope.get("api") == "on_premises" else content
    home.update(_given(preview_url=preview_url))
    return message


def image(to: Optional[str], *, link: Optional[str] = None, id: Optional[str] = None, caption: Optional[str] = None,
          provider: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """An image, by public link or by media id. `provider` names an On-Premises media provider of a link."""
    return _message(to, "image", media(link=link, id=id, caption=caption, provider=provider), envelope)


def audio(to: Optional[str], *, link: Optional[str] = None, id: Optional[str] = None, voice: Optional[bool] = None,
          provider: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A sound file, by public link or by media id. `voice` shows it as a voice message."""
    return _message(to, "audio", media(link=link, id=id, voice=voice, provider=provider), envelope)


def video(to: Optional[str], *, link: Optional[str] = None, id: Optional[str] = None, caption: Optional[str] = None,
          provider: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A video, by public link or by media id."""
    return _message(to, "video", media(link=link, id=id, caption=caption, provider=provider), envelope)


def document(to: Optional[str], *, link: Optional[str] = None, id: Optional[str] = None, caption: Optional[str] = None,
             filename: Optional[str] = None, provider: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A file, by public link or by media id. The extension of `filename` decides its icon."""
    content = media(link=link, id=id, caption=caption, filename=filename, provider=provider)
    return _message(to, "document", content, envelope)


def sticker(to: Optional[str], *, link: Optional[str] = None, id: Optional[str] = None,
            provider: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A sticker, by public link or by media id."""
    return _message(to, "sticker", media(link=link, id=id, provider=provider), envelope)


def location(to: Optional[str], latitude: Number, longitude: Number, *, name: Optional[str] = None,
             address: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A place on the map, in decimal degrees. The app shows `address` only together with `name`."""
    return _message(to, "location", place(latitude, longitude, name, address), envelope)


def reaction(to: Optional[str], message_id: str, emoji: str, **envelope: Unpack[Envelope]) -> Payload:
    """A reaction to a message with one emoji; "" takes it back."""
    return _message(to, "reaction", {"message_id": message_id, "emoji": emoji}, envelope)


def template(to: Optional[str], name: str, language: str, *components: Payload, policy: Optional[str] = "deterministic",
             namespace: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A template with its components (see `wabiz.component`) in place of its variables.

    `language` is the code under which the template was approved, such as "en_US". `policy` is the only one that Meta
    still has; None leaves it out. `namespace` belongs to the On-Premises dialect.
    """
    content: Payload = {"name": name, "language": _given(policy=policy, code=language),
                        **_given(namespace=namespace)}
    if components:
        content["components"] = list(components)
    return _message(to, "template", content, envelope)


def mark_as_read(message_id: str, *, typing: bool = False, api: str = "cloud") -> Payload:
    """Marks an inbound message as read; `typing` also shows that an answer is being written (Cloud)."""
    message: Payload = {**_product(api), "status": "read", "message_id": message_id}
    if typing:
        message["typing_indicator"] = {"type": "text"}
    return message


def media(*, link: Optional[str] = None, id: Optional[str] = None, provider: Optional[str] = None,
          **members: Any) -> Payload:
    """A media object: the members that were given."""
    return _given(id=id, link=link, provider=None if provider is None else {"name": provider}, **members)


def place(latitude: Number, longitude: Number, name: Optional[str], address: Optional[str]) -> Payload:
    """A location object."""
    return {"latitude": latitude, "longitude": longitude, **_given(name=name, address=address)}


def _message(to: Optional[str], type: str, content: Union[Payload, list[Payload]], envelope: Envelope) -> Payload:
    rest = dict(envelope)
    message = _product(rest.pop("api", "cloud"))
    message["recipient_type"] = rest.pop("recipient_type", "individual")
    reply_to, tag = rest.pop("reply_to", None), rest.pop("tag", None)
    unknown = rest.keys() - Envelope.__annotations__.keys()
    if unknown:
        raise TypeError(f"{type}() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    message.update(_given(to=to, **rest))
    message.update({"type": type, type: content})
    if reply_to is not None:
        message["context"] = {"message_id": reply_to}
    message.update(_given(biz_opaque_callback_data=tag))
    return message


def _product(api: Any) -> Payload:
    return {} if api == "on_premises" else {"messaging_product": "whatsapp"}


def _given(**members: Any) -> Payload:
    return {name: value for name, value in members.items() if value is not None}
