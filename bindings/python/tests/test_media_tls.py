"""Media over TLS, with an API host, a media host and a host behind a redirect, each with a certificate of its own from a private
authority: the token goes to the first two and nowhere else."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Callable, Iterator, Optional

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import wabiz
from conftest import TOKEN, open_client
from stub import Behaviour, Stub, accepts, answers

FILE = bytes(range(256)) * 300
BEARER = f"Bearer {TOKEN}"


class Authority:
    """Signs certificates; clients that are given `file` trust them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = f"authority of {folder.name}"
        self.certificate = self.signed(self.name, self.key.public_key(), None)
        self.file = folder / "authority.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def signed(self, name: str, key: ec.EllipticCurvePublicKey, host: Optional[x509.GeneralName]) -> x509.Certificate:
        now = datetime.now(timezone.utc)
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])
        builder = (x509.CertificateBuilder().issuer_name(issuer).serial_number(x509.random_serial_number()).public_key(key)
                   .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
                   .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
                   .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True))
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([host]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, host: x509.GeneralName) -> ssl.SSLContext:
        """What a server of this host needs."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self.signed("host", key.public_key(), host)
        pair = self.folder / f"{certificate.serial_number}.pem"
        pair.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        return context


LOCALHOST = x509.DNSName("localhost")
LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
Serve = Callable[..., Stub]


class Scene:
    """The API at https://localhost, media at https://127.0.0.1 of another port, a third host behind a redirect."""

    def __init__(self, serve: Serve, folder: Path, media_authority: Optional[Authority] = None) -> None:
        self.authority = Authority(folder)
        self.api = serve(tls=self.authority.context(LOCALHOST))
        self.media = serve(answers(200, FILE, "image/jpeg"), tls=(media_authority or self.authority).context(LOOPBACK))
        self.elsewhere = serve(answers(200, FILE, "image/jpeg"), tls=self.authority.context(LOCALHOST))
        self.media_url = f"https://127.0.0.1:{self.media.server_port}/a?mid=7"
        self.api.answers = [self.metadata(self.media_url)]

    def metadata(self, url: str) -> Behaviour:
        return accepts({"messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "id": "7",
                        "sha256": hashlib.sha256(FILE).hexdigest(), "file_size": str(len(FILE))})

    def client(self) -> wabiz.Client:
        return open_client(self.api.url, ca_file=str(self.authority.file), headers={"X-Mine": "own-credential"})


@pytest.fixture
def scene(serve: Serve, tmp_path: Path) -> Iterator[Scene]:
    yield Scene(serve, tmp_path)


def test_the_token_goes_to_the_host_that_the_answer_names(scene: Scene, tmp_path: Path) -> None:
    with scene.client() as client:
        assert client.download("7")["data"] == FILE
        assert client.download("7", tmp_path / "photo.jpg")["verified"]
    assert [request.headers.get("authorization") for request in scene.api.requests + scene.media.requests] == [BEARER] * 4
    assert all(request.headers.get("x-mine") is None for request in scene.media.requests)
    assert (tmp_path / "photo.jpg").read_bytes() == FILE


def test_the_token_never_goes_behind_a_redirect(scene: Scene) -> None:
    for location in (f"{scene.elsewhere.url}/cdn", f"{scene.api.url}/back", f"https://127.0.0.1:{scene.media.server_port}/again"):
        scene.media.answers = [answers(302, b"", Location=location), answers(200, FILE, "image/jpeg")]
        scene.api.answers = [scene.metadata(scene.media_url), answers(200, FILE, "image/jpeg")]
        for stub in (scene.api, scene.media, scene.elsewhere):
            stub.requests.clear()
        with scene.client() as client:
            assert client.download("7")["data"] == FILE
        requests = scene.api.requests + scene.media.requests + scene.elsewhere.requests
        behind = [request for request in requests if request.path in ("/cdn", "/back", "/again")]
        assert len(behind) == 1 and "authorization" not in behind[0].headers and "x-mine" not in behind[0].headers
        assert not any(TOKEN in value for value in behind[0].headers.values()) and TOKEN not in behind[0].path
        assert len(requests) == 3


def test_a_host_with_a_certificate_that_nobody_trusts_gets_nothing(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "stranger").mkdir()
    scene = Scene(serve, tmp_path, Authority(tmp_path / "stranger"))
    with scene.client() as client, pytest.raises(wabiz.Unreachable) as caught:
        client.download("7")
    assert "certificate" in caught.value.message and scene.media.requests == [] and TOKEN not in str(caught.value)


def test_a_host_with_a_certificate_for_another_gets_nothing(scene: Scene) -> None:
    # The media host's certificate is for 127.0.0.1 only.
    scene.api.answers = [scene.metadata(f"https://localhost:{scene.media.server_port}/a")]
    with scene.client() as client, pytest.raises(wabiz.Unreachable):
        client.download("7")
    assert scene.media.requests == []


def test_a_media_object_leads_the_token_nowhere(scene: Scene) -> None:
    """The URL of a webhook is not Meta's answer to us: the id is looked up in its place."""
    stranger = {"id": "7", "url": f"{scene.elsewhere.url}/a"}
    with scene.client() as client:
        assert client.download(stranger)["data"] == FILE
        with pytest.raises(wabiz.BadArgument):
            client.download({"url": f"{scene.elsewhere.url}/a"})
    assert scene.elsewhere.requests == [] and len(scene.media.requests) == 1


@pytest.mark.parametrize("url", ["http://media.example/a", "ftp://127.0.0.1/a", "file:///etc/passwd"])
def test_an_answer_that_names_no_https_host_is_refused(scene: Scene, url: str) -> None:
    scene.api.answers = [scene.metadata(url)]
    with scene.client() as client, pytest.raises(wabiz.Refused):
        client.download("7")
    assert len(scene.api.requests) == 1
