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
async def opened(stub: Stub, path: Path, in_flight: int = 20, **config: Any) -> AsyncIterator[tuple[wabiz.AsyncClient, wabiz.AsyncOutbox]]:
    async with wabiz.AsyncClient(access_token="x", phone_number_id="900", base_url=stub.url, proxy="", max_in_flight=in_flight) as client:
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


CROWD = [{"to": f"+1555100{number:04}", "text": "Hello"} for number in range(60)]


async def until_held(outbox: wabiz.AsyncOutbox, stub: Stub) -> None:
    """Until it waits for its reader, and nothing is under way; or until everything was sent."""
    while (outbox._loop is not None or outbox.stats()["rows"]["sending"]) and len(stub.requests) < len(CROWD):
        await asyncio.sleep(0.005)


def test_a_slow_reader_holds_sending_back(tmp_path: Path) -> None:
    async def run(stub: Stub) -> None:
        async with opened(stub, tmp_path, in_flight=4, unread=8) as (_, outbox):
            outbox.put_many(CROWD)
            reader = outbox.outcomes(until_idle=True)
            found = [await reader.__anext__()]
            await until_held(outbox, stub)
            # Those that filled its memory, and what was under way by then.
            sent = len(stub.requests)
            assert 8 <= sent <= 1 + 8 + 2 * 4 and outbox.stats()["rows"]["queued"] == 60 - sent
            # It goes on when half of them are read, and the reader misses none.
            async for row in reader:
                found.append(row)
                await until_held(outbox, stub)
                assert len(outbox._rows) <= 8 + 2 * 4
            assert [row["state"] for row in found] == ["accepted"] * 60 and len({row["id"] for row in found}) == 60
            assert outbox.is_idle

    with Stub(accepts()) as stub:
        asyncio.run(run(stub))
        assert len(stub.requests) == 60


def test_a_reader_that_leaves_while_it_is_waited_for_harms_nothing(tmp_path: Path) -> None:
    async def run(stub: Stub) -> None:
        async with opened(stub, tmp_path, in_flight=4, unread=1) as (client, outbox):
            outbox.put_many(CROWD)
            found = []
            for person in PEOPLE[:5]:  # one reader after another takes a row and goes
                reader = outbox.outcomes()
                found.append(await reader.__anext__())
                await until_held(outbox, stub)
                await reader.aclose()
                assert (await client.send(person))["message_id"]  # the client is free meanwhile
            reader = outbox.outcomes()
            found.append(await reader.__anext__())
            await until_held(outbox, stub)
            found += await outbox.drain(60)
            assert [row async for row in reader] == []
            found += [row async for row in outbox.outcomes(until_idle=True)]
            assert len(found) == len({row["id"] for row in found}) == 60

    with Stub(accepts()) as stub:
        asyncio.run(run(stub))
        assert len(stub.requests) == 65


def test_the_bound_is_a_number_of_rows(tmp_path: Path) -> None:
    async def run(stub: Stub) -> None:
        with pytest.raises(wabiz.BadArgument, match="unread"):
            async with opened(stub, tmp_path, unread=0):
                pass

    with Stub() as stub:
        asyncio.run(run(stub))
