"""A world of some size: the demo world's recorded histories, told of many people in many regions.

Each person takes over a history that the recorder has recorded in the demo world: its statements with ids,
actor, registration, times, region, organisation, cohort and language of their own, and its progress rows
likewise. That the rows are those of the statements is tried at the smallest size by making them again. Left
out is what no report reads: descriptions of activities in the texts, and of what queries for statements need
all but their registrations.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, func, select

from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort
from near_learn.people.person import Person as Account
from near_learn.people.region import Region
from near_learn.records.progress import registration
from tests.bench.histories import TABLES, History, Person, Teller, lengths, read
from xapi.sql import mentions
from xapi.sql.tables import statement
from xapi.terms import REGISTRATION, term

STATEMENTS = 50  # a person, on average
COHORT = 20  # people in a cohort
YEARS = 3
COUNTRIES = ("ES", "FI", "IT", "CZ", "BE", "RO", "EL", "NL")
AT_ONCE = 2000  # statements written with one call
PEOPLE_AT_ONCE = 2000  # in one transaction


@dataclass(frozen=True)
class Group:
    """Who begins together: mostly a cohort."""

    region: str
    organisation: str
    cohort: str
    language: str
    begins: datetime


def fill(
    writing: Callable[[], AbstractContextManager[Connection]],
    people: int,
    base: str,
    rng: Random,
    now: datetime,
) -> None:
    """Adds PEOPLE with their histories to a database that has the demo world, some at a time."""
    with writing() as connection:
        start = _Start.of(connection, people, base, rng, now)
    for first in range(0, people, PEOPLE_AT_ONCE):
        with writing() as connection:
            start.tell(connection, range(first, min(people, first + PEOPLE_AT_ONCE)), rng, now)


@dataclass
class _Start:
    histories: Sequence[History]
    weights: Sequence[float]
    teller: Teller
    groups: Sequence[Group]

    @classmethod
    def of(cls, connection: Connection, people: int, base: str, rng: Random, now: datetime) -> _Start:
        histories = read(connection, base)
        regions = _regions(connection)
        seq = 1 + (connection.scalar(select(func.max(statement.c.seq))) or 0)
        groups = [_group(rng, number, regions, now) for number in range(-(-people // COHORT))]
        _organisations(Sink(connection), groups)
        return cls(histories, _weights(histories), Teller(base, seq), groups)

    def tell(self, connection: Connection, numbers: range, rng: Random, now: datetime) -> None:
        """Writes the people with these numbers."""
        sink = Sink(connection)
        waiting: dict[Table, list[dict[str, Any]]] = {table: [] for table in (statement, *TABLES)}
        for number in numbers:
            group = self.groups[number // COHORT]
            (history,) = rng.choices(self.histories, self.weights)
            person = _person(number, group)
            sink.put(Account.__table__, [_account(number, person, group)])  # type: ignore[arg-type]
            later = _later(rng, history, group.begins, now)
            statements, rows = self.teller.tell(history, person, later)
            waiting[statement] += statements
            for table in TABLES:
                waiting[table] += rows.get(table.name, [])
            if len(waiting[statement]) > AT_ONCE:
                _write(sink, waiting)
        _write(sink, waiting)


def _write(sink: Sink, waiting: dict[Table, list[dict[str, Any]]]) -> None:
    for table, rows in waiting.items():
        sink.put(table, rows)
        rows.clear()


def _weights(histories: Sequence[History]) -> list[float]:
    """Short histories are drawn more often, so that the mean is as wished."""
    sizes = list(lengths(histories))
    low, high = 0.0, 0.2
    for _ in range(60):
        tilt = (low + high) / 2
        weights = [2.718281828 ** (-tilt * size) for size in sizes]
        mean = sum(weight * size for weight, size in zip(weights, sizes, strict=True)) / sum(weights)
        low, high = (tilt, high) if mean > STATEMENTS else (low, tilt)
    return weights


def _regions(connection: Connection) -> list[str]:
    query = select(Region.code).where(Region.in_2024, Region.level == 3, Region.country.in_(COUNTRIES))
    return sorted(connection.scalars(query))


def _group(rng: Random, number: int, regions: Sequence[str], now: datetime) -> Group:
    region = rng.choice(regions)
    language = {"BE": "nl", "CZ": "cs", "RO": "ro", "NL": "nl"}.get(region[:2], region[:2].lower())
    begins = now - timedelta(days=rng.randrange(365 * YEARS))
    # Every fifth group is people who came one by one.
    cohort = "" if number % 5 == 0 else f"group-{number}"
    return Group(region, f"org-{region}-{rng.randrange(3)}", cohort, language, begins)


def _organisations(sink: Sink, groups: Sequence[Group]) -> None:
    known = {group.organisation: group.region for group in groups}
    rows = [{"id": id_, "name": f"Organisation {id_}", "region": region} for id_, region in known.items()]
    sink.put(Organisation.__table__, rows)  # type: ignore[arg-type]
    cohorts = [
        {"id": group.cohort, "name": f"Cohort {group.cohort}", "region": group.region}
        for group in groups
        if group.cohort
    ]
    sink.put(Cohort.__table__, cohorts)  # type: ignore[arg-type]


def _person(number: int, group: Group) -> Person:
    return Person(
        f"aaaaaaaa-0000-4000-8000-{number:012x}",
        f"bbbbbbbb-0000-4000-8000-{number:012x}",
        group.region,
        group.organisation,
        group.cohort,
        group.language,
    )


def _account(number: int, person: Person, group: Group) -> dict[str, Any]:
    email = f"person-{number}@bench.example"
    return {
        "id": 1_000_000 + number,
        "account": person.account,
        "email": email,
        "name": f"Person {number}",
        "searched": f"person {number} {email}",
        "role": "professional",
        "region": person.region,
        "language": person.language,
        "organisation_id": person.organisation,
        "answers_for": "region",
        "cohort_id": person.cohort or None,
        "password_hash": None,
        "active": True,
        "created_at": group.begins,
    }


def _later(rng: Random, history: History, begins: datetime, now: datetime) -> timedelta:
    """So that the history begins within three weeks of the group, and has ended by now."""
    enrolled: datetime = history.row["enrolled_at"]
    later = begins + timedelta(days=21 * rng.random()) - enrolled
    return min(later, now - history.last)


@dataclass
class Sink:
    """Writes rows by the thousand, past everything that costs time."""

    connection: Connection

    def put(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        columns = list(rows[0])
        plain = {"id", "registration"} if table is statement and self._is_sqlite else set()
        values = [
            tuple(row[name].replace("-", "") if name in plain else self._value(row[name]) for name in columns)
            for row in rows
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        driver: Any = self.connection.connection.driver_connection
        if self._is_sqlite:
            marks = ", ".join("?" * len(columns))
            driver.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', values)
            return
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in values:
                copy.write_row(row)

    @property
    def _is_sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def _value(self, value: Any) -> Any:
        if isinstance(value, (list, dict)):
            return json.dumps(value)
        if isinstance(value, datetime) and self._is_sqlite:
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return value


def mention_registrations(connection: Connection) -> None:
    """Statements are found by their registrations, as those are that were sent."""
    after = 0
    chosen = select(statement.c.seq, statement.c.id, statement.c.registration).order_by(statement.c.seq)
    while some := connection.execute(chosen.where(statement.c.seq > after).limit(AT_ONCE)).all():
        rows = [(term(REGISTRATION, row.registration), row.seq, row.id) for row in some if row.registration]
        mentions.add_missing(connection, rows)
        after = some[-1].seq


def counts(connection: Connection) -> dict[str, int]:
    """How many rows there are of what matters."""
    tables: Iterable[Table] = (statement, registration)
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
