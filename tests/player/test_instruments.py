"""Tests and surveys beside a course: when they are open, what they tell, and that they count for nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn import Settings
from near_learn.content_library import library
from near_learn.db import writing
from near_learn.records import attempt as attempts
from near_learn.records.progress import answer, attempt, module_progress
from near_learn.records.progress import registration as registrations
from tests.player.visitor import Visitor

Arrive = Callable[..., Visitor]
Statements = Callable[[], list[dict[str, Any]]]
COURSE = "/courses/tea"
MODULES = f"{COURSE}/modules"
ASSESSMENT = "http://adlnet.gov/expapi/activities/assessment"
SURVEY = "http://id.tincanapi.com/activitytype/survey"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=Path(__file__).parent / "kinds")


@pytest.fixture
def maite(arrive: Arrive) -> Visitor:
    return arrive()


def take(visitor: Visitor, name: str, answers: dict[int, str]) -> Visitor:
    """Begins the test or survey and sends these answers, and none to the other questions."""
    visitor.post(f"{MODULES}/{name}/open")
    attempt_ = re.search(r'name="attempt" value="(\d+)"', visitor.html)
    assert attempt_, visitor.text
    for number, value in answers.items():
        fields = [("attempt", attempt_[1]), ("to", "overview"), ("answer", value)]
        visitor.post(f"{MODULES}/{name}/quiz/{number}", fields)
    return visitor.post(f"{MODULES}/{name}/quiz/submit", {"attempt": attempt_[1]})


def complete(app: Flask, visitor: Visitor, rows: Any) -> None:
    """Reads both modules and answers their quizzes with what comes."""
    with app.app_context():
        course = library().courses["tea"]
        for module in course.modules:
            visitor.post(f"{MODULES}/{module.id}/open")
            for section in module.text("en").sections:
                visitor.post(f"{MODULES}/{module.id}/sections/{section.id}")
            (row,) = rows(registrations)
            quiz = attempts.asked(module, "en", row["registration"], 1)
            for number, question in enumerate(quiz, start=1):
                fields = [("attempt", "1"), ("to", "overview"), *_something(question)]
                visitor.post(f"{MODULES}/{module.id}/quiz/{number}", fields)
            visitor.post(f"{MODULES}/{module.id}/quiz/submit", {"attempt": "1"})
            assert visitor.path == f"{MODULES}/{module.id}/attempts/1", visitor.text
    assert rows(registrations)[0]["completed_at"]


def _something(question: Any) -> list[tuple[str, str]]:
    if question.kind == "gap":
        return [("gap-g1", "pot")]
    if question.kind == "matching":
        return [(f"match-{question.options[0].id}", question.targets[0].id)]
    if question.kind == "ordering":
        return [("order", option.id) for option in question.options]
    return [("answer", "80" if question.kind == "numeric" else question.right[0] if question.right else "o1")]


def earlier(app: Flask, **span: float) -> None:
    """As if the course had been completed so much earlier."""
    with app.app_context(), writing() as connection:
        found = connection.execute(sa.select(registrations.c.completed_at)).scalar_one()
        connection.execute(registrations.update().values(completed_at=found - timedelta(**span)))


def verbs(statements: list[dict[str, Any]], name: str) -> list[str]:
    """What was recorded about the instrument and its questions."""
    return [
        each["verb"]["id"].rsplit("/", 1)[1]
        for each in statements
        if f"/modules/{name}" in each["object"].get("id", "")
    ]


def test_the_pre_test_is_offered_first_and_may_be_skipped(maite: Visitor) -> None:
    maite.go(COURSE)
    assert "Recommended: a few questions before you begin" in maite.text
    maite.press("Start this course")
    assert maite.path == f"{MODULES}/before/quiz"
    assert "There is nothing to pass." in maite.text
    assert f"{MODULES}/brewing" in maite.links
    maite.post(f"{MODULES}/brewing/open")
    maite.go(COURSE)
    assert "Recommended" not in maite.text, "it is for the time before the first module"
    maite.go(f"{MODULES}/before/quiz")
    assert "This was meant for the time before the first module." in maite.text
    maite.post(f"{MODULES}/before/open")
    assert "meant for the time before" in maite.text


def test_a_pre_test_has_a_score_and_tells_no_answers(
    maite: Visitor, rows: Any, statements: Statements
) -> None:
    take(maite, "before", {1: "true"})
    assert maite.path == f"{MODULES}/before/attempts/1"
    assert "50%" in maite.text
    for secret in ("EXPLANATION", "Right answer", "Your answer", "Practise", "passed", "Try again"):
        assert secret not in maite.text, secret
    assert maite.go(f"{MODULES}/before/attempts/1/practice").path == f"{MODULES}/before/attempts/1"
    (made,) = rows(attempt)
    assert (made["module"], made["number"], made["scaled"], made["success"]) == ("before", 1, 0.5, None)
    assert verbs(statements(), "before") == [
        *("initialized", "answered", "answered", "scored", "completed", "terminated"),
    ]
    scored = next(each for each in statements() if each["verb"]["id"].endswith("/scored"))
    assert scored["object"]["definition"]["type"] == ASSESSMENT
    assert "success" not in scored["result"]
    assert scored["result"]["score"] == {"scaled": 0.5, "raw": 1, "min": 0, "max": 2}
    maite.go(COURSE)
    assert "Result: 50%" in maite.text


def test_every_instrument_is_taken_once(maite: Visitor, rows: Any) -> None:
    take(maite, "before", {1: "true"})
    maite.go(f"{MODULES}/before/quiz")
    assert "You have done this. Thank you." in maite.text
    maite.post(f"{MODULES}/before/quiz/1", [("attempt", "2"), ("answer", "true")])
    maite.post(f"{MODULES}/before/quiz/submit", {"attempt": "2"})
    assert len(rows(attempt)) == 1


@pytest.mark.parametrize("name", ["after", "survey", "later"])
def test_what_belongs_after_the_course_waits_for_it(maite: Visitor, rows: Any, name: str) -> None:
    maite.post(f"{MODULES}/brewing/open")
    maite.go(f"{MODULES}/{name}/quiz")
    assert "when you have completed the last module" in maite.text
    maite.post(f"{MODULES}/{name}/open")
    maite.post(f"{MODULES}/{name}/quiz/1", [("attempt", "1"), ("answer", "o1")])
    maite.post(f"{MODULES}/{name}/quiz/submit", {"attempt": "1"})
    assert rows(attempt) == []
    assert name not in {row["module"] for row in rows(module_progress)}


def test_the_post_test_stands_beside_the_pre_test(app: Flask, maite: Visitor, rows: Any) -> None:
    take(maite, "before", {1: "true"})
    complete(app, maite, rows)
    assert "What you know now" in maite.go("/").text
    take(maite, "after", {1: "true", 2: "100"})
    assert re.search(r"Before the course\s+50%", maite.text)
    assert re.search(r"Now\s+100%", maite.text)
    assert "EXPLANATION-after" in maite.text, "after the course there is nothing left to hide"


def test_without_a_pre_test_nothing_is_compared(app: Flask, maite: Visitor, rows: Any) -> None:
    complete(app, maite, rows)
    take(maite, "after", {1: "true", 2: "100"})
    assert "Before the course" not in maite.text
    assert "100%" in maite.text


def test_a_survey_is_completed_without_a_mark(
    app: Flask, maite: Visitor, rows: Any, statements: Statements
) -> None:
    complete(app, maite, rows)
    take(maite, "survey", {1: "o3", 2: "More Nekane."})
    assert "Thank you for your answers" in maite.text
    assert "%" not in maite.text.split("Thank you")[1]
    assert verbs(statements(), "survey") == [
        *("initialized", "answered", "answered", "completed", "terminated"),
    ]
    completed = [each for each in statements() if each["object"].get("id", "").endswith("/modules/survey")][1]
    assert completed["object"]["definition"]["type"] == SURVEY
    (made,) = [row for row in rows(attempt) if row["module"] == "survey"]
    assert (made["number"], made["scaled"], made["success"]) == (1, None, None)
    assert "Nekane" not in str(statements())


def test_a_survey_may_be_sent_half_empty(app: Flask, maite: Visitor, rows: Any) -> None:
    complete(app, maite, rows)
    take(maite, "survey", {1: "o3"})
    assert maite.path == f"{MODULES}/survey/attempts/1"
    assert [row["question"] for row in rows(answer) if row["module"] == "survey"] == ["useful"]


@pytest.mark.parametrize(("days", "due"), [(41, False), (43, True)])
def test_a_follow_up_is_due_some_weeks_after_the_course(
    app: Flask, maite: Visitor, rows: Any, days: int, due: bool
) -> None:
    complete(app, maite, rows)
    for name in ("after", "survey", "diagnosis"):
        take(maite, name, {1: "true" if name == "after" else "o1"})
    earlier(app, days=days)
    assert ("Have you used it?" in maite.go("/").text) is due
    maite.go(f"{MODULES}/later/quiz")
    assert ("You can do this from" in maite.text) is not due
    if due:
        take(maite, "later", {1: "o2"})
        assert "Thank you" in maite.text
        assert "Have you used it?" not in maite.go("/").text


def test_a_diagnosis_is_made_at_the_start_and_at_the_end(app: Flask, maite: Visitor, rows: Any) -> None:
    take(maite, "diagnosis", {1: "o1"})
    maite.go(f"{MODULES}/diagnosis/quiz")
    assert "when you have completed the last module" in maite.text
    complete(app, maite, rows)
    take(maite, "diagnosis", {1: "o3"})
    assert [row["number"] for row in rows(attempt) if row["module"] == "diagnosis"] == [1, 2]
    assert "You have done this." in maite.go(f"{MODULES}/diagnosis/quiz").text


def test_a_diagnosis_that_was_skipped_at_the_start_is_made_once(
    app: Flask, maite: Visitor, rows: Any
) -> None:
    complete(app, maite, rows)
    assert maite.go(COURSE).html.index("After the modules") < maite.html.index("How you work")
    take(maite, "diagnosis", {1: "o3"})
    assert "You have done this." in maite.go(f"{MODULES}/diagnosis/quiz").text
    assert "How you work" not in maite.go("/").text


def test_instruments_count_for_nothing(app: Flask, maite: Visitor, rows: Any) -> None:
    take(maite, "before", {})
    take(maite, "diagnosis", {})
    assert "0 of 2 modules passed" in maite.go("/").text
    complete(app, maite, rows)
    row = rows(registrations)[0]
    assert row["completed_at"] is not None


def test_kept_rows_are_those_made_again(app: Flask, maite: Visitor, rows: Any) -> None:
    take(maite, "before", {1: "true"})
    take(maite, "diagnosis", {1: "o1"})
    complete(app, maite, rows)
    take(maite, "survey", {1: "o3", 2: "More time."})
    maite.post(f"{MODULES}/survey/texts/missing", {"shared": "1"})
    maite.post(f"{MODULES}/survey/texts/missing", {"shared": "0"})
    tables = (registrations, module_progress, attempt)
    before = [rows(table) for table in tables]
    with app.app_context(), writing() as connection:
        app.extensions["projection"].rebuild(connection)
    assert [rows(table) for table in tables] == before
