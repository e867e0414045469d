"""A client: sends messages and moves media for one account over kept-alive connections."""

from __future__ import annotations

import ctypes
import os
import threading
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, Mapping, NoReturn, Optional, Union, cast

from . import _json, _library
from .documents import (
    Configuration, DownloadOptions, Media, MediaFile, MediaInfo, Message, Options, Receipt, UploadedMedia, UploadOptions,
)
from .errors import BadArgument
from .messages import written

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Client:
    """Sends messages. Use it as a context manager, or close it.

        with wabiz.Client(access_token=token, phone_number_id="106540352242922") as client:
            receipt = client.send({"to": "+15550001234", "text": "Hello"})

    No connection is made before the first send. Threads may share a client: their calls wait for each other, so open
    one per thread to send in parallel. After os.fork() the child must open its own: a parent's raises Forked.

    Raises BadArgument when the configuration is not right; the message names the member.
    """

    _handle: Optional[ctypes.c_void_p] = None

    def __init__(self, *, access_token: str, phone_number_id: Optional[str] = None,
                 **config: Unpack[Configuration]) -> None:
        members: dict[str, Any] = {"access_token": access_token, "phone_number_id": phone_number_id, **config}
        given = {name: value for name, value in members.items() if value is not None}
        handle = ctypes.c_void_p()
        opened = _library.call("wabiz_client_open", _json.dump(given), ctypes.byref(handle))
        # Kept here because modules may be gone when the interpreter ends before the client is collected.
        self._release = _library.library().wabiz_client_close
        self._handle = handle
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self.api: str = opened["api"]
        self.base_url: str = opened["base_url"]

    def send(self, message: Message, **options: Unpack[Options]) -> Receipt:
        """Checks the message, posts it and waits for Meta's answer, at most `timeout_ms`.

        `message` as in `build`. A status=read message marks the inbound message as read. Accepted is not delivered:
        statuses come by webhook.

        Raises Invalid, BadJSON or BadArgument when nothing was sent; Refused when Meta answered with an error;
        Unreachable when the request did not leave; Uncertain when it left and no complete answer came back (the
        library never repeats it); Forked in a child process.
        """
        return cast("Receipt", self._call("wabiz_client_send", _json.write(message), written(options)))

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
        data, length = ctypes.c_void_p(), ctypes.c_size_t()
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

    def _call(self, name: str, *arguments: Any) -> dict[str, Any]:
        """One call of the library at a time."""
        if os.getpid() != self._pid:
            # The lock may be held for ever by a thread that did not survive the fork. The library refuses by itself.
            return _library.call(name, self._open_handle(), *arguments)
        with self._lock:
            return _library.call(name, self._open_handle(), *arguments)

    def close(self) -> None:
        """Closes the client and its connections; may be called again. Waits for a send in another thread."""
        if self._handle is None:
            return
        if os.getpid() != self._pid:
            self._drop()
        else:
            with self._lock:
                self._drop()

    @property
    def closed(self) -> bool:
        """True after close()."""
        return self._handle is None

    def _open_handle(self) -> ctypes.c_void_p:
        if self._handle is None:
            raise BadArgument.here("The client is closed: open a new one")
        return self._handle

    def _drop(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            self._release(handle)

    def __enter__(self) -> Client:
        self._open_handle()
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        # Nobody refers to the client any more, so nobody is sending with it: no lock is needed.
        if self._handle is not None:
            try:
                warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
            finally:
                self._drop()

    def __reduce__(self) -> NoReturn:
        # A copy would close the same handle a second time.
        raise TypeError("A wabiz.Client cannot be copied or pickled: open a new one")

    def __repr__(self) -> str:
        state = "closed " if self.closed else ""
        return f"<{state}wabiz.Client {getattr(self, 'api', '')} {getattr(self, 'base_url', '')}>"


def media_text(media: Media) -> Optional[bytes]:
    """A media id as it is; a media object as JSON."""
    return _json.dump(media) if isinstance(media, Mapping) else _library.text(media, "media")
