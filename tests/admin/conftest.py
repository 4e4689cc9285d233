"""An operator's browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings
from near_learn.db import writing
from near_learn.people import password
from near_learn.people.person import add
from near_learn.people.role import Role

PASSWORD = "a short sentence about rain"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Without courses, so that the application starts faster."""
    courses = tmp_path / "courses"
    courses.mkdir(exist_ok=True)
    return replace(settings, courses=courses)


@pytest.fixture
def operator(app: Flask) -> FlaskClient:
    """A browser in which an operator has signed in."""
    with app.app_context(), writing() as connection:
        add(
            connection,
            email="op@x.example",
            name="Giulia Operatrice",
            role=Role.OPERATOR,
            region="IT",
            password_hash=password.hashed(PASSWORD),
        )
    client = app.test_client()
    assert client.post("/sign-in", data={"email": "op@x.example", "password": PASSWORD}).location == "/admin/"
    return client
