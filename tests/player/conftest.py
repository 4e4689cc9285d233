"""The player on a small course, and people who take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn import Settings
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import password, person
from near_learn.records import release
from tests.player.visitor import Visitor

PASSWORD = "a-quiet-cup-of-tea"
HASH = password.hashed(PASSWORD)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=Path(__file__).parent / "courses")


@pytest.fixture
def course(app: Flask) -> str:
    """The id of the course, which has loaded without a problem."""
    with app.app_context():
        assert not library().problems
        with writing() as connection:
            release.register(connection, library())
    return "visits"


@pytest.fixture
def arrive(app: Flask, course: str) -> Callable[..., Visitor]:
    """Signs a person in on a new device, creating them first if need be."""

    def sign_in(name: str = "maite", language: str = "en", role: str = "professional") -> Visitor:
        email = f"{name}@example.org"
        with app.app_context():
            known = person.by_email(email)
            account = known.account if known else ""
            if not known:
                with writing() as connection:
                    account = person.add(
                        connection,
                        email=email,
                        name=name.title(),
                        role=person.Role(role),
                        region="ES220",
                        language=language,
                        password_hash=HASH,
                    )
        visitor = Visitor(app.test_client(), account)
        answer = visitor.client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302
        return visitor

    return sign_in


@pytest.fixture
def statements(app: Flask) -> Callable[[], list[dict[str, Any]]]:
    """Reads everything in the record store."""

    def read() -> list[dict[str, Any]]:
        with app.app_context(), db.engine.connect() as connection:
            return [stored.statement for stored in app.extensions["lrs"].read(connection)]

    return read


@pytest.fixture
def rows(app: Flask) -> Callable[[sa.Table], list[dict[str, Any]]]:
    """Reads a whole table."""

    def read(table: sa.Table) -> list[dict[str, Any]]:
        with app.app_context(), db.engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(sa.select(table))]

    return read
