"""One number for a set of statements, in whatever order: equal sets have equal digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SIZE = 1 << 256


class Digest:
    """The sum of a SHA-256 of each statement without `stored`, which every store sets itself."""

    def __init__(self, total: int = 0) -> None:
        self.total = total

    def add(self, statement: Mapping[str, Any]) -> None:
        """Counts one statement in."""
        kept = {name: value for name, value in statement.items() if name != "stored"}
        text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        self.total = (self.total + int.from_bytes(sha256(text.encode()).digest(), "big")) % SIZE

    def __str__(self) -> str:
        return f"{self.total:064x}"
