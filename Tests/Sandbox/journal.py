"""What the sandbox remembers and prints: GET and DELETE /sandbox/messages, GET /sandbox, the console."""
import re

from harness import BEARER, Receiver, Sandbox, expect, text


def test_everything_is_recorded_but_secrets():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        message = text("+15550001234")
        headers = {**BEARER, "Authorization": "Bearer top-secret", "X-Mine": "yes"}
        answer = sandbox.ask("POST", "/v25.0/1/messages?access_token=hidden&appsecret_proof=hidden&a=b", message, headers)[1]
        sandbox.ask("POST", "/v25.0/1/messages", b"not json", headers)
        first, second = sandbox.settled()
        expect((first["method"], first["path"]), ("POST", "/v25.0/1/messages"))
        expect(first["query"], "access_token=(not shown)&appsecret_proof=(not shown)&a=b")
        expect((first["headers"]["Authorization"], first["headers"]["X-Mine"]), ("Bearer (not shown)", "yes"))
        expect((first["body"], first["answer"]["http_status"], first["answer"]["body"]), (message, 200, answer))
        expect(first["message_id"], answer["messages"][0]["id"])
        expect([webhook["what"] for webhook in first["webhooks"]], ["sent", "delivered", "read"])
        expect((second["body"], second["answer"]["http_status"], second["webhooks"]), ("not json", 400, []))
        assert not any("top-secret" in line or "hidden" in line for line in sandbox.lines), sandbox.lines


def test_it_can_be_cleared():
    with Sandbox() as sandbox:
        sandbox.send(text("+15550001234"))
        sandbox.send(text("+15550001234"))
        expect(sandbox.ask("DELETE", "/sandbox/messages"), (200, {"cleared": 2}))
        expect(sandbox.messages(), [])
        sandbox.send(text("+15550001234"))
        expect([entry["number"] for entry in sandbox.messages()], [3])


def test_it_is_bounded():
    with Sandbox("--quiet") as sandbox:
        connection = sandbox.connection()
        for _ in range(20):
            connection.request("POST", "/v25.0/1/messages", b'"' + b"x" * (4 << 20 - 2) + b'"', BEARER)
            connection.getresponse().read()
        for _ in range(20):
            connection.request("POST", "/v25.0/1/messages", b'"' + b"x" * (4_000_000) + b'"', BEARER)
            connection.getresponse().read()
        document = sandbox.ask("GET", "/sandbox/messages")[1]
        assert document["dropped"] > 0 and len(document["messages"]) < 40, (document["dropped"], len(document["messages"]))


def test_numbers_keep_their_spelling():
    with Sandbox() as sandbox:
        connection = sandbox.connection()
        connection.request("POST", "/v25.0/1/messages", b'{"a":123456789012345678901234567890,"b":1e400}', BEARER)
        connection.getresponse().read()
        connection.request("GET", "/sandbox/messages")
        body = connection.getresponse().read()
        assert b"123456789012345678901234567890" in body and b"1e400" in body, body


def test_it_describes_itself():
    with Sandbox() as sandbox:
        status, document = sandbox.ask("GET", "/sandbox")
        expect((status, document["webhook"], document["webhook_verification"], document["signed"]), (200, None, None, False))
        assert "POST /sandbox/inbound" in document["routes"]
        expect(sandbox.ask("GET", "/sandbox/nothing")[0], 404)


def test_one_line_per_event():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        id = sandbox.send(text("+1555\x1b[31m0001234"))  # refused; the console must not obey it
        sandbox.send(text("+15550001234"))
        sandbox.settled()
        assert re.fullmatch(r"wabiz sandbox on http://127\.0\.0\.1:\d+", sandbox.lines[0])
        sandbox.line("webhook read")
        assert all(re.match(r"\d\d:\d\d:\d\d\.\d{3} [←→·] ", line) for line in sandbox.lines[1:]), sandbox.lines
        assert not any("\x1b" in line for line in sandbox.lines), id
        expect(len([line for line in sandbox.lines if "→ webhook" in line]), 3)


def test_quiet():
    with Sandbox("--quiet") as sandbox:
        sandbox.send(text("+15550001234"))
    expect(len(sandbox.lines), 1)
