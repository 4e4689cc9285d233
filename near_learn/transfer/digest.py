"""One number for a set of statements, in whatever order: equal sets have equal digests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

SIZE = 1 << 256

_thorough = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_quick = msgspec.json.Encoder(order="sorted").encode
_ODD_NUMBER = re.compile(rb"[:,[]-?(?:0\.0000|\d+(?:\.\d+)?e)")


def of(statement: Mapping[str, Any]) -> int:
    """The SHA-256 of one statement without `stored`, which every store sets itself."""
    kept = {name: value for name, value in statement.items() if name != "stored"}
    return int.from_bytes(sha256(_text(kept)).digest(), "big")


def _text(value: Mapping[str, Any]) -> bytes:
    """The value as JSON in one form, as Python writes it."""
    try:
        text = _quick(value)
    except (OverflowError, UnicodeEncodeError):
        return _thorough(value).encode()
    # Very large and very small numbers are written in another way there.
    return _thorough(value).encode() if _ODD_NUMBER.search(text) else text


class Digest:
    """The sum of the digests of statements."""

    def __init__(self, total: int = 0) -> None:
        self.total = total

    def add(self, part: int) -> None:
        """Counts one statement in."""
        self.total = (self.total + part) % SIZE

    def __str__(self) -> str:
        return f"{self.total:064x}"
