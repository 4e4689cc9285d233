"""What a statement costs on PostgreSQL: bytes by table, log, processor time, time under the write lock.

python -m tests.growth.cost                       # a server of its own, thrown away afterwards
python -m tests.growth.cost --citus               # a cluster of a coordinator and two workers
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from near_learn import Settings, create_app, distribution, schema
from near_learn.content_library import library
from near_learn.db import ALL_METADATA, db, writing
from near_learn.reports.tally.fresh import bring_up_to_date
from tests import citus, postgresql
from tests.bench import corpus
from tests.postgresql import Servers
from xapi.lrs import LRS

SECRET = "a-secret-for-tests-only-0123456789"
AUTHORITY = {"account": {"homePage": "https://lms.example", "name": "client"}}
TICK = os.sysconf("SC_CLK_TCK")
BASE = "http://127.0.0.1:8000"


@dataclass
class Cost:
    """What some statements took, of each one."""

    seconds: float  # from the beginning of the transaction to the end of its commit
    application: float  # processor
    database: float  # processor, all servers together


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.growth.cost", description=__doc__)
    parser.add_argument("--statements", type=int, default=20_000)
    parser.add_argument("--citus", action="store_true", help="on a cluster on this machine")
    chosen = parser.parse_args()
    with servers(citus_too=chosen.citus) as (url, folder):
        settings = Settings(data=folder / "instance", secret_key=SECRET, database_url=url, base_url=BASE)
        app = create_app(settings)
        with app.app_context():
            schema.upgrade()
            if chosen.citus:
                with writing() as connection:
                    list(distribution.distribute(connection, 8))
                db.engine.dispose()  # new connections have the database's new settings
            measure(app.extensions["lrs"], chosen.statements, folder, cluster=chosen.citus)
            db.session.remove()
            db.engine.dispose()


def measure(lrs: LRS, number: int, folder: Path, *, cluster: bool) -> None:
    texts = corpus.statements(corpus.places(library()), BASE)
    made = [json.loads(each.text) for each in islice(texts, number)]

    def store(some: list[Any]) -> None:
        with writing() as connection:
            lrs.save(connection, some, authority=AUTHORITY)

    store(made[:500])  # so that everything is warm
    before, log = sizes(cluster=cluster), written()
    batches = [made[place : place + 50] for place in range(500, number - 500, 50)]
    many = cost(folder, lambda: [store(some) for some in batches])
    taken = sum(map(len, batches))
    after, log_after = sizes(cluster=cluster), written()
    one = cost(folder, lambda: [store([each]) for each in made[-500:]])
    report = cost(folder, bring_up_to_date)

    print(f"{taken} statements in batches of 50; of each:")
    show(many, taken)
    print("500 statements, each in a transaction of its own; of each:")
    show(one, 500)
    with db.engine.connect() as connection:
        due = connection.exec_driver_sql("SELECT count(*) FROM registration").scalar() or 1
    print(f"reports brought up to date, {due} registrations; of each:")
    show(report, due)
    print(f"log (WAL): {(log_after - log) / taken:,.0f} bytes a statement (of the coordinator)")
    print("bytes a statement, with indexes:")
    grown = {name: (after[name] - before[name]) / taken for name in after}
    for name, size in sorted(grown.items(), key=lambda each: -each[1]):
        if size >= 1:
            print(f"  {name:<20} {size:>8,.0f}")
    print(f"  {'together':<20} {sum(grown.values()):>8,.0f}")


def cost(folder: Path, act: Callable[[], object]) -> Cost:
    began, own, theirs = time.perf_counter(), time.process_time(), processor(folder)
    act()
    return Cost(time.perf_counter() - began, time.process_time() - own, processor(folder) - theirs)


def show(found: Cost, number: int) -> None:
    print(f"  {1000 * found.seconds / number:.3f} ms, of them")
    print(f"  {1000 * found.application / number:.3f} ms processor of the application")
    print(f"  {1000 * found.database / number:.3f} ms processor of the database")


def processor(folder: Path) -> float:
    """Seconds of processor time that all servers with their data in FOLDER have used, so far."""
    masters = {int(path.read_text().split()[0]) for path in folder.glob("*/postmaster.pid")}
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) in masters:
            total += (int(fields[11]) + int(fields[12])) / TICK
        elif int(path.parent.name) in masters:
            total += sum(map(int, fields[11:15])) / TICK  # with those that have ended
    return total


def sizes(*, cluster: bool) -> dict[str, int]:
    """Bytes of each table with its indexes and texts, on all machines."""
    divided = {table for group in distribution.GROUPS for table in group.columns}
    found = {}
    with db.engine.connect() as connection:
        for table in (table.name for metadata in ALL_METADATA for table in metadata.sorted_tables):
            size = "citus_total_relation_size" if cluster and table in divided else "pg_total_relation_size"
            found[table] = connection.scalar(sa.text(f"SELECT {size}('{table}')")) or 0
    return found


def written() -> int:
    """Bytes of log up to now."""
    with db.engine.connect() as connection:
        return int(connection.scalar(sa.text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")) or 0)


@contextmanager
def servers(*, citus_too: bool) -> Iterator[tuple[str, Path]]:
    """An empty database on servers whose data is in a folder; both are thrown away. Commits are durable."""
    found = citus.programs() if citus_too else next(iter(postgresql.programs()), None)
    if found is None:
        raise SystemExit(f"{'Citus' if citus_too else 'PostgreSQL'} is not installed here")
    with Servers.within(found, "near-learn-cost-") as own:
        if citus_too:
            with citus.cluster(own, durable=True) as cluster, cluster.database() as url:
                yield url, own.folder
            return
        own.create()
        own.start(f"-k {own.folder} -h ''")
        try:
            host = {"host": str(own.folder)}
            url = sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query=host)
            yield url.render_as_string(), own.folder
        finally:
            own.stop()


if __name__ == "__main__":
    main()
