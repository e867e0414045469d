"""The store of seen keys: two steps, a file, refusals, closing, a child process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import wabiz
from conftest import webhook

ITEMS = [{"id": "wamid.1", "type": "text", "text": {"body": "x"}}, {"id": "wamid.2"}, {"id": "wamid.1"}]


def body(*items: Any) -> bytes:
    return json.dumps(webhook(*items)).encode()


def test_two_steps() -> None:
    with wabiz.Seen() as seen:
        events = wabiz.parse(body(*ITEMS))
        assert seen.storage == "memory" and seen.keep_seconds == 604800
        assert seen.check(events) == [True, True, False] == seen.check(events)
        assert [event["key"] for event in seen.new(events)] == ["wamid.1", "wamid.2"]
        assert seen.mark(events[:1]) == 1
        assert seen.check(events) == [False, True, False]
        assert seen.mark(["wamid.2", None]) == 1 and seen.mark(events) == 0
        assert seen.new(events) == [] and seen.check([None, None]) == [True, True]


def test_raw_documents_go_straight_in() -> None:
    raw = wabiz.parse(body(*ITEMS), raw=True)
    assert json.loads(raw)["events"] == wabiz.parse(body(*ITEMS))
    signature = wabiz.sign(body(*ITEMS), "secret")
    assert wabiz.receive(body(*ITEMS), signature, "secret", raw=True) == raw
    with pytest.raises(wabiz.Unauthentic):
        wabiz.receive(body(*ITEMS), signature, "other", raw=True)
    with wabiz.Seen() as seen:
        assert seen.check(raw) == [True, True, False] and seen.mark(raw) == 2 and seen.check(raw) == [False, False, False]


def test_time_and_bounds() -> None:
    with wabiz.Seen(keep_seconds=10, max_keys=2) as seen:
        assert seen.mark(["a"], now=100) == 1
        assert seen.check(["a"], now=109) == [False] and seen.check(["a"], now=110) == [True]
        seen.mark(["b"], now=101)
        seen.mark(["c"], now=102)
        assert seen.check(["a", "b", "c"], now=103) == [True, False, False]


def test_a_file_is_shared_and_survives(tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    with wabiz.Seen(path) as one, wabiz.Seen(path) as two:
        assert one.storage == "file" and one.mark(["a"]) == 1
        assert two.check(["a", "b"]) == [False, True] and two.mark(["a", "b"]) == 1
    with wabiz.Seen(str(path)) as again:
        assert again.check(["a", "b", "c"]) == [False, False, True]


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(wabiz.Storage):
        wabiz.Seen(tmp_path / "nowhere" / "seen.db")
    with pytest.raises(wabiz.BadArgument):
        wabiz.Seen(max_keys=0)
    with wabiz.Seen() as seen:
        for wrong in ("wamid.1", 7, [7], [{}], [{"key": 7}]):
            with pytest.raises(wabiz.BadArgument):
                seen.check(wrong)  # type: ignore[arg-type]
        with pytest.raises(wabiz.BadJSON):
            seen.mark(b"{")
    assert seen.closed
    seen.close()
    with pytest.raises(wabiz.BadArgument):
        seen.check([])


def test_a_child_opens_its_own(tmp_path: Path) -> None:
    code = """
import os, sys, wabiz
seen = wabiz.Seen(sys.argv[1])
seen.mark(["parent"])
child = os.fork()
if child == 0:
    try:
        seen.mark(["lost"])
    except wabiz.Forked:
        seen.close()
        with wabiz.Seen(sys.argv[1]) as own:
            own.mark(["child"])
            os._exit(0)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert seen.check(["parent", "child", "lost"]) == [False, False, True]
seen.close()
"""
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path / "seen.db")], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
