"""wabiz listen: what it answers, what it prints or hands to a command, when it says 500, and how it ends."""
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from shlex import quote
from urllib.parse import urlencode

from harness import COMMAND, PATIENCE, SECRET, TOKEN, Sandbox, expect, run, signature

ROOT = Path(__file__).resolve().parents[2]
QUERY = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": TOKEN}


def note(*texts: str, **dump) -> bytes:
    """A notification with a message for each text."""
    messages = [{"id": f"wamid.{text}", "from": "15557654321", "timestamp": "1767225600", "type": "text", "text": {"body": text}} for text in texts]
    change = {"field": "messages", "value": {"metadata": {"phone_number_id": "42"}, "messages": messages}}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}, **dump).encode()


def quoted(path: Path) -> str:
    """A path as a word of the shell: the folder of temporary files may have a space in its name."""
    return quote(str(path))


class Listener:
    """The command on a free port; `lines` are what it printed, `complaints` what it said on standard error."""

    def __init__(self, *options, output=None, **environment):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WABIZ_")}
        secrets = {"WABIZ_APP_SECRET": SECRET, "WABIZ_VERIFY_TOKEN": TOKEN}
        self.process = subprocess.Popen(
            [COMMAND, "listen", "--port", "0", *options], stdout=output or subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**kept, **secrets, **environment})
        first = self.process.stderr.readline().rstrip("\n")
        assert first.startswith("wabiz listen on http://"), first + self.process.stderr.read()
        self.url = first.removeprefix("wabiz listen on ")
        self.address, _, self.path = self.url.removeprefix("http://").partition("/")
        self.lines, self.complaints, self.changed = [], [], threading.Condition()
        streams = [(self.process.stderr, self.complaints)] + ([] if output else [(self.process.stdout, self.lines)])
        self.readers = [threading.Thread(target=self.read, args=stream, daemon=True) for stream in streams]
        for reader in self.readers:
            reader.start()

    def read(self, stream, lines):
        for line in stream:
            with self.changed:
                lines.append(line.rstrip("\n"))
                self.changed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self, number=signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        return status

    def wait(self, count: int) -> list:
        """The events, once so many lines came."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.lines) >= count, PATIENCE), (self.lines, self.complaints)
            return [json.loads(line) for line in self.lines]

    def complaint(self, word: str):
        with self.changed:
            assert self.changed.wait_for(lambda: any(word in line for line in self.complaints), PATIENCE), (word, self.complaints)

    def ask(self, method="POST", path="", body=None, headers=None):
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        try:
            connection.request(method, path or "/" + self.path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def post(self, body: bytes, **options) -> int:
        return self.ask("POST", body=body, headers={"X-Hub-Signature-256": signature(body)}, **options)[0]

    def raw(self, head: str, body=b"") -> int:
        """The status of a request written by hand."""
        host, _, port = self.address.rpartition(":")
        with socket.create_connection((host, int(port)), PATIENCE) as line:
            line.sendall(f"POST /{self.path} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)
            return int(line.recv(4096).split(b" ", 2)[1])


def test_events_are_lines():
    with Listener() as listener:
        expect(listener.path, "webhook")
        assert listener.address.startswith("127.0.0.1:"), listener.address
        expect(listener.post(note("one", "two")), 200)
        expect([(event["kind"], event["text"], event["phone_number_id"]) for event in listener.wait(2)],
               [("message", "one", "42"), ("message", "two", "42")])
        # A payload may be written over several lines; numbers and escapes keep their spelling.
        body = note("thr\u00e9e", indent=2).replace(b'"42"', b'1e400').replace(b"\n", b"\r\n")
        expect(listener.post(body), 200)
        # Metadata that is not as Meta writes it arrives whole, beside the message.
        expect([event["text"] for event in listener.wait(4)[2:] if event["kind"] == "message"], ["thr\u00e9e"])
        assert any("\\u00e9" in line for line in listener.lines[2:]) and any("1e400" in line for line in listener.lines[2:]), listener.lines[2:]
        expect(listener.post(b'{"entry":[]}'), 200)
        expect(listener.post(note("four")), 200)
        listener.wait(5)
    expect([json.loads(line)["text"] for line in listener.lines[4:] if "four" in line], ["four"])


def test_the_verification_request():
    with Listener() as listener:
        expect(listener.ask("GET", "/webhook?" + urlencode(QUERY)), (200, b"1158201444"))
        expect(listener.ask("GET", "/webhook?" + urlencode({**QUERY, "hub.verify_token": "wrong"})), (403, b""))
        expect(listener.ask("GET")[0], 400)
    with Listener(WABIZ_VERIFY_TOKEN="") as listener:
        expect(listener.ask("GET", "/webhook?" + urlencode({**QUERY, "hub.verify_token": ""}))[0] in (400, 403), True)
        expect(listener.ask("GET", "/webhook?" + urlencode(QUERY))[0], 403)


def test_what_is_no_notification_is_refused():
    body = note("one")
    with Listener() as listener:
        expect(listener.ask(body=body)[0], 401)
        expect(listener.ask(body=body, headers={"X-Hub-Signature-256": signature(body, "another")})[0], 401)
        expect(listener.ask(body=body + b" ", headers={"X-Hub-Signature-256": signature(body)})[0], 401)
        expect(listener.ask()[0], 401)
        expect(listener.post(b"["), 400)
        expect(listener.ask("PUT", body=body)[0], 405)
        expect(listener.ask("HEAD")[0], 405)
        for path in ("/", "/webhook2", "/webhook/x", "/Webhook"):
            expect(listener.post(body, path=path), 404)
        expect(listener.post(body, path="/webhook/"), 200)
        listener.wait(1)
        listener.complaint("raw bytes")
    expect(len(listener.lines), 1)
    assert SECRET not in "".join(listener.complaints), listener.complaints


def test_bodies_are_bounded_and_may_come_in_chunks():
    with Listener() as listener:
        expect(listener.post(note("x" * 1_500_000)), 200)
        expect(listener.post(note("x" * (2 << 20))), 413)
        body = note("chunks")
        parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:5], body[5:77], body[77:])) + b"0\r\n\r\n"
        head = f"Transfer-Encoding: chunked\r\nX-Hub-Signature-256: {signature(body)}"
        expect(listener.raw(head, parts), 200)
        expect(listener.raw(head, b"nonsense\r\n"), 400)
        expect(listener.wait(2)[1]["text"], "chunks")
        # Beyond the bound it goes on with the next request on the same line.
        connection = http.client.HTTPConnection(listener.address, timeout=PATIENCE)
        for content, status in ((b"x" * (5 << 20), 413), (body, 200)):
            connection.request("POST", "/webhook", content, {"X-Hub-Signature-256": signature(content)})
            response = connection.getresponse()
            expect((response.status, response.read()), (status, b""))
        connection.close()


def test_several_notifications_at_once_stay_whole():
    with Listener() as listener:
        threads = [threading.Thread(target=listener.post, args=(note(f"a{number}", "x" * 100_000, f"z{number}"),)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        texts = [event["text"] for event in listener.wait(60)]
    for start in range(0, 60, 3):
        expect((texts[start][1:], texts[start + 1]), (texts[start + 2][1:], "x" * 100_000))


def test_secrets_and_tokens_have_other_names_and_rotate():
    with Listener("--app-secret-env", "MY_SECRETS", "--verify-token-env", "MY_TOKEN", "--path", "/hooks/wa",
                  MY_SECRETS=f"new\n{SECRET}", MY_TOKEN="öther", WABIZ_APP_SECRET="", WABIZ_VERIFY_TOKEN="") as listener:
        expect(listener.post(note("one")), 200)
        expect(listener.ask("GET", "/hooks/wa?" + urlencode({**QUERY, "hub.verify_token": "öther"}))[0], 200)


def test_it_does_not_start_without_a_secret():
    for environment in ({}, {"WABIZ_APP_SECRET": " "}):
        status, out, wrong = run("listen", "--port", "0", environment=environment)
        assert (status, out) == (1, "") and "WABIZ_APP_SECRET" in wrong and "--unsigned" in wrong, wrong
    status, _, wrong = run("listen", "--port", "0", "--verify-token-env", "NONE", environment={"WABIZ_APP_SECRET": SECRET})
    assert status == 1 and "NONE" in wrong, wrong
    for options in (["--path", "webhook"], ["--path", "/a?b"], ["--exec", " "], ["--batch"], ["--exec-seconds", "0"], ["--host", "nowhere"],
                    ["--unsigned", "--app-secret-env", "X"], ["--app-secret", SECRET], ["--verify-token", TOKEN]):
        status, out, wrong = run("listen", *options, environment={"WABIZ_APP_SECRET": SECRET})
        assert (status, out) == (64, "") and wrong, (options, status, wrong)
    with Listener() as listener:
        status, _, wrong = run("listen", "--port", listener.address.split(":")[1], environment={"WABIZ_APP_SECRET": SECRET})
        assert status == 1 and "--port" in wrong, wrong


def test_unsigned_callbacks_of_an_on_premises_client():
    with Listener("--unsigned", WABIZ_APP_SECRET="") as listener:
        body = {"messages": [{"id": "A", "from": "1", "type": "text", "text": {"body": "free"}}]}
        expect(listener.ask(body=json.dumps(body))[0], 200)
        expect(listener.wait(1)[0]["text"], "free")


def test_a_command_gets_each_event():
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder, "seen")
        with Listener("--exec", f"cat >> {quoted(seen)}; env | grep -c ^WABIZ_ >> {quoted(seen)}; true") as listener:
            expect(listener.post(note("one", "two")), 200)
            lines = seen.read_text().splitlines()  # the answer comes after the command
            expect([json.loads(line)["text"] for line in lines[::2]], ["one", "two"])
            expect(lines[1::2], ["0", "0"])  # no secret in its environment
        expect(listener.lines, [])
        with Listener("--exec", f"cat > {quoted(seen)}", "--batch") as listener:
            expect(listener.post(note("one", "two")), 200)
            expect([event["text"] for event in json.loads(seen.read_text())["events"]], ["one", "two"])
        with Listener("--exec", "wc -c") as listener:  # its output is ours
            expect(listener.post(note("x" * 1_500_000)), 200)
            assert listener.wait(1)[0] > 3_000_000, listener.lines


def test_a_command_that_fails_is_answered_500():
    with tempfile.TemporaryDirectory() as folder:
        tries = Path(folder, "tries")
        # Fails for the event "two" until the third try.
        with Listener("--exec", f"if grep -q two; then echo >> {quoted(tries)}; test $(wc -l < {quoted(tries)}) -ge 3; fi") as listener:
            expect([listener.post(note("one", "two")) for _ in range(4)], [500, 500, 200, 200])
            listener.complaint("status 1")
            expect(listener.ask(body=note("two"))[0], 401)  # nothing was run for it
            expect(len(tries.read_text().splitlines()), 4)
    for command, word in (("exit 7", "status 7"), ("kill -9 $$", "signal 9"), ("no-such-command-anywhere", "status 127")):
        with Listener("--exec", command) as listener:
            expect(listener.post(note("one")), 500)
            listener.complaint(word)
            expect(listener.post(b"{}"), 500 if listener_has_events(b"{}") else 200)


def listener_has_events(body: bytes) -> bool:
    return bool(json.loads(run("parse", stdin=body)[1])["events"])


def test_a_command_that_reads_nothing_or_hangs_up_does_no_harm():
    with Listener("--exec", "true") as listener:
        expect(listener.post(note("x" * 1_500_000)), 200)
    with Listener("--exec", "yes | head -n 1 > /dev/null; exec 0<&-; true") as listener:
        expect(listener.post(note("one")), 200)
    expect([line for line in listener.complaints if "yes" in line], [])  # SIGPIPE ends it as in any shell


def test_a_command_that_hangs_is_killed():
    with tempfile.TemporaryDirectory() as folder:
        alive = Path(folder, "child")
        with Listener("--exec", f"sleep 600 & echo $! > {quoted(alive)}; wait", "--exec-seconds", "0.5") as listener:
            expect(listener.post(note("one")), 500)
            listener.complaint("killed")
            child = int(alive.read_text())
            for _ in range(PATIENCE * 20):  # a kill takes effect soon, not at once
                if not is_running(child):
                    return
                threading.Event().wait(0.05)
            raise AssertionError("what the command started lives on")


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_command_that_leaves_something_behind_holds_no_line():
    with tempfile.TemporaryDirectory() as folder:
        left = Path(folder, "left")
        with Listener("--exec", f"sleep 600 > /dev/null 2>&1 & echo $! > {quoted(left)}") as listener:
            host, _, port = listener.address.rpartition(":")
            with socket.create_connection((host, int(port)), PATIENCE) as line:
                body = note("one")
                line.sendall(f"POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
                             f"X-Hub-Signature-256: {signature(body)}\r\n\r\n".encode() + body)
                answer = b""
                while piece := line.recv(4096):  # ends when nobody holds the line open any more
                    answer += piece
            assert answer.startswith(b"HTTP/1.1 200 "), answer
            assert is_running(int(left.read_text()))
            os.kill(int(left.read_text()), signal.SIGKILL)


def test_it_answers_500_when_nothing_can_be_written():
    with open("/dev/full", "w") as full, Listener(output=full) as listener:
        expect(listener.post(note("one")), 500)
        listener.complaint("No space")
        expect(listener.post(note("one")), 500)
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as output:
        listener = Listener(output=output)
    os.close(reading)
    expect(listener.post(note("one")), 500)
    expect(listener.process.wait(PATIENCE), 0)  # nobody reads any more: it ends by itself
    listener.end()


def test_what_is_being_handed_on_is_finished_at_the_end():
    with tempfile.TemporaryDirectory() as folder:
        begun, go, done = (Path(folder, name) for name in ("begun", "go", "done"))
        for name in (begun, go):
            os.mkfifo(name)
        # Held open for both ways, so that opening them waits for nobody here.
        hears, says = (os.open(name, os.O_RDWR) for name in (begun, go))
        listener = Listener("--exec", f"echo > {quoted(begun)}; read -r _ < {quoted(go)}; echo > {quoted(done)}")
        answers = []
        thread = threading.Thread(target=lambda: answers.append(listener.post(note("one"))))
        thread.start()
        assert select.select([hears], [], [], PATIENCE)[0], ("the command does not run", answers, listener.complaints)
        listener.process.terminate()
        os.write(says, b"now\n")
        thread.join(PATIENCE)
        expect((answers, done.exists(), listener.end()), ([200], True, 0))
        os.close(hears)
        os.close(says)
    for number in (signal.SIGINT, signal.SIGTERM):
        expect(Listener().end(number), 0)


def test_the_sandboxs_webhooks_come_through():
    with Listener() as listener, Sandbox("--webhook", listener.url, "--app-secret", SECRET, "--verify-token", TOKEN) as sandbox:
        sandbox.line("the webhook URL is verified")
        message = {"messaging_product": "whatsapp", "to": "+15550001234", "type": "text", "text": {"body": "Hi"}}
        id = sandbox.send(message)[1]["messages"][0]["id"]
        expect([(event["kind"], event["status"], event["message_id"]) for event in listener.wait(3)],
               [("status", word, id) for word in ("sent", "delivered", "read")])
        answer = sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "text": "Größe 42/43?"})[1]
        expect(answer["webhook_status"], 200)
        expect((listener.wait(4)[3]["text"], listener.wait(4)[3]["message_id"]), ("Größe 42/43?", answer["id"]))
        sandbox.settled()
    expect(len(listener.lines), 4)


def test_an_event_that_could_not_be_handed_on_comes_again():
    with tempfile.TemporaryDirectory() as folder:
        tries = Path(folder, "tries")
        with Listener("--exec", f"cat >> {quoted(tries)}; test $(wc -l < {quoted(tries)}) -ge 3") as listener:
            with Sandbox("--webhook", listener.url, "--app-secret", SECRET) as sandbox:
                answer = sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "text": "again"})[1]
                expect(answer["webhook_status"], 200)
            expect([json.loads(line)["key"] for line in tries.read_text().splitlines()], [answer["id"]] * 3)


def test_the_page_has_every_option():
    page = (ROOT / "docs" / "listen.md").read_text()
    for line in run("listen", "--help")[1].splitlines():
        if line.startswith("  --") and not line.startswith("  --version"):
            assert f"`{line.split()[0]}" in page, f"docs/listen.md lacks {line.split()[0]}"
