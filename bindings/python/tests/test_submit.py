"""Many messages at once from Python: submit, step, cancel, drain and the descriptor."""

from __future__ import annotations

import json
import select
import signal
import subprocess
import sys
import threading
from typing import Any, Callable

import pytest

import wabiz
from conftest import TOKEN, open_client, text_message
from stub import Behaviour, Handler, Stub, accepts, answers, cuts, graph_error, never_answers

Serve = Callable[..., Stub]


def open_quick(url: str, **config: Any) -> wabiz.Client:
    """A client that keeps no pace, for tests that are not about it."""
    return open_client(url, **{"messages_per_second": 1000, "pair_interval_ms": 0, "max_attempts": 1, **config})


def waits_for(gate: threading.Event) -> Behaviour:
    """Answers once the test says so."""
    def answer(handler: Handler) -> None:
        gate.wait(60)
        accepts()(handler)
    return answer


def collect(client: wabiz.Client) -> list[wabiz.Outcome]:
    found = []
    while outcomes := client.step():
        found += outcomes
    return found


def test_every_message_has_one_outcome(serve: Serve) -> None:
    stub = serve()
    with open_quick(stub.url) as client:
        tickets = [client.submit(text_message(f"{turn}"), tag={"row": turn}) for turn in range(200)]
        outcomes = collect(client)
    assert tickets == list(range(1, 201))
    assert sorted(outcome.ticket for outcome in outcomes) == tickets
    assert all(outcome.tag == {"row": outcome.ticket - 1} for outcome in outcomes)
    assert all(outcome.error is None and outcome.result()["message_id"] == "wamid.STUB" for outcome in outcomes)
    assert sorted(int(request.json["text"]["body"]) for request in stub.requests) == list(range(200))


@pytest.mark.parametrize("tag", [0, "row 12", None, True, [1, {"a": []}], 1.5, "ü\u2028", ""])
def test_a_tag_is_any_json(serve: Serve, tag: Any) -> None:
    with open_quick(serve().url) as client:
        client.submit(text_message(), tag=tag)
        [outcome] = client.step()
    assert outcome.tag == tag and type(outcome.tag) is type(tag)


@pytest.mark.parametrize(("behaviour", "error", "retry"), [
    (graph_error(131026), wabiz.Refused, "never"), (graph_error(131056), wabiz.Refused, "backoff"),
    (cuts, wabiz.Uncertain, "uncertain"), (answers(200, b""), wabiz.Uncertain, "uncertain"),
])
def test_an_outcome_may_be_an_error(serve: Serve, behaviour: Behaviour, error: type[wabiz.Error], retry: str) -> None:
    with open_quick(serve(behaviour).url) as client:
        client.submit(text_message())
        [outcome] = client.step()
        assert client.step() == []
    assert type(outcome.error) is error and outcome.error.retry == retry
    assert outcome.receipt is None and outcome.attempts == 1
    assert (outcome.error.graph is not None) == (error is wabiz.Refused)
    with pytest.raises(error):
        outcome.result()


def test_nobody_there() -> None:
    with open_quick("http://127.0.0.1:9") as client:
        client.submit(text_message())
        [outcome] = client.step()
    assert type(outcome.error) is wabiz.Unreachable


def test_what_is_wrong_is_not_queued(serve: Serve) -> None:
    stub = serve()
    with open_quick(stub.url) as client:
        for message, options, error in (({"to": "+15550001234", "text": ""}, {}, wabiz.Invalid), ("{", {}, wabiz.BadJSON),
                                        (text_message(), {"colour": 1}, wabiz.BadArgument),
                                        (text_message(), {"max_attempts": 0}, wabiz.BadArgument),
                                        (text_message(), {"tag": float("nan")}, wabiz.BadJSON)):
            with pytest.raises(error):
                client.submit(message, **options)  # type: ignore[arg-type]
        assert client.step() == [] and stub.requests == []


def test_stepping_with_nothing_to_do() -> None:
    with open_quick("http://127.0.0.1:9") as client:
        assert client.step() == client.step(0) == client.step(5) == []


def test_steps_that_do_not_wait(serve: Serve) -> None:
    gate = threading.Event()
    with open_quick(serve(waits_for(gate)).url) as client:
        client.submit(text_message())
        for timeout in (0, -1, 0.001):
            assert client.step(timeout) == []
        gate.set()
        [outcome] = client.step(float("inf"))
        assert outcome.receipt


def test_the_queue_is_bounded(serve: Serve) -> None:
    gate = threading.Event()
    with open_quick(serve(waits_for(gate)).url, max_queued=3) as client:
        for _ in range(3):
            client.submit(text_message())
        for _ in range(2):
            with pytest.raises(wabiz.Full):
                client.submit(text_message())
        gate.set()
        found = client.step()
        assert found
        client.submit(text_message())
        assert len(found + collect(client)) == 4


