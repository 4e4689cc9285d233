"""Which modules each release of a course has: what "every module" means for a registration."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from near_learn.content import Course, Library
from near_learn.content.release import Release
from near_learn.records import progress
from xapi.sql import driver
from xapi.sql.lookup import find
from xapi.sql.upsert import insert_missing, insert_or_replace

_NAMES = ("course", "release", "modules", "loaded_at")
_KNOWN = "SELECT 1 FROM release WHERE course = ? AND release = ?"


def register(connection: Connection, library: Library) -> None:
    """Remembers the present state of every course, also of those that were never published."""
    for course in library.courses.values():
        remember(connection, course)


def remember(connection: Connection, course: Course) -> None:
    """Remembers this state of the course; a release that is known already keeps its row."""
    if driver.rows(connection, _KNOWN, (course.id, course.release)):
        return
    row = {
        "course": course.id,
        "release": course.release,
        "modules": [module.id for module in course.modules],
        "instruments": [module.id for module in course.instruments],
        "structure": course.structure,
        "title": dict(course.title),
        "loaded_at": datetime.now(UTC),
    }
    insert_missing(connection, progress.release, [row])


def published(connection: Connection, releases: Iterable[Release]) -> None:
    """Remembers published releases, with when that was: the latest is the newest of its course."""
    rows: list[dict[str, Any]] = [
        {
            "course": each.course,
            "release": each.id,
            "modules": list(each.modules),
            "instruments": list(each.instruments),
            "structure": each.structure,
            "title": dict(each.title),
            "loaded_at": each.published_at,
        }
        for each in releases
    ]
    insert_or_replace(connection, progress.release, rows)


Modules = dict[str, tuple[str, ...]]
"""By release, the oldest one first."""


def of_courses(connection: Connection, courses: Collection[str]) -> dict[str, Modules]:
    """The modules of every release of each of the courses."""
    found: dict[str, Modules] = {course: {} for course in courses}
    rows = find(connection, progress.release, _NAMES, course=sorted(courses))
    for row in sorted(rows, key=lambda row: (row.loaded_at, row.release)):
        found[row.course][row.release] = tuple(row.modules)
    return found


def that_count(modules: Modules, release: str) -> Modules:
    """The modules of the release a registration is on, and those of the newest, by release.

    Who has done either list has done the course: a module that is added later takes nothing from those who
    had finished, and one that is taken away later does not keep the others from finishing. Instruments are
    in neither list.
    """
    newest = next(reversed(modules), None)
    return {name: some for name, some in modules.items() if name in (release, newest)}


def title(connection: Connection, course: str) -> dict[str, str]:
    """The course's title by language, of its newest release; nothing for an unknown course."""
    table = progress.release
    query = select(table.c.title).where(table.c.course == course)
    newest = connection.execute(query.order_by(table.c.loaded_at.desc(), table.c.release.desc()).limit(1))
    return dict(newest.scalar() or {})
