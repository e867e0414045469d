"""Stands in for Meta in the kill test: takes every message whose request came whole, remembers in which order, and tells of it by
webhooks when asked: again until they were taken in, and never after. Some are taken in before the message itself is answered."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NOW = 1767225600
EARLY = {1, 4, 8}  # messages that are answered, the first time, once their webhooks were taken in
PATIENCE = 60  # seconds until an answer goes out all the same: whoever took webhooks in was killed


class Meta(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, hears: bool) -> None:
        """`hears`: somebody asks for webhooks while messages are sent."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.hears = hears
        self.lock = threading.Condition()
        self.log: list[tuple[str, int, str]] = []  # ("taken" or "told", number of the message, our id), in this order
        self.events: list[tuple[int, dict[str, Any]]] = []
        self.taken_in = 0  # so many of the events
        self.asked: dict[int, int] = {}
        self.told: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """Those who are killed hang up."""

    def take(self, message: dict[str, Any]) -> str:
        """Meta's id. Webhooks come twice and in any order."""
        number = int(message["text"]["body"].split()[1])
        id = f"wamid.{len(self.events)}"
        self.log.append(("taken", number, message.get("biz_opaque_callback_data", "")))
        tag = {"tag": message["biz_opaque_callback_data"]} if "biz_opaque_callback_data" in message else {}
        words = ["delivered", "sent", "delivered"] if number % 2 else ["sent", "delivered", "sent"]
        self.events += [(number, {"kind": "status", "key": f"{id}:{word}", "status": word, "message_id": id, "timestamp": NOW, **tag})
                        for word in words]
        return id

    def tell(self, taken_in: int) -> dict[str, Any]:
        """What is to be told, from an event's number on. Whoever asks says up to which number it took in what it was told before."""
        self.taken_in = max(self.taken_in, taken_in)
        self.lock.notify_all()
        events = self.events[self.taken_in:]
        for number, event in events:
            if event["status"] == "delivered" and event["message_id"] not in self.told:
                self.told.add(event["message_id"])
                self.log.append(("told", number, event["message_id"]))
        return {"from": self.taken_in, "events": [event for _, event in events]}

    def wait_until_taken_in(self) -> None:
        """Everything that there is to tell by now."""
        end = len(self.events)
        self.lock.wait_for(lambda: self.taken_in >= end, PATIENCE)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Meta

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return
        message = json.loads(body)
        number = int(message["text"]["body"].split()[1])
        with self.server.lock:
            asked = self.server.asked[number] = self.server.asked.get(number, 0) + 1
            if number == 3 and asked == 1:  # too fast: nothing was taken
                return self.reply(400, self.refusal(130429 if "biz_opaque_callback_data" in message else 1015))
            id = self.server.take(message)
            if number in EARLY and asked == 1 and self.server.hears:
                self.server.wait_until_taken_in()
        if number == 6 and asked == 1:  # taken, and the answer is lost
            self.close_connection = True
            return
        self.reply(200, {"messaging_product": "whatsapp", "contacts": [{"input": message["to"], "wa_id": message["to"].lstrip("+")}],
                         "messages": [{"id": id}]})

    def do_GET(self) -> None:
        with self.server.lock:
            self.reply(200, self.server.tell(int(self.path.rpartition("=")[2])))

    def refusal(self, code: int) -> dict[str, Any]:
        if code == 130429:
            return {"error": {"message": "(#130429) Rate limit hit", "type": "OAuthException", "code": code}}
        return {"errors": [{"code": code, "title": "Too many requests", "details": "Too many requests"}]}

    def reply(self, status: int, document: Any) -> None:
        answer = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass
