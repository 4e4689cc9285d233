"""One number for a set of statements, in whatever order: equal sets have equal digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SIZE = 1 << 256


def of(statement: Mapping[str, Any]) -> int:
    """The SHA-256 of one statement without `stored`, which every store sets itself."""
    kept = {name: value for name, value in statement.items() if name != "stored"}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(sha256(text.encode()).digest(), "big")


class Digest:
    """The sum of the digests of statements."""

    def __init__(self, total: int = 0) -> None:
        self.total = total

    def add(self, part: int) -> None:
        """Counts one statement in."""
        self.total = (self.total + part) % SIZE

    def __str__(self) -> str:
        return f"{self.total:064x}"
