"""The client for asyncio, in asyncio's own loop and, where it is installed, in uvloop's."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import copy
import gc
import logging
import pickle
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator
from typing import Any, Callable, Optional

import pytest

import wabiz
from conftest import TOKEN, text_message
from stub import Stub, accepts, cuts, graph_error, never_answers
from test_submit import waits_for

Serve = Callable[..., Stub]
Run = Callable[[Coroutine[Any, Any, Any]], Any]

try:
    import uvloop
except ImportError:
    uvloop = None


def in_uvloop(main: Coroutine[Any, Any, Any]) -> Any:
    if uvloop is None:
        main.close()
        pytest.skip("uvloop is not installed")
    loop = uvloop.new_event_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@pytest.fixture(params=[asyncio.run, in_uvloop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.param
    return found


def open_async(url: str, **config: Any) -> wabiz.AsyncClient:
    settings = {"access_token": TOKEN, "phone_number_id": "106540352242922", "base_url": url, "proxy": "", "max_attempts": 1,
                "messages_per_second": 1000, "pair_interval_ms": 0, **config}
    return wabiz.AsyncClient(**settings)


async def until(condition: Callable[[], object]) -> None:
    async def look() -> None:
        while not condition():
            await asyncio.sleep(0.005)
    await asyncio.wait_for(look(), 60)


# ---- one message

def test_a_receipt_comes_back(serve: Serve, run: Run) -> None:
    stub = serve()

    async def main() -> None:
        async with open_async(stub.url) as client:
            receipt = await client.send(text_message())
            assert receipt["message_id"] == "wamid.STUB" and receipt["http_status"] == 200
            assert not client.closed and client.pending == 0
        assert client.closed
    run(main())
    assert stub.requests[0].json == wabiz.build(text_message())


def test_many_at_once(serve: Serve, run: Run) -> None:
    stub = serve()

    async def main() -> None:
        async with open_async(stub.url) as client:
            receipts = await asyncio.gather(*(client.send(text_message(f"{turn}")) for turn in range(300)))
        assert len(receipts) == 300 and all(receipt["message_id"] for receipt in receipts)
    run(main())
    assert sorted(int(request.json["text"]["body"]) for request in stub.requests) == list(range(300))


def test_every_failure_is_raised_to_whom_it_belongs(serve: Serve, run: Run) -> None:
    refusing, cutting = serve(graph_error(131026)), serve(cuts)

    async def main() -> None:
        async with open_async(refusing.url) as client:
            with pytest.raises(wabiz.Refused) as refused:
                await client.send(text_message())
            assert refused.value.graph and refused.value.graph["code"] == 131026
            for message, error in (({"to": "+15550001234", "text": ""}, wabiz.Invalid), ("{", wabiz.BadJSON)):
                with pytest.raises(error):
                    await client.send(message)  # type: ignore[arg-type]
            with pytest.raises(wabiz.BadArgument):
                await client.send(text_message(), colour="red")  # type: ignore[call-arg]
        async with open_async(cutting.url) as client:
            with pytest.raises(wabiz.Uncertain):
                await client.send(text_message())
        async with open_async("http://127.0.0.1:9") as client:
            with pytest.raises(wabiz.Unreachable):
                await client.send(text_message())
    run(main())


def test_a_full_queue_is_waited_for(serve: Serve, run: Run) -> None:
    stub = serve()

    async def main() -> None:
        async with open_async(stub.url, max_queued=3, max_in_flight=2) as client:
            await asyncio.gather(*(client.send(text_message()) for _ in range(60)))
            # One that is cancelled while it waits takes nobody's turn.
            sends = [asyncio.ensure_future(client.send(text_message())) for _ in range(30)]
            await asyncio.sleep(0)
            for send in sends[5:25]:
                send.cancel()
            done = await asyncio.gather(*sends, return_exceptions=True)
            assert sum(isinstance(one, dict) for one in done) == 10
    run(main())
    assert len(stub.requests) == 70


# ---- cancellation

def test_a_cancelled_send_is_taken_back_and_its_outcome_kept(serve: Serve, run: Run) -> None:
    stub = serve(never_answers)
    unclaimed: list[wabiz.Outcome] = []

    async def main() -> None:
        async with open_async(stub.url, max_in_flight=1, unclaimed=unclaimed.append) as client:
            flying = asyncio.ensure_future(client.send(text_message(), tag="flying"))
            await until(lambda: stub.requests)
            queued = asyncio.ensure_future(client.send(text_message(), tag="queued"))
            await asyncio.sleep(0)
            queued.cancel()
            with pytest.raises(asyncio.CancelledError):
                await queued
            await until(lambda: unclaimed)
            assert unclaimed[0].tag == "queued" and type(unclaimed[0].error) is wabiz.Cancelled
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(flying, 0.01)
            await until(lambda: len(unclaimed) == 2)
            assert unclaimed[1].tag == "flying" and type(unclaimed[1].error) is wabiz.Uncertain
            assert client.pending == 0
    run(main())
    assert len(stub.requests) == 1


def test_an_outcome_that_comes_with_the_cancellation_is_kept(serve: Serve, run: Run) -> None:
    """The task is cancelled between the resolution of its future and its next turn."""
    stub = serve()
    unclaimed: list[wabiz.Outcome] = []

    async def main() -> None:
        async with open_async(stub.url, unclaimed=unclaimed.append) as client:
            send = asyncio.ensure_future(client.send(text_message(), tag=1))
            deliver = client._deliver
            client._deliver = lambda found: (deliver(found), found and send.cancel())[0]  # type: ignore[method-assign]
            with pytest.raises(asyncio.CancelledError):
                await send
            del client._deliver  # type: ignore[method-assign]
    run(main())
    [found] = unclaimed
    assert found.tag == 1 and found.receipt


def test_what_nobody_waits_for_is_logged(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    stub = serve(never_answers)

    async def main() -> None:
        async with open_async(stub.url) as client:
            send = asyncio.ensure_future(client.send(text_message("a secret text")))
            await until(lambda: stub.requests)
            send.cancel()
    with caplog.at_level(logging.WARNING, "wabiz"):
        asyncio.run(main())
    [record] = caplog.records
    assert "cancelled" in record.getMessage() and "secret" not in record.getMessage() and TOKEN not in record.getMessage()


def test_a_failing_unclaimed_is_the_loops_to_report(serve: Serve) -> None:
    stub = serve(never_answers)
    reported: list[dict[str, Any]] = []

    def fails(_: wabiz.Outcome) -> None:
        raise RuntimeError("mine")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
        async with open_async(stub.url, unclaimed=fails) as client:
            send = asyncio.ensure_future(client.send(text_message()))
            await until(lambda: stub.requests)
            send.cancel()
    asyncio.run(main())
    assert [str(context["exception"]) for context in reported] == ["mine"]


# ---- a whole list

def numbered(count: int) -> Iterator[dict[str, Any]]:
    return (text_message(f"{turn}") for turn in range(count))


def body(outcome: wabiz.Outcome) -> int:
    assert isinstance(outcome.message, dict)
    return int(outcome.message["text"])


@pytest.mark.parametrize("in_flight", [None, 1, 7])
@pytest.mark.parametrize("queued", [None, 4])
def test_a_list_is_sent_whole(serve: Serve, run: Run, in_flight: Optional[int], queued: Optional[int]) -> None:
    stub = serve()

    async def slowly() -> AsyncIterator[dict[str, Any]]:
        for message in numbered(150):
            if message["text"] in ("10", "11"):
                await asyncio.sleep(0.01)
            yield message

    async def main() -> None:
        async with open_async(stub.url, max_queued=queued) as client:
            for source in (numbered(150), slowly(), list(numbered(150))):
                found = [outcome async for outcome in client.send_all(source, in_flight=in_flight)]
                assert sorted(map(body, found)) == list(range(150)) and all(outcome.receipt for outcome in found)
            assert [one async for one in client.send_all([])] == []
    run(main())
    assert len(stub.requests) == 450


def test_no_more_is_taken_than_can_be_handled(serve: Serve, run: Run) -> None:
    """A slow reader holds the source back, and so does a server that does not answer."""
    gate = threading.Event()
    stub = serve(waits_for(gate))
    taken = 0

    def source() -> Iterator[dict[str, Any]]:
        nonlocal taken
        for message in numbered(100):
            taken += 1
            yield message

    async def main() -> None:
        nonlocal taken
        async with open_async(stub.url) as client:
            stream = client.send_all(source(), in_flight=5)
            first = asyncio.ensure_future(stream.__anext__())
            await until(lambda: len(stub.requests) == 5)
            assert taken == 5
            gate.set()
            await first
            await asyncio.sleep(0.05)  # nobody reads
            assert taken <= 1 + 2 * 5 + 1
            assert len([one async for one in stream]) == 99
    run(main())


def test_what_is_wrong_is_an_outcome_among_others(serve: Serve, run: Run) -> None:
    stub = serve()
    messages = [text_message("0"), {"to": "+15550001234", "text": ""}, (text_message("2"), {"tag": "two"}), "{",
                ({"to": ""}, {"tag": "four"})]

    async def main() -> None:
        async with open_async(stub.url) as client:
            found = [outcome async for outcome in client.send_all(messages, tag="all")]  # type: ignore[arg-type]
        assert {outcome.tag: type(outcome.error) for outcome in found if outcome.ticket} == {"all": type(None), "two": type(None)}
        wrong = [outcome for outcome in found if not outcome.ticket]
        assert [(type(one.error), one.tag, one.attempts) for one in wrong] == [
            (wabiz.Invalid, "all", 0), (wabiz.BadJSON, "all", 0), (wabiz.Invalid, "four", 0)]
        assert wrong[0].message == messages[1]
    run(main())
    assert len(stub.requests) == 2


def test_what_the_source_raises_comes_last(serve: Serve, run: Run) -> None:
    def breaks() -> Iterator[dict[str, Any]]:
        yield from numbered(3)
        raise LookupError("the table is gone")

    async def breaks_later() -> AsyncIterator[dict[str, Any]]:
        for message in breaks():
            yield message

    async def main() -> None:
        async with open_async(serve().url) as client:
            for source in (breaks(), breaks_later()):
                found = []
                with pytest.raises(LookupError, match="the table is gone"):
                    async for outcome in client.send_all(source):
                        found.append(outcome)
                assert len(found) == 3
    run(main())


def test_leaving_early_takes_the_rest_back(serve: Serve, run: Run) -> None:
    gate = threading.Event()
    unclaimed: list[wabiz.Outcome] = []

    async def endless() -> AsyncIterator[dict[str, Any]]:
        while True:
            yield text_message("7")

    async def main() -> None:
        for source in (numbered(1000), endless()):
            stub = serve(accepts(), waits_for(gate))
            unclaimed.clear()
            async with open_async(stub.url, max_in_flight=2, unclaimed=unclaimed.append) as client:
                stream = client.send_all(source, in_flight=10)
                async for outcome in stream:
                    assert outcome.receipt
                    break
                await until(lambda: client.pending >= 9)
                await stream.aclose()
                await until(lambda: client.pending == 0)
                assert 9 <= len(unclaimed) <= 21 and all(one.message for one in unclaimed)
                assert {type(one.error) for one in unclaimed} <= {wabiz.Cancelled, wabiz.Uncertain, type(None)}
    run(main())
    gate.set()


def test_a_bound_of_nothing(serve: Serve) -> None:
    async def main() -> None:
        async with open_async(serve().url) as client:
            with pytest.raises(wabiz.BadArgument):
                client.send_all([], in_flight=0)
    asyncio.run(main())


# ---- the end

def test_the_end_of_a_block_waits(serve: Serve, run: Run) -> None:
    gate = threading.Event()
    stub = serve(waits_for(gate))

    async def main() -> None:
        async with open_async(stub.url) as client:
            sends = [asyncio.ensure_future(client.send(text_message())) for _ in range(3)]
            await until(lambda: len(stub.requests) == 3)
            asyncio.get_running_loop().call_later(0.02, gate.set)
        assert all(receipt["message_id"] for receipt in await asyncio.gather(*sends))
        for _ in range(2):
            await client.close()
        with pytest.raises(wabiz.Error):
            await client.send(text_message())
    run(main())


def test_a_block_that_fails_cuts(serve: Serve, run: Run) -> None:
    stub = serve(never_answers)

    async def main() -> list[Any]:
        sends: list[Awaitable[Any]] = []
        with pytest.raises(ZeroDivisionError):
            async with open_async(stub.url, max_in_flight=1, max_queued=2) as client:
                sends += [asyncio.ensure_future(client.send(text_message())) for _ in range(3)]
                await until(lambda: stub.requests)
                1 / 0
        assert client.closed
        return await asyncio.gather(*sends, return_exceptions=True)
    assert [type(one) for one in run(main())] == [wabiz.Uncertain, wabiz.Cancelled, wabiz.Cancelled]


def test_draining_has_an_end(serve: Serve, run: Run) -> None:
    stub = serve(never_answers)

    async def main() -> None:
        async with open_async(stub.url) as client:
            send = asyncio.ensure_future(client.send(text_message()))
            await until(lambda: stub.requests)
            await client.drain(0.01)
            with pytest.raises(wabiz.Uncertain):
                await send
            with pytest.raises(wabiz.Cancelled):
                await client.send(text_message())
            found = [one async for one in client.send_all(numbered(3))]
            assert [type(one.error) for one in found] == [wabiz.Cancelled] * 3
    run(main())


# ---- loops, tasks, processes

def test_one_client_per_loop(serve: Serve) -> None:
    stub = serve()
    kept: list[wabiz.AsyncClient] = []

    async def first() -> None:
        kept.append(open_async(stub.url))
        await kept[0].send(text_message())

    async def second() -> None:
        with pytest.raises(wabiz.BadArgument, match="another event loop"):
            await kept[0].send(text_message())
        with pytest.raises(wabiz.BadArgument, match="another event loop"):
            async for _ in kept[0].send_all([text_message()]):
                pass
        await kept[0].close()
        async with open_async(stub.url) as client:
            await client.send(text_message())
    asyncio.run(first())
    asyncio.run(second())
    assert len(stub.requests) == 2


def test_loops_in_threads_have_clients_of_their_own(serve: Serve, run: Run) -> None:
    stub = serve()
    problems: list[BaseException] = []

    async def main() -> None:
        async with open_async(stub.url) as client:
            assert len([one async for one in client.send_all(numbered(50)) if one.receipt]) == 50

    def work() -> None:
        try:
            run(main())
        except BaseException as problem:
            problems.append(problem)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not any(isinstance(problem, pytest.skip.Exception) for problem in problems):
        assert problems == [] and len(stub.requests) == 200


def test_context_variables_stay_with_their_task(serve: Serve, run: Run) -> None:
    who: contextvars.ContextVar[str] = contextvars.ContextVar("who")
    seen: list[str] = []
    gate = threading.Event()

    async def sender(client: wabiz.AsyncClient, name: str) -> None:
        who.set(name)
        await client.send(text_message())
        assert who.get() == name

    async def main() -> None:
        stub = serve(accepts(), accepts(), waits_for(gate))
        async with open_async(stub.url, unclaimed=lambda _: seen.append(who.get("nobody"))) as client:
            await asyncio.gather(sender(client, "ada"), sender(client, "bob"))
            who.set("main")
            task = asyncio.ensure_future(sender(client, "eve"))
            await until(lambda: len(stub.requests) == 3)
            task.cancel()
            await until(lambda: seen)
        assert seen == ["nobody"]  # the loop's callback keeps the variables of no task

        async def source() -> AsyncIterator[dict[str, Any]]:
            assert who.get() == "main"
            yield text_message()
        gate.set()
        async with open_async(serve().url) as client:
            assert [one.receipt is not None async for one in client.send_all(source())] == [True]
    run(main())


def test_what_is_forgotten_is_closed_with_a_warning() -> None:
    client = open_async("http://127.0.0.1:9")
    with pytest.warns(ResourceWarning, match="unclosed"):
        del client
        gc.collect()


def test_there_is_no_copy() -> None:
    client = open_async("http://127.0.0.1:9")
    for copying in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="wabiz.AsyncClient cannot be copied"):
            copying(client)
    assert "wabiz.AsyncClient" in repr(client) and TOKEN not in repr(client) + str(vars(client))
    asyncio.run(client.close())
    assert repr(client).startswith("<closed")


def test_a_child_of_a_fork_must_open_its_own(serve: Serve) -> None:
    code = """
