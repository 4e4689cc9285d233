"""Whose answers the figures are taken from: the latest first answers to a question, as one text was asked.

A sample of this size tells as much as all answers would, and is read in the same time however many there are.

Other reports tell of the same people: completion their scores in a quiz, knowledge gain those in a test. So
that no difference between them and the figures here is about a few people, some are left out: as many as a
group must have, and at most half of those who are told together elsewhere (see stratum.py). Whatever is then
subtracted, either these or as many others remain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import Connection, select

from near_learn.content import Course, Module
from near_learn.content_library import shelf
from near_learn.insight.stratum import Strata
from near_learn.records.progress import answer, module_progress, registration
from near_learn.reports.groups import NONE, Cell, blocks

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

    registration: str
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
        select(columns.registration, of.actor, of.language, columns.seen, columns.again)
        .join(registration, of.registration == columns.registration)
        .where(columns.module == module.id, of.course == course.id)
        .order_by(columns.last_at.desc())
        .limit(MOST)
    )
    return [
        Reading(row.registration, row.actor, row.language, tuple(row.seen), row.again)
        for row in connection.execute(query)
    ]


def languages(given: Collection[Given] | Collection[Reading]) -> list[str]:
    """The languages that somebody in the sample learns in, in order."""
    return sorted({each.language for each in given})


def protected(rows: Sequence[Row], language: str, least: int, strata: Strata) -> list[Row]:
    """The rows in LANGUAGE ("" is every one) without those that are left out; none where too few people would
    be left.

    Nor can fewer than LEAST people be found by subtracting what other languages show: see
    near_learn.reports.groups.
    """
    if least <= 1:
        return [row for row in rows if language in ("", row.language)]
    latest: dict[str, Row] = {}  # nobody counts twice
    for row in rows:
        latest.setdefault(row.actor, row)
    spare = _spare(latest.values(), strata)
    names = sorted({row.language for row in latest.values()})
    found = blocks([Cell((name,), len(spare.get(name, ()))) for name in names], least)
    together: defaultdict[int, list[str]] = defaultdict(list)
    for name, number in zip(names, found, strict=True):
        together[number].append(name)
    if NONE in together or (language and [language] not in together.values()):
        return []
    left_out: set[str] = set()
    for group in together.values():
        left_out |= {actor for _, _, actor in sorted(each for name in group for each in spare[name])[:least]}
    return [row for row in latest.values() if row.actor not in left_out and language in ("", row.language)]


def _spare(rows: Iterable[Row], strata: Strata) -> dict[str, list[tuple[int, str, str]]]:
    """By language: half of the people of each stratum, with their rank in it and a digest. The same people
    for every question that they have answered, as far as possible."""
    members: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        digest = sha256(row.actor.encode()).hexdigest()
        members[row.language, strata.get(row.registration, "")].append((digest, row.actor))
    found: dict[str, list[tuple[int, str, str]]] = {language: [] for language, _ in members}
    for (language, _), people in members.items():
        half = sorted(people)[: len(people) // 2]
        found[language] += [(rank, digest, actor) for rank, (digest, actor) in enumerate(half)]
    return found
