"""Kills a process that uses an outbox at every recorded point between two steps, and at random times, and holds what is left in
the file against what the server took. Prints which point was hit how often, and "outbox: N passed, N failed", one test per kill
and one for having hit every point.

    kill.py KILLS [SEED]
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any, Iterable, Iterator, Optional

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "python"))
os.environ.setdefault("WABIZ_LIBRARY", str(ROOT / "build" / "lib" / "libwabiz.so"))
import wabiz  # noqa: E402
from meta import NOW, Meta  # noqa: E402
from worker import COUNT, IN_FLIGHT, Job, config, work  # noqa: E402

WORKER = [sys.executable, str(Path(__file__).with_name("worker.py"))]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "bindings" / "python")}


@dataclass(frozen=True)
class Scene:
    """What is the same for some kills."""

    api: str = "cloud"
    uncertain: str = "report"
    hears: bool = True  # webhooks come; else none does before everything else is over
    processes: int = 1
    recovers: bool = False  # the process is killed that brings to rest what another killed one left

    def __str__(self) -> str:
        return (f"{self.api} {self.uncertain}{'' if self.hears else ', no webhooks'}{', two processes' if self.processes > 1 else ''}"
                f"{', recovering' if self.recovers else ''}")


SCENES = [Scene(), Scene(api="on_premises"), Scene(uncertain="resend", hears=False), Scene(processes=2),
          Scene(recovers=True), Scene(api="on_premises", uncertain="resend"), Scene(uncertain="resend"),
          Scene(api="on_premises", processes=2, uncertain="resend"), Scene(api="on_premises", recovers=True)]


@dataclass(frozen=True)
class Kill:
    """Where one process ends: at a point, passed for the nth time, or some seconds after its start."""

    scene: Scene
    point: Optional[str] = None
    nth: int = 1
    torn: bool = False
    after: float = 0

    def __str__(self) -> str:
        where = f'"{self.point}", time {self.nth}{", torn" if self.torn else ""}' if self.point else f"{self.after:.3f} s after the start"
        return f"{self.scene}, {where}"


class Campaign:
    """One file, one kill, and what it takes to come to rest again."""

    def __init__(self, folder: Path, killer: Path, scene: Scene) -> None:
        self.folder, self.killer, self.scene = folder, killer, scene
        folder.mkdir()
        self.meta = Meta(scene.hears)
        self.promised: dict[int, str] = {}
        self.job = Job(str(folder / "out.db"), self.meta.url, NOW, scene.api, scene.uncertain, scene.hears)

    def __enter__(self) -> Campaign:
        return self

    def __exit__(self, *_: Any) -> None:
        self.meta.shutdown()
        self.meta.server_close()

    def start(self, job: Job, **environment: str) -> subprocess.Popen[str]:
        if environment:
            environment["LD_PRELOAD"] = f"./{self.killer.name}"  # a space in a path would end it
        return subprocess.Popen([*WORKER, json.dumps(asdict(job))], env={**ENVIRONMENT, **environment}, cwd=self.killer.parent,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, process: subprocess.Popen[str]) -> bool:
        """Waits for a process and takes in what it promised; true when it was killed."""
        out, complaints = process.communicate(timeout=300)
        self.take_in(out)
        if process.returncode > 0:
            raise AssertionError(f"a process failed: {complaints[-1500:]}")
        return process.returncode < 0

    def take_in(self, out: str) -> None:
        for line in out.splitlines():
            words = line.split()
            # What was read with the first line may end within a later one: the rest of that begins anywhere.
            if len(words) == 3 and words[0] == "put":
                known = self.promised.setdefault(int(words[1]), words[2])
                assert known == words[2], f"key k{words[1]} had the row {known} and has {words[2]} now"

    def kill(self, kill: Kill) -> bool:
        """True when the process was killed before it was done."""
        job = self.job
        if kill.scene.recovers:
            self.end(self.start(job, KILL_POINT="step: sync wal > send", KILL_NTH="2"))
            job = replace(job, now=NOW + 100)
        others = [self.start(job) for _ in range(kill.scene.processes - 1)]
        if kill.point:
            killed = self.end(self.start(job, KILL_POINT=kill.point, KILL_NTH=str(kill.nth), KILL_TORN="1" if kill.torn else "0"))
        else:
            process = self.start(job)
            assert process.stdout
            self.take_in(process.stdout.readline())  # it is open
            time.sleep(kill.after)
            process.kill()
            killed = self.end(process)
        for other in others:
            self.end(other)
        return killed

    def settle(self) -> None:
        """Lets leases end, webhooks come and patience end."""
        for wait in (200, 1300, 2400, 3500):
            with redirect_stdout(StringIO()) as out:
                work(replace(self.job, now=NOW + wait, hears=self.job.hears or wait == 3500))
            self.take_in(out.getvalue())

    def record(self, name: str) -> list[str]:
        """Every point that is passed without a kill, in this order."""
        log = self.folder / name
        self.end(self.start(self.job, KILL_LOG=str(log)))
        return log.read_text().splitlines()

    # MARK: Asserting

    def check(self) -> None:
        with wabiz.Outbox(self.job.path, **config(replace(self.job, now=NOW + 4000))) as outbox:
            rows = {row["id"]: row for row in outbox.list()}
        with self.meta.lock:
            log = list(self.meta.log)
        assert len(self.promised) == COUNT == len(rows), f"{COUNT} messages, {len(rows)} rows"
        taken = Counter(number for word, number, _ in log if word == "taken")
        ours = [(number, id) for word, number, id in log if word == "taken" and id]
        assert all(self.promised[number] == id for number, id in ours), f"a message went out under another row's id: {ours}"
        for number in range(COUNT):
            self.check_row(number, rows[self.promised[number]], taken[number])
        open_ends = sum(row["state"] == "uncertain" for row in rows.values())
        assert open_ends <= IN_FLIGHT * (2 if self.scene.recovers else 1) + 1, f"{open_ends} rows are uncertain, more than were ever under way"
        for sequence in ("s0", "s1"):
            self.check_order(sorted(row for row in rows if rows[row].get("sequence") == sequence), rows, log)

    def check_row(self, number: int, row: dict[str, Any], count: int) -> None:
        told = f"message {number}: {row['state']}, taken {count} times, {row['resends']} resends, {row['attempts']} attempts"
        assert count <= 1 + row["resends"], f"sent twice unknowingly: {told}"
        assert self.scene.uncertain == "resend" or row["resends"] == 0, f"resent without being asked to: {told}"
        # Webhooks prove what went out, before the patience is over: nothing needs to be sent twice.
        assert self.scene.api != "cloud" or not self.scene.hears or count <= 1, f"sent twice in spite of its webhook: {told}"
        if row["state"] == "delivered":
            assert count, f"never taken: {told}"
        else:
            # On-Premises a message whose answer was lost stays uncertain: nothing names its row.
            assert row["state"] == "uncertain" and self.scene.uncertain == "report", f"lost: {told}"
            assert self.scene.api != "cloud" or count == 0, f"it was taken, and its webhook came: {told}"
            assert "message_id" not in row, told

    def check_order(self, sequence: list[str], rows: dict[str, Any], log: list[tuple[str, int, str]]) -> None:
        """Each one leaves for the first time after the one before it was told as delivered, or was given up as uncertain."""
        numbers = {id: number for number, id in self.promised.items()}
        for one, next_one in zip(sequence, sequence[1:]):
            first = next((at for at, (word, number, _) in enumerate(log) if word == "taken" and number == numbers[next_one]), None)
            if first is None:
                continue
            behind = [word for word, number, _ in log[first:] if number == numbers[one]]
            before = [word for word, number, _ in log[:first] if number == numbers[one]]
            told = f"message {numbers[next_one]} overtook {numbers[one]}, which is {rows[one]['state']}: {log}"
            assert "told" in before or rows[one]["state"] == "uncertain" and "taken" not in behind, told


def one(folder: Path, killer: Path, kill: Kill) -> bool:
    """One kill; true when the process really was killed."""
    with Campaign(folder, killer, kill.scene) as campaign:
        killed = campaign.kill(kill)
        campaign.settle()
        campaign.check()
        return killed


def recordings(folder: Path, killer: Path) -> tuple[dict[str, Counter[str]], set[tuple[str, str]]]:
    """By API: how often each point is passed; and those that are passed every time, whatever the timing."""
    often: dict[str, Counter[str]] = {}
    always: set[tuple[str, str]] = set()
    for api in ("cloud", "on_premises"):
        counts = []
        for number in range(3):
            with Campaign(folder / f"{api}-{number}", killer, Scene(api=api)) as campaign:
                counts.append(Counter(campaign.record("points")))
                assert counts[-1], "nothing was recorded: the killer was not loaded"
                campaign.settle()
                campaign.check()
        often[api] = counts[0] | counts[1] | counts[2]
        always |= {(api, point) for point in counts[0] & counts[1] & counts[2]}
    return often, always


def plan(often: dict[str, Counter[str]], chance: random.Random) -> Iterator[Kill]:
    """Every point of one API, then of the other, then every time that each is passed, then all of it again in every scene; and one in
    five at any moment."""
    def points() -> Iterator[Kill]:
        first, second = chance.sample(list(often), 2)
        for api, names in ((first, set(often[first])), (second, set(often[second]) - set(often[first])), (second, set(often[second]) & set(often[first]))):
            for point in shuffled(names):
                yield Kill(Scene(api=api, uncertain=chance.choice(["report", "resend"])), point, chance.randint(1, often[api][point]), torn(point))
        while True:
            for api, point, nth in shuffled((api, point, nth) for api in often for point in often[api] for nth in range(1, often[api][point] + 1)):
                yield Kill(chance.choice([scene for scene in SCENES if scene.api == api]), point, nth, torn(point))

    def shuffled(things: Iterable[Any]) -> list[Any]:
        ordered = sorted(things)
        return chance.sample(ordered, len(ordered))

    def torn(point: str) -> bool:
        return chance.random() < 0.4 and point.split("> ")[1].startswith(("write", "send"))

    for number, kill in enumerate(points()):
        if number % 4 == 3:
            yield Kill(chance.choice(SCENES), after=chance.uniform(0, 0.15))
        yield kill


def main() -> int:
    rounds = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    print(f"kill test: {rounds} kills, seed {seed}", flush=True)
    hits: Counter[tuple[str, str]] = Counter()
    tried: set[tuple[str, str]] = set()
    passed = failed = done = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        killer = folder / "killer.so"
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-Wall", "-Werror", str(Path(__file__).with_name("killer.c")),
                        "-o", str(killer), "-ldl"], check=True)
        try:
            often, always = recordings(folder, killer)
        except AssertionError as problem:
            print(f"FAILED: without any kill: {problem}\noutbox: 0 passed, 1 failed")
            return 1
        kills = plan(often, chance)
        again: list[Kill] = []  # those that were not killed in time, once more at the first opportunity
        for number in range(rounds):
            kill = again.pop() if again else next(kills)
            api, point = kill.scene.api, kill.point
            if point:
                tried.add((api, point))
            try:
                killed = one(folder / str(number), killer, kill)
                passed += 1
            except AssertionError as problem:
                failed += 1
                print(f"FAILED: kill {number}, {kill}: {problem}", flush=True)
                continue
            if killed:
                hits[api, point or "any moment"] += 1
            else:
                done += 1
                if point and (api, point) in always and not hits[api, point]:
                    again.append(Kill(Scene(api=api), point))
    print_hits(often, hits)
    print(f"{sum(hits.values())} were killed, {done} were done before")
    names = {point for counts in often.values() for point in counts}
    if len(tried) < len(names):
        print(f"{rounds} kills are too few for all {len(names)} points: {len(names) - len({point for _, point in tried})} were not tried")
    missed = sorted(f"{api} {point}" for api, point in tried & always if not hits[api, point])
    if missed:
        failed += 1
        print("FAILED: every run passes these points and none was killed there: " + "; ".join(missed))
    else:
        passed += 1
    print(f"outbox: {passed} passed, {failed} failed")
    return 1 if failed else 0


def print_hits(often: dict[str, Counter[str]], hits: Counter[tuple[str, str]]) -> None:
    print("Kills by point; in brackets how often a run passes it. Cloud, On-Premises:")
    for point in [*sorted({point for counts in often.values() for point in counts}), "any moment"]:
        print(f"  {point}: " + ", ".join(f"{hits[api, point]} ({often[api][point]})" for api in often))


if __name__ == "__main__":
    sys.exit(main())
