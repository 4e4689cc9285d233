"""The table: everything that is measured, against floors of the same run, at three sizes."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from near_learn.server import make_ready
from tests.bench import inside, machine, together
from tests.bench.databases import new_database
from tests.bench.installation import Installation
from tests.bench.row import Row, measured
from tests.bench.server import Server
from tests.bench.work import LEARNED, works

RESULTS = Path(__file__).parent / "results"
SIZES = "2000,20000,200000"
PEOPLE = 100_000
NAME = 34
SERVE = ["-c", "from near_learn.entry import main; main()", "serve"]
GROWN = 1.1  # how much more than wished may be in a store that is used again
Kept = dict[tuple[str, int], dict[str, Any]]
NOTICED = 0.15  # how much a ratio must differ from the last one to be marked


def main(arguments: list[str]) -> None:
    """Measures, prints, keeps, compares."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--sizes", default=SIZES, help="statements stored, with commas (default: %(default)s)"
    )
    parser.add_argument(
        "--people", type=int, default=PEOPLE, help="how many there are (default: %(default)s)"
    )
    parser.add_argument("--database", default="", help="address of a PostgreSQL server: a new database there")
    parser.add_argument("--workers", type=int, default=1, help="processes of each server")
    parser.add_argument("--seconds", type=float, default=0.5, help="of a round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each row (default: %(default)s)")
    parser.add_argument("--only", default="", help="rows with this in their name; then nothing is kept")
    parser.add_argument("--modules", type=int, default=inside.MODULES, help="that are checked; 0: none")
    parser.add_argument("--folder", type=Path, help="filled SQLite stores are kept here, to be used again")
    parser.add_argument("--build", action="store_true", help="only fill the stores in the folder")
    parser.add_argument("--json", type=Path, help="keep the figures here, not in tests/bench/results")
    chosen = parser.parse_args(arguments)
    if (chosen.folder and chosen.database) or (chosen.build and not chosen.folder):
        parser.error("--folder is for SQLite, and --build for a folder")
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="near-learn-bench-") as folder,
        new_database(chosen.database) as database,
    ):
        rows = list(everything(Installation(Path(folder) / "data", database, chosen.workers), chosen))
    if chosen.build:
        return
    kind = "postgresql" if chosen.database else "sqlite"
    if chosen.workers > 1:
        kind += f"-{chosen.workers}"
    kept = chosen.json or RESULTS / f"table-{kind}.json"
    before = read(kept)
    print()
    show(rows, before, read(RESULTS / "table-sqlite.json") if chosen.database else {})
    print(f"{time.monotonic() - began:.0f} seconds; others on this machine: load {machine.load():.1f}")
    if not chosen.only or chosen.json:
        values = {**machine.about(), "database": kind, "workers": chosen.workers}
        values["load"] = round(machine.load(), 1)
        kept.write_text(json.dumps({**values, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")


def everything(here: Installation, chosen: argparse.Namespace) -> Iterator[Row]:
    """Every row at every size, told as they come."""
    for size in map(int, chosen.sizes.split(",")):
        if chosen.folder:
            here = kept(chosen.folder / str(size), size, chosen)
        elif not here.secret:
            begin(here, chosen.people)
        fill(here, size)
        log = here.folder / "server.log"
        if not chosen.build:
            with ExitStack() as stack:
                ours = stack.enter_context(Server(SERVE, here.environment, log))
                floor = stack.enter_context(Server(["-m", "tests.bench.floor"], here.environment, log))
                for row in at_size(here, size, ours, floor, chosen):
                    tell(row)
                    yield row
        if chosen.folder:
            here.keep()
            here.end()
    here.end()
    if chosen.modules and chosen.only in "check of all courses" and not chosen.build:
        for row in inside.checks(chosen.modules):
            tell(row)
            yield row


def begin(here: Installation, people: int) -> None:
    """Everything but statements."""
    here.begin()
    here.people(people)
    here.learn_everything(LEARNED)


def fill(here: Installation, size: int) -> None:
    say(f"filling up to {size:,} statements")
    began = time.monotonic()
    here.fill(size)
    say(f"{here.count():,} statements after {time.monotonic() - began:.0f} seconds")


def kept(folder: Path, size: int, chosen: argparse.Namespace) -> Installation:
    """The installation that is kept in the folder; a new one where there is none, or more in it by now."""
    here = Installation(folder, workers=chosen.workers)
    if here.go_on():
        if here.count() <= size * GROWN:
            return here
        here.end()
        shutil.rmtree(folder)
        here = Installation(folder, workers=chosen.workers)
    begin(here, chosen.people)
    return here


def at_size(
    here: Installation, size: int, ours: Server, floor: Server, chosen: argparse.Namespace
) -> Iterator[Row]:
    """The rows while so much is stored; what they store themselves is little beside that at larger sizes.

    This process, in which some are measured, is made ready as a server is.
    """
    make_ready(here.app)
    for work in works(here, chosen.only):
        after = here.last()
        row = measured(work, size, ours, floor, rounds=chosen.rounds, seconds=chosen.seconds)
        if row is None:
            continue
        yield row
        if work.each > 1:
            bare = inside.raw(here, size, after, row)
            if bare:
                yield bare
            if ours.memory():
                yield Row("memory of a worker", size, ours.memory(), goal=150.0, least=False, unit="MB")
    if not chosen.only:
        yield from inside.projection(here, size)
        yield from inside.report(here, ours, size)


# --- telling -------------------------------------------------------------------------------------


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def tell(row: Row) -> None:
    ratio = "" if row.ratio is None else f"  ratio {row.ratio:.2f}"
    processor = "" if row.processor is None else f"  of processor time {row.processor:.2f}"
    say(f"{row.size:>9,}  {row.name:<{NAME}}{row.ours:>12,.1f} {row.unit}{ratio}{processor}")


def read(path: Path) -> Kept:
    """The rows that were kept last, by name and size."""
    if not path.is_file():
        return {}
    kept = json.loads(path.read_text())
    return {(row["name"], row["size"]): row for row in kept["rows"]}


def show(rows: list[Row], before: Kept, sqlite: Kept) -> None:
    """Prints a line a row: ours, floor, ratio, that of processor time, goal, the last ratio, of what SQLite
    did, and at the largest size how far the sizes are apart."""
    head = f"{'work':<{NAME}}{'stored':>10}{'ours':>14}{'floor':>11}{'ratio':>8}{'by CPU':>8}{'goal':>8}"
    print(f"{head}{'':>4}{'last':>8}{'99 %':>9}{'of SQLite' if sqlite else '':>11}{'sizes':>8}")
    for name in dict.fromkeys(row.name for row in rows):
        same = sorted((row for row in rows if row.name == name), key=lambda row: row.size)
        far = together.apart([asdict(row) for row in same])
        for row in same:
            of = together.of_sqlite(asdict(row), sqlite)
            told = together.marked(of, bad=(of or 0) < (together.wanted(name) or 0))
            last = together.marked(far, bad=(far or 0) > together.APART) if row is same[-1] else ""
            print(f"{line(row, before.get((name, row.size)))}{told:>11}{last:>8}")


def line(row: Row, last: dict[str, Any] | None) -> str:
    goal = "" if row.goal is None else f"{'≥' if row.least else '≤'} {row.goal:,g}"
    sign = {True: "yes", False: "NO", None: ""}[row.reached]
    return (
        f"{row.name:<{NAME}}{row.size:>10,}{row.ours:>10,.0f} {row.unit:<3}{number(row.floor, ',.0f'):>11}"
        f"{number(row.ratio, '.2f'):>8}{number(row.processor, '.2f'):>8}{goal:>8} {sign:<3}"
        f"{compared(row, last):>8}{number(row.slow, ',.0f', ' ms'):>9}"
    )


def number(value: float | None, form: str, unit: str = "") -> str:
    return "" if value is None else f"{value:{form}}{unit}"


def compared(row: Row, last: dict[str, Any] | None) -> str:
    """What it was the last time, marked where it is something else now."""
    if last is None:
        return ""
    now, then = (row.ours, last["ours"]) if row.ratio is None else (row.ratio, last["ratio"])
    if not then:
        return ""
    better = (now > then) is row.least
    mark = "" if abs(now / then - 1) < NOTICED else "+" if better else "-"
    return f"{then:,.2f}{mark or ' '}" if then < 100 else f"{then:,.0f}{mark or ' '}"
