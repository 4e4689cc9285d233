"""Which modules each release of a course has: what \"every module\" means for a registration."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from near_learn.content import Course, Library
from near_learn.records import progress
from near_learn.records.iris import Place
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


def module_lists(connection: Connection, course: str, release: str) -> list[tuple[str, ...]]:
    """The modules of the release a registration began with, and those of the newest release.

    Who has done either list has done the course: a module that is added later takes nothing from those who
    had finished, and one that is taken away later does not keep the others from finishing.
    """
    table = progress.release
    query = select(table.c.release, table.c.modules).where(table.c.course == course)
    rows = connection.execute(query.order_by(table.c.loaded_at, table.c.release)).all()
    return [tuple(row.modules) for row in rows if row.release == release or row is rows[-1]]


class KnownPlaces:
    """The courses and modules that any release has or had; statements about others don't count.

    Courses are never forgotten, so what was found once is kept in memory; what is not found is looked up
    again, because another process may have loaded a new release.
    """

    def __init__(self) -> None:
        self._modules: dict[str, set[str]] = {}

    def has(self, connection: Connection, place: Place) -> bool:
        """Whether the course, and the module if there is one, is ours."""
        if not self._remembers(place):
            self._look_up(connection, place.course)
        return self._remembers(place)

    def _remembers(self, place: Place) -> bool:
        modules = self._modules.get(place.course)
        return modules is not None and (not place.module or place.module in modules)

    def _look_up(self, connection: Connection, course: str) -> None:
        table = progress.release
        for (modules,) in connection.execute(select(table.c.modules).where(table.c.course == course)):
            self._modules.setdefault(course, set()).update(modules)
