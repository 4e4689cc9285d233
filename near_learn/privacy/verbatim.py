"""JSON as a tree in which numbers keep the digits they were received with."""

from __future__ import annotations

import json
from typing import Any


class Number(str):
    """A number as it was written."""

    __slots__ = ()


def tree(text: str | bytes) -> Any:
    """The value of a JSON text; every number is a Number."""
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number)


def text(value: Any) -> str:
    """The tree as JSON text, without spaces."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        inner = ",".join(f"{json.dumps(key, ensure_ascii=False)}:{text(item)}" for key, item in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
