"""The descriptor: readable whenever step has something to do, by poll, by an epoll within an epoll and in asyncio; and not readable all
the time, which would be a loop that burns."""
import asyncio
import os
import select

import lab
from acts import message
from engine import IDLE, Batch, Engine, word
from lab import TRANSPORTS, certificates, pair

PATIENCE = 120  # seconds without a sign of life: only a test that fails waits for it


class Silent(AssertionError):
    pass


def wait_by_poll(descriptor):
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return lambda: poll.poll(PATIENCE * 1000)


def wait_by_nested_epoll(descriptor):
    inner, outer = select.epoll(), select.epoll()
    inner.register(descriptor, select.EPOLLIN)
    outer.register(inner.fileno(), select.EPOLLIN)
    return lambda: (outer.poll(PATIENCE), inner)[0]


WAYS = {"poll": wait_by_poll, "nested epoll": wait_by_nested_epoll}


def drive(engine, batch, wait):
    """Steps only when the descriptor says so, and never waits within. Returns how often it woke."""
    woken = 0
    while True:
        if not wait():
            raise Silent(f"nothing for {PATIENCE} s, and {len(batch.tickets) - len(batch.outcomes)} outcomes are missing")
        woken += 1
        status, outcomes = engine.step(0)
        batch.take(outcomes)
        if len(batch.outcomes) == len(batch.tickets):
            return woken
        assert status != IDLE, "idle, and outcomes are missing"


def everything(batch):
    """Something of all that an engine can wait for: answers soon, late and never, retries, pauses, errors, ends of connections."""
    for i in range(30):
        batch.submit(f"soon{i}", message(f"soon{i}"))
        batch.submit(f"late{i}", message(f"late{i}", "late:80"))
    for i, todo in enumerate(("e:503:2 take", "e:503:2:1 take", "e:400:131056 take", "e:400:100", "slow-body", "silent", "endless", "html")):
        batch.submit(f"one{i}", message(f"one{i}", *todo.split()), account={"phone_number_id": str(100 + i)})
    for i in range(40):  # more than may go within a second
        batch.submit(f"pace{i}", message(f"pace{i}"), account={"phone_number_id": "99"})


def test_it_is_never_silent():
    for transport in TRANSPORTS:
        for way in WAYS.values():
            with pair(transport, timeout_ms=1500, max_attempts=2, messages_per_second=80, max_in_flight=10) as (server, engine):
                batch = Batch(engine, server.record)
                everything(batch)
                drive(engine, batch, way(engine.descriptor))
                outcomes = batch.settle()
                assert {"receipt", "refused", "uncertain"} <= {word(outcome) for outcome in outcomes.values()}


def test_it_is_never_silent_where_nobody_answers():
    """Timers alone: connection refused and tried again, a handshake that never ends, a deadline in the queue."""
    with lab.Odd(lab.hold) as odd:
        for url, most in ((f"http://127.0.0.1:{lab.nobody()}", 3), (f"https://127.0.0.1:{odd.port}", 2)):
            with Engine(url, ca_file=certificates.authority, connect_timeout_ms=200, max_attempts=most, max_in_flight=2) as engine:
                batch = Batch(engine, None)
                for i in range(6):
                    batch.submit(i, message(i))
                drive(engine, batch, wait_by_poll(engine.descriptor))
                assert {word(outcome) for outcome in batch.outcomes.values()} == {"unreachable"}
    with pair("plain", max_in_flight=1, messages_per_second=1) as (server, engine):
        batch = Batch(engine, server.record)
        batch.submit("first", message("first", "late:300"))
        batch.submit("second", message("second"), deadline_ms=500)
        drive(engine, batch, wait_by_poll(engine.descriptor))
        outcomes = batch.settle()
        assert word(outcomes["first"]) == "receipt", outcomes
        assert word(outcomes["second"]) == "unreachable" and outcomes["second"]["attempts"] == 0, "a second's pace, and half a second's deadline"


def test_outcomes_that_wait_keep_it_readable():
    with pair("plain") as (server, engine):
        batch = Batch(engine, server.record)
        batch.submit("first", message("first"))
        status, _ = engine.send(message("sent", "late:100"))
        assert status == 0
        poll = select.poll()
        poll.register(engine.descriptor, select.POLLIN)
        for _ in range(3):
            assert poll.poll(0), "an outcome waits, and the descriptor is silent"
        batch.take(engine.step(0)[1])
        assert word(batch.settle()["first"]) == "receipt"


def test_submitting_makes_it_readable():
    with pair("plain") as (server, engine):
        poll = select.poll()
        poll.register(engine.descriptor, select.POLLIN)
        batch = Batch(engine, server.record)
        for i in range(20):
            batch.submit(i, message(i))
            drive(engine, batch, lambda: poll.poll(PATIENCE * 1000))
            engine.step(0)
        batch.settle()


def test_cancelling_makes_it_readable():
    with pair("plain", max_in_flight=1, timeout_ms=60000) as (server, engine):
        batch = Batch(engine, server.record)
        held = batch.submit("held", message("held", "silent"))
        queued = batch.submit("queued", message("queued"))
        batch.until("held")
        poll = select.poll()
        poll.register(engine.descriptor, select.POLLIN)
        for ticket in (queued, held):
            assert engine.cancel(ticket)[0] == 0
            assert poll.poll(PATIENCE * 1000), "its outcome waits, and the descriptor is silent"
            batch.take(engine.step(0)[1])
        outcomes = batch.settle()
        assert (word(outcomes["held"]), word(outcomes["queued"])) == ("uncertain", "cancelled")


def test_it_rests_while_nothing_happens():
    """An answer that comes late, and a client with nothing to do: neither keeps a loop awake."""
    for transport in TRANSPORTS:
        with pair(transport) as (server, engine):
            batch = Batch(engine, server.record)
            batch.submit("first", message("first"))
            batch.take(engine.finish())
            poll = select.poll()
            poll.register(engine.descriptor, select.POLLIN)
            woken = 0
            while poll.poll(0) and woken < 50:
                woken += 1
                engine.step(0)
            assert woken < 50, f"{transport}: readable all the time with nothing to do"
            batch.submit("late", message("late", "late:1000"))
            woken = drive(engine, batch, wait_by_poll(engine.descriptor))
            assert woken < 60, f"{transport}: woke {woken} times for one late answer"
            batch.settle()


def test_asyncio():
    async def run(engine, batch):
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def readable():
            batch.take(engine.step(0)[1])
            if len(batch.outcomes) == len(batch.tickets) and not done.done():
                done.set_result(None)

        loop.add_reader(engine.descriptor, readable)
        everything(batch)
        await asyncio.wait_for(done, PATIENCE)
        loop.remove_reader(engine.descriptor)

    for transport in TRANSPORTS:
        with pair(transport, timeout_ms=1500, max_attempts=2, messages_per_second=80) as (server, engine):
            batch = Batch(engine, server.record)
            asyncio.run(run(engine, batch))
            batch.settle()


def test_it_stays_the_same_for_life():
    with pair("tls") as (server, engine):
        before = engine.descriptor
        assert before >= 0 and not os.get_inheritable(before)
        batch = Batch(engine, server.record)
        for i in range(10):
            batch.submit(i, message(i))
        batch.finish()
        assert engine.descriptor == before
