"""The report on practice: how a region answered at the start and at the end, dimension by dimension."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from near_learn.outcomes import block_sums, groups, practice
from near_learn.outcomes.block_sums import Kind
from near_learn.outcomes.choice import Choice, chosen, row
from near_learn.outcomes.ground import Place
from near_learn.outcomes.parting import Part, Parted, total
from near_learn.outcomes.practice import Instrument, Taken
from near_learn.reports.reader import Reader


@dataclass(frozen=True)
class Mean:
    """What was answered to some statements: the mean place on the scale, and the number of answers."""

    answers: int
    value: float


@dataclass(frozen=True)
class Profile:
    """Start and end of some people; None where nothing can be told or nobody answered."""

    at_start: int  # persons
    at_end: int
    start: tuple[Mean | None, ...]  # for each dimension
    end: tuple[Mean | None, ...]
    items_start: tuple[Mean | None, ...]  # for each statement
    items_end: tuple[Mean | None, ...]


@dataclass(frozen=True)
class Row:
    """Everybody who answered, and of these the people who did so both times. None where nothing is told."""

    key: str
    everybody: Profile | None
    matched: Profile | None


@dataclass(frozen=True)
class Report:
    choice: Choice
    instrument: Instrument
    rows: tuple[Row, ...]
    apart: Row
    total: Row
    beyond: bool
    keys: tuple[Place, ...] = field(repr=False)
    counted_at: datetime


def count(
    connection: Connection, choice: Choice, reader: Reader, instrument: Instrument, least: int
) -> Report:
    """The profiles that CHOICE asks for. LEAST is the smallest group that is told apart."""
    parted = _parted(connection, instrument, least)
    inside, name = chosen(choice, reader), row(choice)
    told = {taken: found.told(inside, name) for taken, found in parted.items()}
    keys = {part.key for found in parted.values() for part in found.parts}
    seen = tuple(key for key in keys if reader.sees(key.nuts3, key.organisation))
    names = sorted({key for each in told.values() for key in each.rows}, key=lambda key: (key == "", key))
    return Report(
        choice,
        instrument,
        tuple(
            _row(instrument, key, {taken: of.rows.get(key) for taken, of in told.items()}) for key in names
        ),
        _row(instrument, "", {taken: of.apart for taken, of in told.items()}),
        _row(instrument, "", {taken: of.total for taken, of in told.items()}),
        any(each.beyond for each in told.values()),
        seen,
        block_sums.counted_at(connection) or datetime.now(UTC),
    )


def _parted(connection: Connection, instrument: Instrument, least: int) -> dict[Taken, Parted]:
    counts = range(0, 4 * len(instrument.items), 2)

    def make() -> dict[Taken, Parted]:
        rows = block_sums.load(connection, Kind.PRACTICE, instrument.course)
        parts = practice.parts(rows, instrument)
        return {taken: Parted(found, least, counts=counts) for taken, found in parts.items()}

    return groups.once(connection, ("practice", instrument.course, instrument.items, least), make)


def _row(instrument: Instrument, key: str, told: dict[Taken, Part | None]) -> Row:
    everybody = total(told.values())
    both = told[Taken.BOTH]
    matched = both.persons if both else 0
    at_start = matched + _persons(told[Taken.START])
    at_end = matched + _persons(told[Taken.END])
    return Row(
        key,
        _profile(instrument, everybody, at_start, at_end) if everybody else None,
        _profile(instrument, both, matched, matched) if both else None,
    )


def _persons(part: Part | None) -> int:
    return part.persons if part else 0


def _profile(instrument: Instrument, part: Part, at_start: int, at_end: int) -> Profile:
    place = {item: 4 * number for number, item in enumerate(instrument.items)}
    of_dimensions = [[place[item] for item in each.items] for each in instrument.dimensions]
    of_items = [[at] for at in place.values()]
    return Profile(
        at_start,
        at_end,
        tuple(_mean(part, places) for places in of_dimensions),
        tuple(_mean(part, [at + 2 for at in places]) for places in of_dimensions),
        tuple(_mean(part, places) for places in of_items),
        tuple(_mean(part, [at + 2 for at in places]) for places in of_items),
    )


def _mean(part: Part, places: Iterable[int]) -> Mean | None:
    places = list(places)
    answers = sum(part.sums[at] for at in places)
    return Mean(int(answers), sum(part.sums[at + 1] for at in places) / answers) if answers else None
