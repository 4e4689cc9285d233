"""Tokens of the API: whose they are, what they open and until when. Only a hash of a token is kept."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Connection, ForeignKey, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime, db, writing
from near_learn.people.person import Person, Role
from near_learn.people.secret import hashed
from near_learn.privacy import audit

PREFIX = "nlr_"  # so that a token that leaked is recognised for what it is
LONGEST_LABEL = 100
LONGEST_DAYS = 366
READERS = (Role.MANAGER, Role.OPERATOR)
# Writing down each use would make every reading request a writing one.
NOTED_EVERY = timedelta(hours=1)


class Scope(StrEnum):
    """What a token opens."""

    FIGURES = "figures"
    REGISTRATIONS = "registrations"
    PACKAGES = "packages"
    LAUNCHES = "launches"


# Those that look after courses of others and have them launched for people: see docs/integrators.md.
FOR_OPERATORS = frozenset({Scope.PACKAGES, Scope.LAUNCHES})


class TokenError(Exception):
    """A token cannot be made like this; the text says why."""


class ReportToken(Model):
    """A token; it sees what its maker may see at the moment it is used, and nothing after `expires_at`."""

    __tablename__ = "report_token"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL))
    token_hash: Mapped[str] = mapped_column(String(80), unique=True)
    scopes: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime())
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


@dataclass(frozen=True)
class Bearer:
    """Who sends a request, and what their token opens."""

    id: str
    person: Person
    scopes: frozenset[str]


def add(
    connection: Connection,
    person: Person,
    label: str,
    scopes: Collection[str],
    *,
    days: int,
    now: datetime,
    by: str = "",
) -> str:
    """A new token of PERSON, in the caller's write transaction; the text is shown this once.

    BY is the account of who makes it, "" on the command line.

    Raises TokenError for a person who may not read reports, an empty or too long label, no or an unknown
    scope, and for days that are too many.
    """
    label = " ".join(label.split())
    if person.role not in READERS:
        raise TokenError("only managers and operators read reports")
    if not 0 < len(label) <= LONGEST_LABEL or not label.isprintable():
        raise TokenError(f"label: expected 1 to {LONGEST_LABEL} letters")
    if not scopes or not set(scopes) <= set(Scope):
        raise TokenError(f"scope: expected at least one of {', '.join(Scope)}")
    if FOR_OPERATORS & set(scopes) and person.role != Role.OPERATOR:
        raise TokenError(f"scope: only operators may have {' or '.join(sorted(FOR_OPERATORS))}")
    if not 0 < days <= LONGEST_DAYS:
        raise TokenError(f"days: expected 1 to {LONGEST_DAYS}")
    text = PREFIX + secrets.token_urlsafe(32)
    id_ = str(uuid4())
    row = {
        "id": id_,
        "person_id": person.id,
        "label": label,
        "token_hash": hashed(text, machine_made=True),
        "scopes": " ".join(sorted(set(scopes))),
        "created_at": now,
        "expires_at": now + timedelta(days=days),
    }
    connection.execute(insert(ReportToken), [row])
    detail: dict[str, audit.Value] = {"token": id_, "scopes": len(set(scopes)), "days": days}
    audit.note(connection, actor=by, action="credential.added", about=person.account, detail=detail)
    return text


def authenticate(header: str | None, now: datetime) -> Bearer | None:
    """Who sends this Authorization header (RFC 6750), or None when it holds no token that is good now.

    A token is as good as its maker: not when they were kept out or no longer read reports.
    """
    kind, _, text = (header or "").strip().partition(" ")
    text = text.strip()
    if kind.lower() != "bearer" or not text.startswith(PREFIX):
        return None
    query = (
        select(ReportToken.id, ReportToken.scopes, ReportToken.used_at, Person)
        .join(Person, Person.id == ReportToken.person_id)
        .where(ReportToken.token_hash == hashed(text, machine_made=True), ReportToken.expires_at > now)
    )
    found = db.session.execute(query).one_or_none()
    if found is None or not found.Person.active or found.Person.role not in READERS:
        return None
    bearer = Bearer(found.id, found.Person, frozenset(found.scopes.split()))
    if found.used_at is None or now - found.used_at > NOTED_EVERY:
        _note_use(found.id, now)
    return bearer


def _note_use(id_: str, now: datetime) -> None:
    with writing() as connection:
        connection.execute(update(ReportToken).where(ReportToken.id == id_).values(used_at=now))


def of(person: Person) -> Sequence[ReportToken]:
    """The tokens of PERSON, the newest first."""
    query = select(ReportToken).where(ReportToken.person_id == person.id)
    return db.session.scalars(query.order_by(ReportToken.created_at.desc())).all()


def everybodys() -> list[tuple[ReportToken, str]]:
    """Every token with the account of its maker, the newest first."""
    query = select(ReportToken, Person.account).join(Person, Person.id == ReportToken.person_id)
    found = db.session.execute(query.order_by(ReportToken.created_at.desc()))
    return [(row.ReportToken, row.account) for row in found]


def revoke(connection: Connection, id_: str, person_id: int | None = None, *, by: str = "") -> bool:
    """Deletes the token ID_ (of the person PERSON_ID, or of anybody); whether there was one. BY as in add."""
    query = delete(ReportToken).where(ReportToken.id == id_)
    if person_id is not None:
        query = query.where(ReportToken.person_id == person_id)
    found = connection.execute(query).rowcount > 0
    if found:
        audit.note(connection, actor=by, action="credential.revoked", detail={"token": id_})
    return found


def state(token: ReportToken, now: datetime | None = None) -> str:
    """ "good" or "expired"."""
    return "good" if token.expires_at > (now or datetime.now(UTC)) else "expired"
