"""Publishing: what learners will notice, and then one press of a button."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn import publishing
from near_learn.authoring.blueprint import (
    CONFLICT,
    UNPROCESSABLE,
    blueprint,
    cannot_write,
    folder_of,
    names,
)
from near_learn.authoring.state import CourseState, state_of
from near_learn.content import changes
from near_learn.content.releases import NoRelease, Refused
from near_learn.content_library import releases
from near_learn.people.access import signed_in

LONGEST_NOTE = 500


@blueprint.get("/<course>/publish")
def publish(course: str) -> str:
    """What is new since the last release, and what that means for people who are learning."""
    return publish_page(state_of(folder_of(course)))


@blueprint.post("/<course>/publish")
def publish_now(course: str) -> str | Response | tuple[str, int]:
    """Publishes exactly what was shown: when somebody has changed it since, it is shown again."""
    state = state_of(folder_of(course))
    if state.course is None or state.errors:
        return publish_page(state), UNPROCESSABLE
    if request.form.get("release") != state.course.release:
        note = gettext("Somebody has changed the course since you looked. Look again, then publish.")
        return publish_page(state, note), CONFLICT
    note = " ".join(request.form.get("note", "").split())[:LONGEST_NOTE]
    try:
        made = publishing.publish(state.folder, author=signed_in().account, note=note)
    except Refused as refused:
        return publish_page(state, str(refused)), UNPROCESSABLE
    except OSError as error:
        return publish_page(state, cannot_write(error)), 503
    flash(gettext("Published as release %(name)s. Learners see it now.", name=made.id), "good")
    return redirect(url_for("authoring.course", course=course))


def publish_page(state: CourseState, problem: str = "") -> str:
    """The page, with PROBLEM above it."""
    old = None
    if state.release:
        try:
            old = releases().course(state.release.course, state.release.id)
        except NoRelease:
            old = None
    found = changes.compare(old, state.course) if state.course else None
    history = releases().history(state.course.id) if state.course else ()
    return render_template(
        "authoring/publish.html",
        state=state,
        changes=found,
        problem=problem,
        history=history,
        names=names(each.author for each in history),
    )
