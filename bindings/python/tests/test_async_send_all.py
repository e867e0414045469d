"""AsyncClient.send_all: a whole list, as its outcomes become known."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any, Optional

import pytest

import wabiz
from conftest import Run, Serve, open_async, text_message, until
from stub import accepts
from test_submit import waits_for


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


def test_aclosing_fits(serve: Serve) -> None:
    if not hasattr(contextlib, "aclosing"):
        pytest.skip("Python 3.10 has it")

    async def main() -> None:
        async with open_async(serve().url) as client, contextlib.aclosing(client.send_all(numbered(5))) as stream:
            async for _ in stream:
                break
    asyncio.run(main())
