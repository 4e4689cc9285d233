"""What a report was asked for: rows, period and choices, read from an address or a command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import gettext

YEARS = range(1990, 2100)  # a period outside is a slip of the keyboard
FINEST = 3


class By(StrEnum):
    """What a row of the report stands for."""

    REGION = "region"
    COURSE = "course"
    MODULE = "module"
    COHORT = "cohort"
    ORGANISATION = "organisation"
    LANGUAGE = "language"
    RELEASE = "release"  # course/release
    MONTH = "month"  # like 2026-01


class Basis(StrEnum):
    """What the period chooses: registrations that began in it, or what happened in it."""

    ENROLLED = "enrolled"
    HAPPENED = "happened"


class FilterError(Exception):
    """The request cannot be answered; `problems` says why, a sentence each, by parameter."""

    def __init__(self, problems: Mapping[str, str], status: int = 400) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)
        self.status = status


@dataclass(frozen=True)
class AsOf:
    """The moment a report speaks of, the zone of its days, and how many silent days make a drop-out."""

    moment: datetime
    zone: ZoneInfo
    dropout_days: int

    @property
    def silent_since(self) -> datetime:
        """Whoever was last active before this moment, without completing, has dropped out."""
        return self.moment - timedelta(days=self.dropout_days)

    @property
    def day(self) -> date:
        """Today."""
        return self.moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """When DAY begins here, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Filters:
    """A report's question. Empty text and None mean: no restriction."""

    as_of: AsOf
    by: By = By.REGION
    level: int = FINEST
    region: str = ""
    organisation: str = ""
    cohort: str = ""
    language: str = ""  # in which it is taken; in an address course_language
    course: str = ""
    module: str = ""
    release: str = ""  # of the course, which must be chosen too
    start: date | None = None
    end: date | None = None  # its last day, included
    basis: Basis = Basis.ENROLLED
    territory: str = field(default="", compare=False)  # the region of a manager, who sees nothing else

    @property
    def rollup(self) -> int:
        """The NUTS level of the rows. Never above the chosen region or the territory: a row named after a
        country must not hold the numbers of one of its regions."""
        return max(self.level, level_of(self.region), level_of(self.territory))

    @property
    def unit_is_module(self) -> bool:
        """True when a registration counts once per module instead of once."""
        return self.by is By.MODULE or self.module != ""

    @property
    def since(self) -> datetime | None:
        """The first moment of the period."""
        return None if self.start is None else self.as_of.midnight(self.start)

    @property
    def until(self) -> datetime | None:
        """The first moment after the period."""
        return None if self.end is None else self.as_of.midnight(self.end + timedelta(days=1))

    @property
    def first_month(self) -> str:
        """The first month that lies wholly in the period, like 2026-01; "" for no limit."""
        if self.start is None:
            return ""
        return month_of(self.start if self.start.day == 1 else _next_month(self.start))

    @property
    def last_month(self) -> str:
        """The last month that lies wholly in the period; "" for no limit. What is still to come of a month
        is in no period yet, so one that reaches today has all of this month."""
        if self.end is None:
            return ""
        ends = (self.end + timedelta(days=1)).day == 1 or self.end >= self.as_of.day
        return month_of(self.end if ends else self.end.replace(day=1) - timedelta(days=1))

    @property
    def cuts_months(self) -> bool:
        """True when the period begins or ends inside a month."""
        return (self.start is not None and self.first_month != month_of(self.start)) or (
            self.end is not None and self.last_month != month_of(self.end)
        )

    def in_month(self, month: str) -> Filters | None:
        """The same question about the part of the period that lies in MONTH, like 2026-01; None for none."""
        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError:
            return None
        last = _next_month(first) - timedelta(days=1)
        start, end = max(self.start or first, first), min(self.end or last, last)
        return replace(self, start=start, end=end) if start <= end else None

    def previous(self) -> Filters | None:
        """The same question about the period before, as long as this one; None without a first day.

        Whole months are compared with as many whole months, other periods with as many days.
        """
        if self.start is None:
            return None
        end = self.end or self.as_of.day
        before = self.start - timedelta(days=1)
        if end < self.start:
            return None
        if self.start.day == 1 and (end + timedelta(days=1)).day == 1:
            months = 12 * (end.year - self.start.year) + end.month - self.start.month
            year, month = divmod(12 * before.year + before.month - 1 - months, 12)
            start = date(year, month + 1, 1)
        else:
            start = before - (end - self.start)
        return replace(self, start=start, end=before)

    def arguments(self, **changes: str) -> dict[str, str]:
        """The parameters that ask for this report again, with CHANGES; what is the default is left out."""
        values = {
            "by": self.by if self.by is not By.REGION else "",
            "level": str(self.level) if self.level != FINEST else "",
            "region": self.region,
            "organisation": self.organisation,
            "cohort": self.cohort,
            "course_language": self.language,
            "course": self.course,
            "module": f"{self.course}/{self.module}" if self.module else "",
            "release": self.release,
            "from": self.start.isoformat() if self.start else "",
            "to": self.end.isoformat() if self.end else "",
            "basis": self.basis if self.basis is not Basis.ENROLLED else "",
        }
        return {name: str(value) for name, value in {**values, **changes}.items() if value}


