"""Accepted, or a clear 4xx, and never anything else: whatever is sent to whichever resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.client import ACTIVITY, AGENT, Client, statement
from tests.xapi.strategies import examples, mutated, statements, versions
from xapi.lrs import LRS, Request
from xapi.versions import Version

PATHS = [
    "/statements",
    "/activities/state",
    "/activities/profile",
    "/agents/profile",
    "/agents",
    "/activities",
    "/about",
]
METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"]
NAMES = [
    *(
        "statementId",
        "voidedStatementId",
        "agent",
        "verb",
        "activity",
        "registration",
        "since",
        "until",
        "limit",
    ),
    *("format", "attachments", "ascending", "related_agents", "related_activities", "cursor", "activityId"),
    *("stateId", "profileId", "method", "cachebuster"),
]
HEADERS = [
    *(
        "Content-Type",
        "If-Match",
        "If-None-Match",
        "Accept-Language",
        "Authorization",
        "X-Experience-API-Version",
    ),
]
GOOD = [
    *(
        json.dumps(AGENT),
        ACTIVITY,
        "1.0.3",
        "2.0.0",
        "true",
        "0",
        "*",
        '"a"',
        "application/json",
        "text/plain",
    ),
    *(
        "multipart/mixed; boundary=a",
        "2026-01-01T00:00:00Z",
        "canonical",
        "ids",
        "GET",
        "POST",
        statement()["id"],
    ),
]
values = st.sampled_from(GOOD) | st.text(max_size=30)
bodies = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"{}", b"[]", b"--a\r\n\r\n{}\r\n--a--", b"a=1&b=2", json.dumps(statement()).encode()]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LRS]:
    """One store for all examples, which share it the way strangers do."""
    import sqlalchemy as sa

    from xapi.sql import sqlite
    from xapi.sql.tables import create

    engine = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('anything') / 'store.sqlite'}")
    sqlite.configure(engine, synchronous="NORMAL")
    create(engine)
    yield LRS(engine)
    engine.dispose()


shared = settings(examples, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@settings(shared, max_examples=examples.max_examples * 8)
@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(PATHS) | st.text(max_size=20).map(lambda text: f"/{text}"),
    query=st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=8), values), max_size=4),
    headers=st.dictionaries(st.sampled_from(HEADERS), values, max_size=4),
    body=bodies,
)
def test_any_request_is_answered_with_success_or_a_4xx(
    store: LRS, method: str, path: str, query: list[tuple[str, str]], headers: dict[str, str], body: bytes
) -> None:
    sent = {"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json", **headers}
    request = Request(method, path, tuple(query), sent, body)
    answer = store.handle(request, lambda _header: Client(store).principal)
    assert 200 <= answer.status < 300 or 400 <= answer.status < 500
    for name, value in answer.headers:
        assert value.isascii(), name
        assert value.isprintable(), name


@settings(shared)
@given(st.data(), versions)
def test_a_valid_statement_comes_back_and_is_found(store: LRS, data: st.DataObject, version: Version) -> None:
    client = Client(store, version=version.answer)
    sent: dict[str, Any] = {**data.draw(statements(version)), "id": statement()["id"]}
    text = json.dumps(sent, ensure_ascii=False).encode()
    answer = client.post(text, **{"Content-Type": "application/json"})
    assert answer.status == 200, answer.body
    found = client.get(statementId=sent["id"])
    assert found.status == 200
    kept = found.json
    for name in sent.keys() - {"authority", "stored", "timestamp", "context", "object"}:
        assert kept[name] == sent[name]
    assert client.get(verb=sent["verb"]["id"], limit=1).json["statements"][0]["id"] == sent["id"]
    registration = sent.get("context", {}).get("registration")
    if registration is not None:
        assert sent["id"] in client.found(registration=registration)
    for form in ("ids", "canonical"):
        assert client.get(statementId=sent["id"], format=form).status == 200


@settings(shared)
@given(st.data(), versions)
def test_a_broken_statement_is_accepted_or_refused_with_its_place(
    store: LRS, data: st.DataObject, version: Version
) -> None:
    client = Client(store, version=version.answer)
    sent = data.draw(mutated(statements(version)))
    text = json.dumps(sent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    answer = client.post(text, **{"Content-Type": "application/json"})
    assert answer.status in (200, 400, 403, 409)
    if answer.status != 200:
        assert answer.json["error"]
