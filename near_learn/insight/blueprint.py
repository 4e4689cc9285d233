"""The trainers' reports: an overview of the courses, the figures of a module, and what was shared in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection

from near_learn.config import Settings
from near_learn.content import Course, Module
from near_learn.content_library import library
from near_learn.insight import sample, section, shared_text, stratum
from near_learn.insight.item import Item, Remark, item, rest
from near_learn.insight.sample import Given, Reading
from near_learn.insight.table import to_csv
from near_learn.languages import LANGUAGES, current_language
from near_learn.people.access import role_required
from near_learn.people.role import Role
from near_learn.reports import source
from near_learn.reports.tally.fresh import bring_up_to_date

blueprint = Blueprint("insight", __name__, url_prefix="/insight")
authors_only = role_required(Role.TRAINER, Role.OPERATOR)

REMARKS = {
    Remark.KEY: lazy_gettext(
        "Those who do well in the other questions get this one wrong more often. Is the right answer right, "
        "and is the question clear?"
    ),
    Remark.WEAK: lazy_gettext("It hardly tells those who know from those who don't."),
    Remark.EASY: lazy_gettext("Nearly everybody gets it right."),
    Remark.HARD: lazy_gettext("Few get it right: is it taught in the text?"),
    Remark.UNTEMPTING: lazy_gettext("Hardly anybody takes one of the wrong options."),
}


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@dataclass(frozen=True)
class Place:
    """The module that a page is about, in the reader's language."""

    connection: Connection
    course: Course
    module: Module
    language: str  # of the learners; "" for all
    least: int  # people, before anything is shown


def place(course: str, module: str) -> Place:
    """What the address names; 404 for what is not there, 400 for a language that no text is in."""
    try:
        found = library().courses[course]
        wanted = found.module(module)
    except KeyError:
        abort(404)
    language = request.args.get("language", "")
    if language and language not in LANGUAGES:
        abort(400, gettext("There is no language “%(value)s” here.", value=language))
    settings: Settings = current_app.extensions["settings"]
    bring_up_to_date()
    return Place(source.connection(), found, wanted, language, settings.small_group)


@blueprint.get("/")
@authors_only
def overview() -> str:
    """Every course with its modules and instruments."""
    return render_template("insight/overview.html", courses=library().courses.values())


@blueprint.get("/<course>/<module>")
@authors_only
def of_module(course: str, module: str) -> str:
    """Questions, sections and knowledge checks of a module; of a survey the answers."""
    here = place(course, module)
    readings = sample.readings(here.connection, here.course, here.module)
    text = here.module.text(current_language())
    quiz, languages = quiz_items(here)
    return render_template(
        "insight/module.html",
        here=here,
        text=text,
        quiz=quiz,
        checks=check_items(here),
        sections=section.read(text.sections, protected(here, readings)),
        languages=sorted({*languages, *sample.languages(readings)} & set(LANGUAGES)),
        shared=shared_text.shared(here.connection, course, module, 1).total,
        MOST=sample.MOST,
        REMARKS=REMARKS,
    )


@blueprint.get("/<course>/<module>/questions.csv")
@authors_only
def questions_csv(course: str, module: str) -> Response:
    """The figures of the questions as a file."""
    here = place(course, module)
    locale = LANGUAGES[current_language()][1]
    content = to_csv(here.course.id, here.module.id, here.language, quiz_items(here)[0], locale)
    disposition = f'attachment; filename="near-learn-questions-{here.course.id}-{here.module.id}.csv"'
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": disposition})


@blueprint.get("/<course>/<module>/texts")
@authors_only
def texts(course: str, module: str) -> str:
    """What learners wrote and shared, the newest first."""
    here = place(course, module)
    number = request.args.get("page", "1")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        abort(404)
    text = here.module.text(current_language())
    return render_template(
        "insight/texts.html",
        here=here,
        text=text,
        titles={each.id: each.title for each in text.questions},
        page=shared_text.shared(here.connection, course, module, int(number)),
        arguments={"course": course, "module": module},
    )


def quiz_items(here: Place) -> tuple[list[Item], set[str]]:
    """The questions of the quiz with their figures, and the languages that anybody answered in."""
    questions = here.module.text(current_language()).quiz
    answers = {
        each.id: sample.first_answers(here.connection, here.course, here.module, each.id, attempt=1)
        for each in questions
    }
    strata = strata_of(here, [row for given in answers.values() for row in given])
    shown = {
        name: sample.protected(given, here.language, here.least, strata) for name, given in answers.items()
    }
    weights: Mapping[str, float] = {each.id: each.weight for each in questions}
    others = rest(shown, weights)
    languages = {language for given in answers.values() for language in sample.languages(given)}
    return [item(each, shown[each.id], others[each.id], here.least) for each in questions], languages


def check_items(here: Place) -> Sequence[Item]:
    """The knowledge checks in the text."""
    found = []
    for each in here.module.text(current_language()).checks:
        given = sample.first_answers(here.connection, here.course, here.module, each.id, attempt=0)
        found.append(item(each, protected(here, given), {}, here.least))
    return found


def protected(here: Place, rows: Sequence[sample.Row]) -> Sequence[sample.Row]:
    """The rows that are shown, of those who learn in the chosen language."""
    return sample.protected(rows, here.language, here.least, strata_of(here, rows))


def strata_of(here: Place, rows: Sequence[Given] | Sequence[Reading]) -> stratum.Strata:
    """To which part of the other reports' figures each registration belongs."""
    names = {row.registration for row in rows}
    return stratum.of(here.connection, here.course, here.module, names) if here.least > 1 else {}
