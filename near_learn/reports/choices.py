"""What the report's form offers: periods, and what there is to choose that the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import Connection, select
from sqlalchemy.sql.functions import coalesce

from near_learn.languages import LANGUAGES
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort
from near_learn.reports import names
from near_learn.reports.reader import Reader

MOST = 500  # of one list; who has more chooses by a click in the table


def periods(today: date) -> list[tuple[str, str, str]]:
    """(name, first day, last day) of each period that is a click away; "" for no limit."""
    this_quarter = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    last_of_quarter = this_quarter - timedelta(days=1)
    last_quarter = last_of_quarter.replace(month=last_of_quarter.month - 2, day=1)
    found = [
        (gettext("This quarter"), this_quarter, _quarter_end(this_quarter)),
        (gettext("Last quarter"), last_quarter, last_of_quarter),
        (gettext("This year"), date(today.year, 1, 1), date(today.year, 12, 31)),
    ]
    chosen = [(name, first.isoformat(), last.isoformat()) for name, first, last in found]
    return [*chosen, (gettext("Everything"), "", "")]


def _quarter_end(first: date) -> date:
    return (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)


def organisations(connection: Connection, reader: Reader) -> Sequence[tuple[str, str]]:
    """(id, name) of the organisations at home in the reader's territory, by name."""
    query = select(Organisation.id, Organisation.name)
    columns = Organisation.__table__.c
    visible = reader.visible(columns.region, columns.id)
    return _pairs(connection, query.where(visible).order_by(Organisation.name))


def cohorts(connection: Connection, reader: Reader) -> Sequence[tuple[str, str]]:
    """(id, name) of the cohorts of the reader's territory, by name."""
    columns = Cohort.__table__.c
    visible = reader.visible(columns.region, coalesce(columns.organisation_id, ""))
    return _pairs(connection, select(Cohort.id, Cohort.name).where(visible).order_by(Cohort.name))


def languages(language: str) -> Sequence[tuple[str, str]]:
    """(code, name) of the languages in which courses are taken, named in LANGUAGE."""
    return sorted(
        ((code, names.language_name(code, language)) for code in LANGUAGES), key=lambda pair: pair[1]
    )


def _pairs(connection: Connection, query: Any) -> Sequence[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(query.limit(MOST))]
