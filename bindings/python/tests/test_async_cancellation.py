"""Cancelling an AsyncClient.send: the message is taken back, and what became of it is told to `unclaimed`."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import wabiz
from conftest import TOKEN, Run, Serve, open_async, text_message, until
from stub import never_answers


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
