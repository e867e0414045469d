"""The builder functions write the payloads that Meta documents, and the library accepts them as they are."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import wabiz
from wabiz import component, parameter

TO = "+15550001234"
LINK = "https://example.com/a"
HEAD = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO}
LANGUAGE = {"policy": "deterministic", "code": "en_US"}
WAMID = "wamid.HBgLMTU1NTAwMDEyMzQVAgASGBQzQTdC"

# What a builder writes, what stands in the payload beside the envelope, and the short form that means the same.
CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]] = [
    (wabiz.text(TO, "Hello"), {"type": "text", "text": {"body": "Hello"}}, {"to": TO, "text": "Hello"}),
    (wabiz.text(TO, "See https://example.com", preview_url=True),
     {"type": "text", "text": {"body": "See https://example.com", "preview_url": True}}, None),
    (wabiz.image(TO, link=LINK, caption="C"), {"type": "image", "image": {"link": LINK, "caption": "C"}},
     {"to": TO, "image": LINK, "caption": "C"}),
    (wabiz.image(TO, id="1234567890"), {"type": "image", "image": {"id": "1234567890"}},
     {"to": TO, "image": "1234567890"}),
    (wabiz.audio(TO, id="1", voice=True), {"type": "audio", "audio": {"id": "1", "voice": True}}, None),
    (wabiz.audio(TO, link=LINK), {"type": "audio", "audio": {"link": LINK}}, {"to": TO, "audio": LINK}),
    (wabiz.video(TO, link=LINK, caption="C"), {"type": "video", "video": {"link": LINK, "caption": "C"}},
     {"to": TO, "video": LINK, "caption": "C"}),
    (wabiz.document(TO, link=LINK, filename="a.pdf", caption="C"),
     {"type": "document", "document": {"link": LINK, "caption": "C", "filename": "a.pdf"}},
     {"to": TO, "document": LINK, "caption": "C", "filename": "a.pdf"}),
    (wabiz.sticker(TO, id="1"), {"type": "sticker", "sticker": {"id": "1"}}, {"to": TO, "sticker": "1"}),
    (wabiz.location(TO, 48.2, 16.4, name="Shop", address="1 Main Square"),
     {"type": "location", "location": {"latitude": 48.2, "longitude": 16.4, "name": "Shop",
                                       "address": "1 Main Square"}},
     {"to": TO, "location": {"latitude": 48.2, "longitude": 16.4, "name": "Shop", "address": "1 Main Square"}}),
    (wabiz.reaction(TO, WAMID, "\U0001f44d"), {"type": "reaction", "reaction": {"message_id": WAMID, "emoji": "\U0001f44d"}},
     {"to": TO, "reaction": "\U0001f44d", "message_id": WAMID}),
    (wabiz.reaction(TO, WAMID, ""), {"type": "reaction", "reaction": {"message_id": WAMID, "emoji": ""}},
     {"to": TO, "reaction": "", "message_id": WAMID}),
    (wabiz.template(TO, "hello_world", "en_US"),
     {"type": "template", "template": {"name": "hello_world", "language": LANGUAGE}},
     {"to": TO, "template": "hello_world", "language": "en_US"}),
    (wabiz.template(TO, "order_shipped", "en_US", component.header(parameter.image(link=LINK)),
                    component.body("Ada", parameter.currency("$1.00", code="USD", amount_1000=1000),
                                   parameter.date_time("25 February 2026")),
                    component.quick_reply(0, "YES"), component.url(1, "42")),
     {"type": "template", "template": {"name": "order_shipped", "language": LANGUAGE, "components": [
         {"type": "header", "parameters": [{"type": "image", "image": {"link": LINK}}]},
         {"type": "body", "parameters": [
             {"type": "text", "text": "Ada"},
             {"type": "currency", "currency": {"fallback_value": "$1.00", "code": "USD", "amount_1000": 1000}},
             {"type": "date_time", "date_time": {"fallback_value": "25 February 2026"}}]},
         {"type": "button", "sub_type": "quick_reply", "index": "0",
          "parameters": [{"type": "payload", "payload": "YES"}]},
         {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "42"}]}]}}, None),
    (wabiz.template(TO, "t", "en_US", component.body("Ada", "#42"), component.quick_reply(0, "P")),
     {"type": "template", "template": {"name": "t", "language": LANGUAGE, "components": [
         {"type": "body", "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "#42"}]},
         {"type": "button", "sub_type": "quick_reply", "index": "0",
          "parameters": [{"type": "payload", "payload": "P"}]}]}},
     {"to": TO, "template": "t", "language": "en_US", "body": ["Ada", "#42"], "buttons": ["P"]}),
    (wabiz.template(TO, "buttons", "en_US", component.copy_code(0, "SAVE20"), component.catalog(1, "pot"), component.catalog(2),
                    component.mpm(3, "pot", {"Small": ["pot", "pan"]}), component.flow(4, token="tok", data={"guests": 2}),
                    component.flow(5), component.voice_call(6, ttl_minutes=60, payload="ticket")),
     {"type": "template", "template": {"name": "buttons", "language": LANGUAGE, "components": [
         {"type": "button", "sub_type": "copy_code", "index": "0",
          "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}]},
         {"type": "button", "sub_type": "catalog", "index": "1",
          "parameters": [{"type": "action", "action": {"thumbnail_product_retailer_id": "pot"}}]},
         {"type": "button", "sub_type": "catalog", "index": "2"},
         {"type": "button", "sub_type": "mpm", "index": "3", "parameters": [{"type": "action", "action": {
             "thumbnail_product_retailer_id": "pot", "sections": [{"title": "Small", "product_items": [
                 {"product_retailer_id": "pot"}, {"product_retailer_id": "pan"}]}]}}]},
         {"type": "button", "sub_type": "flow", "index": "4",
          "parameters": [{"type": "action", "action": {"flow_token": "tok", "flow_action_data": {"guests": 2}}}]},
         {"type": "button", "sub_type": "flow", "index": "5"},
         {"type": "button", "sub_type": "voice_call", "index": "6", "parameters": [
             {"type": "ttl_minutes", "ttl_minutes": 60}, {"type": "payload", "payload": "ticket"}]}]}},
     {"to": TO, "template": "buttons", "language": "en_US", "buttons": [
         {"copy_code": "SAVE20"}, {"catalog": "pot"}, {"catalog": True},
         {"mpm": {"thumbnail_product_retailer_id": "pot", "sections": [{"title": "Small", "product_items": [
             {"product_retailer_id": "pot"}, {"product_retailer_id": "pan"}]}]}},
         {"flow": {"flow_token": "tok", "flow_action_data": {"guests": 2}}}, {"flow": True},
         {"voice_call": {"ttl_minutes": 60, "payload": "ticket"}}]}),
    (wabiz.template(TO, "pots", "en_US", component.body("Ada"), component.carousel(
        component.card(component.header(parameter.image(id="1")), component.url(0, "a")),
        component.card(component.header(parameter.image(id="2")), component.url(0, "b"), index=4))),
     {"type": "template", "template": {"name": "pots", "language": LANGUAGE, "components": [
         {"type": "body", "parameters": [{"type": "text", "text": "Ada"}]},
         {"type": "carousel", "cards": [
             {"card_index": 0, "components": [
                 {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
                 {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "a"}]}]},
             {"card_index": 4, "components": [
                 {"type": "header", "parameters": [{"type": "image", "image": {"id": "2"}}]},
                 {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "b"}]}]}]}]}},
     {"to": TO, "template": "pots", "language": "en_US", "body": ["Ada"], "cards": [
         {"header": {"image": "1"}, "buttons": [{"url": "a"}]},
         {"header": {"image": "2"}, "buttons": [{"url": "b"}], "card_index": 4}]}),
    (wabiz.template(TO, "sale", "en_US", component.limited_time_offer(1893456000000),
                    component.order_status("o", "shipped", description="Soon"),
                    component.tap_target("https://example.com", "Shop")),
     {"type": "template", "template": {"name": "sale", "language": LANGUAGE, "components": [
         {"type": "limited_time_offer", "parameters": [
             {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1893456000000}}]},
         {"type": "order_status", "parameters": [{"type": "order_status", "order_status": {
             "reference_id": "o", "order": {"status": "shipped", "description": "Soon"}}}]},
         {"type": "tap_target_configuration", "parameters": [{"type": "tap_target_configuration",
          "tap_target_configuration": [{"url": "https://example.com", "title": "Shop"}]}]}]}},
     {"to": TO, "template": "sale", "language": "en_US", "limited_time_offer": 1893456000000,
      "order_status": {"reference_id": "o", "order": {"status": "shipped", "description": "Soon"}},
      "tap_target": {"url": "https://example.com", "title": "Shop"}}),
    (wabiz.template(TO, "named", "en", component.body(parameter.text("Ada", name="customer"))),
     {"type": "template", "template": {"name": "named", "language": {**LANGUAGE, "code": "en"}, "components": [
         {"type": "body", "parameters": [{"type": "text", "parameter_name": "customer", "text": "Ada"}]}]}}, None),
]


def without_defaults(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload as a short form writes it: the policy is left out where only one is left."""
    sparse: dict[str, Any] = copy.deepcopy(payload)
    sparse.get("template", {}).get("language", {}).pop("policy", None)
    return sparse


