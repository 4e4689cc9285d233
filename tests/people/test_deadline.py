"""Deadlines: set, moved, listed and taken away on the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import insert

from near_learn import Settings
from near_learn.db import db, writing
from near_learn.people import deadline
from near_learn.people.deadline_command import deadline as command
from near_learn.people.person import Cohort

Run = Callable[..., Result]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=Path(__file__).parents[1] / "player" / "courses")


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs near-learn deadline in an installation with the cohort tolosa."""
    with app.app_context(), writing() as connection:
        connection.execute(insert(Cohort).values(id="tolosa", name="Tolosa", region="ES212"))
        connection.execute(insert(Cohort).values(id="lahti", name="Lahti", region="FI1C6"))
    return lambda *words: app.test_cli_runner().invoke(command, words)


def test_set_moved_listed_removed(app: Flask, run: Run) -> None:
    assert run("list").output == "There are no deadlines.\n"
    assert run("set", "tolosa", "visits", "2026-12-12").output == (
        "tolosa is to complete visits by 2026-12-12.\n"
    )
    run("set", "tolosa", "visits", "2026-12-20")
    run("set", "lahti", "visits", "2026-11-30")
    assert run("list").output == "2026-11-30  lahti  visits\n2026-12-20  tolosa  visits\n"
    with app.app_context():
        assert deadline.of(db.session.connection(), "tolosa") == {"visits": date(2026, 12, 20)}
        assert deadline.of(db.session.connection(), None) == {}
    assert run("remove", "tolosa", "visits").exit_code == 0
    assert run("list").output == "2026-11-30  lahti  visits\n"
    again = run("remove", "tolosa", "visits")
    assert (again.exit_code, again.output) == (1, "Error: tolosa has no deadline for visits.\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere", "visits", "2026-12-12"), "There is no cohort 'nowhere'. There are: lahti, tolosa."),
        (("tolosa", "gardens", "2026-12-12"), "there is no course 'gardens'. There are: visits."),
        (("tolosa", "visits", "12.12.2026"), "such as 2026-12-12, got '12.12.2026'"),
        (("tolosa", "visits", "2026-02-30"), "got '2026-02-30'"),
        (("tolosa", "visits", ""), "got ''"),
    ],
)
def test_what_cannot_be_is_refused(run: Run, words: tuple[str, ...], message: str) -> None:
    result = run("set", *words)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert run("list").output == "There are no deadlines.\n"
