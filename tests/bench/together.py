"""What rows say together: how far the sizes are apart, and what PostgreSQL does of what SQLite does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

APART = 1.3  # how many times the smallest the largest may be
OF_SQLITE = {"POST": 0.7, "GET": 0.6}  # what is asked of PostgreSQL with two processes

Values = Mapping[str, Any]


def apart(rows: Sequence[Values]) -> float | None:
    """How many times the smallest the largest is, of one kind of work at all sizes; None for a single size.

    Compared are the ratios to the floor, where there is one: it was measured in the same minute.
    """
    found = [row["ours"] if row["ratio"] is None else row["ratio"] for row in rows]
    return max(found) / min(found) if len(found) > 1 and min(found) > 0 else None


def of_sqlite(row: Values, sqlite: Mapping[tuple[str, int], Values]) -> float | None:
    """The rate of a row to that of SQLite in the run that was kept last; None where there is none."""
    other = sqlite.get((row["name"], row["size"]))
    return row["ours"] / other["ours"] if other and other["ours"] and row["unit"] == "/s" else None


def marked(value: float | None, *, bad: bool) -> str:
    """The number, with a mark where it is not what it should be."""
    return "" if value is None else f"{value:.2f}{'!' if bad else ''}"


def wanted(name: str) -> float | None:
    """What PostgreSQL should do at least of what SQLite does."""
    return OF_SQLITE.get(name.partition(" ")[0])
