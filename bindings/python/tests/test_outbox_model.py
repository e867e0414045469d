"""The outbox against a simple model: puts, webhooks, cancelling, retrying, pruning and crashes in any order give what the model gives."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from typing import Any, Optional

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

import wabiz

NOW = 1767225600
RANK = ["accepted", "sent", "failed", "delivered", "read"]
PERSONS = ["15550001111", "15550002222"]
RETRIABLE = {"failed", "cancelled", "expired", "blocked", "uncertain"}


@dataclass
class Row:
    """What the model knows of a row."""

    id: str
    key: Optional[str]
    text: str
    person: str
    category: str
    sequence: Optional[str]
    state: str = "queued"
    waits: bool = False
    holds: bool = False
    repeats: int = 0
    next_at: int = NOW
    current: Optional[str] = None  # Meta's id of the attempt that counts
    spent: set[str] = field(default_factory=set)


class OutboxModel(RuleBasedStateMachine):
    """Statuses come by our id, as if a process had sent the row and died before it noted anything."""

    rows = Bundle("rows")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.mkdtemp()
        self.now = NOW
        self.outbox = self.open()
        self.model: dict[str, Row] = {}
        self.keys: dict[str, tuple[str, tuple[str, str, str]]] = {}
        self.stopped: set[str] = set()
        self.asked = 0
        self.last_id = 0

    def open(self) -> wabiz.Outbox:
        return wabiz.Outbox(os.path.join(self.folder, "out.db"), phone_number_id="900", now=self.now, retention_seconds=1000,
                            sequence_failure="stop", window="ignore")

    def teardown(self) -> None:
        self.outbox.close()
        shutil.rmtree(self.folder)

    # MARK: Put

    @rule(target=rows, text=st.sampled_from(["a", "b"]), person=st.sampled_from(PERSONS), key=st.none() | st.sampled_from(["k1", "k2", "k3"]),
          category=st.sampled_from(["service", "marketing"]), sequence=st.none() | st.just("s"))
    def put(self, text: str, person: str, key: Optional[str], category: str, sequence: Optional[str]) -> Any:
        message: dict[str, Any] = {"to": "+" + person, "text": text}
        options: dict[str, Any] = {}
        if category == "marketing":
            message = {"to": "+" + person, "template": text, "language": "en"}
            options["template_category"] = category
        if key:
            options["key"] = key
        if sequence:
            options["sequence"] = sequence
        content = (text, person, category)
        known = self.keys.get(key) if key else None
        try:
            put = self.outbox.put(message, **options)
        except wabiz.Conflict:
            assert known and known[1] != content
            return multiple()
        except wabiz.Blocked as problem:
            assert problem.reason == "stopped" and category == "marketing" and person in self.stopped and not known
            return multiple()
        if known:
            assert known[1] == content and put["id"] == known[0] and not put["new"]
            return multiple()
        assert put["new"] and put["state"] == "queued" and not (category == "marketing" and person in self.stopped)
        row = Row(put["id"], key, text, person, category, sequence, next_at=self.now)
        row.holds = sequence is not None
        row.waits = row.holds and any(other.holds and other.sequence == sequence for other in self.model.values())
        self.model[row.id] = row
        if key:
            self.keys[key] = (row.id, content)
        return row.id

    # MARK: Webhooks

    def apply(self, *events: dict[str, Any]) -> dict[str, Any]:
        return self.outbox.apply(json.dumps({"events": list(events)}).encode())

    @rule(id=rows, word=st.sampled_from(["failed", "sent", "failed", "delivered", "read"]), code=st.sampled_from([131049, 131026, 131049, 131050]),
          fresh=st.booleans())
    def status(self, id: str, word: str, code: int, fresh: bool) -> None:
        row = self.model.get(id)
        # One attempt has one id; a row with two at once (resent by choice) is not in this model.
        message_id = row.current if row and row.current else None
        if message_id is None and row and row.spent and not fresh:
            message_id = sorted(row.spent)[0]
        if message_id is None:
            self.last_id += 1
            message_id = f"wamid.{self.last_id}"
        event: dict[str, Any] = {"kind": "status", "key": f"{message_id}{word}", "status": word, "message_id": message_id, "timestamp": self.now,
                                 "tag": id}
        if word == "failed":
            event["errors"] = [{"code": code, "title": "no", "retry": "never"}]
        applied = self.apply(event, event)
        if row is None:
            assert applied["unknown"] == 2 and applied["moved"] == 0
            return
        assert applied["unknown"] == 0
        self.hear(row, word, code, message_id)

    def hear(self, row: Row, word: str, code: int, message_id: str) -> None:
        is_spent = message_id in row.spent
        if is_spent and RANK.index(word) < RANK.index("delivered"):
            return
        if word == "failed" and row.state in ("cancelled", "expired", "blocked"):
            # It changes nothing but that the id is known.
            row.current = row.current or message_id
            return
        rank = RANK.index(row.state) if row.state in RANK else -1
        moves = RANK.index(word) > rank
        if not is_spent or moves:
            row.current = row.current or message_id
        if not moves:
            return
        row.state, row.waits = word, False
        if word in ("delivered", "read"):
            return self.release(row, stop=False)
        if word != "failed":
            return
        if code == 131049 and row.repeats < 3:
            row.next_at = self.now + [86400, 172800, 345600][row.repeats]
            if row.next_at < NOW + 30 * 86400:
                row.repeats += 1
                row.spent.add(row.current or message_id)
                row.current, row.state = None, "queued"
                return
        if code == 131050:
            self.stopped.add(row.person)
            self.asked = max(self.asked, self.now)
        self.release(row, stop=True)

    def release(self, row: Row, stop: bool) -> None:
        if not row.holds:
            return
        row.holds = False
        later = [other for other in self.model.values() if other.sequence == row.sequence and other.holds]
        if stop:
            for other in later:
                if other.waits and int(other.id[:16], 16) > int(row.id[:16], 16):
                    other.state, other.waits, other.holds = "blocked", False, False
        elif later and later[0].waits:
            later[0].waits = False

    @rule(person=st.sampled_from(PERSONS), value=st.sampled_from(["stop", "resume"]), offset=st.integers(-5, 0))
    def preference(self, person: str, value: str, offset: int) -> None:
        # One clock for all people keeps the model simple: what is older than the latest word on anybody is left out.
        time = self.now + offset
        if time <= self.asked:
            return
        self.asked = time
        self.apply({"kind": "user_preference", "key": f"p{time}", "phone_number_id": "900", "wa_id": person, "category": "marketing_messages",
                    "value": value, "timestamp": time})
        (self.stopped.add if value == "stop" else self.stopped.discard)(person)

    # MARK: The caller

    @rule(id=rows)
    def cancel(self, id: str) -> None:
        row = self.model.get(id)
        try:
            cancelled = self.outbox.cancel(id)
        except wabiz.NotFound:
            assert row is None
            return
        assert row is not None and cancelled == (row.state == "queued")
        if cancelled:
            row.state, row.waits = "cancelled", False
            self.release(row, stop=False)

    @rule(id=rows)
    def retry(self, id: str) -> None:
        row = self.model.get(id)
        try:
            retried = self.outbox.retry(id)
        except wabiz.NotFound:
            assert row is None
            return
        except wabiz.Blocked:
            assert row is not None and row.category == "marketing" and row.person in self.stopped and row.state in RETRIABLE
            return
        assert row is not None and retried == (row.state in RETRIABLE)
        if retried:
            if row.current:
                row.spent.add(row.current)
            row.state, row.current, row.repeats, row.next_at = "queued", None, 0, self.now

    @rule(id=consumes(rows))
    def prune_all(self, id: str) -> None:
        self.outbox.prune(retention_seconds=0)
        for row in list(self.model.values()):
            # A row that holds its sequence has a moment to wait for, and stays.
            if row.state != "queued" and not row.holds:
                del self.model[row.id]

    # MARK: Crashes

    @rule()
    def close_and_open(self) -> None:
        self.outbox.close()
        self.outbox = self.open()

    @rule()
    def another_process_is_killed(self) -> None:
        """In the middle of what it does: after it had put, before it said so to anybody."""
        child = os.fork()
        if child == 0:
            try:
                own = self.open()
                own.put({"to": "+15550009999", "text": "from a child"}, key="child")
            finally:
                os.kill(os.getpid(), 9)
        os.waitpid(child, 0)
        put = self.outbox.put({"to": "+15550009999", "text": "from a child"}, key="child")
        assert not put["new"]
        if "child" not in self.keys:
            self.keys["child"] = (put["id"], ("from a child", "15550009999", "service"))
            self.model[put["id"]] = Row(put["id"], "child", "from a child", "15550009999", "service", None, next_at=self.now)

    # MARK: Always

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        found = {row["id"]: row for row in self.outbox.list()}
        assert list(found) == sorted(self.model, key=lambda id: int(id[:16], 16))
        for id, row in self.model.items():
            real = found[id]
            told = (real["state"], real.get("waits", False), real["repeats"])
            assert told == (row.state, row.waits, row.repeats), (told, row)
            if row.state == "queued" and not row.waits:
                assert real["next_at"] == row.next_at


OutboxModel.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None,
                                         suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
TestOutboxModel = OutboxModel.TestCase