@pytest.mark.parametrize(("payload", "content", "short"), CASES)
def test_a_builder_writes_metas_form(payload: dict[str, Any], content: dict[str, Any],
                                     short: dict[str, Any] | None) -> None:
    assert payload == {**HEAD, **content}
    assert wabiz.build(payload) == payload
    if short is not None:
        assert wabiz.build(short) == without_defaults(payload)


HEADERS = [
    parameter.text("Welcome"), parameter.image(id="1"), parameter.video(link=LINK),
    parameter.document(link=LINK + ".pdf", filename="a.pdf"),
    parameter.product("pot", catalog_id="7"),
    parameter.location("37.48", "122.14", name="Pablo", address="1 Hacker Way"),
]


@pytest.mark.parametrize("value", HEADERS, ids=lambda value: str(value["type"]))
def test_every_header_parameter_is_accepted(value: dict[str, Any]) -> None:
    payload = wabiz.template(TO, "t", "en_US", component.header(value))
    assert wabiz.build(payload)["template"]["components"][0]["parameters"] == [value]


def test_a_header_takes_a_string() -> None:
    assert component.header("Hi") == {"type": "header", "parameters": [{"type": "text", "text": "Hi"}]}


def test_the_envelope() -> None:
    payload = wabiz.text(TO, "Hello", reply_to=WAMID, tag="order 42", recipient="US.13491208655302741918",
                         recipient_identity_key_hash="abc", messaging_account_id="77")
    assert payload == {**HEAD, "type": "text", "text": {"body": "Hello"}, "context": {"message_id": WAMID},
                       "biz_opaque_callback_data": "order 42", "recipient": "US.13491208655302741918",
                       "recipient_identity_key_hash": "abc", "messaging_account_id": "77"}
    assert wabiz.build(payload) == payload


