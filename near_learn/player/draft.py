"""The answers of a quiz that has not been sent yet, kept so that another device can go on with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Float,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.content import Question, grade
from near_learn.db import Model, UTCDateTime, reading
from near_learn.prepared import Prepared
from near_learn.records import progress
from xapi.sql import driver


class QuizDraft(Model):
    """One answer of an attempt that is still being made. No learning record: it goes when all are sent."""

    __tablename__ = "quiz_draft"

    registration: Mapped[str] = mapped_column(String(36), primary_key=True)
    module: Mapped[str] = mapped_column(String(100), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  # of the attempt, counted from 1
    question: Mapped[str] = mapped_column(String(100), primary_key=True)
    response: Mapped[str] = mapped_column(Text)
    seconds: Mapped[float | None] = mapped_column(Float)  # so far, over all visits; None: not known
    shared: Mapped[bool] = mapped_column(Boolean, server_default=false())  # a text that others may read
    release: Mapped[str] = mapped_column(String(64), server_default="")  # whose question was answered
    at: Mapped[datetime] = mapped_column(UTCDateTime)


assert isinstance(QuizDraft.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = QuizDraft.__table__

_MINE = select(progress.registration.c.registration).where(
    progress.registration.c.actor == bindparam("account")
)
_COUNTS = Prepared(
    select(table.c.registration, table.c.module, func.count().label("number"))
    .where(table.c.registration.in_(_MINE))
    .group_by(table.c.registration, table.c.module)
)
_ATTEMPT = (
    table.c.registration == bindparam("registration"),
    table.c.module == bindparam("module"),
    table.c.number == bindparam("number"),
)
_READ = Prepared(select(table.c.question, table.c.response, table.c.seconds, table.c.shared).where(*_ATTEMPT))
_FORGET = "DELETE FROM quiz_draft WHERE registration = ? AND module = ?"
_RELEASE = Prepared(select(table.c.release).where(*_ATTEMPT).order_by(table.c.at.desc()).limit(1))


@dataclass(frozen=True)
class Draft:
    """What is chosen for one question, and how long that took."""

    response: tuple[str, ...]
    seconds: float | None
    shared: bool = False  # a text of the learner's own that others may read


def read(registration: str, module: str, number: int, quiz: Sequence[Question]) -> dict[str, Draft]:
    """The answers so far by question id; only those that still fit the questions of QUIZ."""
    rows = _READ.rows(reading(), registration=registration, module=module, number=number)
    questions = {question.id: question for question in quiz}
    found = {}
    for row in rows:
        if row.question in questions:
            response = questions[row.question].split(row.response)
            if _fits(questions[row.question], response):
                found[row.question] = Draft(response, row.seconds, row.shared)
    return found


def keep(
    connection: Connection,
    registration: str,
    module: str,
    number: int,
    question: Question,
    answer: Draft,
    at: datetime,
    release: str = "",
) -> None:
    """Writes the answer over an earlier one, adding its seconds to those so far; an empty one removes it."""
    key = (*_attempt(registration, module, number), table.c.question == question.id)
    if not answer.response:
        connection.execute(delete(table).where(*key))
        return
    earlier = connection.execute(select(table.c.seconds).where(*key)).one_or_none()
    known = [part for part in (answer.seconds, earlier.seconds if earlier else None) if part is not None]
    values = {
        "response": question.join(answer.response),
        "seconds": sum(known) if known else None,
        "shared": answer.shared,
        "at": at,
        "release": release,
    }
    if earlier:
        connection.execute(update(table).where(*key).values(values))
    else:
        identity = {"registration": registration, "module": module, "number": number}
        identity["question"] = question.id
        connection.execute(insert(table).values({**identity, **values}))


def begun_on(registration: str, module: str, number: int) -> str:
    """The release that the attempt was begun on; "" when it was not begun, or when that is not known."""
    connection = reading()
    found = _RELEASE.first(connection, registration=registration, module=module, number=number)
    return found.release if found else ""


def forget(connection: Connection, registration: str, module: str) -> None:
    """Removes the answers of every attempt at this module's quiz: it has been sent."""
    driver.rows(connection, _FORGET, (registration, module))


def counts(connection: Connection, account: str) -> Mapping[tuple[str, str], int]:
    """How many answers of this person wait to be sent, by (registration, module)."""
    rows = _COUNTS.rows(connection, account=account)
    return {(row.registration, row.module): row.number for row in rows}


def _fits(question: Question, response: tuple[str, ...]) -> bool:
    """Whether this is still an answer to the question, which may have changed since."""
    try:
        grade(question, response)
    except ValueError:
        return False
    return True


def _attempt(registration: str, module: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (table.c.registration == registration, table.c.module == module, table.c.number == number)
