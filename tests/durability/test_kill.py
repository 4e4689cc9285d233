"""Acknowledged means kept: the server is killed again and again while clients store, and so is PostgreSQL.

A test can take away the processes, not the electricity; that databases wait for the disk is asked of them.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people import credential
from tests.conftest import SECRET, migrate, migrated
from tests.durability.audit import audit
from tests.durability.cluster import Cluster
from tests.durability.ingest import DIGITS, Client, Connection, state
from tests.durability.server import Server
from xapi import splice
from xapi.sql.tables import statement

ROUNDS = 2
CLIENTS = 4
WAITS = {
    "sqlite": {"PRAGMA synchronous": 2, "PRAGMA journal_mode": "wal"},  # 2 is FULL
    "postgresql": {"SHOW synchronous_commit": "on"},
}
COURSES = Path(__file__).parents[1] / "records" / "courses"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path, secret_key=SECRET, courses=COURSES, workers=2)
    made = migrated(made, request.param, request)
    migrate(made)  # so that the small course is known
    return made


@contextmanager
def world(settings: Settings, *, singly: int = 0) -> Iterator[tuple[Flask, Server, list[Client]]]:
    """The application here for looking into the database, the served one, and its clients: so many that send
    statements SINGLY, or some that do everything."""
    app = create_app(settings)
    with app.app_context(), writing() as connection:
        issued = credential.add(connection, "clients", ["all"])
    server = Server(settings)
    server.start()
    clients = [
        Client(f"client {number}", Connection(server.port, issued), single=singly > 0)
        for number in range(singly or CLIENTS)
    ]
    try:
        yield app, server, clients
    finally:
        server.stop()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def ingest(clients: list[Client], enough: threading.Event) -> list[threading.Thread]:
    """Sets the clients to work; comes back when each has done a little, however busy the machine is."""
    before = {client.name: client.turn for client in clients}
    threads = [threading.Thread(target=client.run, args=[enough]) for client in clients]
    for thread in threads:
        thread.start()
    while any(client.turn < before[client.name] + 4 for client in clients):
        assert all(thread.is_alive() for thread in threads), "a client has given up"
        time.sleep(0.01)
    return threads


def test_what_a_killed_server_acknowledged_is_there_and_nothing_partial(settings: Settings) -> None:
    moments = random.Random(20261122)
    stored: set[str] = set()
    with world(settings) as (app, server, clients):
        for _ in range(ROUNDS):
            threads = ingest(clients, threading.Event())
            time.sleep(moments.uniform(0.2, 1.0))
            server.kill()
            for thread in threads:
                thread.join()
            wait_until_nobody_writes(app)
            server.start()
            now = check(clients)
            assert stored <= now, "what was there after the last crash is gone after this one"
            stored = now
            counts = audit(app)
        assert not [answer for client in clients for answer in client.sent.surprises]
        assert counts["passed"] > 0, "some rows were there to compare"
        assert counts["files"] > 0
        assert counts["voided"] > 0


def test_single_statements_that_share_a_transaction_are_there_when_they_were_acknowledged(
    settings: Settings,
) -> None:
    """Sixteen connections send one after the other; what comes at the same time waits for the disk once."""
    with world(settings, singly=16) as (app, server, clients):
        threads = ingest(clients, threading.Event())
        time.sleep(random.Random(6).uniform(0.1, 0.4))
        server.kill()
        for thread in threads:
            thread.join()
        wait_until_nobody_writes(app)
        server.start()
        check(clients)
        audit(app)
        assert not [answer for client in clients for answer in client.sent.surprises]
        assert shared(app) > 0.5, "most of them shared a transaction"


def shared(app: Flask) -> float:
    """The part of the statements whose number follows that of another, as in one transaction."""
    with app.app_context(), db.engine.connect() as connection:
        numbers = list(connection.scalars(sa.select(statement.c.seq).order_by(statement.c.seq)))
    return sum(one + 1 == following for one, following in pairwise(numbers)) / len(numbers)


def test_the_database_waits_for_the_disk_unless_the_operator_chose_otherwise(app: Flask) -> None:
    with app.app_context(), writing() as connection:
        for question, answer in WAITS[connection.dialect.name].items():
            assert connection.scalar(sa.text(question)) == answer, question


@pytest.mark.postgresql
def test_a_killed_postgresql_keeps_what_was_acknowledged_and_the_server_goes_on(tmp_path: Path) -> None:
    """`pg_ctl -m immediate` ends it as a crash does; with fsync on, as operators have it."""
    with Cluster.running() as cluster:
        settings = Settings(data=tmp_path, secret_key=SECRET, courses=COURSES, database_url=cluster.url)
        migrate(settings)
        with world(settings) as (app, _server, clients):
            enough = threading.Event()
            threads = ingest(clients, enough)
            time.sleep(0.7)
            cluster.crash()
            time.sleep(0.1)
            enough.set()
            for thread in threads:
                thread.join()
            cluster.start()
            with app.app_context():
                db.engine.dispose()
            refused = [answer.status for client in clients for answer in client.sent.surprises]
            assert set(refused) == {503}, "the clients were told"
            wait_until_it_answers(clients[0])
            check(clients)
            assert audit(app)["passed"] > 0


def wait_until_nobody_writes(app: Flask) -> None:
    """PostgreSQL finishes what a client has asked for before it notices that the client is dead."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend' "
        "AND application_name NOT LIKE 'citus%'"
    )
    until = time.monotonic() + 60
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        while True:
            with db.engine.connect() as connection:
                if connection.scalar(others) == 0:
                    return
            assert time.monotonic() < until
            time.sleep(0.05)


