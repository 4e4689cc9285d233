"""Whatever arrives, in whatever order: rows kept step by step equal rows made again from the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from near_learn.content import Library
from near_learn.records import progress
from near_learn.records.event import OTHER_VERBS
from near_learn.records.recorder import AttemptsUsedUp
from near_learn.records.terms import VERBS
from tests.records.garden import BASE, MAITE, RIGHT, START, WRONG, Place, make_place

OWN = {"account": {"homePage": BASE, "name": MAITE.account}}
ACTORS = [OWN, {"mbox": "mailto:one@elsewhere.example"}, {"mbox": "mailto:two@elsewhere.example"}]
REGISTRATIONS = [str(UUID(int=number, version=4)) for number in (1, 2, 3)]
THINGS = [
    "",
    *(f"/modules/{module}" for module in ("soil", "water", "lava")),
    "/modules/soil/questions/purpose",
]
TELLING = [
    VERBS[name]
    for name in ("passed", "failed", "scored", "completed", "answered", "progressed", "initialized")
]
ANY_VERB = [
    iri
    for iri in (*VERBS.values(), *OTHER_VERBS, "https://elsewhere.example/liked")
    if iri != VERBS["voided"]
]


def few(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(values)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """A statement about the course or near it; the id comes later."""
    mine = {
        "region": draw(few(["ES220", "IT", "ZZ999", 7])),
        "organisation": draw(few(["caritas", 7])),
        "cohort": draw(few(["pilot", []])),
        "attempt": draw(few([1, 2, 3, "2"])),
        "release": draw(few(["aaa", "bbb", 7])),
    }
    made = {
        "section": draw(few(["beginning", "practice", {}])),
        "progress": draw(few([0.25, 1, 40, True])),
    }
    scored = draw(few([0.0, 0.5, 1.0]))
    return {
        "actor": draw(st.sampled_from(ACTORS)),
        "verb": {"id": draw(st.sampled_from(TELLING) | st.sampled_from(ANY_VERB))},
        "object": {"id": f"{BASE}/courses/garden{draw(st.sampled_from(THINGS))}"},
        "timestamp": (START + timedelta(minutes=draw(st.integers(-60, 60)))).isoformat(),
        "context": {"registration": draw(st.sampled_from(REGISTRATIONS)), **extensions(mine)},
        "result": extensions(made) | ({} if scored is None else {"score": {"scaled": scored}}),
    }


def extensions(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "extensions": {f"{BASE}/terms/{name}": value for name, value in values.items() if value is not None}
    }


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Requests from outside (some sent twice), withdrawals (some too early), and steps of our own learner."""
    pool = draw(st.lists(statements(), min_size=1, max_size=12))
    for number, one in enumerate(pool):
        one["id"] = str(UUID(int=number + 100, version=4))
    batch = st.tuples(
        st.just("send"),
        st.lists(st.sampled_from(pool), min_size=1, max_size=6, unique_by=lambda one: one["id"]),
    )
    void = st.tuples(st.just("void"), st.sampled_from(pool))
    step = st.tuples(
        st.sampled_from(["open", "read", "take", "move"]),
        st.tuples(st.sampled_from(["soil", "water"]), st.sampled_from([RIGHT, WRONG])),
    )
    return draw(st.lists(batch | void | step, min_size=1, max_size=12))


def play(place: Place, history: list[tuple[str, Any]]) -> None:
    for what, value in history:
        place.later(minutes=7)
        if what == "send":
            place.save(*value)
        elif what == "void":
            place.save(
                {
                    "actor": ACTORS[1],
                    "verb": {"id": VERBS["voided"]},
                    "object": {"objectType": "StatementRef", "id": value["id"]},
                }
            )
        else:
            learn(place, what, *value)


def learn(place: Place, what: str, module: str, answers: Any) -> None:
    registration = place.enrol()
    if what == "move":
        move(place, registration)
    elif what == "open":
        place.do("open", registration, module)
    elif what == "read":
        place.read_all(registration, module)
    else:
        made = place.rows(progress.attempt, registration=registration, module=module)
        try:
            place.take(registration, module, max((one["number"] for one in made), default=0) + 1, answers)
        except AttemptsUsedUp:
            return


def move(place: Place, registration: str) -> None:
    """To the other of two releases, which has the modules in the other order."""
    other = replace(place.course, release="0123456789ab", modules=place.course.modules[::-1])
    now = place.row(progress.registration, registration=registration)["release"]
    with place.writing() as connection:
        course = place.course if now == other.release else other
        place.recorder.move(connection, MAITE, registration, course, place.now)


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory, garden: Library) -> Iterator[Place]:
    place = make_place(f"sqlite:///{tmp_path_factory.mktemp('property') / 'records.sqlite'}", garden)
    yield place
    place.engine.dispose()


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories())
def test_kept_rows_equal_rebuilt_rows(long_lived: Place, history: list[tuple[str, Any]]) -> None:
    long_lived.clear()
    long_lived.now = START
    play(long_lived, history)
    assert long_lived.dump() == long_lived.rebuilt()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories())
def test_a_course_is_closed_exactly_when_its_modules_are(
    long_lived: Place, history: list[tuple[str, Any]]
) -> None:
    """Unless somebody outside has said it of the course themselves: that is theirs to say."""
    said = [VERBS["completed"], VERBS["satisfied"]]
    for _, value in history:
        for one in value if isinstance(value, list) else []:
            if one["object"]["id"].endswith("garden") and one["verb"]["id"] in said:
                one["verb"] = {"id": VERBS["progressed"]}
    long_lived.clear()
    long_lived.now = START
    play(long_lived, history)
    for row in long_lived.rows(progress.registration):
        modules = long_lived.rows(progress.module_progress, registration=row["registration"])
        completed = [one["module"] for one in modules if one["completed_at"]]
        passed = [one["module"] for one in modules if one["completed_at"] and one["passed_at"]]
        assert (row["completed_at"] is not None) == (completed == ["soil", "water"])
        assert (row["passed_at"] is not None) == (passed == ["soil", "water"])
