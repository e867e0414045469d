"""What a host does to a library: signals all the time, SIGPIPE at its default, exec, fork, a preloading web server, closing in the middle
under valgrind. Programs that must die alone run in an interpreter of their own."""
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import lab
from acts import message
from engine import LIBRARY, Batch, Engine, word
from lab import TRANSPORTS, pair

HERE = Path(__file__).resolve().parent


def run_alone(code, *arguments):
    """Runs Python code with these modules at hand; its output when it ends well."""
    environment = {**os.environ, "PYTHONPATH": str(HERE), "WABIZ_LIBRARY": LIBRARY, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout


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
        batch.submit("late", message("late", "late:400"))
        batch.until("late")
        signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert engine.step(-1) == (0, []), "the signal did not end the wait"
        assert word(batch.finish()["late"]) == "receipt"


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
            environment = {**os.environ, "PYTHONPATH": str(HERE), "WABIZ_LIBRARY": LIBRARY, "PYTHONDONTWRITEBYTECODE": "1"}
            with subprocess.Popen([sys.executable, "-c", code, server.url, config["ca_file"], config["http"]], env=environment, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True) as host:
                assert host.stdout.readline() == "kill\n"
                server.kill()
                rest, _ = host.communicate("go\n", timeout=60)
                assert (host.returncode, rest) == (0, "alive\n")


def descriptors():
    return {int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}


def test_every_descriptor_is_closed_on_exec():
    """While connections are made, while they are in use, and while they wait: nothing is inherited by what the host starts."""
    for transport in TRANSPORTS:
        with lab.start(transport) as server:
            held = Engine(server.url, **lab.config(transport))  # what the process opens once is open
            held.submit(message("warm"))
            held.finish()
            before = descriptors()
            with Engine(server.url, **lab.config(transport)) as engine:
                batch = Batch(engine, server.record)
                for i in range(8):
                    batch.submit(i, message(i, "late:100"))
                for timeout in (0, 0, 5, 5, 20, 50):
                    engine_outcomes = engine.step(timeout)[1]
                    batch.take(engine_outcomes)
                    check_inheritance(descriptors() - before)
                batch.finish()
                check_inheritance(descriptors() - before)
            held.close()


def check_inheritance(found):
    for descriptor in found:
        try:
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFD)
            kind = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            continue  # the server's, closed meanwhile
        assert flags & fcntl.FD_CLOEXEC or is_wake_up(descriptor, kind), f"{descriptor} ({kind}) is inherited by what the host starts"


def is_wake_up(descriptor, kind):
    """libcurl 7.88 opens the socket pair by which its handles are woken without close-on-exec, and has no option for it."""
    if not kind.startswith("socket:"):
        return False
    with socket.socket(fileno=os.dup(descriptor)) as found:
        return found.family == socket.AF_UNIX


def test_closing_leaves_no_descriptor():
    for transport in TRANSPORTS:
        with lab.start(transport) as server:
            counts = []
            for turn in range(4):
                engine = Engine(server.url, **lab.config(transport))
                for i in range(8):
                    engine.submit(message(f"{turn}/{i}", "take" if i % 2 else "silent"))
                for _ in range(5):
                    engine.step(10)
                engine.close()
                server.kill()  # so that its own ends are gone, too
                server.open()
                counts.append(len(descriptors()))
            assert counts[1] == counts[3], f"{transport}: {counts}"


FORKS = """
import ctypes, gc, os, sys
from acts import message
from engine import FORKED, Engine, library, word
url, authority, http = sys.argv[1:]
config = dict(ca_file=authority, http=http)
engine = Engine(url, **config)
engine.submit(message("before"))
assert [word(outcome) for outcome in engine.finish()] == ["receipt"]
for i in range(12):
    engine.submit(message(f"parent{i}", "late:%d" % (50 * i)))
while engine.step(20)[1]:
    pass
children = []
for number in range(4):
    child = os.fork()
    if child:
        children.append(child)
        continue
    try:
        for name, arguments in (("step", (0,)), ("drain", (0,)), ("cancel", (1,)), ("submit", (b'{"to":"+15550001234","text":"x"}', None)),
                                ("send", (b'{"to":"+15550001234","text":"x"}', None))):
            status = getattr(library, f"wabiz_client_{name}")(engine.handle, *arguments, ctypes.byref(ctypes.c_char_p()))
            assert status == FORKED, (name, status)
        assert library.wabiz_client_descriptor(engine.handle) == -1
        if number % 2:
            engine.close()
        own = Engine(url, **config)
        for i in range(5):
            own.submit(message(f"child{number}/{i}"))
        assert {word(outcome) for outcome in own.finish()} == {"receipt"}
        own.close()
        if not number % 2:
            engine.close()
        gc.collect()
        os._exit(0)
    except BaseException as problem:
        print(repr(problem), file=sys.stderr, flush=True)
        os._exit(1)
found = engine.finish()
for child in children:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
engine.submit(message("after"))
found += engine.finish()
print(len(found), {word(outcome) for outcome in found})
engine.close()
"""


