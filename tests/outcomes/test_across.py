"""Nobody learns of a few people by adding and subtracting the figures of different kinds of report.

Every figure is an equation: whose value it is the sum of. The equations of one quantity (who did it, a score
in a test, an answer) are put together, whichever reports they come from. An equation that follows from them
and has fewer people in it than a group must have would tell of these. Whether there is one is decided
exactly: equations are what is orthogonal to their null space, so there is one about a set of people when
their columns in the null space depend on each other.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import insert, select

from near_learn import Settings
from near_learn.content import Course, load
from near_learn.insight import sample, stratum
from near_learn.insight.sample import Given
from near_learn.outcomes import block_sums, pairs, participant, participants, practice, upkeep
from near_learn.outcomes.block_sums import Kind
from near_learn.outcomes.ground import place
from near_learn.outcomes.participant import About
from near_learn.outcomes.parting import Part, Parted
from near_learn.outcomes.upkeep import Definitions
from near_learn.records.progress import release
from near_learn.reports.tally.refresh import recount
from near_learn.reports.tally.tables import block, entry, step, sums
from near_learn.reports.tally.terms import Terms
from tests.outcomes.conftest import NOW, ZONE, Programme, days_ago

# What is counted, both databases are asked in the other tests; here it is who is put together.
pytestmark = pytest.mark.parametrize("empty_tables", ["sqlite"], indirect=True)

PRIME = 2**61 - 1
PRE, POST, SELF = "transfer-pre-test", "transfer-post-test", "practice-diagnosis"
Vector = Mapping[str, int]  # a number for each unknown that is not 0


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A shipped course with tests, a self-assessment and quizzes."""
    folder = tmp_path_factory.mktemp("courses")
    shutil.copytree(Settings().courses / "transfer", folder / "transfer")
    return load(folder).courses["transfer"]


@dataclass
class World:
    """Registrations in blocks, with what each of them did."""

    connection: sa.Connection
    course: Course
    least: int
    people: dict[str, Any]  # by registration: the entry, the actor, and which instruments were taken

    def among(self, number: int, took: Callable[[Any], bool] = lambda _: True) -> set[str]:
        """Who is in a block and took something."""
        return {name for name, each in self.people.items() if each.block == number and took(each)}


def make(database: sa.Connection, course: Course, seed: int, least: int, *, alike: bool = False) -> World:
    """Some dozen people, most alike and some rare. ALIKE: each is registered once and does everything."""
    rng = random.Random(seed)
    programme = Programme(database)
    modules = [module.id for module in course.modules]
    shared = {"course": "transfer", "title": {}, "loaded_at": NOW, "structure": ""}
    instruments = [module.id for module in course.instruments]
    row = {**shared, "release": "r1", "modules": modules, "instruments": instruments}
    database.execute(insert(release), row)
    took: dict[str, set[str]] = {}
    actors: dict[str, str] = {}
    for number in range(44):
        actor = f"person-{rng.randrange(44) if not alike and rng.random() < 0.3 else number}"
        whole = alike or rng.random() < 0.7
        id_ = programme.person(
            actor=actor,
            course="transfer" if alike or rng.random() < 0.8 else "garden",
            region=rng.choice(("ES220", "ES220", "ES220", "ES211", "FI1C6", "")),
            organisation=rng.choice(("red", "red", "blue", "")),
            cohort=rng.choice(("spring", "spring", "autumn")),
            language=rng.choice(("es", "es", "es", "fi")),
            enrolled_at=days_ago(rng.choice((1, 2, 3, 35, 36, 250, 260))),
            completed_at=days_ago(0.5) if whole else None,
        )
        actors[id_] = actor
        took[id_] = {name for name in (PRE, POST, SELF, "again", "quiz") if alike or rng.random() < 0.75}
        record(programme, id_, took[id_], modules[0])
        participant.tell(database, actor, {About.GENDER: rng.choice(("woman", "man", ""))}, NOW)
    recount(database, Terms(ZONE, least))
    upkeep.refresh(database, Definitions.of({"transfer": course}))
    people = {
        row.registration: SimpleNamespace(
            **row._mapping, actor=actors[row.registration], took=took[row.registration]
        )
        for row in database.execute(select(entry))
    }
    return World(database, course, least, people)


