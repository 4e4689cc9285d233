"""A table as it was read from a file, before anybody asks what its cells mean; and what a file may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext

MOST_BYTES = 8 * 1024 * 1024
MOST_UNPACKED = 32 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 40
LONGEST_CELL = 1000
# Of one kind of problem so many are named one by one.
MOST_NAMED = 20


class Unreadable(Exception):
    """The file cannot be used. `problems`: sentences that say where and why, and what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Sheet:
    """Rows of texts with the number that a spreadsheet gives them. The first row is the heading."""

    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


def letters(index: int) -> str:
    """What a spreadsheet calls the column with this index from 0: A, B, … Z, AA."""
    name = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        name = chr(ord("A") + rest) + name
        index -= 1
    return name


def named(problems: Sequence[str]) -> list[str]:
    """The first of many problems, and how many there are beside them."""
    if len(problems) <= MOST_NAMED:
        return list(problems)
    more = len(problems) - MOST_NAMED
    return [*problems[:MOST_NAMED], gettext("And %(number)s more like these.", number=more)]


def check_size(size: int) -> None:
    """Raises Unreadable for a file that is empty or too large to be a list."""
    if size == 0:
        raise Unreadable(gettext("The file is empty."))
    if size > MOST_BYTES:
        raise Unreadable(
            gettext(
                "The file has %(size)s MB; a list may have %(most)s MB. Save the list alone, without "
                "pictures and other sheets, or send it in parts.",
                size=f"{size / 1024 / 1024:.1f}",
                most=MOST_BYTES // 1024 // 1024,
            )
        )


def too_many_rows() -> Unreadable:
    """What is raised for a table with too many rows."""
    return Unreadable(gettext("The list has more than %(most)s rows. Send it in parts.", most=MOST_ROWS))


def too_many_columns(row: int) -> Unreadable:
    """What is raised for a row with too many cells."""
    return Unreadable(
        gettext(
            "Row %(row)s has more than %(most)s cells. Keep only the columns of the list.",
            row=row,
            most=MOST_COLUMNS,
        )
    )


def long_cell(row: int, index: int) -> str:
    """What is wrong with a cell that holds too much."""
    return str(
        gettext(
            "Cell %(cell)s has more than %(most)s characters.",
            cell=f"{letters(index)}{row}",
            most=LONGEST_CELL,
        )
    )
