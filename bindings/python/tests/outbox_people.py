"""The people of the outbox's model: when each was last heard of, and whether they want no marketing. See outbox_model.py."""

from __future__ import annotations

from dataclasses import dataclass, field

from outbox_row import DAY


@dataclass
class People:
    heard: dict[str, int] = field(default_factory=dict)  # where Meta says that it is too long ago: a day before it said so
    asked: dict[str, tuple[int, bool]] = field(default_factory=dict)  # when and whether to stop

    def stops(self, person: str) -> bool:
        return self.asked.get(person, (0, False))[1]

    def ask(self, person: str, stop: bool, time: int) -> None:
        if time >= self.asked.get(person, (0, False))[0]:
            self.asked[person] = (time, stop)

    def hear(self, person: str, time: int) -> None:
        self.heard[person] = max(self.heard.get(person, 0), time)

    def deny(self, person: str, time: int) -> None:
        """Meta says that the window is closed."""
        if self.heard.get(person, 0) <= time:
            self.heard[person] = time - DAY

    def forget(self, moment: int) -> None:
        """Pruned: whose window is long over and who stopped nothing, when they said so long ago."""
        for person in {*self.heard, *self.asked}:
            asked, stopped = self.asked.get(person, (0, False))
            if not stopped and asked <= moment and self.heard.get(person, 0) <= moment - DAY:
                self.heard.pop(person, None)
                self.asked.pop(person, None)
