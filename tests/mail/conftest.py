"""The application with a real mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from near_learn import Settings
from near_learn.db import writing
from near_learn.mail import outbox
from tests.mail.post_office import PostOffice, post_office

Put = Callable[..., bool]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, office: PostOffice, tmp_path: Path) -> Settings:
    """With the mail server, and without courses."""
    courses = tmp_path / "courses"
    courses.mkdir()
    return office.settings(replace(settings, courses=courses))


@pytest.fixture
def put(app: Flask) -> Iterator[Put]:
    """Stores a mail in a transaction of its own, in the application's context."""

    def one(key: str = "hello", **more: str) -> bool:
        values = {"kind": "test", "account": "a-1", "to": "ane@navarra.example"}
        values |= {"subject": "Hello", "text": "Kaixo, Ane.\n", **more}
        with writing() as connection:
            return outbox.put(connection, key=key, **values)

    with app.app_context():
        yield one
