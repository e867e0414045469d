"""The On-Premises API's side: login, health, contacts, sending, marking as read, errors with `errors` and `meta`."""
import base64
import re
import time

from harness import BEARER, Receiver, Sandbox, expect
import json

TEXT = {"to": "15550001234", "type": "text", "text": {"body": "Hi"}}


def code(answer):
    status, document = answer
    assert document["meta"]["version"]
    return status, document["errors"][0]["code"]


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_login_gives_a_token_that_is_taken():
    with Sandbox("--token", "another") as sandbox:
        status, answer = sandbox.ask("POST", "/v1/users/login", b"", basic("admin", "secret"))
        expect(status, 200)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00", answer["users"][0]["expires_after"]), answer
        headers = {**BEARER, "Authorization": "Bearer " + answer["users"][0]["token"]}
        expect(sandbox.ask("POST", "/v1/messages", TEXT, headers)[0], 201)
        expect(sandbox.ask("GET", "/v1/health", None, headers)[1]["health"], {"gateway_status": "connected"})


def test_wrong_credentials_are_refused():
    with Sandbox() as sandbox:
        expect(code(sandbox.ask("POST", "/v1/users/login", b"", basic("admin", "wrong"))), (401, 1005))
        expect(code(sandbox.ask("POST", "/v1/users/login", b"", {})), (401, 1005))
        expect(code(sandbox.ask("POST", "/v1/messages", TEXT, {"Content-Type": "application/json"})), (401, 1005))
        expect(code(sandbox.ask("GET", "/v1/health", None, {})), (401, 1005))


def test_tokens_of_logins_end():
    with Sandbox("--login-seconds", "0.3") as sandbox:
        def send(token):
            return sandbox.ask("POST", "/v1/messages", TEXT, {**BEARER, "Authorization": "Bearer " + token})

        token = sandbox.ask("POST", "/v1/users/login", b"", basic("admin", "secret"))[1]["users"][0]["token"]
        deadline = time.monotonic() + 120
        while send(token)[0] != 401:
            assert time.monotonic() < deadline, "the token never ended"
            time.sleep(0.05)
        expect(code(send(token)), (401, 1005))
        expect(send("any other")[0], 201)
    with Sandbox() as sandbox:
        token = sandbox.ask("POST", "/v1/users/login", b"", basic("admin", "secret"))[1]["users"][0]["token"]
        headers = {**BEARER, "Authorization": "Bearer " + token}
        expect(sandbox.ask("POST", "/v1/messages", TEXT, headers)[0], 201)
        expect(sandbox.ask("POST", "/sandbox/expire", b""), (200, {"expired": 1}))
        expect(sandbox.ask("POST", "/sandbox/expire", b""), (200, {"expired": 0}))
        expect(code(sandbox.ask("GET", "/v1/health", None, headers)), (401, 1005))


def test_the_first_login_sets_a_password():
    with Sandbox("--first-login") as sandbox:
        def log_in(password, body=b""):
            return sandbox.ask("POST", "/v1/users/login", body, {**basic("admin", password), "Content-Type": "application/json"})

        expect(code(log_in("secret")), (400, 1024))
        expect(code(log_in("secret", {"new_password": "weak"})), (400, 1009))
        expect(code(log_in("secret", b"{")), (400, 1025))
        expect(log_in("secret", {"new_password": "Sandbox-1"})[0], 200)
        expect(code(log_in("secret")), (401, 1005))
        expect(log_in("Sandbox-1")[0], 200)


def test_contacts():
    with Sandbox() as sandbox:
        def check(**body):
            return sandbox.ask("POST", "/v1/contacts", body)

        numbers = ["+1 (555) 000-1234", "15550131026", "15550009707"]
        expect([row["status"] for row in check(contacts=numbers)[1]["contacts"]], ["valid", "invalid", "processing"])
        rows = check(contacts=numbers, blocking="wait", force_check=True)[1]["contacts"]
        expect([row["status"] for row in rows], ["valid", "invalid", "valid"])
        expect(rows[0], {"input": "+1 (555) 000-1234", "status": "valid", "wa_id": "15550001234"})
        for body in ({}, {"contacts": []}, {"contacts": [1]}, {"contacts": ["1"], "blocking": "maybe"}):
            expect(code(check(**body)), (400, 1009))
        expect(code(sandbox.ask("POST", "/v1/contacts", b"{")), (400, 1025))


