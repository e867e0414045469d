"""The Cloud API's side: paths, tokens, answers and errors in Meta's shapes."""
import hashlib
import hmac
import re

from harness import BEARER, Sandbox, expect, text


def code(answer):
    status, document = answer
    return status, document["error"]["code"]


def test_accepts_and_answers_like_meta():
    with Sandbox() as sandbox:
        status, answer = sandbox.send(text("+1 (555) 000-1234"))
        expect(status, 200)
        expect(answer["messaging_product"], "whatsapp")
        expect(answer["contacts"], [{"input": "+1 (555) 000-1234", "wa_id": "15550001234"}])
        expect(list(answer["messages"][0]), ["id"])
        assert re.fullmatch(r"wamid\.[A-Za-z0-9+/=]{20,}", answer["messages"][0]["id"]), answer


def test_ids_are_unique():
    with Sandbox() as sandbox:
        ids = {sandbox.send(text("+15550001234"))[1]["messages"][0]["id"] for _ in range(50)}
        expect(len(ids), 50)


def test_templates_carry_a_message_status():
    template = {"messaging_product": "whatsapp", "to": "+15550001234", "type": "template",
                "template": {"name": "order_shipped", "language": {"code": "en_US"}}}
    with Sandbox() as sandbox:
        expect(sandbox.send(template)[1]["messages"][0]["message_status"], "accepted")
        expect(sandbox.send(template, "/v25.0/1/marketing_messages")[0], 400)  # recipient_type is required there
        expect(sandbox.send({**template, "recipient_type": "individual"}, "/v25.0/1/marketing_messages")[0], 200)


def test_takes_business_scoped_ids_and_groups():
    with Sandbox() as sandbox:
        message = {**text(""), "recipient": "US.13491208655302741918"}
        del message["to"]
        expect(sandbox.send(message)[1]["contacts"], [{"input": "US.13491208655302741918", "user_id": "US.13491208655302741918"}])
        group = sandbox.send(text("Y2FwaV9ncm91cDox", recipient_type="group"))[1]
        expect(group["contacts"], [{"input": "Y2FwaV9ncm91cDox"}])
        expect(group["messages"][0]["group_id"], "Y2FwaV9ncm91cDox")


def test_the_version_may_be_left_out_but_not_be_wrong():
    with Sandbox() as sandbox:
        expect(sandbox.send(text("+15550001234"), "/100/messages")[0], 200)
        expect(sandbox.send(text("+15550001234"), "/v9.0/100/messages/")[0], 200)
        for version in ("v25", "25.0", "v25.00", "v1234.0", "vv.0"):
            expect(code(sandbox.send(text("+15550001234"), f"/{version}/100/messages")), (400, 2500))


def test_unknown_paths_and_methods():
    with Sandbox() as sandbox:
        expect(code(sandbox.send(text("+15550001234"), "/v25.0/100/message")), (400, 2500))
        expect(code(sandbox.send(text("+15550001234"), "/v25.0/shop/messages")), (400, 100))
        expect(code(sandbox.ask("GET", "/v25.0/100/messages")), (400, 100))


def test_the_token_is_checked():
    with Sandbox() as sandbox:
        for header in ({}, {"Authorization": ""}, {"Authorization": "Bearer "}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer expired"}):
            headers = {"Content-Type": "application/json", **header}
            status, answer = sandbox.ask("POST", "/v25.0/100/messages", text("+15550001234"), headers)
            expect((status, answer["error"]["code"], answer["error"]["type"]), (401, 190, "OAuthException"))
            assert answer["error"]["fbtrace_id"]


def test_only_the_given_token_is_taken():
    with Sandbox("--token", "right") as sandbox:
        expect(sandbox.send(text("+15550001234"))[0], 401)
        expect(sandbox.ask("POST", "/v25.0/100/messages", text("+15550001234"), {**BEARER, "Authorization": "Bearer right"})[0], 200)
        expect(sandbox.ask("POST", "/v1/messages", text("15550001234"), BEARER)[0], 401)


def test_a_wrong_proof_is_refused():
    proof = hmac.new(b"secret", b"some-token", hashlib.sha256).hexdigest()
    with Sandbox("--app-secret", "secret") as sandbox:
        expect(sandbox.send(text("+15550001234"), f"/v25.0/100/messages?appsecret_proof={proof}")[0], 200)
        expect(code(sandbox.send(text("+15550001234"), f"/v25.0/100/messages?appsecret_proof={proof[:-1]}x")), (400, 100))


def test_json_is_asked_for():
    with Sandbox() as sandbox:
        for kind in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
            expect(code(sandbox.ask("POST", "/v25.0/100/messages", text("+15550001234"), {"Authorization": "Bearer x", **kind})), (400, 100))
        headers = {"Authorization": "bearer x", "Content-Type": "Application/JSON; charset=utf-8"}
        expect(sandbox.ask("POST", "/v25.0/100/messages", text("+15550001234"), headers)[0], 200)


def test_invalid_messages_get_metas_codes():
    cases = [
        ({"to": "+15550001234", "text": "a short form"}, 100, "messaging_product"),
        ({**text("+15550001234"), "text": {}}, 131008, "/text/body"),
        ({**text("+15550001234"), "text": {"body": "x" * 4097}}, 131009, "/text/body"),
        ({**text("+15550001234"), "text": {"body": 1}}, 100, "/text/body"),
        ({**text("+15550001234"), "type": "telegram"}, 100, "/type"),
        ({"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}, 131008, "/to"),
        ({"messaging_product": "whatsapp", "status": "read"}, 131008, "/message_id"),
    ]
    with Sandbox() as sandbox:
        for message, wanted, place in cases:
            status, answer = sandbox.send(message)
            expect((status, answer["error"]["code"]), (400, wanted))
            assert place in answer["error"]["error_data"]["details"], answer
            expect(answer["error"]["error_data"]["messaging_product"], "whatsapp")


def test_what_is_no_json_is_refused():
    with Sandbox() as sandbox:
        for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"3"):
            expect(code(sandbox.ask("POST", "/v25.0/100/messages", body, BEARER)), (400, 100))


def test_marking_as_read():
    def read(id):
        return {"messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": {"type": "text"}}
    with Sandbox() as sandbox:
        expect(sandbox.send(read("wamid.any")), (200, {"success": True}))
        own = sandbox.send(text("+15550001234"))[1]["messages"][0]["id"]
        expect(code(sandbox.send(read(own))), (400, 131009))
        expect(code(sandbox.send(read("wamid.UNKNOWN"))), (400, 131009))
