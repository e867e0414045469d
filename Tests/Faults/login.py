"""On-Premises: a login that fails in every way while messages wait for it, tokens that end in the middle, and look-ups and questions of
health that fail. One login serves all who wait; nothing leaves without a token; no password is ever shown."""
import json

import lab
from acts import message
from engine import Batch, Engine, call, word
from gateway import Gateway

PASSWORD = "Secret-pass-1"
BEFORE = ("read-reset", "read-close", "half-body", "half-reset", "silent", "html", "empty", "nonsense", "cut-json", "no-token", "odd-token", "no", "broken", "busy",
          "redirect")


def client(server, **more):
    return Engine(server.url, access_token=None, phone_number_id=None, user="admin", password=PASSWORD, api="on_premises",
                  **{"ca_file": lab.certificates.authority, "max_in_flight": 16, **more})


def gateway(tls, **acts):
    return Gateway(lab.certificates.context() if tls else None, **acts)


def submit(batch, count, *acts):
    for i in range(count):
        batch.submit(i, message(i, *acts))


def test_a_login_that_fails_is_told_to_all_who_wait():
    """Each way in which it can: nothing of a message leaves, everybody hears of it, and the next login serves."""
    for tls in (False, True):
        for act in BEFORE:
            with gateway(tls, logins=(act, None)) as server, client(server, max_attempts=1, timeout_ms=300 if act == "silent" else 20000) as engine:
                batch = Batch(engine, server.record)
                submit(batch, 20)
                batch.take(engine.finish())
                assert server.asked["login"] == 1, f"{act}: {server.asked}"
                assert server.record.count() == server.denied == 0, f"{act}: something left without a token"
                for outcome in batch.outcomes.values():
                    assert word(outcome) in ("unreachable", "refused"), f"{act}: {outcome}"
                    assert outcome["attempts"] == 1 and "login" in outcome["error"]["message"], f"{act}: {outcome}"
                    assert PASSWORD not in json.dumps(outcome)
                assert not any("elsewhere" in path for path in server.record.paths), "a redirect was followed"
                engine.send(message("after"))
                assert server.asked["login"] == 2 and server.record.count() == 1, act


def test_a_login_is_tried_again_for_all():
    with gateway(True, logins=("read-reset", "busy", "half-body", None)) as server, client(server, max_attempts=4) as engine:
        batch = Batch(engine, server.record)
        submit(batch, 50)
        outcomes = batch.finish()
        assert {word(outcome) for outcome in outcomes.values()} == {"receipt"}, outcomes
        # Those whose pause ends last may come after the login that served the others.
        assert server.asked["login"] == 4 and server.denied == 0, (server.asked, server.denied)


def test_nobody_is_there_to_log_in_to():
    with gateway(False) as server:
        server.kill()
        with client(server, max_attempts=2) as engine:
            batch = Batch(engine, None)
            submit(batch, 5)
            batch.take(engine.finish())
            assert {word(outcome) for outcome in batch.outcomes.values()} == {"unreachable"}
            server.open()
            assert engine.send(message("sent"))[0] == 0


def test_a_late_login_serves_all_who_wait():
    with gateway(False, logins=("late",)) as server, client(server) as engine:
        batch = Batch(engine, server.record)
        submit(batch, 100)
        assert {word(outcome) for outcome in batch.finish().values()} == {"receipt"}
        assert server.asked["login"] == 1 and server.denied == 0


def test_a_token_that_ends_in_the_middle():
    """Many wait: one more login, everybody gets through, and nobody is posted twice."""
    for tls in (False, True):
        with gateway(tls, logins=(None, "late")) as server, client(server) as engine:
            server.ends_after = 200
            batch = Batch(engine, server.record)
            submit(batch, 600)
            outcomes = batch.finish()
            assert {word(outcome) for outcome in outcomes.values()} == {"receipt"}, [one for one in outcomes.values() if word(one) != "receipt"][:3]
            assert {outcome["attempts"] for outcome in outcomes.values()} == {1}, "a refused token counts as no attempt"
            assert all(len(posts) == 1 for posts in server.record.posts.values())
            assert server.asked["login"] == 2, server.asked
            assert server.denied <= 16, "more than were in flight were sent with the old token"


def test_a_token_that_ends_and_a_login_that_fails_then():
    with gateway(False, logins=(None, "no")) as server, client(server, max_attempts=2) as engine:
        server.ends_after = 10
        batch = Batch(engine, server.record)
        submit(batch, 60)
        words = [word(outcome) for outcome in batch_of(engine, batch).values()]
        assert words.count("receipt") >= 10 and set(words) == {"receipt", "refused"}, words
        assert all(len(posts) == 1 for posts in server.record.posts.values())
        assert server.asked["login"] <= 2 + 60


def batch_of(engine, batch):
    """Outcomes that the record need not agree with: what a login refuses was never posted."""
    batch.take(engine.finish())
    assert len(batch.outcomes) == len(batch.tickets)
    return batch.outcomes


def test_no_token_ever_holds():
    """Each message is refused once with a token that was new: no loop."""
    with gateway(False) as server, client(server) as engine:
        server.trusts = False
        batch = Batch(engine, server.record)
        submit(batch, 40)
        for outcome in batch_of(engine, batch).values():
            assert word(outcome) == "refused" and outcome["error"]["graph"]["http_status"] == 401, outcome
        assert server.denied <= 2 * 40 and server.asked["login"] <= 1 + 40, (server.denied, server.asked)
        assert server.record.count() == 0


def ask(engine, what):
    return call("client_contacts", engine.handle, b"[\"1\"]", None) if what == "contacts" else call("client_health", engine.handle)


def test_contacts_and_health_fail_in_every_way():
    """By token and by login; each call afterwards gets its own answer, over whatever connection."""
    for what in ("contacts", "health"):
        for act in BEFORE:
            with gateway(False, **{"contacts" if what == "contacts" else "healths": (act, None)}) as server:
                with client(server, timeout_ms=300 if act == "silent" else 20000) as engine:
                    status, document = ask(engine, what)
                    # A 401 logs in again, and the second answer is good.
                    assert status in ((0,) if act == "no" else (-5, -6)), (what, act, status, document)
                    assert status == 0 or document["error"]["retry"] in ("backoff", "after_fix", "never", "uncertain"), document
                    assert PASSWORD not in json.dumps(document)
                    status, document = ask(engine, what)
                    assert status == 0 and what.rstrip("s")[:6] in json.dumps(document), (what, act, status, document)
                    assert server.asked["login"] == (2 if act == "no" else 1), (what, act, server.asked)


def test_blocking_calls_and_messages_share_a_login():
    with gateway(True) as server, client(server) as engine:
        assert ask(engine, "health")[0] == 0
        batch = Batch(engine, server.record)
        submit(batch, 30)
        assert {word(outcome) for outcome in batch.finish().values()} == {"receipt"}
        server.tokens.clear()
        assert ask(engine, "contacts")[0] == 0
        assert engine.send(message("last"))[0] == 0
        assert server.asked["login"] == 2 and server.denied == 1, (server.asked, server.denied)
