"""Sends one message and says what became of it.

    export WABIZ_ACCESS_TOKEN=... WABIZ_PHONE_NUMBER_ID=...     # from the app dashboard
    export WABIZ_BASE_URL=http://127.0.0.1:8080          # only to talk to the sandbox
    python3 send.py +15550001234 "Hello *Ada*"
"""

import os
import sys

import wabiz


def main() -> int:
    if len(sys.argv) != 3:
        print("usage: send.py <phone number> <text>", file=sys.stderr)
        return 64
    to, body = sys.argv[1:]

    with wabiz.Client(access_token=os.environ["WABIZ_ACCESS_TOKEN"],
                      phone_number_id=os.environ["WABIZ_PHONE_NUMBER_ID"],
                      base_url=os.environ.get("WABIZ_BASE_URL")) as client:
        try:
            receipt = client.send(wabiz.text(to, body, tag="example"))
        except wabiz.Invalid as problem:
            print(f"Not sent, because Meta would refuse it: {problem}", file=sys.stderr)
            return 1
        except wabiz.Refused as problem:
            print(f"Meta refused it ({problem.retry}): {problem}", file=sys.stderr)
            return 2
        except wabiz.Unreachable as problem:
            print(f"Not sent, try again: {problem}", file=sys.stderr)
            return 3
        except wabiz.Uncertain as problem:
            print(f"It may have gone out; wait for a status before sending it again: {problem}", file=sys.stderr)
            return 4

    print(receipt["message_id"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
