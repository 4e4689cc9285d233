"""Answering a question in the text: recorded at once, and answered at once."""

from __future__ import annotations

from dataclasses import replace

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from near_learn.content import Question
from near_learn.player import entry, reading, stopwatch, visit
from near_learn.player.blueprint import blueprint
from near_learn.player.box import Box
from near_learn.player.entry import Entry, Problem
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
    again = take(here, asked)
    entries = {question: again} if again else {}
    if FRAGMENT in request.headers:
        now = visit.of(course, module)
        return fragment(now, reading.boxes(now, [asked], entries)[question])
    if again:
        return reading.section_page(here, section.id, entries), 200 if again.moved else 422
    return redirect(reading.section_address(here, section.id, reading.anchor(question)))


def take(here: Visit, asked: Question) -> Entry | None:
    """Records what the form holds, or gives it back, to be shown again with what is missing.

    Sending an empty text removes one that was kept before.
    """
    given = entry.read(asked, request.form)
    if given.problem or given.moved:
        return given
    if given.response:
        _record(here, asked, given)
    elif asked.id in here.texts:
        with here.recording() as (connection, sitting, at):
            recorder().forget(connection, sitting, asked.id, at)
    else:
        return replace(given, problem=Problem.NOTHING)
    return None


def fragment(here: Visit, box: Box) -> Response:
    """The question alone, for our script."""
    made = make_response(render_template("player/_check_alone.html", visit=here, box=box))
    made.headers[FRAGMENT] = "1"
    return made


def _record(here: Visit, asked: Question, given: Entry) -> None:
    """Stores the answer, unless this very form has been sent before (a double click, a reload)."""
    sent_before = request.form.get("tries", "")
    seconds = stopwatch.seconds(request.form.get("started", ""), here.module.id, asked.id)
    with here.recording() as (connection, sitting, at):
        tries = visit.tries(connection, sitting.registration, here.module.id, asked.id)
        if sent_before and sent_before != str(tries):
            return
        answered = Answered(given.response, seconds, given.shared)
        recorder().check(connection, sitting, asked.id, answered, at)
