"""Functions that compose interactive messages: buttons, lists, products, flows, links, calls, requests, carousels.

They hold no limit and no rule: what is left out is left out, and `build`, `check` and `Client.send` judge the result.
A `header` is a str for a text, or one of `header_image`, `header_video` and `header_document` of `wabiz.part`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union

from .builders import Envelope, _given, _message
from .documents import Payload

if TYPE_CHECKING:
    from typing_extensions import Unpack

Header = Union[str, Payload]


def buttons(to: Optional[str], body: str, buttons: Sequence[Payload], *, header: Optional[Header] = None,
            footer: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A text with buttons that answer, each of `wabiz.part.reply`."""
    action = {"buttons": [{"type": "reply", "reply": button} for button in buttons]}
    return _interactive(to, "button", action, envelope, header, body, footer)


def list_message(to: Optional[str], body: str, button: str, sections: Sequence[Payload], *,
                 header: Optional[Header] = None, footer: Optional[str] = None,
                 **envelope: Unpack[Envelope]) -> Payload:
    """A text whose `button` opens a list of sections, each of `wabiz.part.section`."""
    return _interactive(to, "list", {"button": button, "sections": list(sections)}, envelope, header, body, footer)


def product(to: Optional[str], catalog_id: str, product_id: str, *, body: Optional[str] = None,
            footer: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """One product of a catalog."""
    action = {"catalog_id": catalog_id, "product_retailer_id": product_id}
    return _interactive(to, "product", action, envelope, None, body, footer)


def product_list(to: Optional[str], header: Header, body: str, catalog_id: str, sections: Sequence[Payload], *,
                 footer: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """Products of a catalog, in sections of `wabiz.part.product_section`."""
    action = {"catalog_id": catalog_id, "sections": list(sections)}
    return _interactive(to, "product_list", action, envelope, header, body, footer)


def catalog(to: Optional[str], body: str, *, thumbnail: Optional[str] = None, footer: Optional[str] = None,
            **envelope: Unpack[Envelope]) -> Payload:
    """The whole catalog; `thumbnail` is the id of the product whose picture is shown."""
    parameters = None if thumbnail is None else {"thumbnail_product_retailer_id": thumbnail}
    return _interactive(to, "catalog_message", _named("catalog_message", parameters), envelope, None, body, footer)


def flow(to: Optional[str], body: str, button: str, *, id: Optional[str] = None, name: Optional[str] = None,
         token: Optional[str] = None, mode: Optional[str] = None, action: Optional[str] = None,
         screen: Optional[str] = None, data: Optional[Mapping[str, Any]] = None, header: Optional[Header] = None,
         footer: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A text whose `button` opens a flow, by its `id` or `name` (Cloud).

    `screen` and `data` say where it begins and with what; `action` is "navigate" or "data_exchange".
    """
    start = _given(screen=screen, data=data)
    if start and action is None:
        action = "navigate"
    parameters = {"flow_message_version": "3", **_given(
        flow_id=id, flow_name=name, flow_cta=button, flow_token=token, mode=mode, flow_action=action,
        flow_action_payload=start or None)}
    return _interactive(to, "flow", _named("flow", parameters), envelope, header, body, footer)


def cta_url(to: Optional[str], body: str, button: str, url: str, *, header: Optional[Header] = None,
            footer: Optional[str] = None, payment_link_preview: Optional[bool] = None,
            **envelope: Unpack[Envelope]) -> Payload:
    """A text with a button that opens a page."""
    parameters = {"display_text": button, "url": url, **_given(payment_link_preview=payment_link_preview)}
    return _interactive(to, "cta_url", _named("cta_url", parameters), envelope, header, body, footer)


def location_request(to: Optional[str], body: str, **envelope: Unpack[Envelope]) -> Payload:
    """Asks where the person is."""
    return _interactive(to, "location_request_message", _named("send_location"), envelope, None, body, None)


def address(to: Optional[str], body: str, country: str, *, values: Optional[Mapping[str, str]] = None,
            validation_errors: Optional[Mapping[str, str]] = None,
            saved_addresses: Optional[Sequence[Mapping[str, Any]]] = None, header: Optional[Header] = None,
            footer: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A form for an address (India); the fields are named as Meta names them."""
    parameters = {"country": country, **_given(
        values=values, validation_errors=validation_errors,
        saved_addresses=None if saved_addresses is None else list(saved_addresses))}
    return _interactive(to, "address_message", _named("address_message", parameters), envelope, header, body, footer)


def voice_call(to: Optional[str], body: str, *, button: Optional[str] = None, ttl_minutes: Optional[int] = None,
               payload: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """A text with a button that calls the business; `payload` comes back in the webhook of the call."""
    parameters = _given(display_text=button, ttl_minutes=ttl_minutes, payload=payload)
    return _interactive(to, "voice_call", _named("voice_call", parameters or None), envelope, None, body, None)


def call_permission(to: Optional[str], *, body: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """Asks whether the business may call."""
    return _interactive(to, "call_permission_request", _named("call_permission_request"), envelope, None, body, None)


def contact_request(to: Optional[str], body: str, **envelope: Unpack[Envelope]) -> Payload:
    """Asks for the person's phone number."""
    return _interactive(to, "request_contact_info", _named("request_contact_info"), envelope, None, body, None)


def carousel(to: Optional[str], body: str, cards: Sequence[Payload], **envelope: Unpack[Envelope]) -> Payload:
    """Cards side by side, in this order: of `link_card`, `reply_card` or `product_card` of `wabiz.part`."""
    numbered = [{"card_index": index, **card} for index, card in enumerate(cards)]
    return _interactive(to, "carousel", {"cards": numbered}, envelope, None, body, None)


def _named(name: str, parameters: Optional[Payload] = None) -> Payload:
    return {"name": name, **_given(parameters=parameters)}


def _interactive(to: Optional[str], type: str, action: Payload, envelope: Envelope, header: Optional[Header],
                 body: Optional[str], footer: Optional[str]) -> Payload:
    above: Any = {"type": "text", "text": header} if isinstance(header, str) else header
    content = {"type": type, **_given(header=above, body=None if body is None else {"text": body},
                                      footer=None if footer is None else {"text": footer}), "action": action}
    return _message(to, "interactive", content, envelope)
