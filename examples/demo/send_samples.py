"""Sends message files and prints one JSON line for each: the demonstration's sender in Python.

    WABIZ_CONFIG='{"access_token":"...",...}' python3 send_samples.py FILE...

Prints {"sample":"<file>","status":"<word>","document":{...}}: a receipt, or the failure.
"""

import json
import os
import sys
from pathlib import Path

import wabiz


def main() -> None:
    with wabiz.Client(**json.loads(os.environ["WABIZ_CONFIG"])) as client:
        for path in sys.argv[1:]:
            try:
                status, document = "ok", dict(client.send(Path(path).read_bytes()))
            except wabiz.Error as problem:
                status, document = problem.code, problem.document
            print(json.dumps({"sample": path, "status": status, "document": document}), flush=True)


if __name__ == "__main__":
    main()
