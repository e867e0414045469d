"""Functions that compose contacts, orders, pins and hsm messages in Meta's own form. Values only, no rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union

from .builders import Envelope, _given, _message
from .documents import Payload
from .interactive import Header, _interactive, _named
from .part import _list, amount

if TYPE_CHECKING:
    from typing_extensions import Unpack


def contacts(to: Optional[str], contacts: Sequence[Mapping[str, Any]], **envelope: Unpack[Envelope]) -> Payload:
    """Contact cards, each of `wabiz.part.contact` or in Meta's own form."""
    return _message(to, "contacts", [dict(contact) for contact in contacts], envelope)


def order_details(to: Optional[str], body: str, reference_id: str, *, type: str, currency: str,
                  items: Sequence[Payload], subtotal: int, tax: int, total: int, shipping: Optional[int] = None,
                  discount: Optional[int] = None, catalog_id: Optional[str] = None,
                  expiration: Optional[Mapping[str, str]] = None, payment_type: Optional[str] = None,
                  payment_configuration: Optional[str] = None,
                  payment_settings: Optional[Sequence[Mapping[str, Any]]] = None,
                  members: Optional[Mapping[str, Any]] = None, header: Optional[Header] = None,
                  footer: Optional[str] = None, **envelope: Unpack[Envelope]) -> Payload:
    """An order to be paid, with items of `wabiz.part.item`. Amounts are in hundredths of the currency.

    `type` is "digital-goods" or "physical-goods", `currency` of ISO 4217, `payment_type` "br" or "upi". `members` are
    further members of the parameters, as Meta names them.
    """
    order = {"status": "pending", **_given(catalog_id=catalog_id, expiration=expiration), "items": list(items),
             "subtotal": amount(subtotal), "tax": amount(tax),
             **_given(shipping=None if shipping is None else amount(shipping),
                      discount=None if discount is None else amount(discount))}
    parameters = {"reference_id": reference_id, "type": type, **_given(
        payment_type=payment_type, payment_configuration=payment_configuration,
        payment_settings=_list(payment_settings)), "currency": currency, "total_amount": amount(total), "order": order,
        **(members or {})}
    return _interactive(to, "order_details", _named("review_and_pay", parameters), envelope, header, body, footer)


def order_status(to: Optional[str], body: str, reference_id: str, status: str, *, description: Optional[str] = None,
                 payment_status: Optional[str] = None, payment_timestamp: Optional[int] = None,
                 header: Optional[Header] = None, footer: Optional[str] = None,
                 **envelope: Unpack[Envelope]) -> Payload:
    """What became of an order; `reference_id` is that of the order_details message."""
    payment = _given(status=payment_status, timestamp=payment_timestamp)
    parameters = {"reference_id": reference_id, "order": {"status": status, **_given(description=description)},
                  **_given(payment=payment or None)}
    return _interactive(to, "order_status", _named("review_order", parameters), envelope, header, body, footer)


def pin(group: str, message_id: str, days: int, **envelope: Unpack[Envelope]) -> Payload:
    """Pins a message of a group for so many days."""
    content = {"type": "pin", "message_id": message_id, "expiration_days": days}
    return _message(group, "pin", content, _to_group(envelope))


def unpin(group: str, message_id: str, **envelope: Unpack[Envelope]) -> Payload:
    """Takes a pin off."""
    return _message(group, "pin", {"type": "unpin", "message_id": message_id}, _to_group(envelope))


def hsm(to: Optional[str], name: str, namespace: str, language: str, *params: Union[str, Payload],
        policy: str = "deterministic", **envelope: Unpack[Envelope]) -> Payload:
    """A template of On-Premises clients before v2.39. A str stands for a value that is not localised."""
    values = [{"default": param} if isinstance(param, str) else param for param in params]
    if "api" not in envelope:
        envelope["api"] = "on_premises"
    return _message(to, "hsm", {"namespace": namespace, "element_name": name,
                                "language": {"policy": policy, "code": language}, "localizable_params": values},
                    envelope)


def _to_group(envelope: Envelope) -> Envelope:
    if "recipient_type" not in envelope:
        envelope["recipient_type"] = "group"
    return envelope
