"""Who is told together in the other reports: blocks of people and, in them, who has taken which tests.

From each of these the trainers' figures leave somebody out (see sample.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, select

from near_learn.content import Course, Module
from near_learn.outcomes import pairs, practice
from near_learn.reports.tally.tables import entry
from xapi.sql.chunks import chunks

Strata = Mapping[str, str]


def of(connection: Connection, course: Course, module: Module, names: Collection[str]) -> Strata:
    """For each registration of NAMES a word that stands for its part of the other reports' figures.

    The tally is to be up to date.
    """
    found: dict[str, str] = {}
    for some in chunks(sorted(names)):
        blocks = select(entry.c.registration, entry.c.block, entry.c.first)
        for row in connection.execute(blocks.where(entry.c.registration.in_(some))):
            found[row.registration] = f"{row.block} {row.first:d}"
        for name, kind in _kinds(connection, course, module, some):
            found[name] = f"{found.get(name, '')} {kind}"
    return found


def _kinds(
    connection: Connection, course: Course, module: Module, names: Collection[str]
) -> Iterator[tuple[str, str]]:
    """What knowledge gain and practice tell apart among those who have taken this instrument."""
    tests = pairs.tests({course.id: course}).get(course.id)
    if tests and module.id in (tests.before, tests.after):
        for name in pairs.with_both(connection, tests, names):
            yield name, "both"
    asked = practice.instruments({course.id: course}).get(course.id)
    if asked and module.id == asked.module.id:
        yield from practice.taken_by(connection, asked, names)
