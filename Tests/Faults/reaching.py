"""Servers that are never reached: nobody listens, the connection ends before a request, TLS does not come about. Nothing leaves, and
the outcome says so: unreachable, and safe to send again."""
import lab
from acts import message
from engine import Batch, Engine, word
from lab import Odd, certificates


def settle_unreached(url, count=5, **config):
    """The outcomes of messages that must not have left; there is no record to hold them against."""
    with Engine(url, **{"ca_file": certificates.authority, "max_attempts": 1, **config}) as engine:
        batch = Batch(engine, None)
        for i in range(count):
            batch.submit(i, message(i))
        batch.take(engine.finish())
        assert len(batch.outcomes) == count
        return list(batch.outcomes.values())


def check_unreachable(outcomes, retry=("backoff",)):
    for outcome in outcomes:
        assert word(outcome) == "unreachable", outcome
        assert outcome["error"]["retry"] in retry, outcome


def test_nobody_listens():
    check_unreachable(settle_unreached(f"http://127.0.0.1:{lab.nobody()}"))
    check_unreachable(settle_unreached(f"https://127.0.0.1:{lab.nobody()}"))


def test_nobody_listens_and_it_is_tried_again():
    outcomes = settle_unreached(f"http://127.0.0.1:{lab.nobody()}", max_attempts=2)
    check_unreachable(outcomes)
    assert {outcome["attempts"] for outcome in outcomes} == {2}


def test_the_handshake_ends_early():
    """Reset at once, closed at once, reset or refused in the handshake, no TLS at all: nothing of a request can have left."""
    for treat in (lab.reset, lab.hang_up, lab.reset_in_the_handshake, lab.alert_in_the_handshake, lab.babble):
        for http in ("1.1", "2"):
            with Odd(treat) as odd:
                check_unreachable(settle_unreached(f"https://127.0.0.1:{odd.port}", http=http), ("backoff", "after_fix"))
                assert odd.was_reached(), treat.__name__


def test_the_handshake_never_ends():
    with Odd(lab.hold) as odd:
        check_unreachable(settle_unreached(f"https://127.0.0.1:{odd.port}", connect_timeout_ms=200))
        assert odd.was_reached()


def test_a_plain_connection_that_ends_at_once():
    """Bytes may be on their way when it ends: both words are honest, a receipt or a refusal would not be."""
    for treat in (lab.reset, lab.hang_up):
        with Odd(treat) as odd:
            for outcome in settle_unreached(f"http://127.0.0.1:{odd.port}"):
                assert word(outcome) in ("unreachable", "uncertain"), outcome


def test_certificates_that_must_not_be_trusted():
    for transport in ("tls", "h2"):
        for which in ("unknown", "elsewhere", "expired"):
            with lab.start(transport, which) as server:
                outcomes = settle_unreached(server.url, http=lab.config(transport)["http"], max_attempts=4)
                check_unreachable(outcomes, ("after_fix",))
                assert {outcome["attempts"] for outcome in outcomes} == {1}, "it was tried again, which cannot help"
                assert not server.record.posts, f"{which}: something of a message was read"


def test_a_name_that_does_not_exist():
    check_unreachable(settle_unreached("https://nowhere.invalid", count=2), ("backoff", "after_fix"))


def test_unreachable_messages_go_out_once_somebody_listens():
    for transport in lab.TRANSPORTS:
        with lab.pair(transport, max_attempts=20) as (server, engine):
            server.kill()
            batch = Batch(engine, server.record)
            for i in range(20):
                batch.submit(i, message(i))
            status, outcomes = engine.step(50)
            assert not outcomes, outcomes
            server.open()
            assert {word(outcome) for outcome in batch.finish().values()} == {"receipt"}
            assert all(len(posts) == 1 for posts in server.record.posts.values())
