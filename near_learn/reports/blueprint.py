"""The manager's pages: the report, its file, the registrations behind a figure, one registration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_percent
from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from flask_babel import force_locale, get_locale, gettext
from sqlalchemy import Connection

from near_learn.certificates import certificate as certificates
from near_learn.config import Settings
from near_learn.db import db
from near_learn.languages import LANGUAGES, current_language
from near_learn.people.access import role_required, signed_in
from near_learn.people.person import Role
from near_learn.reports import chart, drilldown, export, names
from near_learn.reports.completion import Report, count
from near_learn.reports.filters import FINEST, AsOf, Basis, By, FilterError, Filters
from near_learn.reports.measures import STATES, Measure, of_basis
from near_learn.reports.names import CourseName
from near_learn.reports.reader import Reader

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
readers_only = role_required(Role.MANAGER, Role.OPERATOR)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


def as_of_now() -> AsOf:
    """This moment, with the installation's zone and its days until somebody counts as dropped out."""
    settings: Settings = current_app.extensions["settings"]
    return AsOf(datetime.now(UTC), ZoneInfo(settings.time_zone), settings.dropout_days)


@dataclass(frozen=True)
class Question:
    """Who asks what in this request."""

    connection: Connection
    reader: Reader
    courses: Mapping[str, CourseName]
    filters: Filters


def question() -> Question:
    """This request's question. Raises FilterError."""
    connection = db.session.connection()
    reader = Reader.of(signed_in())
    courses = names.catalogue(connection, current_language())
    return Question(connection, reader, courses, reader.ask(connection, request.args, as_of_now(), courses))


def counted(asked: Question) -> Report:
    return names.in_order(count(asked.connection, asked.filters, asked.reader.visible), asked.courses)


@blueprint.get("/")
@readers_only
def completion() -> str:
    asked = question()
    report = counted(asked)
    labels = names.labels(asked.connection, report, current_language())
    return page(
        asked.reader,
        asked.courses,
        chosen=asked.filters.arguments(level=str(asked.filters.rollup)),
        report=report,
        labels=labels,
        chart=chart.draw(report, labels),
        filters=asked.filters,
        deeper=deeper,
        here=here,
    )


def page(
    reader: Reader, courses: Mapping[str, CourseName], *, chosen: Mapping[str, str], **values: object
) -> str:
    """The report's page; without a report it is only the form, in which CHOSEN is filled in."""
    connection = db.session.connection()
    language = current_language()
    return render_template(
        "reports/completion.html",
        territory=reader.territory,
        region_names=names.region_names({*reader.regions(connection), reader.territory}, language),
        courses=courses,
        chosen=chosen,
        releases=names.releases_of(connection, chosen.get("course", "")),
        names=names,
        By=By,
        Basis=Basis,
        Measure=Measure,
        STATES=STATES,
        **values,
    )


@blueprint.errorhandler(FilterError)
def not_answerable(error: FilterError) -> tuple[str, int]:
    """The form as it was sent, and what to change in it. (Nobody gets here without being a reader.)"""
    db.session.rollback()
    courses = names.catalogue(db.session.connection(), current_language())
    form = page(Reader.of(signed_in()), courses, chosen=request.args, problems=error.problems, report=None)
    return form, error.status


@blueprint.get("/completion.csv")
@readers_only
def completion_csv() -> Response:
    """The figures of the page as a file, in the parameter `language` or the reader's own."""
    language = request.args.get("language") or current_language()
    if language not in LANGUAGES:
        text = gettext(
            "language: expected one of %(options)s, got “%(value)s”.",
            options=", ".join(LANGUAGES),
            value=language,
        )
        raise FilterError({"language": text})
    asked = question()
    report = counted(asked)
    locale = LANGUAGES[language][1]
    with force_locale(locale):
        labels = names.labels(asked.connection, report, language)
        content = export.to_csv(export.lines(report, labels, gettext("Total")), locale)
    disposition = f'attachment; filename="{export.file_name(asked.filters)}"'
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": disposition})


