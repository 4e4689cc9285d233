"""near-learn enrol and near-learn mail remind: what they show, do and answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo

from near_learn.cli import cli
from near_learn.db import db
from near_learn.people.person import Person
from near_learn.records import progress
from tests.enrolment.files import as_csv, as_xlsx
from tests.mail.post_office import PostOffice

ROWS = (
    ("email", "name", "region", "cohort", "courses", "deadline"),
    ("bea@x.example", "Bea", "ES220", "Pilot Navarra", "visits", "2031-12-12"),
    ("carl@x.example", "Carl", "ES22", "", "", ""),
)

pytestmark = pytest.mark.usefixtures("places")
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def invoke(*words: object) -> Result:
        runner = app.test_cli_runner()
        return runner.invoke(cli, [str(word) for word in words], obj=ScriptInfo(create_app=lambda: app))

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(as_csv(ROWS))
    return path


def counted(app: Flask) -> tuple[int, int]:
    """People and registrations."""
    with app.app_context(), db.engine.connect() as connection:
        tables = (Person.__table__, progress.registration)
        people, registrations = (
            connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables
        )
        return people or 0, registrations or 0


def test_a_dry_run_shows_and_does_nothing(app: Flask, run: Run, file: Path) -> None:
    result = run("enrol", file, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "2: New person. Role: Professional; Region: ES220 Navarra;" in result.output
    assert "2 rows, 2 new people, 1 put into groups, 1 registrations, 1 deadlines" in result.output
    assert counted(app) == (0, 0)


def test_doing_it_and_doing_it_again(app: Flask, run: Run, file: Path, office: PostOffice) -> None:
    result = run("enrol", file, "--yes")
    assert result.exit_code == 0, result.output
    assert "Done.\nMails with a link to choose a password: 2." in result.output
    assert counted(app) == (2, 1)
    assert run("mail", "send").exit_code == 0
    assert len(office.letters) == 2
    again = run("enrol", file, "--yes")
    assert again.exit_code == 0
    assert again.output == "2 rows, 2 rows with nothing to do\n"
    assert counted(app) == (2, 1)


def test_without_a_terminal_nobody_is_asked(app: Flask, run: Run, file: Path) -> None:
    result = run("enrol", file)
    assert result.exit_code == 2
    assert "--yes" in result.output
    assert counted(app) == (0, 0)


def test_rows_with_errors(app: Flask, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(as_xlsx([*ROWS, ("d@x.example", "D", "ES999", "", "", "")]))
    result = run("enrol", path, "--yes")
    assert result.exit_code == 1
    assert "C4: “ES999” is no region of NUTS 2024." in result.output
    assert counted(app) == (0, 0)


def test_a_file_that_is_no_list(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("email,name\na@x.example,José".encode("latin-1"))
    result = run("enrol", path, "--yes")
    assert result.exit_code == 3
    assert "list.csv: Line 2: after" in result.output


def test_a_file_of_500_mb_is_not_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as large:
        large.truncate(500 * 1024 * 1024)
    result = run("enrol", path, "--yes")
    assert result.exit_code == 3
    assert "The file has 500.0 MB; a list may have 8 MB." in result.output


def test_reminders_for_cron(run: Run, file: Path, office: PostOffice) -> None:
    assert "Due: 0 reminders, 0 digests." in run("mail", "remind", "--dry-run").output
    result = run("mail", "remind")
    assert result.exit_code == 0, result.output
    assert "Written: 0 reminders, 0 digests, 0 welcomes.\nSent 0;" in result.output