def record(programme: Programme, id_: str, took: set[str], quiz: str) -> None:
    for name, days in ((PRE, 0.9), (POST, 0.4)):
        if name in took:
            programme.test(id_, name, 0.5, days_ago(days))
    if "quiz" in took:
        programme.test(id_, quiz, 0.5, days_ago(0.8))
    if SELF in took:
        programme.assessed(id_, SELF, 1, days_ago(0.9), {"aim-first": "o2"})
    if "again" in took:
        programme.assessed(id_, SELF, 2, days_ago(0.3), {"aim-first": "o4"})


# --- whom figures are about: the sets that each report adds up ------------------------------------------


def of_completion(world: World) -> Iterator[set[str]]:
    """The blocks that are told."""
    for number in world.connection.scalars(select(block.c.id).where(block.c.told)):
        yield world.among(number)


def of_scores(world: World) -> Iterator[set[str]]:
    """The groups of blocks whose scores in the quiz are told."""
    quiz = world.course.modules[0].id
    query = select(block.c.scores, sa.func.sum(sums.c.scored_persons)).join(sums, sums.c.block == block.c.id)
    query = query.where(block.c.told, sums.c.module == quiz, block.c.scores.is_not(None))
    graded = select(step.c.registration).where(step.c.module == quiz, step.c.first_score.is_not(None))
    having = set(world.connection.scalars(graded))
    for number, persons in world.connection.execute(query.group_by(block.c.scores)).all():
        blocks = world.connection.scalars(select(block.c.id).where(block.c.scores == number)).all()
        if persons >= world.least:
            yield having & set().union(*(world.among(each) for each in blocks))


def members(world: World, parts: Iterable[Part], who: set[str]) -> list[Part]:
    """The parts, with whom they have as their sum, one bit each; and that these are as many as they say."""
    found = []
    order = {name: number for number, name in enumerate(world.people)}
    for part in parts:
        mine = {
            name
            for name in who & world.among(part.block)
            if place(SimpleNamespace(**vars(world.people[name]), year=world.people[name].month[:4]))
            == part.key
        }
        assert len(mine) == part.persons
        found.append(replace(part, sums=(sum(1 << order[name] for name in mine),)))
    return found


def groups(world: World, parts: list[Part]) -> Iterator[set[str]]:
    """Whom a figure of these parts is about at least."""
    for number, each in Parted(parts, world.least).groups.items():
        if number >= 0:
            mask = sum(int(part.sums[0]) for part in each)
            yield {name for place, name in enumerate(world.people) if mask >> place & 1}


def in_course(world: World, took: Callable[[Any], bool]) -> set[str]:
    return {
        name for name, each in world.people.items() if each.course == "transfer" and each.first and took(each)
    }


def told_rows(world: World, kind: Kind) -> list[block_sums.Row]:
    course = "" if kind is Kind.PARTICIPANTS else "transfer"
    return [row for row in block_sums.load(world.connection, kind, course) if row.block >= 0]


def of_pairs(world: World) -> list[Part]:
    matched, _ = pairs.parts(told_rows(world, Kind.GAIN))
    return members(world, matched, in_course(world, lambda each: {PRE, POST} <= each.took))


def of_answers(world: World) -> list[list[Part]]:
    """Of those who answered at the start and at the end, at the start only, at the end only."""
    done = set(
        world.connection.scalars(sa.text("SELECT registration FROM registration WHERE completed_at NOT NULL"))
    )
    instrument = practice.instruments({"transfer": world.course})["transfer"]
    kinds: dict[practice.Taken, set[str]] = {taken: set() for taken in practice.Taken}
    for name in in_course(world, lambda each: {SELF, "again"} & each.took):
        late = "again" in world.people[name].took and name in done
        early = SELF in world.people[name].took or not late
        taken = (
            practice.Taken.BOTH if early and late else practice.Taken.START if early else practice.Taken.END
        )
        kinds[taken].add(name)
    parts = practice.parts(told_rows(world, Kind.PRACTICE), instrument)
    return [members(world, parts[taken], kinds[taken]) for taken in practice.Taken]


