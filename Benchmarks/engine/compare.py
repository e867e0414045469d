"""Runs every contestant once per round, in turn, and prints medians, ratios to the first of its table, how far the middle half
lies apart, and beside each goal of the project whether it is met. A goal that is missed fails nothing. Started by `run`, which names
the folder of the programs, the ports and what is installed: compare.py SETTINGS.json [WORD of the tables to run]."""
import json
import os
import statistics
import subprocess
import sys
import urllib.request

SETTINGS = json.loads(sys.argv[1])
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""
HERE = os.path.dirname(os.path.abspath(__file__))
WORK, ROUNDS = SETTINGS["work"], SETTINGS["rounds"]
AUTHORITY = f"{WORK}/ca.pem"
PROMPT, LATE = f"https://127.0.0.1:{SETTINGS['prompt']}", f"https://127.0.0.1:{SETTINGS['late']}"
WORDS = {"rate": "messages/s", "cpu": "CPU", "memory": "memory"}
NONE = float("nan")
verdicts = []


def c_program(name, mode, http, flying, messages, url=PROMPT):
    return [f"{WORK}/{name}", mode, url, AUTHORITY, http, str(flying), str(messages)]


def python(who, flying, messages):
    return [SETTINGS["python"], f"{HERE}/callers.py", who, PROMPT, AUTHORITY, str(flying), str(messages)]


def node(flying, messages):
    return [SETTINGS["node"], f"{HERE}/agent.mjs", PROMPT, AUTHORITY, str(flying), str(messages)] if SETTINGS["node"] else None


def swift(mode, flying, messages):
    return [f"{WORK}/swiftly", mode, PROMPT, AUTHORITY, "1.1", str(flying), str(messages)] if SETTINGS["swift"] else None


