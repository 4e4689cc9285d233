"""A request for an outcome: who asks, what for, as of when; the same for pages, files and commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Connection

from near_learn.config import Settings
from near_learn.content_library import library
from near_learn.outcomes import choice as choices
from near_learn.outcomes import knowledge, pairs, participants, practice, profile, sheet, words
from near_learn.outcomes.choice import OF_PARTICIPANTS, OF_PRACTICE, By, Choice
from near_learn.outcomes.targets import Measuring
from near_learn.reports import source
from near_learn.reports.filters import AsOf
from near_learn.reports.names import CourseName, Label, catalogue
from near_learn.reports.reader import Reader
from near_learn.reports.tally.fresh import bring_up_to_date


@dataclass(frozen=True)
class Asking:
    """What stays the same for every outcome that one reader asks for at one moment."""

    connection: Connection
    reader: Reader
    as_of: AsOf
    least: int
    courses: Mapping[str, CourseName]
    language: str

    def gain(self, values: Mapping[str, str]) -> knowledge.Report:
        """The report on knowledge gain. Raises FilterError."""
        tests = pairs.tests(library().courses)
        choice = choices.parse(self.connection, values, self.reader, self.courses)
        return knowledge.count(self.connection, choice, self.reader, tests, self.least)

    def diagnosis(self, values: Mapping[str, str]) -> profile.Report | None:
        """The report on practice, of the chosen course or the first one that has a self-assessment; None when
        there is none. Raises FilterError."""
        found = practice.instruments(library().courses)
        choice = choices.parse(self.connection, values, self.reader, self.courses, OF_PRACTICE)
        instrument = found.get(choice.course) or next(iter(found.values()), None)
        if instrument is None:
            return None
        return profile.count(self.connection, choice, self.reader, instrument, self.least)

    def participants(self, values: Mapping[str, str]) -> participants.Report:
        """The report on participants. Raises FilterError."""
        choice = choices.parse(self.connection, values, self.reader, self.courses, OF_PARTICIPANTS)
        return participants.count(self.connection, choice, self.reader, self.least)

    def measuring(self) -> Measuring:
        """What measures targets."""
        tests = pairs.tests(library().courses)
        return Measuring(self.connection, self.reader, tests, self.least, self.as_of)

    def labels(self, by: By, keys: set[str]) -> dict[str, Label]:
        """What rows with these keys are called."""
        return words.labels(self.connection, by, keys, self.courses, self.language)

    def common(self, choice: Choice, counted_at: datetime, *, beyond: bool) -> sheet.Row:
        """What every line of a file tells of the question."""
        return sheet.asked(choice, replace(self.as_of, moment=counted_at), self.least, beyond=beyond)


def asking(reader: Reader, language: str) -> Asking:
    """What READER asks now; names are in LANGUAGE."""
    settings: Settings = current_app.extensions["settings"]
    bring_up_to_date()
    connection = source.connection()
    zone = ZoneInfo(settings.time_zone)
    return Asking(
        connection,
        reader,
        AsOf(source.moment(), zone, settings.dropout_days),
        settings.small_group,
        catalogue(connection, language),
        language,
    )
