"""What an outbox does, as wabiz.h tells it, in plain Python and in memory: rows, a clock, people, Meta's ids. test_outbox_model.py
holds the library against it. Times are Unix seconds; where the library adds chance, a row is due in a span of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from outbox_people import People
from outbox_row import CLOSED, DAY, LATER, MARKETING, OPEN, PRIORITY, RANK, RETRIABLE, STOPPED, Row


@dataclass
class Model:
    now: int
    api: str = "cloud"
    policy: str = "report"
    patience: int = 900  # uncertain_seconds
    pauses: tuple[int, ...] = (DAY, 2 * DAY, 4 * DAY)
    life: int = 30 * DAY
    timeout: int = DAY  # of sequences
    lease: int = 60
    rows: dict[str, Row] = field(default_factory=dict)
    keys: dict[str, tuple[str, Any, Optional[int]]] = field(default_factory=dict)  # row, content, end
    people: People = field(default_factory=People)
    ids: dict[str, tuple[str, bool]] = field(default_factory=dict)  # Meta's: row, spent
    strays: dict[str, dict[str, tuple[int, str, int, int]]] = field(default_factory=dict)  # statuses without a row
    outcomes: list[tuple[str, str]] = field(default_factory=list)

    # MARK: The rules

    def ruling(self, row: Row) -> str:
        """ "go", "stopped", "window_closed" or "fallback"."""
        if row.category == "marketing" and self.people.stops(row.person):
            return "stopped"
        heard = self.people.heard.get(row.person)
        if row.category != "service" or heard is None or heard > self.now - DAY:
            return "go"
        if row.fallback is None or row.used_fallback:
            return "window_closed"
        return "stopped" if row.fallback == "marketing" and self.people.stops(row.person) else "fallback"

    # MARK: The caller

    def key_of(self, key: Optional[str]) -> Optional[tuple[str, Any, Optional[int]]]:
        known = self.keys.get(key) if key else None
        return None if known is None or known[2] is not None and known[2] <= self.now else known

    def add(self, row: Row, content: Any) -> None:
        row.priority = PRIORITY[row.category]
        if self.ruling(row) == "fallback":
            row.take_fallback()
        row.holds = row.sequence is not None
        row.due = (max(row.send_at, self.now),) * 2
        if row.holds and any(other.holds and other.sequence == row.sequence for other in self.rows.values()):
            row.waits, row.due, row.timer = True, None, row.expires_at
        self.rows[row.id] = row
        if row.key:
            self.keys[row.key] = (row.id, content, None)

    def cancel(self, row: Row) -> bool:
        held, taken = row.holds, row.state == "queued"
        if taken:
            row.end("cancelled")
        elif row.state == "uncertain":
            row.timer, row.holds = None, False
        self.settle(row, held)
        return taken

    def retry(self, row: Row) -> bool:
        if row.state not in RETRIABLE:
            return False
        row.resends += row.state == "uncertain"
        self.spend(row.current, row)
        row.current, row.repeats = None, 0
        if row.expires_at <= self.now:
            row.expires_at = self.now + self.life
        row.queue(self.now)
        if self.ruling(row) == "fallback":
            row.take_fallback()
        return True

    def forget(self, row: Row, key_life: int) -> None:
        """Pruned: with all that was known of it but its key."""
        del self.rows[row.id]
        self.ids = {id: known for id, known in self.ids.items() if known[0] != row.id}
        if row.key:
            self.keys[row.key] = (row.id, self.keys[row.key][1], self.now + key_life)

    # MARK: Webhooks

    def find(self, tag: Optional[str], id: str) -> Optional[Row]:
        if tag in self.rows:
            return self.rows[tag]
        return self.rows.get(self.ids.get(id, ("", False))[0])

    def status(self, tag: Optional[str], id: str, word: str, code: int, time: int) -> bool:
        """False when it is of no row."""
        row = self.find(tag, id)
        if row is None:
            self.strays.setdefault(id, {}).setdefault(id + word, (self.now, word, code, time))
            return False
        known = id in self.ids
        spent = self.hear(row, id, word, code, time)
        if not known and not spent:
            self.absorb(row, id)
        return True

    def absorb(self, row: Row, id: str) -> None:
        """The id is known from now on; so are statuses that came before it."""
        self.ids.setdefault(id, (row.id, False))
        strays = self.strays.pop(id, {}) if any(at > self.now - DAY for at, *_ in self.strays.get(id, {}).values()) else {}
        for _, (at, word, code, time) in sorted(strays.items(), key=lambda item: (item[1][0], item[0])):
            if at > self.now - DAY:
                self.hear(row, id, word, code, time)

    def hear(self, row: Row, id: str, word: str, code: int, time: int) -> bool:
        """True when the id is spent by it."""
        spent = self.ids.get(id, ("", False))[1]
        if spent and RANK.index(word) < RANK.index("delivered"):
            return False
        if word == "failed" and row.state in ("cancelled", "expired", "blocked"):
            self.spend(id, row)
            return True
        moves = RANK.index(word) > (RANK.index(row.state) if row.state in RANK else -1)
        if not spent or moves:
            row.current = row.current or id
        if not moves:
            return False
        held = row.holds
        self.take(row, word)
        if word == "failed":
            self.lose(row, code, time)
        back = row.state == "queued"
        if back:
            self.spend(id, row)
        self.settle(row, held)
        return back

    def take(self, row: Row, state: str) -> None:
        was_with_meta = row.state in ("accepted", "sent", "delivered")
        row.state, row.due, row.waits = state, None, False
        if not row.holds:
            row.timer = None
        elif not was_with_meta:
            row.timer = self.now + self.timeout

    def spend(self, id: Optional[str], row: Row) -> None:
        if id:
            self.ids[id] = (self.ids.get(id, (row.id, True))[0], True)

    def lose(self, row: Row, code: int, time: int) -> None:
        """A loss that is final unless the code says otherwise."""
        if code in MARKETING and row.repeats < len(self.pauses) and self.now + self.pauses[row.repeats] < row.expires_at:
            self.spend(row.current, row)
            row.queue(self.now + self.pauses[row.repeats])
            row.repeats, row.current = row.repeats + 1, None
            return
        if code in CLOSED:
            self.people.deny(row.person, time)
            lost = row.current
            if row.take_fallback():
                self.spend(lost, row)
                row.current = None
                row.queue(self.now)
                return
        if code in STOPPED and self.api == "cloud":
            self.people.ask(row.person, True, time)
        row.end("failed")
        self.outcomes.append((row.id, "failed"))

    # MARK: Sequences

    def settle(self, row: Row, held: bool) -> None:
        """After any change: what follows for the rows behind it."""
        if row.holds and row.reached():
            row.holds, row.timer = False, None
        if not held or row.holds:
            return
        behind = sorted((other for other in self.rows.values() if other.sequence == row.sequence and other.holds), key=lambda other: other.number)
        if row.failure == "stop" and row.state != "cancelled" and not row.reached():
            for other in behind:
                if other.waits and other.number > row.number:
                    other.end("blocked")
                    self.outcomes.append((other.id, "blocked"))
        elif behind and behind[0].waits:
            head = behind[0]
            head.waits, head.timer = False, None
            head.due = (min(max(head.send_at, self.now), head.expires_at),) * 2

    # MARK: A step

    def recover(self) -> None:
        for row in self.rows.values():
            if row.state == "sending" and row.leased_until is not None and not self.now < row.leased_until <= self.now + 7200:
                row.leased_until = None
                self.become_uncertain(row)

    def become_uncertain(self, row: Row) -> None:
        row.state, row.due = "uncertain", None
        row.timer = self.now + self.patience if self.policy != "wait" else self.now + self.timeout if row.holds else None

    def ring(self) -> None:
        for row in sorted(self.rows.values(), key=lambda row: (row.timer if row.timer is not None else 1e18)):
            if row.timer is None or row.timer > self.now:
                continue
            held, row.timer = row.holds, None
            if row.state == "queued":
                row.end("expired")
                self.outcomes.append((row.id, "expired"))
            elif row.state == "uncertain" and self.policy == "resend":
                row.resends += 1
                row.queue(self.now)
            else:
                if row.state == "uncertain" and self.policy == "report":
                    self.outcomes.append((row.id, "uncertain"))
                row.holds = False
            self.settle(row, held)

    def next_due(self, wanted: Optional[Row] = None) -> Optional[Row]:
        """The row that goes out next; others end here because of the time or the rules.

        Where chance decides which of two comes first, it may be the wanted one.
        """
        while True:
            due = sorted((row for row in self.rows.values() if row.due is not None and row.due[0] <= self.now),
                         key=lambda row: (row.priority, row.due or (0,), row.number))
            for row in due:
                if self.end_if_over(row):
                    break
                if wanted is not None and row is not wanted and row.may_be_later(wanted):
                    continue
                if self.ruling(row) == "fallback":
                    row.take_fallback()
                row.state, row.due, row.timer = "sending", None, None
                row.attempts += 1
                return row
            else:
                return None

    def end_if_over(self, row: Row) -> bool:
        held, ruling = row.holds, self.ruling(row)
        if self.now >= row.expires_at:
            row.end("expired")
        elif ruling in ("stopped", "window_closed"):
            row.end("blocked")
        else:
            return False
        self.outcomes.append((row.id, row.state))
        self.settle(row, held)
        return True

    def receipt(self, row: Row, id: str) -> None:
        if self.ids.get(id, ("", False))[1]:
            # A webhook ended this attempt. One that came before it began says nothing about what became of it.
            if row.state == "sending":
                self.become_uncertain(row)
            return
        held, former, row.current = row.holds, row.current, id
        if row.state not in RANK:
            self.take(row, "accepted")
        self.settle(row, held)
        if former and former != id:
            self.spend(former, row)
        at = len(self.outcomes)
        self.absorb(row, id)
        # It is handed out once, as what it is by then.
        self.outcomes[at:] = [one for one in self.outcomes[at:] if one[0] != row.id]
        self.outcomes.append((row.id, row.state))

    def loss(self, row: Row, code: Optional[int]) -> None:
        """An answer that is an error; None: no answer."""
        if row.state not in ("sending", "uncertain"):
            return
        held = row.holds
        if code is None or code in OPEN:
            self.become_uncertain(row)
        elif code in LATER:
            whole = min(2 ** (row.attempts - 1), 60)
            row.queue(self.now + whole / 2, self.now + whole)
        else:
            self.lose(row, code, self.now)
        self.settle(row, held)
