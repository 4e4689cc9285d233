"""The application with a real mail server, made once a module: each test begins with an empty outbox."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.mail import outbox
from near_learn.mail.courier import Courier
from tests.conftest import SECRET, new_database
from tests.mail.post_office import PostOffice, post_office

Put = Callable[..., bool]


@pytest.fixture(scope="module")
def building() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture(scope="module")
def settings(
    building: PostOffice, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Settings]:
    """With the mail server, and without courses."""
    folder = tmp_path_factory.mktemp("mail")
    (folder / "courses").mkdir()
    made = building.settings(Settings(data=folder, courses=folder / "courses", secret_key=SECRET))
    with ExitStack() as stack:
        if request.config.getoption("database") == "postgresql":
            server = request.getfixturevalue("postgresql_server")
            template = request.getfixturevalue("migrated_database")
            url = stack.enter_context(new_database(server, template=template))
            made = replace(made, database_url=url)
        else:
            shutil.copy(request.getfixturevalue("migrated_file"), folder / "near-learn.sqlite")
        yield made


@pytest.fixture(scope="module")
def application(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    yield made
    made.extensions["courier"].stop()
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def app(application: Flask) -> Iterator[Flask]:
    """The application, with nothing in its outbox."""
    yield application
    courier: Courier = application.extensions["courier"]
    courier.finish(5)
    with application.app_context(), writing() as connection:
        connection.execute(delete(outbox.table))


@pytest.fixture
def office(building: PostOffice) -> PostOffice:
    """The post office, as if nothing had ever arrived."""
    building.letters.clear()
    building.envelopes.clear()
    building.recipient, building.data = "250 OK", "250 Message accepted for delivery"
    return building


@pytest.fixture
def put(app: Flask, office: PostOffice) -> Iterator[Put]:
    """Stores a mail in a transaction of its own, in the application's context."""

    def one(key: str = "hello", **more: str) -> bool:
        values = {"kind": "test", "account": "a-1", "to": "ane@navarra.example"}
        values |= {"subject": "Hello", "text": "Kaixo, Ane.\n", **more}
        with writing() as connection:
            return outbox.put(connection, key=key, **values)

    with app.app_context():
        yield one
