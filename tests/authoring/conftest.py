"""Trainers at the desk, on a copy of the small course about a garden that they may change."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from near_learn import Settings
from near_learn.authoring import course_file
from near_learn.db import writing
from near_learn.people import password, person
from near_learn.people.role import Role

PASSWORD = "a short sentence about rain"
HASH = password.hashed(PASSWORD)
GARDEN = Path(__file__).parents[1] / "content" / "examples" / "garden"
ENGLISH = "01-first-visit/en.md"


@pytest.fixture
def courses(tmp_path: Path) -> Path:
    """A courses folder with the garden in it."""
    folder = tmp_path / "courses"
    shutil.copytree(GARDEN, folder / "garden")
    return folder


@pytest.fixture
def settings(settings: Settings, courses: Path) -> Settings:
    return replace(settings, courses=courses)


@dataclass
class Desk:
    """A trainer's browser, without JavaScript."""

    client: FlaskClient
    account: str
    courses: Path

    def text(self, file: str = ENGLISH) -> str:
        """What the file of the garden holds."""
        return (self.courses / "garden" / file).read_bytes().decode()

    def digest(self, file: str = ENGLISH) -> str:
        """The digest that the editor's form carries."""
        return course_file.read(self.courses / "garden" / file).digest

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/desk{path}")

    def post(self, path: str, **form: object) -> TestResponse:
        return self.client.post(f"/desk{path}", data=form)

    def save(self, text: str, base: str | None = None, file: str = ENGLISH, **form: object) -> TestResponse:
        """Sends the editor's form, as a browser does: with CR LF at the ends of lines."""
        sent = text.replace("\n", "\r\n")
        base = self.digest(file) if base is None else base
        return self.post(f"/garden/edit/{file}", text=sent, base=base, do="save", **form)


@pytest.fixture
def sit_down(app: Flask, courses: Path) -> Callable[..., Desk]:
    """A person who has signed in."""

    def arrive(name: str = "elina", role: Role = Role.TRAINER) -> Desk:
        email = f"{name}@example.org"
        with app.app_context(), writing() as connection:
            account = person.add(
                connection, email=email, name=name.title(), role=role, region="FI1C6", password_hash=HASH
            )
        client = app.test_client()
        assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 302
        return Desk(client, account, courses)

    return arrive


@pytest.fixture
def desk(sit_down: Callable[..., Desk]) -> Desk:
    return sit_down()
