"""Reading goes straight to the driver: the answers are those of the long way round, whatever happens."""

from __future__ import annotations

import json
import uuid
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from tests.conformance.client import ACTIVITY, AGENT, OTHER_AGENT, VERB, Client, statement, voiding
from xapi.lrs import LRS
from xapi.query import Query
from xapi.sql import lock, reader, walk
from xapi.sql.lock import Through
from xapi.sql.reader import Readers
from xapi.store import http_date
from xapi.terms import REGISTRATION, term

REGISTERED = str(uuid.uuid4())
ASKED: list[dict[str, Any]] = [
    {},
    {"ascending": True},
    {"limit": 1},
    {"limit": 3},
    {"limit": 3, "ascending": True},
    {"limit": 4, "registration": REGISTERED},
    {"agent": AGENT, "verb": VERB, "activity": ACTIVITY, "limit": 2},
    {"agent": OTHER_AGENT},
    {"since": "2000-01-01T00:00:00Z", "limit": 2, "ascending": True},
    {"until": "2000-01-01T00:00:00Z"},
]


@pytest.fixture
def ids(one: Client) -> list[str]:
    """What is stored: eight statements, half of them of one registration, and one that is voided."""
    half = {"context": {"registration": REGISTERED}}
    texts = ("Zürich", "Αθήνα", '"', "\\", "\u2028", "a", "b", "c")
    made = [
        statement(result={"response": text}, **(half if place % 2 else {}))
        for place, text in enumerate(texts)
    ]
    ids = one.stored(*made)
    one.stored(voiding(ids[4]))
    return ids


def told(client: Client, ids: list[str]) -> list[tuple[int, str | None, bytes]]:
    """Every page of every query, and every statement by its id."""
    answers = [client.get(statementId=name) for name in ids] + [client.get(voidedStatementId=ids[4])]
    for parameters in ASKED:
        answer = client.get(**parameters)
        answers.append(answer)
        while answer.json["more"]:
            answer = client.follow(answer.json["more"])
            answers.append(answer)
    return [(one.status, one.header("Last-Modified"), one.body) for one in answers]


def test_both_ways_tell_the_same(one: Client, ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    straight = told(one, ids)
    assert len(straight) > len(ASKED) + len(ids)
    assert [status for status, _, _ in straight[: len(ids) + 1]].count(404) == 1
    monkeypatch.setattr(Readers, "use", lambda readers, work: None)
    assert told(one, ids) == straight


def test_a_page_goes_straight_to_the_driver(
    one: Client, ids: list[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if request.config.option.on_citus:
        pytest.skip("on a cluster the watermark is read in a transaction")
    one.get(limit=1)

    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection of the pool was taken")

    with monkeypatch.context() as patch:
        patch.setattr(sa.Engine, "connect", refuse)
        patch.setattr(sa.Engine, "raw_connection", refuse)
        assert told(one, ids)


def test_a_connection_that_broke_is_replaced(lrs: LRS, one: Client, ids: list[str]) -> None:
    before = told(one, ids)
    for raw in reader._idle(lrs.engine):
        raw.close()
    assert told(one, ids) == before


def test_readers_are_closed_with_the_other_connections(sqlite_engine: sa.Engine) -> None:
    readers = Readers(sqlite_engine)
    assert readers.rows("SELECT 1") == [(1,)]
    (raw,) = reader._idle(sqlite_engine)
    sqlite_engine.dispose()
    assert reader._idle(sqlite_engine) == []
    with pytest.raises(readers.dialect.loaded_dbapi.Error):
        raw.rows("SELECT 1")


def test_what_is_too_long_for_one_row_is_read_piece_by_piece(
    sqlite_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_LONGEST", 2000)
    client = Client(LRS(sqlite_engine))
    ids = client.stored(*(statement(result={"response": "x" * 900}) for _ in range(4)))
    ids += client.stored(statement(result={"response": "y" * 4000}))
    assert client.found() == ids[::-1]
    assert client.get(statementId=ids[-1]).json["result"]["response"] == "y" * 4000


def test_statements_are_looked_up_by_their_number(sqlite_engine: sa.Engine) -> None:
    """They lie in the file in that order; by their ids each would be on a page of its own."""
    readers = Readers(sqlite_engine)
    asked = Query(terms=(term(REGISTRATION, REGISTERED),), limit=100)
    sql, parameters = walk.together(readers, asked, 100)
    plan = " ".join(row[3] for row in readers.rows(f"EXPLAIN QUERY PLAN {sql}", parameters))
    assert "SEARCH s USING INTEGER PRIMARY KEY" in plan
    assert "TEMP B-TREE" not in plan


def test_more_queries_than_stay_prepared(
    one: Client, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(one, ids)
    monkeypatch.setattr(reader, "_MOST_PREPARED", 2)
    assert told(one, ids) == before


def test_2_1_3_that_nobody_writes_is_asked_once_in_a_moment(
    lrs: LRS, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter([Through(1, True), Through(2, False), Through(3, False), Through(4, True), Through(5, True)])
    monkeypatch.setattr(lock, "consistent_through", lambda _readers: next(found))
    clock = iter([0.0, 0.004, 0.005, 0.006, 0.007, 0.011, 0.013])
    monkeypatch.setattr(lock, "monotonic", lambda: next(clock))
    watermark = lock.Watermark(lrs.store.readers)
    assert [watermark.through() for _ in range(7)] == [1, 1, 2, 3, 4, 4, 5]


@pytest.mark.parametrize("seconds", [0, 59, 86_399, 951_782_400, 1_795_361_123, 4_102_444_799])
def test_dates_of_headers_are_those_of_the_standard_library(seconds: int) -> None:
    assert http_date(seconds * 1_000_000 + 999_999) == formatdate(seconds, usegmt=True)


@pytest.mark.parametrize("name", ["plain", "a b+c%20&d=é", "x" * 400 + "/ü"])
def test_2_1_3_the_next_page_is_asked_for_with_the_same_parameters(one: Client, name: str) -> None:
    agent = {"account": {"homePage": "https://lms.example", "name": name}}
    one.stored(statement(actor=agent), statement(actor=agent))
    asked = {"agent": json.dumps(agent), "limit": "1", "ascending": "false"}
    answer = one.get(**asked)
    cursor = answer.json["more"].rpartition("=")[2]
    assert answer.json["more"] == "/xapi/statements?" + urlencode({**asked, "cursor": cursor})
    assert not one.follow(answer.json["more"]).json["more"]
