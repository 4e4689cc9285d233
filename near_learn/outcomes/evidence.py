"""From a figure to the registrations behind it, with the results that were compared.

Of what people tell about themselves there is no such list: it is kept apart from their learning records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, select, true

from near_learn.outcomes import pairs, practice
from near_learn.outcomes.choice import By, Choice
from near_learn.outcomes.pairs import BothTests
from near_learn.outcomes.practice import Instrument
from near_learn.paging import Part, part
from near_learn.records.progress import answer, registration
from near_learn.reports.drilldown import Listing, names_of
from near_learn.reports.facts import Within
from near_learn.reports.filters import FINEST, level_of
from near_learn.reports.tally.tables import REGIONS, entry

PAGE = 100


class What(StrEnum):
    """The figure that a list is behind."""

    PAIRS = "pairs"
    ALONE = "before-only"
    EVERYBODY = "all"
    BOTH = "both"


OF_GAIN, OF_PRACTICE = (What.PAIRS, What.ALONE), (What.EVERYBODY, What.BOTH)


@dataclass(frozen=True)
class Entry:
    """A registration with two results: scores (0 to 1) in two tests, or mean answers on a scale."""

    registration: str
    actor: str
    name: str | None  # None: not for this reader, or nobody of ours
    region: str
    cohort: str
    enrolled_at: datetime
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Asked:
    """Whose registrations: those in the row GROUP of a report (None: in all rows), as far as VISIBLE."""

    choice: Choice
    visible: Within
    what: What
    group: str | None
    page: int

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on entries."""
        choice, of = self.choice, entry.c
        wanted = {name: getattr(choice, name) for name in ("organisation", "cohort", "language")}
        conditions = [of[name] == value for name, value in wanted.items() if value]
        if choice.region:
            conditions.append(of[REGIONS[level_of(choice.region)]] == choice.region)
        if choice.year:
            conditions.append(func.substr(of.month, 1, 4) == choice.year)
        if self.group is not None and choice.by is not By.COURSE:
            region = REGIONS[min(choice.rollup, FINEST)]
            conditions.append(of[region if choice.by is By.REGION else choice.by.value] == self.group)
        return and_(true(), *conditions, self.visible(of.region, of.organisation))


def of_gain(connection: Connection, asked: Asked, tests: BothTests) -> Listing[Entry]:
    """Who has both tests, or only the one before, with the scores of the first tries."""
    paired = pairs.after.c.first_score.is_not(None)
    found = (
        select(
            entry.c.registration,
            pairs.before.c.first_score.label("before"),
            pairs.after.c.first_score.label("after"),
        )
        .select_from(pairs.taken(tests))
        .where(asked.condition, paired if asked.what is What.PAIRS else ~paired)
        .subquery("found")
    )
    rows, total, shown = _page(connection, found, asked.page)
    return _listing(connection, asked, rows, {}, total, shown)


def of_practice(connection: Connection, asked: Asked, instrument: Instrument) -> Listing[Entry]:
    """Who made the self-assessment, with the mean of their answers at the start and at the end."""
    made = practice.attempts(instrument, asked.condition).subquery("made")
    both = and_(made.c.start.is_not(None), made.c.end.is_not(None))
    found = select(made).where(both if asked.what is What.BOTH else true()).subquery("found")
    rows, total, shown = _page(connection, found, asked.page)
    return _listing(connection, asked, rows, _answers(connection, instrument, rows), total, shown)


def _page(connection: Connection, found: FromClause, page: int) -> tuple[Sequence[Any], int, Part]:
    total = connection.scalar(select(func.count()).select_from(found)) or 0
    shown = part(page, total, PAGE)
    of = registration.c
    columns = [of[name] for name in ("actor", "cohort", "enrolled_at")]
    query: Select[Any] = (
        select(found, *columns, entry.c.nuts3.label("region"))
        .join(registration, of.registration == found.c.registration)
        .join(entry, entry.c.registration == found.c.registration)
        .order_by(of.enrolled_at.desc(), of.registration)
    )
    return connection.execute(query.limit(PAGE).offset(shown.before)).all(), total, shown


def _listing(
    connection: Connection,
    asked: Asked,
    rows: Sequence[Any],
    means: Mapping[tuple[str, int | None], float],
    total: int,
    shown: Part,
) -> Listing[Entry]:
    names = names_of(connection, {row.actor for row in rows}, asked.visible)
    gain = asked.what in OF_GAIN
    entries = [
        Entry(
            row.registration,
            row.actor,
            names.get(row.actor),
            row.region,
            row.cohort,
            row.enrolled_at,
            row.before if gain else means.get((row.registration, row.start)),
            row.after if gain else means.get((row.registration, row.end)),
        )
        for row in rows
    ]
    return Listing(tuple(entries), total, shown.number, shown.parts)


def _answers(
    connection: Connection, of: Instrument, rows: Sequence[Any]
) -> Mapping[tuple[str, int | None], float]:
    """By registration and attempt, the mean place of the answers on the scale."""
    query = select(answer.c.registration, answer.c.attempt, answer.c.response).where(
        answer.c.registration.in_([row.registration for row in rows]),
        answer.c.module == of.module.id,
        answer.c.question.in_(of.items),
        answer.c.response.in_(of.values),
    )
    places: defaultdict[tuple[str, int | None], list[int]] = defaultdict(list)
    for name, number, response in connection.execute(query):
        places[name, number].append(of.values[response])
    return {key: sum(found) / len(found) for key, found in places.items()}
