"""What the tests of an outbox that meets faults share: a time, a message, handles on one file, a webhook and an answer of Meta's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import wabiz

NOW = 1767225600
TEXT = {"to": "+15550001234", "text": "Hello"}
DAY = 86400


def opened(path: Path, **config: Any) -> wabiz.Outbox:
    return wabiz.Outbox(path / "out.db", phone_number_id="900", **{"now": NOW, **config})


def told(id: str, word: str, message_id: str, time: int = NOW, **more: Any) -> bytes:
    event = {"kind": "status", "key": f"{message_id}:{word}", "status": word, "message_id": message_id, "timestamp": time, "tag": id, **more}
    return json.dumps({"events": [event]}).encode()


def receipt(id: str) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "contacts": [{"input": "+15550001234", "wa_id": "15550001234"}], "messages": [{"id": id}]}
