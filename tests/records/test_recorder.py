"""What a learner does becomes statements, and the statements become progress."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from near_learn.content import Grade
from near_learn.records import progress
from near_learn.records.recorder import AttemptExists, AttemptsUsedUp, NotEnrolled
from near_learn.records.sitting import Response, Sitting
from tests.records.garden import ANNA, HALF, MAITE, RIGHT, START, WRONG, Place

UUIDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_a_whole_course_from_enrolling_to_satisfied(place: Place) -> None:
    registration = place.enrol()
    for module in ("soil", "water"):
        place.read_all(registration, module)
        place.later(minutes=2)
        place.take(registration, module, 1, RIGHT)
    assert place.verbs() == [
        "registered garden",
        "initialized garden",
        "initialized soil",
        "progressed soil",
        "progressed soil",
        "answered purpose",
        "answered partners",
        "passed soil",
        "completed soil",
        "terminated soil",
        "initialized water",
        "progressed water",
        "progressed water",
        "answered purpose",
        "answered partners",
        "passed water",
        "completed water",
        "terminated water",
        "completed garden",
        "satisfied garden",
    ]
    row = place.row(progress.registration)
    assert row == {
        "registration": registration,
        "actor": MAITE.account,
        "course": "garden",
        "release": place.course.release,
        "region": "ES220",
        "nuts": "2024",
        "language": "es",
        "organisation": "city",
        "cohort": "pilot",
        "enrolled_at": START,
        "released_at": START,
        "started_at": START,
        "last_at": place.now,
        "completed_at": place.now,
        "passed_at": place.now,
    }
    assert place.row(progress.module_progress, module="soil") == {
        "registration": registration,
        "module": "soil",
        "started_at": START,
        "last_at": START + timedelta(minutes=4),
        "open_since": None,
        "section": "practice",
        "seen": ["beginning", "practice"],
        "again": {},
        "progress": 1.0,
        "completed_at": START + timedelta(minutes=4),
        "passed_at": START + timedelta(minutes=4),
        "attempts": 1,
        "first_score": 1.0,
        "best_score": 1.0,
        "seconds": 240.0,
        "session_seconds": 240.0,
    }


def test_enrolling_twice_gives_the_same_registration(place: Place) -> None:
    assert place.enrol() == place.enrol()
    assert place.verbs() == ["registered garden"]
    assert place.enrol(ANNA) != place.enrol()


def test_opening_an_open_module_says_nothing(place: Place) -> None:
    registration = place.enrol()
    place.do("open", registration, "soil")
    place.later(minutes=5)
    place.do("open", registration, "soil")
    assert place.verbs()[1:] == ["initialized garden", "initialized soil"]


def test_opening_another_module_leaves_the_first(place: Place) -> None:
    registration = place.enrol()
    place.do("open", registration, "soil")
    place.later(minutes=3)
    place.do("open", registration, "water")
    assert place.verbs()[3:] == ["terminated soil", "initialized water"]
    assert place.row(progress.module_progress, module="soil")["seconds"] == 180
    assert place.row(progress.module_progress, module="water")["open_since"] == place.now


@pytest.mark.parametrize("open_before", ["", "soil", "water"])
@pytest.mark.parametrize("minutes", [3, 60 * 24])
def test_a_quiz_opens_its_module_with_what_it_says(place: Place, open_before: str, minutes: int) -> None:
    told = []
    for learner, opens in ((MAITE, False), (ANNA, True)):
        place.now = START
        registration = place.enrol(learner)
        before = len(place.verbs())
        if open_before:
            place.do("open", registration, open_before, learner=learner)
        place.later(minutes=minutes)
        with place.writing() as connection:
            sitting = Sitting(learner, registration, place.course, place.module("soil"))
            if not opens:
                place.recorder.open(connection, sitting, place.now)
            place.recorder.submit(connection, sitting, 1, RIGHT, place.now, opens=opens)
        own = {"registration": registration}
        rows = [place.rows(table, **own) for table in (progress.module_progress, progress.attempt)]
        said = [(each["timestamp"], each.get("result")) for each in place.statements()[before:]]
        told.append((place.verbs()[before:], said, str(rows).replace(registration, "")))
    (verbs, said, rows), (verbs_at_once, said_at_once, rows_at_once) = told
    assert verbs == verbs_at_once
    assert said == said_at_once
    assert UUIDS.sub("", rows) == UUIDS.sub("", rows_at_once)


def test_a_browser_that_was_closed_ends_the_session_where_it_was_last_heard_of(place: Place) -> None:
    registration = place.enrol()
    place.do("open", registration, "soil")
    place.later(minutes=2)
    place.do("progress", registration, "soil", "beginning")
    heard = place.now
    place.later(days=1)
    place.do("open", registration, "soil")
    assert place.verbs()[-2:] == ["terminated soil", "initialized soil"]
    terminated = place.statements()[-2]
    assert terminated["timestamp"] == heard.isoformat()
    assert terminated["result"]["duration"] == "PT02M00S"
    row = place.row(progress.module_progress)
    assert (row["seconds"], row["open_since"], row["section"]) == (120, place.now, "beginning")


def test_a_long_gap_counts_as_a_quarter_of_an_hour(place: Place) -> None:
    registration = place.enrol()
    place.do("open", registration, "soil")
    place.later(hours=2)
    place.do("progress", registration, "soil", "beginning")
    assert place.row(progress.module_progress)["seconds"] == 15 * 60


def test_progress_never_goes_backwards_and_the_bookmark_follows(place: Place) -> None:
    registration = place.enrol()
    place.read_all(registration, "soil")
    before = place.row(progress.module_progress)["progress"]
    place.later(minutes=1)
    place.do("progress", registration, "soil", "beginning")
    row = place.row(progress.module_progress)
    assert (row["section"], row["progress"]) == ("beginning", before)
    assert before == pytest.approx(2 / 3, abs=1e-3)


def test_a_step_in_a_module_that_is_not_open_opens_it(place: Place) -> None:
    registration = place.enrol()
    place.do("progress", registration, "soil", "beginning")
    assert place.verbs()[1:] == ["initialized garden", "initialized soil", "progressed soil"]


def test_a_knowledge_check_is_graded_and_the_last_answer_counts(place: Place) -> None:
    registration = place.enrol()
    place.do("open", registration, "soil")
    assert place.do("check", registration, "soil", "needed", Response(("o2",), 3.0)) == Grade(0.0, False)
    place.later(seconds=20)
    assert place.do("check", registration, "soil", "needed", Response(("o1",))) == Grade(1.0, True)
    row = place.row(progress.answer)
    assert (row["attempt"], row["tries"], row["response"], row["success"]) == (0, 2, "o1", True)
    assert (row["score"], row["seconds"], row["at"]) == (1.0, None, place.now)


def test_failing_then_passing_keeps_the_first_and_the_best_score(place: Place) -> None:
    registration = place.enrol()
    place.read_all(registration, "soil")
    for number, answers in enumerate((WRONG, HALF, RIGHT), start=1):
        place.later(minutes=1)
        place.take(registration, "soil", number, answers)
    row = place.row(progress.module_progress)
    assert (row["attempts"], row["first_score"], row["best_score"]) == (3, 0.0, 1.0)
    assert row["completed_at"] == place.now - timedelta(minutes=2), "completed with any result"
    assert row["passed_at"] == place.now
    attempts = place.rows(progress.attempt)
    assert [(one["number"], one["scaled"], one["success"]) for one in attempts] == [
        (1, 0.0, False),
        (2, 0.5, False),
        (3, 1.0, True),
    ]
    assert (attempts[2]["raw"], attempts[2]["max"], attempts[2]["seconds"]) == (2.0, 2.0, 32.5)
    assert len(place.rows(progress.answer)) == 6


def test_the_quiz_before_the_sections_completes_with_the_last_section(place: Place) -> None:
    registration = place.enrol()
    place.take(registration, "soil", 1, RIGHT)
    row = place.row(progress.module_progress)
    assert (row["completed_at"], row["passed_at"], row["progress"]) == (None, place.now, 0.3333)
    place.read_all(registration, "soil")
    assert place.row(progress.module_progress)["completed_at"] == place.now
    place.do("progress", registration, "soil", "practice")
    assert place.verbs().count("completed soil") == 1


def with_soil(place: Place, **changes: object) -> None:
    """The course with the module soil changed like this in every language."""
    soil = place.module("soil")
    texts = {language: replace(text, **changes) for language, text in soil.texts.items()}  # type: ignore[arg-type]
    modules = (replace(soil, texts=texts), *place.course.modules[1:])
    course = replace(place.course, modules=modules)
    place.library = replace(place.library, courses={"garden": course})


def test_a_module_without_a_quiz_is_complete_with_its_last_section(place: Place) -> None:
    with_soil(place, quiz=(), quiz_position=0)
    registration = place.enrol()
    first, *others = place.module("soil").text("en").sections
    for section in others:
        place.do("progress", registration, "soil", section.id)
    assert place.row(progress.module_progress)["completed_at"] is None
    place.do("progress", registration, "soil", first.id)
    row = place.row(progress.module_progress)
    assert (row["completed_at"], row["passed_at"], row["progress"]) == (place.now, None, 1)


def test_what_comes_after_the_quiz_is_not_needed(place: Place) -> None:
    sections = place.module("soil").text("en").sections
    with_soil(place, quiz_position=len(sections) - 1)
    registration = place.enrol()
    for section in sections[:-1]:
        place.do("progress", registration, "soil", section.id)
    place.take(registration, "soil", 1, RIGHT)
    assert place.row(progress.module_progress)["completed_at"] == place.now
    place.later(minutes=1)
    place.do("progress", registration, "soil", sections[-1].id)
    assert place.verbs().count("completed soil") == 1


def test_completed_but_not_passed_completes_the_course_without_satisfying_it(place: Place) -> None:
    registration = place.enrol()
    for module, answers in (("soil", RIGHT), ("water", WRONG)):
        place.read_all(registration, module)
        place.take(registration, module, 1, answers)
    completed = place.now
    row = place.row(progress.registration)
    assert (row["completed_at"], row["passed_at"]) == (completed, None)
    place.later(minutes=1)
    place.take(registration, "water", 2, RIGHT)
    row = place.row(progress.registration)
    assert (row["completed_at"], row["passed_at"]) == (completed, place.now)
    assert place.verbs().count("completed garden") == place.verbs().count("satisfied garden") == 1


def test_a_form_sent_twice_is_refused_and_stores_nothing(place: Place) -> None:
    registration = place.enrol()
    place.take(registration, "soil", 1, WRONG)
    before = place.statements()
    with pytest.raises(AttemptExists):
        place.take(registration, "soil", 1, RIGHT)
    assert place.statements() == before


def test_the_limit_of_attempts(place: Place) -> None:
    registration = place.enrol()
    for number in (1, 2):
        place.take(registration, "water", number, WRONG)
    with pytest.raises(AttemptsUsedUp):
        place.take(registration, "water", 3, RIGHT)


@pytest.mark.parametrize(
    ("number", "answers", "error"),
    [
        (2, RIGHT, ValueError),
        (0, RIGHT, ValueError),
        (-1, RIGHT, ValueError),
        (1, {"needed": Response(("o1",))}, ValueError),
        (1, {"elsewhere": Response(("o1",))}, ValueError),
        (1, {"purpose": Response(("o9",))}, ValueError),
        (1, {"purpose": Response(("o1", "o2"))}, ValueError),
    ],
)
def test_what_no_form_can_send(
    place: Place, number: int, answers: dict[str, Response], error: type[Exception]
) -> None:
    registration = place.enrol()
    with pytest.raises(error):
        place.take(registration, "soil", number, answers)
    assert place.verbs() == ["registered garden"]


def test_unknown_sections_and_questions_are_refused(place: Place) -> None:
    registration = place.enrol()
    with pytest.raises(KeyError):
        place.do("progress", registration, "soil", "quiz")
    with pytest.raises(KeyError):
        place.do("check", registration, "soil", "nowhere", Response(("o1",)))


def test_nobody_learns_in_somebody_elses_registration(place: Place) -> None:
    registration = place.enrol()
    with pytest.raises(NotEnrolled):
        place.do("open", registration, "soil", learner=ANNA)
    with pytest.raises(NotEnrolled):
        place.do("open", "99999999-9999-4999-8999-999999999999", "soil")


def test_an_empty_quiz_is_answered_with_nothing(place: Place) -> None:
    registration = place.enrol()
    place.take(registration, "soil", 1, {})
    assert [row["response"] for row in place.rows(progress.answer)] == ["", ""]
    assert place.row(progress.attempt)["scaled"] == 0


def test_leaving_and_signing_out(place: Place) -> None:
    registration = place.enrol()
    place.do("open", registration, "soil")
    place.later(minutes=1)
    place.do("leave", registration, "soil")
    place.do("leave", registration, "soil")
    assert place.verbs()[3:] == ["terminated soil"], "leaving twice says it once"
    place.do("open", registration, "water")
    place.later(minutes=1)
    with place.writing() as connection:
        place.recorder.leave_all(connection, MAITE, place.now)
        place.recorder.leave_all(connection, MAITE, place.now)
    assert place.verbs()[4:] == ["initialized water", "terminated water"]
    assert [row["open_since"] for row in place.rows(progress.module_progress)] == [None, None]


def test_each_step_is_stored_with_its_progress_or_not_at_all(place: Place) -> None:
    registration = place.enrol()
    before = place.dump(), place.statements()
    with place.engine.connect().execution_options(near_write=True) as connection:
        transaction = connection.begin()
        sitting = Sitting(MAITE, registration, place.course, place.module("soil"))
        place.recorder.open(connection, sitting, place.now)
        transaction.rollback()
    assert (place.dump(), place.statements()) == before


def test_a_form_sent_many_times_at_the_same_moment_is_stored_once(place: Place) -> None:
    registration = place.enrol()
    start = threading.Barrier(6)

    def send(_number: int) -> str:
        start.wait()
        try:
            place.take(registration, "soil", 1, RIGHT)
        except AttemptExists:
            return "exists"
        return "stored"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(send, range(6)))
    assert outcomes == ["exists"] * 5 + ["stored"]
    assert place.verbs().count("passed soil") == 1
    assert place.row(progress.module_progress)["attempts"] == 1


def test_enrolling_many_times_at_the_same_moment_gives_one_registration(place: Place) -> None:
    start = threading.Barrier(6)

    def enrol(_number: int) -> str:
        start.wait()
        return place.enrol()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(enrol, range(6)))) == 1
    assert place.verbs() == ["registered garden"]
