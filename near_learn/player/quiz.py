"""The final quiz: one question a page, an overview before sending, and the result."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from near_learn.content import Question
from near_learn.player import draft, path, reading, review, standing, stopwatch, visit
from near_learn.player.blueprint import blueprint
from near_learn.player.draft import Draft
from near_learn.player.visit import Visit
from near_learn.records import AttemptExists, AttemptsUsedUp, recorder
from near_learn.records import Response as Answered

QUIZ = f"{reading.MODULE}/quiz"


@blueprint.get(QUIZ)
def quiz(course: str, module: str) -> str | Response:
    """Before the first answer an introduction; afterwards all questions, ready to be sent."""
    here = with_quiz(course, module)
    if not here.begun:
        return reading.not_begun(here)
    return overview(here)


@blueprint.get(f"{QUIZ}/<int:number>")
def question_page(course: str, module: str, number: int) -> str | Response:
    """One question of the attempt that is being made."""
    here = visit.of(course, module)
    asked = numbered(here, number)
    if not here.begun:
        return reading.not_begun(here)
    if not here.here.may_try:
        return redirect(url_for("player.quiz", course=course, module=module))
    answers = drafted(here)
    return render_template("player/question.html", visit=here, question=asked, number=number, answers=answers)


@blueprint.post(f"{QUIZ}/<int:number>")
def question_answered(course: str, module: str, number: int) -> Response:
    """Keeps the answer (it may still be changed) and leads to the question or page that was asked for."""
    here = visit.of(course, module)
    asked = numbered(here, number)
    if not here.begun:
        return reading.not_begun(here)
    chosen = review.chosen(asked, request.form)
    if request.form.get("attempt") == str(here.number) and here.here.may_try:
        seconds = stopwatch.seconds(request.form.get("started", ""), module, asked.id)
        with here.recording() as (connection, sitting, at):
            draft.keep(connection, sitting.registration, module, here.number, asked.id, chosen, seconds, at)
    else:
        flash(gettext("This attempt has been sent already, so the answer was not changed."))
    target = {"back": number - 1, "next": number + 1}.get(request.form.get("to", "next"), 0)
    if 1 <= target <= len(here.text.quiz):
        return redirect(url_for("player.question_page", course=course, module=module, number=target))
    return redirect(url_for("player.quiz", course=course, module=module))


@blueprint.post(f"{QUIZ}/submit")
def submit(course: str, module: str) -> str | Response | tuple[str, int]:
    """Sends the attempt and leads to its result; sent twice, to the result that is already there."""
    here = with_quiz(course, module)
    if not here.begun:
        return reading.not_begun(here)
    try:
        number = int(request.form.get("attempt", ""))
    except ValueError as error:
        raise BadRequest("attempt: expected a whole number") from error
    if any(made.number == number for made in here.attempts):
        return redirect(url_for("player.result", course=course, module=module, number=number))
    if number != here.number:
        raise BadRequest(f"attempt: expected {here.number}, got {number}")
    answers = drafted(here)
    if len(answers) < len(here.text.quiz):
        return overview(here, refused=True), 422
    sent = {key: Answered(answer.response, answer.seconds) for key, answer in answers.items()}
    try:
        with here.recording() as (connection, sitting, at):
            recorder().submit(connection, sitting, number, sent, at)
            draft.forget(connection, sitting.registration, module)
    except AttemptExists:
        pass  # the other of two clicks came first; its result is the one to show
    except AttemptsUsedUp:
        return redirect(url_for("player.quiz", course=course, module=module))
    return redirect(url_for("player.result", course=course, module=module, number=number))


@blueprint.get(f"{reading.MODULE}/attempts/<int:number>")
def result(course: str, module: str, number: int) -> str:
    """An attempt of this learner: the score, and each question with what is right and why."""
    here = visit.of(course, module)
    if here.standing.registration is None:
        abort(404)
    found = next((row for row in here.attempts if row.number == number), None)
    if found is None:
        abort(404)
    given = standing.answers(here.registration, module, number)
    made = [
        (each, review.of_attempt(each, given[each.id].response) if each.id in given else None)
        for each in here.text.quiz
    ]
    unread = next((page for page in here.path if page.id not in here.done), None)
    return render_template(
        "player/result.html",
        visit=here,
        attempt=found,
        reviews=[pair for pair in made if pair[1] is not None],
        unread=unread,
        address=lambda to: reading.address(here, to),
    )


def overview(here: Visit, *, refused: bool = False) -> str:
    """The page before sending. REFUSED: it was sent with questions unanswered."""
    before, _, _ = path.around(here.path, path.QUIZ)
    return render_template(
        "player/quiz.html",
        visit=here,
        answers=drafted(here),
        refused=refused,
        before=before,
        address=lambda to: reading.address(here, to),
    )


def drafted(here: Visit) -> dict[str, Draft]:
    """The answers of the attempt that is being made."""
    return draft.read(here.registration, here.module.id, here.number, here.text.quiz)


def with_quiz(course: str, module: str) -> Visit:
    """This request's visit; 404 when the module has no quiz."""
    here = visit.of(course, module)
    if not here.text.quiz:
        abort(404)
    return here


def numbered(here: Visit, number: int) -> Question:
    """The question of that number, counted from 1; 404 when there is none."""
    if not 1 <= number <= len(here.text.quiz):
        abort(404)
    return here.text.quiz[number - 1]
