"""Media files: downloads to memory and to a path, uploads from both, deletes, and what goes wrong on the way."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any, Callable

import pytest

import wabiz
from conftest import TOKEN, open_client
from stub import Behaviour, Stub, accepts, answers, closes, cuts, graph_error

Serve = Callable[..., Stub]
FILE = bytes(range(256)) * 100


def metadata(stub: Stub, **members: Any) -> Behaviour:
    return accepts({"messaging_product": "whatsapp", "url": f"{stub.url}/media?mid=7", "mime_type": "image/jpeg",
                    "sha256": hashlib.sha256(FILE).hexdigest(), "file_size": str(len(FILE)), "id": "7", **members})


def whole(data: bytes = FILE) -> Behaviour:
    return answers(200, data, "image/jpeg")


def playing(serve: Serve, *behaviours: Behaviour, **members: Any) -> Stub:
    """A stub that answers a look-up first."""
    stub = serve()
    stub.answers = [metadata(stub, **members), *behaviours]
    return stub


def test_a_download_into_memory(serve: Serve) -> None:
    stub = playing(serve, whole())
    with open_client(stub.url) as client:
        file = client.download("7")
    assert file["data"] == FILE and file["verified"] and file["size"] == len(FILE) and file["mime_type"] == "image/jpeg"
    assert [request.path for request in stub.requests] == ["/v25.0/7", "/media?mid=7"]
    assert {request.headers["authorization"] for request in stub.requests} == {f"Bearer {TOKEN}"}


def test_an_empty_file(serve: Serve) -> None:
    stub = playing(serve, whole(b""), sha256=hashlib.sha256(b"").hexdigest(), file_size="0")
    with open_client(stub.url) as client:
        assert client.download("7")["data"] == b""


def test_a_download_to_a_path(serve: Serve, tmp_path: Path) -> None:
    stub = playing(serve, whole())
    path = tmp_path / "ä photo.jpg"
    path.write_bytes(b"old")
    with open_client(stub.url) as client:
        file = client.download({"id": "7", "sha256": hashlib.sha256(FILE).hexdigest(), "caption": "x"}, path)
    assert path.read_bytes() == FILE and "data" not in file and file["path"] == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and list(tmp_path.iterdir()) == [path]


def test_a_cut_download_goes_on(serve: Serve, tmp_path: Path) -> None:
    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(FILE)))
        handler.end_headers()
        handler.wfile.write(FILE[:9000])
        handler.close_connection = True

    stub = playing(serve, half)
    path = tmp_path / "photo.jpg"
    with open_client(stub.url) as client:
        with pytest.raises(wabiz.Unreachable) as caught:
            client.download("7", path)
        assert caught.value.retry == "backoff" and not path.exists()
        stub.answers = [metadata(stub), answers(206, FILE[9000:], "image/jpeg", **{"Content-Range": f"bytes 9000-25599/{len(FILE)}"})]
        assert client.download("7", str(path))["resumed_from"] == 9000
    assert stub.requests[-1].headers["range"] == "bytes=9000-" and path.read_bytes() == FILE


@pytest.mark.parametrize("behaviour, members, options, error", [
    (whole(), {"sha256": "0" * 64}, {}, wabiz.Unauthentic),
    (whole(), {"file_size": "5"}, {}, wabiz.Unauthentic),
    (whole(), {}, {"max_bytes": 5}, wabiz.Full),
    (whole(), {"url": "http://media.example/a"}, {}, wabiz.Refused),
    (cuts, {}, {}, wabiz.Unreachable),
    (closes, {}, {}, wabiz.Unreachable),
    (graph_error(190, 401), {}, {}, wabiz.Refused),
    (whole(), {}, {"no_such_option": 1}, wabiz.BadArgument),
])
def test_what_goes_wrong(serve: Serve, tmp_path: Path, behaviour: Behaviour, members: dict[str, Any], options: Any, error: type[wabiz.Error]) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"old")
    for target in (path, None):
        stub = playing(serve, behaviour, **members)
        with open_client(stub.url) as client, pytest.raises(error) as caught:
            client.download("7", target, **options)
        assert TOKEN not in str(caught.value)
        assert path.read_bytes() == b"old"


def test_paths_that_cannot_be_written(serve: Serve, tmp_path: Path) -> None:
    stub = serve()
    with open_client(stub.url) as client:
        with pytest.raises(wabiz.Storage):
            client.download("7", tmp_path / "none" / "photo.jpg")
        with pytest.raises(wabiz.BadArgument):
            client.download("", tmp_path / "photo.jpg")
        with pytest.raises(wabiz.BadArgument):
            client.download(7)  # type: ignore[arg-type]
    assert stub.requests == []


def test_uploads(serve: Serve, tmp_path: Path) -> None:
    stub = serve(accepts({"id": "991"}))
    path = tmp_path / "photo.jpg"
    path.write_bytes(FILE)
    with open_client(stub.url) as client:
        for file, options in ((path, {}), (str(path), {}), (FILE, {"filename": "photo.jpg"}), (bytearray(FILE), {"type": "image/jpeg"}), (memoryview(FILE), {"type": "image/jpeg"})):
            media = client.upload(file, **options)  # type: ignore[arg-type]
            assert media["id"] == "991" and media["size"] == len(FILE) and media["sha256"] == hashlib.sha256(FILE).hexdigest()
            assert FILE in stub.requests[-1].body and b"image/jpeg" in stub.requests[-1].body
    assert stub.requests[-1].path == "/v25.0/106540352242922/media"


def test_uploads_that_meta_would_refuse(serve: Serve, tmp_path: Path) -> None:
    stub = serve()
    path = tmp_path / "sticker.webp"
    path.write_bytes(b"x" * (100 * 1024 + 1))
    with open_client(stub.url) as client:
        with pytest.raises(wabiz.Invalid) as caught:
            client.upload(path)
        assert caught.value.issues[0]["path"] == "/path" and caught.value.issues[0]["limit"] == 102400
        for file in (b"", b"no type"):
            with pytest.raises(wabiz.Invalid):
                client.upload(file)
        with pytest.raises(wabiz.Storage):
            client.upload(tmp_path / "none.jpg")
    assert stub.requests == []


def test_on_premises(serve: Serve) -> None:
    stub = serve(accepts({"media": [{"id": "1-2"}]}, 201), whole(), answers(200, b""))
    with open_client(stub.url, phone_number_id=None, api="on_premises") as client:
        assert client.upload(b"%PDF", type="application/pdf")["id"] == "1-2"
        assert client.download("1-2")["data"] == FILE
        client.delete("1-2")
        with pytest.raises(wabiz.BadArgument):
            client.media_info("1-2")
    assert [(request.method, request.path) for request in stub.requests] == [
        ("POST", "/v1/media"), ("GET", "/v1/media/1-2"), ("DELETE", "/v1/media/1-2")]
    assert stub.requests[0].body == b"%PDF" and stub.requests[0].headers["content-type"] == "application/pdf"


def test_info_and_delete(serve: Serve) -> None:
    stub = serve()
    stub.answers = [metadata(stub), accepts({"success": True}), closes]
    with open_client(stub.url) as client:
        info = client.media_info({"id": "7"})
        assert info["file_size"] == len(FILE) and info["sha256"] == hashlib.sha256(FILE).hexdigest() and info["url"].startswith(stub.url)
        client.delete("7")
        with pytest.raises(wabiz.Uncertain) as caught:
            client.delete("7")
        assert caught.value.retry == "backoff"
    with pytest.raises(wabiz.BadArgument):
        client.delete("7")


def test_progress_can_be_read_meanwhile(serve: Serve) -> None:
    big = FILE * 40
    stub = playing(serve, whole(big), sha256=hashlib.sha256(big).hexdigest(), file_size=str(len(big)))
    reader, writer = os.pipe()
    lines: list[dict[str, Any]] = []

    def read() -> None:
        with os.fdopen(reader) as stream:
            lines.extend(map(json.loads, stream))

    thread = threading.Thread(target=read)
    thread.start()
    with open_client(stub.url) as client:
        client.download("7", progress_fd=writer)
    os.close(writer)
    thread.join(30)
    assert lines[-1] == {"done": len(big), "total": len(big)} and len(lines) > 2
