"""near-learn organisation, near-learn cohort, and what they add to near-learn person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask

from near_learn import Settings
from near_learn.cli import cli
from near_learn.db import db
from near_learn.people import cohort as cohorts
from near_learn.people import deadline
from near_learn.people.person import by_email
from near_learn.records import progress
from tests.members.world import COURSE, COURSES

Run = Callable[[str], Result]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=COURSES)


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs `near-learn` with these words; an underscore stands for a space in a word."""

    def run(text: str) -> Result:
        words = [word.replace("_", " ") for word in text.split()]
        return app.test_cli_runner().invoke(cli, words)

    return run


ADD = "organisation add --name Cáritas_Navarra --region ES220 --id caritas"
GROUP = "cohort add --name Grupo_Tolosa --region ES220 --organisation caritas --id tolosa"
PERSON = "person add --email ane@x.example --name Ane --region ES220 --role"


def test_from_an_organisation_to_a_group_that_is_enrolled(app: Flask, run: Run) -> None:
    for command, said in (
        (ADD, "in the records it is caritas"),
        ("organisation list", "caritas  ES220  0  Cáritas Navarra"),
        (GROUP, "in the records it is tolosa"),
        (
            f"{PERSON} professional --organisation Cáritas_Navarra --cohort Grupo_Tolosa",
            "Created a professional",
        ),
        (f"cohort enrol tolosa {COURSE} --deadline 2027-01-31", "Enrolled 1; 0 were enrolled before."),
        (f"cohort enrol Grupo_Tolosa {COURSE}", "Enrolled 0; 1 were enrolled before."),
        (
            "person add --email jon@x.example --name Jon --role professional --region ES220 --cohort tolosa",
            "Created",
        ),
        ("cohort list", f"tolosa  ES220  2  Grupo Tolosa: {COURSE}"),
    ):
        result = run(command)
        assert result.exit_code == 0, result.output
        assert said in result.output
    with app.app_context():
        ane = by_email("ane@x.example")
        assert ane is not None
        assert (ane.organisation_id, [each.id for each in cohorts.of(ane.account)]) == ("caritas", ["tolosa"])
        assert str(deadline.of_person(db.session.connection(), ane.account)[COURSE]) == "2027-01-31"
        table = progress.registration
        assert db.session.execute(db.select(table.c.cohort)).scalars().all() == ["tolosa", "tolosa"]


def test_a_manager_of_an_organisation(app: Flask, run: Run) -> None:
    run(ADD)
    result = run(f"{PERSON} manager --organisation caritas --answers-for organisation")
    assert result.exit_code == 0, result.output
    with app.app_context():
        ane = by_email("ane@x.example")
        assert ane is not None
        assert ane.answers_for == "organisation"


def test_what_cannot_be_done_is_said_with_its_option(app: Flask, run: Run) -> None:
    run(ADD)
    run(GROUP)
    for command, said in (
        (ADD, "--id: another organisation has this id"),
        (ADD.replace("--id caritas", ""), "--name: another organisation has this name"),
        (ADD.replace("caritas", "a/b"), "expected up to 36 letters"),
        (ADD.replace("ES220", "ES999"), "is not a region of NUTS 2024"),
        (GROUP, "--id: another group has this id"),
        (GROUP.replace("--organisation caritas", "--organisation none"), "there is no organisation 'none'"),
        (GROUP.replace("tolosa", "a/b"), "expected up to 64 letters"),
        ("cohort enrol nobody visits", "there is no group 'nobody'"),
        ("cohort enrol tolosa nothing", "there is no course 'nothing'"),
        ("cohort enrol tolosa visits --deadline soon", "does not match the format"),
        (f"{PERSON} professional --cohort nobody", "--cohort: there is no group"),
        (f"{PERSON} manager --answers-for organisation", "--answers-for: only a manager"),
        (
            f"{PERSON} trainer --organisation caritas --answers-for organisation",
            "--answers-for: only a manager",
        ),
    ):
        result = run(command)
        assert result.exit_code == 2, (command, result.output)
        assert said.replace("'", "") in " ".join(result.output.split()).replace("'", ""), result.output
    with app.app_context():
        assert by_email("ane@x.example") is None
