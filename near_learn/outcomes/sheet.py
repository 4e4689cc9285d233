"""Outcomes as files: a line for each row, complete in itself, under column names that stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from near_learn.outcomes import knowledge, participants, profile
from near_learn.outcomes.choice import By, Choice
from near_learn.outcomes.gain import Estimate, Gain
from near_learn.outcomes.participants import Counted
from near_learn.outcomes.target import Reached
from near_learn.reports.filters import AsOf, level_of
from near_learn.reports.names import EDITION, Label
from near_learn.spreadsheet import BOM, Value, line

Row = dict[str, Value]
Labelled = Callable[[str], Label]
ROW, APART, TOTAL = "row", "not_told_apart", "total"
NOT_OFFICIAL = "ESF+-style statistics; not an official return"

ASKED = ("by", "nuts_rollup", "nuts_edition", "as_of", "small_group", "territory", "some_left_out")
CHOSEN = ("filter_region", "filter_organisation", "filter_cohort", "filter_language", "filter_year")
HEAD = ("row_type", "course", "code", "name", "nuts_level")
GAIN = (
    *HEAD,
    *("pre_test", "post_test", "n_matched", "n_pre_only", "mean_pre", "mean_post"),
    *("mean_difference", "difference_low", "difference_high"),
    *("relative_change", "relative_low", "relative_high"),
    *("normalised_gain", "normalised_low", "normalised_high", "sd_difference", "effect_size_dz"),
    *ASKED,
    *CHOSEN,
)
DIAGNOSIS = (
    *HEAD,
    *("instrument", "people", "kind", "item", "text", "scale_low", "scale_high"),
    *("persons_start", "answers_start", "mean_start", "persons_end", "answers_end", "mean_end"),
    *ASKED,
    *CHOSEN,
)
PARTICIPANTS = (
    *("row_type", "about", "answer", "counted", "code", "name", "nuts_level", "persons"),
    *ASKED,
    *("filter_region", "filter_organisation", "filter_year", "note"),
)
TARGETS = (
    *("id", "kind", "course", "region", "organisation", "cohort", "target", "baseline", "instrument", "due"),
    *("state", "value", "n", "low", "high", "as_of", "some_left_out"),
)


def to_csv(columns: Iterable[str], rows: Iterable[Row], locale: str) -> bytes:
    """CSV that a spreadsheet set to LOCALE opens as it is: see reports/export.py."""
    names = tuple(columns)
    lines = (line((row.get(name) for name in names), locale) for row in rows)
    return (BOM + line(names, locale) + "".join(lines)).encode()


def to_json(columns: Iterable[str], rows: Iterable[Row]) -> str:
    """The same lines as JSON: a list of objects; what does not apply is null."""
    names = tuple(columns)
    found = [{name: row.get(name) for name in names} for row in rows]
    return json.dumps({"rows": found}, ensure_ascii=False, indent=2)


def asked(choice: Choice, as_of: AsOf, least: int, *, beyond: bool) -> Row:
    """What every line tells of the question."""
    moment = as_of.moment.astimezone(as_of.zone).isoformat(timespec="seconds")
    return {
        "by": choice.by.value,
        "nuts_rollup": choice.rollup if choice.by is By.REGION else None,
        "nuts_edition": EDITION,
        "as_of": moment,
        "small_group": least,
        "territory": choice.territory,
        "some_left_out": int(beyond),
        **{f"filter_{name}": getattr(choice, name) for name in _FILTERS},
    }


_FILTERS = ("region", "organisation", "cohort", "language", "year")


def head(kind: str, course: str, key: str | None, by: By, label: Labelled) -> Row:
    """What names a line."""
    if kind != ROW or key is None:
        return {"row_type": kind, "course": course}
    level = level_of(key) if by is By.REGION and key else None
    return {
        "row_type": kind,
        "course": course,
        "code": key,
        "name": label(key).name,
        "nuts_level": level,
    }


# --- knowledge gain ------------------------------------------------------------------------------------


def of_gain(report: knowledge.Report, label: Labelled, common: Row) -> list[Row]:
    """The lines of GAIN: each course's rows, those not told apart, its total."""
    found = []
    for section in report.sections:
        tests = {"pre_test": section.tests.before, "post_test": section.tests.after}
        rows = [(ROW, row) for row in section.rows] + [(APART, section.apart), (TOTAL, section.total)]
        for kind, row in rows:
            if kind == APART and row.empty:
                continue
            named = head(kind, section.tests.course, row.key, report.choice.by, label)
            found.append({**named, **tests, **_gain(row), **common})
    return found


