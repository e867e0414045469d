"""Meta's errors: every code of the table with the statuses that it may come with, and answers without a code. What the table calls
"backoff" is sent again, everything else is posted once; what may have gone out only when the caller allows it."""
import json

from acts import message
from engine import Batch, call, word
from lab import TRANSPORTS, pair

STATUSES = (400, 429, 500, 503)
LONG_PAUSES = {131057, 2494100}  # maintenance: about a minute, beyond these deadlines


def errors():
    """{code: verdict} of what the library's own table says of answers of the Cloud API."""
    status, document = call("describe", b"errors")
    assert status == 0
    table = {row["code"]: row["retry"] for row in document["errors"] if not row["on_premises"] and row["where"] != "webhook"}
    assert len(table) > 100 and len(set(table.values())) == 5, "the table of errors is not as expected"
    return table


def test_every_code_with_every_status():
    table = errors()
    for transport in ("plain", "h2"):
        with pair(transport, max_attempts=2, deadline_ms=50000) as (server, engine):
            batch = Batch(engine, server.record)
            number = 0
            for code in table:
                for status in STATUSES:
                    number += 1  # a number each: an error slows its own number down and no other
                    name = f"{code}/{status}"
                    batch.submit(name, message(name, f"e:{status}:{code}", "take"), account={"phone_number_id": str(5000 + number)})
            for name, outcome in batch.finish().items():
                check_verdict(name, outcome, table, server.record.posts[name])


def check_verdict(name, outcome, table, posts):
    code = int(name.split("/")[0])
    if table[code] == "backoff" and code not in LONG_PAUSES:
        assert word(outcome) == "receipt" and outcome["attempts"] == len(posts) == 2, f"{name}: {outcome}"
        return
    assert word(outcome) == "refused" and outcome["attempts"] == len(posts) == 1, f"{name}: {outcome}"
    error = outcome["error"]
    assert error["retry"] == table[code] and error["graph"]["code"] == code, f"{name}: {outcome}"


def test_answers_without_a_code():
    """A 5xx without a code may have gone out; nothing that may have is sent again."""
    with pair("tls", max_attempts=3) as (server, engine):
        batch = Batch(engine, server.record)
        for i, status in enumerate((400, 401, 403, 404, 413, 429, 500, 502, 503, 504)):
            batch.submit(status, message(status, f"e:{status}"), account={"phone_number_id": str(7000 + i)})
        for status, outcome in batch.finish().items():
            assert word(outcome) == "refused", outcome
            assert (outcome["error"]["retry"] == "uncertain") == (status >= 500), outcome
            assert outcome["attempts"] == 1 or outcome["error"]["retry"] == "backoff", outcome


def test_it_is_repeated_only_when_it_may_be():
    """The same ends with resend_uncertain, of the client and of one message."""
    lost = ("read-reset take", "read-close take", "half-body take", "html take", "e:500:131000 take", "e:503 take")
    for transport in TRANSPORTS:
        with pair(transport, max_attempts=4, resend_uncertain=True) as (server, engine):
            batch = Batch(engine, server.record)
            for acts in lost:  # one after another: under HTTP/2 they would end each other
                name = acts.replace(" ", "_")
                batch.submit(name, message(name, *acts.split()))
                batch.take(engine.finish())
            for name, outcome in batch.settle(resend=True).items():
                posts = server.record.posts[name]
                assert word(outcome) == "receipt" and outcome["attempts"] == len(posts) == 2, (name, outcome, posts)
        with pair(transport, max_attempts=4) as (server, engine):
            batch = Batch(engine, server.record)
            batch.submit("allowed", message("allowed", "read-reset", "take"), resend_uncertain=True)
            batch.take(engine.finish())
            batch.submit("not", message("not", "read-reset", "take"))
            outcomes = batch.finish(resend=True)
            assert word(outcomes["allowed"]) == "receipt" and word(outcomes["not"]) == "uncertain", outcomes
            assert len(server.record.posts["not"]) == 1


def test_an_attempt_that_may_have_gone_out_is_not_forgotten():
    """Uncertain first, then a clear no or nobody there: the outcome stays uncertain."""
    with pair("plain", max_attempts=3, resend_uncertain=True) as (server, engine):
        batch = Batch(engine, server.record)
        batch.submit("no", message("no", "half-body", "e:400:100"))
        assert word(batch.finish(resend=True)["no"]) in ("uncertain", "refused")
        assert len(server.record.posts["no"]) == 2
        batch.submit("gone", message("gone", "half-body"))
        batch.until("gone")
        server.kill()
        batch.take(engine.finish())
        assert word(batch.outcomes["gone"]) == "uncertain", batch.outcomes["gone"]


def test_the_server_is_not_asked_before_it_wants():
    """Retry-After, and the pause of 131056, are lower bounds."""
    with pair("plain", max_attempts=2) as (server, engine):
        batch = Batch(engine, server.record)
        for name, acts in (("after", ("e:503:2:2", "take")), ("pair", ("e:400:131056", "take")), ("meanwhile", ("take",))):
            batch.submit(name, message(name, *acts), account={"phone_number_id": str(len(name))})
        outcomes = batch.finish()
        assert {word(outcome) for outcome in outcomes.values()} == {"receipt"}, outcomes
        first, second = (post.at for post in server.record.posts["after"])
        assert second - first >= 2
        first, second = (post.at for post in server.record.posts["pair"])
        assert second - first >= 0.9


def test_a_deadline_ends_the_attempts():
    with pair("plain", max_attempts=100) as (server, engine):
        batch = Batch(engine, server.record)
        batch.submit("tries", message("tries", "e:503:2"), deadline_ms=5000)
        batch.submit("waits", message("waits", "e:503:2:30", "take"), deadline_ms=5000, account={"phone_number_id": "2"})
        batch.submit("pair", message("pair", "e:400:131056"), deadline_ms=900, account={"phone_number_id": "3"})
        outcomes = batch.finish()
        assert {word(outcome) for outcome in outcomes.values()} == {"refused"}, outcomes
        assert outcomes["waits"]["attempts"] == outcomes["pair"]["attempts"] == 1, "an attempt beyond the deadline"
        assert outcomes["tries"]["attempts"] > 1, "it had time for more than one"
        assert json.dumps(outcomes).count("secret-token") == 0
