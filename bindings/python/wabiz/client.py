"""A client: sends messages, one or many at once, and moves media for one account over kept-alive connections."""

from __future__ import annotations

import ctypes
import math
import os
import time
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union, cast

from . import _json, _library
from ._handle import Handle
from .documents import (
    CheckedContacts, Configuration, DownloadOptions, Health, Media, MediaFile, MediaInfo, Message, Receipt, SendOptions, UploadedMedia,
    UploadOptions,
)
from .errors import BadArgument, Cancelled, Forked
from .messages import chosen, written
from .outcome import Outcome, outcomes

if TYPE_CHECKING:
    from typing_extensions import Unpack


IDLE = 1  # WABIZ_IDLE: nothing is queued or under way
LONGEST_MS = 2**31 - 1  # what fits a C int, 24 days


class Client(Handle):
    """Sends messages. Use it as a context manager, or close it.

        with wabiz.Client(access_token=token, phone_number_id="106540352242922") as client:
            receipt = client.send({"to": "+15550001234", "text": "Hello"})

    Many at once: `submit` as many as you like and `step` until nothing is left. Nothing moves between the calls: the client has
    no thread. `AsyncClient` does the same for asyncio.

            for row in rows:
                client.submit(wabiz.text(row.number, row.text), tag=row.id)
            while outcomes := client.step():
                for outcome in outcomes:
                    note(outcome.tag, outcome.receipt, outcome.error)

    It keeps to the pace that Meta allows, sends again what a repeat can mend, and never what might duplicate a message. Times
    that are called `timeout` are seconds; members and options that end in _ms are milliseconds.

    No connection is made before the first send. Threads may share a client: their calls wait for each other, so open
    one per thread to send in parallel. After os.fork() the child must open its own: a parent's raises Forked. Closing drops what
    is queued, cuts what is under way and loses the outcomes that were not collected: `drain` first where they matter.

    Raises BadArgument when the configuration is not right; the message names the member.
    """

    _family = "client"
    _called = "client"
    _draining = False

    def __init__(self, *, access_token: Optional[str] = None, phone_number_id: Optional[str] = None,
                 **config: Unpack[Configuration]) -> None:
        opened = self._open({"access_token": access_token, "phone_number_id": phone_number_id, **config})
        self.api: str = opened["api"]
        self.base_url: str = opened["base_url"]
        self._about = f"{self.api} {self.base_url}"
        self._kept: list[Outcome] = []

    def send(self, message: Message, **options: Unpack[SendOptions]) -> Receipt:
        """Checks the message, posts it and waits until its outcome is known.

        `message` as in `build`. A status=read message marks the inbound message as read. Accepted is not delivered:
        statuses come by webhook. Takes at most `deadline_ms` and the `timeout_ms` of the last attempt. Outcomes of submitted messages
        that come in meanwhile wait for the next `step`.

        Raises Invalid, BadJSON or BadArgument when nothing was sent; Refused when Meta answered with an error;
        Unreachable when the request did not leave; Uncertain when it left and no complete answer came back (it is
        repeated only with `resend_uncertain`); Full when `max_queued` messages wait already; Forked in a child process.
        """
        self._check_taking()
        return cast("Receipt", self._call("wabiz_client_send", _json.write(message), chosen(options) if options else None))

    def submit(self, message: Message, **options: Unpack[SendOptions]) -> int:
        """Checks a message and queues it, without waiting; gives its ticket. Every ticket gets exactly one outcome, by `step`.

        Raises Invalid, BadJSON or BadArgument when the message is wrong; Full when `max_queued` messages wait already (step, then
        submit again); Cancelled once the client drains; Forked. Nothing was queued then.
        """
        self._check_taking()
        submitted = self._call("wabiz_client_submit", _json.write(message), chosen(options) if options else None)
        return cast("int", submitted["ticket"])

    def step(self, timeout: Optional[float] = None) -> list[Outcome]:
        """Drives everything that is under way and gives what is finished, as soon as there is something.

        `timeout` is how many seconds to wait at most: 0 never waits, None waits until there is an outcome. With None an empty list
        means that nothing is queued or under way. Outcomes come in the order in which they became known.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            document, is_idle = self._step(until)
            if is_idle or document["outcomes"] or (until is not None and time.monotonic() >= until):
                return outcomes(document["outcomes"])

    def cancel(self, ticket: int) -> None:
        """Takes a message back. Its outcome still comes by `step`: Cancelled when it never left, Uncertain when it had left.

        Raises NotFound when there is no such ticket or its outcome is known already.
        """
        if not 0 <= ticket < 2**64:
            raise BadArgument.here(f"{ticket} is no ticket: pass what submit() gave")
        self._call("wabiz_client_cancel", ticket)

    def drain(self, timeout: Optional[float] = None) -> list[Outcome]:
        """Ends in order: takes no more messages, waits for those it has, cuts the rest, and gives every outcome not yet collected.

        `timeout` is how many seconds to wait at most; 0 cuts at once, None waits as long as it takes. What was cut is Uncertain when
        it had left, else Cancelled. When an exception ends the wait, such as KeyboardInterrupt, call it again: it goes on.
        """
        self._draining = os.getpid() == self._pid
        until = None if timeout is None else time.monotonic() + timeout
        is_idle = False
        # In steps, because the library's own drain does not end for a signal.
        while not is_idle and (until is None or time.monotonic() < until):
            document, is_idle = self._step(until)
            self._kept += outcomes(document["outcomes"])
        self._kept += outcomes(self._call("wabiz_client_drain", 0)["outcomes"])
        collected, self._kept = self._kept, []
        return collected

    def fileno(self) -> int:
        """A descriptor that becomes readable when `step(0)` has something to do, for select, poll, epoll and event loops.

        It is the same for the life of the client, which owns it: do not read or close it. It may be readable while there is nothing to
        hand out. Raises Forked in a child process.
        """
        with self._held() as handle:
            descriptor: int = _library.library().wabiz_client_descriptor(handle)
        if descriptor >= 0:
            return descriptor
        if os.getpid() != self._pid:
            raise Forked.here("This client belongs to the parent process: open a new one after fork()")
        raise BadArgument.here("The process has no descriptor left for the client: close some, or raise its limit")

    def stats(self) -> dict[str, Any]:
        """What the client has done and is doing: counts, latencies in milliseconds, and for every number its pace and why."""
        return self._call("wabiz_client_stats")

    def _step(self, until: Optional[float]) -> tuple[dict[str, Any], bool]:
        """One step that waits until a moment of the monotonic clock at most; the second is true when nothing is left."""
        with self._held() as handle:
            status, document = _library.invoke("wabiz_client_step", handle, milliseconds(until))
        if status < 0 or document is None:
            raise _library.failed(status, document)
        return document, status == IDLE

    def _check_taking(self) -> None:
        if self._draining:
            raise Cancelled.here("The client was drained and takes no more messages: open a new one")

    def check_contacts(self, contacts: Sequence[str], *, blocking: str = "wait", force_check: bool = False) -> CheckedContacts:
        """On-Premises: looks up phone numbers, in any usual notation, and waits.

        With `blocking` "no_wait" some may be "processing". `force_check` asks WhatsApp even where the On-Premises client remembers
        the answer. No look-up is needed before a message (since version 2.39 of that client).

        Raises Refused, Unreachable (asking again does no harm), BadArgument for the Cloud API.
        """
        options = {"blocking": blocking, "force_check": force_check}
        return cast("CheckedContacts", self._call("wabiz_client_contacts", _json.dump(list(contacts)), _json.dump(options)))

    def health(self) -> Health:
        """On-Premises: how the client is, and each node of a cluster. Raises as `check_contacts` does."""
        return cast("Health", self._call("wabiz_client_health"))

    def media_info(self, media: Media) -> MediaInfo:
        """What Meta knows of a file: its URL for five minutes, MIME type, size and hash. Cloud API.

        `media` is a media id, or the media object of a webhook (`event["media"]`). Raises Refused when there is no such
        file, Unreachable when no answer came (asking again does no harm), BadArgument On-Premises.
        """
        return cast("MediaInfo", self._call("wabiz_media_info", media_text(media)))

    def download(self, media: Media, path: Optional[Union[str, os.PathLike[str]]] = None,
                 **options: Unpack[DownloadOptions]) -> MediaFile:
        """Downloads a file and checks its size and hash. With `path` it goes there, else the result's `data` holds it.

        The file takes its name only when it is whole and checked; until then what stands at `path` stays as it was. A
        download that broke off leaves `<path>.part` (mode 0600): call again with the same path, and it goes on from there.

        Raises Unreachable when no complete file came; Unauthentic when size or hash are wrong (the bytes were thrown away);
        Full when it is larger than `max_bytes`; Storage when it cannot be written; Refused when Meta says no. Never
        Uncertain: calling again does no harm.
        """
        given: dict[str, Any] = dict(options)
        if path is not None:
            given["path"] = os.fspath(path)
        data, length = ctypes.c_char_p(), ctypes.c_size_t()
        try:
            document = self._call("wabiz_media_download", media_text(media), written(given), ctypes.byref(data), ctypes.byref(length))
            if path is None:
                document["data"] = ctypes.string_at(data, length.value) if data else b""
        finally:
            _library.library().wabiz_free(data)
        return cast("MediaFile", document)

    def upload(self, file: Union[str, os.PathLike[str], bytes, bytearray, memoryview],
               **options: Unpack[UploadOptions]) -> UploadedMedia:
        """Uploads a file, to be sent by its `id` within 30 days. `file` is a path, or the bytes themselves.

        Type and size are checked first; bytes need a `type` or a `filename` with an ending that tells it.

        Raises Invalid with every issue when Meta would refuse the file, and nothing was sent; Storage when it cannot be
        read; Refused, Unreachable; Uncertain when no answer came back: uploading again does no harm then, but may leave a
        second copy that nobody is sent.
        """
        given: dict[str, Any] = dict(options)
        data: Optional[bytes] = None
        if isinstance(file, (bytes, bytearray, memoryview)):
            data = bytes(file)
        else:
            given["path"] = os.fspath(file)
        return cast("UploadedMedia", self._call("wabiz_media_upload", data, len(data or b""), written(given)))

    def delete(self, media: Media) -> None:
        """Deletes a file from Meta's servers. After Uncertain call again: it does no harm."""
        self._call("wabiz_media_delete", media_text(media))


def media_text(media: Media) -> Optional[bytes]:
    """A media id as it is; a media object as JSON."""
    return _json.dump(media) if isinstance(media, Mapping) else _library.text(media, "media")


def milliseconds(until: Optional[float]) -> int:
    """How long a moment of the monotonic clock is away, as the library takes it; None is for ever, -1."""
    if until is None or until == math.inf:
        return -1
    return min(max(math.ceil((until - time.monotonic()) * 1000), 0), LONGEST_MS)
