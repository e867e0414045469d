"""Proxies between the client and an https server: a tunnel shows them neither token nor message, what they refuse has not left, and
their password stands in no document and no line of the log."""
import base64
import contextlib
import json
import os

import lab
from acts import message
from engine import Batch, Engine, word
from lab import certificates
from proxy import Proxy, refusal

WHO, PASSWORD = "porter", "open%20sesame"
SECRETS = ("open sesame", PASSWORD, base64.b64encode(b"porter:open sesame").decode(), "secret-token")
BASIC = b"Proxy-Authorization: Basic " + base64.b64encode(b"porter:open sesame")


class Run:
    """What became of some messages through a proxy, what the server read of them, and what the client wrote into its log."""

    def __init__(self, proxy, transport="tls", who="", count=3, url=None, **config):
        reading, writing = os.pipe()
        with os.fdopen(reading) as log, lab.start(transport) as server:
            config = {**lab.config(transport), "proxy": url or proxy.url(who), "max_attempts": 1, "log": writing, **config}
            with contextlib.closing(os.fdopen(writing, "w")), Engine(server.url, **config) as engine:
                batch = Batch(engine, server.record)
                for i in range(count):
                    batch.submit(i, message(i))
                self.outcomes = list(batch.finish().values())
                self.stats = engine.stats()
            self.log = log.read()
            self.posts, self.connections, self.port = server.record.count(), server.record.connections, server.port
        told = json.dumps([self.outcomes, self.stats]) + self.log
        assert not any(secret in told for secret in SECRETS), told

    def check_unreachable(self, retry, attempts=1):
        assert self.posts == 0
        for outcome in self.outcomes:
            assert word(outcome) == "unreachable" and outcome["error"]["retry"] == retry and outcome["attempts"] == attempts, outcome
            message = outcome["error"]["message"]  # it says what to do
            assert any(advice in message for advice in ("safe to send it again", '"proxy"', '"ca_file"')), outcome


def check_sees_nothing(proxy, port):
    """CONNECT lines for the server, and TLS."""
    seen = proxy.seen()
    assert b"secret-token" not in seen and b"Bearer" not in seen and b"messaging_product" not in seen, seen[:4000]
    for head in proxy.heads:
        assert head.startswith(f"CONNECT 127.0.0.1:{port} HTTP/1.".encode()), head
    for carried in proxy.carried:
        assert carried[:2] == b"\x16\x03", bytes(carried[:40])  # a TLS handshake


def test_a_tunnel_shows_nothing():
    for transport, tls in (("tls", None), ("tls", certificates.context()), ("h2", None)):
        with Proxy(tls=tls) as proxy:
            run = Run(proxy, transport, f"{WHO}:{PASSWORD}@")
            assert [word(outcome) for outcome in run.outcomes] == ["receipt"] * 3 and run.posts == 3, (transport, tls, run.outcomes, run.log)
            assert len(proxy.carried) == run.connections >= 1
            check_sees_nothing(proxy, run.port)
            assert all(BASIC in head for head in proxy.heads), proxy.heads


def test_http2_is_not_offered_through_an_https_proxy():
    """There libcurl leaves answers lying; the names of protocols stand in the first message of TLS, which the proxy carries."""
    for tls in (None, certificates.context()):
        with Proxy(tls=tls) as proxy:
            run = Run(proxy, "tls", http="2")
            assert [word(outcome) for outcome in run.outcomes] == ["receipt"] * 3, run.outcomes
            for carried in proxy.carried:
                assert (b"\x02h2" in carried[:2000]) == (tls is None) and b"\x08http/1.1" in carried[:2000], bytes(carried[:600])


def test_a_tunnel_is_kept():
    with Proxy() as proxy, lab.start("tls") as server, Engine(server.url, **lab.config("tls", proxy=proxy.url())) as engine:
        for i in range(5):
            assert engine.send(message(i))[0] == 0
        assert len(proxy.heads) == server.record.connections == 1
        check_sees_nothing(proxy, server.port)


