"""Building, checking and describing; what bad messages and bad options get."""

from __future__ import annotations

import collections
import json
import math
import types
from typing import Any

import pytest

import wabiz
from conftest import text_message

PAYLOAD = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+15550001234", "type": "text",
           "text": {"body": "Hello"}}


def test_dict_in_and_dict_out() -> None:
    assert wabiz.build(text_message()) == PAYLOAD


@pytest.mark.parametrize("kind", [str, bytes, bytearray, memoryview, dict, collections.OrderedDict,
                                  types.MappingProxyType])
def test_a_message_may_be_a_mapping_or_json_text(kind: Any) -> None:
    text = json.dumps(text_message())
    message = (text if kind is str else kind(text.encode()) if kind in (bytes, bytearray, memoryview)
               else kind(text_message()))
    assert wabiz.build(message) == PAYLOAD


def test_a_complete_payload_stands_as_it_is() -> None:
    assert wabiz.build(PAYLOAD) == PAYLOAD


@pytest.mark.parametrize("body", ["Grüße", "日本語", "👩‍👩‍👧", "a\nb\t\"\\/", "\x7f\u2028", "𝒳" * 4096])
def test_text_comes_back_as_it_went_in(body: str) -> None:
    assert wabiz.build(text_message(body))["text"]["body"] == body


def test_all_issues_come_at_once_with_place_and_limit() -> None:
    with pytest.raises(wabiz.Invalid) as caught:
        wabiz.build({"to": "nobody", "text": "x" * 5000})
    failure = caught.value
    assert failure.code == "invalid" and failure.retry and failure.graph is None
    assert failure.document["error"]["issues"] == failure.issues
    assert {issue["path"] for issue in failure.issues} >= {"/to", "/text"}
    long = next(issue for issue in failure.issues if issue["path"] == "/text")
    assert (long["code"], long["limit"], long["found"], long["unit"]) == ("too_long", 4096, 5000, "characters")
    assert failure.message in str(failure)
    assert all(issue["path"] in str(failure) and issue["message"] in str(failure) for issue in failure.issues)


def test_a_report_is_true_when_valid() -> None:
    report = wabiz.check(text_message())
    assert report and report.valid and report.type == "text" and report.errors == []


def test_an_invalid_message_is_a_report_and_no_exception() -> None:
    report = wabiz.check({"to": "+15550001234", "text": ""})
    assert not report and report.type == "text"
    assert [issue["path"] for issue in report.errors] == ["/text"]
    assert len(report.issues) == len(report.errors + report.warnings)


def test_a_warning_refuses_nothing_unless_asked() -> None:
    message = {**PAYLOAD, "text": {"body": "Hello", "colour": "red"}}
    report = wabiz.check(message)
    assert report and [(w["code"], w["path"]) for w in report.warnings] == [("unknown_member", "/text/colour")]
    assert wabiz.build(message) == message
    strict = wabiz.check(message, unknown_members="error")
    assert not strict and [w["path"] for w in strict.errors] == ["/text/colour"]
    with pytest.raises(wabiz.Invalid):
        wabiz.build(message, unknown_members="error")


def test_the_type_is_none_when_it_cannot_be_told() -> None:
    assert wabiz.check({"type": "letter"}).type is None and wabiz.check({"type": 5}).type is None


def test_dialects_differ() -> None:
    on_premises = {"to": "15550001234", "type": "text", "preview_url": True, "text": {"body": "https://example.com"}}
    assert wabiz.build(on_premises, api="on_premises") == on_premises
    assert "messaging_product" in wabiz.build(text_message(), api="cloud")
    assert "messaging_product" not in wabiz.build(text_message(), api="on_premises")


@pytest.mark.parametrize("options", [
    {"api": "letter"}, {"api": 5}, {"api": None}, {"unknown_members": "shout"}, {"now": "today"}, {"nonsense": 1},
])
def test_bad_options(options: dict[str, Any]) -> None:
    for function in (wabiz.build, wabiz.check):
        with pytest.raises(wabiz.BadArgument) as caught:
            function(text_message(), **options)
        assert caught.value.message


def test_now_is_an_option() -> None:
    assert wabiz.check(text_message(), now=1767225600)


NO_JSON = [
    "", " ", "{", "}", "nul", "{'to':1}", '{"to":}', "\ufeff{}", '{"a":1}x', "[" * 3_000_000, b"\xff\xfe{}",
    b'{"to":"\xc3"}', b'{"to":"\xed\xa0\x80"}', '{"to":"\ud800"}', '{"to":NaN}', '{"to":1e}', '{"to":01}',
    '{"to":"\x01"}',
]


