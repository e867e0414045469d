"""AsyncClient beside others: several loops, threads, tasks and processes; what is forgotten, copied or forked."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import gc
import pickle
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

import wabiz
from conftest import TOKEN, Run, Serve, open_async, text_message, until
from stub import accepts
from test_submit import waits_for


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
            assert len([one async for one in client.send_all(text_message(f"{turn}") for turn in range(50)) if one.receipt]) == 50

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
