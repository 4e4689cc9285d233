"""Reports read from a streaming replica: what they show, and until when."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn import Settings, create_app
from near_learn.config import SettingsError
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people.person import Cohort
from near_learn.records import Learner, recorder
from near_learn.reports import options, source
from tests import postgresql
from tests.conftest import missing
from tests.postgresql import Servers

LEARNER = Learner("11111111-1111-4111-8111-111111111111", "es", "ES220", "pilot")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def replica(postgresql_server: sa.URL, request: pytest.FixtureRequest) -> Iterator[sa.URL]:
    """A streaming replica of the tests' own server, on another socket."""
    if request.config.option.on_citus:
        pytest.skip("a replica of a whole cluster is its operator's matter")
    primary = Path(str(postgresql_server.query.get("host", "")))
    if not (primary / "data").is_dir():
        missing("a private PostgreSQL server", "Unset NEAR_LEARN_TEST_POSTGRESQL.")
    servers = Servers(postgresql.programs()[0], primary)
    to = ("-D", str(primary / "replica"), "-h", str(primary), "-U", "postgres")
    servers.run("pg_basebackup", *to, "-R", "-c", "fast", "--no-sync")
    socket = primary / "socket"
    servers.run("mkdir", str(socket))
    chosen = f"-k {socket} -h '' -c max_connections=200 -c fsync=off"
    servers.start(chosen, "replica", "replica.log")
    yield postgresql_server.update_query_dict({"host": str(socket)})
    servers.stop("replica")
    shutil.rmtree(primary / "replica")


@pytest.fixture
def app(settings: Settings, replica: sa.URL) -> Iterator[Flask]:
    name = sa.make_url(settings.database_url).database
    copy = replica.set(database=name).render_as_string()
    made = create_app(replace(settings, reports_database_url=copy), serving=False)
    with made.app_context():
        caught_up(replica.set(database=name))
        yield made
        db.session.remove()
        db.engine.dispose()
        engine = made.extensions["reports_copy"]
        source.close()
        engine.dispose()


def caught_up(replica: sa.URL) -> None:
    """Waits until the replica has everything that was committed up to now."""
    with db.engine.connect() as connection:
        written = connection.exec_driver_sql("SELECT pg_current_wal_lsn()").scalar()
    waiting = sa.create_engine(replica, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with waiting.connect() as connection:
                done = f"SELECT pg_last_wal_replay_lsn() >= '{written}'"
                if connection.exec_driver_sql(done).scalar():
                    return
        except sa.exc.OperationalError:
            pass  # the database is not there yet
        time.sleep(0.02)
    raise AssertionError("the replica does not follow")


def enrolled() -> int:
    """How many the report of this moment counts, as a page or a command would."""
    source.close()
    asked = options.question({}, "en")
    return next(iter(asked.counted().total.counts.values()))


def pause(replica: sa.URL, *, stop: bool) -> None:
    engine = sa.create_engine(replica, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_wal_replay_{'pause' if stop else 'resume'}()")


@pytest.mark.postgresql
def test_reports_are_read_from_the_copy_and_say_until_when(app: Flask, replica: sa.URL) -> None:
    copy = replica.set(database=db.engine.url.database)
    with writing() as connection:
        recorder().enrol(connection, LEARNER, library().courses["garden"], START)
    enrolled()  # counts on the database itself
    caught_up(copy)
    assert enrolled() == 1
    with db.engine.connect() as connection:
        assert source.connection().engine.url.query["host"] == copy.query["host"]
        assert connection.engine.url.query["host"] != copy.query["host"]
    # It lags behind: the figures are older, and say so.
    pause(copy, stop=True)
    before = datetime.now(UTC)
    other = replace(LEARNER, account="22222222-2222-4222-8222-222222222222")
    with writing() as connection:
        recorder().enrol(connection, other, library().courses["garden"], START)
    assert enrolled() == 1
    asked = options.question({}, "en")
    counted_at = asked.counted().counted_at
    assert counted_at is not None
    assert counted_at < before
    assert asked.filters.as_of.moment < before
    pause(copy, stop=False)
    caught_up(copy)
    assert enrolled() == 2


@pytest.mark.postgresql
def test_nothing_can_be_written_to_the_copy(app: Flask) -> None:
    with pytest.raises(sa.exc.InternalError, match="read-only"):
        source.connection().execute(sa.delete(Cohort))


@pytest.mark.postgresql
def test_without_an_answer_from_the_copy_the_database_itself_is_read(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    made = create_app(replace(settings, reports_database_url=nowhere), serving=False)
    with made.app_context():
        assert enrolled() == 0
        assert source.engine().pool is db.engine.pool
        assert re.search("copy for reports does not answer", caplog.text)
        db.session.remove()
        db.engine.dispose()


def test_a_copy_of_sqlite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="REPORTS_DATABASE_URL"):
        Settings(data=tmp_path, reports_database_url="postgresql+psycopg://x@y/z").check()


def test_the_copy_is_closed_with_the_request(settings: Settings) -> None:
    """A page of reports must not keep a connection."""
    made = create_app(replace(settings, reports_database_url=settings.database_url), serving=False)
    with made.app_context():
        used: Callable[[], int] = made.extensions["reports_copy"].pool.checkedout
        source.connection()
        assert used() == 1
    assert used() == 0
    made.extensions["reports_copy"].dispose()
