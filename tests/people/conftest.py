"""People to test with, and browsers in which they are signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings
from near_learn.db import db, writing
from near_learn.people import password
from near_learn.people.person import Person, add, by_email
from near_learn.people.role import Role

PASSWORD = "a short sentence about rain"
HASH = password.hashed(PASSWORD)

MakePerson = Callable[..., Person]
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Without courses: the tests of people need none, and the application starts faster."""
    courses = tmp_path / "courses"
    courses.mkdir(exist_ok=True)
    return replace(settings, courses=courses)


@pytest.fixture
def make_person(app: Flask) -> MakePerson:
    """Stores a person who signs in with PASSWORD; returns them, detached."""

    def make(email: str, role: Role = Role.PROFESSIONAL, region: str = "ES220", **more: object) -> Person:
        values = {"name": "Ane Etxeberria", "password_hash": HASH, **more}
        with app.app_context():
            with writing() as connection:
                add(connection, email=email, role=role, region=region, **values)  # type: ignore[arg-type]
            person = by_email(email)
            assert person is not None
            db.session.expunge(person)
            return person

    return make


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """A browser in which the person with this address has signed in."""

    def enter(email: str) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return enter
