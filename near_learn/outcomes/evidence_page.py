"""The lists of registrations behind the figures of knowledge gain and of practice."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_babel import gettext

from near_learn.content_library import library
from near_learn.outcomes import choice as choices
from near_learn.outcomes import evidence, pairs, practice, words
from near_learn.outcomes.asking import Asking
from near_learn.outcomes.blueprint import ask, blueprint, readers_only
from near_learn.outcomes.choice import OF_PRACTICE, Choice
from near_learn.outcomes.evidence import OF_GAIN, Asked, Entry, What
from near_learn.people.access import signed_in
from near_learn.privacy import audit
from near_learn.reports.blueprint import number
from near_learn.reports.drilldown import Listing
from near_learn.reports.filters import FilterError
from near_learn.reports.names import cohort_names, region_names


@blueprint.get("/reports/gain/registrations")
@readers_only
def gain_registrations() -> str:
    of = ask()
    tests = pairs.tests(library().courses)
    choice = choices.parse(of.connection, request.args, of.reader, of.courses)
    mine = tests.get(choice.course) or next(iter(tests.values()), None)
    if mine is None or choice.course not in ("", mine.course):
        abort(404)
    asked = _asked(of, choice, evidence.OF_GAIN)
    return _page(of, asked, mine.course, evidence.of_gain(of.connection, asked, mine))


@blueprint.get("/reports/diagnosis/registrations")
@readers_only
def diagnosis_registrations() -> str:
    of = ask()
    instruments = practice.instruments(library().courses)
    choice = choices.parse(of.connection, request.args, of.reader, of.courses, OF_PRACTICE)
    mine = instruments.get(choice.course) or next(iter(instruments.values()), None)
    if mine is None:
        abort(404)
    asked = _asked(of, choice, evidence.OF_PRACTICE)
    return _page(of, asked, mine.course, evidence.of_practice(of.connection, asked, mine))


def _asked(of: Asking, choice: Choice, allowed: tuple[What, ...]) -> Asked:
    value = request.args.get("what", allowed[0].value)
    if value not in allowed:
        text = gettext(
            "%(name)s: expected one of %(options)s, got “%(value)s”.",
            name="what",
            options=", ".join(allowed),
            value=value,
        )
        raise FilterError({"what": text})
    return Asked(choice, of.reader.visible, What(value), request.args.get("group"), number("page", 1))


def _page(of: Asking, asked: Asked, course: str, listing: Listing[Entry]) -> str:
    named = [entry.actor for entry in listing.entries if entry.name]
    audit.seen(actor=signed_in().account, action="names.viewed", about=named)
    here = {**asked.choice.arguments(course=course), "what": asked.what.value}
    if asked.group is not None:
        here["group"] = asked.group
    label = words.labels(of.connection, asked.choice.by, {asked.group or ""}, of.courses, of.language)
    return render_template(
        "outcomes/registrations.html",
        gain=asked.what in OF_GAIN,
        what=asked.what.value,
        listing=listing,
        here=here,
        choice=asked.choice,
        group=None if asked.group is None else label[asked.group],
        course=of.courses[course].title if course in of.courses else course,
        as_of=of.as_of,
        region_names=region_names({entry.region for entry in listing.entries}, of.language),
        cohort_names=cohort_names(of.connection, {entry.cohort for entry in listing.entries}),
    )
