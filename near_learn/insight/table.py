"""The figures of questions as a file: a line for each question, under column names that stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from near_learn.insight.item import Item
from near_learn.spreadsheet import BOM, Value, line

# Name of the column: what it holds. docs/trainers.md explains each.
COLUMNS: Mapping[str, Callable[[Item], Value]] = {
    "question": lambda row: row.question.id,
    "kind": lambda row: row.question.kind,
    "title": lambda row: row.question.title,
    "answered": lambda row: row.answered,
    "difficulty": lambda row: row.difficulty,
    "right_first": lambda row: row.right,
    "discrimination": lambda row: row.discrimination,
    "median_seconds": lambda row: row.seconds,
    "mean_position": lambda row: row.mean,
    "remarks": lambda row: " ".join(row.remarks),
}


def to_csv(course: str, module: str, language: str, items: Iterable[Item], locale: str) -> bytes:
    """The items as CSV for a spreadsheet set to LOCALE. Empty means: too few people, or not to be said."""
    head = line(["course", "module", "language", *COLUMNS], locale)
    rows = (
        line([course, module, language, *(value(each) for value in COLUMNS.values())], locale)
        for each in items
    )
    return (BOM + head + "".join(rows)).encode()
