"""The outbox of asyncio: rows go out in the loop, beside the client's own messages, and the end waits for what is under way."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any, AsyncIterator

import pytest

import wabiz
from stub import Handler, Stub, accepts

PEOPLE = [{"to": f"+1555000{number:04}", "text": "Hello"} for number in range(20)]


@contextlib.asynccontextmanager
async def opened(stub: Stub, path: Path, **config: Any) -> AsyncIterator[tuple[wabiz.AsyncClient, wabiz.AsyncOutbox]]:
    async with wabiz.AsyncClient(access_token="x", phone_number_id="900", base_url=stub.url, proxy="") as client:
        async with wabiz.AsyncOutbox(client, path / "out.db", phone_number_id="900", **config) as outbox:
            yield client, outbox


def test_rows_go_out_beside_the_clients_own(tmp_path: Path) -> None:
    async def run(stub: Stub) -> None:
        async with opened(stub, tmp_path) as (client, outbox):
            outbox.put_many(PEOPLE, tag="row")
            sends = [asyncio.create_task(client.send(message)) for message in PEOPLE]
            rows = [row async for row in outbox.outcomes(until_idle=True)]
            assert [row["state"] for row in rows] == ["accepted"] * 20 and {row["tag"] for row in rows} == {"row"}
            assert len(await asyncio.gather(*sends)) == 20 and client.pending == 0
            outbox.put(PEOPLE[0])
            async for row in outbox.outcomes():
                assert row["state"] == "accepted"
                break

    with Stub() as stub:
        asyncio.run(run(stub))
        assert len(stub.requests) == 41


def test_the_end_waits_for_what_is_under_way(tmp_path: Path) -> None:
    arrived, go = threading.Event(), threading.Event()

    def holds(handler: Handler) -> None:
        arrived.set()
        go.wait(60)
        accepts()(handler)

    async def run(stub: Stub) -> None:
        async with opened(stub, tmp_path, grace=60) as (_, outbox):
            outbox.put(PEOPLE[0])

            async def sends() -> None:
                async for _ in outbox.outcomes():
                    pass

            task = asyncio.create_task(sends())
            while not arrived.is_set():
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            outbox.put(PEOPLE[1])
            asyncio.get_running_loop().call_later(0.1, go.set)

    with Stub(holds) as stub:
        asyncio.run(run(stub))
        assert len(stub.requests) == 1
    with wabiz.Outbox(tmp_path / "out.db", phone_number_id="900") as outbox:
        assert [row["state"] for row in outbox.list()] == ["accepted", "queued"]


def test_draining_ends_the_loop_and_gives_what_nobody_read(tmp_path: Path) -> None:
    async def run(stub: Stub) -> None:
        async with opened(stub, tmp_path) as (_, outbox):
            outbox.put_many(PEOPLE)
            rows = outbox.outcomes()
            first = await rows.__anext__()
            with pytest.raises(wabiz.BadArgument, match="iterates"):
                await outbox.outcomes().__anext__()
            rest = await outbox.drain(60)
            assert [row async for row in rows] == [] and first["id"] not in {row["id"] for row in rest}
            states = outbox.stats()["rows"]
            assert states["accepted"] == 1 + len(rest) and states["sending"] == 0 and states["uncertain"] == 0
            outbox.close()
            with pytest.raises(wabiz.BadArgument, match="closed"):
                outbox.put(PEOPLE[0])

    with Stub() as stub:
        asyncio.run(run(stub))


def test_what_goes_wrong_reaches_the_reader(tmp_path: Path) -> None:
    async def run(stub: Stub) -> None:
        client = wabiz.AsyncClient(access_token="x", phone_number_id="900", base_url=stub.url, proxy="")
        async with wabiz.AsyncOutbox(client, tmp_path / "out.db", phone_number_id="900") as outbox:
            outbox.put(PEOPLE[0])
            await client.close()
            with pytest.raises(wabiz.BadArgument, match="closed"):
                await outbox.outcomes().__anext__()
            outbox.close()

    with Stub() as stub:
        asyncio.run(run(stub))
        assert stub.requests == []