def trial(command):
    """One run of one program: {"rate", "cpu" (us), "memory" (MB), ...}, or None, and the reason goes to the reader."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        found = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as problem:
        words = done.stderr.strip().splitlines()[-1:] if isinstance(problem, (ValueError, IndexError)) else [str(problem)]
        return None, " ".join(words) or f"ended with status {done.returncode}"
    return {**found, "rate": found["messages"] / found["wall"], "cpu": found["cpu"] / found["messages"] * 1e6, "memory": found["rss_kb"] / 1024}, ""


def middle(values):
    """The median, and how far the middle half of the values lies apart in percent of it."""
    if len(values) < 3:
        return statistics.median(values), 0.0
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return median, 100 * (high - low) / median if median else 0.0


def ratios(trials, name, other, what):
    return [mine[what] / theirs[what] for mine, theirs in zip(trials[name], trials[other]) if mine and theirs]


def verdict(about, goal, met, found):
    verdicts.append((about, goal, met, found))
    print(f"  goal: {about}: {goal}: found {found}: {'met' if met else 'MISSED'}")


def play(entries):
    """Every program once per round, nobody always first. A program that fails once is left out for good, with its reason."""
    trials, reasons = {name: [] for name in entries}, {}
    for turn in range(ROUNDS):
        names = list(entries)
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            if name in reasons:
                continue
            found, reason = trial(entries[name])
            trials[name].append(found)
            if not found:
                reasons[name] = reason
    return trials, reasons


def table(title, entries, goals):
    """`goals` are (name, rate | cpu | memory, at least | at most, factor, of whom)."""
    entries = {name: command for name, command in entries.items() if command}
    if ONLY not in title:
        return
    trials, reasons = play(entries)
    first = next(iter(entries))
    print(f"\n{title:<34} {'messages/s':>15} {'ratio':>14} {'CPU us each':>14} {'ratio':>14} {'peak MB':>8} {'ratio':>6}")
    for name in entries:
        if name in reasons:
            print(f"{name:<34} did not run: {reasons[name][:160]}")
            continue
        mine = trials[name]
        cells = [middle([one[what] for one in mine]) for what in ("rate", "cpu")]
        against = [middle(ratios(trials, name, first, what) or [NONE]) for what in ("rate", "cpu")]
        memory, heavier = middle([one["memory"] for one in mine])[0], middle(ratios(trials, name, first, "memory") or [NONE])[0]
        print(f"{name:<34} {cells[0][0]:10.0f} {cells[0][1]:3.0f}% {against[0][0]:9.3f} {against[0][1]:3.0f}% {cells[1][0]:9.1f} {cells[1][1]:3.0f}% "
              f"{against[1][0]:9.3f} {against[1][1]:3.0f}% {memory:8.1f} {heavier:6.2f}")
    for name, what, sense, factor, other in goals:
        if name not in entries or other not in entries:
            continue  # not installed here
        found = ratios(trials, name, other, what)
        if name in reasons or other in reasons or not found:
            verdict(f"{title}, {name}", f"{sense} {factor} of {other}'s {WORDS[what]}", False, "nothing, it did not run")
            continue
        ratio = middle(found)[0]
        verdict(f"{title}, {name}", f"{sense} {factor} of {other}'s {WORDS[what]}", ratio >= factor if sense == "at least" else ratio <= factor, f"{ratio:.3f}")


def engine_goals(name, rate=0.90, cpu=1.2):
    found = [(name, "cpu", "at most", cpu, "bare libcurl"), (name, "memory", "at most", 1.3, "bare libcurl")]
    return [(name, "rate", "at least", rate, "bare libcurl")] + found if rate else found


def tables():
    many, few = 10000, 600
    table("HTTP/1.1, 32 in flight",
          {"bare libcurl": c_program("bare", "multi", "1.1", 32, many), "wabiz, C, step": c_program("ours", "step", "1.1", 32, many),
           "wabiz, C, poll on the descriptor": c_program("ours", "poll", "1.1", 32, many), "wabiz, Swift": swift("step", 32, many),
           "wabiz, asyncio": python("wabiz-async", 32, 5000), "aiohttp": python("aiohttp", 32, 3000), "node, https agent": node(32, 5000),
           "httpx, async": python("httpx-async", 32, few), "pywa, async": python("pywa-async", 32, few)},
          engine_goals("wabiz, C, step") + engine_goals("wabiz, C, poll on the descriptor") +
          [("wabiz, asyncio", "rate", "at least", 2.4, "aiohttp"), ("wabiz, asyncio", "rate", "at least", 50, "pywa, async"),
           ("wabiz, asyncio", "rate", "at least", 1.5, "node, https agent")])
    for http, flying in (("1.1", 100), ("2", 32), ("2", 100)):
        table(f"HTTP/{http}, {flying} in flight",
              {"bare libcurl": c_program("bare", "multi", http, flying, many), "wabiz, C, step": c_program("ours", "step", http, flying, many)},
              engine_goals("wabiz, C, step"))
    for http in ("1.1", "2"):
        table(f"60-150 ms, HTTP/{http}, 400 in flight",
              {"bare libcurl": c_program("bare", "multi", http, 400, 4000, LATE), "wabiz, C, step": c_program("ours", "step", http, 400, 4000, LATE)},
              engine_goals("wabiz, C, step", rate=None, cpu=1.3))
    table("one at a time",
          {"bare libcurl": c_program("bare", "easy", "1.1", 1, 4000), "wabiz, C": c_program("ours", "send", "1.1", 1, 4000),
           "wabiz, C, numbers by options": c_program("ours", "numbers", "1.1", 1, 4000), "wabiz, Swift, numbers by options": swift("send", 1, 4000),
           "wabiz, Python": python("wabiz", 1, 2000), "wabiz, Python, numbers by options": python("wabiz-numbers", 1, 2000),
           "pycurl": python("pycurl", 1, 2000), "httpx": python("httpx", 1, 500), "requests": python("requests", 1, 500), "pywa": python("pywa", 1, 500)},
          [("wabiz, C", "rate", "at least", 0.95, "bare libcurl"), ("wabiz, Python", "rate", "at least", 3.5, "pywa"), ("wabiz, Python", "rate", "at least", 0.95, "pycurl")])
    table("8 threads, a handle each",
          {"bare libcurl": c_program("bare", "threads", "1.1", 8, 8000), "wabiz, C": c_program("ours", "threads", "1.1", 8, 8000)},
          [("wabiz, C", "rate", "at least", 0.90, "bare libcurl")])


def queued():
    title = "all queued first"
    if ONLY not in title:
        return
    sizes = {f"{size:,} queued": c_program("ours", "queue", "1.1", 32, size) for size in (1000, 10000, 100000)}
    trials, reasons = play(sizes)
    print(f"\n{title:<34} {'bytes each':>15} {'x payload':>14} {'CPU us each':>14} {'submit us':>14} {'peak MB':>8}")
    if reasons:
        print(f"did not run: {reasons}")
        verdict(title, "runs", False, "nothing")
        return
    cost = {}
    for name, mine in trials.items():
        each, payload = middle([one["bytes_each"] for one in mine])[0], mine[0]["payload"]
        cost[name], spread = middle([one["cpu"] for one in mine])
        submit = middle([one["submit_cpu"] / one["messages"] * 1e6 for one in mine])[0]
        print(f"{name:<34} {each:15.0f} {each / payload:14.2f} {cost[name]:9.1f} {spread:3.0f}% {submit:14.2f} {middle([one['memory'] for one in mine])[0]:8.1f}")
    first, *_, last = cost
    found = middle([one["bytes_each"] / one["payload"] for one in trials[last]])[0]
    verdict("100,000 queued", "at most 3 times the payload in memory, each", found <= 3, f"{found:.2f}")
    flat = middle(ratios(trials, last, first, "cpu"))[0]
    verdict("100,000 queued", "cost of each as with 1,000 (at most 1.1 times)", flat <= 1.1, f"{flat:.3f}")


def arrivals():
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{SETTINGS['pace']}/arrivals") as answer:
        return [int(line) for line in answer.read().split()]


def pace():
    """What the server counts when far more is queued than may go. The first second's worth goes at once, then 80 a second."""
    title, seconds, limit = "pace, 80 a second", SETTINGS["pace_seconds"], 80
    if ONLY not in title:
        return
    arrivals()
    found, reason = trial(c_program("ours", "pace", "1.1", limit, limit * seconds, f"http://127.0.0.1:{SETTINGS['pace']}"))
    if not found:
        print(f"\n{title}: did not run: {reason}")
        verdict(title, "runs", False, "nothing")
        return
    times = arrivals()
    most = max(sum(1 for _ in window) for window in windows(times))
    within = [at for at in times if at - times[0] < seconds * 1_000_000_000]
    print(f"\n{title}: {len(times)} posts came within {(times[-1] - times[0]) / 1e9:.3f} s; {len(within)} of them in the first {seconds} s; at most {most} in any second")
    verdict(title, f"{limit * seconds} in {seconds} s, within 1 %", abs(len(within) - limit * seconds) <= limit * seconds / 100, str(len(within)))
    verdict(title, f"no second with more than {limit}", most <= limit, str(most))


def windows(times, length=1_000_000_000):
    """For each arrival, those within the second that begins with it."""
    last = 0
    for first, start in enumerate(times):
        while last < len(times) and times[last] - start < length:
            last += 1
        yield times[first:last]


def tell_load(when):
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    advice = ": others are at work, so that rates say little; CPU ratios hold better" if load > cores else ""
    print(f"load average {when}: {load:.1f} on {cores} cores{advice}")


tell_load("before")
tables()
queued()
pace()
tell_load("after")
missed = [goal for goal in verdicts if not goal[2]]
print(f"\n{len(verdicts) - len(missed)} goals met, {len(missed)} missed" + (":" if missed else "."))
for about, goal, _, found in missed:
    print(f"  {about}: {goal}: found {found}")
