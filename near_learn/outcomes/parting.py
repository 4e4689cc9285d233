"""People in groups: every figure of this package is a sum over whole groups, so no difference tells more.

A group is made of whole blocks of the completion report's tally, so that figures of both, added to and
subtracted from each other, are about whole blocks too. Blocks are put together until enough of their people
have what a figure is about, such as both tests. The groups are the same for every reader and every choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add, itemgetter

from near_learn.outcomes.ground import Place
from near_learn.reports.groups import NONE, Cell, blocks

# The positions in a place, the most important first: blocks stay inside a value of an early one as long as
# they can. Years follow each other.
ORDER = [
    Place._fields.index(name)
    for name in (*("nuts0", "nuts1", "nuts2", "nuts3", "language", "organisation", "cohort", "year"),)
]
IN_ORDER = {len(ORDER) - 1}
SEVERAL = "\uffff"  # no name, and behind every one
_in_order: Callable[[Place], tuple[str, ...]] = itemgetter(*ORDER)


@dataclass(slots=True)
class Part:
    """People who are alike in everything that a report can tell apart, and sums over them.

    They are of one block, until blocks are put together.
    """

    key: Place
    persons: int
    sums: tuple[float, ...] = ()
    block: int = NONE

    def __add__(self, other: Part) -> Part:
        return Part(self.key, self.persons + other.persons, tuple(map(add, self.sums, other.sums)))


@dataclass(frozen=True)
class Told:
    """What may be told of a choice: rows, the people who cannot be told apart, and whether some are left out.

    `rows` has None for a row that has people of whom nothing can be told apart.
    """

    rows: dict[str, Part | None] = field(default_factory=dict)
    apart: Part | None = None
    beyond: bool = False  # somebody chosen is in a group that reaches beyond the choice

    @property
    def total(self) -> Part | None:
        """Everybody of whom something is told; None when that is nobody."""
        return total([*self.rows.values(), self.apart])


def total(parts: Iterable[Part | None]) -> Part | None:
    """The sum of what there is, added up in this order; None of nothing."""
    found = [part for part in parts if part is not None]
    if len(found) < 2:
        return found[0] if found else None
    columns = zip(*[part.sums for part in found], strict=True)
    sums = tuple([reduce(add, column) for column in columns])
    return Part(found[0].key, sum([part.persons for part in found]), sums)


def grouped(
    sizes: Sequence[tuple[int, Place, int]], least: int, *, all_of_them: bool = False
) -> dict[int, int]:
    """The group of each block that has anybody, or of ALL_OF_THEM; NONE where there are too few in all.

    SIZES are numbers of blocks, places in them, and how many people there have what a figure is about.
    """
    places: defaultdict[int, list[Place]] = defaultdict(list)
    persons: defaultdict[int, int] = defaultdict(int)
    for number, place, size in sizes:
        places[number].append(place)
        persons[number] += size
    numbers = [number for number in places if (persons[number] or all_of_them) and number != NONE]
    if least == 1:
        return {number: number for number in numbers}
    cells = [Cell(_common(places[number]), persons[number]) for number in numbers]
    return dict(zip(numbers, blocks(cells, least, in_order=IN_ORDER), strict=True))


def _common(places: Sequence[Place]) -> tuple[str, ...]:
    first = _in_order(places[0])
    if len(places) == 1:
        return first
    values = map(set, zip(*map(_in_order, places), strict=True))
    return tuple(value if len(of) == 1 else SEVERAL for value, of in zip(first, values, strict=True))


class Parted:
    """The groups of a population.

    COUNTS are the places in the sums of numbers of persons, each with a sum over them behind it: where a
    group has fewer than LEAST of these, neither is told.
    """

    def __init__(self, parts: Sequence[Part], least: int, *, counts: Sequence[int] = ()) -> None:
        found = grouped([(part.block, part.key, part.persons) for part in parts], least)
        self.groups: defaultdict[int, list[Part]] = defaultdict(list)
        for part in parts:
            if part.block in found or part.persons:
                self.groups[found.get(part.block, NONE)].append(part)
        for number, members in self.groups.items():
            alike = _alike(members)
            self.groups[number] = _without_few(alike, least, counts) if counts else alike

    @property
    def parts(self) -> list[Part]:
        """Everybody, also those of whom nothing is told."""
        return [part for members in self.groups.values() for part in members if part.persons]

    def told(self, chosen: Callable[[Place], bool], row: Callable[[Place], str]) -> Told:
        """What may be told of the people that CHOSEN lets through, in rows by ROW."""
        rows: defaultdict[str, list[Part]] = defaultdict(list)
        apart: list[Part] = []
        beyond = False
        for number, parts in self.groups.items():
            inside = [part.key for part in parts if chosen(part.key)]
            names = set(map(row, inside))
            for name in names:
                rows[name]  # is there, also when nothing can be told
            if inside and (number == NONE or len(inside) < len(parts)):
                beyond = True
            elif len(names) > 1:
                apart += parts
            elif names:
                rows[names.pop()] += parts
        return Told({name: total(of) for name, of in rows.items()}, total(apart), beyond)


def _alike(members: Sequence[Part]) -> list[Part]:
    """One part for each place."""
    found: dict[Place, Part] = {}
    for part in members:
        known = found.get(part.key)
        found[part.key] = part if known is None else known + part
    return list(found.values())


def _without_few(members: list[Part], least: int, counts: Sequence[int]) -> list[Part]:
    few = {
        place for at in counts if 0 < sum(part.sums[at] for part in members) < least for place in (at, at + 1)
    }
    if not few:
        return members
    return [
        Part(
            part.key,
            part.persons,
            tuple(0.0 if at in few else value for at, value in enumerate(part.sums)),
            part.block,
        )
        for part in members
    ]
