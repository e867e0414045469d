"""Parts of messages: headers, buttons, rows, sections, cards, contacts and items. Values only, no rules."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence

from .builders import _given, media
from .documents import Payload


def header_image(*, link: Optional[str] = None, id: Optional[str] = None, provider: Optional[str] = None) -> Payload:
    """An image above the body."""
    return {"type": "image", "image": media(link=link, id=id, provider=provider)}


def header_video(*, link: Optional[str] = None, id: Optional[str] = None, provider: Optional[str] = None) -> Payload:
    """A video above the body."""
    return {"type": "video", "video": media(link=link, id=id, provider=provider)}


def header_document(*, link: Optional[str] = None, id: Optional[str] = None, filename: Optional[str] = None,
                    provider: Optional[str] = None) -> Payload:
    """A file above the body."""
    return {"type": "document", "document": media(link=link, id=id, filename=filename, provider=provider)}


def reply(id: str, title: str) -> Payload:
    """A button that answers with its `id`."""
    return {"id": id, "title": title}


def row(id: str, title: str, description: Optional[str] = None) -> Payload:
    """A row of a list."""
    return {"id": id, "title": title, **_given(description=description)}


def section(title: Optional[str], rows: Sequence[Payload]) -> Payload:
    """A section of a list, with rows of `row`."""
    return {**_given(title=title), "rows": list(rows)}


def product_section(title: Optional[str], product_ids: Sequence[str]) -> Payload:
    """A section of a list of products."""
    return {**_given(title=title), "product_items": [{"product_retailer_id": id} for id in product_ids]}


def link_card(header: Payload, button: str, url: str, *, body: Optional[str] = None) -> Payload:
    """A card with a picture or film and a link."""
    return _card("cta_url", {"name": "cta_url", "parameters": {"display_text": button, "url": url}}, header, body)


def reply_card(header: Payload, buttons: Sequence[Payload], *, body: Optional[str] = None) -> Payload:
    """A card with a picture or film and buttons of `reply`."""
    replies = [{"type": "quick_reply", "quick_reply": button} for button in buttons]
    return _card("cta_url", {"buttons": replies}, header, body)


def product_card(product_id: str, catalog_id: str) -> Payload:
    """A card with a product of a catalog."""
    return _card("product", {"product_retailer_id": product_id, "catalog_id": catalog_id}, None, None)


def contact(formatted_name: str, *, first_name: Optional[str] = None, last_name: Optional[str] = None,
            middle_name: Optional[str] = None, prefix: Optional[str] = None, suffix: Optional[str] = None,
            phones: Optional[Sequence[Mapping[str, str]]] = None, emails: Optional[Sequence[Mapping[str, str]]] = None,
            urls: Optional[Sequence[Mapping[str, str]]] = None,
            addresses: Optional[Sequence[Mapping[str, str]]] = None, org: Optional[Mapping[str, str]] = None,
            birthday: Optional[str] = None) -> Payload:
    """A contact card. Phones are `{"phone": …, "type": …, "wa_id": …}`, the others as Meta names their members.

    At least one part of the name should stand beside `formatted_name`. `birthday` is YYYY-MM-DD.
    """
    name = {"formatted_name": formatted_name, **_given(first_name=first_name, last_name=last_name,
                                                       middle_name=middle_name, prefix=prefix, suffix=suffix)}
    return {"name": name, **_given(birthday=birthday, phones=_list(phones), emails=_list(emails), urls=_list(urls),
                                   addresses=_list(addresses), org=org)}


def amount(value: int, **members: Any) -> Payload:
    """An amount in hundredths of the currency: 5000 are 50.00."""
    return {"value": value, "offset": 100, **members}


def item(name: str, amount_: int, quantity: int, *, retailer_id: Optional[str] = None,
         sale_amount: Optional[int] = None, image: Optional[str] = None, **members: Any) -> Payload:
    """An item of an order. Prices are of one, in hundredths; `image` is the URL of a picture."""
    return {**_given(retailer_id=retailer_id), "name": name, "amount": amount(amount_),
            **_given(sale_amount=None if sale_amount is None else amount(sale_amount)), "quantity": quantity,
            **_given(image=None if image is None else {"link": image}), **members}


def _card(type: str, action: Payload, header: Optional[Payload], body: Optional[str]) -> Payload:
    return {"type": type, **_given(header=header, body=None if body is None else {"text": body}), "action": action}


def _list(values: Optional[Sequence[Mapping[str, Any]]]) -> Optional[list[Payload]]:
    return None if values is None else [dict(value) for value in values]
