"""What the tests share: the checkout's root, clients for a stub, the loops of asyncio, and how long hypothesis looks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Callable, Iterator

import hypothesis
import pytest

import wabiz
from stub import Behaviour, Stub

try:
    import uvloop
except ImportError:
    uvloop = None

Serve = Callable[..., Stub]
Run = Callable[[Coroutine[Any, Any, Any]], Any]

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "EAAJtoken0123456789secret"

# No deadline, no look at how long cases take to make: a slow machine is no failure. The same cases each time, unless the long profile
# is asked for.
AT_ANY_SPEED: Any = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("short", **AT_ANY_SPEED, max_examples=150, derandomize=True, database=None)
hypothesis.settings.register_profile("long", **AT_ANY_SPEED, max_examples=20000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


@pytest.fixture
def serve() -> Iterator[Callable[..., Stub]]:
    """Starts stubs that stop with the test."""
    running: list[Stub] = []

    def start(*behaviours: Behaviour, **options: Any) -> Stub:
        stub = Stub(*behaviours, **options)
        running.append(stub.__enter__())
        return stub

    yield start
    for stub in running:
        stub.__exit__()


def open_client(url: str, **config: Any) -> wabiz.Client:
    """A client for a stub; no proxy of the environment stands between."""
    settings: dict[str, Any] = {"access_token": TOKEN, "phone_number_id": "106540352242922", "base_url": url,
                                "proxy": "", "max_attempts": 1, "pair_interval_ms": 0, **config}
    return wabiz.Client(**settings)


def in_uvloop(main: Coroutine[Any, Any, Any]) -> Any:
    """What asyncio.run does, in uvloop's loop."""
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
    """Runs a test in asyncio's own loop and, where it is installed, in uvloop's."""
    found: Run = request.param
    return found


def open_async(url: str, **config: Any) -> wabiz.AsyncClient:
    """The same for asyncio, with nothing of the pace in the way."""
    settings = {"access_token": TOKEN, "phone_number_id": "106540352242922", "base_url": url, "proxy": "", "max_attempts": 1,
                "messages_per_second": 1000, "pair_interval_ms": 0, **config}
    return wabiz.AsyncClient(**settings)


async def until(condition: Callable[[], object]) -> None:
    """Waits until something holds."""
    async def look() -> None:
        while not condition():
            await asyncio.sleep(0.005)
    await asyncio.wait_for(look(), 60)


def text_message(body: str = "Hello") -> dict[str, Any]:
    return {"to": "+15550001234", "text": body}


def webhook(*messages: Any, statuses: tuple[Any, ...] = ()) -> dict[str, Any]:
    """A notification around inbound messages and statuses."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": "900800700600500"},
    }
    if messages:
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    return {"object": "whatsapp_business_account",
            "entry": [{"id": "700100200300400", "changes": [{"field": "messages", "value": value}]}]}
