"""Behind the event loop everything is answered as in front of it, by whichever thread."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from near_learn import server
from near_learn.config import Settings
from near_learn.db import writing
from near_learn.front import Front
from near_learn.people import credential
from near_learn.people.credential import Issued
from tests.rsgi import Headers, Protocol, Scope
from tests.waiting import PATIENCE, in_a_loop, until
from xapi.lrs import LRS, SHORT
from xapi.sql import reader

ID = "11111111-1111-4111-8111-111111111111"
CHANGING = {"date", "set-cookie", "x-experience-api-consistent-through", "last-modified"}


def statement(id_: str = ID) -> dict[str, Any]:
    return {
        "id": id_,
        "actor": {"account": {"homePage": "https://lms.example", "name": "ane"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": "https://lms.example/activities/1"},
    }


@pytest.fixture
def known(app: Flask) -> Headers:
    with app.app_context(), writing() as connection:
        return headers(credential.add(connection, "a test", ["all"]))


def headers(issued: Issued) -> Headers:
    """Of a request of this credential."""
    encoded = b64encode(f"{issued.key}:{issued.secret}".encode()).decode()
    return (("Authorization", f"Basic {encoded}"), ("X-Experience-API-Version", "1.0.3"))


Asked = tuple[str, str, str, Headers, bytes]


@asynccontextmanager
async def running(app: Flask) -> AsyncIterator[Front]:
    """The front in this event loop."""
    front = Front(app, 4)
    front.__rsgi_init__(asyncio.get_running_loop())
    try:
        yield front
    finally:
        # Not in the loop: what is still being done may want to tell it.
        await asyncio.to_thread(front.__rsgi_del__, asyncio.get_running_loop())


def ask(app: Flask, *requests: Asked) -> list[Protocol]:
    """What the front answers to requests that come at the same time."""

    async def main() -> list[Protocol]:
        protocols = [Protocol([body] if body else []) for *_, body in requests]
        scopes = [Scope(*each[:3], [*each[3], ("Host", "localhost"), *_length(each[4])]) for each in requests]
        async with running(app) as front:
            await asyncio.gather(*map(front.__rsgi__, scopes, protocols))  # type: ignore[arg-type]
        return protocols

    return in_a_loop(main())


def _length(body: bytes) -> Headers:
    return [("Content-Length", str(len(body)))] if body else []


def same(headers: Headers) -> Sequence[tuple[str, str]]:
    """Those that must be the same; of what changes, that it is there."""
    kept = [(name.lower(), value.partition("; boundary=")[0]) for name, value in headers]
    return sorted((name, "" if name in CHANGING else value) for name, value in kept)


JSON = (("Content-Type", "application/json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
BODY = json.dumps(statement()).encode()
MANY = json.dumps([statement(str(uuid.UUID(int=number))) for number in range(300)]).encode()
OF_THE_STORE: dict[str, Asked] = {
    "find": ("GET", "/xapi/statements", "limit=2", (), b""),
    "find one": ("GET", "/xapi/statements", f"statementId={ID}", (), b""),
    "find none": ("GET", "/xapi/statements", f"statementId={uuid.UUID(int=7)}", (), b""),
    "only the head": ("HEAD", "/xapi/statements", f"statementId={ID}", (), b""),
    "ids": ("GET", "/xapi/statements", "format=ids", (), b""),
    "with attachments": ("GET", "/xapi/statements", "attachments=true", (), b""),
    "an unknown parameter": ("GET", "/xapi/statements", "limits=1", (), b""),
    "no query at all": ("GET", "/xapi/statements", "a=%FF", (), b""),
    "no version": ("GET", "/xapi/statements", "", (("X-Experience-API-Version", ""),), b""),
    "two versions": ("GET", "/xapi/statements", "", (("X-Experience-API-Version", "2.0.0"),), b""),
    "no method of it": ("DELETE", "/xapi/statements", "", (), b""),
    "before it is sent": ("OPTIONS", "/xapi/statements", "", (), b""),
    "store": ("POST", "/xapi/statements", "", JSON, BODY),
    "store under its id": ("PUT", "/xapi/statements", f"statementId={ID}", JSON, BODY),
    "store under another": ("PUT", "/xapi/statements", f"statementId={uuid.UUID(int=8)}", JSON, BODY),
    "store many": ("POST", "/xapi/statements", "", JSON, MANY),
    "store nothing": ("POST", "/xapi/statements", "", JSON, b""),
    "store what is none": ("POST", "/xapi/statements", "", JSON, b'{"id": 1}'),
    "store what is no JSON": ("POST", "/xapi/statements", "", JSON, b"{"),
    "store with a query that is none": ("POST", "/xapi/statements", "a=%FF", JSON, BODY),
    "find by a form": ("POST", "/xapi/statements", "method=GET", FORM, f"statementId={ID}".encode()),
    "about": ("GET", "/xapi/about", "", (), b""),
    "a document": ("PUT", "/xapi/agents/profile", "profileId=a&agent={}", JSON, b"{}"),
}
PAGES = ["/", "/healthz", "/terms", "/nowhere", "/courses/accompaniment", "/static/app.css", "/my-record"]


def test_the_store_answers_the_same(app: Flask, known: Headers) -> None:
    ask(app, ("POST", "/xapi/statements", "", (*known, *JSON), BODY))
    plain = Client(app)
    for name, (method, path, query, more, body) in OF_THE_STORE.items():
        headers = (
            (*known, *more) if not more or more[0][0] != "X-Experience-API-Version" else (known[0], *more)
        )
        (ours,) = ask(app, (method, path, query, headers, body))
        there = plain.open(path, method=method, query_string=query, headers=list(headers), data=body or None)
        assert ours.status == there.status_code, name
        assert same(ours.headers) == same(list(there.headers)), name
        if "application/json" in (there.content_type or ""):
            assert json.loads(ours.body or b"0") == json.loads(there.get_data() or b"0"), name
        assert len(ours.body) == len(there.get_data()), name
    assert len(MANY) > SHORT > len(BODY)


def test_nobody_gets_nothing(app: Flask) -> None:
    for method in ("GET", "POST"):
        (found,) = ask(app, (method, "/xapi/statements", "", JSON, BODY if method == "POST" else b""))
        assert found.status in (400, 401)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_are_the_same(app: Flask, path: str, method: str) -> None:
    (ours,) = ask(app, (method, path, "", (), b""))
    there = Client(app).open(path, method=method, headers=[("Host", "localhost")])
    assert ours.status == there.status_code
    assert same(ours.headers) == same(list(there.headers))
    assert len(ours.body) == len(there.get_data())


def test_what_is_sent_at_the_same_time_is_stored_together(
    app: Flask, known: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: LRS = app.extensions["lrs"]
    written: list[int] = []
    write = store.together._write
    monkeypatch.setattr(
        store.together, "_write", lambda batches: (written.append(len(batches)), write(batches))[1]
    )
    ids = [str(uuid.uuid4()) for _ in range(16)]
    sent = [json.dumps(statement(id_)).encode() for id_ in ids]
    # One that is refused stays alone with it.
    found = ask(app, *[("POST", "/xapi/statements", "", (*known, *JSON), body) for body in [*sent, b"{"]])
    assert [each.status for each in found] == [200] * 16 + [400]
    assert [json.loads(each.body) for each in found[:16]] == [[id_] for id_ in ids]
    assert sum(written) == 16
    assert len(written) < 16
    with store.reading() as connection:
        assert {each.id for each in store.read(connection)} >= set(ids)


def test_who_comes_while_others_are_read_leads_next(
    app: Flask, known: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is called for that, instead of for an answer."""
    together = app.extensions["lrs"].together
    reading = threading.Event()
    hand_over = together._hand_over

    def later() -> None:
        if not reading.is_set():
            reading.set()
            until(lambda: bool(together._waiting))
        hand_over()

    monkeypatch.setattr(together, "_hand_over", later)

    async def sent(front: Front) -> int:
        body = json.dumps(statement(str(uuid.uuid4()))).encode()
        protocol = Protocol([body])
        headers = [*known, *JSON, *_length(body)]
        await front.__rsgi__(Scope("POST", "/xapi/statements", "", headers), protocol)  # type: ignore[arg-type]
        return protocol.status

    async def main() -> list[int]:
        async with running(app) as front:
            first = asyncio.ensure_future(sent(front))
            await asyncio.to_thread(reading.wait, PATIENCE)
            return await asyncio.gather(first, sent(front), sent(front))

    assert in_a_loop(main()) == [200] * 3


