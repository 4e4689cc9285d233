"""The words of our statements, with IRI and meaning: verbs, kinds of activity, our own extensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import LazyString, lazy_gettext

_ADL = "http://adlnet.gov/expapi"
_ADL_VERBS = f"{_ADL}/verbs"
_W3ID_VERBS = "https://w3id.org/xapi/adl/verbs"


@dataclass(frozen=True)
class Term:
    """A word and what we mean by it. The IRI of an extension begins with the installation's address."""

    name: str
    kind: Literal["verb", "activity", "extension"]
    iri: str
    description: LazyString


def _verb(name: str, iri: str, description: LazyString) -> Term:
    return Term(name, "verb", f"{iri}/{name}", description)


def _extension(name: str, description: LazyString) -> Term:
    return Term(name, "extension", f"/terms/{name}", description)


TERMS: tuple[Term, ...] = (
    _verb(
        "registered",
        _ADL_VERBS,
        lazy_gettext("The person enrolled in the course, or took up another release of it."),
    ),
    _verb(
        "initialized",
        _ADL_VERBS,
        lazy_gettext("The person began the course, or opened the module."),
    ),
    _verb("progressed", _ADL_VERBS, lazy_gettext("The person read a section of the module.")),
    _verb(
        "answered",
        _ADL_VERBS,
        lazy_gettext("The person answered a question, in the text or in the quiz at the end."),
    ),
    _verb("passed", _ADL_VERBS, lazy_gettext("A quiz attempt reached the pass mark of the module.")),
    _verb("failed", _ADL_VERBS, lazy_gettext("A quiz attempt did not reach the pass mark of the module.")),
    _verb(
        "completed",
        _ADL_VERBS,
        lazy_gettext(
            "Of a module: every section up to the quiz was seen and the quiz was taken, with any result. "
            "Of a test or survey: it was handed in. Of a course: every module is completed."
        ),
    ),
    _verb(
        "scored",
        _ADL_VERBS,
        lazy_gettext(
            "A test before or after the course was handed in. It has a score, and nothing to pass or fail."
        ),
    ),
    _verb(
        "attended",
        _ADL_VERBS,
        lazy_gettext("The person was at a learning event, study visit or peer review."),
    ),
    _verb("terminated", _ADL_VERBS, lazy_gettext("The person left the module.")),
    _verb("satisfied", _W3ID_VERBS, lazy_gettext("Every module of the course is completed and passed.")),
    _verb("voided", _ADL_VERBS, lazy_gettext("An earlier statement is withdrawn.")),
    Term("course", "activity", f"{_ADL}/activities/course", lazy_gettext("A course, made of modules.")),
    Term(
        "module",
        "activity",
        f"{_ADL}/activities/module",
        lazy_gettext("A module of a course: sections to read, questions, and a quiz at the end."),
    ),
    Term(
        "question",
        "activity",
        f"{_ADL}/activities/cmi.interaction",
        lazy_gettext(
            "A question: to choose, match, order, fill in, estimate, rate, or answer in one's own words."
        ),
    ),
    Term(
        "assessment",
        "activity",
        f"{_ADL}/activities/assessment",
        lazy_gettext("A test before or after a course. It does not count for completing or passing it."),
    ),
    Term(
        "survey",
        "activity",
        "http://id.tincanapi.com/activitytype/survey",
        lazy_gettext("Questions without a mark, about the course or about the person's own work."),
    ),
    Term(
        "meeting",
        "activity",
        f"{_ADL}/activities/meeting",
        lazy_gettext("A learning event, study visit or peer review that belongs to a course."),
    ),
    _extension(
        "region",
        lazy_gettext("In the context: the NUTS code of the region the person worked in at the time."),
    ),
    _extension("nuts", lazy_gettext("In the context: the NUTS version of the region's code, 2021 or 2024.")),
    _extension(
        "release",
        lazy_gettext(
            "In the context: the published state of the course's files, as twelve hexadecimal digits."
        ),
    ),
    _extension(
        "organisation",
        lazy_gettext("In the context: the organisation the person worked for at the time, if one was known."),
    ),
    _extension(
        "cohort",
        lazy_gettext("In the context: the group in which the person took the course, if there was one."),
    ),
    _extension(
        "attempt",
        lazy_gettext("In the context: which attempt at the module's quiz this was, counted from 1."),
    ),
    _extension("section", lazy_gettext("In the result: the id of the section that was read.")),
    _extension(
        "progress",
        lazy_gettext(
            "In the result: the share of the module that has been seen, from 0 to 1. "
            "The quiz counts as one section."
        ),
    ),
)

VERBS = {term.name: term.iri for term in TERMS if term.kind == "verb"}
ACTIVITIES = {term.name: term.iri for term in TERMS if term.kind == "activity"}
EXTENSIONS = tuple(term.name for term in TERMS if term.kind == "extension")
