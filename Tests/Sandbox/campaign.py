"""wabiz send with a file of messages: every line once, whatever ends the run. The sandbox's own record is the witness."""
import hashlib
import json
import os
import pty
import select
import signal
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from harness import COMMAND, PATIENCE, Sandbox, expect


class Scene:
    """A folder with an account, a file of messages and its outcomes, and a sandbox."""

    def __init__(self, sandbox, folder, **config):
        self.sandbox, self.folder = sandbox, Path(folder)
        self.file, self.out = self.folder / "campaign.jsonl", self.folder / "campaign.jsonl.outcomes.jsonl"
        self.account = self.folder / "account.json"
        self.account.write_text(json.dumps({"access_token": "top-secret", "phone_number_id": "42", "base_url": sandbox.url, "proxy": "",
                                            "messages_per_second": 1000, "pair_interval_ms": 0, "max_attempts": 1, **config}))

    def write(self, *lines):
        self.file.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines))

    def command(self, *options):
        return [COMMAND, "send", "--config", str(self.account), *options, str(self.file)]

    def send(self, *options, stdin=None):
        done = subprocess.run(self.command(*options), capture_output=True, text=True, timeout=PATIENCE * 4, stdin=stdin)
        assert "top-secret" not in done.stdout + done.stderr + (self.out.read_text() if self.out.exists() else "")
        return done.returncode, done.stdout, done.stderr

    def start(self, *options, **more):
        return subprocess.Popen(self.command(*options), stdout=subprocess.PIPE, stderr=more.pop("stderr", subprocess.PIPE), text=True, **more)

    def outcomes(self):
        """By line; there is never more than one of each."""
        found = [json.loads(line) for line in self.out.read_text().splitlines()]
        expect(len({one["line"] for one in found}), len(found))
        return {one["line"]: one for one in found}

    def words(self):
        return {line: one["error"]["code"] if "error" in one else "accepted" for line, one in self.outcomes().items()}

    def received(self):
        """How often the sandbox got each text."""
        return Counter(message["body"]["text"]["body"] for message in self.sandbox.messages())

    def wait_until_received(self, count):
        give_up = time.monotonic() + PATIENCE
        while len(self.sandbox.messages()) < count:
            assert time.monotonic() < give_up, "the messages do not come"
            time.sleep(0.02)


class Stage:
    def __init__(self, *options, **config):
        self.sandbox, self.folder, self.config = Sandbox(*options), tempfile.TemporaryDirectory(), config

    def __enter__(self):
        self.sandbox.__enter__()
        return Scene(self.sandbox, self.folder.name, **self.config)

    def __exit__(self, *_):
        self.sandbox.__exit__()
        self.folder.cleanup()


def text(number, to=None):
    return {"to": to or f"+1555{number:07}", "text": f"text {number}"}


def test_every_line_gets_one_outcome():
    with Stage() as scene:
        scene.write(*(text(number) for number in range(1, 301)), "\n", {"to": "+15550001234", "text": ""}, "{\n", text(304, "+15550131026"),
                    json.dumps(text(305)))
        status, out, wrong = scene.send()
        expect((status, wrong), (2, ""))
        assert "304 messages, 301 accepted, 1 refused, 2 invalid" in out, out
        expect(Counter(scene.words().values()), Counter({"accepted": 301, "invalid": 1, "bad_json": 1, "refused": 1}))
        lines = scene.file.read_bytes().split(b"\n")
        assert all(one["sha256"] == hashlib.sha256(lines[number - 1]).hexdigest() for number, one in scene.outcomes().items())
        assert all(one["receipt"]["message_id"] and one["attempts"] == 1 for one in scene.outcomes().values() if "receipt" in one)
        assert not os.path.exists(f"{scene.out}.begun") and oct(scene.out.stat().st_mode)[-3:] == "600"


