"""A registration moves to another release: what is kept, what counts then, what each result belongs to."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from near_learn.content import Course, Library, load
from near_learn.records import NotEnrolled, Sitting, progress, release
from near_learn.records.terms import VERBS
from tests.records.garden import ANNA, BASE, MAITE, RIGHT, START, Place

GARDEN = Path(__file__).parent / "courses" / "garden"


@pytest.fixture
def altered(tmp_path: Path, place: Place) -> Callable[..., Course]:
    """Another release of the course, made by changing its files, and known to the database."""

    def make(modules: str | None = None, *, pass_mark: str = "", known: bool = True) -> Course:
        folder = tmp_path / uuid4().hex / "garden"
        shutil.copytree(GARDEN, folder)
        if modules is not None:
            text = (folder / "course.md").read_text().replace("[01-soil, 02-water]", modules)
            (folder / "course.md").write_text(text)
            for name in ("01-soil", "02-water"):
                if name not in modules:
                    shutil.rmtree(folder / name)
        for file in folder.glob("*/*.md") if pass_mark else ():
            file.write_text(file.read_text().replace("pass_mark: 0.6", f"pass_mark: {pass_mark}"))
        library = load(folder.parent)
        assert not library.problems
        if known:
            with place.writing() as connection:
                release.register(connection, library)
        return library.courses["garden"]

    return make


def move(place: Place, registration: str, course: Course, learner: Any = MAITE) -> None:
    with place.writing() as connection:
        place.recorder.move(connection, learner, registration, course, place.now)


def registration_of(place: Place) -> dict[str, Any]:
    return place.row(progress.registration)


def test_moving_registers_again_under_the_same_registration(
    place: Place, altered: Callable[..., Course]
) -> None:
    registration = place.enrol()
    begun = place.course.release
    course = altered("[02-water, 01-soil]")
    place.later(days=3)
    move(place, registration, course)
    row = registration_of(place)
    assert (row["release"], row["released_at"]) == (course.release, place.now)
    assert (row["enrolled_at"], row["registration"]) == (START, registration)
    assert place.verbs() == ["registered garden", "registered garden"]
    stated = [one["context"]["extensions"][f"{BASE}/terms/release"] for one in place.statements()]
    assert stated == [begun, course.release]
    assert {one["context"]["registration"] for one in place.statements()} == {registration}
    assert place.dump() == place.rebuilt()


def test_moving_where_one_is_says_nothing(place: Place) -> None:
    registration = place.enrol()
    move(place, registration, place.course)
    assert place.verbs() == ["registered garden"]


def test_an_open_module_is_left_first(place: Place, altered: Callable[..., Course]) -> None:
    registration = place.enrol()
    place.do("open", registration, "soil")
    place.later(minutes=2)
    move(place, registration, altered("[02-water, 01-soil]"))
    assert place.verbs()[-2:] == ["terminated soil", "registered garden"]
    assert place.row(progress.module_progress)["open_since"] is None
    assert place.dump() == place.rebuilt()


def test_nobody_moves_another(place: Place, altered: Callable[..., Course]) -> None:
    registration = place.enrol()
    with pytest.raises(NotEnrolled):
        move(place, registration, altered("[01-soil]"), ANNA)
    assert place.verbs() == ["registered garden"]


def test_what_was_done_is_kept_by_its_ids(place: Place, altered: Callable[..., Course]) -> None:
    registration = place.enrol()
    place.read_all(registration, "soil")
    place.take(registration, "soil", 1, RIGHT)
    before = place.dump()
    move(place, registration, altered("[02-water, 01-soil]"))
    after = place.dump()
    for table in ("module_progress", "attempt", "answer"):
        assert after[table] == before[table], table
    assert after == place.rebuilt()


def test_results_say_to_which_release_they_belong(place: Place, altered: Callable[..., Course]) -> None:
    registration = place.enrol()
    begun, other = place.course, altered(pass_mark="0.7")
    place.read_all(registration, "water")
    place.take(registration, "water", 1, {})
    here = Sitting(MAITE, registration, other, other.module("water"))
    place.later(minutes=1)
    with place.writing() as connection:
        place.recorder.submit(connection, here, 2, RIGHT, at=place.now)
    made = place.rows(progress.attempt)
    assert [(one["number"], one["release"]) for one in made] == [(1, begun.release), (2, other.release)]
    answers = {(one["attempt"], one["release"]) for one in place.rows(progress.answer)}
    assert answers == {(1, begun.release), (2, other.release)}
    # Taking an attempt of another wording moves nobody.
    assert registration_of(place)["release"] == begun.release
    assert place.dump() == place.rebuilt()


def test_a_module_less_closes_the_course_when_moving(place: Place, altered: Callable[..., Course]) -> None:
    registration = place.enrol()
    place.read_all(registration, "soil")
    place.take(registration, "soil", 1, RIGHT)
    assert registration_of(place)["completed_at"] is None
    course = altered("[01-soil]")
    place.later(days=1)
    move(place, registration, course)
    assert place.verbs()[-3:] == ["registered garden", "completed garden", "satisfied garden"]
    row = registration_of(place)
    assert row["completed_at"] is not None
    assert row["passed_at"] is not None
    said = place.statements()[-1]
    assert said["context"]["extensions"][f"{BASE}/terms/release"] == course.release
    assert place.dump() == place.rebuilt()


def test_a_module_more_takes_nothing_from_who_had_finished(
    place: Place, altered: Callable[..., Course]
) -> None:
    small = altered("[01-soil]")
    with place.writing() as connection:
        registration = place.recorder.enrol(connection, MAITE, small, place.now)
    place.read_all(registration, "soil")
    place.take(registration, "soil", 1, RIGHT)
    assert registration_of(place)["completed_at"] is not None
    before = registration_of(place)["completed_at"]
    place.later(days=1)
    move(place, registration, place.course)
    assert registration_of(place)["completed_at"] == before
    assert place.verbs()[-1] == "registered garden"


def test_who_moves_back_and_forth_is_where_they_were_last(
    place: Place, altered: Callable[..., Course]
) -> None:
    registration = place.enrol()
    other = altered("[02-water, 01-soil]")
    for course in (other, place.course, other, place.course):
        place.later(minutes=5)
        move(place, registration, course)
        assert registration_of(place)["release"] == course.release
    assert place.dump() == place.rebuilt()


# --- from outside ------------------------------------------------------------------------------------


def outside(registration: str, verb: str, release: str, minutes: int = 0, thing: str = "") -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": BASE, "name": MAITE.account}},
        "verb": {"id": VERBS[verb]},
        "object": {"id": f"{BASE}/courses/garden{thing}"},
        "timestamp": (START + timedelta(minutes=minutes)).isoformat(),
        "context": {
            "registration": registration,
            "extensions": {f"{BASE}/terms/release": release} if release else {},
        },
    }


def test_the_latest_registered_holds_in_whatever_order_they_arrive(place: Place) -> None:
    registration = str(uuid4())
    place.save(outside(registration, "registered", "bbb", 30))
    place.save(outside(registration, "registered", "aaa", 10))
    assert registration_of(place)["release"] == "bbb"
    place.save(outside(registration, "registered", "ccc", 31))
    assert registration_of(place)["release"] == "ccc"
    assert place.dump() == place.rebuilt()


def test_other_statements_name_a_release_only_until_somebody_registers(place: Place) -> None:
    registration = str(uuid4())
    place.save(outside(registration, "initialized", "", 0))
    assert registration_of(place)["release"] == ""
    place.save(outside(registration, "progressed", "aaa", 50, "/modules/soil"))
    assert (registration_of(place)["release"], registration_of(place)["released_at"]) == ("aaa", None)
    place.save(outside(registration, "progressed", "zzz", 60, "/modules/soil"))
    assert registration_of(place)["release"] == "aaa"
    place.save(outside(registration, "registered", "bbb", 5))
    assert registration_of(place)["release"] == "bbb"
    place.save(outside(registration, "registered", "", 70))
    assert registration_of(place)["release"] == "bbb"
    place.save(outside(registration, "registered", "ddd", 80, "/modules/soil"))
    assert registration_of(place)["release"] == "bbb"
    assert place.dump() == place.rebuilt()


def test_a_withdrawn_move_never_was(place: Place, altered: Callable[..., Course]) -> None:
    registration = place.enrol()
    place.later(minutes=1)
    move(place, registration, altered("[02-water, 01-soil]"))
    voided = place.statements()[-1]["id"]
    place.save(
        {
            "actor": {"mbox": "mailto:operator@example.org"},
            "verb": {"id": VERBS["voided"]},
            "object": {"objectType": "StatementRef", "id": voided},
        }
    )
    assert registration_of(place)["release"] == place.course.release
    assert place.dump() == place.rebuilt()


# --- instruments -------------------------------------------------------------------------------------


def with_survey(library: Library) -> Library:
    """The course with one more thing to answer, which is no module of it."""
    course = library.courses["garden"]
    survey = replace(course.module("soil"), id="reaction", kind="survey")
    return Library({"garden": replace(course, release="0123456789ab", instruments=(survey,))})


def test_instruments_are_known_and_never_count(place: Place, garden: Library) -> None:
    with place.writing() as connection:
        release.register(connection, with_survey(garden))
    registration = str(uuid4())
    for verb, thing in [
        ("completed", "/modules/reaction"),
        ("completed", "/modules/soil"),
        ("passed", "/modules/soil"),
    ]:
        place.save(outside(registration, verb, "0123456789ab", 1, thing))
    assert {one["module"] for one in place.rows(progress.module_progress)} == {"reaction", "soil"}
    assert registration_of(place)["completed_at"] is None
    place.save(outside(registration, "completed", "0123456789ab", 2, "/modules/water"))
    assert registration_of(place)["completed_at"] is not None
    assert place.dump() == place.rebuilt()


def test_a_course_is_closed_without_its_survey(place: Place, garden: Library) -> None:
    with place.writing() as connection:
        release.register(connection, with_survey(garden))
    registration = place.enrol()
    for module in ("soil", "water"):
        place.read_all(registration, module)
        place.take(registration, module, 1, RIGHT)
    assert registration_of(place)["passed_at"] is not None
