"""The desk's first page, every course with its state, and the page of one course."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext

from near_learn.authoring.blueprint import blueprint, folder_of, names, settings
from near_learn.authoring.place import course_folders
from near_learn.authoring.state import CourseState, state_of
from near_learn.content.values import KINDS as MODULE_KINDS
from near_learn.languages import LANGUAGES


@blueprint.get("/")
def desk() -> str:
    """Every folder of the courses folder, with what is published and what there is to do."""
    found = [state_of(folder) for folder in course_folders(settings().courses)]
    return render_template("authoring/courses.html", courses=sorted(found, key=_order))


def _order(state: CourseState) -> tuple[int, str]:
    return (state.course.order if state.course else 0, state.folder.name)


@blueprint.get("/<course>/")
def course(course: str) -> str:
    """The texts of one course in every language, what is wrong in them, and what can be done."""
    return course_page(course)


def course_page(course: str, error: str = "") -> str:
    """The page; ERROR is shown above the forms for new modules and translations."""
    state = state_of(folder_of(course))
    author = state.release.author if state.release else ""
    return render_template(
        "authoring/course.html",
        state=state,
        author=names([author]).get(author, ""),
        error=error,
        sent=request.form,
        kinds=MODULE_KINDS,
        interface_languages=LANGUAGES,
        severities={"error": gettext("Error"), "warning": gettext("Hint")},
    )
