"""The registrations that a report counts, one after the other and in flat memory, as CSV or JSON lines.

No names: a person is the account that the statements know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, select

from near_learn.privacy import audit
from near_learn.records.progress import registration
from near_learn.reports.facts import Facts, Within, facts
from near_learn.reports.filters import Filters
from near_learn.reports.measures import Measure, conditions, state
from near_learn.spreadsheet import BOM, Value, line

# Rows that are in memory at a time.
CHUNK = 500

# Name of the column: what it holds. docs/reports-api.md has the same.
COLUMNS: Mapping[str, str] = {
    "registration": "the registration's id, a UUID",
    "person": "the account of the person: the same in all their registrations and statements",
    "course": "the course",
    "module": "the module; empty when a row is a whole registration",
    "release": "the release of the course that the registration is on",
    "region": "its NUTS code in the edition of the report",
    "recorded_region": "its NUTS code as it was recorded",
    "organisation": "the id of the organisation for which it was recorded",
    "cohort": "the id of the cohort in which it began",
    "language": "the language in which it began",
    "state": "`completed`, `active`, `dropped_out` or `not_started`",
    "enrolled_at": "when it began, in UTC",
    "started_at": "when something was opened first",
    "last_at": "when something was recorded last",
    "completed_at": "when every module was completed",
    "passed_at": "when every module's quiz was passed",
    "first_score": "first-attempt score, 0 to 1; for a whole registration the mean over its modules",
    "best_score": "best score, likewise",
}


KINDS = {"csv": "text/csv", "jsonl": "application/x-ndjson"}

Entry = Mapping[str, Value]


def entries(
    engine: Engine,
    filters: Filters,
    visible: Within,
    measure: Measure = Measure.ENROLLED,
    group: str | None = None,
) -> Iterator[Entry]:
    """What MEASURE counts in the row GROUP of the report (None: in its total), by the registrations' ids.

    Read on a connection of its own, some rows at a time, because the reader may take long.
    """
    with engine.connect() as connection:
        found = facts(filters, visible, engine.dialect.name)
        chosen = [conditions(found)[measure], *([found.key == group] if group is not None else [])]
        query = _query(found).where(*chosen)
        rows = connection.execution_options(yield_per=CHUNK).execute(query)
        for row in rows.mappings():
            yield {name: _value(row[name]) for name in COLUMNS}


def _query(found: Facts) -> Select[Any]:
    row = found.rows.c
    own = {name: row[name] for name in COLUMNS if name in row}
    joined = registration.c
    columns = own | {
        "person": row.actor,
        "organisation": joined.organisation,
        "language": joined.language,
        "state": state(found),
    }
    return (
        select(*(columns[name].label(name) for name in COLUMNS))
        .select_from(found.rows.join(registration, joined.registration == row.registration))
        .order_by(row.registration, row.module)
    )


def _value(value: Any) -> Value:
    return value.astimezone(UTC).isoformat(timespec="seconds") if isinstance(value, datetime) else value


def text(found: Iterable[Entry], ending: str, locale: str) -> Iterator[str]:
    """The file of one of KINDS, as it is read, with what a spreadsheet set to LOCALE expects."""
    return to_csv(found, locale) if ending == "csv" else to_json_lines(found)


def to_csv(found: Iterable[Entry], locale: str) -> Iterator[str]:
    """The lines of a CSV file that a spreadsheet set to LOCALE opens as it is."""
    yield BOM + line(COLUMNS, locale)
    for entry in found:
        yield line(entry.values(), locale)


def to_json_lines(found: Iterable[Entry]) -> Iterator[str]:
    """An object on each line; what is not known is null."""
    for entry in found:
        yield json.dumps(entry, ensure_ascii=False) + "\n"


def note(connection: Connection, account: str, filters: Filters, measure: Measure, token: str = "") -> None:
    """Notes in the audit log, in the caller's write transaction, who takes which registrations away."""
    chosen = {name: value for name, value in filters.arguments(what=measure.value).items() if name != "by"}
    detail = {**chosen, **({"token": token} if token else {})}
    audit.note(connection, actor=account, action="registrations.exported", detail=detail)


def file_name(filters: Filters, measure: Measure, ending: str) -> str:
    """A name that sorts by day and says what is inside."""
    return f"near-learn-registrations-{measure}-{filters.as_of.day.isoformat()}.{ending}"
