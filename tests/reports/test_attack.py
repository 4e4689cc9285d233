"""Somebody who adds and subtracts the figures of many reports learns nothing about fewer people than allowed.

Every registration has a number of its own, a power of two, and the sums of the tally are replaced by sums of
these numbers. So each published figure says exactly whom it counts: it is a linear equation. All equations
together are solved as far as they can be; a hidden group is safe when its equation does not follow from them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select, update

from near_learn.people.territory import Territory
from near_learn.reports.completion import Figures, Report, count, trend
from near_learn.reports.facts import Within
from near_learn.reports.filters import Basis, By, Filters
from near_learn.reports.groups import Cell
from near_learn.reports.measures import Measure
from near_learn.reports.tally import grading, parts
from near_learn.reports.tally.refresh import recount
from near_learn.reports.tally.tables import entry, step, sums
from near_learn.reports.tally.terms import Terms

from .conftest import AS_OF, BRUSSELS, Rows, days_ago, everywhere

# The numbers are larger than a count can be in PostgreSQL. Which of them a report adds up, both databases are
# asked in test_recount.py.
pytestmark = pytest.mark.parametrize("empty_tables", ["sqlite"], indirect=True)

PRIME = 2**61 - 1
HALF = 26  # scores have numbers below it in the first module, and from it on in the others
REGIONS = ("ES220", "ES211", "ES", "FI1C3", "FI1C6", "BE212", "")
KNOWN = ("course", "nuts0", "nuts2", "nuts3", "organisation", "cohort", "language", "release", "month")
READERS: tuple[Within, ...] = (
    everywhere,
    Territory(region="ES", roots=("ES",)).limits,
    Territory(region="ES22", roots=("ES22",)).limits,
    Territory(region="FI1C6", roots=("FI1C6", "FI1C3")).limits,
    Territory(organisation="red").limits,
)


@dataclass
class Equations:
    """Linear equations modulo a large prime, in echelon form. An equation is a vector, one place a person."""

    rows: dict[int, list[int]] = field(default_factory=dict)  # by the place of the first that is not 0

    def add(self, vector: Sequence[int]) -> None:
        rest = self.rest(vector)
        first = next((place for place, value in enumerate(rest) if value), None)
        if first is not None:
            inverse = pow(rest[first], -1, PRIME)
            self.rows[first] = [value * inverse % PRIME for value in rest]

    def rest(self, vector: Sequence[int]) -> list[int]:
        """What is left of the vector; nothing but zeros when it follows from the equations."""
        found = list(vector)
        for place in range(len(found)):
            row = self.rows.get(place)
            if found[place] and row is not None:
                times = found[place]
                found = [(value - times * other) % PRIME for value, other in zip(found, row, strict=True)]
        return found

    def imply(self, vector: Sequence[int]) -> bool:
        return not any(self.rest(vector))


def bits(mask: int) -> list[int]:
    """The equation of a set: 1 for each member."""
    return [mask >> place & 1 for place in range(2 * HALF)]


@dataclass
class World:
    """Registrations in the order of their numbers, with what an attacker may know of each."""

    connection: sa.Connection
    members: list[dict[str, Any]]
    least: int

    def persons(self, mask: int) -> int:
        """How many different persons are in the set."""
        return len({each["actor"] for place, each in enumerate(self.members) if mask >> place & 1})

    def quizzes(self, mask: int) -> Iterator[int]:
        """The scores of the set: of the first module, of the others, and all."""
        own = 0
        for place, each in enumerate(self.members):
            own |= each.get("quizzes", 0) if mask >> place & 1 else 0
        first = own & (1 << HALF) - 1
        return (each for each in (first, own - first, own) if each)

    def hidden(self) -> Iterator[int]:
        """Every set of fewer persons than allowed that some choice of filters describes, and every set of one
        or two registrations."""
        names = [name for name in self.members[0] if name in KNOWN]
        found: set[int] = set()
        for size in range(1, len(names) + 1):
            for chosen in combinations(names, size):
                together: dict[tuple[Any, ...], int] = {}
                for place, each in enumerate(self.members):
                    key = tuple(each[name] for name in chosen)
                    together[key] = together.get(key, 0) | 1 << place
                found.update(together.values())
        places = range(len(self.members))
        found |= {1 << place for place in places}
        found |= {1 << one | 1 << other for one, other in combinations(places, 2)}
        return (mask for mask in found if 0 < self.persons(mask) < self.least)


def make_world(connection: sa.Connection, rng: random.Random, people: int, least: int) -> World:
    rows = Rows(connection)
    rows.release("garden", ["soil", "water"])
    rows.release("garden", ["soil"], "r2")
    rows.release("orchard", ["apple"])
    # Most are alike, some are rare: that is what makes small groups.
    for number in range(people):
        actor = f"person-{rng.randrange(people) if rng.random() < 0.15 else number}"
        course = "garden" if rng.random() < 0.85 else "orchard"
        started = rng.random() < 0.8
        completed = started and rng.random() < 0.6
        enrolled = days_ago(rng.choice((1, 2, 3, 35, 36, 70, 71, 100)))
        score = rng.random() if rng.random() < 0.6 else None
        id_ = rows.registration(
            actor=actor,
            course=course,
            release="r2" if course == "garden" and rng.random() < 0.2 else "r1",
            region=rng.choice(("ES220", "ES220", "ES220", *REGIONS)),
            organisation=rng.choice(("red", "red", "blue", "")),
            cohort=rng.choice(("spring", "spring", "autumn", "")),
            language=rng.choice(("es", "es", "es", "fi")),
            enrolled_at=enrolled,
            started_at=enrolled if started else None,
            last_at=enrolled + timedelta(hours=1),
            completed_at=enrolled + timedelta(hours=1) if completed else None,
        )
        if started:
            module = "apple" if course == "orchard" else rng.choice(("soil", "soil", "water", "other"))
            rows.module(id_, module, first_score=score, best_score=score, seconds=60.0 * number)
            if module == "soil" and rng.random() < 0.3:
                rows.module(id_, "water", first_score=score, best_score=score)
    recount(connection, Terms(BRUSSELS, least))
    return World(connection, numbered(connection), least)


def numbered(connection: sa.Connection) -> list[dict[str, Any]]:
    """Puts the numbers of registrations into the tally, and tells who is who."""
    actors = dict(connection.execute(sa.text("SELECT registration, actor FROM registration")).all())
    members: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    blocks: dict[str, int] = {}
    for row in connection.execute(select(entry).order_by(entry.c.registration)).mappings():
        places[row["registration"]], blocks[row["registration"]] = len(members), row["block"]
        known = {name: row[name] for name in KNOWN}
        members.append(known | {"actor": actors[row["registration"]]})
    of_sums: dict[tuple[str, int], tuple[int, int]] = {}
    quizzes: dict[str, int] = {}
    for row in connection.execute(select(step)).mappings():
        name = row["registration"]
        graded = 0
        if row["module"] and row["first_score"] is not None:
            graded = 1 << quizzes.setdefault(name, len(quizzes)) + (0 if row["module"] == "soil" else HALF)
            member = members[places[name]]
            member["quizzes"] = member.get("quizzes", 0) | graded
        people, scores = of_sums.get((row["module"], blocks[name]), (0, 0))
        of_sums[row["module"], blocks[name]] = people | 1 << places[name], scores | graded
    assert len(quizzes) <= HALF
    for (module, block), (people, scores) in of_sums.items():
        change = update(sums).where(sums.c.module == module, sums.c.block == block)
        connection.execute(change.values(completed=people, first_sum=float(scores)))
    return members


def questions(world: World, rng: random.Random, number: int) -> Iterator[tuple[Filters, Within]]:
    """Reports that somebody might ask for: every grouping with single filters and with several."""
    periods = [
        (None, None),
        (date(2026, 5, 1), date(2026, 5, 31)),
        (date(2026, 4, 1), None),
        (None, date(2026, 4, 30)),
        (date(2026, 5, 11), date(2026, 6, 13)),
    ]
    choices: dict[str, Sequence[Any]] = {
        "region": ("", "", "ES", "ES22", "ES220", "FI1C6", "FI"),
        "organisation": ("", "", "red", "blue"),
        "cohort": ("", "", "spring", "autumn"),
        "language": ("", "", "es", "fi"),
        "course": ("", "garden", "orchard"),
        "level": (0, 1, 2, 3),
        "basis": (Basis.ENROLLED, Basis.ENROLLED, Basis.HAPPENED),
    }
    for by in By:
        yield Filters(AS_OF, by=by), rng.choice(READERS)
        yield Filters(AS_OF, by=by), everywhere
    for name, values in choices.items():
        for value in dict.fromkeys(values):
            yield replace(Filters(AS_OF, by=rng.choice(list(By))), **{name: value}), everywhere
    for _ in range(number):
        some = {name: rng.choice(values) for name, values in choices.items() if rng.random() < 0.5}
        start, end = rng.choice(periods)
        filters = replace(Filters(AS_OF, by=rng.choice(list(By)), start=start, end=end), **some)
        if filters.course == "garden" and rng.random() < 0.4:
            filters = replace(filters, release=rng.choice(("r1", "r2")))
        elif filters.course and rng.random() < 0.4:
            filters = replace(filters, module="soil" if filters.course == "garden" else "apple")
        yield filters, rng.choice(READERS)


def published(report: Report) -> Iterator[Figures]:
    """Everything that a page or a file of the report shows."""
    yield report.total
    if report.apart is not None:
        yield report.apart
    for row in report.rows:
        if row.figures is not None:
            yield row.figures


def attack(world: World, rng: random.Random, number: int) -> tuple[Equations, Equations]:
    """The equations of whom the reports count, and of whose scores their means are over."""
    people, scores = Equations(), Equations()
    seen: set[tuple[str, int]] = set()

    def learn(kind: str, equations: Equations, mask: int) -> None:
        if (kind, mask) not in seen:
            seen.add((kind, mask))
            equations.add(bits(mask))

    for filters, visible in questions(world, rng, number):
        report = count(world.connection, filters, visible)
        for figures in published(report):
            if filters.basis is Basis.HAPPENED:
                continue
            mask = figures[Measure.COMPLETED]
            units = figures[Measure.ENROLLED]
            # A registration counts once per module; then the numbers add up more than once.
            if filters.by is By.MODULE and not filters.module and figures in (report.total, report.apart):
                continue
            assert mask.bit_count() == units
            learn("people", people, mask)
            if figures.graded:
                learn("scores", scores, round(figures.first_sum))
                assert round(figures.first_sum).bit_count() == figures.graded
            # Who is there twice may be one person.
            assert figures.persons in (None, units)
        if filters.basis is Basis.HAPPENED:
            # Enrolments by period: told by blocks of that period, with the same numbers.
            for each in enrolled_masks(world, filters, visible):
                learn("people", people, each)
    return people, scores


def enrolled_masks(world: World, filters: Filters, visible: Within) -> Iterable[int]:
    """Whom the enrolments of a report of events count: the same as in one of those who began."""
    report = count(world.connection, replace(filters, basis=Basis.ENROLLED), visible)
    events = count(world.connection, filters, visible)
    if filters.by is By.MODULE and not filters.module:
        return
    if filters.by is By.MONTH:
        told = {each.first.isoformat()[:7]: each for each in trend(world.connection, filters, visible)}
        for row in report.rows:
            if row.figures and row.key in told:
                assert told[row.key].counts[Measure.ENROLLED] == row.figures[Measure.ENROLLED]
        return
    by_key = {row.key: row.figures for row in events.rows if row.figures}
    for row in report.rows:
        if row.figures is not None:
            assert by_key[row.key][Measure.ENROLLED] == row.figures[Measure.ENROLLED]
            yield row.figures[Measure.COMPLETED]


def leaks(world: World, seed: int, number: int = 40) -> list[int]:
    """Sets of too few persons about which the reports tell, together."""
    people, scores = attack(world, random.Random(seed), number)
    return [
        mask
        for mask in world.hidden()
        if people.imply(bits(mask)) or any(scores.imply(bits(each)) for each in world.quizzes(mask))
    ]


@pytest.mark.parametrize(("seed", "people", "least"), [(1, 44, 5), (2, 30, 3), (3, 48, 2)])
def test_no_small_group_follows_from_many_reports(
    database: sa.Connection, seed: int, people: int, least: int
) -> None:
    world = make_world(database, random.Random(seed), people, least)
    found = leaks(world, seed)
    assert not found, [world.members[mask.bit_length() - 1] for mask in found[:3]]


def test_the_reports_still_say_something(database: sa.Connection) -> None:
    """Hiding everything would be safe too."""
    world = make_world(database, random.Random(1), 44, 5)
    people, _ = attack(world, random.Random(1), 20)
    assert len(people.rows) > 3
    report = count(database, Filters(AS_OF), everywhere)
    assert report.total[Measure.ENROLLED] == 44
    assert any(row.figures for row in report.rows)


@contextmanager
def broken(monkeypatch: pytest.MonkeyPatch, blocks: Callable[..., list[int]]) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(parts, "blocks", blocks)
        patch.setattr(grading, "blocks", blocks)
        yield


def without_complement(cells: Sequence[Cell], least: int, **_: Any) -> list[int]:
    """Hides each small group by itself: the total minus the others tells of it."""
    together: dict[tuple[str, ...], int] = {}
    return [together.setdefault(cell.key[:6], len(together)) for cell in cells]


def unprotected(cells: Sequence[Cell], least: int, **_: Any) -> list[int]:
    return list(range(len(cells)))


@pytest.mark.parametrize("blocks", [without_complement, unprotected])
def test_the_attack_finds_what_is_not_protected(
    database: sa.Connection, monkeypatch: pytest.MonkeyPatch, blocks: Callable[..., list[int]]
) -> None:
    with broken(monkeypatch, blocks):
        world = make_world(database, random.Random(1), 44, 5)
        assert leaks(world, 1)
