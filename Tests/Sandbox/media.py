"""Media: upload, metadata, download with ranges, delete, for both APIs; ids that play faults; files that a person sends."""
import base64
import hashlib
import http.client
import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from harness import BEARER, Receiver, Sandbox, expect, run

FILE = bytes(range(256)) * 64
TOKEN_ONLY = {"Authorization": "Bearer some-token"}


def form(data=FILE, name="photo.jpg", type="image/jpeg", product="whatsapp"):
    """(body, headers) of an upload as curl writes it."""
    mark = "----------------------------aB3"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\n{product}\r\n'.encode(),
             f'--{mark}\r\nContent-Disposition: form-data; name="type"\r\n\r\n{type}\r\n'.encode(),
             f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {type}\r\n\r\n'.encode(),
             data, f"\r\n--{mark}--\r\n".encode()]
    return b"".join(parts), {**TOKEN_ONLY, "Content-Type": f"multipart/form-data; boundary={mark}"}


def upload(sandbox, *arguments, **options):
    return sandbox.ask("POST", "/v25.0/100200300/media", *form(*arguments, **options))


def place(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def fetch(sandbox, url, **headers):
    """(status, headers, bytes) of a file."""
    connection = sandbox.connection()
    try:
        connection.request("GET", place(url), headers={**TOKEN_ONLY, **headers})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def test_upload_look_up_download_delete():
    with Sandbox() as sandbox:
        status, answer = upload(sandbox)
        expect((status, list(answer)), (200, ["id"]))
        status, metadata = sandbox.ask("GET", f"/v25.0/{answer['id']}")
        expect(status, 200)
        expect({name: metadata[name] for name in ("messaging_product", "mime_type", "sha256", "file_size", "id")},
               {"messaging_product": "whatsapp", "mime_type": "image/jpeg", "sha256": hashlib.sha256(FILE).hexdigest(),
                "file_size": str(len(FILE)), "id": answer["id"]})
        assert metadata["url"].startswith(sandbox.url + "/"), metadata
        status, headers, data = fetch(sandbox, metadata["url"])
        expect((status, headers["Content-Type"], data), (200, "image/jpeg", FILE))
        expect(fetch(sandbox, metadata["url"], Authorization="")[0], 401)
        status, headers, data = fetch(sandbox, metadata["url"], Range="bytes=16000-")
        expect((status, headers["Content-Range"], data), (206, f"bytes 16000-16383/{len(FILE)}", FILE[16000:]))
        expect(fetch(sandbox, metadata["url"], Range="bytes=16384-")[0], 416)
        expect(sandbox.ask("DELETE", f"/v25.0/{answer['id']}"), (200, {"success": True}))
        for method in ("GET", "DELETE"):
            status, gone = sandbox.ask(method, f"/v25.0/{answer['id']}")
            expect((status, gone["error"]["code"], gone["error"]["error_subcode"]), (400, 100, 33))
        expect(fetch(sandbox, metadata["url"])[0], 404)


def test_the_journal_keeps_no_files():
    with Sandbox() as sandbox:
        answer = upload(sandbox)[1]
        fetch(sandbox, sandbox.ask("GET", f"/{answer['id']}")[1]["url"])
        first, _, last = sandbox.messages()
        assert first["body"].startswith("(16") and first["body"].endswith(" bytes)"), first["body"]
        expect(last["answer"]["body"], "(16384 bytes)")


def test_urls_run_out():
    with Sandbox("--media-url-seconds", "0") as sandbox:
        url = sandbox.ask("GET", f"/v25.0/{upload(sandbox)[1]['id']}")[1]["url"]
        expect(fetch(sandbox, url)[0], 404)


def test_uploads_are_checked():
    with Sandbox() as sandbox:
        for answer, code in ((upload(sandbox, b""), 131053), (upload(sandbox, b"x" * ((5 << 20) + 1)), 131053), (upload(sandbox, type="image"), 131053),
                             (upload(sandbox, product="x"), 100), (sandbox.ask("POST", "/v25.0/1/media", b"x", BEARER), 100)):
            expect((answer[0], answer[1]["error"]["code"]), (400, code))
        status, answer = sandbox.ask("POST", "/v25.0/1/media", form()[0], {"Content-Type": form()[1]["Content-Type"]})
        expect((status, answer["error"]["code"]), (401, 190))


def test_on_premises():
    with Sandbox() as sandbox:
        headers = {**TOKEN_ONLY, "Content-Type": "application/zip"}
        status, answer = sandbox.ask("POST", "/v1/media", FILE, headers)
        expect(status, 201)
        media = answer["media"][0]["id"]
        expect(fetch(sandbox, f"/v1/media/{media}")[2], FILE)
        expect(sandbox.ask("GET", f"/v25.0/{media}")[0], 400)
        expect(sandbox.ask("POST", "/v1/media", b"", headers)[1]["errors"][0]["code"], 2008)
        expect(sandbox.ask("DELETE", f"/v1/media/{media}")[0], 200)
        expect(sandbox.ask("GET", f"/v1/media/{media}"), (404, b""))
        expect(sandbox.ask("GET", f"/v1/media/{media}", None, {})[0], 401)


def test_ids_that_play():
    with Sandbox("--slow-seconds", "0") as sandbox:
        def metadata(ending):
            return sandbox.ask("GET", f"/v25.0/300000000{ending}")[1]

        whole = fetch(sandbox, metadata(9700)["url"])[2]
        expect((len(whole), hashlib.sha256(whole).hexdigest()), (65536, metadata(9700)["sha256"]))
        try:
            fetch(sandbox, metadata(9701)["url"])
            raise AssertionError("the line was not cut")
        except (ConnectionError, http.client.IncompleteRead):
            pass
        expect(fetch(sandbox, metadata(9701)["url"], Range="bytes=32768-")[2], whole[32768:])
        expect(metadata(9702)["sha256"], "0" * 64)
        expect(metadata(9703)["file_size"], "65537")
        expect([fetch(sandbox, metadata(9704)["url"])[0] for _ in range(2)], [404, 200])
        expect([fetch(sandbox, metadata(9705)["url"])[0] for _ in range(2)], [404, 404])
        status, headers, _ = fetch(sandbox, metadata(9706)["url"])
        expect((status, urlsplit(headers["Location"]).hostname), (302, "localhost"))
        expect(fetch(sandbox, headers["Location"])[0], 400)
        connection = sandbox.connection()
        connection.request("GET", place(headers["Location"]))
        expect(connection.getresponse().read(), whole)
        connection.close()
        expect(fetch(sandbox, metadata(9707)["url"])[2], whole)
        expect([row["ending"] for row in sandbox.ask("GET", "/sandbox")[1]["media"]], [str(ending) for ending in range(9700, 9709)])


def sent(receiver, kind):
    document = json.loads(receiver.posts[-1][1])
    value = document["entry"][0]["changes"][0]["value"] if "object" in document else document
    return value["messages"][0][kind]


def test_a_person_sends_a_file():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        document = {"from": "15557654321", "document": {"data": base64.b64encode(FILE).decode(), "filename": "a.pdf", "caption": "signed"}}
        status, answer = sandbox.ask("POST", "/sandbox/inbound", document)
        expect(status, 200)
        got = sent(receiver, "document")
        expect({**got, "url": "", "id": ""}, {"filename": "a.pdf", "caption": "signed", "mime_type": "application/pdf", "id": "", "url": "",
                                              "sha256": base64.b64encode(hashlib.sha256(FILE).digest()).decode()})
        expect(got["id"], answer["media_id"])
        expect(fetch(sandbox, got["url"])[2], FILE)
        expect(fetch(sandbox, sandbox.ask("GET", f"/v25.0/{got['id']}")[1]["url"])[2], FILE)
        sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "image": {}})
        expect(sent(receiver, "image")["sha256"], "+JPdCt+eiWKe+Sn2pTUrvv7o0xExJLI0/N9Lp03ClfA=")
        sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "image": {"id": upload(sandbox)[1]["id"]}})
        expect(sent(receiver, "image")["mime_type"], "image/jpeg")
        expect(sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "image": {"data": "*"}})[0], 400)