def test_the_policy_may_be_left_out() -> None:
    payload = wabiz.template(TO, "t", "en_US", policy=None)
    assert payload["template"]["language"] == {"code": "en_US"} and wabiz.check(payload)


def test_recipients_without_a_number() -> None:
    to_person = wabiz.text(None, "Hello", recipient="US.13491208655302741918")
    assert "to" not in to_person and wabiz.check(to_person)
    to_group = wabiz.text("Y2FwaV9ncm91cDox", "Hello", recipient_type="group")
    assert to_group["recipient_type"] == "group" and wabiz.check(to_group)


def test_the_on_premises_dialect() -> None:
    payload = wabiz.text("15550001234", "See https://example.com", preview_url=True, api="on_premises")
    assert payload == {"recipient_type": "individual", "to": "15550001234", "type": "text", "preview_url": True,
                       "text": {"body": "See https://example.com"}}
    assert wabiz.build(payload, api="on_premises") == payload
    video = wabiz.video("15550001234", link=LINK, provider="store", api="on_premises")
    assert video["video"] == {"link": LINK, "provider": {"name": "store"}}
    assert wabiz.check(video, api="on_premises")
    template = wabiz.template("15550001234", "t", "en_US", namespace="ns", ttl=86400,
                              api="on_premises")
    assert template["ttl"] == 86400 and template["template"]["namespace"] == "ns"
    assert wabiz.check(template, api="on_premises")


