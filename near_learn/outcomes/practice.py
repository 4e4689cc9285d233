"""The self-assessment of practice: which statements it has, on which scale, and what people answered when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select

from near_learn.content import Course, Module
from near_learn.outcomes import ground
from near_learn.outcomes.ground import Place, Years
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


def parts(connection: Connection, of: Instrument, years: Years) -> dict[Taken, list[Part]]:
    """Who answered, by when they did. The sums are, for each statement in order: at the start the number of
    answers and their sum, then at the end the same. The year is that of the enrolment."""
    persons: dict[tuple[Taken, Place], int] = defaultdict(int)
    sums: dict[tuple[Taken, Place], list[float]] = defaultdict(lambda: [0.0] * (4 * len(of.items)))
    # The cell of each attempt that counts, and where its answers go: those at the end behind those before.
    cells: dict[tuple[str, int], tuple[list[float], int]] = {}
    for row in connection.execute(_attempts(of, years)):
        taken = Taken.START if row.end is None else Taken.END if row.start is None else Taken.BOTH
        cell = (taken, ground.place(row))
        persons[cell] += 1
        for number, shift in ((row.start, 0), (row.end, 2)):
            if number is not None:
                cells[row.registration, number] = (sums[cell], shift)
    place = {item: 4 * number for number, item in enumerate(of.items)}
    for name, number, packed in connection.execute(_answers(of)):
        found = cells.get((name, number))
        if found is None:
            continue
        into, shift = found
        for each in packed.split(BETWEEN):
            question, _, response = each.partition(EQUALS)
            at = place[question] + shift
            into[at] += 1
            into[at + 1] += of.values[response]
    made: dict[Taken, list[Part]] = {taken: [] for taken in Taken}
    for (taken, key), number in persons.items():
        made[taken].append(Part(key, number, tuple(sums[taken, key])))
    return made


def _attempts(of: Instrument, years: Years) -> Select[Any]:
    """For each registration the number of its first attempt before completing the course, and after."""
    at_end = and_(registration.c.completed_at.is_not(None), attempt.c.at >= registration.c.completed_at)
    made = (
        select(
            attempt.c.registration,
            func.min(case((~at_end, attempt.c.number))).label("start"),
            func.min(case((at_end, attempt.c.number))).label("end"),
        )
        .join(registration, registration.c.registration == attempt.c.registration)
        .where(attempt.c.module == of.module.id, registration.c.course == of.course)
        .group_by(attempt.c.registration)
        .subquery("made")
    )
    columns = ground.columns(years.of(registration.c.enrolled_at))
    source = made.join(entry, entry.c.registration == made.c.registration)
    source = source.join(registration, registration.c.registration == made.c.registration)
    return select(made, *columns).select_from(source).where(entry.c.first)


def _answers(of: Instrument) -> Select[Any]:
    """The answers of an attempt in one row each, because a row for each answer would be a million."""
    group = (answer.c.registration, answer.c.attempt)
    packed = func.aggregate_strings(answer.c.question + EQUALS + answer.c.response, BETWEEN)
    known = and_(answer.c.question.in_(of.items), answer.c.response.in_(of.values))
    return select(*group, packed).where(answer.c.module == of.module.id, known).group_by(*group)
