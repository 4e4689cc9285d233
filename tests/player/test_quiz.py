"""The final quiz: drafts, sending, attempts and results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest

from near_learn.content_library import library
from near_learn.db import writing
from near_learn.player import draft
from near_learn.player.draft import Draft, QuizDraft
from near_learn.records.progress import answer, attempt, module_progress
from tests.player.visitor import Visitor

Arrive = Callable[..., Visitor]
DOOR = "/courses/visits/modules/door"
QUIZ = f"{DOOR}/quiz"
SECRETS = ("FEEDBACK", "EXPLANATION", "Right answer")
RIGHT = {1: ("o2",), 2: ("o1", "o2")}
WRONG = {1: ("o1",), 2: ("o3",)}


@pytest.fixture
def maite(arrive: Arrive) -> Visitor:
    """A learner in the module."""
    visitor = arrive()
    return visitor.go("/courses/visits").press("Start this course").press("Start this module")


def choose(visitor: Visitor, answers: dict[int, tuple[str, ...]]) -> Visitor:
    """Answers the quiz up to its overview."""
    for number, chosen in answers.items():
        visitor.go(f"{QUIZ}/{number}")
        visitor.press("See all answers", choose=chosen)
    return visitor


def test_before_the_first_answer_the_quiz_introduces_itself(maite: Visitor) -> None:
    maite.go(QUIZ)
    assert "2 questions, one a page" in maite.text
    assert "You pass with 60%." in maite.text
    assert "You have 2 attempts left." in maite.text
    assert f"{QUIZ}/1" in maite.links
    assert "Send the quiz" not in maite.text


def test_nothing_is_told_before_sending(maite: Visitor) -> None:
    choose(maite, RIGHT)
    for page in (QUIZ, f"{QUIZ}/1", f"{QUIZ}/2", DOOR):
        assert not any(secret in maite.go(page).html for secret in SECRETS), page


def test_answers_wait_for_another_device_and_may_change(maite: Visitor, arrive: Arrive, rows: Any) -> None:
    maite.go(f"{QUIZ}/1").press("Next question", choose=("o1",))
    desk = arrive().go("/")
    assert "1 quiz answer waits to be sent" in desk.text
    desk.press("Continue")
    assert desk.path == QUIZ
    assert "1 of 2 questions answered" in desk.text
    desk.go(f"{QUIZ}/1")
    assert ("answer", "o1") in desk.forms[-1].fields
    desk.press("Next question", choose=("o2",)).press("Back", choose=("o1", "o2"))
    assert {row["question"]: row["response"] for row in rows(QuizDraft.__table__)} == {
        "first": "o2",
        "bring": "o1[,]o2",
    }
    assert desk.path == f"{QUIZ}/1"


def test_unticking_everything_takes_the_answer_back(maite: Visitor, rows: Any) -> None:
    maite.go(f"{QUIZ}/2").press("To the overview", choose=("o1",))
    maite.go(f"{QUIZ}/2").press("To the overview", choose=())
    assert rows(QuizDraft.__table__) == []


def test_the_draft_survives_another_language(maite: Visitor) -> None:
    choose(maite, {1: ("o2",)})
    maite.post("/language", {"language": "es", "next": f"{QUIZ}/1"})
    assert "¿Qué dice primero?" in maite.text
    assert ("answer", "o2") in maite.forms[-1].fields


def test_sending_with_an_open_question_names_it(maite: Visitor, rows: Any) -> None:
    choose(maite, {1: ("o2",)}).press("Send the quiz")
    assert maite.status == 422
    assert "1 question has no answer yet" in maite.text
    assert f"{QUIZ}/2" in maite.links
    assert rows(attempt) == []


def test_the_result_tells_all(maite: Visitor, rows: Any) -> None:
    choose(maite, {1: ("o1",), 2: ("o1", "o2")}).press("Send the quiz")
    assert maite.path == f"{DOOR}/attempts/1"
    assert "Not passed yet" in maite.text
    assert "50%" in maite.text
    assert "You pass with 60%." in maite.text
    assert "You have 1 attempt left." in maite.text
    for words in (
        "FEEDBACK-PURPOSE",
        "FEEDBACK-WHO-YOU-ARE",
        "EXPLANATION-FIRST",
        "Your answer",
        "Right answer",
    ):
        assert words in maite.text
    assert f"{DOOR}/sections/ringing" in maite.links
    assert rows(QuizDraft.__table__) == []
    assert {row["question"]: row["success"] for row in rows(answer)} == {"first": False, "bring": True}


def test_a_second_attempt_starts_empty_and_tells_nothing(maite: Visitor) -> None:
    choose(maite, WRONG).press("Send the quiz")
    maite.go(f"{QUIZ}/1")
    assert not any(secret in maite.html for secret in SECRETS)
    assert [value for name, value in maite.forms[-1].fields if name == "answer"] == []
    choose(maite, RIGHT).press("Send the quiz")
    assert maite.path == f"{DOOR}/attempts/2"
    assert "You have passed" in maite.text


def test_who_has_read_all_goes_on_with_the_quiz_or_reads_again(maite: Visitor) -> None:
    choose(maite, WRONG).press("Send the quiz")
    for section in ("why", "ringing", "sources"):
        maite.post(f"{DOOR}/sections/{section}")
    maite.go("/").press("Continue")
    assert maite.path == QUIZ
    maite.go(DOOR).press("Read it again")
    assert maite.path == f"{DOOR}/sections/why"


def test_the_limit_of_attempts_holds(maite: Visitor, rows: Any) -> None:
    for _ in range(2):
        choose(maite, WRONG).press("Send the quiz")
    assert "You have 0 attempts left." in maite.text
    assert "Try again" not in maite.text
    maite.go(f"{QUIZ}/1")
    assert maite.path == QUIZ
    assert "used all your attempts" in maite.text
    maite.post(f"{QUIZ}/1", {"answer": "o2", "attempt": "3"})
    assert rows(QuizDraft.__table__) == []
    maite.post(f"{QUIZ}/submit", {"attempt": "3"})
    assert len(rows(attempt)) == 2


def test_sending_twice_shows_the_result_that_is_there(maite: Visitor, rows: Any) -> None:
    choose(maite, RIGHT)
    form = next(form for form in maite.forms if form.action.endswith("/submit"))
    for _ in range(3):
        maite.post(form.action, form.fields)
        assert maite.path == f"{DOOR}/attempts/1"
    assert len(rows(attempt)) == 1


def test_two_devices_sending_at_once_make_one_attempt(maite: Visitor, arrive: Arrive, rows: Any) -> None:
    choose(maite, RIGHT)
    devices = [arrive() for _ in range(4)]
    ended = []

    def send(device: Visitor) -> None:
        device.post(f"{QUIZ}/submit", {"attempt": "1"})
        ended.append((device.status, device.path))

    threads = [Thread(target=send, args=(device,)) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [(200, f"{DOOR}/attempts/1")] * 4
    assert len(rows(attempt)) == 1
    (row,) = rows(module_progress)
    assert row["attempts"] == 1


def test_an_old_page_cannot_change_the_next_attempt(maite: Visitor, rows: Any) -> None:
    maite.go(f"{QUIZ}/1")
    old = maite.forms[-1]
    choose(maite, WRONG).press("Send the quiz")
    maite.post(old.action, [*old.fields, ("answer", "o2"), ("to", "next")])
    assert "has been sent already" in maite.text
    assert rows(QuizDraft.__table__) == []


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "2", "99999999999999999999", "1.0"])
def test_another_number_than_the_next_is_refused(maite: Visitor, rows: Any, number: str) -> None:
    choose(maite, RIGHT)
    assert maite.post(f"{QUIZ}/submit", {"attempt": number}).status == 400
    assert rows(attempt) == []


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param([("answer", "o9")], id="unknown option"),
        pytest.param([("answer", "o1"), ("answer", "o2")], id="two where one is asked"),
        pytest.param([("answer", "")], id="empty option"),
    ],
)
def test_what_no_form_sends_is_refused(maite: Visitor, rows: Any, sent: list[tuple[str, str]]) -> None:
    assert maite.post(f"{QUIZ}/1", [*sent, ("attempt", "1")]).status == 400
    assert rows(QuizDraft.__table__) == []


@pytest.mark.parametrize("to", ["", "nowhere", "back", "<script>"])
def test_an_unknown_direction_leads_to_the_overview(maite: Visitor, to: str) -> None:
    maite.post(f"{QUIZ}/1", {"answer": "o1", "attempt": "1", "to": to})
    assert (maite.status, maite.path) == (200, QUIZ)


def test_results_are_for_their_person_only(maite: Visitor, arrive: Arrive) -> None:
    choose(maite, RIGHT).press("Send the quiz")
    other = arrive("jan")
    assert other.go(f"{DOOR}/attempts/1").status == 404
    other.go("/courses/visits").press("Start this course").press("Start this module")
    assert other.go(f"{DOOR}/attempts/1").status == 404
    assert "Attempt 1" not in other.go(DOOR).text


def test_drafts_are_for_their_person_only(maite: Visitor, arrive: Arrive) -> None:
    choose(maite, RIGHT)
    other = arrive("jan")
    other.go("/courses/visits").press("Start this course").press("Start this module")
    other.post(f"{QUIZ}/submit", {"attempt": "1"})
    assert other.status == 422
    assert "2 questions have no answer yet" in other.text


def test_attempts_are_listed_with_the_module(maite: Visitor) -> None:
    choose(maite, WRONG).press("Send the quiz")
    maite.go(DOOR)
    assert f"{DOOR}/attempts/1" in maite.links
    assert "Not passed" in maite.text
    assert "You have 1 attempt left." in maite.text


def test_the_time_of_several_visits_adds_up(app: Any, maite: Visitor, rows: Any) -> None:
    with app.app_context():
        table = rows(module_progress)[0]
        question = library().courses["visits"].module("door").text("en").question("first")
        for seconds in (10.0, None, 5.5):
            with writing() as connection:
                key = (table["registration"], "door", 1, question)
                draft.keep(connection, *key, Draft(("o1",), seconds), datetime.now(UTC))
    (row,) = rows(QuizDraft.__table__)
    assert row["seconds"] == 15.5


def test_forms_need_their_token(app: Any, maite: Visitor, rows: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    for path in ("quiz/1", "quiz/submit", "sections/why", "questions/who", "open", "leave"):
        maite.post(f"{DOOR}/{path}", {"answer": "o1", "attempt": "1"})
        assert maite.status == 400, path
    assert rows(QuizDraft.__table__) == []
    assert rows(answer) == []
