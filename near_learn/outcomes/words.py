"""What the rows and choices of outcomes are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection, select

from near_learn.languages import LANGUAGES
from near_learn.outcomes.choice import By
from near_learn.people.organisation import Organisation
from near_learn.reports.names import CourseName, Label, cohort_names, region_names

BY = {
    By.REGION: lazy_gettext("Region"),
    By.COURSE: lazy_gettext("Course"),
    By.ORGANISATION: lazy_gettext("Organisation"),
    By.COHORT: lazy_gettext("Cohort"),
    By.LANGUAGE: lazy_gettext("Language of learning"),
}


def organisation_names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names of organisations; an unknown one stands for itself, none is "not stated"."""
    wanted = {id_ for id_ in ids if id_}
    query = select(Organisation.id, Organisation.name)
    known = {id_: name for id_, name in connection.execute(query) if id_ in wanted}
    return {**{id_: id_ for id_ in wanted}, **known, "": gettext("Not stated")}


def language_names(codes: Iterable[str]) -> dict[str, str]:
    """Languages under their own names."""
    return {code: LANGUAGES[code][0] if code in LANGUAGES else code for code in codes} | {
        "": gettext("Not stated")
    }


def labels(
    connection: Connection, by: By, keys: Iterable[str], courses: Mapping[str, CourseName], language: str
) -> dict[str, Label]:
    """What stands at the head of the row with each key."""
    keys = set(keys)
    if by is By.REGION:
        names = region_names(keys, language)
        return {key: Label(names[key], key) for key in keys}
    found = {
        By.COURSE: lambda: {key: courses[key].title if key in courses else key for key in keys},
        By.ORGANISATION: lambda: organisation_names(connection, keys),
        By.COHORT: lambda: cohort_names(connection, keys),
        By.LANGUAGE: lambda: language_names(keys),
    }[by]()
    return {key: Label(found[key]) for key in keys}
