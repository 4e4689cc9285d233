"""Answering a knowledge check: recorded at once, and answered at once."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from near_learn.content import Question
from near_learn.player import reading, review, stopwatch, visit
from near_learn.player.blueprint import blueprint
from near_learn.player.visit import Visit
from near_learn.records import Response as Answered
from near_learn.records import recorder

# The script asks for the question alone, and is told that this is what it gets.
FRAGMENT = "X-Fragment"


@blueprint.post(f"{reading.MODULE}/questions/<question>")
def answer(course: str, module: str, question: str) -> str | Response | tuple[str, int]:
    """Records the answer and shows its feedback: the question alone for our script, else the page again."""
    here = visit.of(course, module)
    section, asked = here.check(question)
    if not here.begun:
        return reading.not_begun(here)
    chosen = review.chosen(asked, request.form)
    if chosen:
        record(here, asked, chosen)
    if FRAGMENT in request.headers:
        empty = "" if chosen else question
        reviews = reading.reviews(here)
        fragment = make_response(
            render_template(
                "player/_check_alone.html", visit=here, question=asked, reviews=reviews, empty=empty
            )
        )
        fragment.headers[FRAGMENT] = "1"
        return fragment
    if not chosen:
        return reading.section_page(here, section.id, empty=question), 422
    return redirect(reading.section_address(here, section.id, reading.anchor(question)))


def record(here: Visit, asked: Question, chosen: tuple[str, ...]) -> None:
    """Stores the answer, unless this very form has been sent before (a double click, a reload)."""
    sent_before = request.form.get("tries", "")
    seconds = stopwatch.seconds(request.form.get("started", ""), here.module.id, asked.id)
    with here.recording() as (connection, sitting, at):
        tries = visit.tries(connection, sitting.registration, here.module.id, asked.id)
        if sent_before and sent_before != str(tries):
            return
        recorder().check(connection, sitting, asked.id, Answered(chosen, seconds), at)
