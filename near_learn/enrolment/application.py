"""Applies a plan: prepared while others go on, written at once, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import uuid4

from flask import current_app
from sqlalchemy import Connection, Table, bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from near_learn import records
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.enrolment.collecting import Collecting
from near_learn.enrolment.column import Column
from near_learn.enrolment.known import Known, load
from near_learn.enrolment.listing import Row
from near_learn.enrolment.plan import Outcome, Plan, Wishes
from near_learn.enrolment.planner import FIELDS, plan
from near_learn.enrolment.progress import Tell, nobody, told
from near_learn.people import deadline, membership, organisation
from near_learn.people.person import Person, searchable
from near_learn.privacy import audit
from near_learn.records import Learner, Recorder

# Statements stored between two tellings.
AT_ONCE = 500

Also = Callable[[Connection, Sequence[str]], None]
"""Something that belongs into the same transaction; it is told the accounts of those who are new."""


class Changed(Exception):
    """What is here has changed since the plan was shown; `plan` is what the list would do now."""

    def __init__(self, made: Plan) -> None:
        super().__init__("the plan is not the one that was shown")
        self.plan = made


@dataclass
class Work:
    """Everything that is to be written, ready to be."""

    organisations: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # id, name, region
    new: dict[str, dict[str, object]] = field(default_factory=dict)  # by e-mail address
    changed: dict[str, dict[str, object]] = field(default_factory=dict)  # by account
    moved: set[str] = field(default_factory=set)
    groups: dict[str, list[str]] = field(default_factory=dict)  # accounts by cohort
    deadlines: list[tuple[str, str, date]] = field(default_factory=list)
    ledger: Collecting | None = None


def made_now(rows: Sequence[Row], wishes: Wishes, tell: Tell = nobody) -> tuple[Plan, Known]:
    """The plan as things are now, and what it was made from."""
    connection = db.session.connection()
    tell(0, len(rows))
    known = load(connection, rows, library())
    return plan(rows, known, wishes), known


def apply(
    rows: Sequence[Row], wishes: Wishes, shown: Plan, *, tell: Tell = nobody, also: Also | None = None
) -> list[str]:
    """Does what the plan says, wholly or not at all; the accounts of those who are new.

    `also` runs in the same transaction. Raises Changed, and has written nothing, when the plan would be
    another one now: also when that happens between the preparation and the writing.
    """
    fresh, known = made_now(rows, wishes)
    if fresh.differs(shown):
        raise Changed(fresh)
    at = datetime.now(UTC)
    total = len(rows) + sum(len(each.courses) for each in fresh.outcomes)
    work = prepared(fresh, known, at, tell=tell, total=total)
    new = [str(values["account"]) for values in work.new.values()]
    try:
        with writing() as connection:
            records.recorder().ledger.begin(connection)
            again = load(connection, rows, library())
            if again != known:
                latest = plan(rows, again, wishes)
                if latest.differs(shown):
                    raise Changed(latest)
            write(connection, work, wishes, at, tell=tell, total=total)
            if also is not None:
                also(connection, new)
    except IntegrityError as error:
        # PostgreSQL lets others add people meanwhile; a key that is unique then decides who was first.
        raise Changed(made_now(rows, wishes)[0]) from error
    return new


def prepared(fresh: Plan, known: Known, at: datetime, *, tell: Tell, total: int) -> Work:
    """Everything that the plan writes. Nothing is read from the database or locked."""
    work = Work()
    iris = records.recorder().iris
    work.ledger = Collecting(current_app.extensions["lrs"])
    several = Recorder(iris, work.ledger)
    people = {email: _values(known, email) for email in known.people}
    courses = library().courses
    for outcome in told(fresh.outcomes, tell, done=0, total=total):
        person = _person(outcome, people, work)
        for due in outcome.deadlines:
            work.deadlines.append((due.cohort, due.course, date.fromisoformat(due.new)))
        learner = Learner(
            account=str(person["account"]),
            language=str(person["language"]),
            region=str(person["region"]),
            cohort=str(person["cohort_id"] or ""),
            organisation=str(person["organisation_id"] or ""),
        )
        for course in outcome.courses:
            several.enrol(db.session.connection(), learner, courses[course], at)
    return work


def write(
    connection: Connection, work: Work, wishes: Wishes, at: datetime, *, tell: Tell, total: int
) -> None:
    """Writes the work, in the caller's write transaction."""
    for id_, name, region in work.organisations.values():
        organisation.add(connection, id_=id_, name=name, region=region)
    if work.new:
        connection.execute(insert(Person), [{**each, "created_at": at} for each in work.new.values()])
    _write_changes(connection, work.changed)
    for cohort, accounts in work.groups.items():
        membership.put(connection, cohort, accounts, at)
    for cohort, course, day in work.deadlines:
        deadline.put(connection, cohort, course, day)
    assert work.ledger is not None  # noqa: S101 (for the type checker)
    work.ledger.remember_all(connection)
    if work.ledger.defining:
        work.ledger.lrs.add(connection, work.ledger.defining)
    done = total - len(work.ledger.records)
    for start in range(0, len(work.ledger.records), AT_ONCE):
        tell(done + start, total)
        some = work.ledger.records[start : start + AT_ONCE]
        work.ledger.lrs.add(connection, some, define=False)
    _note(connection, work, wishes, at)
    tell(total, total)


