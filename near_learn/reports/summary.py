"""One page about a region for a board: what stands on it, in words and finished figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask_babel import format_date, format_decimal, gettext

from near_learn.outcomes import knowledge, profile, target, targets
from near_learn.outcomes.asking import Asking
from near_learn.outcomes.blueprint import decimal, points
from near_learn.outcomes.gain import Estimate
from near_learn.outcomes.target import Kind, Reached
from near_learn.reports import drawing, files, headline, lines, names
from near_learn.reports.asking import Question
from near_learn.reports.blueprint import share
from near_learn.reports.completion import Figures, Report
from near_learn.reports.filters import Basis, By
from near_learn.reports.measures import Measure

# So much fits on one page.
MOST_COURSES = 8
MOST_GAINS = 5
MOST_DIMENSIONS = 7
MOST_TARGETS = 4
COLUMNS = (Measure.ENROLLED, Measure.STARTED, Measure.COMPLETED)


@dataclass(frozen=True)
class Table:
    """A table with its heading; the first cell of each row is its head, and the last may be the total."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Summary:
    language: str
    title: str
    place: str
    facts: tuple[tuple[str, str], ...]
    cards: tuple[tuple[str, str, str], ...]  # value, what it is, the period before
    tables: tuple[Table, ...]
    trend: str  # SVG, "" when there is nothing to draw
    trend_title: str
    trend_text: str  # what it shows, for who cannot see it
    notes: tuple[str, ...]


def of(asked: Question, outcomes: Asking, language: str) -> Summary:
    """The summary of what was ASKED, course by course, in LANGUAGE (which is in force)."""
    filters = replace(asked.filters, by=By.COURSE, module="", basis=Basis.ENROLLED)
    asked = replace(asked, filters=filters)
    report = asked.counted()
    trend = lines.draw(asked.trend())
    previous = filters.previous()
    cards = headline.of(report, asked.previous())
    before = f"{format_date(previous.start)} – {format_date(previous.end)}" if previous else ""
    tables = [_courses(asked, report), *_outcomes(asked, outcomes), *_targets(asked, outcomes)]
    return Summary(
        language=language,
        title=gettext("Learning in brief"),
        place=_place(asked, language),
        facts=(
            (gettext("As of"), files.moment(report)),
            (gettext("Period"), files.period(filters)),
            (gettext("Regions"), f"NUTS {names.EDITION}"),
        ),
        cards=tuple(
            (card.value, str(card.meaning.name), f"{before}: {card.before}" if card.before else "")
            for card in cards
        ),
        tables=tuple(table for table in tables if table.rows),
        trend=drawing.svg(trend) if trend else "",
        trend_title=gettext("What happened in each month"),
        trend_text=drawing.words(trend) if trend else "",
        notes=(
            gettext(
                "The unit is a registration: one person's attempt at one course. It counts where it began."
            ),
            names.small_groups(report),
            gettext("Counted from learning records (xAPI). Not an official return to any fund."),
        ),
    )


def _place(asked: Question, language: str) -> str:
    filters = asked.filters
    chosen = [text for _, text in names.limits(asked.connection, filters, language)]
    if chosen:
        return ", ".join(chosen)
    if asked.reader.organisation:
        return names.name_of(asked.connection, By.ORGANISATION, asked.reader.organisation, language)
    if asked.reader.territory:
        return names.name_of(asked.connection, By.REGION, asked.reader.territory, language)
    return str(gettext("All regions"))


def _courses(asked: Question, report: Report) -> Table:
    heads = (
        gettext("Course"),
        *(str(names.MEASURES[measure]) for measure in COLUMNS),
        gettext("Completion rate"),
    )
    rows = [
        (names.course_or_module(asked.courses, row.key), *_cells(row.figures, row.short))
        for row in report.rows[:MOST_COURSES]
    ]
    if report.apart:
        rows.append((str(names.APART), *_cells(report.apart, frozenset())))
    if rows:
        rows.append((gettext("Total"), *_cells(report.total, report.short)))
    left = len(report.rows) - MOST_COURSES
    note = gettext("%(num)s more courses are in the report.", num=left) if left > 0 else ""
    return Table(gettext("By course"), heads, tuple(rows), note)