def of_participants(world: World) -> Iterator[set[str]]:
    """The persons of each group of participants, by their first registration."""
    for group in participants._groups(told_rows(world, Kind.PARTICIPANTS), world.least):
        if group.told:
            yield {name for name in first(world) if world.people[name].block in group.blocks}


def first(world: World) -> set[str]:
    """Each person's first registration of all."""
    query = sa.text("SELECT registration, actor FROM registration ORDER BY enrolled_at, registration")
    found: dict[str, str] = {}
    for name, actor in world.connection.execute(query):
        found.setdefault(actor, name)
    return set(found.values())


def of_insight(world: World, module: str, took: Callable[[Any], bool]) -> Iterator[set[str]]:
    """Whose answers a trainer sees, in all languages and in each."""
    rows = [
        Given(name, each.actor, each.language, "o1", True, 1.0, None, 1)
        for name, each in world.people.items()
        if each.course == "transfer" and took(each)
    ]
    found = world.course.module(module)
    strata = stratum.of(world.connection, world.course, found, {row.registration for row in rows})
    for language in ("", "es", "fi"):
        shown = sample.protected(rows, language, world.least, strata)
        if shown:
            yield {row.registration for row in shown}


# --- what follows from them -------------------------------------------------------------------------------


def sets(found: Iterable[set[str]]) -> list[Vector]:
    return [dict.fromkeys(each, 1) for each in found]


def null_space(equations: Iterable[Vector], unknowns: Sequence[str]) -> dict[str, list[int]]:
    """The column of each unknown in a basis of all that is orthogonal to the equations, modulo a prime."""
    rows: dict[str, dict[str, int]] = {}  # by their pivot, which stands in no other row
    for equation in equations:
        rest = dict(equation)
        for pivot, row in rows.items():
            rest = less(rest, row, rest.get(pivot, 0))
        pivot = next((name for name, value in rest.items() if value), "")
        if pivot:
            inverse = pow(rest[pivot], -1, PRIME)
            rest = {name: value * inverse % PRIME for name, value in rest.items() if value}
            rows = {name: less(row, rest, row.get(pivot, 0)) for name, row in rows.items()} | {pivot: rest}
    free = [name for name in unknowns if name not in rows]
    columns = {name: [int(name == other) for other in free] for name in free}
    columns |= {pivot: [-row.get(other, 0) % PRIME for other in free] for pivot, row in rows.items()}
    # Some random mixtures of the rows are as good as all, if they are more than unknowns are looked at.
    rng = random.Random(5)
    mixtures = [[rng.randrange(PRIME) for _ in free] for _ in range(14)]
    return {
        name: [sum(a * b for a, b in zip(mixture, column, strict=True)) % PRIME for mixture in mixtures]
        for name, column in columns.items()
    }


def less(rest: Mapping[str, int], row: Mapping[str, int], times: int) -> dict[str, int]:
    if not times:
        return dict(rest)
    found = {name: (rest.get(name, 0) - times * row.get(name, 0)) % PRIME for name in {*rest, *row}}
    return {name: value for name, value in found.items() if value}


def depend(columns: Iterable[Sequence[int]]) -> bool:
    rows: list[list[int]] = []
    for column in columns:
        rest = list(column)
        for row in rows:
            pivot = next(place for place, value in enumerate(row) if value)
            times = rest[pivot] * pow(row[pivot], -1, PRIME)
            rest = [(value - times * other) % PRIME for value, other in zip(rest, row, strict=True)]
        if not any(rest):
            return True
        rows.append(rest)
    return False


