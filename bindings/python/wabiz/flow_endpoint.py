"""The data endpoint of flows: opening Meta's encrypted requests, sealing the answers, decrypting uploaded files.

    request = wabiz.flow_endpoint.receive(body, signature, app_secret, private_key)
    answer = request.get("answer") or {"screen": "NEXT", "data": {}}
    return wabiz.flow_endpoint.encrypt(request["session"], answer), 200, {"Content-Type": "text/plain"}

When a function raises, `http_status` of the error says what to answer: 421, 427 or 432.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping
from typing import Any, Optional, TypedDict, Union, cast

from . import _json, _library
from .webhooks import Body, Text, header, joined


class FlowRequest(TypedDict, total=False):
    """A request in the clear."""

    kind: str
    """ "request", "health_check" or "error" (Meta tells of an error of yours)."""
    request: dict[str, Any]
    """Meta's document: version, action, screen, data, flow_token."""
    session: str
    """For `encrypt`; good for one answer. It holds the request's key: keep it out of logs."""
    answer: dict[str, Any]
    """What to answer to a health check or an error."""


def receive(body: Body, signature: Optional[Text], secrets: Union[Text, Iterable[Text], None], key: Text,
            passphrase: Optional[Text] = None) -> FlowRequest:
    """Verifies a request, then opens it. `body`, `signature` and `secrets` as in `wabiz.receive`; `key` is the private key as
    PEM text and `passphrase` opens it when it is encrypted.

    Raises Unauthentic (not signed by the secret: 432; cannot be decrypted: 421; flow token not genuine: 427), BadJSON (421) and
    BadArgument (the key cannot be read: 421).
    """
    data = _library.raw(body, "body")
    return cast("FlowRequest", _library.call(
        "wabiz_flow_receive", data, len(data), header(signature), joined(secrets), _library.text(key, "key"),
        _library.text(passphrase, "passphrase")))


def decrypt(body: Body, key: Text, passphrase: Optional[Text] = None) -> FlowRequest:
    """Opens a request without verifying it: for bytes that were verified before."""
    data = _library.raw(body, "body")
    return cast("FlowRequest", _library.call(
        "wabiz_flow_decrypt", data, len(data), _library.text(key, "key"), _library.text(passphrase, "passphrase")))


def encrypt(session: Text, response: Union[Mapping[str, Any], str, bytes]) -> str:
    """The body of the answer to a request, to be sent as text/plain with status 200 (or 427 with {"error_msg": ...}).

    Raises BadArgument when `session` is none, BadJSON when the response is no JSON.
    """
    return str(_library.call("wabiz_flow_encrypt", _library.text(session, "session"), _json.write(response))["body"])


def decrypt_media(media: Union[Mapping[str, Any], str, bytes], file: Body) -> bytes:
    """The plain bytes of a file that was uploaded in a flow. `media` is its object in the flow's data, `file` what its `cdn_url`
    gave.

    Raises Unauthentic when the file is not the one that `media` describes, BadArgument when `media` is no such object.
    """
    data = _library.raw(file, "file")
    plain = ctypes.create_string_buffer(max(len(data), 1))
    size = _library.call("wabiz_flow_media_decrypt", _json.write(media), data, len(data), plain)["size"]
    return plain.raw[:size]
