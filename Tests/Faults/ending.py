"""Cancel and drain in each state that a message can be in: queued, held by the pace, connecting, under way, waiting to be sent again,
finished and not collected, collected. One outcome each, and an honest word for whether it left."""
import lab
from acts import message
from engine import CANCELLED, IDLE, NOT_FOUND, OK, Batch, Engine, word
from lab import TRANSPORTS, certificates, pair


def check_cancel(engine, ticket, status=OK):
    found, document = engine.cancel(ticket)
    assert found == status, (found, document)
    if status == OK:
        assert document == {"ticket": ticket, "cancelled": True}, document
        assert engine.cancel(ticket)[0] == NOT_FOUND, "its outcome is known: a second cancel has nothing to do"


def test_cancel_while_it_is_queued():
    for transport in TRANSPORTS:
        with pair(transport, max_in_flight=1) as (server, engine):
            batch = Batch(engine, server.record)
            batch.submit("busy", message("busy", "held"))
            queued = [batch.submit(i, message(i)) for i in range(5)]
            batch.until("busy")
            for ticket in (queued[0], queued[2], queued[4]):  # the first, one between and the last
                check_cancel(engine, ticket)
            server.release()
            outcomes = batch.finish()
            assert [word(outcomes[i]) for i in range(5)] == ["cancelled", "receipt"] * 2 + ["cancelled"], outcomes
            assert all(outcomes[i]["attempts"] == 0 for i in (0, 2, 4))


def test_cancel_before_the_first_step():
    with pair("plain") as (server, engine):
        batch = Batch(engine, server.record)
        tickets = [batch.submit(i, message(i)) for i in range(3)]
        for ticket in tickets:
            check_cancel(engine, ticket)
        outcomes = batch.finish()
        assert all(word(outcome) in ("cancelled", "uncertain") for outcome in outcomes.values()), outcomes
        assert not server.record.posts


def test_cancel_while_the_pace_holds_it():
    with pair("plain", messages_per_second=1) as (server, engine):
        batch = Batch(engine, server.record)
        batch.submit("first", message("first"))
        tickets = [batch.submit(i, message(i)) for i in range(100)]  # the last one's turn comes after a minute and a half
        batch.until("first")
        for ticket in tickets[:49:-1]:
            check_cancel(engine, ticket)
        for ticket in tickets[:50]:
            engine.cancel(ticket)  # where the machine is slow, one of these may have gone by now
        outcomes = batch.finish()
        assert word(outcomes["first"]) == "receipt"
        assert {word(outcomes[i]) for i in range(50, 100)} == {"cancelled"}


def test_cancel_while_the_pair_rule_holds_it():
    with pair("plain", pair_burst=1, pair_interval_ms=60_000, deadline_ms=600_000) as (server, engine):
        batch = Batch(engine, server.record)
        batch.submit("first", message("first", to="+15550001111"))
        second = batch.submit("second", message("second", to="+15550001111"))
        other = batch.submit("other", message("other", to="+15550002222"))
        batch.until("first", "other")
        check_cancel(engine, second)
        outcomes = batch.finish()
        assert word(outcomes["second"]) == "cancelled" and word(outcomes["other"]) == "receipt" and other, outcomes


def test_cancel_while_it_connects():
    with lab.Odd(lab.hold) as odd, Engine(f"https://127.0.0.1:{odd.port}", ca_file=certificates.authority) as engine:
        batch = Batch(engine, None)
        ticket = batch.submit("connecting", message("connecting"))
        while not odd.connections:
            engine.step(10)
        check_cancel(engine, ticket)
        batch.take(engine.finish())
        assert word(batch.outcomes["connecting"]) == "cancelled", batch.outcomes


def test_cancel_while_it_is_under_way():
    for transport in TRANSPORTS:
        with pair(transport) as (server, engine):
            batch = Batch(engine, server.record)
            tickets = {act: batch.submit(act, message(act, act)) for act in ("silent", "held", "silent-body")}
            batch.until(*tickets)
            for ticket in tickets.values():
                check_cancel(engine, ticket)
            batch.submit("next", message("next"))
            outcomes = batch.finish()
            assert {word(outcomes[act]) for act in tickets} == {"uncertain"}, outcomes
            assert word(outcomes["next"]) == "receipt", outcomes


def test_cancel_while_it_waits_to_be_sent_again():
    with pair("plain", max_attempts=5, deadline_ms=600_000) as (server, engine):
        batch = Batch(engine, server.record)
        ticket = batch.submit("refused", message("refused", "e:503:2:60", "take"))
        allowed = batch.submit("allowed", message("allowed", "e:503:131000:60", "take"), resend_uncertain=True, account={"phone_number_id": "2"})
        while engine.stats()["waiting"] < 2:  # until both answers are read
            batch.take(engine.step(10)[1])
        check_cancel(engine, ticket)
        check_cancel(engine, allowed)
        outcomes = batch.finish(resend=True)
        assert word(outcomes["refused"]) in ("cancelled", "refused"), outcomes
        assert word(outcomes["allowed"]) in ("uncertain", "refused"), "it may have gone out, and its word hides it"
        assert all(len(posts) == 1 for posts in server.record.posts.values())


