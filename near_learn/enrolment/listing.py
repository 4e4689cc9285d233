"""A list: the rows of a file by what their columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from flask_babel import gettext

from near_learn.enrolment import column, csv_file, xlsx_file
from near_learn.enrolment.column import NAMES, Column
from near_learn.enrolment.sheet import Sheet, Unreadable, check_size, letters

ZIP, OLD_OFFICE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"


@dataclass(frozen=True)
class Row:
    """What one row says: texts without blanks around them, and only those that say something."""

    number: int
    cells: Mapping[Column, str]
    beyond: bool = False  # there are cells to which no heading belongs

    def get(self, name: Column) -> str:
        """The text of a column, "" for none."""
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Listing:
    """The rows, and where each column stands: its letter, for naming a cell."""

    rows: list[Row]
    places: Mapping[Column, str]

    def place(self, row: int, name: Column | None) -> str:
        """The cell, such as D12; the number of the row when no column is meant or the column is missing."""
        return f"{self.places[name]}{row}" if name and name in self.places else str(row)


def read(data: bytes) -> Listing:
    """The list in a file of either kind; which it is, its first bytes tell. Raises Unreadable."""
    check_size(len(data))
    if data.startswith(ZIP):
        return listed(xlsx_file.read(data))
    if data.startswith(OLD_OFFICE):
        raise Unreadable(
            gettext(
                "This is a workbook of an old Excel or one with a password. Save it as .xlsx without a "
                "password, or as CSV UTF-8."
            )
        )
    if data.startswith(PDF):
        raise Unreadable(gettext("This is a PDF. Save the list as .xlsx or as CSV UTF-8, and send that."))
    return listed(csv_file.read(data))


def listed(sheet: Sheet) -> Listing:
    """The rows under the heading. Raises Unreadable that names every unknown, double or missing column."""
    if not sheet.rows:
        raise Unreadable(gettext("The file is empty."))
    number, heading = sheet.rows[0]
    columns = _columns(number, heading)
    if len(sheet.rows) == 1:
        raise Unreadable(gettext("The list has a heading and no rows."))
    places = {name: letters(index) for index, name in columns.items()}
    return Listing([_row(number, cells, columns) for number, cells in sheet.rows[1:]], places)


def _columns(number: int, heading: tuple[str, ...]) -> dict[int, Column]:
    found: dict[int, Column] = {}
    problems: list[str] = []
    for index, text in enumerate(heading):
        if not text.strip():
            continue
        name, cell = column.of(text), f"{letters(index)}{number}"
        if name is None:
            problems.append(_unknown(cell, text))
        elif name in found.values():
            problems.append(
                gettext("%(cell)s: there are two columns “%(name)s”.", cell=cell, name=NAMES[name])
            )
        else:
            found[index] = name
    if Column.EMAIL not in found.values():
        problems.append(
            gettext(
                "There is no column “%(name)s”. The first row of the list names the columns; "
                "this one is needed.",
                name="email",
            )
        )
    if problems:
        known = ", ".join(Column)
        problems.append(gettext("Columns that a list may have: %(names)s.", names=known))
        raise Unreadable(*problems)
    return found


def _unknown(cell: str, text: str) -> str:
    shown = text.strip()[:60]
    close = get_close_matches(column.plain(text), column.known(), n=1, cutoff=0.7)
    if close:
        return str(
            gettext(
                "%(cell)s: “%(name)s” is no column of a list. Did you mean “%(other)s”?",
                cell=cell,
                name=shown,
                other=column.known()[close[0]].value,
            )
        )
    return str(
        gettext(
            "%(cell)s: “%(name)s” is no column of a list. Take it out or name it otherwise.",
            cell=cell,
            name=shown,
        )
    )


def _row(number: int, cells: tuple[str, ...], columns: Mapping[int, Column]) -> Row:
    texts = {name: cells[index].strip() for index, name in columns.items() if index < len(cells)}
    beyond = any(cell.strip() for index, cell in enumerate(cells) if index not in columns)
    return Row(number, {name: text for name, text in texts.items() if text}, beyond)
