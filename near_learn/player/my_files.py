"""What is stored about a person as files: JSON with the exact statements, CSV for a spreadsheet.

Both are made while they are sent, some hundred statements at a time, so that a long history needs no more
memory than a short one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from near_learn.certificates.certificate import Certificate
from near_learn.people.person import Person
from near_learn.player import my_courses, my_statements
from near_learn.records import event, wording
from near_learn.records.iris import Iris
from near_learn.spreadsheet import BOM, Value, line
from xapi.lrs import Stored

Json = dict[str, Any]

# What of the person's row is a key and not about them.
KEYS = frozenset({"id", "password_hash", "searched"})


def to_json(connection: Connection, person: Person, now: datetime) -> Iterator[str]:
    """One JSON object, in pieces. Statements stand in it character by character as they are stored."""
    mine = my_courses.courses(connection, person.account)
    about = {
        "made_at": now,
        "person": of_person(person),
        "registrations": [_registration(connection, each) for each in mine],
        "certificates": [_certificate(each) for each in my_courses.certificates(connection, mine)],
    }
    head = json.dumps(about, ensure_ascii=False, indent=1, default=_plain)
    yield head[: -len("\n}")]
    for name, withdrawn in (("statements", False), ("withdrawn_statements", True)):
        yield f',\n "{name}": ['
        found = my_statements.every(connection, person.account, withdrawn=withdrawn)
        for place, stored in enumerate(found):
            yield (",\n" if place else "\n") + stored.text.decode()
        yield "\n ]"
    yield "\n}\n"


def to_csv(connection: Connection, person: Person, language: str, locale: str) -> Iterator[str]:
    """A line for each statement, under column names that stay; words in LANGUAGE, numbers as in LOCALE."""
    yield BOM + line(COLUMNS, locale)
    iris, titles = my_statements.iris(), my_statements.titles(language)
    for withdrawn in (False, True):
        for stored in my_statements.every(connection, person.account, withdrawn=withdrawn):
            told = Told(stored, iris, language, titles, withdrawn)
            yield line((value(told) for value in COLUMNS.values()), locale)


class Told:
    """A statement with what its line is made of."""

    def __init__(
        self, stored: Stored, iris: Iris, language: str, titles: wording.Titles, withdrawn: bool
    ) -> None:
        self.statement = stored.statement
        self.stored = stored
        self.language = language
        self.withdrawn = withdrawn
        self.sentence = wording.sentence(self.statement, iris, language, titles)
        target = self.statement["object"]
        self.object = wording.name(target, iris, language, titles)
        self.place = iris.place(target.get("id"))
        self.result: Json = self.statement.get("result", {})
        context: Json = self.statement.get("context", {})
        self.context = context
        term = iris.term("")
        self.ours = {
            name.removeprefix(term): value
            for name, value in context.get("extensions", {}).items()
            if name.startswith(term)
        }

    def own(self, name: str) -> str:
        """One of our extensions, as text."""
        found = self.ours.get(name)
        return "" if found is None else str(found)

    def ids(self, name: str) -> str:
        return str(getattr(self.place, name)) if self.place else ""


# Name of the column: what it holds. docs/privacy.md explains each.
COLUMNS: dict[str, Callable[[Told], Value]] = {
    "time": lambda told: str(told.statement["timestamp"]),
    "stored": lambda told: told.stored.stored.isoformat(),
    "sentence": lambda told: told.sentence,
    "verb": lambda told: event.NAMES.get(told.statement["verb"]["id"], told.statement["verb"]["id"]),
    "about": lambda told: told.object,
    "course": lambda told: told.ids("course"),
    "module": lambda told: told.ids("module"),
    "question": lambda told: told.ids("question"),
    "answer": lambda told: wording.response(told.statement, told.language),
    "success": lambda told: {True: "yes", False: "no"}.get(told.result.get("success"), ""),  # type: ignore[arg-type]
    "score": lambda told: event.scaled(told.result.get("score", {})),
    "seconds": lambda told: event.seconds(told.result.get("duration")),
    "attempt": lambda told: told.own("attempt"),
    "language": lambda told: str(told.context.get("language", "")),
    "region": lambda told: told.own("region"),
    "nuts": lambda told: told.own("nuts"),
    "cohort": lambda told: told.own("cohort"),
    "release": lambda told: told.own("release"),
    "registration": lambda told: str(told.context.get("registration", "")),
    "withdrawn": lambda told: "yes" if told.withdrawn else "no",
    "statement": lambda told: told.stored.id,
}


def of_person(person: Person) -> Json:
    """The person's row without keys; whether there is a password instead of its hash."""
    row = {name: getattr(person, name) for name in person.__table__.columns.keys() if name not in KEYS}  # noqa: SIM118
    return {**row, "has_password": person.password_hash is not None}


def _registration(connection: Connection, mine: my_courses.MyCourse) -> Json:
    found = my_courses.details(connection, mine.row.registration)
    rows = {name: [_row(row) for row in getattr(found, name)] for name in found.__dataclass_fields__}
    return {**_row(mine.row), **rows}


def _row(row: Row[Any]) -> Json:
    return dict(row._asdict())


def _certificate(certificate: Certificate) -> Json:
    names = ("code", "registration", "name", "language", "issued_at", "revoked_at", "reason")
    return {**{name: getattr(certificate, name) for name in names}, "state": certificate.state.value}


def _plain(value: object) -> str:
    """Times as text: what JSON does not know."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot be written as JSON: {value!r}")