def month_of(day: date) -> str:
    """The month of DAY, like 2026-01."""
    return day.isoformat()[:7]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def level_of(code: str) -> int:
    """The NUTS level of a code: two letters are level 0; 0 for no code."""
    return max(len(code) - 2, 0)


def parse(values: Mapping[str, str], as_of: AsOf, territory: str = "") -> Filters:
    """The filters that VALUES (an address's parameters) ask for. Raises FilterError naming every parameter
    that cannot be read."""
    reader = _Reader(values)
    course, module = reader.course_and_module()
    release = reader.release(course)
    start, end = reader.day("from"), reader.day("to")
    if start and end and start > end:
        reader.problems["to"] = gettext("The period ends before it begins. Exchange the two dates.")
    filters = Filters(
        as_of=as_of,
        by=By(reader.choice("by", By, By.REGION)),
        level=int(reader.choice("level", ("0", "1", "2", "3"), str(FINEST))),
        region=values.get("region", "").strip().upper(),
        organisation=values.get("organisation", "").strip(),
        cohort=values.get("cohort", "").strip(),
        language=values.get("course_language", "").strip(),
        course=course,
        module=module,
        release=release,
        start=start,
        end=end,
        basis=Basis(reader.choice("basis", Basis, Basis.ENROLLED)),
        territory=territory,
    )
    if reader.problems:
        raise FilterError(reader.problems)
    return filters


class _Reader:
    """Reads one parameter after the other and remembers what was wrong with each."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: dict[str, str] = {}

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        value = self.values.get(name, "").strip() or default
        options = [str(option) for option in allowed]
        if value in options:
            return value
        self.problems[name] = gettext(
            "%(name)s: expected one of %(options)s, got “%(value)s”.",
            name=name,
            options=", ".join(options),
            value=value,
        )
        return default

    def day(self, name: str) -> date | None:
        value = self.values.get(name, "").strip()
        if not value:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            self.problems[name] = gettext(
                "%(name)s: expected a day like 2026-01-31, got “%(value)s”.", name=name, value=value
            )
            return None
        return day

    def release(self, course: str) -> str:
        """A release means something only together with its course."""
        value = self.values.get("release", "").strip()
        if value and not course:
            self.problems["release"] = gettext("Choose the course of this release too.")
        return value

    def course_and_module(self) -> tuple[str, str]:
        """A module is written course/module, because only together the two are unique."""
        course = self.values.get("course", "").strip()
        value = self.values.get("module", "").strip()
        if not value:
            return course, ""
        of_course, slash, module = value.partition("/")
        if not slash or not of_course or not module:
            self.problems["module"] = gettext("module: expected course/module, got “%(value)s”.", value=value)
        elif course and course != of_course:
            self.problems["module"] = gettext(
                "The chosen module belongs to another course. Choose one of the two."
            )
        return of_course, module
