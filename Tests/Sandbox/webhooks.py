"""Webhooks as the receiver sees them: verification, signature, order, retries, contents."""
import json

from harness import SECRET, TOKEN, Receiver, Sandbox, expect, signature, text


def value(body: bytes) -> dict:
    document = json.loads(body)
    expect(document["object"], "whatsapp_business_account")
    expect(document["entry"][0]["changes"][0]["field"], "messages")
    return document["entry"][0]["changes"][0]["value"]


def test_sent_delivered_read_in_order_and_signed():
    with Receiver() as receiver, Sandbox("--app-secret", SECRET, receiver=receiver) as sandbox:
        id = sandbox.send(text("+15550001234", biz_opaque_callback_data="campaign é/9 😀"))[1]["messages"][0]["id"]
        expect(receiver.statuses_of(3), [("sent", id), ("delivered", id), ("read", id)])
        for headers, body in receiver.posts:
            expect(headers["X-Hub-Signature-256"], signature(body))
            expect(headers["Content-Type"], "application/json")
            assert body.isascii() and b"\\/9" in body and b"\\u00e9" in body and b"\\ud83d\\ude00" in body, body
            expect(value(body)["statuses"][0]["biz_opaque_callback_data"], "campaign é/9 😀")
            expect(value(body)["metadata"], {"display_phone_number": "15550001111", "phone_number_id": "100200300"})
            expect(value(body)["contacts"][0]["wa_id"], "15550001234")
            assert value(body)["statuses"][0]["timestamp"].isdigit()


def test_without_a_secret_nothing_is_signed():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        sandbox.send(text("+15550001234"))
        receiver.wait(3)
        assert not any("X-Hub-Signature-256" in headers for headers, _ in receiver.posts)


def test_pricing_and_conversation_follow_the_version():
    template = {"messaging_product": "whatsapp", "to": "+15550001234", "type": "template",
                "template": {"name": "order_shipped", "language": {"code": "en_US"}}}
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        sandbox.send(template, "/v23.0/1/messages")
        sent, delivered, read = [value(body)["statuses"][0] for body in receiver.wait(3)]
        expect(sent["pricing"], {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"})
        expect(sent["conversation"]["origin"], {"type": "utility"})
        assert sent["conversation"]["expiration_timestamp"].isdigit()
        expect(delivered["conversation"], {"id": sent["conversation"]["id"], "origin": {"type": "utility"}})
        assert "pricing" not in read and "conversation" not in read
        sandbox.send(text("+15550001234"), "/v24.0/1/messages")
        sent = value(receiver.wait(4)[3])["statuses"][0]
        assert "conversation" not in sent
        expect(sent["pricing"]["type"], "free_customer_service")


def test_the_url_is_verified():
    with Receiver() as receiver, Sandbox("--app-secret", SECRET, "--verify-token", TOKEN, receiver=receiver) as sandbox:
        sandbox.line("the webhook URL is verified")
        expect(receiver.gets[0]["hub.verify_token"], TOKEN)
        sandbox.send(text("+15550001234"))
        receiver.wait(3)
        expect(sandbox.ask("GET", "/sandbox")[1]["webhook_verification"], "passed")


def test_secrets_may_come_from_the_environment():
    environment = {"WABIZ_APP_SECRET": SECRET, "WABIZ_VERIFY_TOKEN": TOKEN}
    with Receiver() as receiver, Sandbox(receiver=receiver, environment=environment) as sandbox:
        sandbox.line("the webhook URL is verified")
        sandbox.send(text("+15550001234"))
        receiver.wait(1)
        expect(receiver.posts[0][0]["X-Hub-Signature-256"], signature(receiver.posts[0][1]))


def test_without_verification_nothing_is_delivered():
    with Receiver() as receiver, Sandbox("--verify-token", "another", receiver=receiver) as sandbox:
        sandbox.line("NOT verified (HTTP 403)")
        sandbox.send(text("+15550001234"))
        entry = sandbox.settled()[-1]
        expect([(webhook["attempts"], webhook["http_status"]) for webhook in entry["webhooks"]], [(0, None)] * 3)
        expect(receiver.posts, [])
        expect(sandbox.ask("POST", "/sandbox/verify"), (200, {"verified": False}))


def test_a_receiver_that_fails_is_asked_again():
    with Receiver(statuses=[500, 204]) as receiver, Sandbox("--app-secret", SECRET, receiver=receiver) as sandbox:
        id = sandbox.send(text("+15550001234"))[1]["messages"][0]["id"]
        expect(receiver.statuses_of(5), [("sent", id)] * 3 + [("delivered", id), ("read", id)])
        expect([webhook["attempts"] for webhook in sandbox.settled()[0]["webhooks"]], [3, 1, 1])
        expect(len({body for _, body in receiver.posts[:3]}), 1)


def test_a_receiver_that_keeps_failing_is_given_up():
    with Receiver(statuses=[500] * 5) as receiver, Sandbox(receiver=receiver) as sandbox:
        sandbox.send(text("+15559131049"))
        webhook = sandbox.settled()[0]["webhooks"][0]
        expect((webhook["attempts"], webhook["http_status"], webhook["problem"]), (5, 500, "the receiver did not answer 200"))
        expect(len(receiver.posts), 5)


def test_a_receiver_that_is_not_there():
    with Receiver() as receiver:
        url = receiver.url
    with Sandbox("--webhook", url) as sandbox:
        expect(sandbox.send(text("+15559131049"))[0], 200)
        webhook = sandbox.settled()[0]["webhooks"][0]
        expect((webhook["attempts"], webhook["http_status"]), (5, None))
        assert webhook["problem"], webhook


def test_lives_of_many_messages():
    with Receiver() as receiver, Sandbox("--app-secret", SECRET, receiver=receiver) as sandbox:
        ids = [sandbox.send(text(f"+1555000{number:04}"))[1]["messages"][0]["id"] for number in range(100)]
        seen = {}
        for status, id in receiver.statuses_of(300):
            seen.setdefault(id, []).append(status)
        expect(seen, {id: ["sent", "delivered", "read"] for id in ids})


def test_a_query_in_the_webhook_url_stays():
    with Receiver() as receiver:
        receiver.url += "?shop=1"
        with Sandbox("--verify-token", TOKEN, receiver=receiver) as sandbox:
            sandbox.line("the webhook URL is verified")
            expect(receiver.gets[0]["shop"], "1")
