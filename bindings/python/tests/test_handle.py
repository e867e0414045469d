"""The life of everything that has a handle: clients, stores and outboxes. It closes once, has no copy, and leaves forks alone."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import tempfile
import threading
from typing import Any, Callable

import pytest

import wabiz
from conftest import open_client, text_message
from wabiz._handle import Handle


def client() -> wabiz.Client:
    return open_client("http://127.0.0.1:9")  # nobody listens there


folder = tempfile.TemporaryDirectory()


def outbox() -> wabiz.Outbox:
    return wabiz.Outbox(f"{folder.name}/out.db", phone_number_id="1")


def async_outbox(**config: str) -> wabiz.AsyncOutbox:
    return wabiz.AsyncOutbox(sender, f"{folder.name}/out.db", **config)  # type: ignore[arg-type]


sender = wabiz.AsyncClient(access_token="x", phone_number_id="1")


# How each is opened, one call with it, and how it is opened wrongly.
LIVES: dict[str, tuple[Callable[[], Handle], Callable[[Any], Any], Callable[[], Handle]]] = {
    "client": (client, lambda opened: opened.send(text_message()), lambda: wabiz.Client(access_token="")),
    "store": (wabiz.Seen, lambda opened: opened.mark(["a"]), lambda: wabiz.Seen(max_keys=0)),
    "outbox": (outbox, lambda opened: opened.stats(), lambda: wabiz.Outbox(f"{folder.name}/out.db")),
    "async outbox": (lambda: async_outbox(phone_number_id="1"), lambda opened: opened.stats(), async_outbox),
}


def test_every_class_is_here() -> None:
    found = set()
    for open, _, _ in LIVES.values():
        with open() as opened:
            found.add(type(opened))
    assert found == {leaf for each in Handle.__subclasses__() for leaf in each.__subclasses__() or [each]}


@pytest.mark.parametrize("name", LIVES)
def test_what_is_closed_says_so(name: str) -> None:
    open, use, _ = LIVES[name]
    opened = open()
    assert not opened.closed and "closed" not in repr(opened)
    opened.close()
    opened.close()
    assert opened.closed and repr(opened).startswith("<closed wabiz.")
    with pytest.raises(wabiz.BadArgument, match=f"The {opened._called} is closed"):
        use(opened)
    with pytest.raises(wabiz.BadArgument, match="closed"):
        opened.__enter__()
    opened.__del__()


@pytest.mark.parametrize("name", LIVES)
def test_a_block_closes_also_when_it_fails(name: str) -> None:
    with pytest.raises(ZeroDivisionError), LIVES[name][0]() as opened:
        1 / 0
    assert opened.closed


@pytest.mark.parametrize("name", LIVES)
def test_what_did_not_open_can_be_collected(name: str) -> None:
    with pytest.raises(wabiz.BadArgument):
        LIVES[name][2]()
    gc.collect()


@pytest.mark.parametrize("name", LIVES)
def test_what_is_forgotten_is_closed_with_a_warning(name: str) -> None:
    opened = LIVES[name][0]()
    released: list[Any] = []
    release, opened._release = opened._release, released.append
    handle = opened._handle
    with pytest.warns(ResourceWarning, match="unclosed"):
        del opened
        gc.collect()
    assert released == [handle]
    release(handle)


@pytest.mark.parametrize("name", LIVES)
def test_there_is_no_copy(name: str) -> None:
    with LIVES[name][0]() as opened:
        for copying in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match=f"wabiz.{type(opened).__name__} cannot be copied"):
                copying(opened)


@pytest.mark.parametrize("name", LIVES)
def test_closing_waits_for_a_call_in_another_thread(name: str) -> None:
    opened = LIVES[name][0]()
    with opened._held():
        thread = threading.Thread(target=opened.close)
        thread.start()
        thread.join(0.05)
        assert thread.is_alive() and not opened.closed
    thread.join()
    assert opened.closed


@pytest.mark.parametrize("opening, use", [
    ('wabiz.Client(access_token="x", phone_number_id="1")', 'send(wabiz.text("+15550001234", "x"))'),
    ("wabiz.Seen()", 'mark(["a"])'),
    (f'wabiz.Outbox("{folder.name}/out.db", phone_number_id="1")', "stats()"),
])
def test_a_child_does_not_wait_for_a_lock_of_the_parent(opening: str, use: str) -> None:
    """In an interpreter of its own, because pytest has threads."""
    code = f"""
import os, wabiz
opened = {opening}
with opened._held():  # as if another thread were in a call at the moment of the fork
    child = os.fork()
    if child == 0:
        try:
            opened.{use}
        except wabiz.Forked:
            opened.close()
            os._exit(0 if opened.closed else 4)
        os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
opened.close()
"""
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
