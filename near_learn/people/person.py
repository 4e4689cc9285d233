"""A person with a role in a region, and their cohort: the only table with both account and name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import uuid4

from flask_login import UserMixin
from sqlalchemy import Connection, ForeignKey, String, false, insert, select, update
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from near_learn.db import Model, UTCDateTime, db
from near_learn.people import device, password_link
from near_learn.people.letters import folded
from near_learn.people.organisation import Organisation
from near_learn.people.role import Role as Role
from near_learn.privacy import tombstone

# What a manager answers for.
REGION = "region"
ORGANISATION = "organisation"

EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
LONGEST_EMAIL = 254
LONGEST_NAME = 200


# What `change` calls the columns of a person.
COLUMNS = {
    "email": "email",
    "name": "name",
    "role": "role",
    "region": "region",
    "language": "language",
    "organisation": "organisation_id",
    "answers_for": "answers_for",
}


class EmailTaken(Exception):
    """Another person signs in with this e-mail address."""


class ErasedBefore(EmailTaken):
    """Somebody with this address was erased here. An operator can let them come back, as somebody new."""


class Cohort(Model):
    """A group that learns together: a pilot, a local initiative group."""

    __tablename__ = "cohort"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    region: Mapped[str] = mapped_column(String(5))
    # The organisation whose group it is; none for a group of a region.
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)

    # Nobody comes in by a code or link; invitations wait.
    closed: Mapped[bool] = mapped_column(default=False, server_default=false())

    organisation: Mapped[Organisation | None] = relationship()


class Person(UserMixin, Model):  # type: ignore[misc]  # Flask-Login has no types.
    """Somebody who signs in. Statements know a person by `account` only."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    searched: Mapped[str] = mapped_column(
        String(LONGEST_NAME + LONGEST_EMAIL + 1), default=lambda row: _searched(row)
    )
    role: Mapped[str] = mapped_column(String(16))
    region: Mapped[str] = mapped_column(String(5), index=True)
    language: Mapped[str] = mapped_column(String(8), default="en")
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    answers_for: Mapped[str] = mapped_column(String(12), default=REGION, server_default=REGION)
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), default=lambda: datetime.now(UTC))

    cohort: Mapped[Cohort | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def is_active(self) -> bool:
        """Whether Flask-Login may sign this person in."""
        return self.active

    def get_id(self) -> str:
        """What the session's cookie keeps beside its own secret (see session.py)."""
        return str(self.id)


def searchable(name: str, email: str) -> str:
    """What a search for a person looks into."""
    return folded(f"{name} {email}")


def _searched(row: DefaultExecutionContext) -> str:
    values = row.get_current_parameters()  # type: ignore[no-untyped-call]
    return searchable(values["name"], values["email"])


def normal_email(text: str) -> str:
    """The e-mail address TEXT as it is stored, in lower case. Raises ValueError when it is none."""
    email = text.strip().lower()
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email):
        raise ValueError(f"expected an e-mail address like name@example.org, got {text!r}")
    return email


def normal_name(text: str) -> str:
    """The name TEXT without surplus spaces. Raises ValueError when it is empty, too long or not one line."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(f"expected a name of 1 to {LONGEST_NAME} letters, got {text!r}")
    return name


def by_email(email: str) -> Person | None:
    """The person who signs in with EMAIL, in whatever case it is written."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def add(
    connection: Connection,
    *,
    email: str,
    name: str,
    role: Role,
    region: str,
    language: str = "en",
    cohort: str | None = None,
    organisation: str | None = None,
    answers_for: str = REGION,
    password_hash: str | None = None,
    created_at: datetime | None = None,
) -> str:
    """Stores a new person; returns their account. Without a password hash they cannot sign in.

    Raises ValueError for an impossible e-mail address or name, EmailTaken. The caller has checked the
    region, and that cohort and organisation exist.
    """
    account = str(uuid4())
    values: dict[str, object] = {
        "account": account,
        "email": normal_email(email),
        "name": normal_name(name),
        "role": Role(role).value,
        "region": region,
        "language": language,
        "cohort_id": cohort,
        "organisation_id": organisation,
        "answers_for": answers_for,
        "password_hash": password_hash,
    }
    if created_at is not None:
        values["created_at"] = created_at
    if connection.scalar(select(Person.id).where(Person.email == values["email"])) is not None:
        raise EmailTaken
    if tombstone.erased(connection, str(values["email"])):
        raise ErasedBefore
    try:
        connection.execute(insert(Person).values(values))
    except IntegrityError as error:
        # PostgreSQL lets two writers pass the check above at once; the unique key then decides.
        raise EmailTaken from error
    return account


def change(connection: Connection, account: str, **wished: object) -> dict[str, object]:
    """Changes what differs; returns what was there before, by field, and {} when nothing differed.

    Fields: email, name, role, region, language, organisation, answers_for, as `add` names them; groups are
    for membership.py. Raises ValueError and EmailTaken like `add`, LookupError when there is nobody with this
    account. Who may change what is decided in rights.py; the caller has checked that what is named exists.
    """
    if unknown := set(wished) - set(COLUMNS):
        raise TypeError(f"change: expected fields of {sorted(COLUMNS)}, got {sorted(unknown)}")
    known = select(*(getattr(Person, column).label(field) for field, column in COLUMNS.items()))
    row = connection.execute(known.where(Person.account == account)).mappings().one_or_none()
    if row is None:
        raise LookupError(f"there is no person with the account {account!r}")
    if "email" in wished:
        wished["email"] = normal_email(str(wished["email"]))
    if "name" in wished:
        wished["name"] = normal_name(str(wished["name"]))
    before = {field: row[field] for field, value in wished.items() if row[field] != value}
    if not before:
        return {}
    after = {**row, **wished}
    others = (Person.email == after["email"]) & (Person.account != account)
    if "email" in before and connection.scalar(select(Person.id).where(others)) is not None:
        raise EmailTaken
    values = {COLUMNS[field]: wished[field] for field in before}
    values["searched"] = searchable(str(after["name"]), str(after["email"]))
    try:
        connection.execute(update(Person).where(Person.account == account).values(values))
    except IntegrityError as error:
        raise EmailTaken from error
    if "email" in before:
        # What was sent to the address before opens nothing any more.
        number = connection.scalars(select(Person.id).where(Person.account == account)).one()
        password_link.forget(connection, number)
    return before


def set_password(connection: Connection, person_id: int, password_hash: str) -> None:
    """A new password. Every session of this person ends, and no link that was sent before works any more."""
    connection.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))
    device.end_all(connection, person_id)
    password_link.forget(connection, person_id)


def set_active(connection: Connection, person_id: int, active: bool) -> None:
    """Lets a person in or keeps them out. Every session of this person ends."""
    connection.execute(update(Person).where(Person.id == person_id).values(active=active))
    device.end_all(connection, person_id)
