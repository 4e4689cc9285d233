"""Builds worlds, asks for every page of reports, and prints how long each took."""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from secrets import token_hex
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings, create_app, schema
from near_learn.db import db, writing
from near_learn.demo import world as demo
from near_learn.people.demo_sign_in import PASSWORD
from near_learn.records import due, progress
from near_learn.reports.tally.fresh import bring_up_to_date
from near_learn.reports.tally.refresh import recount, refresh
from near_learn.reports.tally.tables import block
from near_learn.reports.tally.terms import Terms
from near_learn.server import make_ready
from tests.bench import copied as copying
from tests.bench import databases, machine, world
from tests.bench.multiply import add_copy
from tests.bench.pages import PAGES

SECRET = "a-secret-for-measuring-only-0123"
WARM = 5
TOLD = 20_000  # larger worlds are a tenth that was told, and nine copies of it
DUE = (1, 100, 1000)


@dataclass
class Result:
    """What was measured in one world."""

    people: int
    database: str
    rows: dict[str, int]
    seconds: dict[str, float] = field(default_factory=dict)
    cold: dict[str, float] = field(default_factory=dict)
    warm: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)  # of the warm ones, in this process


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench reports", description=__doc__)
    parser.add_argument("--people", default="1000,10000", help="sizes, with commas (default: %(default)s)")
    parser.add_argument(
        "--postgresql",
        default="",
        help="address of a server: the worlds are copied there, each into a database that stays",
    )
    parser.add_argument(
        "--small-group", type=int, default=5, help="persons of a group (default: %(default)s)"
    )
    parser.add_argument("--folder", type=Path, help="where worlds are built and kept (default: none are)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--check", action="store_true", help="make the smallest world's rows again, compare")
    chosen = parser.parse_args(arguments)
    sizes = [int(size) for size in chosen.people.split(",")]
    with folder_of(chosen.folder) as folder:
        results = []
        for size in sizes:
            settings = Settings(secret_key=SECRET, demo=True, small_group=chosen.small_group)
            settings = replace(settings, data=folder / str(size))
            if chosen.postgresql:
                settings = on_postgresql(settings, size, chosen.postgresql)
            results.append(measured(settings, size, check=chosen.check and size == min(sizes)))
            show(results)
    if chosen.json:
        chosen.json.write_text(json.dumps(told(results), indent=2) + "\n")


@contextmanager
def folder_of(named: Path | None) -> Iterator[Path]:
    """The named folder, which stays, or one that is thrown away."""
    if named is not None:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="near-learn-bench-") as made:
        yield Path(made)


