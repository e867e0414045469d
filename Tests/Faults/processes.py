"""Descriptors, exec and fork: nothing is inherited that should not be, and parents and children do not disturb each other."""
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import lab
from acts import message
from alone import ENVIRONMENT, run_alone
from engine import Batch, Engine
from lab import TRANSPORTS


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
import os
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
            (lab.folder / "preloading.py").write_text(GUNICORN.format(authority=config["ca_file"], http=config["http"], url=server.url))
            check_gunicorn(server, lab.folder)


def check_gunicorn(server, folder):
    path = f"{folder}/gunicorn.sock"
    environment = {**ENVIRONMENT, "HOME": str(folder)}  # it writes there
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
