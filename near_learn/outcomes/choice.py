"""What an outcome was asked for: rows, year, region, course, organisation, cohort, language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from flask_babel import gettext
from sqlalchemy import Connection, exists, select

from near_learn.languages import LANGUAGES
from near_learn.outcomes.ground import FIRST_YEAR, LAST_YEAR, Place
from near_learn.people import region
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort
from near_learn.reports.filters import FINEST, FilterError, level_of
from near_learn.reports.reader import FORBIDDEN, Reader


class By(StrEnum):
    """What a row stands for."""

    REGION = "region"
    COURSE = "course"
    ORGANISATION = "organisation"
    COHORT = "cohort"
    LANGUAGE = "language"


EVERY = tuple(By)
OF_PRACTICE = (By.REGION, By.ORGANISATION, By.COHORT, By.LANGUAGE)
OF_PARTICIPANTS = (By.REGION, By.ORGANISATION)


@dataclass(frozen=True)
class Choice:
    """An outcome's question. Empty text means: no restriction."""

    by: By = By.REGION
    level: int = FINEST
    region: str = ""
    course: str = ""
    organisation: str = ""
    cohort: str = ""
    language: str = ""
    year: str = ""
    territory: str = ""

    @cached_property
    def rollup(self) -> int:
        """The NUTS level of the rows; never above the chosen region or the reader's own."""
        return max(self.level, level_of(self.region), level_of(self.territory))

    def arguments(self, **changes: str) -> dict[str, str]:
        """The parameters that ask for this again, with CHANGES; what is the default is left out."""
        values = {
            "by": self.by if self.by is not By.REGION else "",
            "level": str(self.level) if self.level != FINEST else "",
            **{name: getattr(self, name) for name in PLACES},
        }
        return {name: str(value) for name, value in {**values, **changes}.items() if value}

    def allows(self, *, year: str, language: str, code: str, organisation: str, cohort: str) -> bool:
        """Whether people with these marks are chosen. The course is for the caller to look at."""
        return (
            self.year in ("", year)
            and self.language in ("", language)
            and code.startswith(self.region)
            and self.organisation in ("", organisation)
            and self.cohort in ("", cohort)
        )


# The parameters that other reports have too, so that a reader keeps them on the way from one to another.
PLACES = ("region", "course", "organisation", "cohort", "language", "year")


def chosen(choice: Choice, reader: Reader) -> Callable[[Place], bool]:
    """The condition, for a place: what is chosen of what the reader may see."""

    @cache  # many have the same place
    def inside(key: Place) -> bool:
        year, language, *_, code, organisation, cohort = key
        return reader.sees(code, organisation) and choice.allows(
            year=year, language=language, code=code, organisation=organisation, cohort=cohort
        )

    return inside


def row(choice: Choice) -> Callable[[Place], str]:
    """Which row a place belongs to."""
    places = {By.LANGUAGE: 1, By.REGION: 2 + min(choice.rollup, FINEST), By.ORGANISATION: 6, By.COHORT: 7}
    place = places.get(choice.by)
    return (lambda _key: "") if place is None else (lambda key: key[place])


def parse(
    connection: Connection,
    values: Mapping[str, str],
    reader: Reader,
    courses: Mapping[str, object],
    rows: tuple[By, ...] = EVERY,
) -> Choice:
    """What VALUES (an address's parameters) ask for. Raises FilterError naming everything that cannot be,
    with status 403 for a region outside the reader's territory."""
    problems: dict[str, str] = {}
    given = {name: value.strip() for name, value in values.items()}
    if any("\0" in value for value in given.values()):
        raise FilterError({"": gettext("The address contains characters that no name has.")})
    by = _one_of("by", given, [str(each) for each in rows], str(rows[0]), problems)
    level = _one_of("level", given, ["0", "1", "2", "3"], str(FINEST), problems)
    language = _one_of("language", given, ["", *LANGUAGES], "", problems)
    year, course = given.get("year", ""), given.get("course", "")
    if year and not (year.isascii() and year.isdecimal() and int(year[:9]) in range(FIRST_YEAR, LAST_YEAR)):
        problems["year"] = gettext("year: expected a year like 2026, got “%(value)s”.", value=year)
    if course and course not in courses:
        problems["course"] = gettext("There is no such course here: “%(id)s”.", id=course)
    for name, column in (("organisation", Organisation.id), ("cohort", Cohort.id)):
        wanted = given.get(name, "")
        if wanted and not connection.scalar(select(exists().where(column == wanted))):
            problems[name] = gettext("%(name)s: there is none with the id “%(id)s”.", name=name, id=wanted)
    if given.get("organisation") and reader.organisation not in ("", given["organisation"]):
        text = gettext("You answer for another organisation than this one.")
        raise FilterError({"organisation": text}, FORBIDDEN)
    code = _region(given.get("region", "").upper(), reader, problems)
    if problems:
        raise FilterError(problems)
    return Choice(
        by=By(by),
        level=int(level),
        region=code,
        course=course,
        organisation=given.get("organisation", ""),
        cohort=given.get("cohort", ""),
        language=language,
        year=year,
        territory=reader.territory,
    )


def _one_of(
    name: str, given: Mapping[str, str], options: list[str], default: str, problems: dict[str, str]
) -> str:
    value = given.get(name, "") or default
    if value in options:
        return value
    problems[name] = gettext(
        "%(name)s: expected one of %(options)s, got “%(value)s”.",
        name=name,
        options=", ".join(filter(None, options)),
        value=value,
    )
    return default


def _region(code: str, reader: Reader, problems: dict[str, str]) -> str:
    """CODE, or its only successor when it is of NUTS 2021: outcomes are in the edition 2024."""
    if not code:
        return ""
    heirs = region.successors(code)
    if not heirs:
        problems["region"] = gettext("There is no NUTS region with the code “%(code)s”.", code=code)
    elif not reader.may_choose(code):
        text = gettext("The region %(code)s is outside your territory.", code=code)
        raise FilterError({"region": text}, FORBIDDEN)
    return heirs[0] if len(heirs) == 1 else code
