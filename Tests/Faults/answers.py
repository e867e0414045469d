"""Every act of a server that has read the request, over each transport: one outcome per ticket, and the server's record agrees."""
import lab
from acts import EXPECTED, HTTP1_ONLY, HTTP2_ONLY, message
from engine import Batch, Engine, word
from lab import TRANSPORTS, pair
from server import HEAD_ONLY

ARGUMENTS = {"late": "late:150", "together": "together:3", "e": "e:400:100"}


def acts_of(transport):
    """All but those without an end, which need a client that does not wait for long, or a test that ends them."""
    endless = {"silent", "silent-body", "held"}
    return [ARGUMENTS.get(act, act) for act in EXPECTED if act not in endless | (HTTP1_ONLY if transport == "h2" else HTTP2_ONLY)]


def each_act(transport):
    """Three messages of each act, all at once; acts that end the connection also cut what else is on it under HTTP/2."""
    with pair(transport, max_attempts=1) as (server, engine):
        batch = Batch(engine, server.record)
        for act in acts_of(transport):
            for i in range(3):
                name, number = (f"{1000 + i}", f"{HEAD_ONLY}{1000 + i}") if act == "head-reset" else (f"{act}/{i}", "42")
                batch.submit(name, message(name, act), account={"phone_number_id": number})
        return batch.finish(), server.record


def check_each_act(transport, outcomes, alone):
    for name, outcome in outcomes.items():
        act = name.split("/")[0].split(":")[0]
        expected = EXPECTED["head-reset" if act.isdigit() else act]
        if not alone:  # a neighbour may have ended the connection
            expected = expected | {"uncertain", "unreachable"}
        assert word(outcome) in expected, f"{transport} {name}: {outcome}"
        assert outcome["attempts"] == 1 or word(outcome) == "unreachable", outcome


def test_each_act_plain():
    outcomes, record = each_act("plain")
    check_each_act("plain", outcomes, True)
    assert not any("elsewhere" in path for path in record.paths), "a redirect was followed"


def test_each_act_tls():
    outcomes, record = each_act("tls")
    check_each_act("tls", outcomes, True)
    assert not any("elsewhere" in path for path in record.paths), "a redirect was followed"


def test_each_act_h2_together():
    outcomes, record = each_act("h2")
    check_each_act("h2", outcomes, False)
    assert not any("elsewhere" in path for path in record.paths), "a redirect was followed"


def test_each_act_h2_alone():
    """One after another, so that nobody suffers for a neighbour."""
    with pair("h2", max_attempts=1) as (server, engine):
        batch = Batch(engine, server.record)
        for act in acts_of("h2"):
            batch.submit(act, message(act, act))
            batch.take(engine.finish())
        check_each_act("h2", batch.settle(), True)


def test_no_answer_ever():
    for transport in TRANSPORTS:
        with pair(transport, max_attempts=4, timeout_ms=1500) as (server, engine):  # time enough for a connection on a busy machine
            batch = Batch(engine, server.record)
            for i in range(6):
                batch.submit(i, message(i, "silent-body" if i % 2 else "silent"))
            outcomes = batch.finish()
            assert all(word(outcome) in ("uncertain", "unreachable") for outcome in outcomes.values()), outcomes
            assert any(word(outcome) == "uncertain" for outcome in outcomes.values()), outcomes
            assert all(len(posts) == 1 for posts in server.record.posts.values())


def test_streams_beside_a_reset_one_live_on():
    with pair("h2", max_attempts=1) as (server, engine):
        batch = Batch(engine, server.record)
        batch.submit("first", message("first"))
        batch.take(engine.finish())  # the connection is there
        for i in range(40):
            batch.submit(i, message(i, "stream-reset" if i % 4 == 0 else "late:100"))
        outcomes = batch.finish()
        for i in range(40):
            assert word(outcomes[i]) == ("uncertain" if i % 4 == 0 else "receipt"), outcomes[i]
        assert server.record.connections == 1, "a reset stream cost its connection"


def test_http2_wanted_and_http1_spoken():
    """Messages do not wait for each other's connection once it is known that none can be shared."""
    with lab.start("tls") as server, Engine(server.url, **lab.config("h2"), max_attempts=1) as engine:
        batch = Batch(engine, server.record)
        batch.submit("first", message("first"))
        for i in range(40):
            batch.submit(i, message(i, "together:40"))
        assert {word(outcome) for outcome in batch.finish().values()} == {"receipt"}


def test_messages_after_a_goaway_get_a_new_connection():
    with pair("h2", max_attempts=1) as (server, engine):
        batch = Batch(engine, server.record)
        for i in range(6):
            batch.submit(i, message(i, "goaway-after" if i % 2 == 0 else "take"))
            batch.take(engine.finish())
        assert {word(outcome) for outcome in batch.settle().values()} == {"receipt"}
        assert server.record.connections > 1


def test_a_stale_connection_costs_no_message_twice():
    """Connections that the server resets while they are idle, and at once a message over each: at most one post of each."""
    for transport in TRANSPORTS:
        with pair(transport, max_attempts=4) as (server, engine):
            batch = Batch(engine, server.record)
            for turn in range(5):
                for i in range(8):
                    batch.submit(f"{turn}/{i}", message(f"{turn}/{i}"))
                batch.take(engine.finish())
                server.kill()
                server.open()
            batch.settle()
            assert all(len(posts) == 1 for posts in server.record.posts.values())


def test_a_stale_connection_that_reads_first():
    """The server reads a kept connection's next request and then resets it: libcurl alone would send it again."""
    for transport in TRANSPORTS:
        with pair(transport) as (server, engine):
            batch = Batch(engine, server.record)
            for i in range(6):
                batch.submit(i, message(i, "take" if i % 2 == 0 else "read-reset"))
                batch.take(engine.finish())
            outcomes = batch.settle()
            assert [word(outcomes[i]) for i in range(6)] == ["receipt", "uncertain"] * 3, outcomes
            assert all(len(posts) == 1 for posts in server.record.posts.values())


def test_send_says_the_same():
    for transport in TRANSPORTS:
        with pair(transport) as (server, engine):
            for act, status in (("take", 0), ("read-reset", -7), ("e:400:100", -5), ("half-body", -7), ("late:200", 0), ("html", -7)):
                found, document = engine.send(message(f"sent/{act}", act))
                assert found == status, (transport, act, found, document)
                assert "secret-token" not in str(document)


def test_outcomes_of_others_wait_while_one_is_sent():
    with pair("plain") as (server, engine):
        batch = Batch(engine, server.record)
        for i in range(5):
            batch.submit(i, message(i))
        status, document = engine.send(message("sent", "late:200"))
        assert (status, document["message_id"]) == (0, "wamid.FAULTS.sent.1")
        status, outcomes = engine.step(0)
        assert len(outcomes) == 5, "they were finished long before"
        batch.take(outcomes)
        batch.settle()
        assert engine.step(0) == (1, [])
