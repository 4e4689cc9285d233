"""The pages of a module: its overview, one section at a time, and leaving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.content import Question
from near_learn.db import writing
from near_learn.people.access import signed_in
from near_learn.player import as_begun, instrument, media_file, path, standing, visit
from near_learn.player.blueprint import blueprint
from near_learn.player.box import Box, box
from near_learn.player.entry import Entry
from near_learn.player.instrument import When
from near_learn.player.path import Page
from near_learn.player.visit import Visit
from near_learn.records import Learner, Sitting, recorder

MODULE = "/courses/<course>/modules/<module>"


@blueprint.get(MODULE)
def module(course: str, module: str) -> str | Response:
    """What the module is for, its outline, and the attempts so far; of a test or survey its beginning."""
    here = visit.of(course, module)
    if here.module.instrument:
        return redirect(url_for("player.quiz", course=course, module=module))
    return render_template("player/module.html", visit=here)


@blueprint.post(f"{MODULE}/open")
def open_module(course: str, module: str) -> Response | tuple[str, int]:
    """Opens the module (and enrols in the course, if need be); leads to where the learner left off.

    With `again` in the form, to the first page: to read it all once more.
    """
    here = visit.of(course, module)
    if here.closed:
        return visit.refused(here.standing)
    learner, at = Learner.of(signed_in(), here.text.language), datetime.now(UTC)
    stands = instrument.of(here.standing, module, at)
    if stands and stands.when is not When.OPEN:
        return redirect(url_for("player.quiz", course=course, module=module))
    with writing() as connection:
        registration = recorder().enrol(connection, learner, here.course, at)
        recorder().open(connection, Sitting(learner, registration, here.course, here.module), at)
    if stands:
        return redirect(url_for("player.question_page", course=course, module=module, number=1))
    now = visit.of(course, module)
    return redirect(address(here, now.path[0] if request.form.get("again") else now.resume))


@blueprint.get(f"{MODULE}/sections/<section>")
def section(course: str, module: str, section: str) -> str | Response:
    """One page of text with its knowledge checks."""
    here = visit.of(course, module)
    here.section(section)
    if not here.begun:
        return not_begun(here)
    return section_page(here, section)


@blueprint.post(f"{MODULE}/sections/<section>")
def section_read(course: str, module: str, section: str) -> Response:
    """The section is read: on to the next page, or after the last one to the overview."""
    here = visit.of(course, module)
    here.section(section)
    if not here.begun:
        return not_begun(here)
    with here.recording() as (connection, sitting, at):
        recorder().progress(connection, sitting, section, at)
    _, _, after = path.around(here.path, section)
    return redirect(address(here, after))


@blueprint.post(f"{MODULE}/leave")
def leave(course: str, module: str) -> Response:
    """Ends this session in the module; everything is kept."""
    here = visit.of(course, module)
    learner = Learner.of(signed_in(), here.text.language)
    if here.begun:
        with writing() as connection:
            at = datetime.now(UTC)
            recorder().leave(connection, Sitting(learner, here.registration, here.course, here.module), at)
        flash(gettext("Your place is kept. You can go on here, or on another device."), "good")
    return redirect(url_for("player.course", course=course))


@blueprint.get(f"{MODULE}/questions/<question>")
def question(course: str, module: str, question: str) -> Response:
    """A question's own address, as statements name it: leads to the place where it is asked."""
    here = visit.of(course, module)
    if any(each.id == question for each in here.text.quiz):
        return redirect(url_for("player.quiz", course=course, module=module))
    where, _ = here.check(question)
    return redirect(section_address(here, where.id, anchor(question)))


@blueprint.get("/courses/<course>/<module>/media/<file>")
def media(course: str, module: str, file: str) -> Response:
    """A picture, sound or film of the module."""
    path = as_begun.attempt_being_made(visit.of(course, module)).module.media.get(file)
    if path is None or not path.is_file():
        abort(404)
    return media_file.answer(path)


def section_page(here: Visit, section_id: str, entries: Mapping[str, Entry] | None = None) -> str:
    """The page of a section. ENTRIES: what was just sent for a question and is no answer yet."""
    before, page, after = path.around(here.path, section_id)
    return render_template(
        "player/section.html",
        visit=here,
        section=here.section(section_id),
        before=before,
        page=page,
        after=after,
        boxes=boxes(here, here.section(section_id).questions, entries or {}),
        address=lambda to: address(here, to),
    )


def boxes(here: Visit, questions: Iterable[Question], entries: Mapping[str, Entry]) -> dict[str, Box]:
    """Knowledge checks of the module as they stand, by id."""
    given = standing.answers(here.registration, here.module.id, 0)
    return {
        each.id: box(
            here.module,
            each,
            here.registration,
            given.get(each.id),
            here.texts.get(each.id),
            url_for("player.answer", course=here.course.id, module=here.module.id, question=each.id),
            entries.get(each.id),
        )
        for each in questions
    }


def address(here: Visit, page: Page | None) -> str:
    """The address of a page of the module; None stands for its overview."""
    course, module = here.course.id, here.module.id
    if page is None:
        return url_for("player.module", course=course, module=module)
    if page.is_quiz:
        return url_for("player.quiz", course=course, module=module)
    return section_address(here, page.id)


def section_address(here: Visit, section: str, element: str | None = None) -> str:
    """The address of a section, or of an element in it."""
    course, module = here.course.id, here.module.id
    return url_for("player.section", course=course, module=module, section=section, _anchor=element)


def anchor(question_id: str) -> str:
    """The id of the element that holds a question."""
    return f"q-{question_id}"


def not_begun(here: Visit) -> Response:
    """Reading is recorded from the first page on, so a module is opened by its button."""
    flash(gettext("Start the module here. After that, every page of it is open to you."))
    return redirect(address(here, None))
