"""The tables of statements change their form, and every answer stays: forth, back, and forth again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from near_learn import Settings, create_app, schema
from near_learn.db import db, writing
from tests.transfer.conftest import made, statement_id, store, voiding
from xapi.query import Query
from xapi.store import Stored

REGISTRATIONS = ("1f4e7a2c-0000-4000-8000-00000000ABCD", "1f4e7a2c-0000-4000-8000-00000000abce")
OLD = """SELECT s.seq, s.text FROM xapi_mention m
    JOIN xapi_statement s ON s.id = m.statement_id AND s.seq = m.seq
    WHERE m.term = :term AND NOT s.voided ORDER BY m.seq DESC"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application with statements that refer to each other, in several registrations."""
    settings = Settings(data=tmp_path, secret_key="a-secret-for-tests-only-0123456789")
    if request.param == "postgresql":
        settings = replace(settings, database_url=request.getfixturevalue("migrated_url"))
    app = create_app(settings)
    with app.app_context():
        schema.upgrade()
        store(app, *[learnt(number) for number in range(40)])
        store(app, voiding(50, 3), reference(51, 4), reference(52, 51), voiding(53, 60), reference(54, 61))
        store(app, learnt(60), learnt(61))
        yield app
        db.session.remove()
        db.engine.dispose()


def learnt(number: int) -> dict[str, Any]:
    parent = {"id": f"https://example.org/courses/{number % 5}"}
    context = {"contextActivities": {"parent": [parent]}, "registration": REGISTRATIONS[number % 2]}
    target = {"id": f"https://example.org/things/{number % 7}"}
    return made(number, object=target, context=context if number % 3 else {"extensions": {"urn:x": 1.50}})


def reference(number: int, target: int) -> dict[str, Any]:
    return made(number, object={"objectType": "StatementRef", "id": statement_id(target)})


def test_every_answer_stays(app: Flask) -> None:
    before = answers(app)
    assert sum(map(len, before)) > 500
    for _ in range(2):
        to("0014")
        assert old_answers(app) == [[(one.seq, one.text) for one in some] for some in by_term(app, before)]
        schema.upgrade()
        assert answers(app) == before


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # only there numbers become a key
def test_of_two_with_the_same_number_one_moves(app: Flask) -> None:
    before = answers(app)
    to("0014")
    with writing() as connection:
        third = "SELECT id, seq FROM xapi_statement ORDER BY seq LIMIT 1 OFFSET 2"
        id_, seq = connection.exec_driver_sql(third).one()
        # It gets the number of the second. The next one that is free is its own.
        for table, column in (("xapi_statement", "id"), ("xapi_mention", "statement_id")):
            change = f"UPDATE {table} SET seq = ? WHERE {column} = ?"
            connection.exec_driver_sql(change, (seq - 1, id_))
    schema.upgrade()
    assert answers(app) == before


def to(revision: str) -> None:
    with writing() as connection:
        command.downgrade(schema.configuration(connection), revision)


def answers(app: Flask) -> list[list[Stored]]:
    """What every query finds, by one filter or by two; the terms first."""
    store = app.extensions["lrs"].store
    with app.extensions["lrs"].reading() as connection:
        found = []
        for query in queries(connection):
            found.append(store.find(connection, query, size=20, most_bytes=1_000_000).statements)
        for name in REGISTRATIONS:
            found += [
                list(store.read(connection, registration=name, voided=voided)) for voided in (False, True)
            ]
        return [*found, list(store.read(connection)), list(store.read(connection, voided=True))]


def queries(connection: sa.Connection) -> Iterator[Query]:
    terms = terms_of(connection)
    yield from (Query(terms=(term,)) for term in terms)
    yield from (Query(terms=pair) for pair in pairwise(terms[::4]))
    middle = connection.scalar(
        sa.text("SELECT max(seq) FROM xapi_statement WHERE NOT voided AND NOT voiding")
    )
    for voided in (False, True):
        yield from (Query(statement_id=statement_id(number), voided=voided) for number in (3, 4, 50, 60))
        yield Query(voided=voided)
    yield from (Query(since=middle - 5), Query(until=middle - 5, ascending=True), Query(cursor=middle))
    yield from (Query(registration=name, terms=(term,)) for name in REGISTRATIONS for term in terms[:20])


def terms_of(connection: sa.Connection) -> list[int]:
    return list(connection.scalars(sa.text("SELECT DISTINCT term FROM xapi_mention ORDER BY term")))


def by_term(app: Flask, found: list[list[Stored]]) -> list[list[Stored]]:
    with app.extensions["lrs"].reading() as connection:
        return found[: len(terms_of(connection))]


def old_answers(app: Flask) -> list[list[tuple[int, bytes]]]:
    """By each of the terms, as the tables were asked before."""
    with app.extensions["lrs"].reading() as connection:
        return [
            [
                (seq, text.encode())
                for seq, text in connection.execute(sa.text(OLD), {"term": term}).all()[:20]
            ]
            for term in terms_of(connection)
        ]
