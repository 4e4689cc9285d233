"""What the rows hold about one person: courses, modules, attempts, answers, texts, certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, select

from near_learn.certificates import certificate
from near_learn.certificates.certificate import Certificate
from near_learn.cmi5.course import unit_title
from near_learn.content import Course, Question
from near_learn.content_library import at_release
from near_learn.player import draft, renewal
from near_learn.prepared import Prepared
from near_learn.records import private, wording
from near_learn.records.progress import answer, attempt, module_progress, registration, release

Rows = list[Row[Any]]

_MINE = Prepared(
    select(registration)
    .where(registration.c.actor == bindparam("account"))
    .order_by(registration.c.enrolled_at.desc(), registration.c.registration)
)
_COURSES = select(registration.c.course).where(registration.c.actor == bindparam("account"))
_TITLES = Prepared(
    select(release.c.course, release.c.title)
    .where(release.c.course.in_(_COURSES))
    .order_by(release.c.loaded_at)
)


@dataclass(frozen=True)
class MyCourse:
    """One registration: its row, the course as it is shown (None: no longer here), and what it is called."""

    row: Row[Any]
    course: Course | None
    titles: Mapping[str, str]

    def title(self, language: str) -> str:
        """The course's title in LANGUAGE, else in English, else its id."""
        return self.titles.get(language) or self.titles.get("en") or str(self.row.course)

    def module(self, module: str, language: str) -> str:
        """The module's title; its id when the course no longer has it."""
        try:
            if self.course:
                return self.course.module(module).text(language).title
            return unit_title(self.row.course, module, language) or module
        except KeyError:
            return module

    def asked(self, module: str, question: str, language: str) -> str:
        """What was asked; the question's id when the module no longer asks it."""
        found = self._question(module, question, language)
        return found.title if found else question

    def words(self, module: str, question: str, response: str, language: str) -> str:
        """A response in words; as it is kept, when the module no longer asks the question."""
        found = self._question(module, question, language)
        if found is None or found.private:
            return response
        names = {option.id: option.text for option in found.options}
        names |= {target.id: target.text for target in found.targets}
        return wording.parts(response, names)

    def _question(self, module: str, question: str, language: str) -> Question | None:
        try:
            return self.course.module(module).text(language).question(question) if self.course else None
        except KeyError:
            return None


@dataclass(frozen=True)
class Details:
    """Everything that was recorded in one registration."""

    modules: Rows
    attempts: Rows
    answers: Rows
    texts: Rows
    drafts: Rows
    kept: Rows  # whether they went on with the course as it was


def courses(connection: Connection, account: str) -> list[MyCourse]:
    """Every registration of the person, the latest first."""
    return _courses(connection, _MINE.rows(connection, account=account))


def course(connection: Connection, account: str, id_: str) -> MyCourse | None:
    """The registration, if it is the person's."""
    mine = select(registration).where(registration.c.actor == account, registration.c.registration == id_)
    return next(iter(_courses(connection, connection.execute(mine).all())), None)


def details(connection: Connection, id_: str) -> Details:
    """The rows of a registration, in the order in which things happened."""

    def of(table: Table, *order: Any) -> Rows:
        query = select(table).where(table.c.registration == id_).order_by(*order)
        return list(connection.execute(query))

    return Details(
        modules=of(module_progress, module_progress.c.started_at, module_progress.c.module),
        attempts=of(attempt, attempt.c.at, attempt.c.module, attempt.c.number),
        answers=of(answer, answer.c.at, answer.c.module, answer.c.question, answer.c.attempt),
        texts=of(private.table, private.table.c.at, private.table.c.question),
        drafts=of(draft.table, draft.table.c.at, draft.table.c.question),
        kept=of(renewal.table, renewal.table.c.at),
    )


def certificates(connection: Connection, mine: list[MyCourse]) -> list[Certificate]:
    """Every certificate that was issued to the person, revoked ones too, the newest first."""
    return certificate.of(connection, [each.row.registration for each in mine])


def _courses(connection: Connection, rows: Sequence[Row[Any]]) -> list[MyCourse]:
    """The registrations, each with the titles that its course had last."""
    account = rows[0].actor if rows else ""
    titles = {row.course: row.title for row in _TITLES.rows(connection, account=account)}
    return [_course(row, titles.get(row.course)) for row in rows]


def _course(row: Row[Any], titles: Mapping[str, str] | None) -> MyCourse:
    try:
        shown = at_release(row.course, row.release)
    except KeyError:
        shown = None
    return MyCourse(row, shown, titles or (shown.title if shown else {}))
