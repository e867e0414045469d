"""Receives webhooks with Flask: keeps every event in a database, answers, and works through them afterwards.

    pip install flask
    export WABIZ_APP_SECRET=... WABIZ_VERIFY_TOKEN=...   # both from the app dashboard
    python3 receive_flask.py 8000                        # 0 takes a free port; WABIZ_INBOX names the database

Meta calls https only: put a web server with a certificate in front of http://127.0.0.1:8000/webhook. For more than a
trial run it under a WSGI server (gunicorn receive_flask:app) and the work in a process of its own
(python3 -c "import receive_flask; receive_flask.work()").
"""

import contextlib
import json
import os
import sqlite3
import sys
import threading
import time

from flask import Flask
from werkzeug.serving import make_server

import wabiz

INBOX = os.environ.get("WABIZ_INBOX", "inbox.db")

app = Flask(__name__)


@app.get("/")
def home() -> str:
    return "The webhook is at /webhook.\n"


def inbox() -> sqlite3.Connection:
    return sqlite3.connect(INBOX, timeout=10, isolation_level=None)


def store(events: list[wabiz.Event]) -> None:
    """Keeps the events of one notification, all or none. When this raises, Meta gets a 500 and brings them again."""
    with contextlib.closing(inbox()) as database:
        database.execute("BEGIN IMMEDIATE")
        # Meta delivers some events twice: a key that is there already is passed over. Errors have none and all count.
        database.executemany("INSERT OR IGNORE INTO inbox (key, event) VALUES (?, ?)",
                             [(event["key"], json.dumps(event)) for event in events])
        database.execute("COMMIT")


# The endpoint stands in front of Flask and reads the body itself: the signature covers the bytes as Meta sent them.
app.wsgi_app = wabiz.wsgi.webhook(  # type: ignore[method-assign]
    store, os.environ["WABIZ_APP_SECRET"], os.environ["WABIZ_VERIFY_TOKEN"], path="/webhook", app=app.wsgi_app)

with contextlib.closing(inbox()) as first:
    first.execute("CREATE TABLE IF NOT EXISTS inbox (number INTEGER PRIMARY KEY, key TEXT UNIQUE, event TEXT NOT NULL, "
                  "done INTEGER NOT NULL DEFAULT 0)")


def work() -> None:
    """Handles events in the order in which they came; those of an earlier run first."""
    database = inbox()
    while True:
        for number, text in database.execute("SELECT number, event FROM inbox WHERE NOT done ORDER BY number").fetchall():
            event: wabiz.Event = json.loads(text)
            what = event.get("text") or event.get("status") or event.get("type", "")
            print(event["kind"], event.get("from") or event.get("recipient_id", ""), what, event["key"], flush=True)
            database.execute("UPDATE inbox SET done = 1 WHERE number = ?", (number,))
        time.sleep(0.2)


if __name__ == "__main__":
    threading.Thread(target=work, daemon=True).start()
    server = make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000, app, threaded=True)
    print(f"webhook receiver on http://127.0.0.1:{server.server_port}/webhook", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
