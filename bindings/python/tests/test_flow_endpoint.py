"""The flow endpoint against Python's cryptography: requests, answers, uploaded files, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from typing import Any, Optional

import hypothesis
import hypothesis.strategies as st
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import wabiz
from wabiz import flow_endpoint as flow

SECRET = "test-app-secret"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(passphrase: Optional[bytes] = None, style: Any = serialization.PrivateFormat.PKCS8) -> bytes:
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return KEY.private_bytes(serialization.Encoding.PEM, style, locked)


PEM = pem()


def sealed(document: Any, key: bytes = b"k" * 16, iv: bytes = b"i" * 16) -> bytes:
    """A request as Meta makes it."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    data = Cipher(algorithms.AES(key), modes.GCM(iv)).encryptor()
    encrypted = data.update(text) + data.finalize() + data.tag
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    parts = {"encrypted_flow_data": encrypted, "encrypted_aes_key": KEY.public_key().encrypt(key, oaep), "initial_vector": iv}
    return json.dumps({name: base64.b64encode(value).decode() for name, value in parts.items()}).encode()


def opened(answer: str, key: bytes = b"k" * 16, iv: bytes = b"i" * 16) -> Any:
    """An answer as Meta reads it."""
    raw = base64.b64decode(answer, validate=True)
    turned = bytes(byte ^ 0xFF for byte in iv)
    data = Cipher(algorithms.AES(key), modes.GCM(turned, raw[-16:])).decryptor()
    return json.loads(data.update(raw[:-16]) + data.finalize())


def test_the_round_trip() -> None:
    asked = {"version": "3.0", "action": "data_exchange", "screen": "DETAILS", "data": {"city": "Délft \U0001f600"}, "flow_token": "tok-77"}
    key, iv = os.urandom(16), os.urandom(16)
    request = flow.decrypt(sealed(asked, key, iv), PEM)
    assert request["kind"] == "request" and request["request"] == asked and "answer" not in request
    answer = {"screen": "SUCCESS", "data": {"extension_message_response": {"params": {"flow_token": "tok-77"}}}}
    assert opened(flow.encrypt(request["session"], answer), key, iv) == answer


@hypothesis.given(st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=4), st.binary(min_size=16, max_size=16),
                  st.binary(min_size=16, max_size=16))
@hypothesis.settings(max_examples=25)
def test_any_document_any_key(document: dict[str, Any], key: bytes, iv: bytes) -> None:
    request = flow.decrypt(sealed(document, key, iv), PEM)
    assert request["request"] == document
    assert opened(flow.encrypt(request["session"], document), key, iv) == document


