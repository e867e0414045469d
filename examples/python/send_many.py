"""Sends one text to many people with asyncio, at the pace that Meta allows, and says what became of each message.

    export WABIZ_ACCESS_TOKEN=... WABIZ_PHONE_NUMBER_ID=...     # from the app dashboard
    export WABIZ_BASE_URL=http://127.0.0.1:8080          # only to talk to the sandbox
    python3 send_many.py "Hello *all*" < numbers.txt            # one phone number per line
"""

import asyncio
import os
import sys
from collections.abc import Iterator

import wabiz


def messages(body: str) -> Iterator[tuple[wabiz.Message, wabiz.SendOptions]]:
    """Read as they are needed: however long the list is, only some of it is in memory."""
    for line in sys.stdin:
        if number := line.strip():
            yield wabiz.text(number, body), {"tag": number}


async def send_all(body: str) -> int:
    failed = 0
    async with wabiz.AsyncClient(access_token=os.environ["WABIZ_ACCESS_TOKEN"],
                                 phone_number_id=os.environ["WABIZ_PHONE_NUMBER_ID"],
                                 base_url=os.environ.get("WABIZ_BASE_URL")) as client:
        # In a service, any number of tasks may share the client: receipt = await client.send(message)
        async for outcome in client.send_all(messages(body)):
            if outcome.error is None:
                print(outcome.tag, outcome.result().get("message_id"), flush=True)
            else:
                failed += 1
                print(outcome.tag, f"failed ({outcome.error.code}, retry: {outcome.error.retry}): {outcome.error}",
                      file=sys.stderr)
    return failed


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: send_many.py <text> < numbers")
    sys.exit(1 if asyncio.run(send_all(sys.argv[1])) else 0)
