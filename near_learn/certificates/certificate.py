"""A certificate: its code, how it is issued and revoked, and whether it holds today.

The row says that a certificate was given out, to whom and when. What it is about (course, dates, time) is
never copied into it: that is read from the progress rows each time, so that a certificate cannot say more
than the records do. When they no longer bear it out, it does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, String, Table, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.certificates import ground
from near_learn.certificates.ground import Ground
from near_learn.db import Model, UTCDateTime
from near_learn.typed_code import TypedCode
from xapi.sql import lookup
from xapi.sql.upsert import insert_missing

# Crockford's base 32: no letter that somebody could read as a digit. 28 of them are 140 bits.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 28
GROUP = 4
CODE = TypedCode(LETTERS, LENGTH, {"O": "0", "I": "1", "L": "1"})
new_code, normal = CODE.new, CODE.normal
LONGEST_REASON = 500


class NotCompleted(Exception):
    """The course is not completed, so there is nothing to certify."""


class Withheld(Exception):
    """The certificate of this registration was revoked, and no new one may be issued."""


class State(StrEnum):
    """Whether a certificate holds, at the moment of asking."""

    VALID = "valid"
    REVOKED = "revoked"
    UNFOUNDED = "unfounded"  # the records it was based on have been withdrawn


class CertificateRow(Model):
    """A certificate that was given out. A registration has a second one only after the first was revoked."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("registration", "number"),)

    code: Mapped[str] = mapped_column(String(LENGTH), primary_key=True)
    # No foreign key: progress rows are thrown away and made again.
    registration: Mapped[str] = mapped_column(String(36))
    number: Mapped[int]  # of the registration's certificates, counted from 1
    name: Mapped[str] = mapped_column(String(200))  # of the person, as it stood at issue
    language: Mapped[str] = mapped_column(String(8))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(36))  # account of a manager or operator
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    renewable: Mapped[bool] = mapped_column(default=False)  # revoked, but a new one may be issued


assert isinstance(CertificateRow.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = CertificateRow.__table__


@dataclass(frozen=True)
class Certificate:
    """A certificate and what the records say of it now; `ground` is None when they no longer say anything."""

    code: str
    registration: str
    number: int
    name: str
    language: str
    issued_at: datetime
    revoked_at: datetime | None
    reason: str
    renewable: bool
    ground: Ground | None

    @property
    def state(self) -> State:
        if self.revoked_at is not None:
            return State.REVOKED
        return State.VALID if self.ground else State.UNFOUNDED


def grouped(code: str) -> str:
    """CODE as it is printed, in groups of four."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def find(connection: Connection, code: str) -> Certificate | None:
    """The certificate with this code, as it is written in the table."""
    row = connection.execute(select(table).where(table.c.code == code)).one_or_none()
    return None if row is None else _certificate(connection, row)


def latest(connection: Connection, registration: str) -> Certificate | None:
    """The registration's certificate: of several the last one, as those before it are revoked."""
    query = select(table).where(table.c.registration == registration).order_by(table.c.number.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else _certificate(connection, row)


def of(connection: Connection, registrations: Iterable[str]) -> list[Certificate]:
    """Every certificate of these registrations, revoked ones too, the newest first."""
    rows = sorted(lookup.find(connection, table, registration=list(registrations)), key=lambda row: row.code)
    rows.sort(key=lambda row: row.issued_at, reverse=True)
    return [_certificate(connection, row) for row in rows]


def issue(connection: Connection, registration: str, *, name: str, language: str, at: datetime) -> str:
    """The code of the registration's certificate; a new one unless there is one that was not revoked.

    Raises NotCompleted, Withheld. Two requests at the same moment get the same certificate.
    """
    before = latest(connection, registration)
    if before is not None and before.revoked_at is None:
        return before.code
    if before is not None and not before.renewable:
        raise Withheld
    if ground.of(connection, registration) is None:
        raise NotCompleted
    row = {
        "code": new_code(),
        "registration": registration,
        "number": before.number + 1 if before else 1,
        "name": name,
        "language": language,
        "issued_at": at,
    }
    # On PostgreSQL somebody else may have been quicker since: then theirs is the certificate.
    insert_missing(connection, table, [row])
    after = latest(connection, registration)
    assert after is not None  # noqa: S101 (it was written just now, by us or by them)
    return after.code


def revoke(connection: Connection, code: str, *, by: str, reason: str, renewable: bool, at: datetime) -> bool:
    """Revokes the certificate; False when it was revoked before, which then stays as it is.

    With `renewable` the learner may have a new one issued, for example under a corrected name.
    Raises ValueError for a reason that is empty or longer than LONGEST_REASON.
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ValueError(f"expected a reason of 1 to {LONGEST_REASON} characters, got {len(reason)}")
    changed = connection.execute(
        update(table)
        .where(table.c.code == code, table.c.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by, reason=reason, renewable=renewable)
    )
    return changed.rowcount == 1


def _certificate(connection: Connection, row: Row[tuple[object, ...]]) -> Certificate:
    values = {
        name: value for name, value in row._asdict().items() if name in Certificate.__dataclass_fields__
    }
    return Certificate(**values, ground=ground.of(connection, row.registration))
