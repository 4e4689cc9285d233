"""What people call the things in a report: regions, courses, modules, cohorts, measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import format_date, gettext, lazy_gettext, ngettext
from sqlalchemy import Connection, func, select

from near_learn.cmi5.course import unit_title
from near_learn.content import Course, Module
from near_learn.content_library import library
from near_learn.people import region
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort
from near_learn.people.region import Region
from near_learn.records.progress import registration, release
from near_learn.reports.completion import Report, Row
from near_learn.reports.filters import By, Filters, level_of
from near_learn.reports.measures import Measure
from near_learn.reports.tally.tables import block, cell

MANY = 200  # names
EDITION = "2024"  # of NUTS, in which reports name regions

MEASURES: Mapping[Measure, object] = {
    Measure.ENROLLED: lazy_gettext("Enrolled"),
    Measure.NOT_STARTED: lazy_gettext("Not started"),
    Measure.STARTED: lazy_gettext("Started"),
    Measure.ACTIVE: lazy_gettext("Active"),
    Measure.DROPPED_OUT: lazy_gettext("Dropped out"),
    Measure.COMPLETED: lazy_gettext("Completed"),
    Measure.PASSED: lazy_gettext("Passed"),
    Measure.SCORED: lazy_gettext("With a score"),
}
BY = {
    By.REGION: lazy_gettext("Region"),
    By.COURSE: lazy_gettext("Course"),
    By.MODULE: lazy_gettext("Module"),
    By.COHORT: lazy_gettext("Cohort"),
    By.ORGANISATION: lazy_gettext("Organisation"),
    By.LANGUAGE: lazy_gettext("Language of learning"),
    By.RELEASE: lazy_gettext("Release of the course"),
    By.MONTH: lazy_gettext("Month of enrolment"),
}
APART = lazy_gettext("Not told apart")
LEVELS = {
    0: lazy_gettext("0: countries"),
    1: lazy_gettext("1: major regions"),
    2: lazy_gettext("2: basic regions"),
    3: lazy_gettext("3: small regions"),
}


CHOICES: Mapping[str, object] = {
    "region": lazy_gettext("Region"),
    "organisation": lazy_gettext("Organisation"),
    "cohort": lazy_gettext("Cohort"),
    "course": lazy_gettext("Course"),
    "module": lazy_gettext("Module"),
    "language": lazy_gettext("Language of learning"),
    "release": lazy_gettext("Release of the course"),
}


@dataclass(frozen=True)
class Label:
    """What stands at the head of a row."""

    name: str
    code: str = ""  # shown beside the name when it says more
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CourseName:
    title: str
    modules: Mapping[str, str] = field(default_factory=dict)  # id: title, in order
    instruments: Mapping[str, str] = field(default_factory=dict)  # tests and surveys, likewise


def catalogue(connection: Connection, language: str) -> dict[str, CourseName]:
    """Every course that is loaded, was loaded once, or that somebody is registered on, by id."""
    found: dict[str, CourseName] = {
        id_: _course_name(course, language) for id_, course in library().courses.items()
    }
    for row in connection.execute(select(release).order_by(release.c.loaded_at.desc())):
        known = found.get(row.course) or CourseName(
            row.title.get(language) or row.title.get("en") or row.course
        )
        older = {
            module: unit_title(row.course, module, language) or module
            for module in row.modules
            if module not in known.modules
        }
        found[row.course] = replace(known, modules={**known.modules, **older})
    for course in _recorded_courses(connection):
        found.setdefault(course, CourseName(course))
    return found


def _recorded_courses(connection: Connection) -> Iterator[str]:
    """The courses of registrations, by a look into the index for each: they are few, registrations many."""
    column = registration.c.course
    course = connection.scalar(select(func.min(column)))
    while course is not None:
        yield course
        course = connection.scalar(select(func.min(column)).where(column > course))


def releases_of(connection: Connection, course: str) -> dict[str, datetime | None]:
    """The releases that somebody is registered on, and when each was published, if that is known here.

    The newest first; those of which only statements from elsewhere tell, at the end.
    """
    if not course:
        return {}
    query = select(release.c.release, release.c.loaded_at).where(release.c.course == course)
    known: dict[str, datetime] = dict(connection.execute(query).all())
    used: set[str] = set()
    for table in (block, cell):
        used |= set(connection.scalars(select(table.c.release).where(table.c.course == course).distinct()))
    names = (key.partition("/")[2] for key in sorted(used))
    found = {name: known.get(name) for name in names if name}
    oldest = datetime.min.replace(tzinfo=UTC)
    return dict(sorted(found.items(), key=lambda item: item[1] or oldest, reverse=True))


def _course_name(course: Course, language: str) -> CourseName:
    title = course.title.get(language) or course.title.get("en") or course.id
    return CourseName(title, _titles(course.modules, language), _titles(course.instruments, language))


def _titles(modules: Iterable[Module], language: str) -> dict[str, str]:
    return {module.id: module.text(language).title for module in modules}


def labels(connection: Connection, report: Report, language: str) -> dict[str, Label]:
    """The label of each row of REPORT, by its key."""
    keys = [row.key for row in report.rows if row.key]
    if report.filters.by is By.REGION:
        found = _regions(connection, report, language)
    else:
        found = {
            key: Label(name) for key, name in _called(connection, report.filters.by, keys, language).items()
        }
    return {"": Label(gettext("Not stated")), **found}


def _called(connection: Connection, by: By, keys: Iterable[str], language: str) -> dict[str, str]:
    """What rows with these KEYS are called when they stand for something else than regions."""
    match by:
        case By.COHORT:
            return cohort_names(connection, keys)
        case By.ORGANISATION:
            return organisation_names(connection, keys)
        case By.LANGUAGE:
            return {key: language_name(key, language) for key in keys}
        case By.MONTH:
            return {key: month_name(key) for key in keys}
    courses = catalogue(connection, language)
    if by is By.RELEASE:
        return {
            key: f"{course_or_module(courses, key.partition('/')[0])}, {key.partition('/')[2]}"
            for key in keys
        }
    return {key: course_or_module(courses, key) for key in keys}


def organisation_names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names of organisations; an unknown one stands for itself, no one is "not stated"."""
    wanted = set(ids)
    known = _known(connection, Organisation.id, Organisation.name, wanted)
    return {**{id_: id_ for id_ in wanted}, **known, "": gettext("Not stated")}