def wait_until_it_answers(client: Client) -> None:
    """Its old connections to the database are dead; each may cost one answer."""
    until = time.monotonic() + 60
    while client.connection.send("GET", "/xapi/statements", {"limit": "1"}).status != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


# --- what the clients find again ---------------------------------------------------------------------


def check(clients: list[Client]) -> set[str]:
    """Everything acknowledged is there, byte for byte, and nothing partial; the ids that are there."""
    connection = clients[0].connection
    found = statements(connection)
    files = attachments(connection)
    for client in clients:
        sent = client.sent
        assert sent.acknowledged <= found.keys(), "acknowledged, and gone"
        for group in sent.groups:
            assert len(found.keys() & set(group)) in (0, len(group)), "a batch is there whole or not at all"
        for one in found.keys() & sent.texts.keys():
            # The store adds at the end what only it can know, and touches nothing else.
            assert found[one].startswith(sent.texts[one].removesuffix(b"\n}") + b',"authority":'), one
        for one in found.keys() & sent.files.keys():
            assert sent.files[one] in files, "a statement without its file"
    check_documents(clients)
    return set(found)


def statements(connection: Connection) -> dict[str, bytes]:
    """All statements, also the voided ones, by id, as their text."""
    texts: dict[str, bytes] = {}
    address = "/xapi/statements?ascending=true"
    while address:
        answer = connection.send("GET", address)
        assert answer.status == 200, answer.body
        page = splice.members(answer.body.decode())
        for item in splice.items(page["statements"]):
            texts[json.loads(item)["id"]] = item.encode()
        address = json.loads(page["more"])
    targets = [json.loads(item) for item in texts.values()]
    for one in (
        each["object"]["id"] for each in targets if each["object"].get("objectType") == "StatementRef"
    ):
        answer = connection.send("GET", "/xapi/statements", {"voidedStatementId": one})
        if answer.status == 200:
            texts[one] = answer.body
        else:
            assert one not in texts, "voided, and still found"
    return texts


def attachments(connection: Connection) -> set[bytes]:
    found = set()
    address = "/xapi/statements?attachments=true"
    while address:
        answer = connection.send("GET", address)
        assert answer.status == 200
        delimiter = answer.body[: answer.body.index(b"\r\n")]
        first, *parts = answer.body.removesuffix(b"--\r\n").split(b"\r\n" + delimiter)
        for part in parts:
            head, _, content = part.partition(b"\r\n\r\n")
            if content:
                assert hashlib.sha256(content).hexdigest().encode() in head
                found.add(content)
        address = json.loads(first.partition(b"\r\n\r\n")[2])["more"]
    return found


def check_documents(clients: list[Client]) -> None:
    connection = clients[0].connection
    for name in (*(client.name for client in clients), "shared"):
        sent: set[str] = set().union(*(client.sent.merges.get(name, set()) for client in clients))
        merged: set[str] = set().union(*(client.sent.merged.get(name, set()) for client in clients))
        answer = connection.send("GET", "/xapi/activities/state", state(name))
        there = splice.members(answer.body.decode()) if answer.status == 200 else {}
        assert merged <= there.keys() <= sent, f"the members of {name}"
        assert set(there.values()) <= {DIGITS}
    for client in clients:
        answer = connection.send("GET", "/xapi/activities/state", state(f"{client.name} puts"))
        possible = client.sent.puts[max(client.sent.last_put, 0) :]
        assert answer.body in possible if answer.status == 200 else client.sent.last_put < 0
        agent = {"agent": json.dumps(client.agent)}
        names = set(json.loads(connection.send("GET", "/xapi/agents/profile", agent).body))
        assert client.sent.profiles_put <= names <= client.sent.profiles.keys()
        for name in names:
            answer = connection.send("GET", "/xapi/agents/profile", {**agent, "profileId": name})
            assert answer.body == client.sent.profiles[name]
