"""An organisation that sends people to learn: a city, a service provider, a member of a network."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection, String, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model

LONGEST_NAME = 200


class Organisation(Model):
    """Statements know an organisation by `id` only, an opaque word; its region is where it is at home."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    region: Mapped[str] = mapped_column(String(5), index=True)


class NameTaken(Exception):
    """Another organisation has this name."""


def normal_name(text: str) -> str:
    """The name TEXT without surplus spaces. Raises ValueError when it is empty, too long or not one line."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(f"expected a name of 1 to {LONGEST_NAME} letters, got {text!r}")
    return name


def add(connection: Connection, *, name: str, region: str, id_: str | None = None) -> str:
    """The id of a new organisation. Raises ValueError for an impossible name, NameTaken. The caller has
    checked the region."""
    id_ = id_ or str(uuid4())
    name = normal_name(name)
    _require_free(connection, name, id_)
    try:
        connection.execute(insert(Organisation).values(id=id_, name=name, region=region))
    except IntegrityError as error:
        raise NameTaken(name) from error
    return id_


def change(connection: Connection, id_: str, *, name: str, region: str) -> dict[str, str]:
    """Changes what differs; returns what was there before, by field. Raises like `add`, and LookupError."""
    row = connection.execute(
        select(Organisation.name, Organisation.region).where(Organisation.id == id_)
    ).one_or_none()
    if row is None:
        raise LookupError(f"there is no organisation {id_!r}")
    name = normal_name(name)
    _require_free(connection, name, id_)
    before = {"name": row.name} if row.name != name else {}
    before |= {"region": row.region} if row.region != region else {}
    try:
        connection.execute(
            update(Organisation).where(Organisation.id == id_).values(name=name, region=region)
        )
    except IntegrityError as error:
        raise NameTaken(name) from error
    return before


def _require_free(connection: Connection, name: str, id_: str) -> None:
    others = select(Organisation.id).where(Organisation.name == name, Organisation.id != id_)
    if connection.scalar(others) is not None:
        raise NameTaken(name)