import asyncio, os, sys, wabiz
config = dict(access_token="t", phone_number_id="1", base_url=sys.argv[1], proxy="")
message = wabiz.text("+15550001234", "x")

async def child(inherited):
    try:
        await inherited.send(message)
    except wabiz.Error:
        await inherited.close()
        async with wabiz.AsyncClient(**config) as own:
            return (await own.send(message))["message_id"]

client = wabiz.AsyncClient(**config)
pid = os.fork()
if pid == 0:
    os._exit(0 if asyncio.run(child(client)) else 3)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0

async def parent():
    async with client:
        return await client.send(message)
assert asyncio.run(parent())["message_id"]
"""
    stub = serve()
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, stub.url], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert len(stub.requests) == 2


def test_it_starts_no_thread() -> None:
    code = """
import asyncio, os, sys, wabiz
async def main():
    async with wabiz.AsyncClient(access_token="t", phone_number_id="1", base_url="http://127.0.0.1:9", proxy="",
                                 max_attempts=1, messages_per_second=1000) as client:
        found = [one async for one in client.send_all(wabiz.text("+15550001234", "x") for _ in range(20))]
        return len(found), len(os.listdir("/proc/self/task"))
assert asyncio.run(main()) == (20, 1)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_aclosing_fits(serve: Serve) -> None:
    if not hasattr(contextlib, "aclosing"):
        pytest.skip("Python 3.10 has it")

    async def main() -> None:
        async with open_async(serve().url) as client, contextlib.aclosing(client.send_all(numbered(5))) as stream:
            async for _ in stream:
                break
    asyncio.run(main())