def test_the_environments_proxy():
    """It is used where the configuration names none, but never by plain http, where it would read the token."""
    before = dict(os.environ)
    try:
        with Proxy() as proxy, Proxy() as named:
            os.environ.update({name: proxy.url(f"{WHO}:{PASSWORD}@") for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy")})
            for name in ("no_proxy", "NO_PROXY"):
                os.environ.pop(name, None)
            for transport in ("plain", "tls"):
                with lab.start(transport) as server, Engine(server.url, **lab.config(transport, proxy=None)) as engine:
                    assert engine.send(message("a"))[0] == 0
                    port = server.port
                assert len(proxy.heads) == (transport == "tls"), transport
            check_sees_nothing(proxy, port)
            with lab.start("tls") as server:
                for config in ({"proxy": ""}, {"proxy": named.url()}):
                    with Engine(server.url, **lab.config("tls", **config)) as engine:
                        assert engine.send(message("b"))[0] == 0
            assert len(proxy.heads) == 1 and len(named.heads) == 1
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_what_a_proxy_refuses_has_not_left():
    """Whom it does not let through must see to that first; what it could not do now it may do later."""
    for status, retry in ((407, "after_fix"), (403, "after_fix"), (400, "after_fix"), (502, "backoff"), (503, "backoff"), (504, "backoff"), (429, "backoff"),
                          (500, "backoff")):
        more = 'Proxy-Authenticate: Basic realm="the lodge"\r\n' if status == 407 else ""
        with Proxy(refusal(status, more)) as proxy:
            run = Run(proxy, who=f"{WHO}:wrong@")
            run.check_unreachable(retry)
            assert all(str(status) in outcome["error"]["message"] for outcome in run.outcomes), run.outcomes
            check_sees_nothing(proxy, run.port)


def test_what_a_proxy_says_is_not_metas_word():
    """Nothing that it writes slows the pace down, or is taken for an answer."""
    said = b"HTTP/1.1 200 Yes\r\nX-App-Usage: {\"call_count\":100}\r\nContent-Length: 14\r\n\r\n{\"messages\":1}"
    for says in (refusal(429, "Retry-After: 3000\r\nX-App-Usage: {\"call_count\":100}\r\n"), refusal(503, "Retry-After: 3000\r\n"), said):
        with Proxy(says) as proxy:
            run = Run(proxy)
            run.check_unreachable("backoff")
            for pace in [number["pace"] for number in run.stats["numbers"]]:
                assert pace["effective"] == pace["limit"] and "why" not in pace, pace


def test_a_proxy_that_ends_early():
    for says in (b"", b"HTTP/1.1 200", b"HTTP/1.1 200 Yes\r\n\r\n", b"220 no proxy at all\r\n\r\n"):
        with Proxy(says) as proxy:
            Run(proxy).check_unreachable("backoff")
    run = Run(None, url=f"http://{WHO}:{PASSWORD}@127.0.0.1:{lab.nobody()}")
    run.check_unreachable("backoff")


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not():
    with Proxy(refusal(502)) as proxy:
        Run(proxy, count=1, max_attempts=2).check_unreachable("backoff", attempts=2)
        assert len(proxy.heads) == 2
    with Proxy(refusal(407)) as proxy:
        Run(proxy, count=1, max_attempts=4).check_unreachable("after_fix")
        assert len(proxy.heads) == 1


def test_an_https_proxy_must_be_trusted():
    """Its password goes to nobody else."""
    for which in ("unknown", "elsewhere", "expired"):
        with Proxy(tls=certificates.context(which)) as proxy:
            Run(proxy, who=f"{WHO}:{PASSWORD}@").check_unreachable("after_fix")
            assert not proxy.heads


def test_a_password_stands_in_no_complaint():
    for url in (f"ftp://{WHO}:{PASSWORD}@proxy.example", f"http://{WHO}:{PASSWORD}@proxy.example/path", f"http://{WHO}:{PASSWORD}@", f"{WHO}:{PASSWORD}",
                f"http://{WHO}:{PASSWORD}@proxy.example:99999"):
        try:
            Engine("https://127.0.0.1:1", proxy=url).close()
        except AssertionError as problem:
            assert '"proxy"' in str(problem).replace("\\", "") and not any(secret in str(problem) for secret in SECRETS), problem
        else:
            raise AssertionError(f"{url} was taken")
    run = Run(None, url=f"http://{WHO}:{PASSWORD}@nowhere.invalid:3128", count=1)
    run.check_unreachable("after_fix" if "proxy" in run.outcomes[0]["error"]["message"].lower() else "backoff")
