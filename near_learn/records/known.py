"""Which courses, modules and regions there are: what statements say of others does not count."""

from __future__ import annotations

from sqlalchemy import Connection, select

from near_learn.people.region import Region
from near_learn.records import progress
from near_learn.records.iris import Place


class Known:
    """Asks the database, and remembers what was found.

    Nothing that was found is ever taken away, so remembering it is safe. What was not found is looked up
    again: another process may have loaded a new release.
    """

    def __init__(self) -> None:
        self._modules: dict[str, set[str]] = {}
        self._regions: set[str] = set()

    def place(self, connection: Connection, place: Place) -> bool:
        """Whether any release has or had the course, and the module or instrument if there is one."""
        if self._remembers(place):
            return True
        table = progress.release
        query = select(table.c.modules, table.c.instruments).where(table.c.course == place.course)
        for modules, instruments in connection.execute(query):
            self._modules.setdefault(place.course, set()).update(modules, instruments)
        return self._remembers(place)

    def region(self, connection: Connection, code: str) -> bool:
        """Whether the code is one of NUTS 2021 or 2024."""
        if code not in self._regions:
            if connection.scalar(select(Region.code).where(Region.code == code)) is None:
                return False
            self._regions.add(code)
        return True

    def _remembers(self, place: Place) -> bool:
        modules = self._modules.get(place.course)
        return modules is not None and (not place.module or place.module in modules)
