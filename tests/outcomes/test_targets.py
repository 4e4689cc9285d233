"""Targets: whose figure each is measured with, and when it is reached."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import insert

from near_learn.outcomes import targets
from near_learn.outcomes.target import Kind, State, Target
from near_learn.outcomes.targets import Measuring
from near_learn.people.territory import Territory
from near_learn.reports.filters import AsOf
from near_learn.reports.reader import Reader
from tests.outcomes.conftest import EVERYBODY, NOW, TESTS, ZONE, Programme, counted, days_ago

TODAY = NOW.date()


def measuring(connection: sa.Connection, reader: Reader = EVERYBODY, least: int = 1) -> Measuring:
    return Measuring(counted(connection, least), reader, TESTS, least, AsOf(NOW, ZONE, 60))


def put(connection: sa.Connection, kind: Kind, value: float, due: date = TODAY, **place: str) -> None:
    row = {
        "id": str(uuid4()),
        "kind": kind.value,
        "course": "accompaniment",
        "region": "",
        "organisation": "",
        "cohort": "",
        "value": value,
        "baseline": "Mean of the pre-test",
        "instrument": "Pre-test and post-test",
        "due": due,
        "set_by": "",
        "set_at": NOW,
    }
    connection.execute(insert(Target).values({**row, **place}))


def test_a_gain_of_60_per_cent_is_measured_relative_to_the_mean_before(programme: Programme) -> None:
    for before, after in ((0.25, 0.5), (0.5, 0.75), (0.5, 0.625), (0.25, 0.5)):
        programme.pair(before, after)
    put(programme.connection, Kind.GAIN, 60)
    put(programme.connection, Kind.GAIN, 55, TODAY - timedelta(days=1))
    put(programme.connection, Kind.GAIN, 90, TODAY - timedelta(days=1))
    found = targets.for_filters(measuring(programme.connection))
    assert {each.target.value: each.state for each in found} == {
        55: State.REACHED,
        60: State.NOT_YET,
        90: State.MISSED,
    }
    (first, *_) = found
    assert first.value == pytest.approx(58.333, abs=1e-3)
    assert first.n == 4
    assert first.low is not None
    assert first.high is not None
    assert first.low < 55 < first.value < first.high
    assert first.unsure


def test_completions_and_their_rate(programme: Programme) -> None:
    for number in range(8):
        programme.person(completed_at=days_ago(3) if number < 6 else None)
    put(programme.connection, Kind.COMPLETIONS, 6)
    put(programme.connection, Kind.RATE, 80)
    found = {each.kind: each for each in targets.for_filters(measuring(programme.connection))}
    assert (found[Kind.COMPLETIONS].value, found[Kind.COMPLETIONS].state) == (6, State.REACHED)
    assert (found[Kind.RATE].value, found[Kind.RATE].n) == (75, 8)


def test_few_people_are_no_figure(programme: Programme) -> None:
    programme.pair(0.25, 0.5)
    put(programme.connection, Kind.GAIN, 10, TODAY - timedelta(days=1))
    put(programme.connection, Kind.RATE, 10)
    found = targets.for_filters(measuring(programme.connection, least=5))
    assert [(each.value, each.state, each.beyond) for each in found] == [
        (None, State.UNKNOWN, True),
        (None, State.NOT_YET, True),
    ]


def test_a_reader_sees_the_targets_of_their_territory_and_a_report_its_own(database: sa.Connection) -> None:
    for place in (
        {},
        {"region": "ES"},
        {"region": "ES22"},
        {"region": "FI"},
        {"region": "ES22", "cohort": "c"},
    ):
        put(database, Kind.COMPLETIONS, 1, **place)
    put(database, Kind.COMPLETIONS, 1, organisation="a")
    mine = Territory(region="ES22", roots=("ES22",))
    manager = Reader("ES22", "", mine.limits, mine.covers)
    of_house = Reader("", "a", mine.limits, Territory(organisation="a").covers)

    def seen(reader: Reader, **choice: str) -> int:
        return len(targets.for_filters(measuring(database, reader), **choice))

    assert seen(EVERYBODY) == 6
    assert seen(manager) == 2
    assert seen(of_house) == 1
    assert seen(EVERYBODY, region="ES") == 3
    assert seen(EVERYBODY, cohort="c") == 1
    assert seen(EVERYBODY, course="transfer") == 0
