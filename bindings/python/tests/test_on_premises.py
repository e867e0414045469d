"""An On-Premises client from Python: logging in, contacts, health; and a partner's key in place of a token."""

from __future__ import annotations

import base64
from typing import Any, Callable

import pytest

import wabiz
from conftest import text_message
from stub import Stub, accepts, answers

Serve = Callable[..., Stub]
PASSWORD = "Secret-pass-1"


def premises(stub: Stub, **config: Any) -> wabiz.Client:
    settings: dict[str, Any] = {"user": "admin", "password": PASSWORD, "api": "on_premises", "base_url": stub.url, "proxy": "", **config}
    return wabiz.Client(**settings)


def login(token: str) -> Any:
    return accepts({"users": [{"token": token, "expires_after": "2999-01-01 00:00:00+00:00"}], "meta": {}})


def test_contacts_and_health_after_a_login(serve: Serve) -> None:
    stub = serve(login("T1"), accepts({"contacts": [{"input": "+1 631", "status": "valid", "wa_id": "1631"}]}),
                 accepts({"health": {"h:c": {"gateway_status": "connected", "role": "coreapp"}}}))
    with premises(stub) as client:
        assert client.check_contacts(["+1 631"], blocking="no_wait", force_check=True) == {
            "contacts": [{"input": "+1 631", "status": "valid", "wa_id": "1631"}], "http_status": 200}
        health = client.health()
    assert health["healthy"] and health["nodes"] == [{"name": "h:c", "gateway_status": "connected", "role": "coreapp"}]
    first, second, third = stub.requests
    assert first.path == "/v1/users/login"
    assert first.headers["authorization"] == "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
    assert second.json == {"blocking": "no_wait", "contacts": ["+1 631"], "force_check": True}
    assert second.headers["authorization"] == third.headers["authorization"] == "Bearer T1"


def test_a_refused_login_shows_no_password(serve: Serve) -> None:
    stub = serve(answers(401, b'{"errors":[{"code":1005,"title":"Access denied","details":"Secret-pass-1"}]}'))
    with premises(stub) as client:
        with pytest.raises(wabiz.Refused) as caught:
            client.health()
    assert caught.value.retry == "after_fix" and PASSWORD not in str(caught.value)


def test_the_cloud_has_neither(serve: Serve) -> None:
    stub = serve()
    with wabiz.Client(access_token="t", phone_number_id="1", base_url=stub.url, proxy="") as client:
        with pytest.raises(wabiz.BadArgument):
            client.health()
        with pytest.raises(wabiz.BadArgument):
            client.check_contacts(["1"])
    assert not stub.requests


def test_a_partner_takes_its_own_key(serve: Serve) -> None:
    stub = serve()
    with wabiz.Client(phone_number_id="1", base_url=stub.url, headers={"D360-API-KEY": "keykeykey"}, proxy="") as client:
        client.send(text_message())
    [request] = stub.requests
    assert request.headers["d360-api-key"] == "keykeykey" and "authorization" not in request.headers


@pytest.mark.parametrize("config", [{"password": None}, {"access_token": "t"}, {"api": "cloud", "phone_number_id": "1"}, {"new_password": "weak"}])
def test_logins_that_cannot_be(config: dict[str, Any], serve: Serve) -> None:
    with pytest.raises(wabiz.BadArgument):
        premises(serve(), **config)
