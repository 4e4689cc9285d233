"""Where everybody stands: the rows that are derived from statements and can be thrown away and made again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, Float, Index, Integer, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime

ID = String(100)  # of a course, a module or a question; longer ones from outside are not ours
UUID = String(36)


class Registration(Model):
    """One person's way through one release of one course.

    Region, NUTS version, language, organisation and cohort are those of its first statement: a registration
    counts where it began, also after the person has moved. The release is the one that was taken up last.
    """

    __tablename__ = "registration"
    __table_args__ = (
        Index("ix_registration_actor_course", "actor", "course"),
        Index("ix_registration_course_region", "course", "region"),
    )

    registration: Mapped[str] = mapped_column(UUID, primary_key=True)
    # The account name of our own people; for anyone else a SHA-256 of what identifies them.
    actor: Mapped[str] = mapped_column(String(64))
    course: Mapped[str] = mapped_column(ID)
    release: Mapped[str] = mapped_column(String(64))  # "" when not stated; so are the five below
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when `registered` stated it
    region: Mapped[str] = mapped_column(String(5))
    nuts: Mapped[str] = mapped_column(String(4))
    language: Mapped[str] = mapped_column(String(35))
    organisation: Mapped[str] = mapped_column(String(64), server_default="")
    cohort: Mapped[str] = mapped_column(String(64))
    enrolled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # every module completed
    passed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # every module completed and passed


class ModuleProgress(Model):
    """How far a registration is in one module."""

    __tablename__ = "module_progress"
    # Who has taken a test before and after: all that is asked of it stands in the index.
    __table_args__ = (
        Index("ix_module_progress_module", "module", "registration", "first_score", "started_at"),
    )

    registration: Mapped[str] = mapped_column(UUID, primary_key=True)
    module: Mapped[str] = mapped_column(ID, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    open_since: Mapped[datetime | None] = mapped_column(UTCDateTime)  # None: not being taken now
    section: Mapped[str] = mapped_column(ID)  # the bookmark; "" when there is none
    seen: Mapped[list[str]] = mapped_column(JSON)  # ids of the sections seen, in the order they came
    # How often a section was read once more, by its id; those that were not are left out.
    again: Mapped[dict[str, int]] = mapped_column(JSON, server_default="{}")
    progress: Mapped[float] = mapped_column(Float)  # 0 to 1
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # all sections seen, quiz taken
    passed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(Integer)
    first_score: Mapped[float | None] = mapped_column(Float)  # 0 to 1
    best_score: Mapped[float | None] = mapped_column(Float)
    seconds: Mapped[float] = mapped_column(Float)  # active time, in all
    session_seconds: Mapped[float] = mapped_column(Float)  # active time since it was last opened


class Attempt(Model):
    """One try at a module's quiz."""

    __tablename__ = "attempt"

    registration: Mapped[str] = mapped_column(UUID, primary_key=True)
    module: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  # counted from 1
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    scaled: Mapped[float | None] = mapped_column(Float)  # None when the statement has no score
    raw: Mapped[float | None] = mapped_column(Float)
    max: Mapped[float | None] = mapped_column(Float)
    success: Mapped[bool | None] = mapped_column(Boolean)  # None: nothing to pass, as in a pre-test
    seconds: Mapped[float | None] = mapped_column(Float)
    release: Mapped[str] = mapped_column(String(64), server_default="")  # to which it belongs
    statement_id: Mapped[str] = mapped_column(UUID)


class Answer(Model):
    """The latest answer to a question, in one quiz attempt or (attempt 0) to a knowledge check."""

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_module_question_attempt_at", "module", "question", "attempt", "at"),)

    registration: Mapped[str] = mapped_column(UUID, primary_key=True)
    module: Mapped[str] = mapped_column(ID, primary_key=True)
    question: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    response: Mapped[str] = mapped_column(Text)  # as in the statement: option ids joined by [,]
    success: Mapped[bool | None] = mapped_column(Boolean)
    score: Mapped[float | None] = mapped_column(Float)  # 0 to 1
    seconds: Mapped[float | None] = mapped_column(Float)
    tries: Mapped[int] = mapped_column(Integer)
    release: Mapped[str] = mapped_column(String(64), server_default="")  # to which it belongs
    statement_id: Mapped[str] = mapped_column(UUID)


class Release(Model):
    """A published state of a course's files, as far as records need to know it."""

    __tablename__ = "release"

    course: Mapped[str] = mapped_column(ID, primary_key=True)
    release: Mapped[str] = mapped_column(String(64), primary_key=True)
    modules: Mapped[list[str]] = mapped_column(JSON)  # ids, in order
    # Ids of tests and surveys, which never count.
    instruments: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    structure: Mapped[str] = mapped_column(String(16), server_default="")  # a digest; "" when not known
    title: Mapped[dict[str, str]] = mapped_column(JSON)  # by language
    loaded_at: Mapped[datetime] = mapped_column(UTCDateTime)  # when it was published, or first seen


def _table(model: type[Model]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 (for the type checker: models could map other things)
    return table


# The same as Core tables: the projection writes rows by the hundred, without objects.
registration = _table(Registration)
module_progress = _table(ModuleProgress)
attempt = _table(Attempt)
answer = _table(Answer)
release = _table(Release)
DERIVED = (answer, attempt, module_progress, registration)
