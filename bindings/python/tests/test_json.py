"""Reading what the library writes: with msgspec and by Python's json alone, both give the same values of the same types."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

import wabiz
from conftest import ROOT, webhook
from wabiz import _json

HIDDEN = "import sys; sys.modules['msgspec'] = None; import wabiz; "  # None there makes its import an ImportError
SECRET = "s3cret"

spaces = st.sampled_from(["", "", "", " ", "\n\t\r "])
numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,22})?([eE][+-]?[0-9]{1,3})?", fullmatch=True) | st.integers().map(str) | \
    st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers(-2, 2).flatmap(
        lambda more: st.sampled_from([2**53, 2**63, -2**63, 2**64, 10**19]).map(lambda near: str(near + more)))
bits = st.sampled_from(["a", "é", "😀", "\x7f", "\\n", "\\/", '\\"', "\\\\", "\\u0000", "\\u00e9", "\\ud83d", "\\ude00", "\\udbff", "\\ud83d\\ude00",
                        "\\uD83D\\uDE00", "A", "/"]) | st.characters(exclude_characters='"\\', exclude_categories=["Cc", "Cs"])
strings = st.lists(bits, max_size=6).map(lambda found: '"' + "".join(found) + '"')
names = st.sampled_from(['"a"', '"b"', '""', '"\\u0061"', '"1"']) | strings  # so few that some come twice


def spaced(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(spaces, inner, spaces).map("".join)


documents = st.recursive(
    st.sampled_from(["null", "true", "false"]) | numbers | strings,
    lambda inner: st.lists(spaced(inner), max_size=4).map(lambda found: "[" + ",".join(found) + "]") | st.lists(
        st.tuples(spaced(names), spaced(inner)), max_size=5).map(lambda found: "{" + ",".join(map(":".join, found)) + "}"), max_leaves=14)


def exactly(value: Any) -> Any:
    """A value for comparing: 1, 1.0 and True differ, and so do 0.0 and -0.0, and dicts in another order."""
    if isinstance(value, dict):
        return dict, [(name, exactly(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return list, [exactly(inner) for inner in value]
    return type(value), repr(value)


@pytest.fixture(params=["msgspec", "json"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test with either reader."""
    if request.param == "json":
        monkeypatch.setattr(_json, "_decode", _json.read_plainly)
    return str(request.param)


def test_msgspec_is_used_where_it_is() -> None:
    pytest.importorskip("msgspec")
    assert _json._decode is not _json.read_plainly


@given(documents)
@example('{"a":1,"b":2,"a":3.0}')
@example("1e400")
@example('["\\ud800", "\\ude00\\ud83d", "\\ud83dx", "\\ud83d\\n", "\\ud83d\\u0041"]')
@example("9" * 4300)
@example("-" + "9" * 4301)
@example("[" * 600 + "]" * 600)
def test_both_readers_give_the_same(text: str) -> None:
    assert exactly(_json.read(text.encode())) == exactly(_json.read_plainly(text.encode()))


def test_both_readers_give_the_same_for_the_corpus() -> None:
    for path in sorted((ROOT / "Tests" / "Corpus" / "webhooks").glob("*.json")):
        text = path.read_bytes()
        if not path.name.endswith(".events.json"):
            text = wabiz.parse(text, raw=True)
        assert exactly(_json.read(text)) == exactly(_json.read_plainly(text)), path.name


@pytest.mark.parametrize("written, value", [
    ("-0", 0), ("-0.0", -0.0), ("1.0", 1.0), ("1e2", 100.0), (str(2**64), 2**64), (str(-2**80), -2**80), ("1e400", math.inf),
    ("0.1", 0.1), ("2.2250738585072011e-308", 2.2250738585072011e-308), ("9007199254740993.0", 9007199254740992.0),
    ('"\\u0000"', "\0"), ('"\\ud800"', "\ud800"), ('"\\ud83d\\ude00"', "😀"), ('{"a":1,"b":2,"a":3}', {"a": 3, "b": 2}),
    ("[" * 900 + "]" * 900, None),
])
def test_a_webhook_may_hold_anything(reader: str, written: str, value: Any) -> None:
    body = json.dumps(webhook({"id": "wamid.A", "type": "text", "odd": 0})).replace('"odd": 0', '"odd": ' + written).encode()
    event, = wabiz.receive(body, wabiz.sign(body, SECRET), SECRET)
    found = event["payload"]["odd"]
    if value is None:
        assert json.dumps(found) == written
    else:
        assert exactly(found) == exactly(value)


def test_an_exception_is_read_alike(reader: str) -> None:
    with pytest.raises(wabiz.Invalid) as caught:
        wabiz.build({"to": "+15550001234", "text": "x" * 5000})
    assert caught.value.issues[0]["limit"] == 4096 and caught.value.issues[0]["found"] == 5000


@pytest.mark.parametrize("text", [b"", b"{", b"[1,]", b"nul", b'{"a" 1}', b'"\x01"'])
def test_what_is_no_json_is_told_by_python(reader: str, text: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        _json.read(text)


def test_everything_works_without_msgspec() -> None:
    code = HIDDEN + (
        "from wabiz import _json; assert _json._decode is _json.read_plainly; body = b'{\"entry\":[]}'; "
        "print(wabiz.receive(body, wabiz.sign(body, 's'), 's'), wabiz.build({'to': '+15550001234', 'text': 'Hello'})['text'])")
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert shown.stdout == "[] {'body': 'Hello'}\n", shown.stderr
