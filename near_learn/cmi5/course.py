"""Imported courses: what is kept of each, and what it consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Row, String, Table, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.cmi5.structure import Block, Structure, Texts, Unit
from near_learn.db import Model, UTCDateTime, db
from near_learn.prepared import Prepared
from near_learn.records.iris import IMPORTED

FOLDER = "cmi5"


class ImportedCourse(Model):
    """A course that came as a cmi5 package. Deleting it deletes its files; what people did in it stays."""

    __tablename__ = "cmi5_course"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    publisher_id: Mapped[str] = mapped_column(Text)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    structure: Mapped[dict[str, Any]] = mapped_column(JSON)
    release: Mapped[str] = mapped_column(String(64))
    # The folder of its files, and what an address must have to lead into it; "" for a structure alone.
    key: Mapped[str] = mapped_column(String(43), index=True)
    imported_by: Mapped[str] = mapped_column(String(36))
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime())
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


assert isinstance(ImportedCourse.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = ImportedCourse.__table__

_PRESENT = Prepared(
    select(table).where(table.c.deleted_at.is_(None)).order_by(table.c.imported_at, table.c.id)
)


@dataclass(frozen=True)
class Imported:
    """An imported course."""

    id: str
    title: Texts
    release: str
    key: str
    imported_at: datetime
    deleted_at: datetime | None
    parts: Mapping[str, Any]

    @cached_property
    def structure(self) -> Structure:
        return from_json(self.parts)

    def name(self, language: str) -> str:
        """The title in LANGUAGE, else in a language that there is."""
        return worded(self.title, language) or self.id


def find(connection: Connection, id_: str) -> Imported | None:
    """The course, also when it was deleted."""
    row = connection.execute(select(table).where(table.c.id == id_)).one_or_none()
    return None if row is None else _imported(row)


def by_key(connection: Connection, key: str) -> str | None:
    """The id of the course whose files are under this key, while it is there."""
    query = select(table.c.id).where(table.c.key == key, table.c.deleted_at.is_(None))
    found: str | None = connection.scalar(query) if key else None
    return found


def present(connection: Connection) -> Sequence[Imported]:
    """The courses that can be taken, in the order in which they came."""
    return [_imported(row) for row in _PRESENT.rows(connection)]


@lru_cache(maxsize=64)
def _structure(id_: str) -> Structure:
    """The structure of a course, which never changes. Raises KeyError."""
    with db.engine.connect() as connection:
        found = find(connection, id_)
    if found is None:
        raise KeyError(id_)
    return found.structure


def unit_title(id_: str, unit: str, language: str) -> str:
    """What a unit of an imported course is called, also of one that was deleted; "" for any other."""
    if not id_.startswith(IMPORTED):
        return ""
    try:
        return worded(_structure(id_).unit(unit).title, language)
    except KeyError:
        return ""


def delete(connection: Connection, id_: str, now: datetime) -> bool:
    """Takes the course away from everybody; whether it was there. Its records stay."""
    query = update(table).where(table.c.id == id_, table.c.deleted_at.is_(None))
    return connection.execute(query.values(deleted_at=now)).rowcount > 0


def folder(data: Path, key: str) -> Path:
    """Where the files of a course are."""
    return data / FOLDER / key


def worded(texts: Mapping[str, str], language: str) -> str:
    """The text in LANGUAGE, in a variety of it, in English, or in the first language there is."""
    return texts.get(tag(texts, language), "")


def tag(texts: Mapping[str, str], language: str) -> str:
    """The language in which `worded` gives a text; "" when there is none at all."""
    for wanted in (language, "en"):
        for each in texts:
            if each == wanted or each.lower().partition("-")[0] == wanted:
                return each
    return next(iter(texts), "")


def to_json(structure: Structure) -> dict[str, Any]:
    """The structure as JSON: what `from_json` reads."""
    return asdict(structure)


def from_json(value: Mapping[str, Any]) -> Structure:
    """The structure that `to_json` wrote."""
    return Structure(**{**value, "children": _children(value["children"])})


def _children(values: Sequence[Mapping[str, Any]]) -> tuple[Block | Unit, ...]:
    return tuple(
        Block(**{**value, "children": _children(value["children"])}) if "children" in value else Unit(**value)
        for value in values
    )


def _imported(row: Row[Any]) -> Imported:
    return Imported(row.id, row.title, row.release, row.key, row.imported_at, row.deleted_at, row.structure)
