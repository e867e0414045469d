"""The library's side of test_outbox_model.py: an outbox with a second handle, a client, and the server, which does what it is told and
writes down what it did. The model is held against it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from typing import Any, Optional

import wabiz
from outbox_model import Model
from outbox_row import DAY
from stub import Handler, Stub, closes

NOW = 1767225600
KEY_LIFE = 5 * DAY
Answer = tuple[str, int]
SERVER = Stub()


class OutboxLibrary:
    def set_up(self, api: str, policy: str) -> None:
        self.folder = tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.model = Model(NOW, api, policy)
        self.left: list[Any] = []  # handles of what crashed
        self.opened: list[wabiz.Outbox] = []
        self.texts: dict[str, str] = {}  # text of a message: its row
        self.ids = 0
        self.answers: list[Answer] = []
        self.log: list[tuple[str, Answer, str]] = []  # row, answer, Meta's id
        self.hanging, self.gone = threading.Event(), threading.Event()
        self.problem: Optional[BaseException] = None
        SERVER.answers = [self.serve]
        self.client = self.connect(SERVER.url)
        self.open()

    @property
    def is_cloud(self) -> bool:
        return self.model.api == "cloud"

    def connect(self, url: str) -> wabiz.Client:
        number = {"phone_number_id": "900"} if self.is_cloud else {}
        return wabiz.Client(access_token="t", api=self.model.api, base_url=url, proxy="", max_in_flight=1, pair_interval_ms=0,
                            messages_per_second=1000, **number)

    def open(self) -> None:
        """One handle steps; what comes while it does is taken in by another one."""
        number = {"phone_number_id": "900"} if self.is_cloud else {}
        self.outbox, self.side = (
            wabiz.Outbox(os.path.join(self.folder, "out.db"), api=self.model.api, now=self.model.now, uncertain=self.model.policy,
                         key_retention_seconds=KEY_LIFE, **number) for _ in range(2))
        self.opened = [self.outbox, self.side]

    def close(self) -> None:
        for handle in [*self.opened, *self.left, self.client]:
            handle.close()
        shutil.rmtree(self.folder)

    # MARK: The server, in its own thread

    def serve(self, handler: Handler) -> None:
        try:
            self.answer(handler, json.loads(handler.server.requests.pop().body))
        except BaseException as problem:  # noqa: BLE001 - it must fail the test and not a thread
            self.problem = problem
            closes(handler)

    def answer(self, handler: Handler, message: dict[str, Any]) -> None:
        text = message["text"]["body"] if message["type"] == "text" else message["template"]["name"]
        row = self.texts[text]
        assert not self.is_cloud or message["biz_opaque_callback_data"] == row
        way, code = answer = self.answers.pop(0) if self.answers else ("accept", 0)
        id = self.next_id()
        self.log.append((row, answer, id))
        if way.startswith("early"):
            self.side.apply(self.document(row, id, "failed" if way == "early code" else way.split()[1], code, self.model.now))
        if way == "hang":
            gone = self.gone
            self.hanging.set()
            gone.wait()
            handler.close_connection = True
        elif way == "code" and self.is_cloud:
            error = {"message": "no", "type": "OAuthException", "code": code}
            handler.reply(500 if code == 131016 else 400, json.dumps({"error": error}).encode())
        elif way == "code":
            handler.reply(500 if code == 1015 else 400, json.dumps({"errors": [{"code": code, "title": "no", "details": "no"}]}).encode())
        elif way == "cut":
            closes(handler)
        else:
            person = message["to"].lstrip("+")
            handler.reply(200, json.dumps({"messaging_product": "whatsapp", "contacts": [{"input": person, "wa_id": person}],
                                           "messages": [{"id": id}]}).encode())

    def next_id(self) -> str:
        self.ids += 1
        return f"wamid.{self.ids:06}"

    def document(self, row: Optional[str], id: str, word: str, code: int, time: int) -> bytes:
        event: dict[str, Any] = {"kind": "status", "key": id + word, "status": word, "message_id": id, "timestamp": time}
        if row and self.is_cloud:
            event["tag"] = row
        if word == "failed":
            event["errors"] = [{"code": code, "title": "no", "retry": "never"}]
        return json.dumps({"events": [event]}).encode()

    # MARK: Sending

    def step_to_rest(self, client: wabiz.Client) -> list[tuple[str, str]]:
        """Until nothing is left to be done at this time, or the server leaves a request without an answer."""
        outcomes = []
        was_quiet = not self.outbox.stats()["due"]
        for _ in range(1000):
            rows = self.outbox.step(client, 0 if was_quiet else 0.02)
            outcomes += [(row["id"], row["state"]) for row in rows]
            if self.problem:
                raise self.problem
            if self.hanging.is_set():
                return outcomes
            is_quiet = not rows and self.outbox.stats()["due"] == 0 and not self.under_way(client)
            if was_quiet and is_quiet:
                return outcomes
            was_quiet = is_quiet
        raise AssertionError(f"it does not come to rest: {self.outbox.stats()}, {client.stats()}, {self.log}")

    def under_way(self, client: wabiz.Client) -> bool:
        """Also when a webhook has moved the row on already, or its outcome waits to be recorded."""
        stats = client.stats()
        if stats["in_flight"] or stats["queued"]:
            return True
        abandoned = {id for id, row in self.model.rows.items() if row.leased_until is not None}
        return any(row["id"] not in abandoned for row in self.outbox.list(state="sending"))
