"""People in blocks: every figure of this package is a sum over whole blocks, so no difference tells more.

See near_learn/reports/groups.py for why. The blocks are made of everybody, the same for every reader; what a
reader or a choice leaves out, leaves out whole blocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from near_learn.reports.groups import NONE, Cell, blocks

Key = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """People who are alike in everything that a report can tell apart, and sums over them."""

    key: Key
    persons: int
    sums: tuple[float, ...] = ()

    def __add__(self, other: Part) -> Part:
        pairs = zip(self.sums, other.sums, strict=True)
        return Part(self.key, self.persons + other.persons, tuple(a + b for a, b in pairs))


@dataclass(frozen=True)
class Told:
    """What may be told of a choice: rows, the people who cannot be told apart, and whether some are left out.

    `rows` has None for a row that has people of whom nothing can be told apart.
    """

    rows: dict[str, Part | None] = field(default_factory=dict)
    apart: Part | None = None
    beyond: bool = False  # somebody chosen is in a block that reaches beyond the choice

    @property
    def total(self) -> Part | None:
        """Everybody of whom something is told; None when that is nobody."""
        return total([*self.rows.values(), self.apart])


@dataclass(frozen=True)
class Grid:
    """Persons by row and column. None for a row or a column is "cannot be told apart"."""

    persons: dict[tuple[str | None, str | None], int]
    rows: frozenset[str]  # also those of which nothing can be told
    partial: frozenset[str]  # those with people who are left out, because their block reaches further

    @property
    def beyond(self) -> bool:
        return bool(self.partial)

    def total(self, row: str | None) -> int:
        """Everybody of whom something is told in this row."""
        return sum(number for (of, _), number in self.persons.items() if of == row)


def total(parts: Iterable[Part | None]) -> Part | None:
    """The sum of what there is; None of nothing."""
    found = None
    for part in parts:
        if part is not None:
            found = part if found is None else found + part
    return found


def merged(parts: Iterable[Part]) -> list[Part]:
    """One part for each key."""
    found: dict[Key, Part] = {}
    for part in parts:
        known = found.get(part.key)
        found[part.key] = part if known is None else known + part
    return list(found.values())


class Parted:
    """The blocks of a population.

    COUNTS are the places in the sums of numbers of persons, each with a sum over them behind it: where a
    block has fewer than LEAST of these, neither is told.
    """

    def __init__(
        self, parts: Sequence[Part], least: int, *, in_order: Sequence[int] = (0,), counts: Sequence[int] = ()
    ) -> None:
        self.parts = parts
        numbers = blocks([Cell(part.key, part.persons) for part in parts], least, in_order=set(in_order))
        self.blocks: defaultdict[int, list[Part]] = defaultdict(list)
        for part, number in zip(parts, numbers, strict=True):
            self.blocks[number].append(part)
        for number, members in self.blocks.items() if counts else ():
            self.blocks[number] = _without_few(members, least, counts)

    def told(self, chosen: Callable[[Key], bool], row: Callable[[Key], str]) -> Told:
        """What may be told of the people that CHOSEN lets through, in rows by ROW."""
        rows: dict[str, Part | None] = {}
        apart, beyond = None, False
        for number, parts in self.blocks.items():
            inside = [chosen(part.key) for part in parts]
            if not any(inside):
                continue
            names = {row(part.key) for part, of in zip(parts, inside, strict=True) if of}
            for name in names:
                rows.setdefault(name, None)
            if number == NONE or not all(inside):
                beyond = True
            elif len(names) > 1:
                apart = total([apart, *parts])
            else:
                (name,) = names
                rows[name] = total([rows[name], *parts])
        return Told(rows, apart, beyond)

    def grid(
        self, chosen: Callable[[Key], bool], row: Callable[[Key], str], column: Callable[[Key], str]
    ) -> Grid:
        """How many persons in rows and columns; a block that lies in several counts under None."""
        persons: defaultdict[tuple[str | None, str | None], int] = defaultdict(int)
        rows: set[str] = set()
        partial: set[str] = set()
        for number, parts in self.blocks.items():
            inside = [part.key for part in parts if chosen(part.key)]
            names = {row(key) for key in inside}
            rows |= names
            if number == NONE or len(inside) < len(parts):
                partial |= names
                continue
            columns = {column(key) for key in inside}
            place = (names.pop() if len(names) == 1 else None, columns.pop() if len(columns) == 1 else None)
            persons[place] += sum(part.persons for part in parts)
        return Grid(dict(persons), frozenset(rows), frozenset(partial))


def _without_few(members: list[Part], least: int, counts: Sequence[int]) -> list[Part]:
    few = {
        place for at in counts if 0 < sum(part.sums[at] for part in members) < least for place in (at, at + 1)
    }
    if not few:
        return members
    return [
        Part(part.key, part.persons, tuple(0.0 if at in few else value for at, value in enumerate(part.sums)))
        for part in members
    ]
