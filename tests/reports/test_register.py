"""The registrations as a file: complete, without names, in flat memory, and noted in the audit log."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import insert, select

from near_learn.cli import cli
from near_learn.db import db, writing
from near_learn.people import territory
from near_learn.privacy import audit
from near_learn.records.progress import registration
from near_learn.reports import register
from near_learn.reports.filters import Filters

from .conftest import Rows, days_ago

EVERYWHERE = territory.EVERYWHERE.limits
MANY = 4000
FLAT = 3_000_000  # bytes


def test_a_long_list_is_read_some_rows_at_a_time(app: Flask, ask: Callable[..., Filters]) -> None:
    """What is in memory at a time is a small part of what is written."""
    row = {
        "course": "accompaniment",
        "release": "r1",
        "region": "ES220",
        "nuts": "2024",
        "language": "es",
        "cohort": "",
        "enrolled_at": days_ago(10),
        "last_at": days_ago(5),
    }
    with app.app_context():
        with writing() as connection:
            keys = ({"registration": f"{number:036d}", "actor": f"{number:064d}"} for number in range(MANY))
            connection.execute(insert(registration), [row | key for key in keys])
        written = 0
        tracemalloc.start()
        for line in register.text(register.entries(db.engine, ask(), EVERYWHERE), "jsonl", "en_IE"):
            written += len(line)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert written > MANY * 400
    assert peak < FLAT


def test_every_row_is_there_once(app: Flask, ask: Callable[..., Filters]) -> None:
    with app.app_context():
        with writing() as connection:
            rows = Rows(connection)
            made = [rows.registration(region=code) for code in ("ES220", "FI1C3", "")]
        found = list(register.entries(db.engine, ask(), EVERYWHERE))
    assert [entry["registration"] for entry in found] == made
    assert [(entry["region"], entry["recorded_region"]) for entry in found] == [
        ("ES220", "ES220"),
        ("FI1C6", "FI1C3"),
        ("", ""),
    ]
    assert {entry["state"] for entry in found} == {"not_started"}


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    """Runs `near-learn report registrations` on three registrations."""
    with app.app_context(), writing() as connection:
        rows = Rows(connection)
        for code, cohort in (("ES220", "=2+5"), ("ES220", ""), ("FI1C3", "")):
            rows.registration(region=code, cohort=cohort)

    def registrations(*words: str) -> Result:
        runner = app.test_cli_runner()
        return runner.invoke(cli, ["report", "registrations", *words], obj=ScriptInfo(create_app=lambda: app))

    return registrations


def test_the_command_writes_a_file_whole(run: Callable[..., Result], app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    assert run("--output", str(path), "--region", "ES").exit_code == 0
    found = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    assert [row["cohort"] for row in found] == ["'=2+5", ""]
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith("csv")] == ["all.csv"]
    lines = run("--format", "jsonl").output.splitlines()
    assert [json.loads(line)["region"] for line in lines] == ["ES220", "ES220", "FI1C6"]
    with app.app_context():
        noted = db.session.execute(select(audit.table.c.action, audit.table.c.detail)).all()
    assert [row.action for row in noted] == ["registrations.exported"] * 2
    assert json.loads(noted[0].detail) == {"region": "ES", "what": "enrolled"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--region", "XX"], "There is no NUTS region"),
        (["--basis", "happened", "--what", "active"], "what: expected one of"),
        (["--output", "/nowhere/at/all.csv"], "No such file"),
    ],
)
def test_what_cannot_be_written(run: Callable[..., Result], words: list[str], message: str) -> None:
    answer = run(*words)
    assert answer.exit_code != 0
    assert message in answer.output