def test_cancel_what_is_finished_or_was_never_there():
    with pair("plain") as (server, engine):
        batch = Batch(engine, server.record)
        ticket = batch.submit("done", message("done"))
        status, _ = engine.send(message("sent", "late:100"))
        assert status == OK
        check_cancel(engine, ticket, NOT_FOUND)  # finished, not collected
        assert word(batch.finish()["done"]) == "receipt"
        check_cancel(engine, ticket, NOT_FOUND)  # collected
        for never in (0, ticket + 1000, 2**64 - 1):
            check_cancel(engine, never, NOT_FOUND)


def test_drain_waits_for_everything():
    for transport in TRANSPORTS:
        with pair(transport, max_in_flight=4) as (server, engine):
            batch = Batch(engine, server.record)
            for i in range(30):
                batch.submit(i, message(i, "late:20"))
            batch.submit("again", message("again", "e:503:2", "take"), account={"phone_number_id": "2"})
            batch.take(engine.drain(-1))
            assert {word(outcome) for outcome in batch.settle().values()} == {"receipt"}


def in_each_state(transport):
    """A client with a message in each state at once; what may become of each when all is cut."""
    return {
        "under_way": (["silent"], {}, {"uncertain"}),
        "answering": (["slow-body"], {}, {"uncertain", "receipt"}),
        "finished": (["take"], {}, {"receipt"}),
        "again": (["e:503:2:60", "take"], {"account": {"phone_number_id": "2"}}, {"refused", "cancelled"}),
        "by_pace": (["take"], {"account": {"phone_number_id": "3"}}, {"cancelled", "receipt", "uncertain"}),  # the first of two goes at once
    }


def test_drain_cuts_what_is_left():
    for transport in TRANSPORTS:
        with pair(transport, timeout_ms=60000, messages_per_second=1, deadline_ms=100000) as (server, engine):
            batch = Batch(engine, server.record)
            states = in_each_state(transport)
            for i, (name, (todo, options, _)) in enumerate(states.items()):
                batch.submit(name, message(name, *todo), **{"account": {"phone_number_id": str(10 + i)}, **options})
            batch.submit("by_pace_too", message("by_pace_too"), account={"phone_number_id": "3"})
            batch.until("under_way", "answering", "finished", "again")
            while not engine.stats()["waiting"] or "finished" not in batch.outcomes:  # until these two answers are read
                batch.take(engine.step(10)[1])
            batch.take(engine.drain(0))
            assert engine.try_submit(message("late comer"))[0] == CANCELLED
            assert engine.send(message("late comer"))[0] == CANCELLED
            assert engine.step(-1) == (IDLE, []) and engine.drain(-1) == []
            assert len(batch.outcomes) == len(batch.tickets), "drain handed out less than everything"
            for name, (_, _, allowed) in states.items():
                assert word(batch.outcomes[name]) in allowed, batch.outcomes[name]
            assert word(batch.outcomes["by_pace_too"]) == "cancelled", batch.outcomes
            batch.settle()


def test_drain_while_it_connects():
    with lab.Odd(lab.hold) as odd, Engine(f"https://127.0.0.1:{odd.port}", ca_file=certificates.authority, max_in_flight=2) as engine:
        batch = Batch(engine, None)
        for i in range(4):
            batch.submit(i, message(i))
        while not odd.connections:
            engine.step(10)
        batch.take(engine.drain(50))
        assert len(batch.outcomes) == 4 and {word(outcome) for outcome in batch.outcomes.values()} == {"cancelled"}, batch.outcomes


def test_drain_of_nothing():
    with pair("plain") as (_, engine):
        assert engine.drain(-1) == [] and engine.drain(0) == []
        assert engine.step(0) == (IDLE, [])


def test_the_queue_is_bounded():
    with pair("plain", max_queued=5, max_in_flight=1) as (server, engine):
        batch = Batch(engine, server.record)
        for i in range(5):
            batch.submit(i, message(i))
        status, document = engine.try_submit(message("one too many"))
        assert status == -11 and document["error"]["code"] == "full", document
        assert engine.send(message("one too many"))[0] == -11
        batch.take(engine.finish())
        batch.submit("again", message("again"))
        assert {word(outcome) for outcome in batch.finish().values()} == {"receipt"}
        assert server.record.count() == 6


def test_close_in_the_middle():
    """Dropped without a word, and the next client is none the worse."""
    for transport in TRANSPORTS:
        with lab.start(transport) as server:
            for turn in range(10):
                engine = Engine(server.url, **lab.config(transport))
                for i in range(10):
                    engine.submit(message(f"{turn}/{i}", ("silent", "slow-body", "take", "e:503:2", "late:50")[i % 5]))
                for _ in range(turn):
                    engine.step(1)
                engine.close()
            with Engine(server.url, **lab.config(transport)) as engine:
                batch = Batch(engine, server.record)
                batch.submit("last", message("last"))
                assert word(batch.finish()["last"]) == "receipt"
