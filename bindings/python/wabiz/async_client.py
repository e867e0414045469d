"""A client for asyncio: thousands of messages under way in one loop, without a thread.

The loop watches the library's descriptor. One callback drives every transfer and resolves whatever is finished.
"""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import logging
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Any, AsyncGenerator, AsyncIterable, Callable, Iterable, NoReturn, Optional, Union, cast

from . import _json, _library
from ._stream import Entry, Stream
from .client import Client
from .documents import Configuration, Message, Receipt, SendOptions
from .errors import BadArgument, Cancelled, Error
from .messages import chosen
from .outcome import Outcome, outcome, problem

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

FULL = -11  # WABIZ_FULL

log = logging.getLogger("wabiz")


class AsyncClient:
    """Sends messages in an asyncio loop. Takes the configuration of `Client`, and `unclaimed`.

        async with wabiz.AsyncClient(access_token=token, phone_number_id="106540352242922") as client:
            receipt = await client.send(wabiz.text("+15550001234", "Hello"))

            async for outcome in client.send_all(wabiz.text(number, "Hello") for number in numbers):
                note(outcome.message, outcome.receipt, outcome.error)

    It belongs to the loop in which it is first used: open one per loop. Nothing may be called from another thread. The end of
    `async with` waits for what is under way; when an exception ends the block, it is cut.

    Cancelling a task that waits in `send`, a timeout included, takes the message back. Whether it had gone out by then is never
    lost: `unclaimed` is called with the Outcome of each message that nobody waits for any more. It is Cancelled when it never left,
    Uncertain when it had left, or has a receipt. Without `unclaimed` those that may have gone out are logged as warnings.
    """

    def __init__(self, *, access_token: Optional[str] = None, phone_number_id: Optional[str] = None,
                 unclaimed: Optional[Callable[[Outcome], object]] = None, **config: Unpack[Configuration]) -> None:
        self._client = Client(access_token=access_token, phone_number_id=phone_number_id, **config)
        self._unclaimed = unclaimed or log_unclaimed
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._waiting: dict[int, Entry] = {}  # by ticket
        self._queue: deque[asyncio.Future[Any]] = deque()  # who waits for room in the library's queue
        self._settled: Optional[asyncio.Future[None]] = None  # resolved once nothing is under way
        self._is_ending = False
        loaded = _library.library()
        # Looked up once, and one place for every document: this is most of what a message costs here.
        self._call_submit, self._call_step, self._free = loaded.wabiz_client_submit, loaded.wabiz_client_step, loaded.wabiz_free
        self._out = ctypes.c_char_p()
        self._to_out = ctypes.byref(self._out)

    async def send(self, message: Message, **options: Unpack[SendOptions]) -> Receipt:
        """Checks a message, sends it at the pace that Meta allows and waits for its outcome.

        Waits for room where `Client.submit` raises Full. Raises what `Client.send` raises; Cancelled when the client ends.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._bind()
        text, given = _json.write(message), chosen(options) if options else None
        ticket = None if self._queue else self._submit(text, given)
        while ticket is None:
            await self._room()
            ticket = self._submit(text, given)
        answer: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._waiting[ticket] = answer
        try:
            found = await answer
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled():
                self._hand_unclaimed(outcome(answer.result()))  # it came while the cancellation was on its way
            else:
                self._take_back(ticket)
            raise
        error = problem(found)
        if error is not None:
            raise error
        return cast("Receipt", found["receipt"])

    def send_all(
        self, messages: Union[Iterable[Union[Message, tuple[Message, SendOptions]]],
                              AsyncIterable[Union[Message, tuple[Message, SendOptions]]]],
        *, in_flight: Optional[int] = None, **options: Unpack[SendOptions],
    ) -> AsyncGenerator[Outcome, None]:
        """Sends every message of an iterable or async iterable and gives the outcomes as they become known.

        An element is a message, or a pair of a message and options of its own beside those given here. A message that is wrong is an
        outcome with its error, and ticket 0; the others go on. `outcome.message` is the element's message. What the source raises is
        raised once what it gave before has its outcomes.

        No more than `in_flight` are taken from `messages` before their outcomes are known, and as many outcomes again are kept for a
        slow reader; None is as many as the client's `max_queued`. Messages that wait for their pace count: let it be large when many
        go to the same people. Leaving the loop early takes back what is under way once the generator is closed; `contextlib.aclosing`
        does that at once.
        """
        if in_flight is not None and in_flight < 1:
            raise BadArgument.here("in_flight must be at least 1")
        return Stream(self, in_flight, cast("dict[str, Any]", options)).outcomes(messages)

    async def drain(self, timeout: Optional[float] = None) -> None:
        """Takes no more messages and waits until each has its outcome, `timeout` seconds at most; then cuts the rest.

        Whoever waits for one that was cut gets Uncertain when it had left, else Cancelled.
        """
        self._end_taking()
        if self._waiting and timeout != 0:
            if self._settled is None:
                self._settled = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._settled], timeout=timeout)
        self._cut()

    async def close(self) -> None:
        """Closes the client at once, cutting what is under way; may be called again. Every message still gets its outcome."""
        if self._client.closed:
            return
        self._end_taking()
        try:
            self._cut()
        except Error as error:
            self._fail(error)
        finally:
            self._unwatch()
            self._client.close()

    @property
    def closed(self) -> bool:
        """True after close()."""
        return self._client.closed

    @property
    def pending(self) -> int:
        """How many messages are under way or wait for their pace or for a repeat."""
        return len(self._waiting)

    def stats(self) -> dict[str, Any]:
        """What the client has done and is doing, as `Client.stats`."""
        return self._client.stats()

    # ---- inside

    def _bind(self) -> None:
        """Lets the running loop watch the descriptor, on first use."""
        self._client._open_handle()
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        if self._loop is not None:
            raise BadArgument.here("This AsyncClient belongs to another event loop: open one per loop")
        self._descriptor = self._client.fileno()
        # In an empty context: the callback outlives the task that happens to come first, and must not keep its variables.
        contextvars.Context().run(loop.add_reader, self._descriptor, self._step)
        self._loop = loop

    def _unwatch(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._descriptor)

    def _submit(self, text: bytes, options: Optional[bytes]) -> Optional[int]:
        """The ticket, or None when there is no room; raises what is wrong with the message."""
        if self._is_ending:
            raise Cancelled.here("The client was drained or closed and takes no more messages: open a new one")
        status, document = self._run(self._call_submit, text, options)
        if status == 0:
            if document[:10] == b'{"ticket":' and document[10:-1].isdigit():  # the usual form, without a parser
                return int(document[10:-1])
            return cast("int", _json.read(document)["ticket"])
        if status == FULL:
            return None
        raise _library.failed(status, _json.read(document) if document else None)

    def _run(self, function: Any, *arguments: Any) -> tuple[int, bytes]:
        """Calls the library; an empty text is one that there was no memory for."""
        out = self._out
        status = function(self._client._open_handle(), *arguments, self._to_out)
        text = out.value
        self._free(out)
        return status, text or b""

    def _step(self) -> None:
        """The loop's callback: drives the transfers and hands out what is finished."""
        status, text = self._run(self._call_step, 0)
        if status < 0 or not text:
            self._fail(_library.failed(status, _json.read(text) if text else None))
        else:
            self._deliver(_json.read(text)["outcomes"])

    def _deliver(self, found: list[dict[str, Any]]) -> None:
        waiting = self._waiting
        for each in found:
            entry = waiting.pop(each["ticket"], None)
            if type(entry) is tuple and not entry[0].is_closed:
                entry[0].take(outcome(each, entry[1]))
            elif isinstance(entry, asyncio.Future) and not entry.done():
                entry.set_result(each)
            else:
                self._hand_unclaimed(outcome(each, entry[1] if type(entry) is tuple else None))
        if self._queue:
            self._make_room(len(found))
        if not waiting and self._settled is not None and not self._settled.done():
            self._settled.set_result(None)

    def _fail(self, error: Error) -> None:
        """The library can say nothing more of what is under way, such as in a forked child: whoever waits hears why."""
        self._unwatch()
        self._end_taking()
        self._deliver([{"ticket": ticket, "attempts": 0, **error.document} for ticket in list(self._waiting)])

    def _take_back(self, ticket: int) -> None:
        """Its outcome comes by the next callback, and nobody waits for it."""
        try:
            self._client.cancel(ticket)
        except Error:
            pass  # it is known already, or the client is closed

    def _hand_unclaimed(self, found: Outcome) -> None:
        try:
            self._unclaimed(found)
        except Exception as problem:
            if self._loop is not None:
                self._loop.call_exception_handler({"message": "unclaimed failed", "exception": problem})

    async def _room(self) -> None:
        """Waits for an outcome that makes room in the library's queue; first come, first served."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._make_room(1)  # the next one gets the turn
            raise

    def _make_room(self, count: int) -> None:
        queue = self._queue
        while queue and count > 0:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                count -= 1

    def _end_taking(self) -> None:
        self._is_ending = True
        self._make_room(len(self._queue))

    def _cut(self) -> None:
        self._deliver(self._client._call("wabiz_client_drain", 0)["outcomes"])

    async def __aenter__(self) -> Self:
        self._bind()
        return self

    async def __aexit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                        trace: Optional[TracebackType]) -> None:
        try:
            if kind is None:
                await self.drain()
        finally:
            await self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("A wabiz.AsyncClient cannot be copied or pickled: open a new one")

    def __repr__(self) -> str:
        return repr(self._client).replace("wabiz.Client", "wabiz.AsyncClient")


def log_unclaimed(found: Outcome) -> None:
    """What `unclaimed` is by default: tells of messages that may have gone out."""
    if found.receipt is not None:
        log.warning("A message was accepted as %s after its sender was cancelled", found.receipt.get("message_id"))
    elif not isinstance(found.error, Cancelled):
        log.warning("A message, ticket %d, ended after its sender was cancelled: %s", found.ticket, found.error)
