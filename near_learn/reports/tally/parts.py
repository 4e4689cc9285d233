"""People are divided into blocks: first into parts by course and region, then each part by everything else.

A part is divided again only when it has changed. So what a change costs does not grow with the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, select

from near_learn.records.progress import registration
from near_learn.reports.groups import NONE, Cell, blocks
from near_learn.reports.tally.tables import REGIONS, entry
from near_learn.reports.tally.terms import digest

Place = tuple[str, str]  # a course and a code of NUTS 2024

# The parts of a cell's key after course and region, the most important first.
INSIDE = ("region", "organisation", "cohort", "month", "release", "language")
KEY = ("course", *REGIONS, *INSIDE)
MONTH = KEY.index("month")


@dataclass(frozen=True)
class Part:
    """Places whose people are divided into blocks together; TOLD is False when they are too few in all."""

    digest: str
    places: tuple[Place, ...]
    told: bool


@dataclass(frozen=True)
class Division:
    """The parts of a tally. ABSENT are registrations whose person counts in a larger course of the same
    part already."""

    parts: tuple[Part, ...]
    absent: frozenset[str]


def divide(connection: Connection, least: int) -> Division:
    """The parts, from what the entries say now."""
    persons: dict[Place, int] = {}
    enrolled: dict[Place, int] = {}
    columns = entry.c.course, entry.c.nuts3
    counted = select(*columns, func.count(), func.sum(cast(entry.c.first, Integer))).group_by(*columns)
    for course, code, number, first in connection.execute(counted):
        enrolled[course, code], persons[course, code] = number, int(first)
    if least == 1:
        return Division(
            tuple(_part([place], enrolled, persons, told=True) for place in enrolled), frozenset()
        )
    absent: set[str] = set()
    parts: list[Part] = []
    for courses in _together(connection, persons, least, absent):
        places = [place for place in persons if place[0] in courses]
        cells = [Cell((course, *_regions(code)), persons[course, code]) for course, code in places]
        for number, chosen in _numbered(blocks(cells, least)):
            mine = [places[index] for index in chosen]
            parts.append(_part(mine, enrolled, persons, told=number != NONE))
    return Division(tuple(parts), frozenset(absent))


def _part(
    places: Sequence[Place], enrolled: Mapping[Place, int], persons: Mapping[Place, int], *, told: bool
) -> Part:
    counted = [(*place, enrolled[place], persons[place]) for place in sorted(places)]
    return Part(digest([counted, told]), tuple(sorted(places)), told)


def _together(
    connection: Connection, persons: dict[Place, int], least: int, absent: set[str]
) -> list[frozenset[str]]:
    """The courses in groups of at least LEAST different persons. Where a group has several courses, who is in
    two of them counts once: PERSONS is corrected and ABSENT filled."""
    sizes: dict[str, int] = defaultdict(int)
    for (course, _), number in persons.items():
        sizes[course] += number
    courses = sorted(sizes)
    numbered = _numbered(blocks([Cell((course,), sizes[course]) for course in courses], least))
    groups = [frozenset(courses[index] for index in chosen) for _, chosen in numbered]
    while True:
        for group in groups:
            _count_once(connection, group, sizes, persons, absent)
        few = [group for group in groups if _number(group, persons) < least]
        if not few or len(groups) == 1:
            return groups
        group = few[0]
        other = min((each for each in groups if each != group), key=lambda each: _number(each, persons))
        groups = [each for each in groups if each not in (group, other)] + [group | other]


def _number(courses: Iterable[str], persons: Mapping[Place, int]) -> int:
    return sum(number for (course, _), number in persons.items() if course in courses)


def _count_once(
    connection: Connection,
    courses: frozenset[str],
    sizes: Mapping[str, int],
    persons: dict[Place, int],
    absent: set[str],
) -> None:
    """Takes out of PERSONS who counts in a larger one of the COURSES. All but the largest are small."""
    in_order = sorted(courses, key=lambda course: (-sizes[course], course))
    for position, course in enumerate(in_order[1:], start=1):
        inside = entry.join(registration, registration.c.registration == entry.c.registration)
        larger = select(registration.c.actor).where(registration.c.course.in_(in_order[:position]))
        twice = (
            select(entry.c.registration, entry.c.nuts3)
            .select_from(inside)
            .where(entry.c.course == course, entry.c.first, registration.c.actor.in_(larger))
        )
        for name, code in connection.execute(twice):
            if name not in absent:
                absent.add(name)
                persons[course, code] -= 1


def _regions(code: str) -> tuple[str, ...]:
    return tuple(code[: 2 + level] for level in range(len(REGIONS)))


def _numbered(found: Sequence[int]) -> list[tuple[int, list[int]]]:
    together: dict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(found):
        together[number].append(index)
    return sorted(together.items())


def divided(members: Sequence[Mapping[str, Any]], least: int, *, told: bool) -> list[list[int]]:
    """The members of a part in blocks, by their positions. A member has the parts of KEY and `person`."""
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, member in enumerate(members):
        alike[tuple(member[name] for name in KEY)].append(index)
    if least == 1:
        return list(alike.values())
    if not told:
        return [list(range(len(members)))]
    cells = [Cell(key, sum(members[index]["person"] for index in indexes)) for key, indexes in alike.items()]
    indexes = list(alike.values())
    found = blocks(cells, least, in_order={MONTH})
    return [[index for cell in chosen for index in indexes[cell]] for _, chosen in _numbered(found)]
