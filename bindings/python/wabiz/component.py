"""Components of a template message: header, body and buttons. A str stands for a text parameter."""

from __future__ import annotations

from typing import Union

from . import parameter
from .documents import Payload


def header(value: Union[str, Payload]) -> Payload:
    """The header: a text, or a parameter of `wabiz.parameter`."""
    return {"type": "header", "parameters": [_parameter(value)]}


def body(*values: Union[str, Payload]) -> Payload:
    """The body: one value for each variable, in order."""
    return {"type": "body", "parameters": [_parameter(value) for value in values]}


def quick_reply(index: int, payload: str) -> Payload:
    """A quick reply button at `index`, counted from 0; `payload` comes back when it is tapped."""
    return _button("quick_reply", index, parameter.payload(payload))


def url(index: int, suffix: str) -> Payload:
    """A link button at `index`, counted from 0; `suffix` ends the template's URL (or is the one-time password)."""
    return _button("url", index, parameter.text(suffix))


def _button(sub_type: str, index: int, value: Payload) -> Payload:
    # Meta's samples write the index as a string.
    return {"type": "button", "sub_type": sub_type, "index": str(index), "parameters": [value]}


def _parameter(value: Union[str, Payload]) -> Payload:
    return parameter.text(value) if isinstance(value, str) else value
