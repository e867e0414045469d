"""Components of a template message: header, body, buttons, cards and their like. A str stands for a text parameter."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence, Union

from . import parameter
from .documents import Payload


def header(value: Union[str, Payload]) -> Payload:
    """The header: a text, or a parameter of `wabiz.parameter`."""
    return {"type": "header", "parameters": [_parameter(value)]}


def body(*values: Union[str, Payload]) -> Payload:
    """The body: one value for each variable, in order."""
    return {"type": "body", "parameters": [_parameter(value) for value in values]}


def quick_reply(index: int, payload: str) -> Payload:
    """A quick reply button at `index`, counted from 0; `payload` comes back when it is tapped."""
    return _button("quick_reply", index, parameter.payload(payload))


def url(index: int, suffix: str) -> Payload:
    """A link button at `index`, counted from 0; `suffix` ends the template's URL (or is the one-time password)."""
    return _button("url", index, parameter.text(suffix))


def copy_code(index: int, code: str) -> Payload:
    """A button that copies a coupon code."""
    return _button("copy_code", index, parameter.coupon_code(code))


def catalog(index: int, thumbnail: Optional[str] = None) -> Payload:
    """A button that opens the catalogue; `thumbnail` is the product whose picture is shown."""
    return _button("catalog", index, *_action(thumbnail_product_retailer_id=thumbnail))


def mpm(index: int, thumbnail: str, sections: Mapping[str, Sequence[str]]) -> Payload:
    """A button that opens products: a heading for each group, and the ids of its products."""
    groups = [{"title": title, "product_items": [{"product_retailer_id": product} for product in products]}
              for title, products in sections.items()]
    return _button("mpm", index, *_action(thumbnail_product_retailer_id=thumbnail, sections=groups))


def flow(index: int, *, token: Optional[str] = None, data: Optional[Mapping[str, Any]] = None) -> Payload:
    """A button that opens a flow: `token` names this run of it, `data` fills its first screen."""
    return _button("flow", index, *_action(flow_token=token, flow_action_data=data))


def voice_call(index: int, *, ttl_minutes: Optional[int] = None, payload: Optional[str] = None) -> Payload:
    """A button that calls: for how many minutes it works, and what the webhook of the call brings back."""
    values = []
    if ttl_minutes is not None:
        values.append(parameter.ttl_minutes(ttl_minutes))
    if payload is not None:
        values.append(parameter.payload(payload))
    return _button("voice_call", index, *values)


def order_details(index: int, order: Mapping[str, Any]) -> Payload:
    """A button to review and pay: `order` as the parameters of interactive order details."""
    return _button("order_details", index, *_action(order_details=order))


def carousel(*cards: Payload) -> Payload:
    """The cards of a carousel (see `card`), in order; a card without an index gets that of its place."""
    return {"type": "carousel", "cards": [{"card_index": place, **card} for place, card in enumerate(cards)]}


def card(*components: Payload, index: Optional[int] = None) -> Payload:
    """A card: a header with an image, video or product, then a body and buttons where the template has them."""
    return {**({} if index is None else {"card_index": index}), "components": list(components)}


def limited_time_offer(expiration_time_ms: int) -> Payload:
    """When the offer ends, in milliseconds since 1970."""
    return _single("limited_time_offer", {"expiration_time_ms": expiration_time_ms})


def order_status(reference_id: str, status: str, *, description: Optional[str] = None) -> Payload:
    """What became of an order."""
    order = {"status": status, **({} if description is None else {"description": description})}
    return _single("order_status", {"reference_id": reference_id, "order": order})


def tap_target(url: str, title: str) -> Payload:
    """Where a tap on the whole message leads, and the name of that place."""
    return _single("tap_target_configuration", [{"url": url, "title": title}])


def _single(name: str, value: Any) -> Payload:
    return {"type": name, "parameters": [{"type": name, name: value}]}


def _action(**members: Any) -> list[Payload]:
    given = {name: value for name, value in members.items() if value is not None}
    return [{"type": "action", "action": given}] if given else []


def _button(sub_type: str, index: int, *values: Payload) -> Payload:
    # Meta's samples write the index as a string.
    button: Payload = {"type": "button", "sub_type": sub_type, "index": str(index)}
    return {**button, "parameters": list(values)} if values else button


def _parameter(value: Union[str, Payload]) -> Payload:
    return parameter.text(value) if isinstance(value, str) else value