@blueprint.get("/registrations")
@readers_only
def registrations() -> str:
    asked = question()
    measure = chosen_measure(asked.filters)
    group = request.args.get("group")
    listing = drilldown.behind(
        asked.connection, asked.filters, asked.reader.visible, measure, group, number("page", 1)
    )
    language = current_language()
    return render_template(
        "reports/registrations.html",
        listing=listing,
        filters=asked.filters,
        measure=measure,
        group=None if group is None else names.name_of(asked.connection, asked.filters.by, group, language),
        here=here(asked.filters, measure, group),
        courses=asked.courses,
        region_names=names.region_names({entry.region for entry in listing.entries}, language),
        cohort_names=names.cohort_names(asked.connection, {entry.cohort for entry in listing.entries}),
        names=names,
    )


@blueprint.get("/registrations/<id_>")
@readers_only
def registration(id_: str) -> str:
    asked = question()
    whole = Filters(asked.filters.as_of)
    entry = drilldown.one(asked.connection, whole, asked.reader.visible, id_) if "\0" not in id_ else None
    if entry is None:
        abort(404)
    language = current_language()
    found, more = drilldown.statements(
        current_app.extensions["lrs"], asked.connection, id_, language, number("after", 0)
    )
    listed = request.args.get("what")
    return render_template(
        "reports/registration.html",
        entry=entry,
        row=drilldown.facts_of(asked.connection, id_),
        modules=drilldown.modules(asked.connection, id_),
        results=drilldown.results(asked.connection, id_),
        certificate=certificates.latest(asked.connection, id_),
        statements=found,
        more=more,
        back=here(asked.filters, chosen_measure(asked.filters), request.args.get("group"))
        if listed
        else None,
        courses=asked.courses,
        region_names=names.region_names({entry.region}, language),
        cohort_names=names.cohort_names(asked.connection, {entry.cohort}),
        names=names,
    )


def deeper(filters: Filters, key: str) -> dict[str, str] | None:
    """The parameters of the report that opens the row KEY up: finer regions, then courses, then modules."""
    if not key or filters.by is By.COHORT:
        return None
    if filters.by is By.REGION:
        finer = {"level": str(filters.rollup + 1)} if filters.rollup < FINEST else {"by": By.COURSE.value}
        return filters.arguments(region=key, **finer)
    if filters.by is By.COURSE:
        return filters.arguments(course=key, by=By.MODULE.value)
    return filters.arguments(course=key.partition("/")[0], module=key, by="")


def here(filters: Filters, measure: Measure, group: str | None) -> dict[str, str]:
    """The parameters of the list behind a figure. An empty group is "not stated"; none is the total."""
    found = {**filters.arguments(), "what": measure.value}
    return found if group is None else {**found, "group": group}


def chosen_measure(filters: Filters) -> Measure:
    """The figure that the list is behind. Raises FilterError for one that this report does not have."""
    value = request.args.get("what", Measure.ENROLLED.value)
    allowed = [measure.value for measure in of_basis(filters.basis)]
    if value not in allowed:
        text = gettext(
            "what: expected one of %(options)s, got “%(value)s”.", options=", ".join(allowed), value=value
        )
        raise FilterError({"what": text})
    return Measure(value)


def number(name: str, default: int) -> int:
    """A whole number from the address; 404 for anything else, as there is no such page."""
    value = request.args.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        abort(404)
    return int(value)


@blueprint.app_template_filter("share")
def share(value: float | None) -> str:
    """A share (0 to 1) as per cent with one decimal at most; a dash for None.

    Only all is 100 % and only nothing is 0 %: rounding stops short of both.
    """
    if value is None:
        return "–"
    rounded = round(value, 3)
    if value not in (0, 1):
        rounded = min(max(rounded, 0.001), 0.999)
    return format_percent(rounded, locale=get_locale(), decimal_quantization=False)