def _gain(row: knowledge.Row) -> Row:
    return {"n_pre_only": row.before_only, **(_figures(row.gain) if row.gain else {})}


def _figures(gain: Gain) -> Row:
    return {
        "n_matched": gain.n,
        "mean_pre": gain.before,
        "mean_post": gain.after,
        "mean_difference": gain.difference.value,
        "difference_low": gain.difference.low,
        "difference_high": gain.difference.high,
        **_estimate("relative_change", "relative", gain.relative),
        **_estimate("normalised_gain", "normalised", gain.normalised),
        "sd_difference": gain.spread,
        "effect_size_dz": gain.effect,
    }


def _estimate(name: str, short: str, found: Estimate | None) -> Row:
    if found is None:
        return {}
    return {name: found.value, f"{short}_low": found.low, f"{short}_high": found.high}


# --- regional diagnosis --------------------------------------------------------------------------------


def of_diagnosis(report: profile.Report, label: Labelled, language: str, common: Row) -> list[Row]:
    """The lines of DIAGNOSIS: for each row everybody and the matched, each dimension and each statement."""
    rows = [(ROW, row) for row in report.rows] + [(APART, report.apart), (TOTAL, report.total)]
    found = []
    for kind, row in rows:
        named = head(kind, report.instrument.course, row.key, report.choice.by, label)
        for people, made in (("all", row.everybody), ("matched", row.matched)):
            if made is not None:
                lines = _profile(report, made, language)
                found += [{**named, "people": people, **each, **common} for each in lines]
    return found


def _profile(report: profile.Report, made: profile.Profile, language: str) -> Iterable[Row]:
    of = report.instrument
    dimensions = [
        ("dimension", str(number), of.title(each, language)) for number, each in enumerate(of.dimensions, 1)
    ]
    items = [("statement", item, of.wording(item, language)) for item in of.items]
    means = zip(
        [*dimensions, *items],
        [*made.start, *made.items_start],
        [*made.end, *made.items_end],
        strict=True,
    )
    for (kind, item, text), start, end in means:
        yield {
            "instrument": of.module.id,
            "kind": kind,
            "item": item,
            "text": text,
            "scale_low": 1,
            "scale_high": of.highest,
            "persons_start": made.at_start,
            "persons_end": made.at_end,
            **_mean("start", start),
            **_mean("end", end),
        }


def _mean(when: str, mean: profile.Mean | None) -> Row:
    return {} if mean is None else {f"answers_{when}": mean.answers, f"mean_{when}": mean.value}


# --- participants --------------------------------------------------------------------------------------


def of_participants(report: participants.Report, label: Labelled, common: Row) -> list[Row]:
    """The lines of PARTICIPANTS: one for each row, each kind of participant and each answer.

    `answer` is a code, `not-stated`, `not-told-apart` or `all`; an answer without a number is nobody's, or
    that of too few.
    """
    found: list[Row] = []
    for table in report.tables:
        lines = [(ROW if row.key is not None else APART, row) for row in table.rows]
        lines += [(TOTAL, table.total[counted]) for counted in Counted]
        for kind, row in lines:
            named = head(kind, "", row.key, report.choice.by, label)
            numbers: Mapping[str, int | None] = {
                **{each or "not-stated": row.persons.get(each) for each in table.answers},
                "not-told-apart": row.apart if row.total else None,
                "all": row.total or None,
            }
            fixed = {**named, "about": table.about.value, "counted": row.counted.value}
            found += [
                {**fixed, "answer": answer, "persons": number, **common, "note": NOT_OFFICIAL}
                for answer, number in numbers.items()
            ]
    return found


# --- targets -------------------------------------------------------------------------------------------


def of_targets(found: Iterable[Reached], as_of: AsOf) -> list[Row]:
    """The lines of TARGETS."""
    return [
        {
            **{name: getattr(each.target, name) for name in _TARGET},
            "target": each.target.value,
            "due": each.target.due.isoformat(),
            "state": each.state.value,
            "value": each.value,
            "n": each.n,
            "low": each.low,
            "high": each.high,
            "as_of": as_of.moment.astimezone(as_of.zone).isoformat(timespec="seconds"),
            "some_left_out": int(each.beyond),
        }
        for each in found
    ]


_TARGET = ("id", "kind", "course", "region", "organisation", "cohort", "baseline", "instrument")


def file_name(name: str, as_of: AsOf, ending: str) -> str:
    """A name that sorts by day and says what is inside."""
    day: Any = as_of.moment.astimezone(as_of.zone).date()
    return f"near-learn-{name}-{day.isoformat()}.{ending}"
