"""Signals: one that interrupts every system call, and SIGPIPE at its default, which kills whoever writes to a connection that is gone."""
import signal
import subprocess
import sys

import lab
from acts import message
from alone import ENVIRONMENT, run_alone
from engine import Batch, word
from lab import TRANSPORTS, pair


class Storm:
    """A signal every half millisecond for as long as it lasts, to a handler that does not restart what it interrupts."""

    def __enter__(self):
        self.count = 0
        self.before = signal.signal(signal.SIGALRM, self.hit)
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        return self

    def hit(self, *_):
        self.count += 1

    def __exit__(self, *_):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.before)


def test_signals_all_the_time():
    for transport in TRANSPORTS:
        with pair(transport, max_in_flight=8, max_attempts=2) as (server, engine):
            batch = Batch(engine, server.record)
            with Storm() as storm:
                for i in range(200):
                    batch.submit(i, message(i, *(("late:5", "take", "e:503:2 take", "slow-body")[i % 4].split())), account={"phone_number_id": str(10 + i)})
                status, document = engine.send(message("sent", "late:200"))
                assert status == 0, f"send gave up because of a signal: {document}"
                batch.take(engine.finish())
                for i in range(200, 220):
                    batch.submit(i, message(i, "late:50"))
                batch.take(engine.drain(-1))  # goes on waiting, too
            assert storm.count > 10, "no storm"  # Python runs its handler once per call, however many came
            assert {word(outcome) for outcome in batch.settle().values()} == {"receipt"}


def test_a_signal_ends_the_wait_of_step():
    """So that the host's handler gets its turn: OK and an empty list, not idle, while an answer is still to come."""
    with pair("plain") as (server, engine):
        batch = Batch(engine, server.record)
        batch.submit("held", message("held", "held"))
        batch.until("held")
        before = signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)  # again and again: one may come before the wait begins
        try:
            assert engine.step(60_000) == (0, []), "the signal did not end the wait"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        server.release()
        assert word(batch.finish()["held"]) == "receipt"


BROKEN_PIPES = """
import signal, sys
from acts import message
from engine import Engine, word
url, authority, http = sys.argv[1:]
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
for turn in range(8):
    engine = Engine(url, ca_file=authority, http=http, max_attempts=1, timeout_ms=300)
    for i in range(8):
        engine.submit(message(f"{turn}/{i}", ("take", "read-reset", "read-close", "half-reset", "silent", "half-body")[(turn + i) % 6]))
    for _ in range(turn):
        engine.step(5)
    if turn % 2:
        engine.finish()
        engine.send(message(f"{turn}/sent", "read-reset"))
        engine.drain(0)
    engine.close()  # TLS says goodbye to connections that are gone
assert signal.getsignal(signal.SIGPIPE) == signal.SIG_DFL
assert signal.SIGPIPE not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
print("alive")
"""


def test_broken_pipes_do_not_kill_the_host():
    for transport in TRANSPORTS:
        with lab.start(transport) as server:
            config = lab.config(transport)
            assert run_alone(BROKEN_PIPES, server.url, config["ca_file"], config["http"]) == "alive\n"


def test_stale_connections_do_not_kill_the_host():
    """Connections that the server resets while a client with SIGPIPE at its default holds them, then uses or closes them."""
    code = """
import signal, sys
from acts import message
from engine import Engine
url, authority, http = sys.argv[1:]
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
engine = Engine(url, ca_file=authority, http=http, max_attempts=1)
for i in range(8):
    engine.submit(message(i))
engine.finish()
print("kill", flush=True)
sys.stdin.readline()
engine.submit(message("after"))
engine.finish()
engine.close()
print("alive")
"""
    for transport in TRANSPORTS:
        with lab.start(transport) as server:
            config = lab.config(transport)
            with subprocess.Popen([sys.executable, "-c", code, server.url, config["ca_file"], config["http"]], env=ENVIRONMENT, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True) as host:
                assert host.stdout.readline() == "kill\n"
                server.kill()
                rest, _ = host.communicate("go\n", timeout=60)
                assert (host.returncode, rest) == (0, "alive\n")
