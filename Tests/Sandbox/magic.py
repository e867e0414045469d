"""The recipients that play something: every row of the table is played, and the table says what it does."""
import http.client
import json
import threading

from harness import Receiver, Sandbox, expect, text

PLAYED = set()


def played(ending: str, **more) -> dict:
    PLAYED.add(ending)
    return text("+1555000" + ending, **more)


def is_cut(sandbox, message) -> bool:
    try:
        sandbox.send(message)
    except (http.client.RemoteDisconnected, ConnectionResetError):
        return True
    return False


def test_a_code_at_the_end_is_refused_at_once():
    wanted = [("131056", 400), ("130429", 400), ("131026", 400), ("131047", 400), ("131000", 500), ("131005", 403), ("132001", 404)]
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        for code, status in wanted:
            got, answer = sandbox.send(text("+15550" + code))
            expect((got, answer["error"]["code"]), (status, int(code)))
        expect(sandbox.settled()[-1]["webhooks"], [])
        expect(receiver.posts, [])


def test_nine_and_a_code_fails_later():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        for number, code in enumerate((131049, 131050, 131026, 131047)):
            status, answer = sandbox.send(text(f"+15559{code}"))
            expect(status, 200)
            value = json.loads(receiver.wait(number + 1)[number])["entry"][0]["changes"][0]["value"]
            failed = value["statuses"][0]
            expect((failed["id"], failed["status"], failed["errors"][0]["code"]), (answer["messages"][0]["id"], "failed", code))
            assert failed["errors"][0]["title"] and failed["errors"][0]["error_data"]["details"], failed
            assert "contacts" not in value, "Meta sends no contacts with a failure"


def test_every_code_of_the_table_works():
    with Sandbox() as sandbox:
        codes = sandbox.ask("GET", "/sandbox")[1]["recipients"]["codes"]
        assert len(codes) > 60, len(codes)
        for row in codes:
            status, answer = sandbox.send(text(f"+15550{row['code']}"))
            expect((status, answer["error"]["code"]), (row["http_status"], row["code"]))


def test_ordinary_numbers_are_ordinary():
    with Sandbox() as sandbox:
        for number in ("+15550001234", "+4366412345678", "+15550009999", "+15550199999", "15557654321", "+12245554792"):
            expect(sandbox.send(text(number))[0], 200)


def test_groups_are_ordinary():
    with Sandbox() as sandbox:
        expect(sandbox.send(text("abc131056", recipient_type="group"))[0], 200)


def test_short_codes():
    wanted = {"9001": (400, 1), "9002": (503, 2), "9004": (400, 4), "9010": (403, 10), "9100": (400, 100), "9190": (401, 190), "9368": (403, 368)}
    with Sandbox() as sandbox:
        for ending, (status, code) in wanted.items():
            got, answer = sandbox.send(played(ending))
            expect((got, answer["error"]["code"]), (status, code))


def test_bare_statuses():
    with Sandbox() as sandbox:
        expect(sandbox.send(played("9500")), (500, b""))
        expect(sandbox.send(played("9503")), (503, b""))
        status, page = sandbox.send(played("9502"))
        assert status == 502 and b"<html>" in page


def test_cut_lines():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        assert is_cut(sandbox, played("9700"))
        expect(sandbox.settled()[-1]["webhooks"], [])
        assert is_cut(sandbox, played("9701"))
        expect([status for status, _ in receiver.statuses_of(3)], ["sent", "delivered", "read"])
        try:
            sandbox.send(played("9702"))
            raise AssertionError("the answer was whole")
        except http.client.IncompleteRead as cut:
            assert cut.partial and cut.expected
        receiver.wait(6)


def test_odd_answers():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        status, page = sandbox.send(played("9703"))
        assert status == 200 and b"<html>" in page
        expect(sandbox.send(played("9704")), (200, b""))
        status, answer = sandbox.send(played("9705"))
        expect((status, answer["error"]["code"]), (200, 131000))
        expect(sandbox.send(played("9706")), (200, {"messaging_product": "whatsapp"}))
        journal = sandbox.settled()
        expect([len(entry["webhooks"]) for entry in journal], [0, 3, 0, 3])


def test_a_slow_answer():
    with Sandbox("--slow-seconds", "0.2") as sandbox:
        order = []
        slow = threading.Thread(target=lambda: order.append(sandbox.send(played("9707"))[0]))
        slow.start()
        sandbox.line("9707")  # it is being played; others are answered meanwhile
        expect(sandbox.send(text("+15550001234"))[0], 200)
        slow.join()
        expect(order, [200])


def test_silence():
    with Sandbox() as sandbox:
        connection = sandbox.connection()
        connection.timeout = 0.5
        try:
            connection.request("POST", "/v25.0/1/messages", json.dumps(played("9708")), {"Authorization": "Bearer x", "Content-Type": "application/json"})
            connection.getresponse()
            raise AssertionError("it was answered")
        except TimeoutError:
            pass
        finally:
            connection.close()
        sandbox.line("silent")
        expect(sandbox.messages()[0]["answer"]["wire"], "silent")


def test_lives():
    lives = {
        "9800": [], "9801": ["read", "delivered", "sent"], "9802": ["sent", "sent", "delivered", "delivered", "read", "read"],
        "9803": ["sent", "read"], "9804": ["sent", "delivered", "read"], "9811": ["sent", "delivered", "read"],
    }
    for ending, life in lives.items():
        with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
            expect(sandbox.send(played(ending))[0], 200)
            sandbox.settled()
            expect([status for status, _ in receiver.statuses_of(0)], life)
            if ending == "9804":
                expect(len(receiver.posts), 1)


def test_held_and_paused():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        for number, (ending, word) in enumerate((("9810", "held_for_quality_assessment"), ("9812", "paused"))):
            expect(sandbox.send(played(ending))[1]["messages"][0]["message_status"], word)
            status = json.loads(receiver.wait(number + 1)[number])["entry"][0]["changes"][0]["value"]["statuses"][0]
            expect((status["status"], status["errors"][0]["code"]), ("failed", 132015))
        expect(sandbox.send(played("9811"))[1]["messages"][0]["message_status"], "held_for_quality_assessment")


def test_the_whole_table_was_played():
    with Sandbox() as sandbox:
        rows = {row["ending"] for row in sandbox.ask("GET", "/sandbox")[1]["recipients"]["endings"]}
        expect(rows - {"<code>", "9<code>"}, PLAYED)