def test_taking_back(serve: Serve) -> None:
    gate = threading.Event()
    stub = serve(waits_for(gate))
    with open_quick(stub.url, max_in_flight=1) as client:
        flying, queued, third = (client.submit(text_message(name), tag=name) for name in ("flying", "queued", "third"))
        while not stub.requests:
            assert client.step(0.01) == []
        client.cancel(queued)
        client.cancel(flying)
        with pytest.raises(wabiz.NotFound):
            client.cancel(flying)
        gate.set()
        found = {outcome.tag: outcome for outcome in collect(client)}
        assert type(found["queued"].error) is wabiz.Cancelled and found["queued"].attempts == 0
        assert type(found["flying"].error) is wabiz.Uncertain
        assert found["third"].receipt and len(found) == 3
        for ticket in (third, 99, 0):
            with pytest.raises(wabiz.NotFound):
                client.cancel(ticket)
        for ticket in (-1, 2**64):
            with pytest.raises(wabiz.BadArgument):
                client.cancel(ticket)


def test_draining_waits_for_everything(serve: Serve) -> None:
    stub = serve()
    with open_quick(stub.url) as client:
        for _ in range(20):
            client.submit(text_message())
        assert len(client.drain()) == 20 == len(stub.requests)
        assert client.drain() == [] == client.step()
        for call in (client.send, client.submit):
            with pytest.raises(wabiz.Cancelled):
                call(text_message())
        assert len(stub.requests) == 20


@pytest.mark.parametrize("timeout", [0, 0.02])
def test_draining_cuts_what_does_not_end(serve: Serve, timeout: float) -> None:
    stub = serve(never_answers)
    with open_quick(stub.url, max_in_flight=1) as client:
        client.submit(text_message(), tag="left")
        while not stub.requests:
            client.step(0.01)
        client.submit(text_message(), tag="queued")
        found = {outcome.tag: type(outcome.error) for outcome in client.drain(timeout)}
    assert found == {"left": wabiz.Uncertain, "queued": wabiz.Cancelled}


def test_a_send_leaves_the_outcomes_of_others(serve: Serve) -> None:
    with open_quick(serve().url) as client:
        tickets = {client.submit(text_message()) for _ in range(5)}
        assert client.send(text_message())["message_id"]
        assert {outcome.ticket for outcome in collect(client)} == tickets


def test_closing_with_messages_under_way(serve: Serve) -> None:
    stub = serve(never_answers)
    with open_quick(stub.url) as client:
        client.submit(text_message())
        while not stub.requests:
            client.step(0.01)
    assert client.closed
    with pytest.raises(wabiz.BadArgument, match="closed"):
        client.step()


def test_the_descriptor_is_enough_to_wait_on(serve: Serve) -> None:
    """Nothing but the descriptor says when to step, and every step finds its work without waiting."""
    with open_quick(serve().url) as client:
        poll = select.poll()
        poll.register(client, select.POLLIN)
        for _ in range(50):
            client.submit(text_message())
        found: list[wabiz.Outcome] = []
        while len(found) < 50:
            assert poll.poll(60_000), "the descriptor is silent and there is work to do"
            found += client.step(0)
        assert client.fileno() == client.fileno()
    with pytest.raises(wabiz.BadArgument, match="closed"):
        client.fileno()


def test_signals_have_their_turn(serve: Serve) -> None:
    """Python's handler runs while a step waits, and what it interrupts goes on."""
    gate = threading.Event()

    class Rang(Exception):
        pass

    def ring(*_: Any) -> None:
        raise Rang

    with open_quick(serve(waits_for(gate)).url) as client:
        before = signal.signal(signal.SIGALRM, ring)
        try:
            client.submit(text_message())
            for wait in (client.step, client.drain):
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                with pytest.raises(Rang):
                    wait()
            signal.signal(signal.SIGALRM, lambda *_: gate.set())
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            [outcome] = client.drain()
            assert outcome.receipt
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def test_another_number_of_the_same_provider(serve: Serve) -> None:
    stub = serve()
    with open_quick(stub.url) as client:
        client.submit(text_message(), account={"phone_number_id": "777", "access_token": "other-token"})
        client.submit(text_message(), account=None, deadline_ms=None)
        assert len(collect(client)) == 2
    assert sorted((request.path.split("/")[2], request.headers["authorization"]) for request in stub.requests) == [
        ("106540352242922", f"Bearer {TOKEN}"), ("777", "Bearer other-token")]


def test_statistics(serve: Serve) -> None:
    with open_quick(serve().url) as client:
        client.submit(text_message())
        assert client.stats()["queued"] + client.stats()["in_flight"] == 1
        client.step()
        found = client.stats()
        assert found["queued"] == found["in_flight"] == 0
        assert TOKEN not in json.dumps(found)


def test_a_child_of_a_fork_leaves_the_parents_messages(serve: Serve) -> None:
    stub = serve()
    code = """
import os, sys, wabiz
client = wabiz.Client(access_token="t", phone_number_id="1", base_url=sys.argv[1], proxy="")
client.fileno()
client.submit(wabiz.text("+15550001234", "x"))
child = os.fork()
if child == 0:
    for call in (client.step, client.drain, client.fileno, client.stats, lambda: client.cancel(1),
                 lambda: client.submit(wabiz.text("+15550001234", "y"))):
        try:
            call()
        except wabiz.Forked:
            continue
        os._exit(3)
    client.close()
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
[outcome] = client.step()
assert outcome.receipt
client.close()
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, stub.url], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert len(stub.requests) == 1