def test_fork_in_the_middle():
    """Four children in the middle of a dozen transfers: each opens its own client, and the parent's transfers end well on their connections."""
    for transport in TRANSPORTS:
        with lab.start(transport) as server:
            config = lab.config(transport)
            said = run_alone(FORKS, server.url, config["ca_file"], config["http"])
            assert int(said.split()[0]) >= 1 and said.endswith(" {'receipt'}\n"), said
            names = {name for name in server.record.posts}
            assert {f"child{number}/{i}" for number in range(4) for i in range(5)} <= names and {"before", "after"} <= names
            assert all(len(posts) == 1 for posts in server.record.posts.values())


GUNICORN = """
import os, sys
sys.path[:0] = [{here!r}]
from acts import message
from engine import FORKED, Engine, call, word

config = dict(ca_file={authority!r}, http={http!r})
preloaded = Engine({url!r}, **config)
preloaded.submit(message("master"))
assert word(preloaded.finish()[0]) == "receipt"
master, own = os.getpid(), None

def application(environ, start_response):
    global own
    try:
        forked = call("client_step", preloaded.handle, 0)[0] == FORKED
        own = own or Engine({url!r}, **config)
        own.submit(message(environ["PATH_INFO"].strip("/")))
        outcome = own.finish()[0]
        body = f"{{os.getpid()}} {{os.getpid() != master}} {{forked}} {{word(outcome)}}"
    except Exception as problem:
        body = repr(problem)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [body.encode()]
"""


def test_gunicorn_with_preload_and_four_workers():
    for transport in ("plain", "tls"):
        with lab.start(transport) as server:
            config = lab.config(transport)
            (lab.folder / "preloading.py").write_text(GUNICORN.format(here=str(HERE), authority=config["ca_file"], http=config["http"], url=server.url))
            check_gunicorn(server, lab.folder)


def check_gunicorn(server, folder):
    path = f"{folder}/gunicorn.sock"
    environment = {**os.environ, "WABIZ_LIBRARY": LIBRARY, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder)}  # it writes there
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "4", "--bind", f"unix:{path}", "--log-level", "warning", "--chdir", str(folder),
               "preloading:application"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as host:
        try:
            workers, asked = set(), 0
            while len(workers) < 4 and asked < 2000:
                said = ask(path, host, f"{asked}")
                asked += 1
                process, is_child, forked, outcome = said.split()
                assert (is_child, forked, outcome) == ("True", "True", "receipt"), said
                workers.add(process)
            assert len(workers) == 4, f"{asked} requests reached {len(workers)} workers"
        finally:
            host.send_signal(signal.SIGTERM)
            host.wait(60)
    assert all(len(posts) == 1 for posts in server.record.posts.values()) and server.record.count() == asked + 1


def ask(path, host, name):
    """GET over gunicorn's socket, once it listens."""
    while True:
        assert host.poll() is None, host.stderr.read()[-2000:]
        link = socket.socket(socket.AF_UNIX)
        try:
            link.connect(path)
            break
        except OSError:
            link.close()
            time.sleep(0.02)
    connection = http.client.HTTPConnection("localhost")
    connection.sock = link
    connection.request("GET", f"/{name}")
    said = connection.getresponse().read().decode()
    connection.close()
    return said


def compile_program(name, *flags):
    """One of the C programs beside this file, linked with the library as it was before it was stripped: leaks are told by name."""
    root = HERE.parents[1]
    unstripped = lab.folder / "unstripped"
    if not unstripped.exists():
        unstripped.mkdir()
        (unstripped / "libwabiz.so.0").symlink_to(root / ".build/release/libwabiz.so")
    program = lab.folder / name
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", *flags, str(HERE / f"{name}.c"), "-o", str(program),
                    f"-I{root}/build/include", f"-L{root}/build/lib", "-lwabiz", f"-Wl,-rpath,{unstripped}", "-lpthread"], check=True)
    return program


def run_closing(transport, command, environment, turns):
    with lab.start(transport) as server:
        config = {"access_token": "t", "phone_number_id": "1", "base_url": server.url, "proxy": "", "timeout_ms": 5000, **lab.config(transport)}
        done = subprocess.run([*command, json.dumps(config), str(turns)], env={**os.environ, **environment}, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{transport}: {done.stdout[-1500:]}{done.stderr[-4000:]}"


def test_closing_in_the_middle_under_valgrind():
    program = compile_program("closing")
    command = ["valgrind", "--quiet", "--num-callers=60", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
               "--error-exitcode=98", f"--suppressions={HERE.parent}/Contract/valgrind.supp", program]
    for transport in ("tls", "h2"):
        run_closing(transport, command, {}, 4)


def test_closing_in_the_middle_under_a_sanitizer():
    program = compile_program("closing", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    for transport in TRANSPORTS:
        run_closing(transport, [program], {"LSAN_OPTIONS": f"suppressions={HERE.parent}/Contract/lsan.supp:print_suppressions=0"}, 10)
