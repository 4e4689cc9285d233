"""A quiz of every kind of question: drafts, draws, the pause between attempts, results and practice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn import Settings
from near_learn.content_library import library
from near_learn.db import writing
from near_learn.player.draft import QuizDraft
from near_learn.records.private import PrivateText
from near_learn.records.progress import answer, attempt, module_progress
from near_learn.records.progress import registration as registrations
from tests.player.visitor import Visitor

Arrive = Callable[..., Visitor]
Statements = Callable[[], list[dict[str, Any]]]
BREWING, SERVING = "/courses/tea/modules/brewing", "/courses/tea/modules/serving"
QUIZ = f"{BREWING}/quiz"
COLD, HERB, SAYING, WHO, FIRST, DEGREES, MATTERS, WHOM = range(1, 9)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=Path(__file__).parent / "kinds")


@pytest.fixture
def maite(arrive: Arrive) -> Visitor:
    visitor = arrive()
    visitor.post(f"{BREWING}/open")
    return visitor


def right(app: Flask) -> dict[int, list[tuple[str, str]]]:
    """The fields that answer every question of the quiz rightly, by its number."""
    with app.app_context():
        quiz = library().courses["tea"].module("brewing").text("en").quiz
    fields: dict[int, list[tuple[str, str]]] = {}
    for number, question in enumerate(quiz, start=1):
        if question.kind == "gap":
            fields[number] = [(f"gap-{gap.id}", gap.accepted[-1].upper()) for gap in question.gaps]
        elif question.kind == "matching":
            fields[number] = [(f"match-{left}", side) for left, side in question.matches.items()]
        elif question.kind == "ordering":
            fields[number] = [("order", option.id) for option in question.options]
        elif question.kind == "numeric":
            fields[number] = [("answer", "80")]
        elif question.kind == "likert":
            fields[number] = [("answer", "o3")]
        elif question.private:
            fields[number] = [("answer", "With Nekane, [,] on Friday.")]
        else:
            fields[number] = [("answer", name) for name in question.right]
    return fields


def fill(visitor: Visitor, fields: dict[int, list[tuple[str, str]]], number: int = 1) -> Visitor:
    """Answers these questions of the attempt of this number; ends on the overview."""
    for question, values in fields.items():
        visitor.post(f"{QUIZ}/{question}", [("attempt", str(number)), ("to", "overview"), *values])
        assert visitor.path == QUIZ, visitor.text
    return visitor.go(QUIZ)


def backdate(app: Flask, seconds: float) -> None:
    """As if the attempts had been made so much earlier: the clock of a test does not run."""
    with app.app_context(), writing() as connection:
        made = connection.execute(sa.select(attempt.c.at)).scalars().all()
        for at in made:
            connection.execute(attempt.update().values(at=at - timedelta(seconds=seconds)))


def test_a_quiz_of_every_kind_all_right(
    app: Flask, maite: Visitor, rows: Any, statements: Statements
) -> None:
    fill(maite, right(app)).press("Send the quiz")
    assert maite.path == f"{BREWING}/attempts/1"
    assert "You have passed" in maite.text
    assert "6 of 6 questions entirely right." in maite.text
    (made,) = rows(attempt)
    assert (made["scaled"], made["raw"], made["max"]) == (1.0, 7.0, 7.0), "the first question weighs double"
    given = {row["question"]: row for row in rows(answer)}
    assert given["saying"]["response"] == "GUARDED[,]COOKS"
    assert given["degrees"]["response"] == "80"
    assert (given["matters"]["response"], given["matters"]["score"]) == ("o3", None)
    assert (given["whom"]["response"], given["whom"]["success"]) == ("", None)
    assert rows(PrivateText.__table__)[0]["text"] == "With Nekane, [,] on Friday."
    assert "With Nekane, [,] on Friday." in maite.text
    assert "Nekane" not in str(statements())
    assert rows(QuizDraft.__table__) == []
    assert "Practise only" not in maite.text


def test_drafts_keep_every_kind_and_the_other_language(app: Flask, maite: Visitor, arrive: Arrive) -> None:
    fields = right(app)
    fill(maite, fields)
    desk = arrive()
    desk.post("/language", {"language": "el", "next": "/"})
    for number, values in fields.items():
        desk.go(f"{QUIZ}/{number}")
        form = next(form for form in desk.forms if form.action == f"{QUIZ}/{number}")
        assert set(values) <= set(form.fields), number
        order = [value for name, value in form.fields if name == "order"]
        assert order == [value for name, value in values if name == "order"]
    assert "Κάθε" in desk.go(QUIZ).text or "8" in desk.text


def test_only_questions_with_a_right_answer_must_be_answered(app: Flask, maite: Visitor, rows: Any) -> None:
    fields = right(app)
    needed = {number: fields[number] for number in (COLD, HERB, SAYING, WHO, FIRST)}
    fill(maite, needed).press("Send the quiz")
    assert maite.status == 422
    assert "1 question has no answer yet" in maite.text
    assert f"{QUIZ}/{DEGREES}" in maite.links
    fill(maite, {DEGREES: fields[DEGREES]}).press("Send the quiz")
    assert maite.path == f"{BREWING}/attempts/1"
    assert rows(PrivateText.__table__) == []


@pytest.mark.parametrize(
    ("number", "fields", "words"),
    [
        (DEGREES, [("answer", "hot")], "“hot” is not a number."),
        (SAYING, [("gap-g1", "x" * 300)], "Shorten it to 200 characters."),
        (WHOM, [("answer", "x" * 6000)], "Shorten it to 5000 characters."),
    ],
)
def test_what_is_no_answer_is_said_and_kept(
    maite: Visitor, rows: Any, number: int, fields: list[tuple[str, str]], words: str
) -> None:
    maite.post(f"{QUIZ}/{number}", [("attempt", "1"), ("to", "next"), *fields])
    assert maite.status == 422
    assert words in maite.text
    assert fields[0][1] in maite.html
    assert rows(QuizDraft.__table__) == []


@pytest.mark.parametrize(
    ("number", "fields"),
    [
        (COLD, [("answer", "o7")]),
        (HERB, [("answer", "true"), ("answer", "false")]),
        (WHO, [("match-o1", "t77")]),
        (FIRST, [("order", "o1"), ("order", "o1"), ("order", "o2")]),
        (FIRST, [*(("order", each) for each in ("o1", "o1", "o2", "o3")), ("shown", "o1 o2 o3")]),
        (FIRST, []),
        (MATTERS, [("answer", "o1"), ("answer", "o2")]),
    ],
)
def test_what_no_form_sends(maite: Visitor, rows: Any, number: int, fields: list[tuple[str, str]]) -> None:
    maite.post(f"{QUIZ}/{number}", [("attempt", "1"), *fields])
    assert maite.status == 400
    assert rows(QuizDraft.__table__) == []


def test_moving_an_item_keeps_the_order_and_stays(maite: Visitor, rows: Any) -> None:
    maite.go(f"{QUIZ}/{FIRST}")
    form = maite.forms[-1]
    order = [value for name, value in form.fields if name == "order"]
    label = next(label for label, button in form.buttons.items() if button == ("move", f"{order[0]}:down"))
    maite.press(label)
    assert maite.path == f"{QUIZ}/{FIRST}"
    assert rows(QuizDraft.__table__)[0]["response"].split("[,]") == [order[1], order[0], order[2]]
    assert [value for name, value in maite.forms[-1].fields if name == "order"] == [
        order[1],
        order[0],
        order[2],
    ]


def test_a_button_pressed_before_the_page_has_arrived_loses_no_item(maite: Visitor, rows: Any) -> None:
    maite.go(f"{QUIZ}/{FIRST}")
    fields = maite.forms[-1].fields
    first, second, third = (value for name, value in fields if name == "order")
    arrived = [each for each in fields if each not in (("order", second), ("order", third))]
    maite.post(f"{QUIZ}/{FIRST}", [*arrived, ("move", f"{first}:down")])
    assert maite.status == 200
    assert rows(QuizDraft.__table__)[0]["response"].split("[,]") == [second, first, third]


def test_questions_and_options_stand_the_same_through_an_attempt_and_anew_in_the_next(
    app: Flask, maite: Visitor
) -> None:
    def offered() -> list[str]:
        maite.go(f"{SERVING}/quiz")
        html = "".join(maite.go(f"{SERVING}/quiz/{n}").html for n in (1, 2))
        return re.findall(r'<legend>.*?</legend>|name="answer" value="[^"]+"', html, re.DOTALL)

    maite.post(f"{SERVING}/open")
    seen = []
    for number in range(1, 7):
        now = offered()
        assert offered() == now
        seen.append(now)
        for question in (1, 2):
            maite.go(f"{SERVING}/quiz/{question}")
            first = re.search(r'name="answer" value="([^"]+)"', maite.html)
            assert first
            maite.press("See all answers", choose=(first[1],))
        maite.press("Send the quiz")
        assert maite.path == f"{SERVING}/attempts/{number}"
    assert len({str(each) for each in seen}) > 1, "six attempts drew and shuffled alike"


def test_a_draw_asks_some_of_the_questions(app: Flask, maite: Visitor, rows: Any) -> None:
    maite.post(f"{SERVING}/open")
    maite.go(f"{SERVING}/quiz")
    assert "2 questions, one a page" in maite.text
    assert maite.go(f"{SERVING}/quiz/3").status == 404
    for number in (1, 2):
        maite.go(f"{SERVING}/quiz/{number}")
        first = re.search(r'name="answer" value="([^"]+)"', maite.html)
        assert first
        maite.press("See all answers", choose=(first[1],))
    maite.press("Send the quiz")
    assert len(rows(answer)) == 2
    assert rows(attempt)[0]["max"] == 2
    assert maite.html.count('class="check answered"') == 2


def test_the_result_says_what_was_partly_right_and_what_to_read(
    app: Flask, maite: Visitor, rows: Any
) -> None:
    fields = right(app)
    fields[COLD] = [("answer", "o1")]
    fields[SAYING] = [("gap-g1", "watched"), ("gap-g2", "sings")]
    fields[WHO] = fields[WHO][:1]
    fields[FIRST] = [fields[FIRST][index] for index in (1, 0, 2)]
    fields[DEGREES] = [("answer", "99")]
    fill(maite, fields).press("Send the quiz")
    scores = {row["question"]: row["score"] for row in rows(answer)}
    assert scores == {
        "cold": 0.5,
        "herb": 1,
        "saying": 0.5,
        "who": pytest.approx(1 / 3),
        "first": 0.5,
        "degrees": 0,
        "matters": None,
        "whom": None,
    }
    assert rows(attempt)[0]["scaled"] == pytest.approx((2 * 0.5 + 1 + 0.5 + 1 / 3 + 0.5) / 7, abs=1e-5)
    assert "Not passed yet" in maite.text
    assert "Partly right: 50%" in maite.text
    assert "Partly right: 33%" in maite.text
    assert "1 of 6 questions entirely right." in maite.text
    for words in ("Your order", "The right order", "Anything from 75 to 85 is right.", "Matcha", "cooks"):
        assert words in maite.text
    assert "By learning objective" in maite.text
    assert "Heat the water as the tea needs it 50%" in maite.text
    boxes = {name: rest for name, _, rest in (part.partition('"') for part in maite.html.split('id="q-')[1:])}
    assert f"{BREWING}/sections/water" in boxes["cold"], "what the author says to read again"
    assert f"{BREWING}/sections/people" in boxes["who"], "where the text asks about the same objective"
    assert "Read again:" not in boxes["herb"], "nothing to read again about what was right"


def test_a_text_is_shared_and_taken_back_on_the_result(
    app: Flask, maite: Visitor, rows: Any, statements: Statements
) -> None:
    fill(maite, right(app)).press("Send the quiz")
    maite.press("Share this text")
    assert maite.path == f"{BREWING}/attempts/1"
    (row,) = rows(PrivateText.__table__)
    shared = next(each for each in statements() if each["id"] == row["statement_id"])
    assert shared["result"]["response"] == "With Nekane, [,] on Friday."
    assert 1 in shared["context"]["extensions"].values(), "it belongs to the attempt"
    maite.press("Take it back: keep it for me alone")
    assert "Nekane" not in str(statements())
    assert len(rows(attempt)) == 1
    assert rows(attempt)[0]["scaled"] == 1
    assert maite.post(f"{BREWING}/texts/matters", {"shared": "1"}).status == 404


def test_a_text_stands_in_the_next_attempt(app: Flask, maite: Visitor) -> None:
    wrong = right(app) | {number: [("answer", "o3")] for number in (COLD,)} | {HERB: [("answer", "true")]}
    wrong[DEGREES] = [("answer", "1")]
    wrong[WHO], wrong[SAYING] = wrong[WHO][:1], [("gap-g1", "no")]
    fill(maite, wrong).press("Send the quiz")
    backdate(app, 24 * 3600 + 1)
    assert "With Nekane" in maite.go(f"{QUIZ}/{WHOM}").html


# --- the pause between two attempts --------------------------------------------------------------------


def failed(app: Flask, visitor: Visitor) -> Visitor:
    """An attempt with next to nothing right."""
    fields = right(app)
    fields |= {COLD: [("answer", "o3")], HERB: [("answer", "true")], DEGREES: [("answer", "1")]}
    fields |= {SAYING: [("gap-g1", "no")], WHO: fields[WHO][:1]}
    return fill(visitor, fields).press("Send the quiz")


def test_after_an_attempt_there_is_a_pause(app: Flask, maite: Visitor, rows: Any) -> None:
    failed(app, maite)
    made: datetime = rows(attempt)[0]["at"]
    opens = made + timedelta(hours=24)
    assert "You can try again on" in maite.text
    assert f'datetime="{opens.isoformat()}"' in maite.html
    assert "You have 2 attempts left." in maite.text
    assert "Try again" not in [label for form in maite.forms for label in form.buttons]
    for page in (QUIZ, f"{QUIZ}/1", BREWING):
        maite.go(page)
        assert "You can try again on" in maite.text, page
    maite.post(f"{QUIZ}/1", [("attempt", "2"), ("answer", "o1")])
    maite.post(f"{QUIZ}/submit", {"attempt": "2"})
    assert rows(QuizDraft.__table__) == []
    assert len(rows(attempt)) == 1


@pytest.mark.parametrize(("early", "status"), [(60, "waits"), (0, "open"), (-60, "open")])
def test_the_end_of_the_pause(app: Flask, maite: Visitor, rows: Any, early: int, status: str) -> None:
    failed(app, maite)
    backdate(app, 24 * 3600 - early)
    maite.go(f"{QUIZ}/1")
    assert (maite.path == f"{QUIZ}/1") is (status == "open")
    assert ("You can try again on" in maite.text) is (status == "waits")


# --- practice ------------------------------------------------------------------------------------------


def test_practising_the_weak_parts_changes_no_score(app: Flask, maite: Visitor, rows: Any) -> None:
    failed(app, maite)
    assert f"{BREWING}/attempts/1/practice" in maite.links
    before = rows(attempt), rows(module_progress)[0]["best_score"]
    maite.go(f"{BREWING}/attempts/1/practice")
    assert "The 5 questions that were not entirely right" in maite.text
    assert 'id="q-first"' not in maite.html
    assert "EXPLANATION" not in maite.html
    maite.press("Check my answer", where="practice/herb", choose=("false",))
    assert maite.path == f"{BREWING}/attempts/1/practice"
    assert "That is right." in maite.text
    assert "EXPLANATION-HERB" in maite.text
    maite.press("Check my answer", where="practice/cold", choose=("o3",))
    assert "See below what fits" in maite.text, "a wrong answer is met with the right one at once"
    assert "That is right." in maite.text, "what was practised before stays on the page"
    practised = {row["question"] for row in rows(answer) if row["attempt"] == 0}
    assert practised == {"herb", "cold"}
    assert (rows(attempt), rows(module_progress)[0]["best_score"]) == before


def test_practice_begins_fresh_and_may_be_repeated(app: Flask, maite: Visitor, rows: Any) -> None:
    failed(app, maite)
    maite.go(f"{BREWING}/attempts/1/practice").press(
        "Check my answer", where="practice/herb", choose=("false",)
    )
    with app.app_context(), writing() as connection:
        found = connection.execute(sa.select(answer.c.at).where(answer.c.attempt == 0)).scalar_one()
        connection.execute(
            answer.update().where(answer.c.attempt == 0).values(at=found - timedelta(minutes=5))
        )
    maite.go(f"{BREWING}/attempts/1/practice")
    assert "That is right." not in maite.text
    maite.press("Check my answer", where="practice/herb", choose=("false",))
    assert "That is right." in maite.text
    assert next(row["tries"] for row in rows(answer) if row["attempt"] == 0) == 2


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("attempts/1/practice/first", 404),  # it was right
        ("attempts/1/practice/leaves", 404),  # not in the quiz
        ("attempts/2/practice/herb", 404),
        ("attempts/1/practice/herb", 422),
        ("attempts/1/practice/herb?since=x", 422),
        ("attempts/1/practice/herb?since=-1", 400),
        ("attempts/1/practice/herb?since=99999999999999999999", 400),
    ],
)
def test_only_weak_parts_are_practised(
    app: Flask, maite: Visitor, rows: Any, address: str, status: int
) -> None:
    failed(app, maite)
    assert maite.post(f"{BREWING}/{address}", {}).status == status
    assert not [row for row in rows(answer) if row["attempt"] == 0]


def test_practising_a_quiz_that_is_all_right_leads_to_its_result(app: Flask, maite: Visitor) -> None:
    fill(maite, right(app)).press("Send the quiz")
    assert maite.go(f"{BREWING}/attempts/1/practice").path == f"{BREWING}/attempts/1"


def test_nobody_sees_or_practises_somebody_else_s_attempt(app: Flask, maite: Visitor, arrive: Arrive) -> None:
    failed(app, maite)
    other = arrive("ane")
    other.post(f"{BREWING}/open")
    for page in ("attempts/1", "attempts/1/practice"):
        assert other.go(f"{BREWING}/{page}").status == 404
    assert other.post(f"{BREWING}/texts/whom", {"shared": "1"}).status == 404


def test_registrations_stay_one(app: Flask, maite: Visitor, rows: Any) -> None:
    failed(app, maite)
    assert len(rows(registrations)) == 1
