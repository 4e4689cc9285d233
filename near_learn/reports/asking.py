"""A request's question: who asks, what for, and as of when; the same for pages, files and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext
from sqlalchemy import Connection

from near_learn.config import Settings
from near_learn.languages import LANGUAGES, current_language
from near_learn.people.person import Person
from near_learn.reports import names, source
from near_learn.reports.completion import Month, Report, Total, count, total, trend
from near_learn.reports.filters import AsOf, FilterError, Filters
from near_learn.reports.measures import Measure, of_basis
from near_learn.reports.names import CourseName
from near_learn.reports.reader import Reader
from near_learn.reports.tally.fresh import bring_up_to_date

# The parameters of a report.
QUESTIONS = frozenset(
    (
        *("by", "level", "region", "organisation", "cohort", "course", "module", "release"),
        *("course_language", "from", "to", "basis"),
    )
)


@dataclass(frozen=True)
class Question:
    """Who asks what in this request."""

    connection: Connection
    reader: Reader
    courses: Mapping[str, CourseName]
    filters: Filters

    def counted(self) -> Report:
        """The report, its rows in the order of the catalogue."""
        return names.in_order(count(self.connection, self.filters, self.reader.visible), self.courses)

    def previous(self) -> Total | None:
        """How many there were in the period before; None when there is none to compare with."""
        filters = self.filters.previous()
        return None if filters is None else total(self.connection, filters, self.reader.visible)

    def trend(self) -> list[Month]:
        """What happened in each month that has begun."""
        found = trend(self.connection, self.filters, self.reader.visible)
        return [month for month in found if month.first <= self.filters.as_of.day]


def as_of_now() -> AsOf:
    """The moment that reports tell of, the zone of its days, and how many silent ones make a drop-out."""
    settings: Settings = current_app.extensions["settings"]
    return AsOf(source.moment(), ZoneInfo(settings.time_zone), settings.dropout_days)


def ask(person: Person, values: Mapping[str, str], language: str) -> Question:
    """What PERSON asks with the parameters VALUES; names are in LANGUAGE. Raises FilterError."""
    bring_up_to_date()
    connection = source.connection()
    reader = Reader.of(person)
    courses = names.catalogue(connection, language)
    return Question(connection, reader, courses, reader.ask(connection, values, as_of_now(), courses))


def chosen_language(values: Mapping[str, str], default: str = "") -> str:
    """The language of a file: the parameter `language`, else DEFAULT. Raises FilterError."""
    return _one_of("language", values, list(LANGUAGES), default or current_language())


def chosen_measure(filters: Filters, values: Mapping[str, str]) -> Measure:
    """The figure that a list is behind. Raises FilterError for one that this report does not have."""
    allowed = [measure.value for measure in of_basis(filters.basis)]
    return Measure(_one_of("what", values, allowed, Measure.ENROLLED.value))


def _one_of(name: str, values: Mapping[str, str], allowed: list[str], default: str) -> str:
    value = values.get(name) or default
    if value not in allowed:
        text = gettext(
            "%(name)s: expected one of %(options)s, got “%(value)s”.",
            name=name,
            options=", ".join(allowed),
            value=value,
        )
        raise FilterError({name: text})
    return value