def test_a_person_sends_a_file_on_premises():
    with Receiver() as receiver, Sandbox(receiver=receiver) as sandbox:
        sandbox.ask("POST", "/sandbox/inbound", {"from": "15557654321", "voice": {}, "api": "on_premises"})
        got = sent(receiver, "voice")
        expect(got["sha256"], "f893dd0adf9e89629ef929f6a5352bbefee8d3113124b234fcdf4ba74dc295f0")
        assert "url" not in got
        expect(fetch(sandbox, f"/v1/media/{got['id']}")[2], b"made-up media bytes")


def test_the_command_against_every_id_that_plays():
    with Sandbox("--slow-seconds", "0") as sandbox, tempfile.TemporaryDirectory() as folder:
        account = Path(folder, "account.json")
        account.write_text(json.dumps({"access_token": "any", "phone_number_id": "100200300", "base_url": sandbox.url, "proxy": "",
                                       "timeout_ms": 4000}))

        def media(*arguments):
            status, out, err = run("media", *map(str, arguments), "--config", str(account), "--json")
            return status, json.loads(out) if out else err

        def download(ending):
            return media("download", f"300000000{ending}", Path(folder, str(ending)))

        for ending in (9700, 9704, 9706, 9707):
            status, answer = download(ending)
            expect((status, answer.get("verified"), Path(folder, str(ending)).stat().st_size), (0, True, 65536))
        for ending, wanted, code in ((9702, 1, "unauthentic"), (9703, 1, "unauthentic"), (9705, 2, "refused"), (9708, 3, "unreachable")):
            status, answer = download(ending)
            expect((status, answer["error"]["code"]), (wanted, code))
            assert not Path(folder, str(ending)).exists() and not Path(folder, f"{ending}.part").exists()
        status, answer = download(9701)
        expect((status, answer["error"]["code"]), (3, "unreachable"))
        status, answer = download(9701)
        expect((status, answer["resumed_from"], answer["verified"]), (0, 32768, True))
        expect(Path(folder, "9701").read_bytes(), Path(folder, "9700").read_bytes())

        Path(folder, "a.png").write_bytes(FILE)
        status, answer = media("upload", Path(folder, "a.png"))
        expect((status, answer["sha256"]), (0, hashlib.sha256(FILE).hexdigest()))
        expect(media("info", answer["id"])[1]["mime_type"], "image/png")
        expect(media("download", answer["id"], Path(folder, "back"))[0], 0)
        expect(Path(folder, "back").read_bytes(), FILE)
        expect(media("delete", answer["id"]), (0, {"deleted": True}))
        expect(media("info", answer["id"])[1]["error"]["graph"]["code"], 100)
        Path(folder, "a.webp").write_bytes(b"x" * 200_000)
        expect(media("upload", Path(folder, "a.webp"))[1]["error"]["issues"][0]["rule"], "media.sticker.size")
        account.write_text(json.dumps({"access_token": "any", "api": "on_premises", "base_url": sandbox.url, "proxy": ""}))
        status, answer = media("upload", Path(folder, "a.png"))
        expect(media("download", answer["id"], Path(folder, "back"))[1]["verified"], False)
        expect(media("delete", answer["id"])[0], 0)
        expect(media("download", answer["id"], Path(folder, "back"))[0], 2)