def test_marking_as_read() -> None:
    assert wabiz.mark_as_read(WAMID) == {"messaging_product": "whatsapp", "status": "read", "message_id": WAMID}
    typing = wabiz.mark_as_read(WAMID, typing=True)
    assert typing["typing_indicator"] == {"type": "text"}
    assert wabiz.build({"read": WAMID, "typing": True}) == wabiz.build(typing) == typing
    assert "messaging_product" not in wabiz.mark_as_read(WAMID, api="on_premises")


def test_marketing_members() -> None:
    payload = wabiz.template(TO, "t", "en_US", api="marketing_messages", message_activity_sharing=True,
                             product_policy="STRICT")
    assert payload["product_policy"] == "STRICT" and payload["messaging_product"] == "whatsapp"
    assert wabiz.check(payload, api="marketing_messages")


def test_a_slip_in_a_keyword_is_found_at_once() -> None:
    with pytest.raises(TypeError, match="repy_to"):
        wabiz.text(TO, "Hello", repy_to=WAMID)  # type: ignore[call-arg]


def test_builders_hold_no_rule() -> None:
    """What they write wrong is for the library to refuse."""
    with pytest.raises(wabiz.Invalid):
        wabiz.build(wabiz.text(TO, "x" * 5000))
    with pytest.raises(wabiz.Invalid):
        wabiz.build(wabiz.image(TO, link=LINK, id="1"))


AMOUNT = {"value": 2500, "offset": 100}
ORDER = {
    "reference_id": "order-42", "type": "digital-goods", "payment_type": "br", "currency": "BRL", "total_amount": AMOUNT,
    "payment_settings": [{"type": "payment_link", "payment_link": {"uri": "https://example.com/pay"}}],
    "order": {"status": "pending", "subtotal": AMOUNT, "tax": {"value": 0, "offset": 100},
              "items": [{"retailer_id": "cake", "name": "Cake", "amount": AMOUNT, "quantity": 1}]}}


def test_an_order_to_pay() -> None:
    payload = wabiz.template(TO, "t", "en_US", component.order_details(0, ORDER))
    assert wabiz.build(payload) == payload
    short = {"to": TO, "template": "t", "language": "en_US", "buttons": [{"order_details": ORDER}]}
    assert wabiz.build(short) == without_defaults(payload)


def test_a_gif_belongs_to_marketing_messages() -> None:
    payload = wabiz.template(TO, "t", "en_US", component.header(parameter.gif(id="1")), api="marketing_messages")
    assert wabiz.check(payload, api="marketing_messages")
    assert not wabiz.check(payload)


def test_a_message_is_held_against_its_definition() -> None:
    templates = {"data": [{"name": "t", "language": "en_US", "components": [{"type": "BODY", "text": "Hi {{1}}"}]}]}
    report = wabiz.check(wabiz.template(TO, "t", "en_US"), templates=templates)
    assert [issue["graph_code"] for issue in report.issues] == [132000]
    assert wabiz.check(wabiz.template(TO, "t", "en_US", component.body("Ada")), templates=templates)


@pytest.mark.parametrize(("text", "plain"), [
    ("Hello", "Hello"), ("", ""), ("*bold*", "\u2217bold\u2217"), ("_italic_", "\u02cditalic\u02cd"),
    ("~gone~", "\u223cgone\u223c"), ("```code```", "\u02cb\u02cb\u02cbcode\u02cb\u02cb\u02cb"),
    ("snake_case 2*3", "snake_case 2*3"), ("a`b", "a\u02cbb"), ("\u00e9*x", "\u00e9\u2217x"), ("a__b", "a\u02cd\u02cdb"),
])
def test_plain_leaves_no_mark_that_works(text: str, plain: str) -> None:
    assert wabiz.plain(text) == plain == wabiz.plain(plain)
    assert len(wabiz.plain(text)) == len(text)
