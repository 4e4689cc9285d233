"""The pages and files of outcomes: knowledge gain, practice in a region, participants."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, Flask, Response, abort, render_template, request
from flask_babel import get_locale

from near_learn import paging
from near_learn.db import db
from near_learn.languages import LANGUAGES, current_language
from near_learn.outcomes import (
    dots,
    interval,
    knowledge,
    lines,
    participants,
    profile,
    sheet,
    targets,
    words,
)
from near_learn.outcomes.asking import Asking, asking
from near_learn.outcomes.choice import EVERY, OF_PARTICIPANTS, OF_PRACTICE, By, Choice
from near_learn.outcomes.participant import ANSWERS
from near_learn.outcomes.participant import NAMES as ABOUT
from near_learn.outcomes.target import Kind, Reached
from near_learn.people.access import role_required, signed_in
from near_learn.people.role import Role
from near_learn.reports.blueprint import number
from near_learn.reports.filters import FilterError
from near_learn.reports.names import EDITION, LEVELS, cohort_names, region_names
from near_learn.reports.reader import Reader

ROWS = 100  # of each table on a page
MOST_PROFILES = 12  # drawings on one page; the table has every row
blueprint = Blueprint("outcomes", __name__)
readers_only = role_required(Role.MANAGER, Role.OPERATOR)
CSV, JSON = "csv", "json"


def init_app(app: Flask) -> None:
    # Imported here because they add their pages to this blueprint.
    from near_learn.outcomes import about_page, evidence_page, target_page, upkeep  # noqa: F401

    upkeep.init_app(app)
    app.register_blueprint(blueprint)


def ask() -> Asking:
    """What the signed-in person asks."""
    return asking(Reader.of(signed_in()), current_language())


@blueprint.context_processor
def shared() -> dict[str, object]:
    """What every template here needs."""
    return {"By": By, "BY": words.BY, "LEVELS": LEVELS, "EDITION": EDITION}


@blueprint.app_template_filter("points")
def points(value: float | None) -> str:
    """A share as points of 100 with one decimal and its sign."""
    if value is None:
        return "–"
    return ("+" if value > 0 else "") + decimal(100 * value)


@blueprint.app_template_filter("decimal")
def decimal(value: float | None, digits: int = 1) -> str:
    """A number with so many decimals, as the reader's language writes it; a dash for None."""
    if value is None:
        return "–"
    # A negative number that rounds to nothing is nothing.
    return _written(round(value, digits) + 0.0, digits, str(get_locale()))


@lru_cache(maxsize=5000)
def _written(value: float, digits: int, locale: str) -> str:
    return format_decimal(value, format="#,##0." + "0" * digits, locale=locale)


def page(
    template: str, of: Asking, choice: Choice, rows: tuple[By, ...], keys: Any, report: Any, **values: object
) -> str:
    """A report's page; KEYS: (year, language, region, organisation, cohort) of all whom the reader sees."""
    return render_template(
        f"outcomes/{template}.html",
        choice=choice,
        chosen=choice.arguments(),
        rows_by=rows,
        options=options(of, keys),
        reader=of.reader,
        region_name=region_names({of.reader.territory, choice.region}, of.language),
        courses=of.courses,
        as_of=replace(of.as_of, moment=report.counted_at),
        least=of.least,
        report=report,
        **values,
    )


def options(of: Asking, keys: Iterable[tuple[str, str, str, str, str]]) -> dict[str, dict[str, str]]:
    """What can be chosen in the form, by name."""
    columns = [set(column) - {""} for column in zip(*keys, strict=True)] or [set()] * 5
    years, languages, codes, organisations, cohorts = columns
    above = {code[:length] for code in codes for length in range(2, len(code) + 1)}
    seen = sorted(code for code in above if of.reader.may_choose(code))
    regions = region_names(seen, of.language)
    found = {
        "region": {code: f"{code} {regions[code]}" for code in seen},
        "organisation": by_name(words.organisation_names(of.connection, organisations)),
        "cohort": by_name(cohort_names(of.connection, cohorts)),
        "language": by_name(words.language_names(languages)),
        "year": {year: year for year in sorted(years, reverse=True)},
    }
    return {name: {key: text for key, text in each.items() if key} for name, each in found.items()}


def by_name(found: Mapping[str, str]) -> dict[str, str]:
    """The same in the order of what they are called."""
    return dict(sorted(found.items(), key=lambda each: (each[1], each[0])))


def part(longest: int) -> paging.Part:
    """The part of the tables that is asked for."""
    return paging.part(number("page", 1), longest, ROWS)


@blueprint.errorhandler(FilterError)
def not_answerable(error: FilterError) -> tuple[str, int]:
    """What cannot be answered, and the way back. (Nobody gets here without being a reader.)"""
    db.session.rollback()
    return render_template("outcomes/problem.html", problems=error.problems), error.status


def file(name: str, ending: str, of: Asking, columns: tuple[str, ...], rows: list[sheet.Row]) -> Response:
    """A report as a file in the reader's language."""
    if ending == CSV:
        body: bytes | str = sheet.to_csv(columns, rows, LANGUAGES[of.language][1])
    else:
        body = sheet.to_json(columns, rows)
    disposition = f'attachment; filename="{sheet.file_name(name, of.as_of, ending)}"'
    kind = "text/csv" if ending == CSV else "application/json"
    return Response(body, mimetype=kind, headers={"Content-Disposition": disposition})


