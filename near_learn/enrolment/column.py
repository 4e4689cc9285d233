"""The columns of a list: what they are called, in each of the languages of the interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from flask_babel import LazyString, force_locale, lazy_gettext

from near_learn.languages import LANGUAGES
from near_learn.people.letters import folded


class Column(StrEnum):
    """What a row may say about somebody."""

    EMAIL = "email"
    NAME = "name"
    ROLE = "role"
    REGION = "region"
    ORGANISATION = "organisation"
    COHORT = "cohort"
    LANGUAGE = "language"
    COURSES = "courses"
    DEADLINE = "deadline"


NAMES: Mapping[Column, LazyString] = {
    Column.EMAIL: lazy_gettext("E-mail address"),
    Column.NAME: lazy_gettext("Name"),
    Column.ROLE: lazy_gettext("Role"),
    Column.REGION: lazy_gettext("Region"),
    Column.ORGANISATION: lazy_gettext("Organisation"),
    Column.COHORT: lazy_gettext("Group"),
    Column.LANGUAGE: lazy_gettext("Language"),
    Column.COURSES: lazy_gettext("Courses"),
    Column.DEADLINE: lazy_gettext("Deadline"),
}
# What is accepted beside the names above, whatever the language.
ALIASES = {
    "e mail": Column.EMAIL,
    "mail": Column.EMAIL,
    "full name": Column.NAME,
    "nuts": Column.REGION,
    "nuts code": Column.REGION,
    "organization": Column.ORGANISATION,
    "course": Column.COURSES,
    "course s": Column.COURSES,
}


def plain(heading: str) -> str:
    """HEADING for comparing: without capitals, accents and signs between words."""
    return " ".join(re.findall(r"[^\W_]+", folded(heading)))


def of(heading: str) -> Column | None:
    """The column that HEADING names, in any of the languages; None for an unknown one."""
    return known().get(plain(heading))


@lru_cache(maxsize=1)
def known() -> Mapping[str, Column]:
    """Every heading that is understood. English wins where two languages differ about a word."""
    found: dict[str, Column] = {}
    for _name, locale in reversed(list(LANGUAGES.values())):
        with force_locale(locale):
            found.update({plain(str(name)): column for column, name in NAMES.items()})
    return found | ALIASES | {column.value: column for column in Column}
