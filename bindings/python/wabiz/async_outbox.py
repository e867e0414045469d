"""An outbox for asyncio: it sends through an AsyncClient in its loop, without a thread.

The loop watches the library's descriptor, which also tells of the outbox's own times.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, AsyncGenerator, Optional, Union

from .async_client import AsyncClient
from .errors import BadArgument, Error
from .outbox import OutboxConfiguration, OutboxFile, Row

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack


class AsyncOutbox(OutboxFile):
    """An outbox that sends in an asyncio loop. Takes the configuration of `Outbox` behind the client.

        async with wabiz.AsyncClient(...) as client, wabiz.AsyncOutbox(client, "out.db", phone_number_id=number) as outbox:
            outbox.put(wabiz.text("+15550001234", "Hello"), key="order-42")
            async for row in outbox.outcomes():
                print(row["id"], row["state"])

    It sends while somebody iterates over `outcomes`, and waits for a slow reader: with `unread` rows in memory nothing more is begun, until
    half of them are read. What is under way then is recorded and comes on top, `max_in_flight` rows of the client's at most, and rows that
    one step found expired or blocked. The end of `async with` begins nothing more and waits for what is under way, `grace` seconds at most,
    also when it ends by cancellation: what is cut then is uncertain. It belongs to the client's loop.

    `put`, `apply` and the others are those of `Outbox`: each waits for one commit on the disk, milliseconds as a rule, up to `busy_timeout_ms`
    while another process writes.
    """

    def __init__(self, client: AsyncClient, path: Union[str, os.PathLike[str]], *, phone_number_id: Optional[str] = None,
                 grace: float = 10, unread: int = 1000, **config: Unpack[OutboxConfiguration]) -> None:
        if unread < 1:
            raise BadArgument.here("unread is how many rows may wait for a reader: 1 or more")
        super().__init__(path, phone_number_id=phone_number_id, **config)
        self._client = client
        self._grace = grace
        self._unread = unread
        self._rows: deque[Row] = deque()  # not read yet
        self._is_held = False  # nothing is begun, for the sake of a slow reader
        self._problem: Optional[Error] = None
        self._is_sending = False
        self._loop: Optional[asyncio.AbstractEventLoop] = None  # while it watches the descriptor
        self._descriptor_watched = -1
        self._news: Optional[asyncio.Event] = None

    async def outcomes(self, *, until_idle: bool = False) -> AsyncGenerator[Row, None]:
        """Sends what is due, now and later, and gives the rows that were accepted, or ended otherwise.

        It goes on for ever, or with `until_idle` until nothing is queued for this number, now or later, and nothing under way. A reader
        that is slower than the wire holds sending back. When the loop over it is left, nothing more is begun; what is under way is
        recorded in the background, and its rows are the first for who iterates next.

        Raises Storage when the file cannot be written: iterate again, nothing that came back is forgotten. Raises BadArgument when the
        client is closed, or somebody iterates already.
        """
        if self._is_sending:
            raise BadArgument.here("Somebody iterates over this outbox already: hand the rows on from there")
        self._is_sending = True
        try:
            self._turn()
            while True:
                while self._rows:
                    row = self._rows.popleft()
                    if self._is_held and self._is_sending and len(self._rows) <= self._unread // 2:
                        self._turn()
                    yield row
                self._raise()
                if not self._is_sending or until_idle and self.is_idle:
                    return
                await self._wait()
        finally:
            if self._is_sending:
                self._is_sending = False
                if not self.closed:
                    self._turn()

    async def drain(self, timeout: Optional[float] = None) -> list[Row]:
        """Begins nothing more and waits until nothing is under way, `timeout` seconds at most. A loop over `outcomes` ends with it.

        Gives the rows that nobody has read.
        """
        self._is_sending = False
        self._turn()
        try:
            await asyncio.wait_for(self._settled(), timeout)
        except asyncio.TimeoutError:
            pass
        rows = list(self._rows)
        self._rows.clear()
        self._raise()
        return rows

    def close(self) -> None:
        """Closes it; may be called again. Rows under way are uncertain then: `drain` before."""
        self._unwatch()
        self._is_sending = False
        super().close()
        self._tell()

    # ---- inside

    def _turn(self) -> None:
        """The loop's callback: sends and records, or only records."""
        self._is_held = self._is_sending and len(self._rows) >= self._unread
        begins = self._is_sending and not self._is_held
        try:
            self._watch()
            while rows := self._work("wabiz_outbox_step" if begins else "wabiz_outbox_drain", self._client._client, 0):
                self._rows.extend(rows)
                if begins:  # others want their turn; but that nothing is left under way shows only when nothing comes any more
                    break
        except Error as problem:
            self._problem = problem
            self._unwatch()
        else:
            if self.is_idle and not begins:
                self._unwatch()
        self._tell()

    def _watch(self) -> None:
        if self._loop is not None:
            return
        self._client._bind()  # the client's own messages get their outcomes
        loop = asyncio.get_running_loop()
        descriptor = self._watched(self._client._client)
        # In an empty context: the callback outlives the task that happens to come first, and must not keep its variables.
        contextvars.Context().run(loop.add_reader, descriptor, self._turn)
        self._loop, self._descriptor_watched = loop, descriptor

    def _unwatch(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None and not loop.is_closed():
            loop.remove_reader(self._descriptor_watched)

    def _tell(self) -> None:
        if self._news is not None:
            self._news.set()

    async def _wait(self) -> None:
        """Waits for the next turn."""
        if self._news is None or self._news.is_set():
            self._news = asyncio.Event()
        await self._news.wait()

    async def _settled(self) -> None:
        while self._loop is not None:
            await self._wait()

    def _raise(self) -> None:
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    async def __aenter__(self) -> Self:
        self._open_handle()
        return self

    async def __aexit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                        trace: Optional[TracebackType]) -> None:
        try:
            if not self.closed:
                await self.drain(self._grace)
        finally:
            self.close()
