"""The catalogue and the page of a course: where you stand, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from flask import redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from near_learn.cmi5 import standing as imports
from near_learn.cmi5.course import present
from near_learn.content_library import library
from near_learn.db import reading, writing
from near_learn.events import attendance
from near_learn.languages import current_language
from near_learn.people import region
from near_learn.people.access import signed_in
from near_learn.player import card, due, instrument, standing, visit
from near_learn.player.blueprint import blueprint
from near_learn.player.due import Due
from near_learn.player.instrument import InstrumentStanding
from near_learn.player.standing import CourseStanding, ModuleStanding
from near_learn.records import Learner, recorder
from near_learn.records.iris import IMPORTED


@blueprint.get("/")
def catalogue() -> str:
    """Every course; for somebody who has not signed in, what this site is."""
    courses = list(library().courses.values())
    if not current_user.is_authenticated:
        return render_template("player/welcome.html", courses=courses)
    standings = standing.of(signed_in().account, courses)
    dates = due.of(signed_in())
    connection = reading()
    imported = imports.of(connection, signed_in().account, present(connection))
    language = current_language()
    return render_template(
        "player/catalogue.html",
        courses=[card.course(each, language, dates.get(each.course.id)) for each in standings],
        going_on=_going_on(standings, dates),
        due=dates,
        waiting=[card.instrument(each.course, waits, language, 2) for each, waits in _waiting(standings)],
        imported=imported,
    )


@blueprint.get("/courses/<course>")
def course(course: str) -> str | Response:
    """What the course is about, and its modules."""
    if course.startswith(IMPORTED):
        return redirect(url_for("cmi5.course", id_=course))
    found = visit.course_or_404(course)
    (where,) = standing.of(signed_in().account, [found])
    origin = region.name(found.origin, current_language()) if found.origin else None
    return render_template(
        "player/course.html",
        standing=where,
        closed=visit.closed(where),
        course=where.course,
        instruments=instrument.standings(where, datetime.now(UTC)),
        card=card.instrument,
        origin=origin,
        due=due.of(signed_in()).get(found.id),
        attended=attendance.of(reading(), signed_in().account, found.id),
    )


@blueprint.post("/courses/<course>/start")
def start(course: str) -> Response | tuple[str, int]:
    """Enrols, and leads to the first module, or to what is asked before it."""
    found = visit.course_or_404(course)
    (where,) = standing.of(signed_in().account, [found])
    if visit.closed(where):
        return visit.refused(where)
    learner = Learner.of(signed_in(), current_language())
    with writing() as connection:
        recorder().enrol(connection, learner, found, datetime.now(UTC))
    (where,) = standing.of(signed_in().account, [found])
    before = instrument.before(where, datetime.now(UTC))
    if before:
        return redirect(url_for("player.quiz", course=found.id, module=before.module.id))
    return redirect(url_for("player.module", course=found.id, module=found.modules[0].id))


def _waiting(standings: Sequence[CourseStanding]) -> list[tuple[CourseStanding, InstrumentStanding]]:
    """What people are asked after a course, and have not answered yet."""
    now = datetime.now(UTC)
    found = [(each, instrument.waiting(each, now)) for each in standings]
    return [(each, waits) for each, waits in found if waits]


def _going_on(
    standings: Sequence[CourseStanding], dates: Mapping[str, Due]
) -> tuple[CourseStanding, ModuleStanding] | None:
    """The course touched last that has something left to do, and that module.

    For somebody who has nothing in hand: the first module of the course that is due first, or of the first.
    """
    left = [each for each in standings if each.next and not visit.closed(each)]
    begun = [each for each in left if each.registration]
    if begun:
        chosen = max(begun, key=lambda each: each.registration.last_at if each.registration else 0)
    elif left:
        chosen = min(
            left, key=lambda each: dates[each.course.id].day if each.course.id in dates else date.max
        )
    else:
        return None
    return (chosen, chosen.next) if chosen.next else None
