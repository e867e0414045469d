"""Receives webhooks with FastAPI: puts events into a queue, answers, and works through them in a task.

    pip install fastapi uvicorn
    export WABIZ_APP_SECRET=... WABIZ_VERIFY_TOKEN=...   # both from the app dashboard
    python3 receive_fastapi.py 8000                      # 0 takes a free port

Meta calls https only: put a web server with a certificate in front of http://127.0.0.1:8000/webhook. With Starlette
alone it is the same: Starlette takes routes and a lifespan too.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI
from starlette.routing import Route

import wabiz


def store(events: list[wabiz.Event]) -> None:
    """A queue in memory is lost in a crash: a real service stores the events here. One that is full raises QueueFull; Meta
    then gets a 500 and brings the notification again."""
    app.state.inbox.put_nowait(events)


async def work(inbox: "asyncio.Queue[list[wabiz.Event]]") -> None:
    seen = set()  # Meta delivers some events twice; a real service keeps the keys for a week
    while True:
        for event in await inbox.get():
            if event["key"] is not None and event["key"] in seen:
                continue
            seen.add(event["key"])
            what = event.get("text") or event.get("status") or event.get("type", "")
            print(event["kind"], event.get("from") or event.get("recipient_id", ""), what, event["key"], flush=True)


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.inbox = asyncio.Queue(maxsize=1000)  # made here, in the loop that serves: Python 3.9 ties a queue to its loop
    worker = asyncio.create_task(work(app.state.inbox))
    yield
    worker.cancel()


# The endpoint reads the body itself: the signature covers the bytes as Meta sent them. A Route, and no mount: that
# would redirect /webhook to /webhook/, and Meta follows no redirect.
webhook = wabiz.asgi.webhook(store, os.environ["WABIZ_APP_SECRET"], os.environ["WABIZ_VERIFY_TOKEN"])
app = FastAPI(lifespan=lifespan, routes=[Route("/webhook", webhook)])


@app.get("/")
async def home() -> str:
    return "The webhook is at /webhook."


async def main(port: int) -> None:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():
        await asyncio.sleep(0.01)
    if server.started:
        port = server.servers[0].sockets[0].getsockname()[1]
        print(f"webhook receiver on http://127.0.0.1:{port}/webhook", flush=True)
    await running


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000))
