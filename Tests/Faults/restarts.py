"""The server goes away in the middle of many messages and comes back: every ticket has one outcome, and nothing is told wrongly."""
import threading

from acts import message
from engine import Batch, word
from lab import pair

MANY, PER_NUMBER = 10_000, 500


def restart_in_the_middle(transport, many):
    with pair(transport, max_attempts=30, max_in_flight=64) as (server, engine):
        batch = Batch(engine, server.record)
        for i in range(many):
            batch.submit(i, message(i), account={"phone_number_id": str(100 + i // PER_NUMBER)})
        over, ends = threading.Event(), []
        back = threading.Thread(target=restart, args=(server, many, over, ends))
        back.start()
        try:
            outcomes = batch.finish()
        finally:
            over.set()
            back.join()
        assert ends, "the server stayed"
        words = [word(outcome) for outcome in outcomes.values()]
        # What was under way at the moment of the two ends may be uncertain, nothing else; and nothing is given up.
        assert set(words) <= {"receipt", "uncertain"}, {one: words.count(one) for one in set(words)}
        assert words.count("uncertain") <= 2 * 128, words.count("uncertain")
        assert all(len(posts) == 1 for posts in server.record.posts.values()), "a message was posted twice"
        assert server.record.count() >= many - words.count("uncertain")


def restart(server, many, over, ends):
    """Twice: gone when a third has come, and again at two thirds; away long enough for sends that find nobody."""
    for part in (1, 2):
        while server.record.count() < many * part // 3:
            if over.wait(0.005):
                return
        server.kill()
        over.wait(0.2)
        server.open()
        ends.append(part)


def test_restart_in_the_middle_of_10000_plain():
    restart_in_the_middle("plain", MANY)


def test_restart_in_the_middle_of_10000_tls():
    restart_in_the_middle("tls", MANY)


def test_restart_in_the_middle_h2():
    restart_in_the_middle("h2", 2000)
