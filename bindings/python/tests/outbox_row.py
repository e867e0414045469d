"""A row of the outbox's model: what is known of one message, and the words and codes that decide about it. See outbox_model.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

RANK = ["accepted", "sent", "failed", "delivered", "read"]
RETRIABLE = {"failed", "cancelled", "expired", "blocked", "uncertain"}
DAY = 86400
PRIORITY = {"service": 1, "utility": 1, "marketing": 2, "authentication": 0}
# By Meta's code: Cloud API and On-Premises.
MARKETING, STOPPED, CLOSED = {131049, 1026}, {131050}, {131047, 470}
LATER = {131016, 1015}  # with growing pauses, chance added
OPEN = {131000}  # it may have gone out
Span = tuple[float, float]


@dataclass
class Row:
    id: str
    key: Optional[str]
    person: str
    category: str
    put_at: int
    send_at: int
    expires_at: int
    sequence: Optional[str] = None
    after: str = "delivered"
    failure: str = "stop"
    fallback: Optional[str] = None  # its category
    priority: int = 1
    state: str = "queued"
    due: Optional[Span] = None
    timer: Optional[float] = None
    waits: bool = False
    holds: bool = False
    attempts: int = 0
    repeats: int = 0
    resends: int = 0
    current: Optional[str] = None  # Meta's id of the attempt that counts
    used_fallback: bool = False
    leased_until: Optional[int] = None  # by a process that is gone

    @property
    def number(self) -> int:
        return int(self.id[:16], 16)

    def reached(self) -> bool:
        return self.state in RANK and self.state != "failed" and RANK.index(self.state) >= RANK.index(self.after)

    def queue(self, earliest: float, latest: Optional[float] = None) -> None:
        self.state, self.waits, self.timer = "queued", False, None
        self.due = (min(earliest, self.expires_at), min(earliest if latest is None else latest, self.expires_at))

    def end(self, state: str) -> None:
        self.state, self.due, self.timer, self.waits, self.holds = state, None, None, False, False

    def take_fallback(self) -> bool:
        if self.fallback is None or self.used_fallback:
            return False
        self.category, self.used_fallback = self.fallback, True
        return True

    def may_be_later(self, other: Row) -> bool:
        """Chance decides which of the two is due first."""
        return self.due is not None and other.due is not None and self.priority == other.priority and self.due[1] > other.due[0]
