"""The editor: a text on one side, what the checker says and what learners see of it on the other."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from near_learn.authoring import course_file, inserting, presence, preview
from near_learn.authoring.blueprint import (
    CONFLICT,
    UNPROCESSABLE,
    blueprint,
    by_whom,
    cannot_write,
    history,
    names,
    place_of,
    settings,
    writer,
)
from near_learn.authoring.checking import Checked, check
from near_learn.authoring.conflict import conflict_page
from near_learn.authoring.course_file import LARGEST
from near_learn.authoring.kind_names import kind_names
from near_learn.authoring.place import Place
from near_learn.authoring.question_form import KINDS
from near_learn.authoring.saving import Changed
from near_learn.authoring.translating import source_rows
from near_learn.authoring.upload import ACCEPTED
from near_learn.content import Problem
from near_learn.people.access import signed_in
from near_learn.security import limiter

# While somebody types, a check is asked for once a second at most.
CHECKS = "90 per minute"
SAVES = "60 per minute"

Page = str | Response | tuple[str, int]


@blueprint.get("/<course>/edit/<path:text>")
def edit(course: str, text: str) -> Page:
    """A text as it is now. One that does not exist yet is begun on the course's page."""
    place = place_of(course, text)
    file = course_file.read(place.path)
    if not file.there:
        abort(404)
    line = request.args.get("line", 0, int)
    caret = len("\n".join(file.text.split("\n")[: line - 1])) + 1 if line > 1 else None
    return page(place, file.text, file.digest, guessed=not file.readable, caret=caret)


@blueprint.post("/<course>/edit/<path:text>")
@limiter.limit(SAVES, key_func=by_whom)
def save(course: str, text: str) -> Page:
    """Saves the text, or with `do=check` only shows what it would look like."""
    place = place_of(course, text)
    sent, base = sent_text(), request.form.get("base", "")
    if request.form.get("do") == "check":
        return page(place, sent, base)
    if not sent.strip():
        return page(place, sent, base, error=gettext("Write something before you save."))
    try:
        saved = writer().save(place, sent, base)
    except Changed as changed:
        return conflict_page(place, sent, changed), CONFLICT
    except OSError as error:
        return page(place, sent, base, error=cannot_write(error))
    presence.left(settings().data / "presence", place.where, signed_in().account)
    errors = check(place, saved.text).errors
    if errors:
        message = ngettext(
            "Saved. %(num)s error must be mended before it can be published.",
            "Saved. %(num)s errors must be mended before it can be published.",
            errors,
        )
        flash(message, "warm")
    else:
        flash(gettext("Saved. Learners see it when the course is published."), "good")
    return redirect(url_for("authoring.edit", course=course, text=text, show=shown()))


@blueprint.post("/<course>/check/<path:text>")
@limiter.limit(CHECKS, key_func=by_whom)
def check_now(course: str, text: str) -> Response:
    """For the script, while somebody types: findings, preview, and who else is at work here. As JSON."""
    place = place_of(course, text)
    sent = sent_text()
    checked = check(place, sent)
    return jsonify(
        problems=[
            {"line": problem.line, "severity": problem.severity, "message": problem.message}
            for problem in checked.problems
        ],
        lines=[line_label(problem) for problem in checked.problems],
        summary=summary(checked),
        html=preview.body(place, checked, shown()),
        warning=warning(place, request.form.get("base", "")),
    )


def sent_text() -> str:
    """The text of the form, with \\n at the ends of its lines. 400 without one, 413 for too long a one."""
    sent = request.form.get("text")
    if sent is None:
        abort(400)
    if len(sent.encode()) > LARGEST:
        abort(413)
    return course_file.plain(sent)


def shown() -> str:
    """How the preview shows questions: `trainer`, with what is right, or `learner`."""
    wanted = request.form.get("show") or request.args.get("show", "")
    return wanted if wanted in preview.SHOWS else preview.SHOWS[0]


def line_label(problem: Problem) -> str:
    """Where and how bad a finding is, in the words of the page."""
    if problem.severity == "error":
        return str(gettext("Line %(number)s, error", number=problem.line))
    return str(gettext("Line %(number)s, hint", number=problem.line))


def summary(checked: Checked) -> str:
    """How much there is to mend, in a few words."""
    if not checked.problems:
        return str(gettext("Nothing to mend"))
    errors = ngettext("%(num)s error", "%(num)s errors", checked.errors)
    hints = ngettext("%(num)s hint", "%(num)s hints", checked.warnings)
    return ", ".join(words for words, count in ((errors, checked.errors), (hints, checked.warnings)) if count)


def warning(place: Place, base: str) -> str:
    """What to know about others who work on this text; usually nothing."""
    others = presence.seen(settings().data / "presence", place.where, signed_in().account)
    if base and course_file.read(place.path).digest != base:
        newest = history().newest(place.course, place.file)
        who = names([newest.account]).get(newest.account) if newest else None
        if who:
            return str(
                gettext(
                    "%(name)s has saved this text since you opened it. When you save, you see both.", name=who
                )
            )
        return str(
            gettext("This text was changed since you opened it. When you save, you see both versions.")
        )
    present = ", ".join(sorted(names(others).values()))
    return str(gettext("Also open with: %(names)s. Agree on who writes.", names=present)) if present else ""


def page(
    place: Place,
    text: str,
    base: str,
    *,
    error: str = "",
    guessed: bool = False,
    caret: int | None = None,
    alternative: str = "",
) -> Page:
    """The editor with this text. ERROR: why nothing was saved; the text is never lost."""
    checked = check(place, text)
    show = shown()
    html = render_template(
        "authoring/editor.html",
        place=place,
        text=text,
        base=base,
        error=error,
        guessed=guessed,
        caret=caret,
        alternative=alternative,
        saved=course_file.read(place.path).text == text,
        checked=checked,
        labels=[line_label(problem) for problem in checked.problems],
        summary=summary(checked),
        warning=warning(place, base),
        show=show,
        frame=preview.document(preview.body(place, checked, show), place.language),
        kinds=KINDS,
        kind_names=kind_names(),
        accepted=ACCEPTED,
        sections=inserting.sections(text) if place.module else [],
        source=source_rows(place, text) if place.translated else None,
    )
    return (html, UNPROCESSABLE) if error else html
