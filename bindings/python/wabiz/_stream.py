"""The messages of one `AsyncClient.send_all`: taken from their source no faster than outcomes come, and handed out as they do."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any, AsyncGenerator, Iterator, Optional, Union

from . import _json
from .documents import Message
from .errors import Error
from .messages import chosen
from .outcome import Outcome

if TYPE_CHECKING:
    from .async_client import AsyncClient

# Who waits for a ticket: a send, or a stream with the message.
Entry = Union["asyncio.Future[dict[str, Any]]", "tuple[Stream, Message]"]

AT_ONCE = 128  # messages that are submitted before the loop gets its turn
KEPT = 4096  # outcomes that wait for a slow reader, when nothing else is said


class Stream:
    """`AsyncClient._submit` takes its messages, and `AsyncClient._deliver` brings it their outcomes."""

    def __init__(self, client: AsyncClient, in_flight: Optional[int], options: dict[str, Any]) -> None:
        self.client, self.in_flight, self.options = client, in_flight, options
        self.written = chosen(options)
        self.flying: set[int] = set()  # tickets
        self.held: list[Any] = []  # the message that found no room
        self.done: deque[Outcome] = deque()
        self.is_exhausted = self.is_closed = False
        self.problem: Optional[Exception] = None  # what the source raised
        self.wake: Optional[asyncio.Future[None]] = None  # of the reader
        self.feeder: Optional[asyncio.Task[None]] = None

    async def outcomes(self, messages: Any) -> AsyncGenerator[Outcome, None]:
        """The outcomes, until the source is exhausted and nothing is under way; then what the source raised, if it did."""
        self.client._bind()
        loop = asyncio.get_running_loop()
        source: Optional[Iterator[Any]] = None
        try:
            if isinstance(messages, AsyncIterable):
                self.roomy = asyncio.Event()
                self.feeder = loop.create_task(self.feed(messages))
            else:
                source = iter(messages)
            while True:
                if source is not None:
                    self.fill(source)
                if self.done:
                    yield self.done.popleft()
                elif self.is_exhausted and not self.flying and not self.held:
                    break
                else:
                    self.wake = loop.create_future()
                    if source is not None and self.held:
                        self.client._queue.append(self.wake)
                    elif source is not None and not self.is_exhausted and self.has_room:
                        self.wake.set_result(None)
                        await asyncio.sleep(0)  # there is more to submit, but others want their turn
                    await self.wake
                if self.feeder is not None:
                    self.roomy.set()
        finally:
            await self.close()
        if self.problem is not None:
            raise self.problem

    @property
    def has_room(self) -> bool:
        bound = self.in_flight
        return (bound is None or len(self.flying) < bound) and len(self.done) < (bound or KEPT)

    def fill(self, source: Iterator[Any]) -> None:
        """Submits as many as may be under way."""
        for _ in range(AT_ONCE):
            if not self.held:
                if self.is_exhausted or not self.has_room:
                    return
                try:
                    self.held.append(next(source))
                except StopIteration:
                    self.is_exhausted = True
                    return
                except Exception as problem:
                    self.problem, self.is_exhausted = problem, True
                    return
            if not self.submit():
                return

    async def feed(self, messages: AsyncIterable[Any]) -> None:
        """Does for an async source what `fill` does, in a task of its own: outcomes do not wait for a slow source."""
        try:
            async for message in messages:
                while not self.has_room:
                    self.roomy.clear()
                    await self.roomy.wait()
                self.held.append(message)
                while not self.submit():
                    await self.client._room()
        except Exception as problem:
            self.problem = problem
            self.held.clear()
        finally:
            self.is_exhausted = True
            self.stir()

    def submit(self) -> bool:
        """Submits the message that is held; false when there is no room for it. A message that is wrong is an outcome."""
        message, options, given = self.held[0], self.written, self.options
        try:
            if type(message) is tuple:
                message, own = message
                given = {**self.options, **own}
                options = chosen(given)
            ticket = self.client._submit(_json.write(message), options)
        except Error as error:
            self.done.append(Outcome(0, given.get("tag"), 0, None, error, message))
            self.stir()
        else:
            if ticket is None:
                return False
            self.flying.add(ticket)
            self.client._waiting[ticket] = (self, message)
        self.held.clear()
        return True

    def take(self, found: Outcome) -> None:
        """An outcome of this stream's."""
        self.flying.discard(found.ticket)
        self.done.append(found)
        self.stir()

    def stir(self) -> None:
        if self.wake is not None and not self.wake.done():
            self.wake.set_result(None)

    async def close(self) -> None:
        """Takes back what is under way; outcomes that nobody read, and those to come, are handed to `unclaimed`."""
        self.is_closed = True
        for ticket in self.flying:
            self.client._take_back(ticket)
        for found in self.done:
            if found.ticket:
                self.client._hand_unclaimed(found)
        if self.held:
            self.client._make_room(1)  # the turn that this one may have had
        if self.feeder is not None and not self.feeder.done():
            self.feeder.cancel()
            await asyncio.wait([self.feeder])
