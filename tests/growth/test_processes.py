"""Several processes that write the same things at the same time: no error, no deadlock, exact counts."""

from __future__ import annotations

import base64
import multiprocessing
import random
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings, create_app
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import credential
from near_learn.records import Learner, Sitting, progress, recorder
from near_learn.reports.tally import tables as tally
from near_learn.reports.tally.fresh import bring_up_to_date
from near_learn.reports.tally.refresh import recount
from near_learn.reports.tally.terms import Terms
from near_learn.sign_in.limits import WRONG_PER_EMAIL
from tests.conftest import migrated
from tests.growth.conftest import small_course
from tests.records.garden import RIGHT
from xapi.sql.tables import statement

PROCESSES = 3
REQUESTS = 4
ROUNDS = 6
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEARNERS = [Learner(str(uuid.UUID(int=number)), "es", "ES220", "pilot") for number in range(1, 5)]
AGENT = {"account": {"homePage": "https://lms.example", "name": "ane"}}
STATE = {
    "activityId": "https://lms.example/a",
    "agent": '{"account":{"homePage":"https://lms.example","name":"ane"}}',
    "stateId": "one",
}
WRONG = int(WRONG_PER_EMAIL.split()[0])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """With a small course, on both databases, whatever the run's own is."""
    return migrated(small_course(tmp_path / "instance"), request.param, request)


def shared_statements() -> list[dict[str, Any]]:
    """What every process sends: the same statements under the same ids."""
    return [
        {
            "id": str(uuid.UUID(int=10_000 + number)),
            "actor": AGENT,
            "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
            "object": {
                "id": f"https://lms.example/a/{number % 7}",
                "definition": {"name": {"en": str(number)}},
            },
            "timestamp": START.isoformat(),
        }
        for number in range(40)
    ]


class Worker:
    """What one process does, in an order of its own; it says what went wrong."""

    def __init__(self, app: Flask, number: int, header: str) -> None:
        self.app, self.number = app, number
        self.client: FlaskClient = app.test_client()
        self.headers = {"Authorization": header, "X-Experience-API-Version": "1.0.3"}
        self.random = random.Random(number)
        self.wrong: list[str] = []

    def work(self) -> list[str]:
        steps: list[Callable[[int], None]] = [self.store, self.merge, self.learn, self.report, self.sign_in]
        for turn in range(ROUNDS):
            self.random.shuffle(steps)
            for step in steps:
                step(turn)
        return self.wrong

    def expect(self, what: str, status: int, wanted: int) -> None:
        if status != wanted:
            self.wrong.append(f"process {self.number}: {what}: {status}")

    def store(self, turn: int) -> None:
        """Requests at the same time: some share a transaction, and have the same statements in it."""
        sent = [self.random.sample(shared_statements(), 15) for _ in range(REQUESTS)]
        if turn == ROUNDS - 1:
            sent[0] = shared_statements()
        with ThreadPoolExecutor(REQUESTS) as threads:
            for status in threads.map(self.post, sent):
                self.expect("statements", status, 200)

    def post(self, statements: list[dict[str, Any]]) -> int:
        client = self.app.test_client()
        return client.post("/xapi/statements", json=statements, headers=self.headers).status_code

    def merge(self, turn: int) -> None:
        answer = self.client.post(
            "/xapi/activities/state",
            query_string=STATE,
            json={f"{self.number}-{turn}": turn},
            headers=self.headers,
        )
        self.expect("document", answer.status_code, 204)

    def learn(self, turn: int) -> None:
        """The same learners in the same modules; the registration is whichever came first."""
        learner = LEARNERS[turn % len(LEARNERS)]
        at = START + timedelta(minutes=turn)
        with self.app.app_context():
            course = library().courses["garden"]
            module = course.module(self.random.choice(["soil", "water"]))
            with writing() as connection:
                registration = recorder().enrol(connection, learner, course, at)
                sitting = Sitting(learner, registration, course, module)
                recorder().open(connection, sitting, at)
                section = self.random.choice(module.text("en").sections)
                recorder().progress(connection, sitting, section.id, at)
                for question, given in RIGHT.items():
                    if module.id == "soil":
                        recorder().check(connection, sitting, question, given, at)

    def report(self, _turn: int) -> None:
        with self.app.app_context():
            bring_up_to_date()

    def sign_in(self, _turn: int) -> None:
        answer = self.client.post("/sign-in", data={"email": "nobody@example.org", "password": "wrong"})
        if answer.status_code not in (422, 429):
            self.expect("sign-in", answer.status_code, 422)


