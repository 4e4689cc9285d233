"""A deadline in the catalogue and on the course's page, in words that are kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from flask import Flask
from sqlalchemy import insert, update

from near_learn.db import writing
from near_learn.people import deadline
from near_learn.people.person import Cohort, Person
from near_learn.records.progress import registration
from tests.player.visitor import Visitor


@pytest.fixture
def set_deadline(app: Flask, course: str) -> Callable[[int], str]:
    """Puts everybody into a cohort whose deadline is so many days from today; the day in words."""

    def put(days: int) -> str:
        day = datetime.now(ZoneInfo("Europe/Brussels")).date() + timedelta(days=days)
        with app.app_context(), writing() as connection:
            connection.execute(insert(Cohort).values(id="tolosa", name="Tolosa", region="ES212"))
            connection.execute(update(Person).values(cohort_id="tolosa"))
            deadline.put(connection, "tolosa", course, day)
        return str(format_date(day, "d MMMM", locale="en_IE"))

    return put


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (20, "by {day}, 20 days left"),
        (1, "by {day}, 1 day left"),
        (0, "by {day}: today is the last day"),
        (-1, "planned until {day}; you can still complete it"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/courses/visits"])
def test_it_says_how_long_there_is(
    arrive: Callable[..., Visitor], set_deadline: Callable[[int], str], path: str, days: int, words: str
) -> None:
    learner = arrive()
    day = set_deadline(days)
    text = learner.go(path).text
    assert words.format(day=day) in text
    assert "overdue" not in text.lower()


def test_who_is_in_no_cohort_or_has_completed_sees_none(
    app: Flask, arrive: Callable[..., Visitor], set_deadline: Callable[[int], str]
) -> None:
    ready = arrive("ready")
    ready.go("/courses/visits").press("Start this course")
    set_deadline(5)
    assert "5 days left" in ready.go("/").text
    assert "days left" not in arrive("alone").go("/").text
    with app.app_context(), writing() as connection:
        connection.execute(update(registration).values(completed_at=datetime.now(ZoneInfo("UTC"))))
    assert "days left" not in ready.go("/").text
    assert "days left" not in ready.go("/courses/visits").text


def test_a_newcomer_is_led_to_the_first_module(arrive: Callable[..., Visitor]) -> None:
    text = arrive().go("/").text
    assert "Next for you" in text
    assert "Start this module" in text
