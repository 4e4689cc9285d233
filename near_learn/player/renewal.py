"""A course that was built differently since somebody began it: they are asked which of the two they want."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection, String, Table, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from near_learn import change_words
from near_learn.content import Course
from near_learn.content.changes import compare
from near_learn.content_library import library
from near_learn.db import Model, UTCDateTime, reading, writing
from near_learn.languages import current_language
from near_learn.people.access import signed_in
from near_learn.player import standing, visit
from near_learn.player.blueprint import blueprint
from near_learn.player.standing import CourseStanding
from near_learn.records import Learner, recorder
from xapi.sql.upsert import insert_or_replace


class KeptRelease(Model):
    """Somebody's answer that they go on with the course as it was, after it got this structure."""

    __tablename__ = "kept_release"

    registration: Mapped[str] = mapped_column(String(36), primary_key=True)
    structure: Mapped[str] = mapped_column(String(16))  # of the release that they were asked about
    at: Mapped[datetime] = mapped_column(UTCDateTime)


assert isinstance(KeptRelease.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = KeptRelease.__table__


@dataclass(frozen=True)
class Offer:
    """The new course, and what is different in it. `asks`: not answered yet, and not finished as it was."""

    course: Course
    changes: tuple[str, ...]
    asks: bool


@blueprint.context_processor
def for_templates() -> dict[str, object]:
    """The course's page and those of its modules ask."""
    return {"renewal": offer}


def offer(where: CourseStanding) -> Offer | None:
    """What is offered to somebody whose course is built differently now; None when there is no choice."""
    now = library().courses.get(where.course.id)
    if where.registration is None or now is None or now.structure == where.course.structure:
        return None
    query = select(table.c.structure).where(table.c.registration == where.registration.registration)
    answered = reading().scalar(query) == now.structure
    words = change_words.structural(compare(where.course, now), current_language())
    return Offer(now, tuple(words), not answered and not where.registration.completed_at)


@blueprint.post("/courses/<course>/renewal")
def renew(course: str) -> Response:
    """The answer: `new`, and what was passed is kept; or `keep`, and it can still be changed later."""
    found = visit.course_or_404(course)
    (where,) = standing.of(signed_in().account, [found])
    back = redirect(url_for("player.course", course=found.id))
    made = offer(where)
    choice = request.form.get("choice")
    if choice not in {"new", "keep"}:
        raise BadRequest("choice: expected new or keep")
    if made is None or where.registration is None:
        return back  # sent twice, or there is nothing to choose any more
    if request.form.get("structure") != made.course.structure:
        flash(gettext("The course has changed once more meanwhile. Please look again, then choose."))
        return back
    registration, at = str(where.registration.registration), datetime.now(UTC)
    with writing() as connection:
        if choice == "new":
            learner = Learner.of(signed_in(), current_language())
            recorder().move(connection, learner, registration, made.course, at)
        else:
            keep(connection, registration, made.course.structure, at)
    if choice == "new":
        flash(gettext("You are in the new version of the course now. What you had passed is kept."), "good")
    else:
        flash(
            gettext("You go on with the course as it was. You can still change to the new one here."), "good"
        )
    return back


def keep(connection: Connection, registration: str, structure: str, at: datetime) -> None:
    """Remembers that the person stays, so that they are not asked about this structure again."""
    insert_or_replace(connection, table, [{"registration": registration, "structure": structure, "at": at}])
