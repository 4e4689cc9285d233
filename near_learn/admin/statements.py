"""The operator's view of the record store: searching statements, looking at one, voiding it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import LazyString, lazy_gettext
from sqlalchemy import Connection

from near_learn.records.event import account
from near_learn.records.iris import Iris
from near_learn.records.readable import Recorded, recorded
from near_learn.records.statement import Builder
from near_learn.records.terms import VERBS
from xapi import grammar
from xapi.errors import XAPIError
from xapi.lrs import LRS, Stored
from xapi.query import Query
from xapi.store import sequence
from xapi.terms import ACTIVITY, AGENT, RELATED_ACTIVITY, VERB, identity, term

PAGE = 50
PAGE_BYTES = 2 * 1024 * 1024
LONGEST_REASON = 500
LONGEST_FIELD = 2000


@dataclass
class Search:
    """What to look for, as the query of a page says it, and what is wrong with it, by field."""

    values: Mapping[str, str]
    query: Query
    errors: dict[str, LazyString] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One page of statements, newest first, and where the next one begins (None: nowhere)."""

    statements: list[Recorded]
    cursor: int | None


@dataclass(frozen=True)
class File:
    """An attachment of a statement. Its content is somebody's: never show it, only hand it over."""

    sha2: str
    content_type: str
    content: bytes


def read(values: Mapping[str, str], iris: Iris, zone: ZoneInfo) -> Search:
    """The search that a page's query asks for. Days are days of ZONE, the last one included."""
    search = Search(values, Query(limit=PAGE))
    terms = []
    if account := values.get("account", "").strip():
        terms.append(term(AGENT, identity({"account": {"homePage": iris.base, "name": account}}) or ""))
    if verb := values.get("verb", "").strip():
        known = _checked(search, "verb", VERBS.get(verb, verb), grammar.iri, NOT_AN_IRI)
        terms.append(term(VERB, known or ""))
    if activity := values.get("activity", "").strip():
        role = RELATED_ACTIVITY if values.get("related") else ACTIVITY
        terms.append(term(role, _checked(search, "activity", activity, grammar.iri, NOT_AN_IRI) or ""))
    registration = values.get("registration", "").strip()
    search.query = Query(
        terms=tuple(terms),
        registration=_checked(search, "registration", registration.lower(), grammar.uuid, NOT_A_UUID),
        since=_day(search, "from", zone, 0, -1),
        until=_day(search, "to", zone, 1, -1),
        cursor=_cursor(search),
        voided=bool(values.get("voided")),
        limit=PAGE,
    )
    return search


NOT_AN_IRI = lazy_gettext("Give the full IRI, such as http://adlnet.gov/expapi/verbs/passed.")
NOT_A_UUID = lazy_gettext("Give a UUID, such as 6f9619ff-8b86-4d01-b42d-00cf4fc964ff.")
NOT_A_DAY = lazy_gettext("Give a day as year-month-day, such as 2026-01-31.")
NOT_A_PLACE = lazy_gettext("This page of the list does not exist. Search again.")


def _checked(
    search: Search, name: str, value: str, rule: Callable[[Any], Any], message: LazyString
) -> str | None:
    """VALUE if it keeps the RULE of the specification; None, with an error beside its field, if not."""
    if not value:
        return None
    try:
        rule(value)
    except XAPIError:
        search.errors[name] = message
        return None
    return value


def _day(search: Search, name: str, zone: ZoneInfo, days: int, microseconds: int) -> int | None:
    """The sequence number just before the day begins (or, with `days`, before the next one does)."""
    value = search.values.get(name, "").strip()
    if not value:
        return None
    try:
        start = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        search.errors[name] = NOT_A_DAY
        return None
    return sequence(start + timedelta(days=days, microseconds=microseconds))


def _cursor(search: Search) -> int | None:
    value = search.values.get("before", "")
    if value and not (value.isascii() and value.isdigit() and len(value) < 19):
        search.errors["before"] = NOT_A_PLACE
        return None
    return int(value) if value else None


def find(lrs: LRS, connection: Connection, search: Search, language: str) -> Found:
    """The statements that the search finds, at most PAGE of them."""
    if search.errors:
        return Found([], None)
    page = lrs.store.find(connection, search.query, size=PAGE, most_bytes=PAGE_BYTES)
    return Found([recorded(stored, language) for stored in page.statements], page.cursor)


def get(lrs: LRS, connection: Connection, id_: str) -> tuple[Stored, bool] | None:
    """The statement with this id and whether it is voided, or None."""
    for voided in (False, True):
        found = lrs.store.get(connection, Query(statement_id=id_, voided=voided))
        if found is not None:
            return found, voided
    return None


def files(lrs: LRS, connection: Connection, id_: str) -> list[File]:
    """The attachments that came with the statement."""
    return [File(row.sha2, row.content_type, row.content) for row in lrs.store.attachments(connection, [id_])]


def whose(stored: Stored, iris: Iris) -> str:
    """The account of the person of ours that the statement is about; "" for a group or somebody else."""
    actor = stored.statement["actor"]
    return "" if actor.get("objectType") == "Group" else account(actor, iris)


Refusal = Literal["unknown", "voiding", "voided"]


def void(
    lrs: LRS, connection: Connection, builder: Builder, id_: str, *, operator: str, reason: str
) -> Refusal | None:
    """Voids the statement in the caller's write transaction; why it cannot be, if it cannot.

    The voiding statement names the operator's account and the reason (1.0.3 Part 2, 2.3.2: a voiding
    statement cannot itself be voided).
    """
    found = get(lrs, connection, id_)
    if found is None:
        return "unknown"
    stored, voided = found
    if voided:
        return "voided"
    if stored.statement["verb"]["id"] == VERBS["voided"]:
        return "voiding"
    statement = builder.voiding(id_, datetime.now(UTC), account=operator, reason=reason)
    lrs.save(connection, [statement], authority=builder.system)
    return None