def _known(connection: Connection, id_: Any, name: Any, wanted: set[str]) -> dict[str, str]:
    """The names of those that there are. When many are wanted, all names are read: a list of thousands takes
    longer to hand to a database than it takes to answer."""
    query = select(id_, name) if len(wanted) > MANY else select(id_, name).where(id_.in_(wanted))
    return {key: called for key, called in connection.execute(query) if key in wanted}


def language_name(code: str, language: str) -> str:
    """The language CODE in LANGUAGE; a code that nobody knows stands for itself."""
    try:
        return Locale.parse(code, sep="-").get_display_name(language) or code
    except (ValueError, UnknownLocaleError):
        return code


def month_name(month: str) -> str:
    """A month like 2026-01 as people write it; anything else stands for itself."""
    try:
        return str(format_date(date.fromisoformat(f"{month}-01"), "LLLL yyyy"))
    except ValueError:
        return month


def small_groups(report: Report) -> str:
    """The rule of small groups in a sentence."""
    if report.least <= 1:
        return str(gettext("Every group is shown, however small."))
    return str(
        gettext(
            "Nothing is told about fewer than %(least)s persons. Who would be recognisable in a row is "
            "counted under “Not told apart”, or not at all when a period cuts a group.",
            least=report.least,
        )
    )