def targets_of(of: Asking, choice: Choice, kinds: Collection[Kind] = tuple(Kind)) -> list[Reached]:
    """The targets of these KINDS that belong to a report with this choice."""
    return targets.for_filters(
        of.measuring(),
        kinds,
        region=choice.region,
        course=choice.course,
        organisation=choice.organisation,
        cohort=choice.cohort,
    )


def ending_of(ending: str) -> str:
    """The kind of file; 404 for one that we don't make."""
    if ending not in (CSV, JSON):
        abort(404)
    return ending


# --- knowledge gain ----------------------------------------------------------------------------------


@blueprint.get("/reports/gain")
@readers_only
def gain() -> str:
    of = ask()
    report = of.gain(request.args)
    label = lines.gain_labels(of, report)
    drawn = {each.tests.course: _intervals(each, label) for each in report.sections}
    keys = [(key[0], key[1], key[5], key[6], key[7]) for key in report.keys]
    reached = targets_of(of, report.choice, [Kind.GAIN])
    return page(
        "gain",
        of,
        report.choice,
        EVERY,
        keys,
        report=report,
        label=label,
        charts=drawn,
        reached=reached,
        part=part(max((len(each.rows) for each in report.sections), default=0)),
    )


def _intervals(section: knowledge.Section, label: Callable[[str], Any]) -> interval.Chart | None:
    named = [(_name(label(row.key)), row.gain) for row in section.rows if row.gain]
    return interval.draw(named)


def _name(label: Any) -> str:
    return f"{label.name} ({label.code})" if label.code else str(label.name)


@blueprint.get("/reports/gain.<ending>")
@readers_only
def gain_file(ending: str) -> Response:
    of, ending = ask(), ending_of(ending)
    report = of.gain(request.args)
    return file("knowledge-gain", ending, of, sheet.GAIN, lines.of_gain(of, report))


# --- practice ----------------------------------------------------------------------------------------


@blueprint.get("/reports/diagnosis")
@readers_only
def diagnosis() -> str:
    of = ask()
    report = of.diagnosis(request.args)
    if report is None:
        return render_template("outcomes/problem.html", problems={}, nothing=True)
    label = lines.practice_labels(of, report)
    keys = [(key[0], key[1], key[5], key[6], key[7]) for key in report.keys]
    return page(
        "diagnosis",
        of,
        report.choice,
        OF_PRACTICE,
        keys,
        report=report,
        label=label,
        titles=titles(report, of.language),
        wordings=[report.instrument.wording(item, of.language) for item in report.instrument.items],
        scale=scale(report, of.language),
        charts=_profiles(report, of.language),
        most=MOST_PROFILES,
        part=part(len(report.rows)),
    )


def titles(report: profile.Report, language: str) -> list[str]:
    """What the dimensions are called."""
    return [report.instrument.title(each, language) for each in report.instrument.dimensions]


def scale(report: profile.Report, language: str) -> list[str]:
    """The words of the scale, from the lowest on."""
    item = report.instrument.items[0]
    question = next(each for each in report.instrument.module.text(language).quiz if each.id == item)
    return [option.text for option in question.options]


def _profiles(report: profile.Report, language: str) -> dict[str, dots.Chart]:
    """A drawing for each of the largest rows, and one for everybody under the key "total"."""
    told = [row for row in report.rows if row.everybody]
    largest = sorted(told, key=lambda row: -_people(row))[:MOST_PROFILES]
    names, highest = titles(report, language), report.instrument.highest
    found = {f"row {row.key}": dots.draw(names, row.everybody, highest) for row in largest if row.everybody}
    if report.total.everybody:
        found["total"] = dots.draw(names, report.total.everybody, highest)
    return found


def _people(row: profile.Row) -> int:
    return row.everybody.at_start + row.everybody.at_end if row.everybody else 0


@blueprint.get("/reports/diagnosis.<ending>")
@readers_only
def diagnosis_file(ending: str) -> Response:
    of, ending = ask(), ending_of(ending)
    report = of.diagnosis(request.args)
    if report is None:
        abort(404)
    return file("diagnosis", ending, of, sheet.DIAGNOSIS, lines.of_diagnosis(of, report))


# --- participants ------------------------------------------------------------------------------------


@blueprint.get("/reports/participants")
@readers_only
def participant_report() -> str:
    of = ask()
    report = of.participants(request.args)
    label = lines.participant_labels(of, report)
    return page(
        "participants",
        of,
        report.choice,
        OF_PARTICIPANTS,
        [(year, "", code, organisation, "") for year, code, organisation in report.keys],
        report=report,
        label=label,
        ABOUT=ABOUT,
        ANSWERS=ANSWERS,
        COUNTED=participants.COUNTED,
        part=part(max(len(each.rows) for each in report.tables)),
    )


@blueprint.get("/reports/participants.<ending>")
@readers_only
def participant_file(ending: str) -> Response:
    of, ending = ask(), ending_of(ending)
    report = of.participants(request.args)
    return file("participants", ending, of, sheet.PARTICIPANTS, lines.of_participants(of, report))
