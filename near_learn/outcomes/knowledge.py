"""The report on knowledge gain: for each course with both tests, a row for each region, cohort and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from near_learn.outcomes import block_sums, gain, groups, pairs
from near_learn.outcomes.block_sums import Kind
from near_learn.outcomes.choice import By, Choice, chosen, row
from near_learn.outcomes.gain import Gain, Sums
from near_learn.outcomes.ground import Place
from near_learn.outcomes.pairs import BothTests
from near_learn.outcomes.parting import Part, Parted, Told
from near_learn.reports.reader import Reader


@dataclass(frozen=True)
class Row:
    """A row's figures; `gain` is None where nothing can be told, `before_only` likewise."""

    key: str
    gain: Gain | None
    before_only: int | None = None  # took the test before, and not (yet) the one after

    @property
    def empty(self) -> bool:
        return self.gain is None and self.before_only is None


@dataclass(frozen=True)
class Section:
    """One course: its rows, those who cannot be told apart, everybody together."""

    tests: BothTests
    rows: tuple[Row, ...]
    apart: Row
    total: Row
    beyond: bool  # somebody chosen is left out, because they are few


@dataclass(frozen=True)
class Report:
    choice: Choice
    sections: tuple[Section, ...]
    keys: tuple[Place, ...] = field(repr=False)  # of everybody whom the reader may see: what can be chosen
    counted_at: datetime

    @property
    def beyond(self) -> bool:
        return any(section.beyond for section in self.sections)


def count(
    connection: Connection, choice: Choice, reader: Reader, tests: Mapping[str, BothTests], least: int
) -> Report:
    """The report that CHOICE asks for. LEAST is the smallest group that is told apart."""
    sections: list[Section] = []
    keys: set[Place] = set()
    for id_, of in tests.items():
        matched, alone = parted(connection, of, least)
        keys |= {part.key for part in (*matched.parts, *alone.parts)}
        if choice.course in ("", id_):
            section = _section(choice, reader, of, matched, alone)
            sections += [section] if section.rows else []
    seen = tuple(key for key in keys if reader.sees(key.nuts3, key.organisation))
    counted_at = block_sums.counted_at(connection) or datetime.now(UTC)
    return Report(choice, tuple(sections), seen, counted_at)


def parted(connection: Connection, of: BothTests, least: int) -> tuple[Parted, Parted]:
    """The groups of those with a pair and of those with the test before only."""

    def make() -> tuple[Parted, Parted]:
        matched, alone = pairs.parts(block_sums.load(connection, Kind.GAIN, of.course))
        return Parted(matched, least), Parted(alone, least)

    return groups.once(connection, ("gain", of, least), make)


def _section(choice: Choice, reader: Reader, of: BothTests, matched: Parted, alone: Parted) -> Section:
    inside, name = chosen(choice, reader), row(choice)
    if choice.by is By.COURSE:
        name = lambda _key: of.course  # noqa: E731
    told, rest = matched.told(inside, name), alone.told(inside, name)
    rows = [_row(key, told.rows.get(key), rest.rows.get(key)) for key in _keys(told, rest)]
    return Section(
        of,
        tuple(rows),
        _row("", told.apart, rest.apart),
        _row("", told.total, rest.total),
        told.beyond or rest.beyond,
    )


def _keys(*told: Told) -> Iterable[str]:
    return sorted({key for each in told for key in each.rows}, key=lambda key: (key == "", key))


def _row(key: str, matched: Part | None, alone: Part | None) -> Row:
    return Row(key, gain.of(Sums.of(matched)) if matched else None, alone.persons if alone else None)