def test_what_takes_long_is_found_on_another_thread(
    app: Flask, known: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: LRS = app.extensions["lrs"]
    if store.engine.dialect.name != "sqlite":
        return
    store.engine.dispose()
    asked: list[str] = []
    handle = store.handle
    monkeypatch.setattr(store, "handle", lambda *all_: (asked.append("handle"), handle(*all_))[1])
    monkeypatch.setattr(reader, "_MOMENT", -1.0)
    monkeypatch.setattr(reader, "_STEPS", 1)
    ask(app, ("POST", "/xapi/statements", "", (*known, *JSON), BODY))
    (found,) = ask(app, ("GET", "/xapi/statements", f"statementId={ID}", known, b""))
    assert found.status == 200
    assert json.loads(found.body)["id"] == ID
    assert asked


@pytest.mark.parametrize("query", ["format=ids", "%66ormat=ids", "attachments=true", "%61ttachments=true"])
def test_what_is_more_than_putting_texts_together_is_left_to_another_thread(
    app: Flask, known: Headers, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    store: LRS = app.extensions["lrs"]
    asked: list[int] = []
    get = store.store.find
    monkeypatch.setattr(
        store.store,
        "find",
        lambda *all_, **more: (asked.append(threading.get_ident()), get(*all_, **more))[1],
    )
    hurried: list[int] = []
    hurry = store.hurry
    monkeypatch.setattr(store, "hurry", lambda thread: (hurried.append(thread), hurry(thread))[1])
    (found,) = ask(app, ("GET", "/xapi/statements", query, known, b""))
    assert found.status == 200
    assert asked
    assert not set(asked) & set(hurried)


def test_who_is_answered_by_another_thread_has_asked_once(app: Flask) -> None:
    """By the count of requests that a credential may make in a minute."""
    with app.app_context(), writing() as connection:
        issued = credential.add(connection, "a test", ["all"], requests_per_minute=3)
    once = ("GET", "/xapi/statements", "format=ids", headers(issued), b"")
    assert [ask(app, once)[0].status for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["/xapi/statements", "/xapi/agents/profile", "/sign-in"])
@pytest.mark.parametrize("length", [10, 2_000_000])
def test_what_breaks_off_is_forgotten(
    app: Flask, known: Headers, caplog: pytest.LogCaptureFixture, path: str, length: int
) -> None:
    async def main() -> Protocol:
        protocol = Protocol([b"{"], broken=True)
        headers = [*known, *JSON, ("Content-Length", str(length))]
        async with running(app) as front:
            await front.__rsgi__(Scope("POST", path, "agent={}", headers), protocol)  # type: ignore[arg-type]
        return protocol

    found = in_a_loop(main())
    assert found.status == (0 if length == 10 else 400)
    assert not caplog.records


def test_a_mistake_of_ours_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(app, "wsgi_app", broken)
    (found,) = ask(app, ("GET", "/", "", (), b""))
    assert found.status == 500
    assert b"broken" not in found.body


def test_a_mistake_in_an_answer_that_has_begun_is_said_as_others_are(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(_environ: object, start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/csv")])
        yield b"a,b"
        raise ValueError("broken")

    monkeypatch.setattr(app, "wsgi_app", broken)
    (found,) = ask(app, ("GET", "/", "", (("Accept-Language", "nl"),), b""))
    assert found.status == 500
    assert dict(found.headers)["Content-Type"] == "text/html; charset=utf-8"
    assert "Content-Security-Policy" in dict(found.headers)
    text = found.body.decode()
    assert '<html lang="nl"' in text
    assert "a,b" not in text
    assert "broken" not in text


@pytest.mark.parametrize(
    ("database", "application", "interface"),
    [
        ("", server.FRONT, "rsgi"),
        ("postgresql+psycopg://nobody@127.0.0.1/none", server.APPLICATION, "wsgi"),
    ],
)
def test_on_postgresql_each_request_has_a_thread(
    monkeypatch: pytest.MonkeyPatch, database: str, application: str, interface: str
) -> None:
    made: list[tuple[str, dict[str, Any]]] = []

    class Recorded:
        def __init__(self, target: str, **options: Any) -> None:
            made.append((target, options))

        def serve(self) -> None:
            pass

    monkeypatch.setattr(server, "Server", Recorded)
    server.serve(Settings(secret_key="x" * 32, database_url=database))
    ((target, options),) = made
    assert (target, options["interface"].value) == (application, interface)