def test_a_second_run_sends_what_is_new():
    """Nothing else: what was sent stays, what did not go out may be mended, and lines may be added."""
    with Stage() as scene:
        scene.write(text(1), "{\n", text(3, "+15550131026"), json.dumps(text(4)))
        expect(scene.send()[0], 2)
        before = scene.received()
        expect(scene.send()[0], 2)
        expect(scene.received(), before)
        scene.write(text(1), text(2), text(3, "+15550131026"), text(4), text(5))
        expect(scene.send()[0], 2)
        expect(scene.received() - before, Counter({"text 2": 1, "text 5": 1}))
        expect(scene.words(), {1: "accepted", 2: "accepted", 3: "refused", 4: "accepted", 5: "accepted"})
        scene.write(text(1), text(2), text(3), text(4), text(5))
        expect(scene.send()[0], 0)


def test_all_accepted_is_status_0():
    with Stage() as scene:
        scene.write(text(1), text(2))
        status, out, _ = scene.send("--json", "--out", str(scene.folder / "elsewhere"))
        document = json.loads(out)
        expect((status, document["messages"], document["accepted"], document["left"], document["interrupted"]), (0, 2, 2, 0, False))
        assert (scene.folder / "elsewhere").exists() and not scene.out.exists()


def test_an_empty_file():
    with Stage() as scene:
        scene.write("", "\n \n")
        expect(scene.send()[0], 0)
        expect(scene.outcomes(), {})


def test_standard_input():
    with Stage() as scene:
        scene.write(text(1), text(2))
        command = [COMMAND, "send", "--config", str(scene.account), "--out", str(scene.out)]
        for _ in range(2):
            done = subprocess.run([*command, "-"], input=scene.file.read_bytes(), capture_output=True, timeout=PATIENCE)
            expect((done.returncode, done.stderr), (0, b""))
        expect(scene.received(), Counter({"text 1": 1, "text 2": 1}))
        done = subprocess.run(command, input=b'{"to":"+15550001234","text":"other"}\n', capture_output=True, timeout=PATIENCE)
        assert done.returncode == 1 and b"standard input differs in line 1" in done.stderr, done.stderr


def test_one_message_as_ever():
    with Stage() as scene:
        single = scene.folder / "one.json"
        single.write_text(json.dumps(text(1)))
        for arguments in ([str(single)], [json.dumps(text(2))]):
            done = subprocess.run([COMMAND, "send", "--config", str(scene.account), *arguments], capture_output=True, text=True, timeout=PATIENCE)
            assert done.returncode == 0 and json.loads(done.stdout)["message_id"], done
        expect(subprocess.run([COMMAND, "send", "--config", str(scene.account), "--resend-uncertain", str(single)], capture_output=True, timeout=PATIENCE).returncode, 64)
        expect(sorted(os.listdir(scene.folder)), ["account.json", "one.json"])


def test_what_may_have_gone_out_is_not_sent_again_by_itself():
    with Stage() as scene:
        scene.write(text(1), text(2, "+15550009701"), text(3, "+15550131026"))
        expect(scene.send()[0], 4)
        expect(scene.words(), {1: "accepted", 2: "uncertain", 3: "refused"})
        expect(scene.send()[0], 4)
        expect(scene.received(), Counter({"text 1": 1, "text 2": 1, "text 3": 1}))
        status, out, _ = scene.send("--resend-uncertain", "--json")
        expect((status, json.loads(out)["resent"]), (4, 1))
        expect(scene.received(), Counter({"text 1": 1, "text 2": 2, "text 3": 1}))


def test_what_did_not_leave_is_sent_by_the_next_run():
    with Stage() as scene:
        scene.write(text(1), text(2, "+15550009004"))
        account = scene.account.read_text()
        scene.account.write_text(account.replace(scene.sandbox.url, "http://127.0.0.1:9"))
        status, out, _ = scene.send()
        expect((status, scene.words()), (3, {1: "unreachable", 2: "unreachable"}))
        assert "Run the same command again" in out, out
        scene.account.write_text(account)
        expect(scene.send()[0], 3)  # refused for now: too many calls
        expect(scene.words(), {1: "accepted", 2: "refused"})
        expect(scene.send()[0], 3)
        expect(scene.received(), Counter({"text 1": 1, "text 2": 2}))


