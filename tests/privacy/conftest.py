"""A garden with its people: two who learn, one of them in outside programs too, a trainer, operators."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from near_learn import Settings, create_app
from near_learn.certificates.certificate import CertificateRow
from near_learn.content_library import library
from near_learn.db import Base, db, writing
from near_learn.people import password, person
from near_learn.people.person import Person
from near_learn.records import Learner, Response, Sitting, progress, recorder, release
from near_learn.records.private import PrivateText
from near_learn.records.terms import VERBS
from xapi.lrs import LRS
from xapi.sql.tables import of

BASE = "http://127.0.0.1:8000"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OUTSIDE = {"account": {"homePage": "https://lms.example", "name": "client"}}
NAME, EMAIL = "Xanthippe Quillfeather", "xanthippe@quillfeather.example"
PASSWORD = "a short sentence about rain"
EXAMPLES = Path(__file__).parents[1] / "content" / "examples"
ELSEWHERE = "https://elsewhere.example"


@dataclass
class World:
    """The application and who is in it, by their accounts."""

    app: Flask
    xan: str
    bo: str
    trainer: str
    operator: str

    def person(self, account: str) -> Person:
        found = db.session.scalar(sa.select(Person).where(Person.account == account))
        assert found is not None
        return found

    def texts(self) -> list[str]:
        """Every statement as it is stored, withdrawn ones too."""
        with db.engine.connect() as connection:
            return [one.text.decode() for one in self.lrs.read(connection, voided=True)]

    @property
    def lrs(self) -> LRS:
        lrs: LRS = self.app.extensions["lrs"]
        return lrs

    def save(self, *statements: dict[str, Any]) -> None:
        """What an outside client sends in one request."""
        with writing() as connection:
            self.lrs.save(connection, statements, authority=OUTSIDE)

    def derived(self) -> dict[str, list[dict[str, Any]]]:
        """All rows that follow from the statements."""
        with db.engine.connect() as connection:
            return {
                table.name: [
                    dict(row._mapping)
                    for row in connection.execute(sa.select(table).order_by(*table.primary_key))
                ]
                for table in progress.DERIVED
            }

    def dump(self) -> str:
        """Every value of every table as one text."""
        with db.engine.connect() as connection:
            return "\n".join(
                row
                for table in all_tables()
                # Machines of a cluster answer in any order.
                for row in sorted(str(tuple(each)) for each in connection.execute(sa.select(table)))
            )


def all_tables() -> list[sa.Table]:
    return [*Base.metadata.sorted_tables, *of(db.engine.dialect.name).sorted_tables]


def told(actor: dict[str, Any], verb: str, thing: str, number: int, **more: Any) -> dict[str, Any]:
    """A statement of an outside client."""
    return {
        "id": str(UUID(int=number + 100, version=4)),
        "actor": actor,
        "verb": {"id": VERBS.get(verb, f"{ELSEWHERE}/{verb}")},
        "object": {"id": thing},
        "timestamp": (START + timedelta(minutes=number)).isoformat(),
        **more,
    }


def learn(account: str, region: str, text: str, at: datetime) -> str:
    """One learner reads a module, answers, writes a text and shares it, and hands in a quiz."""
    course = library().courses["garden"]
    learner = Learner(account, "en", region, cohort="", organisation="")
    with writing() as connection:
        registration = recorder().enrol(connection, learner, course, at)
        for module in ("first-visit", "season"):
            sitting = Sitting(learner, registration, course, course.module(module))
            recorder().open(connection, sitting, at)
            for section in course.module(module).text("en").sections:
                recorder().progress(connection, sitting, section.id, at + timedelta(minutes=1))
            if module == "season":
                recorder().check(connection, sitting, "heard", Response((text,), 3.0, shared=True), at)
            recorder().submit(connection, sitting, 1, {}, at)
    return registration


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=EXAMPLES)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """The SQLite file of the garden, built once."""
    folder = tmp_path_factory.mktemp("garden")
    shutil.copy(migrated_file, folder / "near-learn.sqlite")
    settings = Settings(data=folder, secret_key="a-secret-for-tests-only-0123456789", courses=EXAMPLES)
    app = create_app(settings)
    with app.app_context():
        build()
        db.session.remove()
        db.engine.dispose()
    return folder / "near-learn.sqlite"


@pytest.fixture
def world(request: pytest.FixtureRequest, settings: Settings) -> Iterator[World]:
    """The garden, fresh for each test."""
    if request.config.getoption("database") == "sqlite":
        shutil.copy(request.getfixturevalue("built"), settings.data / "near-learn.sqlite")
    app: Flask = request.getfixturevalue("app")
    with app.app_context():
        if request.config.getoption("database") != "sqlite":
            build()
        by_email = {
            row.email: row.account for row in db.session.execute(sa.select(Person.email, Person.account))
        }
        names = (EMAIL, "bo@example.org", "tess@example.org", "olga@example.org")
        yield World(app, *(by_email[name] for name in names))


def build() -> None:
    """Fills an empty database."""
    hashed = password.hashed(PASSWORD)
    people = {}
    with writing() as connection:
        release.register(connection, library())
        for email, name, role, region in (
            (EMAIL, NAME, "professional", "ES220"),
            ("bo@example.org", "Bo Lindqvist", "professional", "FI1C6"),
            ("tess@example.org", "Tess Marino", "trainer", "ITC4C"),
            ("olga@example.org", "Olga Novak", "operator", "CZ010"),
            ("oskar@example.org", "Oskar Novak", "operator", "CZ010"),
        ):
            people[email] = person.add(
                connection,
                email=email,
                name=name,
                role=person.Role(role),
                region=region,
                password_hash=hashed,
            )
    xan, bo, tess = people[EMAIL], people["bo@example.org"], people["tess@example.org"]
    registration = learn(xan, "ES220", f"I am {NAME} and I heard nothing.", START)
    learn(bo, "FI1C6", "They spoke of water. Tess Marino helped.", START)
    with writing() as connection:
        connection.execute(
            sa.insert(CertificateRow).values(
                code="0123456789ABCDEFGHJKMNPQRSTV",
                registration=registration,
                number=1,
                name=NAME,
                language="en",
                issued_at=START,
                reason="",
                renewable=False,
            )
        )
        assert connection.scalar(sa.select(sa.func.count()).select_from(PrivateText)) == 2
    outside(xan, bo, tess)


def outside(xan: str, bo: str, tess: str) -> None:
    """What other programs send: the same person under her address, and others who name her."""
    course, question = f"{BASE}/courses/garden", f"{BASE}/courses/garden/modules/season/questions/heard"
    mail = {"mbox": f"mailto:{EMAIL.upper().replace('MAILTO', 'mailto')}", "name": NAME}
    own = {"account": {"homePage": BASE, "name": xan}, "name": NAME}
    about = {"context": {"registration": str(UUID(int=7, version=4))}}
    lrs: LRS = _lrs()
    statements = [
        told(mail, "initialized", course, 1, **about),
        told(mail, "answered", question, 2, result={"response": f"call me at {EMAIL}"}, **about),
        told(
            own,
            "liked",
            f"{ELSEWHERE}/people/{xan}/diary",
            3,
            result={"response": "My diary", "score": {"raw": 1.50}},
        ),
        told(
            {"account": {"homePage": BASE, "name": bo}},
            "liked",
            f"{ELSEWHERE}/film",
            4,
            context={
                "instructor": {"account": {"homePage": BASE, "name": tess}, "name": "Tess Marino"},
                "team": {"objectType": "Group", "member": [own, {"mbox": "mailto:c@example.org"}]},
                "extensions": {f"{ELSEWHERE}/ext": {"note": f"with {NAME.upper()}", "n": 1.10}},
            },
        ),
        told({"mbox": "mailto:" + "x" + EMAIL}, "liked", f"{ELSEWHERE}/film", 5, result={"response": "mine"}),
        told({"account": {"homePage": ELSEWHERE, "name": EMAIL}}, "liked", f"{ELSEWHERE}/film", 6),
        told(
            {"mbox": "mailto:boss@example.org"},
            "praised",
            f"{ELSEWHERE}/film",
            7,
            object={"objectType": "StatementRef", "id": str(UUID(int=103, version=4))},
            result={"response": "What a diary"},
        ),
    ]
    with writing() as connection:
        lrs.save(connection, statements, authority=OUTSIDE)


def _lrs() -> LRS:
    found: LRS = current_app.extensions["lrs"]
    return found


class Browser:
    """A browser whose requests share nothing with the test's own context, or with each other's."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()

    def get(self, path: str, **more: Any) -> Any:
        with self.app.app_context():
            return self.client.get(path, buffered=True, **more)

    def post(self, path: str, **more: Any) -> Any:
        with self.app.app_context():
            return self.client.post(path, buffered=True, **more)


@pytest.fixture
def sign_in(world: World) -> Callable[[str], Any]:
    """A browser in which the person with this address has signed in."""

    def enter(email: str) -> Any:
        browser = Browser(world.app)
        answer = browser.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return browser

    return enter