def test_sending():
    with Sandbox() as sandbox:
        for path in ("/v1/messages", "/v1/messages/"):
            status, answer = sandbox.ask("POST", path, TEXT)
            expect(status, 201)
            assert re.fullmatch(r"gBG[\w-]{20,}", answer["messages"][0]["id"]), answer
            expect(answer["meta"]["api_status"], "stable")


def test_errors_have_their_own_codes():
    with Sandbox() as sandbox:
        expect(code(sandbox.ask("POST", "/v1/messages", {"type": "text", "text": {"body": "x"}})), (400, 1008))
        expect(code(sandbox.ask("POST", "/v1/messages", {**TEXT, "text": {"body": "x" * 4097}})), (400, 1001))
        expect(code(sandbox.ask("POST", "/v1/messages", {"to": "15550001234", "text": "short form"})), (400, 1008))
        expect(code(sandbox.ask("POST", "/v1/messages", b"{")), (400, 1025))
        expect(code(sandbox.ask("POST", "/v1/messages", {**TEXT, "to": "15550131056"})), (429, 1015))
        expect(code(sandbox.ask("POST", "/v1/messages", {**TEXT, "to": "15550009190"})), (401, 1005))
        expect(code(sandbox.ask("POST", "/v1/nothing", TEXT)), (404, 1006))


def test_marking_as_read():
    with Sandbox() as sandbox:
        expect(sandbox.ask("PUT", "/v1/messages/ABGG%2Fwith%20odd", {"status": "read"}), (200, {}))
        expect(sandbox.messages()[-1]["path"], "/v1/messages/ABGG%2Fwith%20odd")
        expect(code(sandbox.ask("PUT", "/v1/messages/ABGG", {"status": "unread"})), (400, 1009))
        own = sandbox.ask("POST", "/v1/messages", TEXT)[1]["messages"][0]["id"]
        expect(code(sandbox.ask("PUT", f"/v1/messages/{own}", {"status": "read"})), (404, 1006))
        expect(code(sandbox.ask("PUT", "/v1/messages/UNKNOWN", {"status": "read"})), (404, 1006))


def test_held_messages_say_so_in_a_sentence():
    with Sandbox() as sandbox:
        answer = sandbox.ask("POST", "/v1/messages", {**TEXT, "to": "15550009810"})[1]
        expect(answer["messages"][0]["message_status"], "Message has been held because quality assessment is pending")


def test_webhooks_are_plain_and_unsigned():
    with Receiver() as receiver, Sandbox("--app-secret", "secret", receiver=receiver) as sandbox:
        id = sandbox.ask("POST", "/v1/messages", TEXT)[1]["messages"][0]["id"]
        expect(receiver.statuses_of(3), [("sent", id), ("delivered", id), ("read", id)])
        assert not any("X-Hub-Signature-256" in headers for headers, _ in receiver.posts)
        first = json.loads(receiver.posts[0][1])
        expect(list(first), ["statuses"])
        expect(first["statuses"][0]["recipient_id"], "15550001234")
        expect(first["statuses"][0]["pricing"], {"pricing_model": "CBP", "billable": False})
        assert list(first["statuses"][0]["conversation"]) == ["id"]


def test_later_failures_have_their_own_codes():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        expect(sandbox.ask("POST", "/v1/messages", {**TEXT, "to": "15559131047"})[0], 201)
        status = json.loads(receiver.wait(1)[0])["statuses"][0]
        expect((status["status"], status["errors"][0]["code"]), ("failed", 470))
