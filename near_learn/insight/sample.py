"""Whose answers the figures are taken from: the latest first answers to a question, as one text was asked.

A sample of this size tells as much as all answers would, and is read in the same time however many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, select

from near_learn.content import Course, Module
from near_learn.content_library import shelf
from near_learn.records.progress import answer, module_progress, registration
from near_learn.reports.groups import Cell, blocks

MOST = 2000


@dataclass(frozen=True)
class Given:
    """One learner's first answer. `actor` serves to count different people and goes nowhere else."""

    registration: str
    actor: str
    language: str
    response: str
    success: bool | None
    score: float | None
    seconds: float | None
    tries: int


@dataclass(frozen=True)
class Reading:
    """The sections of a module that one learner has read, and how often each once more."""

    actor: str
    language: str
    seen: tuple[str, ...]
    again: dict[str, int]


Row = TypeVar("Row", Given, Reading)


def alike(course: Course, module: Module) -> tuple[str, ...]:
    """The releases whose answers mean what they mean in the current one."""
    known = [each.id for each in shelf().history(course.id) if each.quizzes.get(module.id) == module.quiz_key]
    return tuple({course.release, *known})


def first_answers(
    connection: Connection, course: Course, module: Module, question: str, *, attempt: int
) -> list[Given]:
    """The latest first answers to a question of the quiz (attempt 1) or in the text (attempt 0)."""
    columns, of = answer.c, registration.c
    query = (
        select(
            columns.registration,
            of.actor,
            of.language,
            columns.response,
            columns.success,
            columns.score,
            columns.seconds,
            columns.tries,
        )
        .join(registration, of.registration == columns.registration)
        .where(
            columns.module == module.id,
            columns.question == question,
            columns.attempt == attempt,
            columns.release.in_(alike(course, module)),
            of.course == course.id,
        )
        .order_by(columns.at.desc())
        .limit(MOST)
    )
    return [Given(*row) for row in connection.execute(query)]


def readings(connection: Connection, course: Course, module: Module) -> list[Reading]:
    """What the latest readers of a module have read."""
    columns, of = module_progress.c, registration.c
    query = (
        select(of.actor, of.language, columns.seen, columns.again)
        .join(registration, of.registration == columns.registration)
        .where(columns.module == module.id, of.course == course.id)
        .order_by(columns.last_at.desc())
        .limit(MOST)
    )
    return [Reading(row.actor, row.language, tuple(row.seen), row.again) for row in connection.execute(query)]


def languages(given: Collection[Given] | Collection[Reading]) -> list[str]:
    """The languages that somebody in the sample learns in, in order."""
    return sorted({each.language for each in given})


def protected(rows: Sequence[Row], language: str, least: int) -> list[Row]:
    """The rows in LANGUAGE ("" is every one), or none where they are of fewer than LEAST people.

    Nor can they be found by subtracting what other languages show: see near_learn.reports.groups.
    """
    home: dict[str, str] = {}  # nobody counts twice
    for row in rows:
        home.setdefault(row.actor, row.language)
    if len(home) < max(least, 1):
        return []
    if not language:
        return list(rows)
    people = Counter({each.language: 0 for each in rows})
    people.update(home.values())
    names = sorted(people)
    found = dict(zip(names, blocks([Cell((name,), people[name]) for name in names], least), strict=True))
    alone = [name for name, block in found.items() if block == found.get(language)] == [language]
    return [row for row in rows if row.language == language] if alone else []