def measured(settings: Settings, size: int, *, check: bool) -> Result:
    """Builds the world of SIZE, unless it is there, and asks for each page."""
    app = built(settings, size)
    with app.app_context():
        with db.engine.connect() as connection:
            result = Result(size, db.engine.dialect.name, world.counts(connection))
        if check:
            assert_rows_follow(app)
        terms = Terms.of(settings)
        with writing() as connection:
            result.seconds["counting everything"] = timed(lambda: recount(connection, terms))
        with db.engine.connect() as connection:
            result.rows["blocks"] = connection.scalar(sa.select(sa.func.count()).select_from(block)) or 0
            if db.engine.dialect.name == "postgresql":
                connection.execute(sa.text("ANALYZE"))
                connection.commit()
        for number in DUE:
            with writing() as connection:
                make_due(connection, number)
            with writing() as connection:
                result.seconds[f"counting {number} again"] = timed(lambda: refresh(connection, terms))
        result.seconds["counting what came of it all"] = timed(bring_up_to_date)
    ask(app, settings, result)
    result.rows["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with app.app_context():
        db.engine.dispose()
    return result


def make_due(connection: sa.Connection, number: int) -> None:
    """NUMBER registrations, spread over all, are to be counted again, each under another cohort, also in a
    world in which they were moved before: the dearest change that there is."""
    table = progress.registration.c
    names = list(connection.scalars(sa.select(table.registration).order_by(table.last_at)))
    chosen = names[:: max(1, len(names) // number)][:number]
    moved = f"moved-{token_hex(3)}"
    due.note(connection, chosen)
    for name in chosen:
        change = sa.update(progress.registration).where(table.registration == name)
        connection.execute(change.values(cohort=f"{moved}-{name[-3:]}"))


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def built(settings: Settings, size: int) -> Flask:
    """The application on its world."""
    settings.data.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    make_ready(app)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        if is_built():
            bring_up()
            return app
        now = datetime.now(UTC)
        began = time.perf_counter()
        schema.upgrade()
        demo.build(app, now)
        copies = 10 if size > TOLD else 1
        world.fill(writing, size // copies, settings.base_url, Random(size), now)
        for number in range(1, copies):
            with writing() as connection:
                add_copy(connection, number)
            print(f"copy {number} after {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        with writing() as connection:
            world.mention_registrations(connection)
        print(f"world of {size} built in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return app


def on_postgresql(settings: Settings, size: int, server: str) -> Settings:
    """The world of SIZE in a database of its own on SERVER: that of the folder, copied unless it is there."""
    copied = replace(settings, database_url=databases.database(server, f"near_learn_world_{size}"))
    with create_app(copied).app_context():
        if is_built():
            bring_up()
            return copied
        with built(settings, size).app_context():
            source = db.engine
        began = time.perf_counter()
        copying.copy(source)
        print(f"world of {size} copied in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        source.dispose()
        db.engine.dispose()
    return copied


def bring_up() -> None:
    """A world that was built some time ago gets the tables of today."""
    before, after = schema.upgrade()
    if before != after:
        with writing() as connection:
            world.mention_registrations(connection)


def is_built() -> bool:
    """Whether a world is in the database of the current application."""
    with db.engine.connect() as connection:
        return sa.inspect(connection).has_table("person") and demo.exists()


def assert_rows_follow(app: Flask) -> None:
    """The progress rows are those that folding the statements makes."""
    with writing() as connection:
        before = {table.name: set(rows_of(connection, table)) for table in progress.DERIVED}
        app.extensions["projection"].rebuild(connection)
        for table in progress.DERIVED:
            differing = before[table.name] ^ set(rows_of(connection, table))
            assert not differing, f"{table.name}: {len(differing)} rows differ"
    print("the progress rows are those of the statements", file=sys.stderr)


def rows_of(connection: sa.Connection, table: sa.Table) -> Iterator[tuple[str, ...]]:
    for row in connection.execute(sa.select(table)):
        yield tuple(map(repr, row))


def ask(app: Flask, settings: Settings, result: Result) -> None:
    """Asks for each page as an operator: first with nothing of the file in memory, then again and again."""
    client = app.test_client()
    client.post("/sign-in", data={"email": "operator@demo.example", "password": PASSWORD})
    with app.app_context(), db.engine.connect() as connection:
        found = connection.execute(
            sa.select(progress.release.c.course, progress.release.c.modules).order_by("course")
        ).first()
    assert found is not None
    course, module = found.course, found.modules[0]
    year = datetime.now(UTC).year - 1
    for name, address in PAGES.items():
        path = address.format(course=course, module=module, year=year)
        forget(app, settings)
        result.cold[name] = timed(lambda path=path: get(client, path))
        before = time.process_time()
        result.warm[name] = median(timed(lambda path=path: get(client, path)) for _ in range(WARM))
        result.processor[name] = (time.process_time() - before) / WARM


def get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    answer.get_data()


def forget(app: Flask, settings: Settings) -> None:
    """Closes the database and takes its file out of the system's memory, as far as the system allows."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for file in settings.data.glob("*.sqlite*"):
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def show(results: list[Result]) -> None:
    """Prints a table: a line for each page, two columns for each world."""
    heads = [f"{result.people:,}" for result in results]
    print(f"\n{results[0].database}, milliseconds: the first time, then, then of the processor")
    print(f"{'people':<32}" + "".join(f"{head:>30}" for head in heads))
    for name in results[0].rows:
        print(f"{name:<32}" + "".join(f"{result.rows[name]:>30,}" for result in results))
    for name in results[0].seconds:
        print(f"{name:<32}" + "".join(f"{1000 * result.seconds[name]:>30,.0f}" for result in results))
    for name in PAGES:
        of_page = ([each[name] for each in (r.cold, r.warm, r.processor)] for r in results)
        cells = ("".join(f"{1000 * value:>10,.0f}" for value in values) for values in of_page)
        print(f"{name:<32}" + "".join(cells), flush=True)


def told(results: list[Result]) -> dict[str, Any]:
    """The figures with the machine, the versions and the commit."""
    return {**machine.about(), "results": [vars(result) for result in results]}
