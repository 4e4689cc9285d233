"""Which modules each release of a course has: what \"every module\" means for a registration."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from near_learn.content import Course, Library
from near_learn.records import progress
from xapi.sql.upsert import insert_missing


def register(connection: Connection, library: Library) -> None:
    """Remembers the present release of every course."""
    for course in library.courses.values():
        remember(connection, course)


def remember(connection: Connection, course: Course) -> None:
    """Remembers this release of the course; a release that is known already keeps its row."""
    row = {
        "course": course.id,
        "release": course.release,
        "modules": [module.id for module in course.modules],
        "title": dict(course.title),
        "loaded_at": datetime.now(UTC),
    }
    insert_missing(connection, progress.release, [row])


def module_lists(connection: Connection, course: str, release: str) -> dict[str, tuple[str, ...]]:
    """The modules of the release a registration began with, and those of the newest, by release.

    Who has done either list has done the course: a module that is added later takes nothing from those who
    had finished, and one that is taken away later does not keep the others from finishing.
    """
    table = progress.release
    query = select(table.c.release, table.c.modules).where(table.c.course == course)
    rows = connection.execute(query.order_by(table.c.loaded_at, table.c.release)).all()
    return {row.release: tuple(row.modules) for row in rows if row.release == release or row is rows[-1]}


def title(connection: Connection, course: str) -> dict[str, str]:
    """The course's title by language, of its newest release; nothing for an unknown course."""
    table = progress.release
    query = select(table.c.title).where(table.c.course == course)
    newest = connection.execute(query.order_by(table.c.loaded_at.desc(), table.c.release.desc()).limit(1))
    return dict(newest.scalar() or {})
