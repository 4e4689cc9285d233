"""A history recorded in a batch leaves the same statements and rows as one recorded step by step."""

from __future__ import annotations

from near_learn.records.batch import Batch
from near_learn.records.recorder import Recorder
from near_learn.records.sitting import Response
from tests.records.garden import ANNA, HALF, MAITE, RIGHT, Place


def live(place: Place) -> None:
    """Two people, interleaved, with a closed browser and a change of module."""
    for learner in (MAITE, ANNA):
        registration = place.enrol(learner)
        place.do("open", registration, "soil", learner=learner)
    for learner in (MAITE, ANNA):
        registration = place.enrol(learner)
        place.later(days=1)
        place.read_all(registration, "soil", learner)
        place.do("check", registration, "soil", "needed", Response(("o1",), 2.0), learner=learner)
        place.take(registration, "soil", 1, HALF, learner)
        place.later(minutes=2)
        place.take(registration, "soil", 2, RIGHT, learner)
        place.read_all(registration, "water", learner)
        place.later(minutes=2)
        place.do("open", registration, "soil", learner=learner)
        place.do("leave", registration, "soil", learner=learner)
        place.take(registration, "water", 1, RIGHT, learner)


def told(place: Place) -> list[tuple[str, str, str]]:
    """What was said, apart from the system's closing words, which come when a batch is saved."""
    return [
        (one["actor"]["account"]["name"], verb, one["timestamp"])
        for one, verb in zip(place.statements(), place.verbs(), strict=True)
        if verb not in ("completed garden", "satisfied garden")
    ]


def comparable(place: Place) -> object:
    """The rows without registrations and statements' ids, which are random; by person instead."""
    dump = place.dump()
    owner = {row["registration"]: row["actor"] for row in dump["registration"]}
    return {
        table: sorted(
            str(row | {"registration": owner[row["registration"]], "statement_id": ""}) for row in rows
        )
        for table, rows in dump.items()
    }


def test_a_batch_is_as_if_step_by_step(place: Place) -> None:
    began = place.now
    live(place)
    expected = told(place), comparable(place)
    place.clear()
    place.now = began
    batch = Batch(place.lrs, place.iris)
    place.recorder = Recorder(place.iris, batch)
    live(place)
    assert not place.statements()
    with place.writing() as connection:
        batch.flush(connection)
    assert told(place) == expected[0]
    assert comparable(place) == expected[1]
    assert place.dump() == place.rebuilt()


def test_a_batch_goes_on_with_what_is_stored(place: Place) -> None:
    registration = place.enrol()
    place.do("open", registration, "soil")
    batch = Batch(place.lrs, place.iris)
    place.recorder = Recorder(place.iris, batch)
    assert place.enrol() == registration
    place.later(minutes=1)
    place.do("open", registration, "water")
    with place.writing() as connection:
        batch.flush(connection)
    assert place.verbs()[3:] == ["terminated soil", "initialized water"]
