"""How long each kind of data is kept, and deleting what is older."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select, update

from near_learn.config import Settings
from near_learn.people.person import Person, Role
from near_learn.privacy import audit, erasure, verbatim
from near_learn.privacy.holdings import tables
from near_learn.privacy.redacting import Redactor, definition_of
from near_learn.records.iris import Iris
from near_learn.records.progress import registration
from near_learn.records.projection import Projection
from xapi.sql import activities
from xapi.sql.tables import attachment, statement
from xapi.store import sequence

Find = Callable[[Table, datetime], ColumnElement[bool]]


@dataclass(frozen=True)
class Rule:
    """A kind of data, and after how many days it goes; 0: never."""

    name: str
    title: object
    days: int


RULES = (
    Rule("sessions", lazy_gettext("Devices that were signed in, since their last use"), 30),
    Rule("links", lazy_gettext("Links for a new password, after they expired"), 30),
    Rule("mails", lazy_gettext("That a mail was sent, or given up"), 365),
    Rule("drafts", lazy_gettext("Answers of a quiz that was never sent"), 365),
    Rule("credentials", lazy_gettext("Credentials and keys, after they expired"), 365),
    Rule("requests", lazy_gettext("Requests to be erased that were declined"), 365),
    Rule("audit", lazy_gettext("The audit log"), 730),
    Rule("texts", lazy_gettext("What learners wrote in their own words, in statements and beside them"), 0),
    Rule("people", lazy_gettext("Learners about whom nothing was recorded for so long: they are erased"), 0),
)
NAMES = {rule.name for rule in RULES}

# What is deleted row by row: the kind, the table, and which of its rows are older.
ROWS: tuple[tuple[str, str, Find], ...] = (
    ("sessions", "session", lambda table, before: table.c.used_at < before),
    ("links", "password_link", lambda table, before: table.c.expires_at < before),
    (
        "mails",
        "mail",
        lambda table, before: and_(
            table.c.changed_at < before, table.c.state.in_(["sent", "failed", "unclear"])
        ),
    ),
    ("drafts", "quiz_draft", lambda table, before: table.c.at < before),
    ("drafts", "enrolment_draft", lambda table, before: table.c.until < before),
    ("credentials", "credential", lambda table, before: table.c.expires_at < before),
    ("credentials", "report_token", lambda table, before: table.c.expires_at < before),
    (
        "requests",
        "erasure",
        lambda table, before: and_(table.c.answered_at < before, table.c.state == "declined"),
    ),
    ("texts", "private_text", lambda table, before: table.c.at < before),
)


class Unreadable(ValueError):
    """The setting NEAR_LEARN_RETENTION cannot be read; the text says why."""


def periods(text: str) -> Mapping[str, int]:
    """Days by kind: the defaults, and what TEXT ("mails=90,audit=0") says instead. Raises Unreadable."""
    found = {rule.name: rule.days for rule in RULES}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, days = (each.strip() for each in part.partition("="))
        if name not in NAMES or not (days.isascii() and days.isdecimal() and len(days) <= 6):
            kinds = ", ".join(sorted(NAMES))
            raise Unreadable(
                f"expected kind=days with commas between them, kinds being {kinds}; got {part!r}"
            )
        found[name] = int(days)
    return found


def due(connection: Connection, now: datetime) -> dict[str, int]:
    """How many rows of each kind would go now; kinds that are kept for ever are left out."""
    return _run(connection, now, write=False)


def run(connection: Connection, now: datetime, *, actor: str = "") -> dict[str, int]:
    """Deletes what is kept no longer, in the caller's write transaction, and notes it; how many of each."""
    found = _run(connection, now, write=True)
    if any(found.values()):
        audit.note(connection, actor=actor, action="retention.run", detail=found)
    return found


def _run(connection: Connection, now: datetime, *, write: bool) -> dict[str, int]:
    settings: Settings = current_app.extensions["settings"]
    days = {name: number for name, number in periods(settings.retention).items() if number}
    before = {name: now - timedelta(days=number) for name, number in days.items()}
    found = dict.fromkeys(days, 0)
    if "people" in days:
        # Before the sessions, which say who was here.
        found["people"] += _people(connection, before["people"], write)
    known = tables()
    for name, table_name, older in ROWS:
        if name in days and table_name in known:
            found[name] += _rows(connection, known[table_name], older(known[table_name], before[name]), write)
    if "texts" in days:
        found["texts"] += _texts(connection, before["texts"], write)
    if "audit" in days:
        found["audit"] += _audit(connection, before["audit"], write, now)
    return found


def _rows(connection: Connection, table: Table, condition: ColumnElement[bool], write: bool) -> int:
    if write:
        return connection.execute(delete(table).where(condition)).rowcount
    return connection.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _audit(connection: Connection, before: datetime, write: bool, now: datetime) -> int:
    if write:
        return audit.prune(connection, before, now=now)
    newer = select(func.min(audit.table.c.number)).where(audit.table.c.at >= before).scalar_subquery()
    older = or_(newer.is_(None), audit.table.c.number < newer)
    return connection.scalar(select(func.count()).select_from(audit.table).where(older)) or 0


def _people(connection: Connection, before: datetime, write: bool) -> int:
    """Learners who were added before then, have recorded nothing since, and are not signed in."""
    session = tables()["session"]
    used = select(session.c.person_id).where(session.c.used_at >= before)
    learned = select(registration.c.actor).where(registration.c.last_at >= before)
    query = select(Person.id).where(
        Person.role == Role.PROFESSIONAL.value,
        Person.created_at < before,
        Person.id.not_in(used),
        Person.account.not_in(learned),
    )
    found = list(connection.scalars(query))
    for number in found if write else ():
        row = connection.execute(select(Person.__table__).where(Person.id == number)).one()
        erasure.erase(connection, Person(**row._mapping), actor="")
    return len(found)


def _texts(connection: Connection, before: datetime, write: bool) -> int:
    """Statements stored before then, in which somebody's words stand. What was chosen or reckoned stays."""
    settings: Settings = current_app.extensions["settings"]
    redactor = Redactor.of_nobody(
        Iris(settings.base_url), lambda iri: definition_of(activities.definition(connection, iri))
    )
    has_text = or_(
        statement.c.text.contains('"response"', autoescape=True),
        statement.c.text.contains("\\u00", autoescape=True),
    )
    query = select(statement.c.id, statement.c.seq, statement.c.registration, statement.c.text).where(
        has_text
    )
    number, after, touched = 0, 0, set()
    while some := connection.execute(
        query.where(statement.c.seq > after, statement.c.seq < sequence(before))
        .order_by(statement.c.seq)
        .limit(500)
    ).all():
        for row in some:
            tree = verbatim.tree(row.text)
            made = redactor.without_response(tree)
            if made != tree:
                number += 1
                touched.add(row.registration)
                if write:
                    mine = statement.c.id == row.id
                    connection.execute(update(statement).where(mine).values(text=verbatim.text(made)))
                    connection.execute(delete(attachment).where(attachment.c.statement_id == row.id))
        after = some[-1].seq
    projection: Projection = current_app.extensions["projection"]
    for name in sorted(filter(None, touched)) if write else ():
        projection.renew(connection, name)
    return number
