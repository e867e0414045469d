"""The outbox against the model of outbox_model.py: what is put, sent, answered, told by webhooks, cancelled, retried, pruned, left by a
crash and seen by a clock that jumps, in any order, gives what the model gives."""

from __future__ import annotations

import json
import os
import socket
import threading
from typing import Any, Iterator, Optional

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

import wabiz
from outbox_library import KEY_LIFE, SERVER, OutboxLibrary
from outbox_row import DAY, LATER, Row

PERSONS = ["15550001111", "15550002222"]
# What the server does, beside Meta's codes: "early ..." lets webhooks arrive before the answer, "hang" is a crash before the answer.
CODES = {"cloud": [131049, 131050, 131047, 131026, 131016, 131000], "on_premises": [1026, 470, 1013, 1015]}
WAYS = ["accept", "accept", "code", "code", "cut", "early sent", "early delivered", "early code", "hang"]


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with SERVER:
        yield


class OutboxModel(OutboxLibrary, RuleBasedStateMachine):
    rows = Bundle("rows")

    @initialize(api=st.sampled_from(["cloud", "cloud", "on_premises"]), policy=st.sampled_from(["report", "resend", "wait"]))
    def begin(self, api: str, policy: str) -> None:
        self.set_up(api, policy if api == "cloud" or policy != "wait" else "report")
        self.last = 0

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self.close()

    # MARK: Put

    @rule(target=rows, text=st.sampled_from(["a", "b"]), person=st.sampled_from(PERSONS), key=st.none() | st.sampled_from(["k1", "k2", "k3"]),
          category=st.sampled_from(["service", "service", "marketing", "utility"]), fallback=st.sampled_from([None, None, "utility", "marketing"]),
          sequence=st.none() | st.sampled_from(["s", "s", "t"]), after=st.sampled_from(["delivered", "delivered", "sent", "read"]),
          failure=st.sampled_from(["stop", "skip"]), wait=st.sampled_from([0, 0, 0, 50]), life=st.sampled_from([100, 2000, 30 * DAY, 30 * DAY]))
    def put(self, text: str, person: str, key: Optional[str], category: str, fallback: Optional[str], sequence: Optional[str], after: str,
            failure: str, wait: int, life: int) -> Any:
        model = self.model
        # Every message is told from others by its text, but under a key, where it may be the same.
        self.last += 1
        name = f"{text}_{person}_{category}" if key else f"{self.last}_{text}"
        name = f"{name}_{key}" if key else name
        template = {"to": "+" + person, "template": name, "language": "en"}
        message: dict[str, Any] = template if category != "service" else {"to": "+" + person, "text": name}
        options: dict[str, Any] = {"api": model.api, "expires_at": model.now + wait + life, "after": after, "sequence_failure": failure}
        options |= {"template_category": category} if category != "service" else {}
        if category == "service" and fallback:
            options |= {"fallback": template, "template_category": fallback}
        options |= {"key": key} if key else {}
        options |= {"sequence": sequence} if sequence else {}
        options |= {"send_at": model.now + wait} if wait else {}
        known = model.key_of(key)
        row = Row("", key, person, category, model.now, model.now + wait, model.now + wait + life, sequence, after, failure,
                  fallback if category == "service" else None)
        ruling = model.ruling(row)
        try:
            put = self.outbox.put(message, **options)
        except wabiz.Conflict:
            assert known and known[1] != name
            return multiple()
        except wabiz.Blocked as problem:
            assert not known and problem.reason == ruling
            return multiple()
        if known:
            assert known[1] == name and put["id"] == known[0] and not put["new"]
            return multiple()
        assert put["new"] and put["state"] == "queued" and ruling in ("go", "fallback") and put.get("fallback", False) == (ruling == "fallback")
        assert ("warnings" in put) == (category == "service" and person not in model.people.heard)
        row.id = put["id"]
        self.texts[name] = row.id
        model.add(row, name)
        return row.id

    # MARK: Sending

    @rule(ways=st.lists(st.sampled_from(WAYS), max_size=6), picks=st.lists(st.integers(0, 5), min_size=6, max_size=6))
    def step(self, ways: list[str], picks: list[int]) -> None:
        codes = CODES[self.model.api]
        self.answers = [(way, codes[pick % len(codes)]) for way, pick in zip(ways, picks)]
        self.log.clear()
        self.hanging.clear()
        outcomes = self.step_to_rest(self.client)
        self.follow(outcomes)
        if self.hanging.is_set():
            # As if the process had ended: nobody steps or closes it any more.
            self.left += [*self.opened, self.client]
            self.gone.set()
            self.gone = threading.Event()
            self.client = self.connect(SERVER.url)
            self.open()

    def follow(self, outcomes: list[tuple[str, str]]) -> None:
        """The model does what the server saw."""
        model = self.model
        model.outcomes = []
        model.recover()
        model.ring()
        for id, (way, code), message_id in self.log:
            row = model.rows[id]
            assert model.next_due(row) is row, row
            if way.startswith("early"):
                told = len(model.outcomes)
                model.status(id if self.is_cloud else None, message_id, "failed" if way == "early code" else way.split()[1], code, model.now)
                del model.outcomes[told:]
            if way == "hang":
                row.leased_until = model.now + model.lease
            elif way == "code":
                model.loss(row, code)
            elif way == "cut":
                model.loss(row, None)
            else:
                model.receipt(row, message_id)
        if not self.hanging.is_set():
            assert model.next_due() is None
            assert sorted(outcomes) == sorted(model.outcomes), (outcomes, model.outcomes)

    @rule()
    def step_without_a_network(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        model = self.model
        with self.connect(f"http://127.0.0.1:{port}") as client:
            self.hanging.clear()
            outcomes = self.step_to_rest(client)
            model.outcomes = []
            model.recover()
            model.ring()
            while (row := model.next_due()) is not None:
                model.loss(row, min(LATER))
            assert sorted(outcomes) == sorted(model.outcomes)
            # The client goes before the outbox would look for it.
            self.outbox.close()
            self.side.close()
            self.open()

    # MARK: Webhooks

    @rule(id=rows, which=st.integers(0, 9), word=st.sampled_from(["sent", "failed", "failed", "delivered", "read"]), pick=st.integers(0, 5),
          by_tag=st.booleans(), early=st.integers(-100, 5), twice=st.booleans())
    def status(self, id: str, which: int, word: str, pick: int, by_tag: bool, early: int, twice: bool) -> None:
        model = self.model
        codes = CODES[model.api]
        # Any id of the row, also two that live at once; one that the server will give later; or one that nobody knows.
        known = sorted(message for message, (owner, _) in model.ids.items() if owner == id)
        choices: list[str] = [*known, *known, f"wamid.{self.ids + 1:06}", f"wamid.x{which % 3}{id}"]
        message_id, time = choices[which % len(choices)], model.now + early
        tag = id if by_tag and self.is_cloud else None
        document = self.document(tag, message_id, word, codes[pick % len(codes)], time)
        for _ in range(2 if twice else 1):
            applied = self.outbox.apply(document)
            assert applied["unknown"] == (not model.status(tag, message_id, word, codes[pick % len(codes)], min(time, model.now)))

    @rule(person=st.sampled_from(PERSONS), value=st.sampled_from(["stop", "resume"]), offset=st.integers(-5, 5))
    def preference(self, person: str, value: str, offset: int) -> None:
        time = self.model.now + offset
        number = {"phone_number_id": "900"} if self.is_cloud else {}
        self.apply({"kind": "user_preference", "key": f"p{time}", "wa_id": person, "category": "marketing_messages", "value": value, "timestamp": time, **number})
        self.model.people.ask(person, value == "stop", min(time, self.model.now))

    @rule(person=st.sampled_from(PERSONS), ago=st.sampled_from([-10, 0, 100, DAY - 100, DAY, 3 * DAY]), kind=st.sampled_from(["message", "call"]))
    def person_writes(self, person: str, ago: int, kind: str) -> None:
        time = self.model.now - ago
        number = {"phone_number_id": "900"} if self.is_cloud else {}
        self.apply({"kind": kind, "key": f"m{time}", "from": person, "type": "text", "direction": "USER_INITIATED", "timestamp": time, **number})
        self.model.people.hear(person, min(time, self.model.now))

    def apply(self, event: dict[str, Any]) -> None:
        self.outbox.apply(json.dumps({"events": [event]}).encode())

    # MARK: The caller

    @rule(id=rows)
    def cancel(self, id: str) -> None:
        self.as_model(lambda: self.outbox.cancel(id), self.model.rows.get(id), self.model.cancel)

    @rule(id=rows)
    def retry(self, id: str) -> None:
        row = self.model.rows.get(id)
        try:
            self.as_model(lambda: self.outbox.retry(id), row, self.model.retry)
        except wabiz.Blocked as problem:
            assert row is not None and problem.reason == self.model.ruling(row)

    def as_model(self, call: Any, row: Optional[Row], follow: Any) -> None:
        try:
            answer = call()
        except wabiz.NotFound:
            assert row is None
            return
        assert row is not None and follow(row) == answer

    @rule(person=st.sampled_from(PERSONS))
    def resume(self, person: str) -> None:
        if self.is_cloud:
            assert self.outbox.resume("+" + person) == self.model.people.stops(person)
            self.model.people.ask(person, False, self.model.now)

    @rule(id=consumes(rows), retention=st.sampled_from([0, 0, 1000]))
    def prune(self, id: str, retention: int) -> None:
        model = self.model
        moment = model.now - retention
        changed = {row["id"]: (row["put_at"], row["changed_at"]) for row in self.outbox.list()}
        self.outbox.prune(retention_seconds=retention)
        for row in list(model.rows.values()):
            put_at, changed_at = changed[row.id]
            if put_at > moment:
                break
            if row.state not in ("queued", "sending") and row.timer is None and changed_at <= moment:
                model.forget(row, KEY_LIFE)
        model.people.forget(moment)
        for message_id, strays in list(model.strays.items()):
            model.strays[message_id] = {key: stray for key, stray in strays.items() if stray[0] > model.now - DAY}

    # MARK: Time and crashes

    @rule(seconds=st.sampled_from([61, 61, 1000, 1000, DAY, DAY + 61, 5 * DAY, -61, -DAY, -3 * DAY]))
    def time_passes(self, seconds: int) -> None:
        """The clock goes on, or jumps."""
        self.outbox.close()
        self.side.close()
        self.model.now += seconds
        self.open()

    @rule()
    def another_process_is_killed(self) -> None:
        """In the middle of what it does: after it had put, before it said so to anybody."""
        message, key = {"to": "+15550009999", "text": "from a child"}, "child"
        if self.model.key_of(key):
            return
        child = os.fork()
        if child == 0:
            try:
                self.open()
                self.outbox.put(message, key=key, api=self.model.api)
            finally:
                os.kill(os.getpid(), 9)
        os.waitpid(child, 0)
        put = self.outbox.put(message, key=key, api=self.model.api)
        assert not put["new"]
        self.texts["from a child"] = put["id"]
        self.model.add(Row(put["id"], key, "15550009999", "service", self.model.now, self.model.now, self.model.now + self.model.life), "from a child")

    # MARK: Always

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        found = {row["id"]: row for row in self.outbox.list()}
        assert list(found) == list(self.model.rows)
        for id, row in self.model.rows.items():
            real = found[id]
            told = [real["state"], real.get("waits", False), real["attempts"], real["repeats"], real["resends"], real.get("message_id"),
                    real.get("fallback", False), real["expires_at"]]
            assert told == [row.state, row.waits, row.attempts, row.repeats, row.resends, row.current, row.used_fallback, row.expires_at], (told, row)
            if row.due is not None:
                assert row.due[0] - 1 < real["next_at"] <= row.due[1], (real, row)
                if row.due[0] < row.due[1]:  # now the second is known
                    row.due = (max(row.due[0], real["next_at"] + 0.0005), min(row.due[1], real["next_at"] + 1))
            else:
                assert real.get("next_at") == row.timer, (real, row)


LONG = os.environ.get("OUTBOX_EXAMPLES")  # how many, each time others
OutboxModel.TestCase.settings = settings(max_examples=int(LONG or 30), stateful_step_count=40, deadline=None, phases=[Phase.generate] if LONG else [Phase.generate, Phase.shrink], derandomize=not LONG, database=None,
                                         suppress_health_check=list(HealthCheck))
TestOutboxModel = OutboxModel.TestCase
