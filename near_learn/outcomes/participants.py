"""The report on participants: who began and who completed something, by what people told about themselves.

Each person is counted once, however many courses they take: where and when they first enrolled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Connection, and_, case, exists, func, literal, or_, select

from near_learn.outcomes.choice import By, Choice
from near_learn.outcomes.ground import Years
from near_learn.outcomes.kept import kept
from near_learn.outcomes.participant import ANSWERS, About, table
from near_learn.outcomes.parting import Grid, Key, Part, Parted, merged
from near_learn.records.progress import registration
from near_learn.reports.reader import Reader
from near_learn.reports.tally.terms import heirs

NOT_STATED = ""
COMPLETED = "completed"
# A key is (year, four NUTS levels, COMPLETED or "", common answer, answer, organisation). All that stands
# before the answers is divided alike for all four of them, so that their tables have the same totals. Rare
# answers have no common one: they are hidden with "not stated" and not with an answer that many gave.
YEAR, CODE, STATE, ANSWER, ORGANISATION = 0, 4, 5, 7, 8
RARE = ("", "other")
COLUMNS = ("year", "region", "organisation", "completed", *(about.value for about in About))


class Counted(StrEnum):
    """Of whom a row speaks."""

    PARTICIPANTS = "participants"
    LEAVERS = "leavers"


COUNTED = {
    Counted.PARTICIPANTS: lazy_gettext("Participants"),
    Counted.LEAVERS: lazy_gettext("Leavers"),
}


@dataclass(frozen=True)
class Row:
    """`persons` by answer; an answer that is missing was given by nobody, or by too few to be told apart."""

    key: str | None  # None: regions that cannot be told apart
    counted: Counted
    persons: Mapping[str, int]
    apart: int  # whose answers cannot be told apart
    total: int
    partial: bool  # somebody is left out, because they are few


@dataclass(frozen=True)
class Table:
    about: About
    rows: tuple[Row, ...]
    total: Mapping[Counted, Row]

    @property
    def answers(self) -> tuple[str, ...]:
        return (*ANSWERS[self.about], NOT_STATED)


@dataclass(frozen=True)
class Report:
    choice: Choice
    tables: tuple[Table, ...]
    beyond: bool
    keys: tuple[tuple[str, str, str], ...] = field(repr=False)  # year, region, organisation
    counted_at: datetime


def count(connection: Connection, choice: Choice, reader: Reader, years: Years, least: int) -> Report:
    """The tables that CHOICE asks for. LEAST is the smallest group that is told apart."""

    def make() -> dict[About, Parted]:
        return {about: Parted(parts, least) for about, parts in _parts(connection, years).items()}

    populations, counted_at = kept(connection, "participants", least, make)
    tables, beyond = [], False
    for about, parted in populations.items():
        grids = {
            counted: parted.grid(_chosen(choice, reader, counted), _row(choice), lambda key: key[ANSWER])
            for counted in Counted
        }
        beyond |= any(grid.beyond for grid in grids.values())
        tables.append(_table(about, grids))
    everybody = [part.key for part in populations[About.GENDER].parts]
    seen = {(key[YEAR], key[CODE], key[ORGANISATION]) for key in everybody}
    keys = tuple(key for key in seen if reader.sees(key[1], key[2]))
    return Report(choice, tuple(tables), beyond, keys, counted_at)


def _parts(connection: Connection, years: Years) -> dict[About, list[Part]]:
    known_heirs = heirs(connection)
    found: dict[About, dict[Key, int]] = {about: defaultdict(int) for about in About}
    for row in connection.execute(_query(years)):
        code = known_heirs.get(row.region, row.region)
        levels = (code[: 2 + level] for level in range(4))
        place = (row.year, *levels)
        for about in About:
            given = getattr(row, about.value)
            common = "" if given in RARE else given
            found[about][*place, row.completed, common, given, row.organisation] += row.persons
    return {about: merged(Part(key, number) for key, number in of.items()) for about, of in found.items()}


def _query(years: Years) -> Any:
    mine, other = registration.c, registration.alias("other")
    same = other.c.actor == mine.actor
    earlier = or_(
        other.c.enrolled_at < mine.enrolled_at,
        and_(other.c.enrolled_at == mine.enrolled_at, other.c.registration < mine.registration),
    )
    first = ~exists(select(literal(1)).select_from(other).where(same, earlier))
    done = exists(select(literal(1)).select_from(other).where(same, other.c.completed_at.is_not(None)))
    columns = [
        years.of(mine.enrolled_at).label("year"),
        mine.region,
        mine.organisation,
        case((done, literal(COMPLETED)), else_=literal("")).label("completed"),
        *(func.coalesce(table.c[about.value], "").label(about.value) for about in About),
    ]
    source = registration.outerjoin(table, table.c.account == mine.actor)
    query = select(*columns, func.count().label("persons")).select_from(source).where(first)
    return query.group_by(*COLUMNS)


def _chosen(choice: Choice, reader: Reader, counted: Counted) -> Callable[[Key], bool]:
    def inside(key: Key) -> bool:
        return (
            reader.sees(key[CODE], key[ORGANISATION])
            and choice.allows(
                year=key[YEAR], language="", code=key[CODE], organisation=key[ORGANISATION], cohort=""
            )
            and (counted is Counted.PARTICIPANTS or key[STATE] == COMPLETED)
        )

    return inside


def _row(choice: Choice) -> Callable[[Key], str]:
    if choice.by is By.ORGANISATION:
        return lambda key: key[ORGANISATION]
    return lambda key: key[1 + min(choice.rollup, 3)]


def _table(about: About, grids: Mapping[Counted, Grid]) -> Table:
    keys = sorted({key for grid in grids.values() for key in grid.rows}, key=lambda key: (key == "", key))
    rows = [_made(grid, key, counted) for key in (*keys, None) for counted, grid in grids.items()]
    return Table(
        about,
        tuple(row for row in rows if row.key is not None or row.total),
        {counted: _sum([row for row in rows if row.counted is counted]) for counted in grids},
    )


def _made(grid: Grid, key: str | None, counted: Counted) -> Row:
    persons = {
        answer: number for (row, answer), number in grid.persons.items() if row == key and answer is not None
    }
    apart = grid.persons.get((key, None), 0)
    return Row(key, counted, persons, apart, grid.total(key), key in grid.partial)


def _sum(rows: list[Row]) -> Row:
    persons: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        for answer, number in row.persons.items():
            persons[answer] += number
    return Row(
        None,
        rows[0].counted,
        dict(persons),
        sum(row.apart for row in rows),
        sum(row.total for row in rows),
        any(row.partial for row in rows),
    )
