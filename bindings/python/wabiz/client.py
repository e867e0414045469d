"""A client: sends messages and moves media for one account over kept-alive connections."""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING, Any, Mapping, Optional, Union, cast

from . import _json, _library
from ._handle import Handle
from .documents import (
    Configuration, DownloadOptions, Media, MediaFile, MediaInfo, Message, Options, Receipt, UploadedMedia, UploadOptions,
)
from .messages import written

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Client(Handle):
    """Sends messages. Use it as a context manager, or close it.

        with wabiz.Client(access_token=token, phone_number_id="106540352242922") as client:
            receipt = client.send({"to": "+15550001234", "text": "Hello"})

    No connection is made before the first send. Threads may share a client: their calls wait for each other, so open
    one per thread to send in parallel. After os.fork() the child must open its own: a parent's raises Forked.

    Raises BadArgument when the configuration is not right; the message names the member.
    """

    _family = "client"
    _called = "client"

    def __init__(self, *, access_token: Optional[str] = None, phone_number_id: Optional[str] = None,
                 **config: Unpack[Configuration]) -> None:
        opened = self._open({"access_token": access_token, "phone_number_id": phone_number_id, **config})
        self.api: str = opened["api"]
        self.base_url: str = opened["base_url"]
        self._about = f"{self.api} {self.base_url}"

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


def media_text(media: Media) -> Optional[bytes]:
    """A media id as it is; a media object as JSON."""
    return _json.dump(media) if isinstance(media, Mapping) else _library.text(media, "media")