def run(settings: Settings, number: int, header: str, pipe: Pipe) -> None:
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    pipe.send("ready")
    pipe.recv()
    try:
        pipe.send(Worker(app, number, header).work())
    except Exception as error:
        pipe.send([f"process {number}: {error!r}"])


def together(settings: Settings, header: str) -> list[str]:
    """What went wrong in processes that begin at the same moment."""
    # Forked, so that they do not import everything once more; each makes its own connections.
    context = multiprocessing.get_context("fork")
    pipes, processes = [], []
    for number in range(PROCESSES):
        mine, theirs = context.Pipe()
        process = context.Process(target=run, args=(settings, number, header, theirs))
        process.start()
        pipes.append(mine)
        processes.append(process)
    for pipe in pipes:
        assert pipe.recv() == "ready"
    for pipe in pipes:
        pipe.send("go")
    found = [line for pipe in pipes for line in pipe.recv()]
    for process in processes:
        process.join(60)
    return found


def rows(table: sa.Table, *apart: str) -> list[Any]:
    columns = [column for column in table.c if column.name not in apart]
    with db.engine.connect() as connection:
        return sorted(map(tuple, connection.execute(sa.select(*columns))), key=str)


def test_processes_that_write_the_same_lose_nothing_and_meet_no_error(settings: Settings) -> None:
    app = create_app(settings, serving=False)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context(), writing() as connection:
        issued = credential.add(connection, "clients", ["all"])
    header = "Basic " + base64.b64encode(f"{issued.key}:{issued.secret}".encode()).decode()
    with app.app_context():
        db.engine.dispose()
        assert together(settings, header) == []

        # Each statement once, in an order without ties.
        ids = {uuid.UUID(one["id"]) for one in shared_statements()}
        stored = rows(statement)
        found = [uuid.UUID(str(row[0])) for row in stored]
        assert ids <= set(found)
        assert len({row[1] for row in stored}) == len(stored)
        # Every key of the document that all of them merged.
        client = app.test_client()
        headers = {"Authorization": header, "X-Experience-API-Version": "1.0.3"}
        kept = client.get("/xapi/activities/state", query_string=STATE, headers=headers).json
        assert kept == {f"{number}-{turn}": turn for number in range(PROCESSES) for turn in range(ROUNDS)}
        # One registration a learner, and progress as the statements say.
        assert len(rows(progress.registration)) == len(LEARNERS)
        before = [rows(table) for table in progress.DERIVED]
        # Nothing that was recorded was forgotten by a report that was counted meanwhile.
        bring_up_to_date()
        counted = rows(tally.step, "block"), rows(tally.sums, "block")
        with writing() as connection:
            recount(connection, Terms.of(settings))
        assert counted == (rows(tally.step, "block"), rows(tally.sums, "block"))
        with writing() as connection:
            app.extensions["projection"].rebuild(connection)
        assert before == [rows(table) for table in progress.DERIVED]
        # All processes counted the same wrong passwords: the next one has to wait, here too.
        assert PROCESSES * ROUNDS > WRONG
        answer = client.post("/sign-in", data={"email": "nobody@example.org", "password": "wrong"})
        assert answer.status_code == 429
        db.session.remove()
        db.engine.dispose()
