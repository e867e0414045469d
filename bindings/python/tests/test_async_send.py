"""AsyncClient.send: one message, its receipt or failure, and the room in the queue."""

from __future__ import annotations

import asyncio

import pytest

import wabiz
from conftest import Run, Serve, open_async, text_message
from stub import cuts, graph_error


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
