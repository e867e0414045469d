"""Runs the outbox and what it is compared with once per round, in turn, and prints medians, ratios and how far the middle half lies
apart, with each goal and whether it is met. A goal that is missed fails nothing. Started by `run`: compare.py SETTINGS.json."""
import json
import os
import sqlite3
import statistics
import subprocess
import sys

SETTINGS = json.loads(sys.argv[1])
WORK, ROUNDS, URL, FINISHED = SETTINGS["work"], SETTINGS["rounds"], SETTINGS["url"], SETTINGS["finished"]
FEW, MANY = f"{WORK}/few.db", f"{WORK}/many.db"
SHORT = SETTINGS["messages"]
fresh = iter(range(1 << 30))


def store(who, rows, group):
    return lambda: [f"{WORK}/store", who, f"{WORK}/{next(fresh)}.db", str(rows), str(group)]


def wire(who, group, file=None, messages=SHORT, in_flight=32, url=URL):
    return lambda: [f"{WORK}/wire", who, file or f"{WORK}/{next(fresh)}.db", url, f"{WORK}/ca.pem", str(in_flight), str(messages), str(group)]


CONTESTANTS = {
    "bare SQLite, one row each": store("bare", SHORT // 4, 1),
    "the same rows, one each": store("same", SHORT // 4, 1),
    "put, one row each": store("ours", SHORT // 4, 1),
    "bare SQLite, 100 rows each": store("bare", SHORT * 2, 100),
    "the same rows, 100 each": store("same", SHORT * 2, 100),
    "put, 100 rows each": store("ours", SHORT * 2, 100),
    "the life of the same rows, 100 each": store("life", SHORT, 100),
    "engine": wire("engine", 100),
    "put 100 and step": wire("outbox", 100),
    "engine and bare SQLite": wire("bare", 100),
    "put 1 and step": wire("outbox", 1, messages=SHORT // 4),
    "engine, 100 in flight": wire("engine", 100, in_flight=100),
    "put 100 and step, 100 in flight": wire("outbox", 100, in_flight=100),
    "engine and bare SQLite, 100": wire("bare", 100, in_flight=100),
    "engine, 60 to 150 ms, 400 in flight": wire("engine", 100, in_flight=400, url=SETTINGS["late"]),
    "put 100 and step, 60 to 150 ms, 400": wire("outbox", 100, in_flight=400, url=SETTINGS["late"]),
    "the same file, few rows": wire("outbox", 100, FEW),
    f"beside {FINISHED} finished": wire("outbox", 100, MANY),
}
GOALS = [
    ("single put against bare SQLite", "put, one row each", "bare SQLite, one row each", 0.8),
    ("puts in groups of 100 against bare SQLite", "put, 100 rows each", "bare SQLite, 100 rows each", 0.8),
    ("groups of 100 against single puts", "put, 100 rows each", "put, one row each", 8),
    ("put and step against the engine alone", "put 100 and step", "engine", 0.6),
    ("answers after 60 to 150 ms, 400 in flight", "put 100 and step, 60 to 150 ms, 400", "engine, 60 to 150 ms, 400 in flight", 0.6),
    ("the same, 100 in flight", "put 100 and step, 100 in flight", "engine, 100 in flight", 0.6),
    ("engine and bare SQLite against the engine alone", "engine and bare SQLite", "engine", None),
    ("the same, 100 in flight", "engine and bare SQLite, 100", "engine, 100 in flight", None),
    (f"beside {FINISHED} finished rows against few", f"beside {FINISHED} finished", "the same file, few rows", 1 / 1.2),
]


def finish(file, rows):
    """Many rows that are delivered, each with Meta's id, as the outbox leaves them; copies of one that it wrote itself."""
    database = sqlite3.connect(file)
    database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -500000")
    changed = {"message": {"number": "n.i", "nonce": "random()"},
               "standing": {"number": "n.i", "state": "4", "delivered_at": "1767225600", "message_id": "printf('wamid.%032d', n.i)"}}
    count = f"WITH RECURSIVE n(i) AS (SELECT 1000000 UNION ALL SELECT i + 1 FROM n WHERE i < {1000000 + rows - 1})"
    for table, values in changed.items():
        columns = [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")]
        database.execute(f"CREATE TEMP TABLE one_{table} AS SELECT * FROM {table} LIMIT 1")
        database.execute(f"{count} INSERT INTO {table} SELECT {', '.join(values.get(name, 'one.' + name) for name in columns)} FROM n, one_{table} one")
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    os.sync()  # or the disk writes it during what is measured


def trial(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    return found["messages"] / found["wall"], found["cpu"] / found["messages"] * 1e6


def middle(values):
    if len(values) < 3:
        return statistics.median(values), 0
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return median, 100 * (high - low) / median


def main():
    for file in (FEW, MANY):
        trial(wire("outbox", 100, file, 200)())
    finish(MANY, FINISHED)
    trials = {name: [] for name in CONTESTANTS}
    for turn in range(ROUNDS):
        names = list(CONTESTANTS)
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            trials[name].append(trial(CONTESTANTS[name]()))
    print(f"\n{'':<36} {'rows/s':>15} {'CPU us each':>16}")
    for name, found in trials.items():
        rate, cpu = middle([one[0] for one in found]), middle([one[1] for one in found])
        print(f"{name:<36} {rate[0]:10.0f} {rate[1]:3.0f}% {cpu[0]:11.1f} {cpu[1]:3.0f}%")
    print()
    for title, mine, other, goal in GOALS:
        ratio, apart = middle([one[0] / two[0] for one, two in zip(trials[mine], trials[other])])
        cpu = middle([one[1] / two[1] for one, two in zip(trials[mine], trials[other])])[0]
        verdict = f"goal {goal:.2f}: {'met' if ratio >= goal else 'MISSED'}" if goal else "what may be reached"
        print(f"{title:<50} {ratio:6.2f} ({apart:.0f}% apart; CPU {cpu:.2f})  {verdict}")


main()
