"""What is the least that the same work costs: a bare Flask view on the same server, and bare SQLite."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from near_learn.config import Settings
from near_learn.server import serve

ANSWER = b'["00000000-0000-4000-8000-000000000000"]'


def application() -> Flask:
    """Reads a body and answers; or answers with so many bytes."""
    app = Flask(__name__)

    @app.post("/body")
    def body() -> Response:
        request.get_data(cache=False)
        return Response(ANSWER, content_type="application/json")

    @app.get("/bytes/<int:number>")
    def answer(number: int) -> Response:
        return Response(_bytes(number), content_type="application/json")

    return app


@lru_cache(maxsize=256)
def _bytes(number: int) -> bytes:
    return b"x" * number


def main() -> None:
    """Serves it as `near-learn serve` serves the application."""
    settings = replace(Settings.from_environment(), host="127.0.0.1")
    serve(settings, "tests.bench.floor:application")


# --- SQLite --------------------------------------------------------------------------------------


def raw_inserts(file: Path, after: int, most: int, at_once: int) -> float:
    """Statements a second when their rows go into empty tables of the same form, AT_ONCE a transaction.

    The rows are those that the record store keeps of the MOST statements after the sequence number AFTER:
    the statement, and what it is found by.
    """
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        target = sqlite3.connect(Path(folder) / "raw.sqlite", isolation_level=None)
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=FULL")
        tables = _tables(source)
        for table in tables:
            for (made,) in source.execute("SELECT sql FROM sqlite_master WHERE tbl_name = ?", (table,)):
                if made:
                    target.execute(made)
        groups = _groups(source, tables, after, most, at_once)
        began = time.perf_counter()
        number = 0
        for group in groups:
            target.execute("BEGIN IMMEDIATE")
            for table, rows in group.items():
                if rows:
                    marks = ",".join("?" * len(rows[0]))
                    target.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
            target.execute("COMMIT")
            number += len(group["xapi_statement"])
        seconds = time.perf_counter() - began
        source.close()
        target.close()
    return number / seconds


def _tables(source: sqlite3.Connection) -> list[str]:
    """The record store's tables whose rows belong to one statement each, told by its sequence number."""
    names = source.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'xapi%'")
    return [name for (name,) in names if "seq" in _columns(source, name)]


def _columns(source: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in source.execute(f'PRAGMA table_info("{table}")')]


def _groups(
    source: sqlite3.Connection, tables: Iterable[str], after: int, most: int, at_once: int
) -> list[dict[str, list[tuple[Any, ...]]]]:
    """The rows, read before anything is measured, table by table for each transaction."""
    found = source.execute("SELECT seq FROM xapi_statement WHERE seq > ? ORDER BY seq LIMIT ?", (after, most))
    numbers = [seq for (seq,) in found]
    place = {seq: number // at_once for number, seq in enumerate(numbers)}
    groups: list[dict[str, list[tuple[Any, ...]]]] = [
        {table: [] for table in tables} for _ in range(0, len(numbers), at_once)
    ]
    for table in tables:
        columns = _columns(source, table)
        order = "seq" if table == "xapi_statement" else ", ".join(columns[:2])
        at = columns.index("seq")
        for row in source.execute(f'SELECT * FROM "{table}" WHERE seq > ? ORDER BY {order}', (after,)):
            if row[at] in place:
                groups[place[row[at]]][table].append(row)
    return groups


if __name__ == "__main__":
    sys.exit(main())
