"""The self-assessment of practice: which statements it has, on which scale, and what people answered when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from near_learn.content import Course, Module
from near_learn.outcomes import ground
from near_learn.outcomes.block_sums import Row, Where
from near_learn.outcomes.parting import Part
from near_learn.records.progress import answer, attempt, registration
from near_learn.reports.tally.tables import entry

KIND = "diagnosis"
SCALE = "likert"
# Neither can be in an id.
EQUALS, BETWEEN = "=", ","


class Taken(StrEnum):
    """When somebody made the self-assessment: before completing the course, after, or both."""

    BOTH = "both"
    START = "start"
    END = "end"


TAKEN = tuple(Taken)


@dataclass(frozen=True)
class Dimension:
    """What several statements are about: the objective that they name, or else a statement of its own."""

    number: int
    items: tuple[str, ...]


@dataclass(frozen=True)
class Instrument:
    """A self-assessment: its statements in order, and the place of each option on the scale, from 1."""

    course: str
    module: Module
    dimensions: tuple[Dimension, ...]
    items: tuple[str, ...]
    values: Mapping[str, int]
    highest: int

    def title(self, dimension: Dimension, language: str) -> str:
        """What a dimension is called: the objective in the front matter, or the statement."""
        text = self.module.text(language)
        if dimension.number:
            return text.objectives[dimension.number - 1]
        return self.wording(dimension.items[0], language)

    def wording(self, item: str, language: str) -> str:
        """A statement, as it was put to people."""
        return next(question.title for question in self.module.text(language).quiz if question.id == item)


def instruments(courses: Mapping[str, Course]) -> dict[str, Instrument]:
    """The self-assessment of each course that has one, by course."""
    found = {}
    for id_, course in courses.items():
        for module in course.instruments:
            if module.kind == KIND and (made := _instrument(id_, module)):
                found[id_] = made
    return found


def _instrument(course: str, module: Module) -> Instrument | None:
    questions = [question for question in module.text("en").quiz if question.kind == SCALE]
    if not questions:
        return None
    objectives = module.text("en").objectives
    of: defaultdict[int, list[str]] = defaultdict(list)
    alone = []
    for question in questions:
        if question.objective and question.objective <= len(objectives):
            of[question.objective].append(question.id)
        else:
            alone.append(Dimension(0, (question.id,)))
    dimensions = [Dimension(number, tuple(items)) for number, items in sorted(of.items())]
    values = {option.id: place for question in questions for place, option in enumerate(question.options, 1)}
    items = tuple(question.id for question in questions)
    return Instrument(course, module, (*dimensions, *alone), items, values, max(values.values()))


def figures(connection: Connection, of: Instrument, blocks: Sequence[int]) -> dict[Where, list[float]]:
    """The figures of each place in these blocks, also where only others of the block answered: how many
    people are there of each of TAKEN; then for each of these, and each statement in order, the number of
    answers at the start and their sum, then at the end the same."""
    made = connection.execute(attempts(of, entry.c.block.in_(blocks))).all()
    if not made:
        return {}
    width = 4 * len(of.items)
    mine = sorted({row.tally_block for row in made})
    found: dict[Where, list[float]] = {
        where: [0] * (len(Taken) * (1 + width)) for where in ground.places(connection, of.course, mine)
    }
    # The figures that each attempt that counts goes into, and from which place on.
    into: dict[tuple[str, int], tuple[list[float], int]] = {}
    for row in made:
        place = TAKEN.index(_taken(row))
        mine_too = found[ground.where(row)]
        mine_too[place] += 1
        for number, shift in ((row.start, 0), (row.end, 2)):
            if number is not None:
                into[row.registration, number] = mine_too, len(Taken) + place * width + shift
    order = {item: 4 * number for number, item in enumerate(of.items)}
    for name, number, packed in connection.execute(_answers(of, blocks)):
        if (name, number) in into:
            sums, first = into[name, number]
            for each in packed.split(BETWEEN):
                question, _, response = each.partition(EQUALS)
                sums[first + order[question]] += 1
                sums[first + order[question] + 1] += of.values[response]
    return found


def parts(rows: Iterable[Row], of: Instrument) -> dict[Taken, list[Part]]:
    """Who answered, by when they did. The sums are those of `figures`."""
    width = 4 * len(of.items)
    made: dict[Taken, list[Part]] = {taken: [] for taken in TAKEN}
    for row in rows:
        for place, taken in enumerate(TAKEN):
            first = len(Taken) + place * width
            sums = tuple(row.figures[first : first + width])
            made[taken].append(Part(row.place, int(row.figures[place]), sums, row.block))
    return made


def taken_by(connection: Connection, of: Instrument, names: Collection[str]) -> Iterator[tuple[str, Taken]]:
    """When each of these registrations made the self-assessment, if it did."""
    for row in connection.execute(attempts(of, entry.c.registration.in_(names))):
        yield row.registration, _taken(row)


def _taken(row: Any) -> Taken:
    return Taken.START if row.end is None else Taken.END if row.start is None else Taken.BOTH


def attempts(of: Instrument, mine: ColumnElement[bool]) -> Select[Any]:
    """The number of each registration's first attempt before completing the course, and after; of those whose
    entry is MINE."""
    at_end = and_(registration.c.completed_at.is_not(None), attempt.c.at >= registration.c.completed_at)
    start, end = func.min(case((~at_end, attempt.c.number))), func.min(case((at_end, attempt.c.number)))
    columns = ground.columns()
    source = entry.join(registration, registration.c.registration == entry.c.registration)
    source = source.join(
        attempt, and_(attempt.c.registration == entry.c.registration, attempt.c.module == of.module.id)
    )
    return (
        select(entry.c.registration, *columns, start.label("start"), end.label("end"))
        .select_from(source)
        .where(mine, entry.c.course == of.course, entry.c.first)
        .group_by(entry.c.registration, *ground.GROUP)
    )


def _answers(of: Instrument, blocks: Sequence[int]) -> Select[Any]:
    """The answers of an attempt in one row each, because a row for each answer would be a million."""
    group = (answer.c.registration, answer.c.attempt)
    packed = func.aggregate_strings(answer.c.question + EQUALS + answer.c.response, BETWEEN)
    known = and_(answer.c.question.in_(of.items), answer.c.response.in_(of.values))
    source = entry.join(
        answer, and_(answer.c.registration == entry.c.registration, answer.c.module == of.module.id)
    )
    mine = and_(entry.c.block.in_(blocks), entry.c.course == of.course, entry.c.first)
    return select(*group, packed).select_from(source).where(mine, known).group_by(*group)