def test_an_account_that_meta_refuses_stops_it():
    with Stage("--token", "top-secret") as scene:
        scene.write(*(text(number) for number in range(1000)))
        account = scene.account.read_text()
        scene.account.write_text(account.replace("top-secret", "expired"))
        status, out, _ = scene.send()
        assert status == 2 and "token" in out and len(scene.words()) < 1000, (status, out)
        scene.account.write_text(account)
        expect(scene.send()[0], 0)
        expect(Counter(scene.words().values()), Counter({"accepted": 1000}))


def test_what_was_sent_must_not_change():
    with Stage() as scene:
        scene.write(text(1), text(2), text(3))
        expect(scene.send()[0], 0)
        for lines, words in (((text(1), text(4), text(3), text(5)), "differs in line 2"), ((text(0), text(1), text(2), text(3)), "line 1 and 2 more"),
                             ((text(1), text(2)), "is shorter")):
            scene.write(*lines)
            status, _, wrong = scene.send()
            assert status == 1 and words in wrong, (words, wrong)
        expect(sum(scene.received().values()), 3)


def test_a_file_that_is_something_else_is_left_alone():
    with Stage() as scene:
        scene.write(text(1))
        diary = scene.folder / "diary"
        diary.write_text("Dear diary\n")
        status, _, wrong = scene.send("--out", str(diary))
        assert status == 1 and "is no file of outcomes" in wrong, wrong
        expect(scene.send("--out", str(scene.file))[0], 1)
        expect((diary.read_text(), scene.received()), ("Dear diary\n", Counter()))
        expect(scene.send("--out", str(scene.folder / "none" / "out"))[0], 1)


def test_only_one_at_a_time():
    with Stage() as scene:
        scene.write(text(1, "+15550009708"), text(2))  # the first is never answered
        running = scene.start()
        scene.wait_until_received(2)
        status, _, wrong = scene.send()
        assert status == 1 and "Another wabiz send" in wrong, wrong
        running.kill()
        running.communicate(timeout=PATIENCE)
        expect(scene.send()[0], 4)


def test_interrupted_in_order_and_taken_up_again():
    """Ctrl-C waits for what is under way: nothing is uncertain, and the next run sends the rest, each once."""
    with Stage() as scene:
        scene.write(*(text(number) for number in range(3000)))
        running = scene.start("--json")
        scene.wait_until_received(30)
        running.send_signal(signal.SIGINT)
        out, wrong = running.communicate(timeout=PATIENCE)
        document = json.loads(out)
        expect((running.returncode, document["interrupted"], wrong), (130, True, ""))
        expect((document["accepted"], document["uncertain"]), (sum(scene.received().values()), 0))
        assert 0 < document["left"] and not os.path.exists(f"{scene.out}.begun")
        expect(scene.send()[0], 0)
        expect(scene.received(), Counter({f"text {number}": 1 for number in range(3000)}))


def test_a_second_interruption_cuts():
    with Stage() as scene:
        scene.write(*(text(number, "+15550009708" if number % 2 else None) for number in range(40)))  # odd ones are never answered
        running = scene.start("--json")
        scene.wait_until_received(40)
        running.send_signal(signal.SIGINT)
        give_up = time.monotonic() + PATIENCE
        while len(scene.out.read_text().splitlines()) < 20:  # every answer that comes is written down
            assert time.monotonic() < give_up, "the answers are not written down"
            time.sleep(0.02)
        assert running.poll() is None, "the first interruption must wait for what is under way"
        running.send_signal(signal.SIGTERM)
        out, _ = running.communicate(timeout=PATIENCE)
        document = json.loads(out)
        expect((running.returncode, document["accepted"], document["uncertain"], document["left"]), (4, 20, 20, 0))


