"""Who reads a report: what they may see, and whether what they ask for exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext
from sqlalchemy import ColumnElement, Connection, exists, false, or_, select, true

from near_learn.languages import LANGUAGES
from near_learn.people import region, territory
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort, Person
from near_learn.records.progress import module_progress, registration
from near_learn.reports.facts import Within, recorded_regions
from near_learn.reports.filters import AsOf, FilterError, Filters, level_of, parse
from near_learn.reports.names import CourseName, releases_of

FORBIDDEN = 403


@dataclass(frozen=True)
class Reader:
    """`territory` is the region of a manager, "" for everywhere; `organisation` the one they answer for."""

    territory: str
    organisation: str
    visible: Within
    sees: Callable[[str, str], bool]

    @classmethod
    def of(cls, person: Person) -> Reader:
        """The reader that PERSON is."""
        mine = territory.of(person)
        return cls(mine.region, mine.organisation, mine.limits, mine.covers)

    @classmethod
    def unlimited(cls) -> Reader:
        """The reader on the server's own command line."""
        return cls("", "", territory.EVERYWHERE.limits, territory.EVERYWHERE.covers)

    def ask(
        self,
        connection: Connection,
        values: Mapping[str, str],
        as_of: AsOf,
        courses: Mapping[str, CourseName],
    ) -> Filters:
        """The filters that VALUES ask for. Raises FilterError when one cannot be read or names something
        that does not exist, and with status 403 for a region outside the reader's territory."""
        if any("\0" in value for value in values.values()):
            raise FilterError({"": gettext("The address contains characters that no name has.")})
        filters = parse(values, as_of, self.territory)
        problems = _unknown_course(connection, filters, courses)
        problems |= _unknown(connection, filters)
        if filters.organisation and self.organisation not in ("", filters.organisation):
            text = gettext("You answer for another organisation than this one.")
            raise FilterError({"organisation": text}, FORBIDDEN)
        if filters.region:
            filters = replace(filters, region=self._region(filters.region, problems))
        if problems:
            raise FilterError(problems)
        return filters

    def _region(self, code: str, problems: dict[str, str]) -> str:
        """CODE, or its only successor when it is of NUTS 2021: reports are in the edition 2024."""
        heirs = region.successors(code)
        if not heirs:
            problems["region"] = gettext("There is no NUTS region with the code “%(code)s”.", code=code)
        elif not self.may_choose(code):
            text = gettext("The region %(code)s is outside your territory.", code=code)
            raise FilterError({"region": text}, FORBIDDEN)
        return heirs[0] if len(heirs) == 1 else code

    def may_choose(self, code: str) -> bool:
        """Whether a region lies in the territory. Of an organisation, every region may hold a part."""
        return bool(self.organisation) or self.sees(code, "")

    def regions(self, connection: Connection) -> list[str]:
        """Codes worth choosing: where somebody whom the reader may see is registered, and the regions above
        as far as the territory reaches."""
        found: set[str] = set()
        for code in connection.scalars(recorded_regions(self.visible)):
            above = range(level_of(self.territory) + 2 if self.territory else 2, len(code) + 1)
            found.update(code[:length] for length in above)
        return sorted(code for code in found if code.startswith(self.territory) or self.sees(code, ""))


def _unknown_course(
    connection: Connection, filters: Filters, courses: Mapping[str, CourseName]
) -> dict[str, str]:
    known = courses.get(filters.course)
    if filters.course and known is None:
        return {"course": gettext("There is no course “%(id)s”.", id=filters.course)}
    if filters.module and known and filters.module not in known.modules:
        # A module that no release of ours has may still have been taken elsewhere.
        taken = exists().where(module_progress.c.module == filters.module)
        if not connection.scalar(select(taken)):
            return {"module": gettext("There is no module “%(id)s” in this course.", id=filters.module)}
    if filters.release and filters.release not in releases_of(connection, filters.course):
        return {"release": gettext("There is no release “%(id)s” of this course.", id=filters.release)}
    return {}


def _unknown(connection: Connection, filters: Filters) -> dict[str, str]:
    """A sentence for each choice that neither our tables nor any registration knows."""
    columns = registration.c
    known: dict[str, tuple[str, ColumnElement[bool]]] = {
        "organisation": (
            filters.organisation,
            exists().where(Organisation.id == filters.organisation),
        ),
        "cohort": (filters.cohort, exists().where(Cohort.id == filters.cohort)),
        "course_language": (filters.language, true() if filters.language in LANGUAGES else false()),
    }
    sentences = {
        "organisation": lambda value: gettext("There is no organisation “%(id)s”.", id=value),
        "cohort": lambda value: gettext("There is no cohort “%(id)s”.", id=value),
        "course_language": lambda value: gettext("Nobody is registered in the language “%(id)s”.", id=value),
    }
    problems = {}
    for name, (value, ours) in known.items():
        column = columns[name.removeprefix("course_")]
        if value and not connection.scalar(select(or_(ours, exists().where(column == value)))):
            problems[name] = sentences[name](value)
    return problems
