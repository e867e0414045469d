"""The end of an AsyncClient: a block that ends or fails, and drain."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any

import pytest

import wabiz
from conftest import Run, Serve, open_async, text_message, until
from stub import never_answers
from test_submit import waits_for


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
            found = [one async for one in client.send_all([text_message()] * 3)]
            assert [type(one.error) for one in found] == [wabiz.Cancelled] * 3
    run(main())
