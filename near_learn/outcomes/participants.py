"""The report on participants: who began and who completed something, by what people told about themselves.

Each person is counted once, however many courses they take: where and when they first enrolled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Connection, Select, and_, case, exists, func, literal, or_, select

from near_learn.outcomes import block_sums, ground, groups
from near_learn.outcomes.block_sums import Kind, Where
from near_learn.outcomes.block_sums import Row as Sums
from near_learn.outcomes.choice import By, Choice
from near_learn.outcomes.ground import Place
from near_learn.outcomes.participant import ANSWERS, About, table
from near_learn.outcomes.parting import grouped
from near_learn.records.progress import registration
from near_learn.reports.groups import NONE, Cell, blocks
from near_learn.reports.reader import Reader
from near_learn.reports.tally.tables import entry

NOT_STATED = ""
# Rare answers are hidden with "not stated" and not with an answer that many gave.
RARE = ("", "other")
# The figures of a row: persons; those of them with several registrations; then, for each of these, how many.
PERSONS, SEVERAL, FIRST = 0, 1, 2
CELLS = tuple(
    (about, done, answer)
    for about in About
    for done in (False, True)
    for answer in (*ANSWERS[about], NOT_STATED)
)


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


@dataclass(frozen=True)
class Atom:
    """People of one group who are told together: their answer, None where there are several; and how many
    of them have completed something, None where some have and some have not."""

    answer: str | None
    persons: int
    leavers: int | None


@dataclass(frozen=True)
class Group:
    """Whole blocks with enough people in them. TOLD is False where there are too few in all."""

    told: bool
    blocks: frozenset[int]
    places: frozenset[Place]
    atoms: Mapping[About, tuple[Atom, ...]]


def count(connection: Connection, choice: Choice, reader: Reader, least: int) -> Report:
    """The tables that CHOICE asks for. LEAST is the smallest group that is told apart."""

    def make() -> tuple[Group, ...]:
        return tuple(_groups(block_sums.load(connection, Kind.PARTICIPANTS), least))

    made = groups.once(connection, ("participants", least), make)
    keys = {(place.year, place.nuts3, place.organisation) for group in made for place in group.places}
    seen = {key for key in keys if reader.sees(key[1], key[2])}
    added = _Adding(choice, seen)
    for group in made:
        added.add(group)
    tables = tuple(added.table(about) for about in About)
    counted_at = block_sums.counted_at(connection) or datetime.now(UTC)
    return Report(choice, tables, bool(added.partial), tuple(seen), counted_at)


# --- from records to sums -----------------------------------------------------------------------------


def figures(connection: Connection, numbers: Sequence[int]) -> dict[Where, list[int]]:
    """The figures of each place in these blocks where somebody enrolled for the first time."""
    found: dict[Where, list[int]] = {}
    for row in connection.execute(_query(numbers)):
        into = found.setdefault(ground.where(row), [0] * (FIRST + len(CELLS)))
        into[PERSONS] += row.persons
        into[SEVERAL] += row.persons if row.several else 0
        for about in About:
            answer = getattr(row, about.value)
            into[FIRST + CELLS.index((about, bool(row.done), answer))] += row.persons
    return found


def _query(numbers: Sequence[int]) -> Select[Any]:
    mine, other = registration.c, registration.alias("other")
    same = other.c.actor == mine.actor
    earlier = or_(
        other.c.enrolled_at < mine.enrolled_at,
        and_(other.c.enrolled_at == mine.enrolled_at, other.c.registration < mine.registration),
    )

    def there_is(condition: Any) -> Any:
        return exists(select(literal(1)).select_from(other).where(same, condition))

    done = there_is(other.c.completed_at.is_not(None))
    several = there_is(other.c.registration != mine.registration)
    # An answer that is none of ours any more is none.
    told = {
        about.value: case((table.c[about.value].in_(ANSWERS[about]), table.c[about.value]), else_="")
        for about in About
    }
    columns = [
        *ground.columns(),
        case((done, 1), else_=0).label("done"),
        case((several, 1), else_=0).label("several"),
        *(column.label(f"told_{name}") for name, column in told.items()),
    ]
    source = entry.join(registration, mine.registration == entry.c.registration)
    people = (
        select(*columns)
        .select_from(source.outerjoin(table, table.c.account == mine.actor))
        .where(entry.c.block.in_(numbers), entry.c.first, ~there_is(earlier))
        .subquery("people")
    )
    of = people.c
    own = [of[name] for name in (*ground.GROUP, "done", "several")]
    answers = [of[f"told_{name}"] for name in told]
    labelled = [column.label(name) for name, column in zip(told, answers, strict=True)]
    return select(*own, *labelled, func.count().label("persons")).group_by(*own, *answers)


# --- from sums to groups ------------------------------------------------------------------------------


def _groups(rows: Sequence[Sums], least: int) -> Iterator[Group]:
    """Blocks in groups of at least LEAST persons.

    The completion report counts registrations, this one persons: in a block whose people have others
    elsewhere, the difference of the two is about these people. So such blocks stand together until there are
    enough of these.
    """
    persons: defaultdict[int, int] = defaultdict(int)
    several: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        persons[row.block] += int(row.figures[PERSONS])
        several[row.block] += int(row.figures[SEVERAL])
    mixed = {row.block for row in rows if several[row.block] or row.enrolled != persons[row.block]}
    number: dict[int, tuple[bool, int]] = {}
    for kind, place in ((False, PERSONS), (True, SEVERAL)):
        sizes = [
            (row.block, row.place, int(row.figures[PERSONS if least == 1 else place]))
            for row in rows
            if (row.block in mixed) == kind
        ]
        number |= {block: (kind, group) for block, group in grouped(sizes, least, all_of_them=True).items()}
    together: defaultdict[tuple[bool, int], list[Sums]] = defaultdict(list)
    for row in rows:
        together[number.get(row.block, (True, NONE))].append(row)
    for (_, group), members in together.items():
        yield _group(members, least, told=group != NONE)


def _group(members: Sequence[Sums], least: int, *, told: bool) -> Group:
    sums = [sum(column) for column in zip(*(row.figures[FIRST:] for row in members), strict=True)]
    by_about: defaultdict[About, list[tuple[bool, str, int]]] = defaultdict(list)
    for (about, done, answer), persons in zip(CELLS, sums, strict=True):
        if persons:
            by_about[about].append((done, answer, int(persons)))
    atoms = {about: _atoms(tuple(cells), least) for about, cells in by_about.items()}
    places = frozenset(row.place for row in members)
    return Group(told, frozenset(row.block for row in members), places, atoms)


@lru_cache(maxsize=20_000)  # many groups are alike
def _atoms(cells: tuple[tuple[bool, str, int], ...], least: int) -> tuple[Atom, ...]:
    """Answers of fewer than LEAST people are put together. Whether somebody has completed comes first, and
    alike for all that was asked, so that the tables have the same totals."""
    keys = [(str(int(done)), "" if answer in RARE else answer, answer) for done, answer, _ in cells]
    numbers = blocks([Cell(key, cell[2]) for key, cell in zip(keys, cells, strict=True)], least)
    return tuple(
        _atom([cell for cell, own in zip(cells, numbers, strict=True) if own == number])
        for number in sorted(set(numbers))
    )


def _atom(cells: Sequence[tuple[bool, str, int]]) -> Atom:
    answers, states = {answer for _, answer, _ in cells}, {done for done, _, _ in cells}
    persons = sum(number for _, _, number in cells)
    leavers = None if len(states) > 1 else persons if True in states else 0
    return Atom(answers.pop() if len(answers) == 1 else None, persons, leavers)


# --- from groups to the tables of a choice ------------------------------------------------------------


class _Adding:
    """Adds up the groups that lie wholly inside a choice and what its reader sees."""

    def __init__(self, choice: Choice, seen: set[tuple[str, str, str]]) -> None:
        self.choice, self.seen = choice, seen
        self.numbers: defaultdict[tuple[About, str | None, Counted, str | None], int] = defaultdict(int)
        self.rows: set[str] = set()
        self.partial: set[tuple[About | None, str | None, Counted | None]] = set()

    def add(self, group: Group) -> None:
        inside = [place for place in group.places if self._chosen(place)]
        names = {self._row(place) for place in inside}
        self.rows |= names
        if not inside:
            return
        if not group.told or len(inside) < len(group.places):
            self.partial |= {(None, name, None) for name in names}
            return
        name = names.pop() if len(names) == 1 else None
        for about, atoms in group.atoms.items():
            for atom in atoms:
                self.numbers[about, name, Counted.PARTICIPANTS, atom.answer] += atom.persons
                if atom.leavers is None:
                    self.partial.add((about, name, Counted.LEAVERS))
                else:
                    self.numbers[about, name, Counted.LEAVERS, atom.answer] += atom.leavers

    def _chosen(self, place: Place) -> bool:
        return (place.year, place.nuts3, place.organisation) in self.seen and self.choice.allows(
            year=place.year, language="", code=place.nuts3, organisation=place.organisation, cohort=""
        )

    def _row(self, place: Place) -> str:
        if self.choice.by is By.ORGANISATION:
            return place.organisation
        return place[2 + min(self.choice.rollup, 3)]

    def table(self, about: About) -> Table:
        keys: list[str | None] = [*sorted(self.rows, key=lambda key: (key == "", key)), None]
        rows = [self._made(about, key, counted) for key in keys for counted in Counted]
        return Table(
            about,
            tuple(row for row in rows if row.key is not None or row.total),
            {counted: _sum([row for row in rows if row.counted is counted]) for counted in Counted},
        )

    def _made(self, about: About, key: str | None, counted: Counted) -> Row:
        persons = {
            answer: number
            for answer in (*ANSWERS[about], NOT_STATED)
            if (number := self.numbers.get((about, key, counted, answer), 0))
        }
        apart = self.numbers.get((about, key, counted, None), 0)
        partial = not self.partial.isdisjoint({(None, key, None), (about, key, counted)})
        return Row(key, counted, persons, apart, sum(persons.values()) + apart, partial)


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
