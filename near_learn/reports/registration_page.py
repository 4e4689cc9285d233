"""From a figure to its evidence: the registrations behind it, and one registration with its statements."""

from __future__ import annotations

from flask import Response, abort, current_app, render_template, request

from near_learn.certificates import certificate as certificates
from near_learn.db import writing
from near_learn.languages import LANGUAGES, current_language
from near_learn.people.access import signed_in
from near_learn.privacy import audit
from near_learn.reports import asking, drilldown, names, register, source
from near_learn.reports.blueprint import blueprint, here, number, question, readers_only
from near_learn.reports.filters import Filters


@blueprint.get("/registrations")
@readers_only
def registrations() -> str:
    asked = question()
    measure = asking.chosen_measure(asked.filters, request.args)
    group = request.args.get("group")
    listing = drilldown.behind(
        asked.connection, asked.filters, asked.reader.visible, measure, group, number("page", 1)
    )
    named = [entry.actor for entry in listing.entries if entry.name]
    audit.seen(actor=signed_in().account, action="names.viewed", about=named)
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


@blueprint.get("/registrations.<any(csv, jsonl):ending>")
@readers_only
def registrations_file(ending: str) -> Response:
    """The list as a file of any length, without names."""
    language = asking.chosen_language(request.args)
    asked = question()
    measure = asking.chosen_measure(asked.filters, request.args)
    group = request.args.get("group")
    found = register.entries(source.engine(), asked.filters, asked.reader.visible, measure, group)
    account = signed_in().account
    with writing() as connection:
        register.note(connection, account, asked.filters, measure)
    name = register.file_name(asked.filters, measure, ending)
    return Response(
        register.text(found, ending, LANGUAGES[language][1]),
        mimetype=register.KINDS[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/registrations/<id_>")
@readers_only
def registration(id_: str) -> str:
    asked = question()
    whole = Filters(asked.filters.as_of)
    entry = drilldown.one(asked.connection, whole, asked.reader.visible, id_) if "\0" not in id_ else None
    if entry is None:
        abort(404)
    named = [entry.actor] if entry.name else []
    audit.seen(
        actor=signed_in().account, action="record.viewed", about=named, detail={"course": entry.course}
    )
    language = current_language()
    found, more = drilldown.statements(
        current_app.extensions["lrs"], asked.connection, id_, language, number("after", 0)
    )
    listed = request.args.get("what")
    measure = asking.chosen_measure(asked.filters, request.args)
    return render_template(
        "reports/registration.html",
        entry=entry,
        row=drilldown.facts_of(asked.connection, id_),
        modules=drilldown.modules(asked.connection, id_),
        results=drilldown.results(asked.connection, id_),
        certificate=certificates.latest(asked.connection, id_),
        statements=found,
        more=more,
        back=here(asked.filters, measure, request.args.get("group")) if listed else None,
        courses=asked.courses,
        region_names=names.region_names({entry.region}, language),
        cohort_names=names.cohort_names(asked.connection, {entry.cohort}),
        names=names,
    )
