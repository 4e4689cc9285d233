"""The same learning, recorded here and sent to /xapi by a real client over a socket, gives the same rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import tincan
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from werkzeug.serving import make_server

from near_learn import Settings
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import credential
from near_learn.records import Learner, Response, Sitting, progress, recorder
from near_learn.records.commands import records
from tests.records.garden import HALF, RIGHT

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=Path(__file__).parent / "courses")


@pytest.fixture
def client(app: Flask) -> Iterator[tincan.RemoteLRS]:
    with app.app_context(), writing() as connection:
        issued = credential.add(connection, "a player elsewhere", ["all"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield tincan.RemoteLRS(
        version="1.0.3",
        endpoint=f"http://127.0.0.1:{server.server_port}/xapi/",
        username=issued.key,
        password=issued.secret,
    )
    server.shutdown()
    thread.join()


def learn() -> str:
    """A whole course, recorded here; the registration."""
    learner = Learner(str(uuid4()), "es", "ES220", "pilot")
    course = library().courses["garden"]
    at = START
    with writing() as connection:
        registration = recorder().enrol(connection, learner, course, at)
        for module in course.modules:
            where = (connection, Sitting(learner, registration, course, module))
            recorder().open(*where, at)
            for section in module.text("es").sections:
                at += timedelta(minutes=3)
                recorder().progress(*where, section.id, at)
            recorder().check(*where, "needed", Response(("o2",), 5.0), at)
            recorder().check(*where, "needed", Response(("o1",), 2.0), at)
            for number, answers in enumerate((HALF, RIGHT), start=1):
                at += timedelta(minutes=1)
                recorder().submit(*where, number, answers, at)
    return registration


def stored(app: Flask, registration: str) -> list[dict[str, Any]]:
    with db.engine.connect() as connection:
        return [one.statement for one in app.extensions["lrs"].read(connection, registration=registration)]


def rows(registration: str, *left_out: str) -> dict[str, list[dict[str, Any]]]:
    """The derived rows of a registration, without what must differ."""
    found = {}
    with db.engine.connect() as connection:
        for table in progress.DERIVED:
            query = sa.select(table).where(table.c.registration == registration).order_by(*table.primary_key)
            found[table.name] = [
                {name: value for name, value in row._mapping.items() if name not in left_out}
                for row in connection.execute(query)
            ]
    return found


def test_rows_are_the_same_whoever_sends_the_statements(app: Flask, client: tincan.RemoteLRS) -> None:
    with app.app_context():
        here = learn()
        told = stored(app, here)
        elsewhere = str(uuid4())
        system = [one for one in told if one["object"]["id"].endswith("garden") and "result" in one]
        assert len(system) == 2, "the course is completed and satisfied"
        sent = []
        for one in told:
            if one in system:
                continue
            kept = {name: value for name, value in one.items() if name not in ("id", "stored", "authority")}
            kept["context"] = kept["context"] | {"registration": elsewhere}
            kept["actor"] = {"mbox": "mailto:someone@elsewhere.example"}
            sent.append(tincan.Statement(kept))
        answer = client.save_statements(tincan.StatementList(sent))
        assert answer.success, answer.data
        different = ("registration", "actor", "statement_id")
        assert rows(elsewhere, *different) == rows(here, *different)
        assert rows(here)["registration"][0]["passed_at"] is not None
        assert [one["verb"]["id"] for one in stored(app, elsewhere)][-2:] == [
            one["verb"]["id"] for one in system
        ]


def test_the_command_makes_the_identical_rows_again(app: Flask) -> None:
    with app.app_context():
        registration = learn()
        before = rows(registration)
        with writing() as connection:
            connection.execute(progress.attempt.update().values(scaled=0.123))
        assert rows(registration) != before
    done = CliRunner().invoke(records, ["rebuild"], obj=ScriptInfo(create_app=lambda: app))
    assert done.exit_code == 0, done.output
    assert "attempt                  4" in done.output
    with app.app_context():
        assert rows(registration) == before
