"""A form for each kind of question; what is filled in becomes Markdown in the text."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from near_learn.authoring import inserting
from near_learn.authoring.blueprint import UNPROCESSABLE, blueprint, by_whom, place_of
from near_learn.authoring.editor import SAVES, page, sent_text
from near_learn.authoring.kind_names import kind_names
from near_learn.authoring.place import Place
from near_learn.authoring.question_form import CannotWrite, Incomplete, QuestionForm
from near_learn.security import limiter

# What must be done about a field that Incomplete names.
MESSAGES = {
    "title": lazy_gettext("Write what is asked."),
    "number": lazy_gettext("Write a number, such as 12 or 0.5."),
    "objective": lazy_gettext("Write the number of the objective, counted from 1."),
    "options": lazy_gettext("Write at least two options."),
    "right": lazy_gettext("Mark at least one option as right."),
    "truth": lazy_gettext("Choose whether it is true or false."),
    "gap": lazy_gettext("Put at least one gap into the text, between [[ and ]]."),
    "pairs": lazy_gettext("Write at least two pairs."),
    "lines": lazy_gettext("Write at least two lines."),
    "value": lazy_gettext("Write the right number, or from where to where it is right."),
    "range": lazy_gettext("The first number must not be greater than the second."),
}


@blueprint.post("/<course>/question/<path:text>")
@limiter.limit(SAVES, key_func=by_whom)
def question(course: str, text: str) -> str | Response | tuple[str, int]:
    """The form for the kind that was chosen; with `do=insert`, the text with the question, not saved yet."""
    place = place_of(course, text)
    sent = sent_text()
    form = QuestionForm.of(request.form.to_dict())
    step = request.form.get("do")
    if step == "back":
        return page(place, sent, request.form.get("base", ""), caret=caret_of(sent))
    if step != "insert":
        return form_page(place, sent, form, {})
    try:
        block = form.written(inserting.ids(sent))
    except Incomplete as incomplete:
        errors = {name: str(MESSAGES[key]) for name, key in incomplete.errors.items()}
        return form_page(place, sent, form, errors), UNPROCESSABLE
    except CannotWrite as problem:
        return form_page(place, sent, form, {"title": str(problem)}), UNPROCESSABLE
    section = request.form.get("section", "")
    at = caret_of(sent) if section == "caret" else None
    changed, where = inserting.insert(sent, block, at, section)
    return page(place, changed, request.form.get("base", ""), caret=where)


def caret_of(text: str) -> int | None:
    """Where the caret was when the form was asked for; only the script can tell."""
    sent = request.form.get("caret", "")
    return min(int(sent), len(text)) if sent.isascii() and sent.isdigit() and len(sent) < 9 else None


def form_page(place: Place, text: str, form: QuestionForm, errors: dict[str, str]) -> str:
    """The form with what was filled in so far."""
    more = 2 if request.form.get("do") == "more" else 0
    caret = caret_of(text)
    return render_template(
        "authoring/question.html",
        place=place,
        text=text,
        base=request.form.get("base", ""),
        show=request.form.get("show", ""),
        form=form,
        rows=form.rows + more,
        errors=errors,
        caret=caret,
        caret_line=text.count("\n", 0, caret) + 1 if caret is not None else None,
        sections=inserting.sections(text),
        section=request.form.get("section", "caret" if caret is not None else "quiz"),
        kind_name=kind_names()[form.kind],
    )
