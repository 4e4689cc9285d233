"""Which table is divided by what, and that dividing keeps what is there."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from near_learn import Settings, create_app, distribution, schema
from near_learn.cli import cli
from near_learn.db import ALL_METADATA, db, writing
from near_learn.distribution import COORDINATOR, EVERYWHERE, GROUPS
from near_learn.people.person import Person
from near_learn.people.role import Role
from tests.citus import Cluster
from tests.conftest import SECRET
from xapi.sql.tables import statement

DIVIDED = {table: column for group in GROUPS for table, column in group.columns.items()}


def tables() -> dict[str, sa.Table]:
    return {name: table for metadata in ALL_METADATA for name, table in metadata.tables.items()}


def command(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, obj=ScriptInfo(create_app=lambda: app))


def test_every_table_has_its_place(tmp_path: Path) -> None:
    create_app(Settings(data=tmp_path, secret_key=SECRET), serving=False)
    assert distribution.undeclared() == set(), "say in near_learn/distribution.py where these are"
    assert not set(EVERYWHERE) & COORDINATOR
    assert not set(DIVIDED) & {*EVERYWHERE, *COORDINATOR}


def test_what_is_unique_stays_unique_when_it_is_divided() -> None:
    for name, column in DIVIDED.items():
        table = tables()[name]
        keys = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
        for key in (table.primary_key, *keys, *(index for index in table.indexes if index.unique)):
            assert column in {each.name for each in key.columns}, (name, key)
        assert not table.foreign_keys, name


def test_whoever_is_everywhere_points_only_to_what_is_everywhere() -> None:
    for place, name in enumerate(EVERYWHERE):
        found = {key.column.table.name for key in tables()[name].foreign_keys}
        assert found <= set(EVERYWHERE[:place]), name


@pytest.mark.postgresql
def test_a_database_without_citus_is_told_what_is_missing(
    tmp_path: Path, migrated_url: str, request: pytest.FixtureRequest
) -> None:
    if request.config.option.on_citus:
        pytest.skip("this is about a database without Citus")
    app = create_app(Settings(data=tmp_path, database_url=migrated_url), serving=False)
    answer = command(app, "db", "distribute")
    assert (answer.exit_code, "CREATE EXTENSION citus" in answer.output) == (1, True)


def test_sqlite_cannot_be_distributed(tmp_path: Path) -> None:
    app = create_app(Settings(data=tmp_path, secret_key=SECRET), serving=False)
    with app.app_context():
        schema.upgrade()
    answer = command(app, "db", "distribute")
    assert (answer.exit_code, "only PostgreSQL" in answer.output) == (1, True)


def test_what_is_there_moves_along_and_migrations_go_both_ways(
    tmp_path: Path, citus_cluster: Cluster
) -> None:
    with citus_cluster.database() as url:
        app = create_app(Settings(data=tmp_path, secret_key=SECRET, database_url=url), serving=False)
        with app.app_context():
            schema.upgrade()
            rows = [
                {"id": str(uuid.uuid4()), "seq": number, "voiding": False, "voided": False}
                | {"version": "1.0.3", "text": "{}"}
                for number in range(1, 201)
            ]
            with writing() as connection:
                connection.execute(sa.insert(statement), rows)
            whom = ("--email", "a@example.org", "--name", "A", "--role", "operator", "--region", "ES")
            added = command(app, "person", "add", *whom)
            assert added.exit_code == 0, added.output
            first = command(app, "db", "distribute", "--shards", "4")
            assert first.exit_code == 0, first.output
            assert "xapi_statement: divided by id" in first.output
            assert "already" in command(app, "db", "distribute").output
            with db.engine.connect() as connection:
                assert connection.scalar(sa.select(sa.func.count()).select_from(statement)) == 200
                assert connection.scalar(sa.select(Person.role)) == Role.OPERATOR
                sizes = connection.exec_driver_sql(
                    "SELECT nodeport, count(*) FROM citus_shards "
                    "WHERE table_name = 'xapi_statement'::regclass GROUP BY nodeport"
                )
                assert {row.nodeport: row.count for row in sizes} == {
                    worker.port: 2 for worker in citus_cluster.workers
                }
            db.session.remove()
            schema.downgrade("0013")
            assert schema.upgrade() == ("0013", schema.newest())
            assert command(app, "db", "distribute").exit_code == 0
            db.session.remove()
            db.engine.dispose()
