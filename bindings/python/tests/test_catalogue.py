"""The builder functions of contacts, interactive messages, orders, pins and hsm write what the library accepts."""

from __future__ import annotations

from typing import Any

import pytest

import wabiz
from wabiz import part

TO = "+15550001234"
LINK = "https://example.com/a"
WAMID = "wamid.HBgLMTU1NTAwMDEyMzQVAgASGBQzQTdC"
GROUP = "Y2FwaV9ncm91cDox"
REPLIES = [part.reply("yes", "Yes"), part.reply("no", "No")]
IMAGE = part.header_image(link=LINK)

# What a builder writes, the word of its type or subtype, and the short form that means the same.
CASES: list[tuple[dict[str, Any], str, dict[str, Any] | None]] = [
    (wabiz.contacts(TO, [part.contact("Ada Example", first_name="Ada", phones=[{"phone": "1", "wa_id": "15550009999"}],
                                      emails=[{"email": "ada@example.com"}], org={"company": "Shop"},
                                      birthday="1990-02-28")]), "contacts", None),
    (wabiz.buttons(TO, "Ready?", REPLIES, header="Hello", footer="Shop"), "button",
     {"to": TO, "body": "Ready?", "buttons": REPLIES, "header": "Hello", "footer": "Shop"}),
    (wabiz.buttons(TO, "Ready?", REPLIES, header=IMAGE), "button",
     {"to": TO, "body": "Ready?", "buttons": REPLIES, "header": {"image": LINK}}),
    (wabiz.buttons(TO, "Ready?", REPLIES, header=part.header_video(id="1")), "button", None),
    (wabiz.buttons(TO, "Ready?", REPLIES, header=part.header_document(id="1", filename="a.pdf")), "button", None),
    (wabiz.list_message(TO, "Pick", "Menu", [part.section(None, [part.row("1", "One", "x")])]), "list",
     {"to": TO, "body": "Pick", "button": "Menu", "rows": [{"id": "1", "title": "One", "description": "x"}]}),
    (wabiz.product(TO, "1112", "pot-12"), "product", {"to": TO, "catalog_id": "1112", "product": "pot-12"}),
    (wabiz.product_list(TO, "Pots", "Ours", "1112", [part.product_section("A", ["1", "2"])]), "product_list", None),
    (wabiz.catalog(TO, "All", thumbnail="pot-12"), "catalog_message", {"to": TO, "body": "All", "catalog": "pot-12"}),
    (wabiz.flow(TO, "Book", "Book", id="987", screen="A", data={"guests": 2}, token="t"), "flow",
     {"to": TO, "body": "Book", "button": "Book", "flow": "987", "screen": "A", "data": {"guests": 2}, "token": "t"}),
    (wabiz.flow(TO, "Book", "Book", name="booking", action="data_exchange"), "flow", None),
    (wabiz.cta_url(TO, "Hours", "Open", LINK), "cta_url", {"to": TO, "body": "Hours", "button": "Open", "link": LINK}),
    (wabiz.location_request(TO, "Where?"), "location_request_message",
     {"to": TO, "body": "Where?", "request": "location"}),
    (wabiz.address("+919000000000", "Where?", "IN", values={"city": "Pune"}), "address_message", None),
    (wabiz.voice_call(TO, "Talk", button="Call", ttl_minutes=60, payload="x"), "voice_call",
     {"to": TO, "body": "Talk", "call": "Call", "ttl_minutes": 60, "payload": "x"}),
    (wabiz.voice_call(TO, "Talk"), "voice_call", None),
    (wabiz.call_permission(TO), "call_permission_request", {"to": TO, "request": "call"}),
    (wabiz.contact_request(None, "Share?", recipient="US.13491208655302741918"), "request_contact_info", None),
    (wabiz.carousel(TO, "Pots", [part.link_card(IMAGE, "Buy", LINK, body="Blue"), part.link_card(IMAGE, "Buy", LINK)]),
     "carousel", None),
    (wabiz.carousel(TO, "Pots", [part.reply_card(IMAGE, REPLIES), part.reply_card(IMAGE, REPLIES)]), "carousel", None),
    (wabiz.carousel(TO, "Pots", [part.product_card("1", "9"), part.product_card("2", "9")]), "carousel", None),
    (wabiz.order_details(TO, "Your order", "order-42", type="digital-goods", currency="BRL", payment_type="br",
                         items=[part.item("Cake", 2500, 2, retailer_id="cake", sale_amount=2000)], subtotal=4000,
                         tax=0, shipping=100, discount=50, total=4050,
                         payment_settings=[{"type": "payment_link", "payment_link": {"uri": LINK}}]),
     "order_details", None),
    (wabiz.order_status(TO, "Paid", "order-42", "shipped", description="x", payment_status="captured",
                        payment_timestamp=1767225600), "order_status", None),
    (wabiz.pin(GROUP, WAMID, 7), "pin", None),
    (wabiz.unpin(GROUP, WAMID), "pin", None),
    (wabiz.hsm(TO, "purchase", "aaaa", "en_US", "1234",
               {"default": "$1", "currency": {"currency_code": "USD", "amount_1000": 1000}}), "hsm", None),
]


@pytest.mark.parametrize(("message", "word", "short"), CASES)
def test_the_library_accepts_what_a_builder_writes(message: dict[str, Any], word: str,
                                                   short: dict[str, Any] | None) -> None:
    api = "on_premises" if word == "hsm" else "cloud"
    report = wabiz.check(message, api=api)
    assert report and report.issues == []
    assert wabiz.build(message, api=api) == message
    assert word == (message["interactive"]["type"] if message["type"] == "interactive" else message["type"])
    if short is not None:
        assert wabiz.build(short) == message


def test_builders_hold_no_rule() -> None:
    message = wabiz.buttons(TO, "", [part.reply(str(i), str(i)) for i in range(4)])
    paths = [issue["path"] for issue in wabiz.check(message).errors]
    assert sorted(paths) == ["/interactive/action/buttons", "/interactive/body/text"]


def test_every_subtype_of_the_table_has_a_builder() -> None:
    row = next(row for row in wabiz.describe("messages")["types"] if row["type"] == "interactive")
    words = {case["type"] for case in row["content"]["cases"] if "cloud" not in case.get("elsewhere", [])}
    assert len(words) == 15 and words <= {word for _, word, _ in CASES}


def test_what_is_no_keyword() -> None:
    with pytest.raises(TypeError):
        wabiz.pin(GROUP, WAMID, 7, colour="red")  # type: ignore[call-arg]
