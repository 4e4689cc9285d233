"""What is made ready as columns leaves behind what storing the same statements one way or another leaves."""

from __future__ import annotations

import json
import random
import struct
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from sqlalchemy import Connection, Table, create_engine, select

from near_learn.transfer import digest, taking
from tests.transfer.conftest import FILE, OTHER, made, statement_id, voiding, with_file
from xapi.errors import XAPIError
from xapi.lrs import LRS
from xapi.record import prepare
from xapi.sql import bulk, lock, mentions
from xapi.sql.tables import activity, attachment, statement
from xapi.store import Record
from xapi.versions import negotiate


def reference(number: int, target: int) -> dict[str, Any]:
    return made(number, object={"objectType": "StatementRef", "id": statement_id(target)})


def defined(number: int, language: str, **more: Any) -> dict[str, Any]:
    definition = {"name": {language: f"A thing in {language}"}, **more}
    return made(number, object={"id": "https://example.org/thing", "definition": definition})


UNTIMED = {name: value for name, value in made(7).items() if name != "timestamp"}
BATCHES = [
    [made(1), with_file(2), made(3), voiding(4, 3), reference(5, 1), voiding(6, 70)],
    # Known ones among new ones; what was voided before it came; a chain; what a known one defines.
    [UNTIMED, made(1), defined(8, "en"), reference(9, 5), made(70), with_file(2), reference(10, 11)],
    [made(11), defined(8, "en"), defined(12, "nl", extensions={"https://example.org/x": 1.50})],
    [made(1), made(11)],
]


def records(values: list[dict[str, Any]]) -> list[Record]:
    return [
        prepare(json.dumps(value), value, negotiate("2.0.0"), OTHER, [FILE] if "attachments" in value else [])
        for value in values
    ]


def rows(app: Flask) -> list[list[Any]]:
    with app.app_context(), app.extensions["lrs"].reading() as connection:
        return [sorted(map(tuple, connection.execute(select(table)))) for table in tables(connection)]


def tables(connection: Connection) -> list[Table]:
    return [statement, mentions.table(connection), attachment, activity]


def test_columns_leave_the_same_rows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    lrs: LRS = app.extensions["lrs"]
    for together in (False, True):
        numbers = count(1_000_000, 1000)
        monkeypatch.setattr(lock, "first", lambda *_, numbers=numbers: next(numbers))
        with app.app_context(), lrs.writing() as connection:
            for table in tables(connection):
                connection.execute(table.delete())
        for values in BATCHES:
            with app.app_context(), lrs.writing() as connection:
                if together:
                    columns = msgspec.msgpack.encode(bulk.columns(records(values)))
                    bulk.add(connection, msgspec.msgpack.decode(columns, type=bulk.Columns))
                else:
                    lrs.store.add(connection, records(values))
        found.append(rows(app))
    assert found[0][0], "there are statements"
    assert found[0] == found[1]


def test_columns_say_what_became_of_each(app: Flask) -> None:
    lrs: LRS = app.extensions["lrs"]
    with app.app_context(), lrs.writing() as connection:
        bulk.add(connection, bulk.columns(records([made(1), made(2)])))
        added = bulk.add(connection, bulk.columns(records([made(1), voiding(3, 2), made(4), voiding(5, 4)])))
        assert [seq is None for seq in added.seqs] == [True, False, False, False]
        assert added.hidden == {2}
        assert [one.id for one in added.voided] == [statement_id(2)]
        other = made(1) | {"object": {"id": "https://example.org/another"}}
        with pytest.raises(XAPIError, match="different statement"):
            bulk.add(connection, bulk.columns(records([made(6), other])))


def test_who_imports_keeps_more_of_the_file_than_who_stores(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'store.sqlite'}")
    with LRS(engine).writing() as connection:
        assert connection.exec_driver_sql("PRAGMA cache_size").scalar() == -16_000
    with taking.roomy(engine), LRS(engine).writing() as connection:
        assert connection.exec_driver_sql("PRAGMA cache_size").scalar() == -32_768


def test_digests_do_not_depend_on_how_numbers_are_written_here() -> None:
    rng = random.Random(1)
    numbers: list[object] = [10**30, -(10**19), 1e16, 1e-5, 0.0001, 0.5, -0.0, 0, 1e300]
    numbers += [struct.unpack("d", rng.randbytes(8))[0] for _ in range(300)]
    numbers += [round(rng.random() * 10 ** rng.randrange(18), rng.randrange(12)) for _ in range(300)]
    for number in numbers:
        if number == number:
            for value in ({"b": number, "a": "é\n\x1f,1e5"}, {"a": [number], "stored": "never mind"}):
                kept = {name: one for name, one in value.items() if name != "stored"}
                text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                assert digest._text(kept) == text.encode()
