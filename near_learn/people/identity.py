"""Who somebody is at an OpenID provider: the link between its subject and a person here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, ForeignKey, String, Table, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime

LONGEST_ISSUER = 300
# OpenID Connect Core 1.0, 2: sub "MUST NOT exceed 255 ASCII characters in length".
LONGEST_SUBJECT = 255


class Identity(Model):
    """A subject of a provider, and whom it is here. One a person and provider."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("person_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER), primary_key=True)
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since: Mapped[datetime] = mapped_column(UTCDateTime())


assert isinstance(Identity.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = Identity.__table__


def person_of(connection: Connection, issuer: str, subject: str) -> int | None:
    """The number of the person whose identity this is."""
    found: int | None = connection.scalar(
        select(table.c.person_id).where(table.c.issuer == issuer, table.c.subject == subject)
    )
    return found


def is_linked(connection: Connection, person_id: int) -> bool:
    """Whether the person signs in with a provider."""
    return connection.scalar(select(table.c.person_id).where(table.c.person_id == person_id)) is not None


def link(connection: Connection, issuer: str, subject: str, person_id: int, now: datetime) -> None:
    """From now on this subject is this person. The caller has seen that neither is linked otherwise."""
    connection.execute(insert(table).values(issuer=issuer, subject=subject, person_id=person_id, since=now))


def unlink(connection: Connection, person_id: int) -> int:
    """Cuts the person's links; how many."""
    return connection.execute(delete(table).where(table.c.person_id == person_id)).rowcount
