"""Rows arrive in a table with the values that were given, whichever way they were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from xapi.sql import upsert

TABLE = sa.Table(
    "garden",
    sa.MetaData(),
    sa.Column("id", sa.Uuid(as_uuid=False), primary_key=True),
    sa.Column("bed", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20)),
    sa.Column("plants", sa.JSON),
    sa.Column("area", sa.Float),
    sa.Column("dug", sa.Boolean),
    sa.Column("seed", sa.LargeBinary),
    sa.Column("rank", sa.Integer, default=7),
)
NAMES = ("id", "bed", "name", "plants", "area", "dug", "seed", "rank")
SOIL = ("11111111-1111-4111-8111-111111111111", 1, 'a "bed", 5 %\\', ["leek"], 2, True, b"\x00\xff", 1)
WATER = ("22222222-2222-4222-8222-222222222222", 2, None, {"é": None}, 0.5, False, None, 2)
EMPTY = ("33333333-3333-4333-8333-333333333333", 3, "", [], None, None, b"", 3)
ROWS = [SOIL, WATER, EMPTY]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    sqlite = request.param == "sqlite"
    engine = sa.create_engine("sqlite://" if sqlite else request.getfixturevalue("postgresql_url"))
    with engine.connect() as made:
        TABLE.create(made)
        yield made
        made.rollback()
    engine.dispose()


def found(connection: sa.Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(sa.select(TABLE).order_by(TABLE.c.bed))]


def mappings(*rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(NAMES, row, strict=True)) for row in rows]


def test_rows_and_columns_and_mappings_arrive_alike(connection: sa.Connection) -> None:
    upsert.insert(connection, TABLE, NAMES, ROWS[:1])
    upsert.insert_columns(connection, TABLE, NAMES, list(zip(*ROWS[1:2], strict=True)))
    upsert.insert_missing(connection, TABLE, mappings(*ROWS))
    assert found(connection) == ROWS
    assert [type(row[4]) for row in found(connection)] == [float, float, type(None)]
    assert [row[5] for row in found(connection)] == [True, False, None]


def test_nothing_is_written_for_no_rows(connection: sa.Connection) -> None:
    upsert.insert(connection, TABLE, NAMES, [])
    upsert.insert_columns(connection, TABLE, NAMES, [[] for _ in NAMES])
    upsert.insert_missing(connection, TABLE, [])
    upsert.insert_or_replace(connection, TABLE, [])
    upsert.put(connection, TABLE, NAMES, [])
    upsert.update(connection, TABLE, ("name",), [])
    assert found(connection) == []


def test_what_is_there_stays_or_is_replaced(connection: sa.Connection) -> None:
    other = (*SOIL[:2], "other", *SOIL[3:])
    upsert.insert(connection, TABLE, NAMES, [SOIL])
    upsert.insert_missing(connection, TABLE, mappings(other, WATER))
    assert found(connection) == [SOIL, WATER]
    upsert.insert_or_replace(connection, TABLE, mappings(SOIL, EMPTY, other))
    assert found(connection) == [other, WATER, EMPTY]
    upsert.put(connection, TABLE, NAMES, [SOIL])
    assert found(connection) == ROWS


def test_a_column_of_which_nothing_is_said_has_its_default(connection: sa.Connection) -> None:
    named = mappings(SOIL)[0]
    del named["rank"]
    upsert.insert_missing(connection, TABLE, [named])
    assert found(connection) == [(*SOIL[:7], 7)]


def test_an_update_changes_the_named_columns_of_one_row(connection: sa.Connection) -> None:
    upsert.insert(connection, TABLE, NAMES, ROWS)
    upsert.update(connection, TABLE, ("plants", "dug"), [(["oak"], False, *SOIL[:2]), ([], True, *EMPTY[:2])])
    changed = [(*SOIL[:3], ["oak"], 2, False, *SOIL[6:]), WATER, (*EMPTY[:3], [], None, True, *EMPTY[6:])]
    assert found(connection) == changed
