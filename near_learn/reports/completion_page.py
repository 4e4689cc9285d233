"""The report's page and its file."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, render_template, request

from near_learn.db import db
from near_learn.languages import current_language
from near_learn.outcomes import target, targets
from near_learn.outcomes.asking import asking as outcomes_of
from near_learn.outcomes.target import Kind, Reached
from near_learn.people import region
from near_learn.people.access import signed_in
from near_learn.reports import (
    asking,
    chart,
    choices,
    export,
    files,
    headline,
    lines,
    meaning,
    names,
    source,
    table,
    tiles,
)
from near_learn.reports.asking import QUESTIONS, Question
from near_learn.reports.blueprint import blueprint, number, question, readers_only
from near_learn.reports.completion import Report
from near_learn.reports.filters import FINEST, Basis, By, FilterError, Filters
from near_learn.reports.measures import STATES, Measure
from near_learn.reports.names import CourseName
from near_learn.reports.reader import Reader
from near_learn.reports.tally.fresh import behind

# The parameters that go along to the other reports.
IN_EVERY_REPORT = frozenset({"region", "organisation", "cohort", "course"})


@blueprint.get("/")
@readers_only
def completion() -> str:
    asked = question()
    report = asked.counted()
    language = current_language()
    labels = names.labels(asked.connection, report, language)
    maps = tiles.draw(report, labels, regions_of_map(report))
    every_tile = [tile for each in maps for tile in each.tiles]
    rows = table.page(table.in_order(report, labels), number("page", 1))
    return page(
        asked.reader,
        asked.courses,
        chosen=asked.filters.arguments(level=str(asked.filters.rollup)),
        report=report,
        labels=labels,
        chart=chart.draw(report, labels),
        maps=maps,
        country_names={
            each.country: names.region_names([each.country], language)[each.country] for each in maps
        },
        tile_steps=tiles.steps(),
        hidden_tiles=any(tile.state is tiles.State.HIDDEN for tile in every_tile),
        marked_tiles=any(tile.at_least for tile in every_tile),
        trend=lines.draw(asked.trend()) if report.rows else None,
        headline=headline.of(report, asked.previous()),
        previous=asked.filters.previous(),
        targets=targets_of(asked),
        STATES_OF_TARGETS=target.STATES,
        TONES=target.TONES,
        meanings=meaning.OF_BASIS[asked.filters.basis],
        limits=names.limits(asked.connection, asked.filters, language),
        filters=asked.filters,
        deeper=deeper,
        rows=rows,
        behind=behind(),
        writer=table.Writer(report),
        protects=report.least > 1
        and (report.apart or report.short or not all(row.whole for row in report.rows)),
    )


def targets_of(asked: Question) -> list[Reached]:
    """The targets that this report is about, beside what was measured. Those on knowledge have a page."""
    filters = asked.filters
    return targets.for_filters(
        outcomes_of(asked.reader, current_language()).measuring(),
        set(Kind) - {Kind.GAIN},
        region=filters.region,
        course=filters.course,
        organisation=filters.organisation,
        cohort=filters.cohort,
    )


def regions_of_map(report: Report) -> list[str]:
    """The regions that have a tile even without anybody: those of the only country that the report has."""
    countries = {row.key[:2] for row in report.rows if row.key}
    if len(countries) != 1 or not report.filters.rollup:
        return []
    return [code for code, _ in region.choices("en", country=countries.pop())]


def page(
    reader: Reader, courses: Mapping[str, CourseName], *, chosen: Mapping[str, str], **values: object
) -> str:
    """The report's page; without a report it is only the form, in which CHOSEN is filled in."""
    connection = source.connection()
    language = current_language()
    mine = names.organisation_names(connection, [reader.organisation]) if reader.organisation else {}
    known = {name: value for name, value in chosen.items() if name in QUESTIONS and value}
    return render_template(
        "reports/completion.html",
        territory=reader.territory,
        organisation_name=mine.get(reader.organisation, ""),
        region_names=names.region_names({*reader.regions(connection), reader.territory}, language),
        courses=courses,
        chosen=chosen,
        chosen_for_links=known,
        kept_in_tabs={name: value for name, value in known.items() if name in IN_EVERY_REPORT},
        quick_periods=choices.periods(asking.as_of_now().day),
        organisations=() if mine else choices.organisations(connection, reader),
        cohorts=choices.cohorts(connection, reader),
        languages=choices.languages(language),
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
    courses = names.catalogue(source.connection(), current_language())
    form = page(Reader.of(signed_in()), courses, chosen=request.args, problems=error.problems, report=None)
    return form, error.status


@blueprint.get("/completion.<any(csv, xlsx, json):ending>")
@readers_only
def completion_file(ending: str) -> Response:
    """The figures of the page as a file, in the parameter `language` or the reader's own."""
    language = asking.chosen_language(request.args)
    asked = question()
    disposition = f'attachment; filename="{export.file_name(asked.filters, ending)}"'
    return Response(
        files.content(asked, ending, language),
        mimetype=files.KINDS[ending],
        headers={"Content-Disposition": disposition},
    )


def deeper(filters: Filters, key: str) -> dict[str, str] | None:
    """The parameters of the report that opens the row KEY up: finer regions, then courses, then modules."""
    if not key:
        return None
    match filters.by:
        case By.REGION:
            finer = {"level": str(filters.rollup + 1)} if filters.rollup < FINEST else {"by": By.COURSE.value}
            return filters.arguments(region=key, **finer)
        case By.COURSE:
            return filters.arguments(course=key, by=By.MODULE.value)
        case By.MODULE:
            return filters.arguments(course=key.partition("/")[0], module=key, by="")
        case By.ORGANISATION:
            return filters.arguments(organisation=key, by=By.COURSE.value)
        case By.COHORT:
            return filters.arguments(cohort=key, by=By.COURSE.value)
    return None
