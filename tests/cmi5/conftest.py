"""An installation with people and a token, shared by a module; and a unit as its launch address makes it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from near_learn import Settings, create_app
from near_learn.cmi5 import wording
from near_learn.db import db, writing
from near_learn.people import person
from near_learn.people.person import Person
from near_learn.reports import token
from tests.cmi5 import making
from tests.conftest import SECRET, new_database

VERSION = {"X-Experience-API-Version": "1.0.3"}
ELSEWHERE = {"account": {"homePage": "https://portal.example.org", "name": "somebody"}}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Settings]:
    data = tmp_path_factory.mktemp("cmi5")
    if request.config.getoption("database") == "postgresql":
        server, template = (
            request.getfixturevalue(name) for name in ("postgresql_server", "migrated_database")
        )
        with new_database(server, template=template) as url:
            yield Settings(data=data, secret_key=SECRET, database_url=url)
        return
    shutil.copy(request.getfixturevalue("migrated_file"), data / "near-learn.sqlite")
    yield Settings(data=data, secret_key=SECRET)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with made.app_context(), writing() as connection:
        for role in ("professional", "trainer", "manager", "operator"):
            person.add(connection, email=f"{role}@example.org", name=role, role=role, region="ES22")
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def portal(app: Flask) -> Portal:
    with app.app_context():
        maker = db.session.scalars(select(Person).where(Person.role == "operator")).one()
        with writing() as connection:
            made = token.add(
                connection, maker, "tests", ["packages", "launches"], days=1, now=datetime.now(UTC)
            )
    return Portal(app.test_client(), made)


@dataclass
class Portal:
    """Somebody who drives everything over the API."""

    client: FlaskClient
    token: str

    def ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.open(f"/api/v1/cmi5/{path}", method=method, headers=headers, **more)

    def take(self, content: bytes) -> Any:
        """Imports; the answer."""
        return self.ask("POST", "courses", data=content, content_type="application/zip")

    def imported(self, inside: str = making.au()) -> str:
        """The id of a new course with these units."""
        answer = self.take(making.package(making.structure(inside)))
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def launch(self, course: str, unit: int = 1, **how: Any) -> Unit:
        """The unit, launched for somebody elsewhere unless HOW says otherwise."""
        asked = how if "person" in how else {"actor": ELSEWHERE, **how}
        answer = self.ask("POST", f"courses/{course}/units/unit-{unit}/launch", json=asked)
        assert answer.status_code == 200, answer.text
        return Unit(self.client, answer.json["address"], answer.json["session"])

    def opened(self, inside: str = making.au(), **how: Any) -> Unit:
        """A unit of a new course that has done what a unit does at its start, up to `initialized`."""
        unit = self.launch(self.imported(inside), **how)
        unit.begin()
        return unit


@dataclass
class Unit:
    """The content's side: it knows its launch address and nothing else."""

    client: FlaskClient
    address: str
    session: str
    auth: str = ""
    data: Json = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, str]:
        return {name: value for name, (value,) in parse_qs(urlsplit(self.address).query).items()}

    @property
    def registration(self) -> str:
        return self.parameters["registration"]

    def fetch(self) -> Json:
        """What its fetch address answers."""
        answer = self.client.post(urlsplit(self.parameters["fetch"]).path)
        assert answer.status_code == 200
        assert answer.mimetype == "application/json"
        return dict(answer.json)

    def ask(self, method: str, path: str, query: Json | None = None, **more: Any) -> Any:
        headers = {**VERSION, "Authorization": f"Basic {self.auth}", **more.pop("headers", {})}
        return self.client.open(f"/xapi/{path}", method=method, query_string=query, headers=headers, **more)

    def state(self, method: str = "GET", name: str = wording.LAUNCH_DATA, **more: Any) -> Any:
        given = self.parameters
        query = {"activityId": given["activityId"], "agent": given["actor"], "stateId": name}
        return self.ask(method, "activities/state", {**query, "registration": given["registration"]}, **more)

    def preferences(self, method: str = "GET", **more: Any) -> Any:
        query = {"agent": self.parameters["actor"], "profileId": wording.PREFERENCES}
        return self.ask(method, "agents/profile", query, **more)

    def begin(self, *, initialized: bool = True) -> None:
        """Token, launch data, preferences and the first statement (7.1.1)."""
        self.auth = self.fetch()["auth-token"]
        self.data = self.state().json
        assert self.preferences().status_code == 200
        if initialized:
            assert self.say("initialized") == 204

    def statement(self, verb: str, **result: Any) -> Json:
        """A good cmi5 defined statement; an allowed one for another verb than cmi5's."""
        defined = f"http://adlnet.gov/expapi/verbs/{verb}"
        context = json.loads(json.dumps(self.data["contextTemplate"]))
        context["registration"] = self.registration
        told: Json = {}
        if defined in wording.UNIT_VERBS:
            context["contextActivities"]["category"] = [{"id": wording.CATEGORY}]
        if verb in ("completed", "passed", "failed", "terminated"):
            told["duration"] = "PT10S"
        if verb in ("completed", "passed", "failed"):
            context["contextActivities"]["category"].append({"id": wording.MOVE_ON_CATEGORY})
            told |= {"completion": True} if verb == "completed" else {"success": verb == "passed"}
        made = {
            "id": str(uuid4()),
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "actor": json.loads(self.parameters["actor"]),
            "verb": {"id": defined, "display": {"en": verb}},
            "object": {"id": self.parameters["activityId"]},
            "context": context,
        }
        return made | ({"result": told | result} if told | result else {})

    def send(self, *statements: Json) -> Any:
        """The answer to one request with the statements."""
        return self.ask("POST", "statements", json=list(statements))

    def say(self, verb: str, change: Callable[[Json], Any] | None = None, **result: Any) -> int:
        """The status of the answer to one statement; CHANGE spoils it."""
        statement = self.statement(verb, **result)
        if change is not None:
            change(statement)
        answer = self.ask(
            "PUT", "statements", {"statementId": statement.get("id", str(uuid4()))}, json=statement
        )
        return int(answer.status_code)


def told(app: Flask, registration: str) -> list[Json]:
    """Everything that is stored about the registration, in stored order."""
    with app.app_context():
        lrs = app.extensions["lrs"]
        with lrs.reading() as connection:
            return [one.statement for one in lrs.read(connection, registration=registration)]


def verbs(app: Flask, registration: str) -> list[str]:
    return [one["verb"]["id"].rpartition("/")[2] for one in told(app, registration)]


@pytest.fixture(scope="module")
def opened(portal: Portal) -> Unit:
    """A unit that has begun and is not ended by any test that uses it."""
    return portal.opened(making.au("one", 'moveOn="CompletedOrPassed" masteryScore="0.9"'))
