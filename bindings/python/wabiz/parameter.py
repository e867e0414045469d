"""Parameters of template components: what stands in place of a template's variables. Values only, no rules."""

from __future__ import annotations

from typing import Optional

from .builders import Number, _given, media, place
from .documents import Payload


def text(value: str, *, name: Optional[str] = None) -> Payload:
    """A text; `name` for templates with named parameters."""
    return {"type": "text", **_given(parameter_name=name), "text": value}


def currency(fallback_value: str, *, code: str, amount_1000: int) -> Payload:
    """An amount of money: `code` of ISO 4217, `amount_1000` in thousandths, `fallback_value` as it is shown."""
    return {"type": "currency",
            "currency": {"fallback_value": fallback_value, "code": code, "amount_1000": amount_1000}}


def date_time(fallback_value: str) -> Payload:
    """A date, shown as written."""
    return {"type": "date_time", "date_time": {"fallback_value": fallback_value}}


def image(*, link: Optional[str] = None, id: Optional[str] = None, provider: Optional[str] = None) -> Payload:
    """An image for a header."""
    return {"type": "image", "image": media(link=link, id=id, provider=provider)}


def video(*, link: Optional[str] = None, id: Optional[str] = None, provider: Optional[str] = None) -> Payload:
    """A video for a header."""
    return {"type": "video", "video": media(link=link, id=id, provider=provider)}


def gif(*, link: Optional[str] = None, id: Optional[str] = None) -> Payload:
    """An MP4 that is shown as a looping picture, for a header of marketing_messages."""
    return {"type": "gif", "gif": media(link=link, id=id)}


def product(product_retailer_id: str, *, catalog_id: str) -> Payload:
    """A product, for the header of a single-product template or a card."""
    return {"type": "product", "product": {"product_retailer_id": product_retailer_id, "catalog_id": catalog_id}}


def document(*, link: Optional[str] = None, id: Optional[str] = None, filename: Optional[str] = None,
             provider: Optional[str] = None) -> Payload:
    """A file for a header."""
    return {"type": "document", "document": media(link=link, id=id, filename=filename, provider=provider)}


def location(latitude: Number, longitude: Number, *, name: Optional[str] = None,
             address: Optional[str] = None) -> Payload:
    """A place for a header, in decimal degrees; Meta's samples write the numbers as strings."""
    return {"type": "location", "location": place(latitude, longitude, name, address)}


def payload(value: str) -> Payload:
    """What a quick reply button sends back."""
    return {"type": "payload", "payload": value}


def coupon_code(value: str) -> Payload:
    """The code that a copy-code button copies."""
    return {"type": "coupon_code", "coupon_code": value}


def ttl_minutes(value: int) -> Payload:
    """For how many minutes a call button works."""
    return {"type": "ttl_minutes", "ttl_minutes": value}