@pytest.mark.parametrize("style", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
def test_every_form_of_key(style: Any) -> None:
    body = sealed({"action": "ping", "version": "3.0"})
    for request in (flow.decrypt(body, pem(None, style)), flow.decrypt(body, pem(b"open sesame", style), "open sesame")):
        assert request["kind"] == "health_check"
        assert opened(flow.encrypt(request["session"], request["answer"])) == {"data": {"status": "active"}}


@pytest.mark.parametrize("name", ["error", "error_key"])
def test_an_error_of_ours_is_acknowledged(name: str) -> None:
    asked = {"version": "3.0", "action": "INIT", "flow_token": "t", "data": {name: "payload-schema-error", "error_message": "missing field"}}
    request = flow.decrypt(sealed(asked), PEM)
    assert request["kind"] == "error" and request["answer"] == {"data": {"acknowledged": True}}


def test_the_signature_comes_first() -> None:
    body = sealed({"action": "ping"})
    assert flow.receive(body, wabiz.sign(body, SECRET), [SECRET], PEM)["kind"] == "health_check"
    for signature, secrets in ((None, SECRET), (wabiz.sign(body, "other"), SECRET), (wabiz.sign(body, SECRET), None)):
        with pytest.raises(wabiz.Unauthentic) as refused:
            flow.receive(body, signature, secrets, PEM)
        assert refused.value.http_status == 432


def url64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def test_a_forged_flow_token_is_refused() -> None:
    def token(secret: str) -> str:
        text = url64(b'{"alg":"HS256","typ":"JWT"}') + "." + url64(b'{"flow_token":"tok-77"}')
        return text + "." + url64(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())

    def receive(signature: str) -> Any:
        body = sealed({"action": "INIT", "flow_token": "tok-77", "flow_token_signature": signature})
        return flow.receive(body, wabiz.sign(body, SECRET), SECRET, PEM)

    assert receive(token(SECRET))["request"]["flow_token"] == "tok-77"
    for forged in (token("other"), token(SECRET)[:-2], "x"):
        with pytest.raises(wabiz.Unauthentic) as refused:
            receive(forged)
        assert refused.value.http_status == 427


def test_what_cannot_be_opened() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    body = sealed({"action": "ping"})
    cases: list[tuple[bytes, bytes, type[wabiz.Error]]] = [
        (body, other, wabiz.Unauthentic), (body, b"no key", wabiz.BadArgument), (body, pem(b"locked"), wabiz.BadArgument),
        (b"{", PEM, wabiz.BadJSON), (b"{}", PEM, wabiz.Unauthentic), (sealed(b"no JSON"), PEM, wabiz.Unauthentic),
        (sealed({"action": "ping"}, b"k" * 32), PEM, wabiz.Unauthentic), (sealed({}, iv=b"i" * 12), PEM, wabiz.Unauthentic),
    ]
    for wrong, key, kind in cases:
        with pytest.raises(kind) as refused:
            flow.decrypt(wrong, key)
        assert refused.value.http_status == 421
        assert "PRIVATE KEY" not in str(refused.value.document)


def test_a_session_is_no_free_text() -> None:
    for wrong in ("", "flow1.", "flow1.AAAA", base64.b64encode(bytes(32))):
        with pytest.raises(wabiz.BadArgument):
            flow.encrypt(wrong, {})
    session = flow.decrypt(sealed({"action": "ping"}), PEM)["session"]
    with pytest.raises(wabiz.BadJSON):
        flow.encrypt(session, "{")
    with pytest.raises(wabiz.BadArgument):
        flow.encrypt(session, "[]")


def upload(plain: bytes) -> tuple[dict[str, Any], bytes]:
    """A file as the person's device encrypts it."""
    key, code_key, iv = os.urandom(32), os.urandom(32), os.urandom(16)
    filled = plain + bytes([16 - len(plain) % 16]) * (16 - len(plain) % 16)
    writer = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    encrypted = writer.update(filled) + writer.finalize()
    file = encrypted + hmac.new(code_key, iv + encrypted, hashlib.sha256).digest()[:10]
    parts = {"encryption_key": key, "hmac_key": code_key, "iv": iv, "plaintext_hash": hashlib.sha256(plain).digest(),
             "encrypted_hash": hashlib.sha256(file).digest()}
    metadata = {name: base64.b64encode(value).decode() for name, value in parts.items()}
    return {"media_id": "7", "cdn_url": "https://cdn.example/f.enc", "file_name": "note.txt", "encryption_metadata": metadata}, file


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 31, 100_000])
def test_uploaded_files(size: int) -> None:
    plain = os.urandom(size)
    media, file = upload(plain)
    assert flow.decrypt_media(media, file) == plain == flow.decrypt_media(media["encryption_metadata"], file)


def test_damaged_files_are_refused() -> None:
    media, file = upload(b"hello flow media\n")
    wrong = [b"", file[:-1], file + b"x", bytes([file[0] ^ 1]) + file[1:], file[10:]]
    for other in wrong:
        with pytest.raises(wabiz.Unauthentic):
            flow.decrypt_media(media, other)
        # Also when somebody made the outer hash fit.
        fitted = {**media["encryption_metadata"], "encrypted_hash": base64.b64encode(hashlib.sha256(other).digest()).decode()}
        with pytest.raises(wabiz.Unauthentic):
            flow.decrypt_media(fitted, other)
    for name in media["encryption_metadata"]:
        for value in (None, "", "AAAA", 7):
            with pytest.raises(wabiz.BadArgument):
                flow.decrypt_media({**media["encryption_metadata"], name: value}, file)


def test_gcm_of_another_library_agrees() -> None:
    request = flow.decrypt(sealed({"action": "ping"}, bytes(range(16)), bytes(range(16, 32))), PEM)
    answer = base64.b64decode(flow.encrypt(request["session"], b'{"a": 1}'))
    assert AESGCM(bytes(range(16))).decrypt(bytes(byte ^ 0xFF for byte in range(16, 32)), answer, None) == b'{"a": 1}'
