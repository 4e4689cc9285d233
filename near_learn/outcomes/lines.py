"""From a report to the lines of its file, with the names of the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from near_learn.outcomes import knowledge, participants, profile, sheet
from near_learn.outcomes.asking import Asking
from near_learn.outcomes.choice import By
from near_learn.reports.names import Label


def labelled(of: Asking, by: By, keys: Iterable[str | None]) -> Callable[[str], Label]:
    """What a row is called, by its key."""
    found = of.labels(by, {key for key in keys if key is not None})
    return found.__getitem__


def of_gain(of: Asking, report: knowledge.Report) -> list[sheet.Row]:
    """The lines of the file on knowledge gain."""
    label = gain_labels(of, report)
    return sheet.of_gain(report, label, of.common(report.choice, report.counted_at, beyond=report.beyond))


def gain_labels(of: Asking, report: knowledge.Report) -> Callable[[str], Label]:
    return labelled(of, report.choice.by, (row.key for each in report.sections for row in each.rows))


def of_diagnosis(of: Asking, report: profile.Report) -> list[sheet.Row]:
    """The lines of the file on practice."""
    common = of.common(report.choice, report.counted_at, beyond=report.beyond)
    return sheet.of_diagnosis(report, practice_labels(of, report), of.language, common)


def practice_labels(of: Asking, report: profile.Report) -> Callable[[str], Label]:
    return labelled(of, report.choice.by, (row.key for row in report.rows))


def of_participants(of: Asking, report: participants.Report) -> list[sheet.Row]:
    """The lines of the file on participants."""
    common = of.common(report.choice, report.counted_at, beyond=report.beyond)
    return sheet.of_participants(report, participant_labels(of, report), common)


def participant_labels(of: Asking, report: participants.Report) -> Callable[[str], Label]:
    return labelled(of, report.choice.by, (row.key for each in report.tables for row in each.rows))
