"""What is asked for first: how many are enrolled and completed, and their rate; now and a period before."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal

from near_learn.reports import meaning
from near_learn.reports.blueprint import share
from near_learn.reports.completion import Report, Total
from near_learn.reports.filters import Basis
from near_learn.reports.meaning import Meaning
from near_learn.reports.measures import Measure

NOTHING = "–"


@dataclass(frozen=True)
class Card:
    """A figure, what it says, and how it was in the period before ("" when there is none)."""

    meaning: Meaning
    value: str
    before: str = ""


def of(report: Report, previous: Total | None) -> list[Card]:
    """The cards of REPORT, compared with the period before."""
    basis = report.filters.basis
    third = "rate" if basis is Basis.ENROLLED else "passed"
    by_id = {each.id: each for each in meaning.OF_BASIS[basis]}
    now = Total(report.total, report.short)
    return [_card(by_id[name], now, previous) for name in ("enrolled", "completed", third)]


def _card(of: Meaning, now: Total, previous: Total | None) -> Card:
    before = NOTHING if previous is None else _value(of.id, previous)
    return Card(of, _value(of.id, now), "" if before == NOTHING else before)


def _value(name: str, of: Total) -> str:
    """The figure; with "≥" when people are missing in it, a dash when all of them are."""
    if name == "rate":
        return share(of.figures.rate)
    measure = Measure(name)
    value = of.figures[measure]
    if measure not in of.short:
        return str(format_decimal(value))
    return f"≥ {format_decimal(value)}" if value else NOTHING
