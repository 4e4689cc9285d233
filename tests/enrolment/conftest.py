"""Lists to send, people who send them, and groups that they look after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from near_learn import Settings
from near_learn.db import db, writing
from near_learn.languages import babel
from near_learn.people import cohort, organisation
from tests.mail.conftest import building, office  # noqa: F401
from tests.mail.post_office import PostOffice
from tests.people.conftest import make_person, sign_in  # noqa: F401


@pytest.fixture(scope="module")
def words() -> Iterator[None]:
    """Sentences in English, for what needs no more of the application than that."""
    app = Flask("near_learn")
    babel.init_app(app)
    with app.app_context():
        yield


@pytest.fixture
def settings(settings: Settings, office: PostOffice) -> Settings:  # noqa: F811
    """With a small course and a mail server."""
    courses = Path(__file__).parents[1] / "player" / "courses"
    return office.settings(replace(settings, courses=courses, time_zone="UTC"))


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The application's context."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def places(app: Flask) -> None:
    """An organisation and a group in Navarra, and a group in Tampere."""
    with app.app_context():
        with writing() as connection:
            organisation.add(connection, name="City of Pamplona", region="ES220", id_="pamplona")
            organisation.add(connection, name="City of Tampere", region="FI1C6", id_="tampere")
            cohort.add(connection, name="Pilot Navarra", region="ES22", id_="navarra")
            cohort.add(connection, name="Pilot Tampere", region="FI1C6", id_="tampere")
        db.session.remove()


Send = Callable[..., str]