def in_order(report: Report, courses: Mapping[str, CourseName]) -> Report:
    """REPORT with courses and modules in the order of the catalogue, unknown ones after them."""
    if report.filters.by not in (By.COURSE, By.MODULE):
        return report
    keys = [
        key for id_, course in courses.items() for key in (id_, *(f"{id_}/{name}" for name in course.modules))
    ]
    place = {key: number for number, key in enumerate(keys)}
    return replace(report, rows=tuple(sorted(report.rows, key=lambda row: place.get(row.key, len(place)))))


def course_or_module(courses: Mapping[str, CourseName], key: str) -> str:
    """The title of a course, or of a module or instrument written course/module; an unknown one stands for
    itself."""
    course, _, module = key.partition("/")
    known = courses.get(course, CourseName(course))
    return {**known.instruments, **known.modules}.get(module, module) if module else known.title


def region_names(codes: Iterable[str], language: str) -> dict[str, str]:
    """The names of regions in LANGUAGE, "not stated" for no code."""
    return {**region.names([code for code in codes if code], language), "": gettext("Not stated")}


def _regions(connection: Connection, report: Report, language: str) -> dict[str, Label]:
    keys = [row.key for row in report.rows if row.key]
    names = region_names(keys, language)
    edition = dict(connection.execute(select(Region.code, Region.in_2024).where(Region.code.in_(keys))).all())
    return {
        row.key: Label(
            names[row.key], row.key, tuple(_notes(row, report.filters.rollup, edition.get(row.key)))
        )
        for row in report.rows
        if row.key
    }


def _notes(row: Row, rollup: int, in_2024: bool | None) -> Iterable[str]:
    """What a reader must know about a region's row."""
    if in_2024 is None:
        yield gettext("not a NUTS code")
    elif not in_2024:
        yield gettext("a region of NUTS 2021 that was divided in %(edition)s", edition=EDITION)
    if level_of(row.key) < rollup:
        yield gettext("recorded without a finer region")
    if row.figures is None:
        return
    if row.figures.converted is None:
        yield gettext("some recorded under their NUTS 2021 code")
    elif row.figures.converted:
        yield ngettext(
            "%(num)s recorded under its NUTS 2021 code",
            "%(num)s recorded under their NUTS 2021 code",
            row.figures.converted,
        )


def cohort_names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names of cohorts; an unknown one stands for itself, no one is "not stated"."""
    wanted = set(ids)
    known = _known(connection, Cohort.id, Cohort.name, wanted)
    return {**{id_: id_ for id_ in wanted}, **known, "": gettext("Not stated")}


def chosen(filters: Filters) -> dict[object, str]:
    """What the report is limited to, by what each choice is called."""
    values = {name: getattr(filters, name) for name in CHOICES}
    found: dict[object, str] = {gettext("Territory"): filters.territory} if filters.territory else {}
    return found | {CHOICES[name]: value for name, value in values.items() if value}


def limits(connection: Connection, filters: Filters, language: str) -> list[tuple[object, str]]:
    """The same with the names of what was chosen, for people."""
    by = {"region": By.REGION, "organisation": By.ORGANISATION, "cohort": By.COHORT, "language": By.LANGUAGE}
    found = [
        (CHOICES[name], name_of(connection, grouping, value, language))
        for name, grouping in by.items()
        if (value := getattr(filters, name))
    ]
    if filters.course:
        key = f"{filters.course}/{filters.module}" if filters.module else filters.course
        found.append((CHOICES["course"], name_of(connection, By.COURSE, key, language)))
    if filters.release:
        found.append((CHOICES["release"], filters.release))
    return found


def name_of(connection: Connection, by: By, key: str, language: str) -> str:
    """What the row with KEY is called where it stands alone."""
    if by is By.REGION:
        name = region_names([key], language)[key]
        return f"{name} ({key})" if key else name
    if not key:
        return str(gettext("Not stated"))
    return _called(connection, by, [key], language)[key]
