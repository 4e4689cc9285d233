"""The self-assessment of practice: which statements it has, on which scale, and what people answered when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, literal, or_, select

from near_learn.content import Course, Module
from near_learn.outcomes import ground
from near_learn.outcomes.ground import Years
from near_learn.outcomes.parting import Part, merged
from near_learn.records.progress import answer, attempt, registration
from near_learn.reports.tally.terms import heirs

KIND = "diagnosis"
SCALE = "likert"


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
    found: dict[Taken, dict[Any, Part]] = {taken: {} for taken in Taken}
    known_heirs = heirs(connection)
    columns = ground.columns(years.of(registration.c.enrolled_at))
    nothing = (0.0,) * (4 * len(of.items))
    for row in connection.execute(_persons(of, columns)):
        place = ground.place(row, known_heirs)
        known = found[Taken(row.taken)]
        before = known.get(place)
        known[place] = Part(place, row.persons + (before.persons if before else 0), nothing)
    position = {item: 4 * number for number, item in enumerate(of.items)}
    sums: defaultdict[tuple[Taken, Any], list[float]] = defaultdict(lambda: [0.0] * len(nothing))
    for row in connection.execute(_answers(of, columns)):
        into = sums[Taken(row.taken), ground.place(row, known_heirs)]
        at = position[row.question] + (0 if row.phase == Taken.START else 2)
        into[at] += row.answers
        into[at + 1] += float(row.total)
    return {
        taken: merged(Part(key, part.persons, tuple(sums[taken, key])) for key, part in known.items())
        for taken, known in found.items()
    }


def _attempts(of: Instrument) -> Any:
    """For each registration the number of its first attempt before completing the course, and after."""
    at_end = and_(registration.c.completed_at.is_not(None), attempt.c.at >= registration.c.completed_at)
    start = func.min(case((~at_end, attempt.c.number)))
    end = func.min(case((at_end, attempt.c.number)))
    return (
        select(attempt.c.registration, start.label("start"), end.label("end"))
        .join(
            registration,
            and_(registration.c.registration == attempt.c.registration, registration.c.course == of.course),
        )
        .where(attempt.c.module == of.module.id, ground.first())
        .group_by(attempt.c.registration)
        .subquery("made")
    )


def _taken(made: Any) -> Any:
    return case(
        (made.c.end.is_(None), literal(str(Taken.START))),
        (made.c.start.is_(None), literal(str(Taken.END))),
        else_=literal(str(Taken.BOTH)),
    ).label("taken")


def _persons(of: Instrument, columns: list[Any]) -> Select[Any]:
    made = _attempts(of)
    source = made.join(registration, registration.c.registration == made.c.registration)
    query = select(*columns, _taken(made), func.count().label("persons")).select_from(source)
    return query.group_by(*ground.GROUP, "taken")


def _answers(of: Instrument, columns: list[Any]) -> Select[Any]:
    made = _attempts(of)
    phase = case((answer.c.attempt == made.c.start, str(Taken.START)), else_=str(Taken.END)).label("phase")
    value = case(*((answer.c.response == option, place) for option, place in of.values.items()))
    source = made.join(registration, registration.c.registration == made.c.registration).join(
        answer,
        and_(
            answer.c.registration == made.c.registration,
            answer.c.module == of.module.id,
            or_(answer.c.attempt == made.c.start, answer.c.attempt == made.c.end),
        ),
    )
    sums = (func.count().label("answers"), func.sum(value).label("total"))
    known = and_(answer.c.question.in_(of.items), answer.c.response.in_(of.values))
    query = select(*columns, _taken(made), phase, answer.c.question, *sums).select_from(source)
    return query.where(known).group_by(*ground.GROUP, "taken", "phase", "question")
