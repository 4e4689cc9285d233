"""Beginning something new: a course, a module, a translation, each with a text that the checker accepts."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.authoring import course_file
from near_learn.authoring.blueprint import (
    UNPROCESSABLE,
    blueprint,
    cannot_write,
    folder_of,
    settings,
    writer,
)
from near_learn.authoring.course_list import course_page
from near_learn.authoring.place import module_folder, place
from near_learn.authoring.question_form import free_id
from near_learn.content import language as languages
from near_learn.content import new
from near_learn.content.entries import CannotWrite
from near_learn.content.values import KINDS

LONGEST_TITLE = 200


@blueprint.route("/new", methods=["GET", "POST"])
def new_course() -> str | Response | tuple[str, int]:
    """A new course: a draft with one module, so that the checker has nothing against it."""
    if request.method == "GET":
        return render_template("authoring/new.html", error="", sent=request.form)
    title, identifier = titled()
    error = missing(title)
    if not error:
        try:
            files = new.new_course(settings().courses, identifier, title)
            writer().created(files[0].parent, files)
            flash(
                gettext("The course is begun, as a draft: learners do not see it until you publish it."),
                "good",
            )
            return redirect(url_for("authoring.course", course=files[0].parent.name))
        except CannotWrite as problem:
            error = gettext(
                "Nothing was made: %(reason)s", reason=str(problem).replace(str(settings().courses), "")
            )
        except OSError as problem:
            error = cannot_write(problem)
    return render_template("authoring/new.html", error=error, sent=request.form), UNPROCESSABLE


@blueprint.post("/<course>/new-module")
def new_module(course: str) -> Response | tuple[str, int]:
    """A new module at the end of the course."""
    folder = folder_of(course)
    title, identifier = titled()
    kind = request.form.get("kind", KINDS[0])
    error = missing(title)
    if not error:
        try:
            made = writer()
            with made.alone(course):
                made.note(folder, "course.md")
                files = new.new_module(folder, identifier, title, kind)
                made.created(folder, files)
            where = files[0].relative_to(folder).as_posix()
            flash(gettext("The module is begun. Write over the example text."), "good")
            return redirect(url_for("authoring.edit", course=course, text=where))
        except CannotWrite as problem:
            error = gettext("Nothing was made: %(reason)s", reason=str(problem).replace(f"{folder}/", ""))
        except OSError as problem:
            error = cannot_write(problem)
    return course_page(course, error), UNPROCESSABLE


@blueprint.post("/<course>/new-translation")
def new_translation(course: str) -> Response | tuple[str, int]:
    """A translation of the course page or of a module, begun with the English text to write over."""
    folder = folder_of(course)
    module, code = request.form.get("module", ""), request.form.get("language", "").strip()
    if not languages.known(code):
        error = gettext("Write the code of a language, such as fi or pt.")
        return course_page(course, error), UNPROCESSABLE
    if module:
        module_folder(folder, module)
    wanted = place(folder, f"{module}/{code}.md" if module else f"course.{code}.md")
    if course_file.read(wanted.path).there:
        return redirect(url_for("authoring.edit", course=course, text=wanted.file))
    try:
        path = new.new_translation(folder / module if module else folder, code)
        writer().created(folder, [path])
    except CannotWrite as problem:
        error = gettext("Nothing was made: %(reason)s", reason=str(problem).replace(f"{folder}/", ""))
        return course_page(course, error), UNPROCESSABLE
    except OSError as problem:
        return course_page(course, cannot_write(problem)), UNPROCESSABLE
    flash(gettext("The translation begins with the English text. Write over it, line by line."), "good")
    return redirect(url_for("authoring.edit", course=course, text=wanted.file))


def titled() -> tuple[str, str]:
    """The title of the form, and the id: as it was written, else made from the title."""
    title = " ".join(request.form.get("title", "").split())[:LONGEST_TITLE]
    return title, request.form.get("id", "").strip() or free_id(title, ())


def missing(title: str) -> str:
    """What to fill in first; empty when there is nothing."""
    return "" if title else gettext("Write a title.")
