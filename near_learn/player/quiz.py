"""The quiz of a module, or a test or survey of its own: one question a page, an overview, and sending."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from near_learn.content import Question
from near_learn.player import as_begun, draft, entry, instrument, path, reading, stopwatch, visit
from near_learn.player.blueprint import blueprint
from near_learn.player.draft import Draft
from near_learn.player.entry import Entry
from near_learn.player.instrument import When
from near_learn.player.sheet import sheet
from near_learn.player.visit import Visit
from near_learn.records import AttemptExists, AttemptsUsedUp, CoolingDown, recorder
from near_learn.records import Response as Answered

QUIZ = f"{reading.MODULE}/quiz"


@blueprint.get(QUIZ)
def quiz(course: str, module: str) -> str | Response:
    """Before the first answer an introduction; afterwards all questions, ready to be sent."""
    here = with_quiz(course, module)
    if not here.begun and not here.module.instrument:
        return reading.not_begun(here)
    return overview(here)


@blueprint.get(f"{QUIZ}/<int:number>")
def question_page(course: str, module: str, number: int) -> str | Response:
    """One question of the attempt that is being made."""
    here = with_quiz(course, module)
    if not here.begun:
        return reading.not_begun(here)
    asked = numbered(here, number)
    if not open_now(here):
        return redirect(url_for("player.quiz", course=course, module=module))
    answers = drafted(here)
    given = answers.get(asked.id)
    if given:
        return page(here, number, Entry(given.response, shared=given.shared))
    kept = here.texts.get(asked.id)
    return page(here, number, Entry((kept.text,), shared=kept.shared) if kept else Entry())


@blueprint.post(f"{QUIZ}/<int:number>")
def question_answered(course: str, module: str, number: int) -> str | Response | tuple[str, int]:
    """Keeps the answer (it may still be changed) and leads to the question or page that was asked for."""
    here = with_quiz(course, module)
    if not here.begun:
        return reading.not_begun(here)
    if request.form.get("attempt") != str(here.number) or not open_now(here):
        flash(gettext("This attempt has been sent already, so the answer was not changed."))
        return redirect(url_for("player.quiz", course=course, module=module))
    asked = numbered(here, number)
    given = entry.read(asked, request.form)
    if given.problem:
        return page(here, number, given), 422
    seconds = stopwatch.seconds(request.form.get("started", ""), module, asked.id)
    answer = Draft(given.response, seconds, given.shared)
    with here.recording() as (connection, sitting, at):
        release = here.course.release
        draft.keep(connection, sitting.registration, module, here.number, asked, answer, at, release)
    if given.moved:
        anchor = f"i-{asked.id}-{given.moved}"
        return redirect(
            url_for("player.question_page", course=course, module=module, number=number, _anchor=anchor)
        )
    target = {"back": number - 1, "next": number + 1}.get(request.form.get("to", "next"), 0)
    if 1 <= target <= len(here.quiz):
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
    result = redirect(url_for("player.result", course=course, module=module, number=number))
    if any(made.number == number for made in here.attempts):
        return result
    if number != here.number:
        raise BadRequest(f"attempt: expected {here.number}, got {number}")
    if not open_now(here):
        return redirect(url_for("player.quiz", course=course, module=module))
    answers = drafted(here)
    if unanswered(here, answers):
        return overview(here, refused=True), 422
    sent = {key: Answered(each.response, each.seconds, each.shared) for key, each in answers.items()}
    try:
        with here.recording(opens=False) as (connection, sitting, at):
            recorder().submit(connection, sitting, number, sent, at, opens=True)
            draft.forget(connection, sitting.registration, module)
    except AttemptExists:
        pass  # the other of two clicks came first; its result is the one to show
    except (AttemptsUsedUp, CoolingDown):
        return redirect(url_for("player.quiz", course=course, module=module))
    return result


def page(here: Visit, number: int, filled: Entry) -> str:
    """The page of a question with what is filled in."""
    asked = numbered(here, number)
    return render_template(
        "player/question.html",
        visit=here,
        sheet=sheet(here.module, asked, here.registration, here.number, filled),
        number=number,
        answers=drafted(here),
    )


def overview(here: Visit, *, refused: bool = False) -> str:
    """The page before sending. REFUSED: it was sent with questions unanswered."""
    before, _, _ = path.around(here.path, path.QUIZ)
    answers = drafted(here) if here.begun else {}
    return render_template(
        "player/quiz.html",
        visit=here,
        answers=answers,
        missing=unanswered(here, answers),
        refused=refused,
        before=before,
        where=where(here),
        open=open_now(here),
        address=lambda to: reading.address(here, to),
    )


def drafted(here: Visit) -> dict[str, Draft]:
    """The answers of the attempt that is being made."""
    return draft.read(here.registration, here.module.id, here.number, here.quiz)


def unanswered(here: Visit, answers: dict[str, Draft]) -> list[int]:
    """The numbers of the questions without which the attempt cannot be sent.

    Questions without a right answer may be left out; of a test, all: a guess would measure nothing.
    """
    if here.module.instrument:
        return []
    numbered = enumerate(here.quiz, start=1)
    return [number for number, each in numbered if each.graded and each.id not in answers]


def where(here: Visit) -> instrument.InstrumentStanding | None:
    """Of a test or survey: whether and when it is open; None for a module."""
    return instrument.of(here.standing, here.module.id, datetime.now(UTC))


def open_now(here: Visit) -> bool:
    """Whether an attempt may be made now."""
    stands = where(here)
    if stands is not None:
        return stands.when is When.OPEN
    return here.here.may_try and here.waits_until is None


def with_quiz(course: str, module: str) -> Visit:
    """This request's visit; 404 when the module has no quiz. A begun attempt keeps its questions."""
    here = as_begun.attempt_being_made(visit.of(course, module))
    if not here.text.quiz:
        abort(404)
    return here


def numbered(here: Visit, number: int) -> Question:
    """The question of that number, counted from 1; 404 when there is none."""
    if not 1 <= number <= len(here.quiz):
        abort(404)
    return here.quiz[number - 1]