@pytest.mark.parametrize("text", NO_JSON, ids=lambda text: repr(text[:12]))
def test_what_is_no_json(text: Any) -> None:
    for function in (wabiz.build, wabiz.check):
        with pytest.raises(wabiz.BadJSON) as caught:
            function(text)
        assert caught.value.code == "bad_json" and caught.value.message


NO_SENDABLE_JSON = ['{"to":123456789012345678901234567890}', '{"to":1e400}', '{"to":"\\u0000"}', '{"to":"\\ud800"}']


@pytest.mark.parametrize("text", NO_SENDABLE_JSON)
def test_what_webhooks_may_hold_and_messages_may_not(text: str) -> None:
    with pytest.raises((wabiz.BadJSON, wabiz.Invalid)):
        wabiz.build(text)
    assert not isinstance(wabiz.parse(text.encode()), Exception)


@pytest.mark.parametrize("text", ['{"to":"+15550001234","text":"a\0b"}', b'{"to":"+1"}\0'])
def test_a_nul_is_refused_and_not_cut_off(text: Any) -> None:
    with pytest.raises(wabiz.BadJSON, match="NUL"):
        wabiz.build(text)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, {1, 2}, object(), b"bytes", 10 ** 5000],
                         ids=lambda value: type(value).__name__)
def test_values_that_json_cannot_hold(value: Any) -> None:
    with pytest.raises(wabiz.Error) as caught:
        wabiz.build({"to": "+15550001234", "location": {"latitude": value, "longitude": 1}})
    assert isinstance(caught.value, (wabiz.BadJSON, wabiz.Invalid))


def test_a_circle_and_a_deep_nest_are_refused() -> None:
    circle: dict[str, Any] = {}
    circle["to"] = circle
    nest: Any = []
    for _ in range(100_000):
        nest = [nest]
    for message in (circle, {"to": nest}):
        with pytest.raises(wabiz.BadJSON):
            wabiz.build(message)


def test_a_lone_surrogate_stays_an_escape_and_is_refused() -> None:
    with pytest.raises((wabiz.BadJSON, wabiz.Invalid)):
        wabiz.build(text_message("\ud800"))


@pytest.mark.parametrize("message", [None, True, 5, 1.5, [], [text_message()], "null", "[]", '"text"', "5"])
def test_a_message_must_be_an_object(message: Any) -> None:
    with pytest.raises((wabiz.Invalid, wabiz.BadJSON)):
        wabiz.build(message)


def test_repeated_names_are_an_issue() -> None:
    report = wabiz.check('{"to":"+15550001234","text":"a","text":"b"}')
    assert "not_unique" in {issue["code"] for issue in report.errors}


@pytest.mark.parametrize("value", [None, True, 5, -1, 1.5, "x", "", [], [[]], {}, {"x": {}}, [None] * 300])
@pytest.mark.parametrize("member", ["to", "type", "text", "image", "document", "location", "reaction", "template",
                                    "context", "status", "message_id", "typing_indicator", "recipient_type",
                                    "biz_opaque_callback_data", "language", "header", "body", "buttons", "read",
                                    "reply_to", "tag"])
def test_wrong_types_everywhere(member: str, value: Any) -> None:
    """Never an exception of another kind, and `check` and `build` agree."""
    for message in ({**PAYLOAD, member: value}, {**text_message(), member: value}, {member: value}):
        report = wabiz.check(message)
        if report:
            assert isinstance(wabiz.build(message), dict)
        else:
            with pytest.raises(wabiz.Invalid) as caught:
                wabiz.build(message)
            assert [i["path"] for i in caught.value.issues if i["severity"] == "error"] == \
                   [i["path"] for i in report.errors]


def test_ten_megabytes() -> None:
    with pytest.raises(wabiz.Invalid):
        wabiz.build(text_message("x" * 10_000_000))
    with pytest.raises(wabiz.BadJSON):
        wabiz.build("x" * 10_000_000)


@pytest.mark.parametrize("table", ["messages", "limits", "webhooks", "errors"])
def test_every_table(table: str) -> None:
    assert wabiz.describe(table)


@pytest.mark.parametrize("table", ["", "message", "MESSAGES", "limits ", "x" * 10_000])
def test_no_such_table(table: str) -> None:
    with pytest.raises(wabiz.NotFound) as caught:
        wabiz.describe(table)
    assert caught.value.code == "not_found" and isinstance(caught.value, LookupError)


@pytest.mark.parametrize("table", [None, 5, "limits\0"])
def test_a_table_must_be_a_string(table: Any) -> None:
    with pytest.raises(wabiz.BadArgument):
        wabiz.describe(table)
