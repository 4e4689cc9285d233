"""The self-assessment: its dimensions, start and end, everybody and those who answered both times."""

from __future__ import annotations

import shutil

import pytest
import sqlalchemy as sa

from near_learn import Settings
from near_learn.content import load
from near_learn.outcomes import block_sums, dots, practice, profile
from near_learn.outcomes.block_sums import Kind
from near_learn.outcomes.choice import Choice
from near_learn.outcomes.practice import Instrument, Taken
from tests.outcomes.conftest import EVERYBODY, Programme, counted, days_ago

OPTIONS = ["o1", "o2", "o3", "o4", "o5"]


@pytest.fixture(scope="module")
def instrument(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """That of the shipped course which has one."""
    folder = tmp_path_factory.mktemp("courses")
    shutil.copytree(Settings().courses / "transfer", folder / "transfer")
    return practice.instruments(load(folder).courses)["transfer"]


def answers(instrument: Instrument, place: int) -> dict[str, str]:
    return dict.fromkeys(instrument.items, OPTIONS[place - 1])


def report(
    connection: sa.Connection, instrument: Instrument, least: int = 1, **choice: str
) -> profile.Report:
    asked = Choice(**choice)  # type: ignore[arg-type]
    return profile.count(counted(connection, least, instrument), asked, EVERYBODY, instrument, least)


def answered(
    programme: Programme, instrument: Instrument, start: int, end: int | None, **values: object
) -> None:
    completed = days_ago(30) if end else None
    id_ = programme.person(course="transfer", completed_at=completed, **values)
    programme.assessed(id_, instrument.module.id, 1, days_ago(90), answers(instrument, start))
    if end:
        programme.assessed(id_, instrument.module.id, 2, days_ago(20), answers(instrument, end))


def test_the_shipped_instrument_has_four_dimensions_of_three_statements(instrument: Instrument) -> None:
    assert [len(dimension.items) for dimension in instrument.dimensions] == [3, 3, 3, 3]
    assert instrument.highest == 5
    assert sorted(item for each in instrument.dimensions for item in each.items) == sorted(instrument.items)
    assert (
        instrument.title(instrument.dimensions[0], "en") == "The person's own aims and strengths come first"
    )


def test_start_and_end_of_the_same_people(programme: Programme, instrument: Instrument) -> None:
    answered(programme, instrument, 2, 4)
    answered(programme, instrument, 3, 5)
    answered(programme, instrument, 1, None)
    made = report(programme.connection, instrument)
    everybody, matched = made.total.everybody, made.total.matched
    assert everybody is not None
    assert matched is not None
    assert (everybody.at_start, everybody.at_end, matched.at_start, matched.at_end) == (3, 2, 2, 2)
    assert [mean and mean.value for mean in everybody.start] == [2.0] * 4
    assert [mean and mean.value for mean in everybody.end] == [4.5] * 4
    assert [mean and mean.value for mean in matched.start] == [2.5] * 4
    assert [mean and mean.answers for mean in everybody.start] == [9] * 4
    assert [mean and mean.answers for mean in everybody.items_start] == [3] * 12


def test_who_answers_only_after_the_course_is_at_the_end(
    programme: Programme, instrument: Instrument
) -> None:
    id_ = programme.person(course="transfer", completed_at=days_ago(30))
    programme.assessed(id_, instrument.module.id, 1, days_ago(20), answers(instrument, 4))
    counted(programme.connection, 1, instrument)
    parts = practice.parts(block_sums.load(programme.connection, Kind.PRACTICE, "transfer"), instrument)
    assert {taken: sum(part.persons for part in found) for taken, found in parts.items()} == {
        Taken.BOTH: 0,
        Taken.START: 0,
        Taken.END: 1,
    }


def test_unknown_questions_and_options_count_for_nothing(
    programme: Programme, instrument: Instrument
) -> None:
    id_ = programme.person(course="transfer")
    given = {instrument.items[0]: "o2", instrument.items[1]: "o9", "gone": "o1"}
    programme.assessed(id_, instrument.module.id, 1, days_ago(20), given)
    made = report(programme.connection, instrument).total.everybody
    assert made is not None
    assert [mean.answers for mean in made.items_start if mean] == [1]
    assert made.start[0] is not None
    assert made.start[0].value == 2.0
    assert made.start[1] is None


def test_a_region_with_few_people_is_not_told_apart(programme: Programme, instrument: Instrument) -> None:
    for region, people in (("ES220", 7), ("FI1C6", 3), ("IT", 2)):
        for _ in range(people):
            answered(programme, instrument, 3, None, region=region)
    made = report(programme.connection, instrument, least=5)
    assert {row.key: row.everybody and row.everybody.at_start for row in made.rows} == {
        "ES220": 7,
        "FI1C6": None,
        "IT": None,
    }
    assert made.apart.everybody is not None
    assert made.apart.everybody.at_start == 5
    assert made.total.everybody is not None
    assert made.total.everybody.at_start == 12


def test_few_answers_to_a_statement_are_not_told(programme: Programme, instrument: Instrument) -> None:
    for number in range(6):
        id_ = programme.person(course="transfer")
        given = answers(instrument, 3)
        if number > 2:
            del given[instrument.items[0]]
        programme.assessed(id_, instrument.module.id, 1, days_ago(20), given)
    made = report(programme.connection, instrument, least=5).total.everybody
    assert made is not None
    assert made.items_start[0] is None
    assert made.items_start[1] is not None
    assert made.items_start[1].answers == 6


def test_the_drawing_puts_each_dot_at_its_place(programme: Programme, instrument: Instrument) -> None:
    answered(programme, instrument, 1, 5)
    made = report(programme.connection, instrument).total.everybody
    assert made is not None
    chart = dots.draw(["a", "b", "c", "d"], made, instrument.highest)
    assert {(dot.start, dot.end) for dot in chart.dots} == {(3.0, 97.0)}
    assert [value for _, value in chart.ticks] == [1, 2, 3, 4, 5]
