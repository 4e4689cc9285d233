"""What a request reads: as of one moment, until it writes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection, func, insert, select

from near_learn.db import db, read_anew, reading, snapshot, writing
from near_learn.people.person import Cohort


@pytest.fixture
def on_sqlite(app: Flask) -> Flask:
    """On PostgreSQL a request reads on the connection of SQLAlchemy's session."""
    if app.extensions["settings"].database.startswith("postgresql"):
        pytest.skip("about connections to SQLite")
    return app


def groups(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(Cohort)) or 0


def add(connection: Connection, name: str) -> None:
    connection.execute(insert(Cohort).values(id=name, name=name, region="ES220"))


def test_a_request_reads_what_was_there_at_its_first_question(app: Flask) -> None:
    with app.app_context():
        assert groups(reading()) == 0
        with db.engine.connect() as other, other.begin():
            add(other, "another")
        assert groups(reading()) == 0
    with app.app_context():
        assert groups(reading()) == 1


def test_the_session_reads_as_of_one_moment_too(app: Flask) -> None:
    with app.app_context():
        assert groups(db.session.connection()) == 0
        with db.engine.connect() as other, other.begin():
            add(other, "another")
        assert groups(db.session.connection()) == 0
        assert db.session.get(Cohort, "another") is None
        read_anew()
        assert groups(db.session.connection()) == 1


def test_what_is_written_to_a_file_is_read_as_of_one_moment(app: Flask) -> None:
    with app.app_context(), snapshot() as connection:
        assert groups(connection) == 0
        with db.engine.connect() as other, other.begin():
            add(other, "another")
        assert groups(connection) == 0


def test_who_has_written_reads_what_they_wrote(app: Flask) -> None:
    with app.app_context():
        assert groups(reading()) == 0
        with writing() as connection:
            add(connection, "own")
            assert groups(reading()) == 0
        assert groups(reading()) == 1


def test_the_connection_goes_to_the_next_who_reads_and_not_to_two_at_once(on_sqlite: Flask) -> None:
    with on_sqlite.app_context():
        first = reading()
        assert reading() is first
        with on_sqlite.app_context():
            assert reading() is not first
    with on_sqlite.app_context():
        assert not reading().closed
        before = reading()
    with on_sqlite.app_context():
        db.engine.dispose()
    assert before.closed