def _cells(figures: Figures | None, short: frozenset[Measure]) -> Iterator[str]:
    if figures is None:
        yield from (gettext("hidden"), *[""] * len(COLUMNS))
        return
    for measure in COLUMNS:
        value = figures[measure]
        if measure in short:
            yield f"≥ {format_decimal(value)}" if value else "–"
        else:
            yield str(format_decimal(value))
    yield share(figures.rate)


def _values(asked: Question) -> dict[str, str]:
    """What was chosen, as outcomes are asked for it. They know no periods but years."""
    filters = asked.filters
    return {
        "region": filters.region,
        "course": filters.course,
        "organisation": filters.organisation,
        "cohort": filters.cohort,
        "language": filters.language,
    }


def _outcomes(asked: Question, outcomes: Asking) -> Iterator[Table]:
    values = _values(asked)
    gains = outcomes.gain({**values, "by": "course"})
    yield _gains(asked, gains)
    if practice := outcomes.diagnosis(values):
        yield _practice(practice, outcomes.language)


def _gains(asked: Question, found: knowledge.Report) -> Table:
    heads = (
        gettext("Knowledge gain"),
        gettext("Pairs"),
        gettext("Before"),
        gettext("After"),
        gettext("Gain"),
    )
    rows = tuple(
        (
            names.course_or_module(asked.courses, section.tests.course),
            str(format_decimal(section.total.gain.n)),
            share(section.total.gain.before),
            share(section.total.gain.after),
            _interval(section.total.gain.difference),
        )
        for section in found.sections[:MOST_GAINS]
        if section.total.gain
    )
    note = gettext(
        "The same people before and after, of all years. Gain in points of 100, with its confidence interval."
    )
    return Table(gettext("What people know now"), heads, rows, note)


def _interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return points(found.value)
    return f"{points(found.value)} ({points(found.low)} … {points(found.high)})"


def _practice(found: profile.Report, language: str) -> Table:
    everybody = found.total.everybody
    heads = (gettext("Practice in the region"), gettext("At the start"), gettext("At the end"))
    rows: list[tuple[str, ...]] = []
    if everybody:
        for place, dimension in enumerate(found.instrument.dimensions[:MOST_DIMENSIONS]):
            start, end = everybody.start[place], everybody.end[place]
            if start or end:
                told = (decimal(mean.value) if mean else "–" for mean in (start, end))
                rows.append((found.instrument.title(dimension, language), *told))
    note = gettext(
        "Means of a self-assessment on a scale from 1 to %(highest)s.", highest=found.instrument.highest
    )
    return Table(gettext("Practice"), heads, tuple(rows), note)


def _targets(asked: Question, outcomes: Asking) -> Iterator[Table]:
    values = _values(asked)
    del values["language"]
    found = targets.for_filters(outcomes.measuring(), **values)[:MOST_TARGETS]
    heads = (gettext("Target"), gettext("Wanted"), gettext("Measured"), gettext("By"), gettext("State"))
    rows = tuple(
        (
            f"{target.NAMES[each.kind]}: {_whose(asked, each)}",
            _amount(each, each.target.value),
            _amount(each, each.value),
            str(format_date(each.target.due)),
            str(target.STATES[each.state]),
        )
        for each in found
    )
    yield Table(gettext("Targets"), heads, rows)


def _whose(asked: Question, of: Reached) -> str:
    """The course of a target, and its region when it has one."""
    course = names.course_or_module(asked.courses, of.target.course)
    return f"{course} ({of.target.region})" if of.target.region else course


def _amount(of: Reached, value: float | None) -> str:
    if value is None:
        return "–"
    if of.kind is Kind.COMPLETIONS:
        return str(format_decimal(int(value)))
    return f"{decimal(value)} %"
