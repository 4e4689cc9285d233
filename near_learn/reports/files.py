"""A report's file in the kind that was asked for: what goes into it, the same for pages, API and command."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import force_locale, format_date, format_datetime, gettext

from near_learn.languages import LANGUAGES
from near_learn.reports import export, names, workbook
from near_learn.reports.asking import Question
from near_learn.reports.completion import Report
from near_learn.reports.filters import Basis, Filters

KINDS = {
    "csv": "text/csv",
    "xlsx": workbook.MIME,
    "json": "application/json",
}


def content(asked: Question, kind: str, language: str) -> bytes:
    """The report that was ASKED for, as a file of one of KINDS, with names in LANGUAGE."""
    locale = LANGUAGES[language][1]
    with force_locale(locale):
        report = asked.counted()
        labels = names.labels(asked.connection, report, language)
        lines = export.lines(report, labels)
        if kind == "csv":
            return export.to_csv(lines, locale)
        if kind == "xlsx":
            return workbook.to_xlsx(lines, about(report))
        return export.to_json(lines).encode()


def about(report: Report) -> Mapping[str, str]:
    """What the report is about, in words, by what each is called."""
    filters = report.filters
    return {
        gettext("As of"): moment(report),
        gettext("Period"): period(filters),
        gettext("The period chooses"): gettext("what happened in it")
        if filters.basis is Basis.HAPPENED
        else gettext("who began in it"),
        **{str(name): value for name, value in names.chosen(filters).items()},
        gettext("Regions"): f"NUTS {names.EDITION}",
        gettext("Unit"): gettext("A registration, once per module")
        if filters.unit_is_module
        else gettext("A registration: one person's attempt at one course"),
        gettext("Small groups"): names.small_groups(report),
    }


def moment(report: Report) -> str:
    """When the figures were so, with the zone."""
    as_of = report.filters.as_of
    return f"{format_datetime(report.counted_at or as_of.moment)} ({as_of.zone.key})"


def period(filters: Filters) -> str:
    """The period in words: two days, one, or everything so far."""
    if not filters.start and not filters.end:
        return str(gettext("everything so far"))
    start = str(format_date(filters.start)) if filters.start else "…"
    end = str(format_date(filters.end)) if filters.end else "…"
    return f"{start} – {end}"