def _values(known: Known, email: str) -> dict[str, object]:
    return dict(vars(known.people[email]))


def _person(outcome: Outcome, people: dict[str, dict[str, object]], work: Work) -> dict[str, object]:
    """The person as the row leaves them; what that needs goes into the work."""
    person = people.setdefault(outcome.email, {})
    if outcome.new:
        person |= {
            "account": str(uuid4()),
            "email": outcome.email,
            "role": "",
            "organisation_id": None,
            "cohort_id": None,
        }
    given = {FIELDS[change.field]: change.new or None for change in outcome.changes}
    wanted = given.get("organisation_id")
    if outcome.organisation and wanted:
        work.organisations[wanted] = (
            str(uuid4()),
            outcome.organisation,
            str(given.get("region") or person["region"]),
        )
    if wanted in work.organisations:
        given["organisation_id"] = work.organisations[wanted][0]
    person |= given
    account = str(person["account"])
    if cohort := given.pop("cohort_id", None):
        work.groups.setdefault(cohort, []).append(account)
    searched = {"searched": searchable(str(person["name"]), outcome.email)}
    if outcome.new:
        work.new[outcome.email] = {
            **{name: person[name] for name in ("account", "email", "name", "role", "region", "language")},
            "organisation_id": person["organisation_id"],
            **searched,
        }
    elif outcome.email in work.new:
        work.new[outcome.email] |= {**given, **searched}
    elif given:
        work.changed.setdefault(account, {}).update({**given, **searched})
    moves = {change.field for change in outcome.changes} & {Column.REGION, Column.ORGANISATION, Column.COHORT}
    if moves and outcome.email not in work.new:
        work.moved.add(account)
    return person


def _write_changes(connection: Connection, changed: Mapping[str, Mapping[str, object]]) -> None:
    """One statement for all who get the same fields."""
    table = Person.__table__
    assert isinstance(table, Table)  # noqa: S101 (for the type checker)
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for account, values in changed.items():
        alike.setdefault(tuple(sorted(values)), []).append({**values, "whose": account})
    for names, rows in alike.items():
        statement = update(table).where(table.c.account == bindparam("whose"))
        connection.execute(statement.values({name: bindparam(name) for name in names}), rows)


def _note(connection: Connection, work: Work, wishes: Wishes, at: datetime) -> None:
    actor, how = wishes.rights.account, {"by": "list"}
    added = [str(values["account"]) for values in work.new.values()]
    for action, about in (
        ("person.added", added),
        ("person.changed", set(work.changed) - work.moved),
        ("person.moved", work.moved),
    ):
        audit.note_all(connection, actor=actor, action=action, about=about, detail=how, at=at)
    for id_, _name, _region in work.organisations.values():
        detail = {**how, "organisation": id_}
        audit.note(connection, actor=actor, action="organisation.added", detail=detail, at=at)
