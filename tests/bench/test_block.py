"""A store of copies: each statement is found as if it had been sent, and progress follows from statements."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from near_learn.config import beside_package
from near_learn.db import db, writing
from near_learn.records.progress import DERIVED
from tests.bench import installation
from tests.bench.installation import Installation
from xapi.sql import mentions
from xapi.sql.tables import statement
from xapi.store import timestamp
from xapi.terms import mentioned


def test_copies_are_found_like_statements_that_were_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(beside_package("courses") / "accompaniment", tmp_path / "courses" / "accompaniment")
    monkeypatch.setattr(installation, "COURSES", tmp_path / "courses")
    monkeypatch.setattr(installation, "BLOCK", 300)
    here = Installation(tmp_path / "data")
    here.begin()
    here.fill(250)
    here.fill(1700)
    with here.lrs.reading() as connection:
        stored = connection.execute(sa.select(statement)).all()
        terms = defaultdict(set)
        for row in connection.execute(sa.select(mentions.table(connection))):
            terms[row.seq].add(row.term)
    assert len(stored) == len({row.id for row in stored}) == len({row.seq for row in stored}) == 1700
    said = {row.id: json.loads(row.text) for row in stored}
    for row in stored:
        one = said[row.id]
        assert (one["id"], one["stored"]) == (row.id, timestamp(row.seq))
        assert one["context"]["registration"] == row.registration
        shared, own = mentioned(one)
        assert terms[row.seq] == shared | own
    people = {one["actor"]["account"]["name"] for one in said.values()}
    assert len(people) == len({one["context"]["registration"] for one in said.values()}) > 60
    for each in here.seen:
        assert (each.account, each.verb) == (
            said[each.id]["actor"]["account"]["name"],
            said[each.id]["verb"]["id"],
        )
    before = _rows(here)
    with here.app.app_context(), writing() as connection:
        here.app.extensions["projection"].rebuild(connection)
    assert _rows(here) == before
    here.keep()
    here.end()
    again = Installation(tmp_path / "data")
    assert again.go_on()
    again.fill(1700)
    assert again.count() == 1800
    again.end()


def _rows(here: Installation) -> dict[str, set[Any]]:
    with here.app.app_context(), db.engine.connect() as connection:
        return {table.name: set(map(repr, connection.execute(sa.select(table)))) for table in DERIVED}
