"""A person who writes: POST /sandbox/inbound, and raw bodies by POST /sandbox/webhook."""
import json

from harness import SECRET, Receiver, Sandbox, expect, signature, text


def message(receiver, count=1) -> dict:
    value = json.loads(receiver.wait(count)[-1])["entry"][0]["changes"][0]["value"]
    return value["messages"][0]


def test_text():
    with Receiver() as receiver, Sandbox("--app-secret", SECRET, receiver=receiver) as sandbox:
        status, answer = sandbox.ask("POST", "/sandbox/inbound", {"from": "+1 555 765-4321", "text": 'Hé/"llo" 😀', "name": "Rosa"})
        expect((status, answer["webhook_status"]), (200, 200))
        got = message(receiver)
        expect((got["from"], got["id"], got["type"], got["text"]), ("15557654321", answer["id"], "text", {"body": 'Hé/"llo" 😀'}))
        headers, body = receiver.posts[0]
        expect(headers["X-Hub-Signature-256"], signature(body))
        expect(json.loads(body)["entry"][0]["changes"][0]["value"]["contacts"], [{"profile": {"name": "Rosa"}, "wa_id": "15557654321"}])
        assert body.isascii()


def test_it_goes_to_the_number_that_wrote_last():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        sandbox.send(text("+15550009800"), "/v25.0/777/messages")
        for wanted, more in (("777", {}), ("888", {"phone_number_id": "888"})):
            sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "text": "Hi", **more})
            value = json.loads(receiver.posts[-1][1])["entry"][0]["changes"][0]["value"]
            expect(value["metadata"]["phone_number_id"], wanted)


def test_what_a_person_can_do():
    cases = [
        ({"button": {"payload": "P", "text": "T"}}, "button", {"payload": "P", "text": "T"}),
        ({"button_reply": {"id": "a", "title": "A"}}, "interactive", {"type": "button_reply", "button_reply": {"id": "a", "title": "A"}}),
        ({"list_reply": {"id": "a", "title": "A", "description": "d"}}, "interactive",
         {"type": "list_reply", "list_reply": {"id": "a", "title": "A", "description": "d"}}),
        ({"reaction": "👍", "message_id": "wamid.x"}, "reaction", {"message_id": "wamid.x", "emoji": "👍"}),
        ({"reaction": {"message_id": "wamid.x"}}, "reaction", {"message_id": "wamid.x"}),
        ({"location": {"latitude": 52.3702, "longitude": 4.8952}}, "location", {"latitude": 52.3702, "longitude": 4.8952}),
        ({"image": {"id": "1", "mime_type": "image/jpeg", "sha256": "x="}}, "image", {"id": "1", "mime_type": "image/jpeg", "sha256": "x="}),
        ({"contacts": [{"name": {"formatted_name": "I"}}]}, "contacts", [{"name": {"formatted_name": "I"}}]),
        ({"type": "hologram", "hologram": {"size": 3}}, "hologram", {"size": 3}),
    ]
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        for number, (document, kind, content) in enumerate(cases):
            status, answer = sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "reply_to": "wamid.ours", **document})
            expect((status, answer["webhook_status"]), (200, 200))
            got = message(receiver, number + 1)
            expect((got["type"], got[kind], got["context"]["id"]), (kind, content, "wamid.ours"))


def test_on_premises():
    with Receiver() as receiver, Sandbox("--app-secret", SECRET, receiver=receiver) as sandbox:
        answer = sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "text": "Hi", "api": "on_premises"})[1]
        headers, body = receiver.posts[0]
        assert "X-Hub-Signature-256" not in headers
        expect(sorted(json.loads(body)), ["contacts", "messages"])
        assert json.loads(body)["messages"][0]["id"] == answer["id"] and answer["id"].startswith("ABG")
        expect(sandbox.ask("PUT", f"/v1/messages/{answer['id']}", {"status": "read"})[0], 200)


def test_bad_documents_are_explained():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        for body in (b"", b"[]", {"text": "Hi"}, {"from": "", "text": "Hi"}, {"from": "1555"}, {"from": "1555", "type": "x"}, {"from": "1" * 21, "text": "x"}):
            status, answer = sandbox.ask("POST", "/sandbox/inbound", body)
            expect(status, 400)
            assert answer["error"]["message"], answer
        expect(receiver.posts, [])


def test_without_a_webhook_it_says_so():
    with Sandbox() as sandbox:
        status, answer = sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "text": "Hi"})
        expect((status, answer["webhook_status"]), (200, None))
        assert "--webhook" in answer["problem"], answer


def test_raw_bodies_are_signed_and_passed_on():
    body = b'{"object" : "whatsapp_business_account", "entry":[], "n":1e400}\n\xff'
    with Receiver() as receiver, Sandbox("--app-secret", SECRET, receiver=receiver) as sandbox:
        expect(sandbox.ask("POST", "/sandbox/webhook", body), (200, {"webhook_status": 200}))
        expect((receiver.posts[0][1], receiver.posts[0][0]["X-Hub-Signature-256"]), (body, signature(body)))
