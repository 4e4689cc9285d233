"""The migrations make exactly the tables that the code declares, on both databases, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask

from near_learn import Settings, create_app, schema
from near_learn.db import Base, db
from xapi.sql import tables


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_app(request: pytest.FixtureRequest, tmp_path: object) -> Iterator[Flask]:
    """The application on a database that holds nothing."""
    settings = Settings(data=tmp_path, secret_key="a-secret-for-tests-only-0123456789")  # type: ignore[arg-type]
    if request.param == "postgresql":
        settings = replace(settings, database_url=request.getfixturevalue("postgresql_url"))
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_and_models_agree(empty_app: Flask) -> None:
    schema.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, [Base.metadata, tables.of(db.engine.dialect.name)]) == []


def test_going_back_leaves_nothing_and_forth_again_works(empty_app: Flask) -> None:
    schema.upgrade()
    schema.downgrade("base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    assert schema.upgrade() == (None, schema.newest())


def test_a_second_upgrade_changes_nothing(empty_app: Flask) -> None:
    schema.upgrade()
    with db.engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT * FROM region ORDER BY code").all()
    assert schema.upgrade() == (schema.newest(), schema.newest())
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM region ORDER BY code").all() == before


def test_serving_an_old_database_is_refused(empty_app: Flask) -> None:
    with pytest.raises(schema.DatabaseBehind, match="near-learn db upgrade"):
        schema.require_current()
    schema.upgrade()
    schema.require_current()
