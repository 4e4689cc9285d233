"""The report on participants: who began and who completed something, by what people told about themselves.

Each person is counted once, however many courses they take: where and when they first enrolled. How many
persons there are is told of small groups, what they answered of whole unions of these, see `telling.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import product
from operator import add
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Connection, Select, and_, case, exists, func, literal, or_, select

from near_learn.outcomes import block_sums, ground, groups
from near_learn.outcomes import choice as choices
from near_learn.outcomes.block_sums import Kind, Where
from near_learn.outcomes.block_sums import Row as Sums
from near_learn.outcomes.choice import Choice
from near_learn.outcomes.ground import Place
from near_learn.outcomes.participant import ANSWERS, About, table
from near_learn.outcomes.parting import grouped
from near_learn.outcomes.telling import telling
from near_learn.records.progress import registration
from near_learn.reports.groups import NONE
from near_learn.reports.reader import Reader
from near_learn.reports.tally.tables import entry

NOT_STATED = ""
# Answers are told of groups that have so many times the people that a group must have.
MANY = 5
# The figures of a row: persons; those of them with several registrations; then, for each of these, how many.
PERSONS, SEVERAL, FIRST = 0, 1, 2


def _answers(about: About) -> tuple[str, ...]:
    return (*ANSWERS[about], NOT_STATED)


CELLS = tuple(
    (about, done, answer) for about in About for done in (False, True) for answer in _answers(about)
)
# Everybody has one answer about gender, "not stated" if no other: these cells add up to those who are done.
LEAVERS = [at for at, (about, done, _) in enumerate(CELLS) if done and about is About.GENDER]
NOBODY = (0,) * len(CELLS)
# Of each answer the places of those who have begun and those who have completed something.
ANSWERED = {
    about: [
        (answer, CELLS.index((about, False, answer)), CELLS.index((about, True, answer)))
        for answer in _answers(about)
    ]
    for about in About
}


class Counted(StrEnum):
    """Of whom a row speaks."""

    PARTICIPANTS = "participants"
    LEAVERS = "leavers"


# What is told of a union: its answers are these numbers, so that adding up unions is adding up numbers.
COLUMNS = tuple(
    (about, counted, answer) for about in About for counted in Counted for answer in _answers(about)
)
NO_ANSWERS = (0,) * len(COLUMNS)
PLACES = {
    key: [at for at, column in enumerate(COLUMNS) if column[:2] == key] for key in product(About, Counted)
}
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
        return _answers(self.about)


@dataclass(frozen=True)
class Report:
    choice: Choice
    tables: tuple[Table, ...]
    beyond: bool
    keys: tuple[tuple[str, str, str], ...] = field(repr=False)  # year, region, organisation
    counted_at: datetime


@dataclass(frozen=True)
class Group:
    """Whole blocks with enough people in them. TOLD is False where there are too few in all."""

    told: bool
    blocks: frozenset[int]
    places: frozenset[Place]
    persons: int
    leavers: int | None  # None: fewer than enough have completed something, or have not
    figures: tuple[int, ...]  # of each of CELLS; told of a union only


@dataclass(frozen=True)
class Union:
    """Whole groups, whose answers are told together: the number of each of COLUMNS, 0 also where hidden."""

    groups: tuple[Group, ...]
    places: frozenset[Place]
    answers: tuple[int, ...]


def count(connection: Connection, choice: Choice, reader: Reader, least: int) -> Report:
    """The tables that CHOICE asks for. LEAST is the smallest group that is told apart."""

    def make() -> tuple[tuple[Group, ...], tuple[Union, ...]]:
        made = tuple(_groups(block_sums.load(connection, Kind.PARTICIPANTS), least))
        return made, tuple(_unions(made, least))

    made, unions = groups.once(connection, ("participants", least), make)
    keys = {(place.year, place.nuts3, place.organisation) for group in made for place in group.places}
    seen = {key for key in keys if reader.sees(key[1], key[2])}
    added = _Adding(choice, seen)
    for group in made:
        added.add(group)
    for union in unions:
        added.add_answers(union)
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
    sums = _added([row.figures for row in members])
    persons, figures = sums[PERSONS], tuple(sums[FIRST:])
    leavers = sum(figures[at] for at in LEAVERS)
    few = any(0 < number < least for number in (leavers, persons - leavers))
    places = frozenset(row.place for row in members)
    blocks = frozenset(row.block for row in members)
    return Group(told, blocks, places, persons, None if few else leavers, figures)


def _added(rows: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """The sum of each column."""
    return rows[0] if len(rows) == 1 else list(map(sum, zip(*rows, strict=True)))


def _unions(made: Sequence[Group], least: int) -> Iterator[Union]:
    """Groups together that have MANY times LEAST persons, or all of them.

    Who is together depends on where and when people enrolled, never on what they answered.
    """
    told = [group for group in made if group.told]
    enough = max(least, min(MANY * least, sum(group.persons for group in told))) if least > 1 else 1
    sizes = [
        (number, place, 0 if nth else group.persons)
        for number, group in enumerate(told)
        for nth, place in enumerate(group.places)
    ]
    together: defaultdict[int, list[Group]] = defaultdict(list)
    for number, union in grouped(sizes, enough, all_of_them=True).items():
        together[union].append(told[number])
    for members in together.values():
        yield _union(members, least)


def _union(members: Sequence[Group], least: int) -> Union:
    all_ = _added([group.figures for group in members])
    left = _added([group.figures for group in members if group.leavers is not None] or [NOBODY])
    answers: list[int] = []
    for places_of in ANSWERED.values():
        persons = {answer: all_[begun] + all_[done] for answer, begun, done in places_of}
        leavers = {answer: left[done] for answer, _, done in places_of}
        told = telling(persons, leavers, least)
        answers += [of.get(answer, 0) for of in (told.persons, told.leavers) for answer in persons]
    places = frozenset[Place]().union(*(group.places for group in members))
    return Union(tuple(members), places, tuple(answers))


# --- from groups to the tables of a choice ------------------------------------------------------------


class _Adding:
    """Adds up the groups and the unions that lie wholly inside a choice and what its reader sees."""

    def __init__(self, choice: Choice, seen: set[tuple[str, str, str]]) -> None:
        self.chosen = {
            (year, code, organisation)
            for year, code, organisation in seen
            if choice.allows(year=year, language="", code=code, organisation=organisation, cohort="")
        }
        self.row = choices.row(choice)
        self.persons: defaultdict[tuple[str | None, Counted], int] = defaultdict(int)
        # By row the number of each of COLUMNS. The total has answers also of unions that no single row has.
        self.answers: dict[str | None, Sequence[int]] = {}
        self.total: Sequence[int] = NO_ANSWERS
        self.rows: set[str] = set()
        self.partial: set[tuple[str | None, Counted]] = set()

    def add(self, group: Group) -> None:
        inside = [place for place in group.places if self._chosen(place)]
        names = set(map(self.row, inside))
        self.rows |= names
        if not inside:
            return
        if not group.told or len(inside) < len(group.places):
            self.partial |= set(product(names, Counted))
            return
        name = self._name(group.places)
        self.persons[name, Counted.PARTICIPANTS] += group.persons
        if group.leavers is None:
            self.partial.add((name, Counted.LEAVERS))
        else:
            self.persons[name, Counted.LEAVERS] += group.leavers

    def add_answers(self, union: Union) -> None:
        if not all(self._chosen(place) for place in union.places):
            return
        # Of several regions: in the row of those that cannot be told apart, if all its groups are there.
        names = {self._name(group.places) for group in union.groups}
        self.total = list(map(add, self.total, union.answers))
        if len(names) == 1:
            (name,) = names
            self.answers[name] = list(map(add, self.answers.get(name, NO_ANSWERS), union.answers))

    def _chosen(self, place: Place) -> bool:
        return (place.year, place.nuts3, place.organisation) in self.chosen

    def _name(self, places: frozenset[Place]) -> str | None:
        names = set(map(self.row, places))
        return names.pop() if len(names) == 1 else None

    def table(self, about: About) -> Table:
        keys: list[str | None] = [*sorted(self.rows, key=lambda key: (key == "", key)), None]
        rows = [self._made(about, key, counted) for key in keys for counted in Counted]
        return Table(
            about,
            tuple(row for row in rows if row.key is not None or row.total),
            {each: self._total(about, [row for row in rows if row.counted is each]) for each in Counted},
        )

    def _made(self, about: About, key: str | None, counted: Counted) -> Row:
        told = _told(self.answers.get(key, NO_ANSWERS), about, counted)
        return _row(key, counted, told, self.persons[key, counted], partial=(key, counted) in self.partial)

    def _total(self, about: About, rows: Sequence[Row]) -> Row:
        counted = rows[0].counted
        told = _told(self.total, about, counted)
        partial = any(row.partial for row in rows)
        return _row(None, counted, told, sum(row.total for row in rows), partial=partial)


def _told(numbers: Sequence[int], about: About, counted: Counted) -> dict[str, int]:
    """The answers that somebody gave and that may be told, of the numbers of COLUMNS."""
    return {COLUMNS[at][2]: numbers[at] for at in PLACES[about, counted] if numbers[at]}


def _row(key: str | None, counted: Counted, persons: Mapping[str, int], total: int, *, partial: bool) -> Row:
    return Row(key, counted, persons, total - sum(persons.values()), total, partial)
