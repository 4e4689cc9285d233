"""What learners write for themselves: kept here and in no statement, unless they share it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, String, Table, Text, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime
from near_learn.prepared import Prepared
from near_learn.records.progress import ID, UUID
from xapi.sql.upsert import insert_or_replace

LONGEST = 5000  # characters


class PrivateText(Model):
    """The latest text of a learner's own to one question. No derived row: nothing could make it again."""

    __tablename__ = "private_text"

    registration: Mapped[str] = mapped_column(UUID, primary_key=True)
    module: Mapped[str] = mapped_column(ID, primary_key=True)
    question: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer)  # at the quiz; 0: outside of any
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    statement_id: Mapped[str | None] = mapped_column(String(36))  # which shares it; None: kept private


assert isinstance(PrivateText.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = PrivateText.__table__

_OF_MODULE = Prepared(
    select(table).where(
        table.c.registration == bindparam("registration"), table.c.module == bindparam("module")
    )
)


@dataclass(frozen=True)
class Kept:
    """A text that was written, in which attempt and when, and the statement that shares it if one does."""

    text: str
    attempt: int
    at: datetime
    statement_id: str | None

    @property
    def shared(self) -> bool:
        """Whether others may read it."""
        return self.statement_id is not None


def of(connection: Connection, registration: str, module: str) -> dict[str, Kept]:
    """The texts written in a module, by question id."""
    rows = _OF_MODULE.rows(connection, registration=registration, module=module)
    return {row.question: Kept(row.text, row.attempt, row.at, row.statement_id) for row in rows}


def keep(connection: Connection, registration: str, module: str, question: str, kept: Kept) -> None:
    """Writes a text over the earlier one; an empty text removes it."""
    key = {"registration": registration, "module": module, "question": question}
    if kept.text:
        insert_or_replace(connection, table, [key | vars(kept)])
        return
    found = [table.c[name] == value for name, value in key.items()]
    connection.execute(delete(table).where(*found))
