"""Long tables in parts: the rows that a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

ROWS = 100  # of each table


@dataclass(frozen=True)
class Part:
    """One part of the tables of a report, which are shown side by side; NUMBER counts from 1."""

    number: int
    parts: int

    def of(self, rows: Sequence[T]) -> Sequence[T]:
        """Those of the ROWS that are in it."""
        return rows[(self.number - 1) * ROWS : self.number * ROWS]


def part(number: int, longest: int) -> Part:
    """The part NUMBER of tables of which the longest has so many rows, or the last when there are not as
    many."""
    parts = max(1, -(-longest // ROWS))
    return Part(max(1, min(number, parts)), parts)
