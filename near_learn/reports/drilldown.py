"""From a figure to the registrations behind it, and from a registration to what was recorded about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection, RowMapping, func, select

from near_learn.paging import part
from near_learn.people.person import Person
from near_learn.records.progress import attempt, module_progress, registration
from near_learn.records.readable import Recorded, recorded
from near_learn.reports.facts import Condition, Facts, Within, facts
from near_learn.reports.filters import By, Filters
from near_learn.reports.measures import Measure, conditions, state
from xapi.lrs import LRS

PAGE = 100
STATEMENTS = 100

E = TypeVar("E")


@dataclass(frozen=True)
class Entry:
    """A registration (or one module of it) that a figure counts."""

    registration: str
    actor: str
    name: str | None  # None: not for this reader, or nobody of ours
    course: str
    module: str
    region: str
    cohort: str
    enrolled_at: datetime
    started_at: datetime | None
    last_at: datetime
    release: str
    completed_at: datetime | None
    passed_at: datetime | None
    first_score: float | None
    best_score: float | None
    state: Measure


@dataclass(frozen=True)
class Listing(Generic[E]):
    """One page of a list behind a figure; pages count from 1."""

    entries: tuple[E, ...]
    total: int
    page: int
    pages: int


def behind(
    connection: Connection,
    filters: Filters,
    visible: Within,
    measure: Measure,
    group: str | None = None,
    page: int = 1,
) -> Listing[Entry]:
    """What MEASURE counts in the row GROUP of the report (None: in its total), a page of it.

    The conditions are those of the count, so that the list is as long as the figure is high.
    """
    by_month = filters.by is By.MONTH and group is not None
    asked = filters.in_month(group or "") if by_month else filters
    if asked is None:
        return Listing((), 0, 1, 1)
    # Scores are worked out for the page that is shown, unless the figure itself is about them.
    found = facts(asked, visible, connection.dialect.name, scores=measure is Measure.SCORED)
    chosen = [conditions(found)[measure]]
    if group is not None and not by_month:
        chosen.append(found.key == group)
    total = connection.scalar(select(func.count()).select_from(found.rows).where(*chosen)) or 0
    shown = part(page, total, PAGE)
    entries = _entries(connection, asked, found, chosen, visible, shown.before)
    return Listing(tuple(entries), total, shown.number, shown.parts)


def one(connection: Connection, filters: Filters, visible: Within, id_: str) -> Entry | None:
    """The registration ID_, or None when there is none that the reader may see."""
    found = facts(filters, visible, connection.dialect.name, only=[id_])
    return next(_entries(connection, filters, found, [], visible, 0), None)


def _entries(
    connection: Connection,
    filters: Filters,
    found: Facts,
    chosen: Sequence[Condition],
    visible: Within,
    before: int,
) -> Iterator[Entry]:
    row = found.rows.c
    query = (
        select(row.registration, row.module)
        .where(*chosen)
        .order_by(row.enrolled_at.desc(), row.registration, row.module)
        .limit(PAGE)
        .offset(before)
    )
    keys = [(each.registration, each.module) for each in connection.execute(query)]
    whole = facts(filters, visible, connection.dialect.name, only={id_ for id_, _ in keys})
    everything = connection.execute(select(whole.rows, state(whole).label("state"))).mappings()
    by_key = {(each["registration"], each["module"]): each for each in everything}
    rows = [by_key[key] for key in keys]
    names = names_of(connection, {each["actor"] for each in rows}, visible)
    return (_entry(each, names) for each in rows)


def _entry(row: RowMapping, names: Mapping[str, str]) -> Entry:
    values = {name: row[name] for name in Entry.__dataclass_fields__ if name not in {"name", "state"}}
    return Entry(**values, name=names.get(row["actor"]), state=Measure(row["state"]))


def names_of(connection: Connection, accounts: set[str], visible: Within) -> dict[str, str]:
    """Names of people whose region today the reader may see: registrations stay, people move."""
    columns = Person.__table__.c
    query = select(columns.account, columns.name).where(
        columns.account.in_(accounts), visible(columns.region, columns.organisation_id)
    )
    return dict(connection.execute(query).all())


@dataclass(frozen=True)
class ModuleRow:
    """One module of a registration, with the attempts at its quiz."""

    progress: RowMapping
    attempts: tuple[RowMapping, ...]


def modules(connection: Connection, id_: str) -> list[ModuleRow]:
    """The modules that the registration ID_ has started, in the order of their beginning."""
    tries = connection.execute(
        select(attempt).where(attempt.c.registration == id_).order_by(attempt.c.module, attempt.c.number)
    )
    of_module: dict[str, list[RowMapping]] = {}
    for each in tries.mappings():
        of_module.setdefault(each["module"], []).append(each)
    rows = connection.execute(
        select(module_progress)
        .where(module_progress.c.registration == id_)
        .order_by(module_progress.c.started_at, module_progress.c.module)
    )
    return [ModuleRow(row, tuple(of_module.get(row["module"], ()))) for row in rows.mappings()]


def results(connection: Connection, id_: str) -> Sequence[RowMapping]:
    """Every attempt of the registration ID_, in the order in which they were made."""
    query = select(attempt).where(attempt.c.registration == id_)
    query = query.order_by(attempt.c.at, attempt.c.module, attempt.c.number)
    return connection.execute(query).mappings().all()


def facts_of(connection: Connection, id_: str) -> RowMapping:
    """The registration's own row: release, language, NUTS code as recorded."""
    return connection.execute(select(registration).where(registration.c.registration == id_)).mappings().one()


def statements(
    lrs: LRS, connection: Connection, id_: str, language: str, after: int = 0
) -> tuple[list[Recorded], int]:
    """The next statements of a registration as stored, and where the page after begins (0: nowhere)."""
    found = list(lrs.read(connection, registration=id_, after=after, limit=STATEMENTS + 1))
    shown = [recorded(stored, language) for stored in found[:STATEMENTS]]
    return shown, shown[-1].seq if len(found) > STATEMENTS else 0
