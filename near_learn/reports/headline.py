"""What is asked for first: how many are enrolled and completed, and their rate; now and a period before."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal

from near_learn.reports import meaning
from near_learn.reports.blueprint import share
from near_learn.reports.completion import Figures, Report
from near_learn.reports.filters import Basis
from near_learn.reports.meaning import Meaning
from near_learn.reports.measures import Measure


@dataclass(frozen=True)
class Card:
    """A figure, what it says, and how it was in the period before ("" when there is none)."""

    meaning: Meaning
    value: str
    before: str = ""
    at_least: bool = False


def of(report: Report, previous: Report | None) -> list[Card]:
    """The cards of REPORT, compared with the report of the period before."""
    basis = report.filters.basis
    third = "rate" if basis is Basis.ENROLLED else "passed"
    by_id = {each.id: each for each in meaning.OF_BASIS[basis]}
    return [_card(by_id[name], report, previous) for name in ("enrolled", "completed", third)]


def _card(of: Meaning, report: Report, previous: Report | None) -> Card:
    short = report.short & (
        {Measure(of.id)} if of.id in set(Measure) else {Measure.ENROLLED, Measure.COMPLETED}
    )
    before = "" if previous is None else _value(of.id, previous.total)
    return Card(of, _value(of.id, report.total), before, bool(short) and of.id != "rate")


def _value(name: str, figures: Figures) -> str:
    return share(figures.rate) if name == "rate" else str(format_decimal(figures[Measure(name)]))
