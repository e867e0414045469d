"""Receives webhooks: answers Meta's verification request, verifies every notification and prints its events.

    export WABIZ_APP_SECRET=... WABIZ_VERIFY_TOKEN=...   # both from the app dashboard
    python3 receive.py 8000                              # 0 takes a free port

Meta calls https only: put a web server with a certificate in front.
"""

import os
import queue
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import wabiz

APP_SECRET = os.environ["WABIZ_APP_SECRET"]
VERIFY_TOKEN = os.environ["WABIZ_VERIFY_TOKEN"]
LARGEST_BODY = 16 * 1024 * 1024  # Meta sends up to 3 MB

events: "queue.Queue[wabiz.Event]" = queue.Queue()


class Webhook(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        query = self.path.partition("?")[2]
        try:
            self.answer(*wabiz.challenge(query, VERIFY_TOKEN))
        except wabiz.Error as problem:
            self.answer(problem.http_status or 400)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(int(length))  # the raw bytes: the signature covers exactly them
        try:
            received = wabiz.receive(body, self.headers.get("X-Hub-Signature-256"), APP_SECRET)
        except wabiz.Unauthentic:
            return self.answer(401)
        except wabiz.BadJSON:
            return self.answer(400)
        # Answer at once and work afterwards: Meta repeats what is not answered quickly with 200. A real service
        # stores the events first, so that a crash loses none.
        for event in received:
            events.put(event)
        self.answer(200)

    def answer(self, status: int, body: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def work() -> None:
    seen = set()  # Meta delivers some events twice; a real service keeps the keys for a week
    while True:
        event = events.get()
        if event["key"] is not None and event["key"] in seen:
            continue
        seen.add(event["key"])
        what = event.get("text") or event.get("status") or event.get("type", "")
        print(event["kind"], event.get("from") or event.get("recipient_id", ""), what, event["key"], flush=True)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000), Webhook)
    print(f"webhook receiver on http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=work, daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
