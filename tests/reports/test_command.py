"""near-learn report completion: the figures of the page, without signing in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo

from near_learn.cli import cli
from near_learn.db import writing

from .conftest import Rows

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs `near-learn report completion` with these words, on a database with three registrations."""
    with app.app_context(), writing() as connection:
        rows = Rows(connection)
        for code, cohort in (("ES220", "=2+5"), ("ES220", ""), ("FI1C3", "")):
            rows.registration(region=code, cohort=cohort)

    def completion(*words: str) -> Result:
        runner = app.test_cli_runner()
        return runner.invoke(cli, ["report", "completion", *words], obj=ScriptInfo(create_app=lambda: app))

    return completion


def test_a_table_for_people(run: Run) -> None:
    answer = run()
    assert answer.exit_code == 0, answer.output
    lines = [line.split() for line in answer.output.splitlines()]
    assert any("Navarra" in line and "2" in line for line in lines)
    assert "NUTS 2024" in answer.output
    assert "in total, basis enrolled, as of " in answer.output


def test_json_for_programs(run: Run) -> None:
    found = json.loads(run("--by", "region", "--level", "0", "--format", "json").output)
    assert [(row["code"], row["name"], row["enrolled"]) for row in found["rows"]] == [
        ("ES", "Spain", 2),
        ("FI", "Finland", 1),
    ]
    assert found["total"]["enrolled"] == 3
    assert found["rows"][1]["recorded_in_nuts_2021"] == 1


def test_csv_is_the_file_of_the_page(run: Run) -> None:
    content = run("--format", "csv", "--language", "es", "--level", "0").stdout_bytes
    found = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [row["name"] for row in found[:-1]] == ["España", "Finlandia"]
    assert found[-1]["enrolled"] == "3"
    cohorts = run("--format", "csv", "--by", "cohort").stdout_bytes.decode("utf-8-sig")
    assert "\r\nrow,cohort,'=2+5,'=2+5," in cohorts


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--by", "person"], "'person' is not one of"),
        (["--level", "4"], "4 is not in the range"),
        (["--from", "yesterday"], "from: expected a day like 2026-01-31"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], "ends before it begins"),
        (["--region", "XX"], "There is no NUTS region"),
        (["--course", "lava"], "There is no course"),
        (["--format", "pdf"], "'pdf' is not one of"),
        (["--format", "xlsx"], "name the file with --output"),
        (["--output", "x.txt"], "choose --format"),
        (["--cohort", "nobody"], "There is no cohort"),
        (["--organisation", "nobody"], "There is no organisation"),
        (["--language-of-learning", "tlh"], "Nobody is registered in the language"),
    ],
)
def test_what_cannot_be_answered(run: Run, words: list[str], message: str) -> None:
    answer = run(*words)
    assert answer.exit_code == 2
    assert message in answer.output


def test_limits(run: Run) -> None:
    assert json.loads(run("--region", "FI1C6", "--format", "json").output)["total"]["enrolled"] == 1
    long_ago = ["--from", "2001-01-01", "--to", "2001-12-31", "--format", "json"]
    for basis in ("enrolled", "happened"):
        assert json.loads(run(*long_ago, "--basis", basis).output)["rows"] == []
