"""Histories that were recorded, cut up so that they can be told again of somebody else at another time."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from near_learn.records.progress import answer, attempt, module_progress, registration
from xapi.sql.tables import statement
from xapi.store import timestamp

Values = dict[str, Any]

TABLES = (registration, module_progress, attempt, answer)
# Where a text is cut: the statement, the actor, the registration, when, stored when, where, in what language.
SLOTS = re.compile("\0([IARTSPL])")


@dataclass(frozen=True)
class Told:
    """A statement's text in pieces, with what stands between them, and the time that it states."""

    id: str
    pieces: tuple[str, ...]
    slots: tuple[str, ...]
    at: datetime
    version: str


@dataclass
class History:
    """The statements and progress rows of one registration."""

    row: Values
    statements: list[Told] = field(default_factory=list)
    rows: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))

    @property
    def last(self) -> datetime:
        return max(each.at for each in self.statements)


@dataclass(frozen=True)
class Person:
    """Of whom a history is told."""

    account: str
    registration: str
    region: str
    organisation: str
    cohort: str
    language: str


def read(connection: Connection, base: str) -> list[History]:
    """Every history in the database. BASE is the address of its installation."""
    found = {row["registration"]: History(dict(row)) for row in _rows(connection, registration)}
    for table in TABLES[1:]:
        for row in _rows(connection, table):
            found[row["registration"]].rows[table.name].append(dict(row))
    columns = statement.c
    query = select(columns.id, columns.registration, columns.text, columns.version, columns.voided)
    for row in connection.execute(query.order_by(columns.seq)):
        if row.registration is None or row.voided:
            continue
        history = found.get(_dashed(row.registration))
        if history is not None:
            history.statements.append(_cut(_dashed(row.id), row.text, row.version, history.row, base))
    return [history for history in found.values() if history.statements]


def _rows(connection: Connection, table: Any) -> Any:
    return connection.execute(select(table)).mappings()


def _dashed(id_: str) -> str:
    plain = id_.replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


def _lean(text: str) -> str:
    """The statement without the descriptions of activities, which are the same in thousands of statements and
    four fifths of the text."""
    said = json.loads(text)
    said["object"].pop("definition", None)
    for activities in said["context"].get("contextActivities", {}).values():
        for activity in activities:
            activity.pop("definition", None)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _cut(id_: str, text: str, version: str, row: Values, base: str) -> Told:
    text = _lean(text)
    at = re.search(r'"timestamp":"([^"]+)"', text)
    assert at is not None
    term = re.escape(f"{base}/terms/")
    marked = text.replace(id_, "\0I").replace(row["actor"], "\0A").replace(row["registration"], "\0R")
    marked = marked.replace(at[0], '"timestamp":"\0T"')
    marked = re.sub(r'"stored":"[^"]+"', '"stored":"\0S"', marked)
    marked = re.sub(rf',?"{term}(cohort|organisation)":"[^"]*"', "", marked)
    marked = re.sub(rf'"{term}region":"[^"]*"', "\0P", marked)
    marked = re.sub(r'"language":"[^"]*"', '"language":"\0L"', marked)
    parts = SLOTS.split(marked)
    return Told(id_, tuple(parts[::2]), tuple(parts[1::2]), datetime.fromisoformat(at[1]), version)


@dataclass
class Teller:
    """Tells histories, and numbers what it tells."""

    base: str
    seq: int  # the next statement's
    number: int = 0

    def tell(
        self, history: History, person: Person, later: timedelta
    ) -> tuple[list[Values], dict[str, list[Values]]]:
        """The statements' rows and the progress rows of PERSON doing the same, LATER."""
        place = f'"{self.base}/terms/region":"{person.region}"'
        for name in ("cohort", "organisation"):
            value = getattr(person, name)
            place += f',"{self.base}/terms/{name}":"{value}"' if value else ""
        filled = {"A": person.account, "R": person.registration, "P": place, "L": person.language}
        statements = []
        ids = {}
        for told in history.statements:
            self.number += 1
            ids[told.id] = id_ = f"00000000-0000-4000-8000-{self.number:012x}"
            filled |= {"I": id_, "S": timestamp(self.seq), "T": (told.at + later).isoformat()}
            text = told.pieces[0] + "".join(
                filled[slot] + piece for slot, piece in zip(told.slots, told.pieces[1:], strict=True)
            )
            statements.append(
                {
                    "id": id_,
                    "seq": self.seq,
                    "registration": person.registration,
                    "refers_to": None,
                    "voiding": False,
                    "voided": False,
                    "version": told.version,
                    "text": text,
                }
            )
            self.seq += 1
        mine = {"actor": person.account, **{name: getattr(person, name) for name in PLACE}}
        rows = {"registration": [_moved({**history.row, **mine}, later, ids, person)]}
        for name, own in history.rows.items():
            rows[name] = [_moved(row, later, ids, person) for row in own]
        return statements, rows


PLACE = ("region", "organisation", "cohort", "language")


def _moved(row: Values, later: timedelta, ids: dict[str, str], person: Person) -> Values:
    moved = {name: value + later if isinstance(value, datetime) else value for name, value in row.items()}
    moved["registration"] = person.registration
    if "statement_id" in moved:
        moved["statement_id"] = ids.get(moved["statement_id"], moved["statement_id"])
    return moved


def lengths(histories: list[History]) -> Iterator[int]:
    """How many statements each history has."""
    return (len(history.statements) for history in histories)
