"""The command `wabiz outbox`: what it prints, what it changes, and how it ends."""
import json
import os
import sqlite3
import sys
import tempfile
from pathlib import Path

from harness import expect, run

ROOT = Path(__file__).resolve().parents[2]


def prepared(folder, count=3):
    """A file with some rows, put by the library."""
    os.environ.setdefault("WABIZ_LIBRARY", str(ROOT / "build" / "lib" / "libwabiz.so"))
    sys.path.insert(0, str(ROOT / "bindings" / "python"))
    import wabiz
    path = os.path.join(folder, "out.db")
    with wabiz.Outbox(path, phone_number_id="900") as outbox:
        return path, [outbox.put(wabiz.text("+15550001234", str(number)), key=str(number))["id"] for number in range(count)]


def lines(*arguments):
    """The documents that a call prints, one per line."""
    status, out, wrong = run("outbox", *arguments)
    assert status == 0, wrong
    return [json.loads(line) for line in out.splitlines()]


def test_rows_are_listed_and_changed():
    with tempfile.TemporaryDirectory() as folder:
        path, ids = prepared(folder)
        expect([row["id"] for row in lines("list", path)], ids)
        expect(len(lines("list", path, "--limit", "2")), 2)
        expect(lines("list", path, "--to", "+1 555 000 9999"), [])
        expect(lines("show", path, ids[0])[0]["message"]["text"], {"body": "0"})
        expect(lines("cancel", path, ids[0])[0]["cancelled"], True)
        expect(run("outbox", "cancel", path, ids[0])[0], 1)
        expect([row["key"] for row in lines("list", path, "--state", "cancelled")], ["0"])
        expect(lines("stats", path)[0]["rows"]["queued"], 2)
        expect(lines("retry", path, ids[0])[0]["state"], "queued")
        expect(lines("cancel", path, ids[0])[0]["cancelled"], True)
        expect(lines("prune", path, "--older-than", "0")[0]["rows"], 1)
        expect(run("outbox", "show", path, ids[0])[0], 1)


def test_files_that_are_none():
    with tempfile.TemporaryDirectory() as folder:
        missing, other = os.path.join(folder, "no.db"), os.path.join(folder, "other.db")
        status, _, wrong = run("outbox", "list", missing)
        assert status == 1 and "no file" in wrong, wrong
        assert not os.path.exists(missing)
        database = sqlite3.connect(other)
        database.execute("CREATE TABLE t (x)")
        database.close()
        expect(run("outbox", "stats", other)[0], 1)
        expect(run("outbox", "list", other, "--state", "gone")[0], 64)