def leaks(world: World, *equations: Iterable[Vector]) -> list[tuple[str, ...]]:
    """Sets of fewer people than allowed about whom the equations tell something, together."""
    known = [vector for each in equations for vector in each]
    assert known, "nothing is told at all"
    unknowns = sorted({name for vector in known for name in vector})
    columns = null_space(known, unknowns)
    of_person: defaultdict[str, list[str]] = defaultdict(list)
    for name in unknowns:
        of_person[world.people[name].actor if name in world.people else name].append(name)
    size = world.least - 1
    return [
        some
        for some in combinations(sorted(of_person), min(size, len(of_person)))
        if depend(columns[name] for actor in some for name in of_person[actor])
    ]


SEEDS = [(1, 3), (2, 4), (4, 2)]


@pytest.mark.parametrize(("seed", "least"), SEEDS)
def test_where_everybody_does_everything_all_reports_together_are_about_whole_groups(
    database: sa.Connection, course: Course, seed: int, least: int
) -> None:
    world = make(database, course, seed, least, alike=True)
    kinds = [of_completion(world), groups(world, of_pairs(world)), groups(world, of_answers(world)[0])]
    kinds += [of_participants(world), of_scores(world), of_insight(world, PRE, lambda _: True)]
    told = [sets(each) for each in kinds]
    assert all(told)
    assert leaks(world, *told) == []


@pytest.mark.parametrize(("seed", "least"), SEEDS)
def test_what_two_kinds_of_report_tell_of_the_same_thing(
    database: sa.Connection, course: Course, seed: int, least: int
) -> None:
    world = make(database, course, seed, least)
    quiz = course.modules[0].id
    asked = of_insight(world, PRE, lambda each: PRE in each.took)
    assert leaks(world, sets(groups(world, of_pairs(world))), sets(asked)) == []
    asked = of_insight(world, quiz, lambda each: "quiz" in each.took)
    assert leaks(world, sets(of_scores(world)), sets(asked)) == []
    asked = of_insight(world, SELF, lambda each: SELF in each.took)
    answers = [sets(groups(world, parts)) for parts in of_answers(world)]
    assert leaks(world, *answers, sets(asked)) == []
    assert leaks(world, sets(of_completion(world)), leavers(world)) == []


def leavers(world: World) -> list[Vector]:
    """Who has completed anything: of a person with several registrations an unknown of its own."""
    times = Counter(each.actor for each in world.people.values())
    actors = {name: each.actor for name, each in world.people.items()}
    return [
        {actors[name] if times[actors[name]] > 1 else name: 1 for name in group}
        for group in of_participants(world)
    ]


# --- the attack finds what is not protected --------------------------------------------------------------


def test_a_division_of_their_own_is_found(database: sa.Connection, course: Course) -> None:
    """Each kind of report hides its small groups well, and together they tell of some."""
    world = make(database, course, 1, 3, alike=True)
    by_place: dict[Any, Part] = {}
    for part in of_pairs(world):
        known = by_place.get(part.key)
        by_place[part.key] = replace(part + known if known else part, block=len(by_place))
    assert leaks(world, sets(of_completion(world)), sets(groups(world, list(by_place.values()))))


def test_a_sample_of_everybody_is_found(
    database: sa.Connection, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everybody(rows: list[Given], language: str, *_: Any) -> list[Given]:
        return [row for row in rows if language in ("", row.language)]

    world = make(database, course, 1, 3)
    monkeypatch.setattr(sample, "protected", everybody)
    asked = of_insight(world, world.course.modules[0].id, lambda each: "quiz" in each.took)
    assert leaks(world, sets(of_scores(world)), sets(asked))


def test_persons_counted_beside_registrations_are_found(
    database: sa.Connection, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make(database, course, 1, 3)
    monkeypatch.setattr(participants, "SEVERAL", participants.PERSONS)
    assert leaks(world, sets(of_completion(world)), leavers(world))