def killed(scene, received, number):
    """Starts a run and kills it without mercy once so many messages came; the lines that were begun without an outcome."""
    running = scene.start()
    scene.wait_until_received(received)
    running.send_signal(number)
    running.communicate(timeout=PATIENCE)
    expect(running.returncode, -number)
    begun = {json.loads(line)["line"] for line in Path(f"{scene.out}.begun").read_text().splitlines() if line.endswith("}")}
    ended = {json.loads(line)["line"] for line in scene.out.read_text().splitlines(True) if line.endswith("\n")}
    return begun - ended


def test_killed_in_the_middle_nothing_is_sent_twice():
    """kill -9 twice; each time the next run reports what it does not know as uncertain and sends none of it."""
    count = 3000
    with Stage() as scene:
        scene.write(*(text(number) for number in range(1, count + 1)))
        unknown = set()
        for received in (50, 1000):
            unknown |= killed(scene, received, signal.SIGKILL)
        assert 0 < len(unknown) <= 512, len(unknown)
        status, out, _ = scene.send("--json")
        expect(status, 4)
        words = scene.words()
        expect({line for line, word in words.items() if word == "uncertain"}, unknown)
        expect((len(words), set(words.values())), (count, {"accepted", "uncertain"}))
        received = scene.received()
        assert max(received.values()) == 1, "sent twice without a word"
        # What is called accepted was received; what was not received is among the uncertain.
        assert all(received[f"text {line}"] == 1 for line, word in words.items() if word == "accepted")
        assert {line for line in words if not received[f"text {line}"]} <= unknown
        # Only on demand, and then nothing else is sent twice.
        expect(scene.send("--resend-uncertain")[0], 0)
        after = scene.received()
        expect(set(after), {f"text {line}" for line in range(1, count + 1)})
        assert {int(body.split()[1]) for body, times in after.items() if times > 1} <= unknown and max(after.values()) <= 2
        expect(Counter(scene.words().values()), Counter({"accepted": count}))


def test_what_a_power_cut_leaves():
    """Half a line at the end of each file, a beginning without an outcome, and an outcome from which the beginning was not removed."""
    with Stage() as scene:
        scene.write(text(1), text(2), text(3), text(4))
        mark = [{"line": number, "sha256": hashlib.sha256(json.dumps(text(number)).encode()).hexdigest()} for number in range(1, 5)]
        scene.out.write_text(json.dumps({**mark[0], "attempts": 1, "receipt": {"message_id": "x", "http_status": 200}}) + "\n" + json.dumps(mark[1])[:50])
        Path(f"{scene.out}.begun").write_text("".join(json.dumps(one) + "\n" for one in mark[:2]) + json.dumps(mark[2])[:40])
        status, out, _ = scene.send("--json")
        expect((status, json.loads(out)["begun_before"]), (4, 1))
        expect(scene.words(), {1: "accepted", 2: "uncertain", 3: "accepted", 4: "accepted"})
        expect(scene.received(), Counter({"text 3": 1, "text 4": 1}))


def test_a_bar_on_a_terminal_only():
    with Stage("--slow-seconds", 2) as scene:
        scene.write(*(text(number) for number in range(99)), text(99, "+15550009707"), text(0, "+15550131026"))
        leader, follower = pty.openpty()
        running = scene.start(stderr=follower, env={**os.environ, "TERM": "xterm"})
        os.close(follower)
        shown = b""
        while True:
            ready, _, _ = select.select([leader], [], [], PATIENCE)
            assert ready, shown
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break  # its end: the program is gone
            if not piece:
                break
            shown += piece
        out, _ = running.communicate(timeout=PATIENCE)
        os.close(leader)
        lines = shown.decode().split("\r")
        assert len(lines) > 5 and any("/s" in line and "left" in line and "accepted" in line for line in lines), lines[-5:]
        assert "101/101" in shown.decode() and "1 refused" in lines[-2] + lines[-1], lines[-3:]
        assert "\r" not in out and "101 messages" in out, out
