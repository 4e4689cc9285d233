"""Long lists in parts: the rows that a page shows. A part that is not there is the last, or the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """One part of a list, or of the lists that are shown side by side; `number` counts from 1."""

    number: int
    parts: int
    size: int

    @property
    def before(self) -> int:
        """How many rows come before it."""
        return (self.number - 1) * self.size

    def of(self, rows: Sequence[T]) -> Sequence[T]:
        """Those of the rows that are in it."""
        return rows[self.before : self.before + self.size]


def part(number: int, total: int, size: int) -> Part:
    """The part NUMBER of TOTAL rows, SIZE in each."""
    parts = max(1, -(-total // size))
    return Part(max(1, min(number, parts)), parts, size)
