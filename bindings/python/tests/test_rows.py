"""Every row of the table of messages that a dialect takes has a builder in Python, and every short form that the table shows
can be built: types, interactive subtypes, and the components, buttons and values of templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from test_builders import CASES as PLAIN
from test_catalogue import CASES as CATALOGUE

import wabiz
from wabiz import component, parameter

APIS = ("cloud", "on_premises", "marketing_messages")
TO = "+15550001234"
TABLE = wabiz.describe("messages")
AMOUNT = {"value": 2500, "offset": 100}
ORDER = {"reference_id": "order-42", "type": "digital-goods", "payment_type": "br", "currency": "BRL",
         "payment_settings": [{"type": "boleto", "boleto": {"digitable_line": "03399"}}], "total_amount": AMOUNT,
         "order": {"status": "pending", "subtotal": AMOUNT, "tax": {"value": 0, "offset": 100},
                   "items": [{"retailer_id": "cake", "name": "Cake", "amount": AMOUNT, "quantity": 1}]}}

# What the cases of the other tests have no example of.
HEADERS = [parameter.text("Order"), parameter.image(id="1"), parameter.video(id="1"), parameter.document(id="1"),
           parameter.location(48.2, 16.4, name="Depot", address="1 Main Square"), parameter.gif(id="1"),
           parameter.product("pot", catalog_id="7")]
BUTTONS = [component.quick_reply(0, "P"), component.url(0, "42"), component.copy_code(0, "SAVE20"),
           component.catalog(0, "pot"), component.mpm(0, "pot", {"Small": ["pot"]}), component.flow(0, token="tok"),
           component.voice_call(0, ttl_minutes=60), component.order_details(0, ORDER)]
MESSAGES = ([case[0] for case in PLAIN] + [case[0] for case in CATALOGUE]
            + [wabiz.template(TO, "t", "en", component.header(value)) for value in HEADERS]
            + [wabiz.template(TO, "t", "en", button) for button in BUTTONS])


def rows(shape: dict[str, Any], api: str, taken: bool) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    """The rows below a shape: name, whether the dialect takes it, and what the table says of it."""
    for member in shape.get("members", []):
        if "shape" in member:
            yield from rows(member["shape"], api, taken and api in member["api"])
    if "element" in shape:
        yield from rows(shape["element"], api, taken)
    for case in shape.get("cases", []):
        here = taken and not ("severity" in case and api in case["elsewhere"])
        if "short" in case:
            yield f"{shape['name']}={case[shape['by']]}", here, case
        yield from rows(case["shape"], api, here)


def all_rows(api: str) -> list[tuple[str, bool, dict[str, Any]]]:
    found = []
    for row in TABLE["types"]:
        taken = row["api"][api] == "taken"
        found.append((f"message={row['type']}", taken, row))
        found.extend(rows(row["content"], api, taken))
    return found


def used(shape: dict[str, Any], value: Any) -> Iterator[str]:
    """The rows below a shape that a value uses."""
    for member in shape.get("members", []):
        if isinstance(value, dict) and member["name"] in value and "shape" in member:
            yield from used(member["shape"], value[member["name"]])
    if "element" in shape and isinstance(value, list):
        for element in value:
            yield from used(shape["element"], element)
    for case in shape.get("cases", []):
        if isinstance(value, dict) and str(value.get(shape["by"])).lower() == case[shape["by"]]:
            yield f"{shape['name']}={case[shape['by']]}"
            yield from used(case["shape"], value)


def used_rows(message: dict[str, Any]) -> set[str]:
    kind = message.get("type")
    content = next((row["content"] for row in TABLE["types"] if row["type"] == kind), {})
    return {f"message={kind}", *used(content, message.get(kind))}


@pytest.mark.parametrize("api", APIS)
def test_every_row_has_a_builder(api: str) -> None:
    table = all_rows(api)
    assert len(table) > 60 and any(taken for _, taken, _ in table)
    written = set()
    for message in MESSAGES:
        if wabiz.check(message, api=api):
            written |= used_rows(message)
    assert [name for name, taken, _ in table if taken and name not in written] == []


@pytest.mark.parametrize("api", APIS)
def test_every_row_has_a_short_form_that_leads_to_it_or_a_reason(api: str) -> None:
    for name, taken, row in all_rows(api):
        short = row["short"]
        assert ("forms" in short) != ("none" in short), name
        for text in short.get("forms", []) if taken else []:
            assert name in used_rows(wabiz.build(json.loads(text), api=api)), text
