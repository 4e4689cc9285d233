"""Full ingest with readers for minutes: whether memory and latency stay as they are."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain, combinations, cycle, islice
from math import inf, sqrt
from pathlib import Path
from statistics import median

from tests.bench import load, machine
from tests.bench.databases import new_database
from tests.bench.installation import Installation
from tests.bench.server import Server
from tests.bench.table import RESULTS, SERVE
from tests.bench.work import BATCH, batches, filters, limited

WRITERS, READERS = 12, 4
INTERVAL = 10.0  # seconds
MORE_MEMORY, MORE_TIME = 1.1, 1.3  # how many times what was before there may be


@dataclass
class Interval:
    """What was seen in some seconds. Latencies are in milliseconds: half of the answers, 99 of 100."""

    stored: int
    statements: float  # a second
    reads: float  # a second
    write: float
    slow_write: float
    read: float
    slow_read: float
    memory: float  # MB of the largest process
    load: float = 0.0  # how many processes wanted the processor, others' too


def main(arguments: list[str]) -> None:
    """Prints a line every ten seconds, and at the end whether it was flat; ends with 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default: %(default)s)")
    parser.add_argument("--stored", type=int, default=20_000, help="statements before (default: %(default)s)")
    parser.add_argument("--database", default="", help="address of a PostgreSQL server: a new database there")
    parser.add_argument("--workers", type=int, default=1, help="processes of the server")
    parser.add_argument("--json", type=Path, help="keep the figures here, not in tests/bench/results")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="near-learn-soak-") as folder,
        new_database(chosen.database) as database,
    ):
        here = Installation(Path(folder) / "data", database, chosen.workers)
        here.begin()
        here.fill(chosen.stored)
        with Server(SERVE, here.environment, here.folder / "server.log") as server:
            seen = soak(here, server, chosen.minutes * 60)
        here.end()
    flat, why = verdict(seen)
    print(f"{'flat' if flat else 'NOT FLAT'}: {why}")
    kind = "postgresql" if chosen.database else "sqlite"
    kept = chosen.json or RESULTS / f"soak-{kind}.json"
    values = {**machine.about(), "load": round(machine.load(), 1), "minutes": chosen.minutes, "flat": flat}
    kept.write_text(json.dumps({**values, "seen": [asdict(each) for each in seen]}, indent=1) + "\n")
    sys.exit(0 if flat else 1)


def soak(here: Installation, server: Server, seconds: float) -> list[Interval]:
    """Writes and reads as fast as the server answers; what was seen, interval by interval."""
    writes = batches(here)
    asked = filters(here).values()
    reads = cycle(chain.from_iterable(islice(limited(here, each, 10)(), 200) for each in asked))
    seen: list[Interval] = []
    stored, end = here.count(), time.monotonic() + seconds
    print(
        f"{'stored':>10}{'statements/s':>14}{'reads/s':>9}{'write ms':>16}{'read ms':>16}{'MB':>7}{'load':>7}"
    )
    with ThreadPoolExecutor(2) as threads:
        while (left := end - time.monotonic()) > INTERVAL / 2 or not seen:
            each = min(INTERVAL, max(1.0, left))
            writing = threads.submit(load.run, server.port, load.shared(writes, WRITERS), each)
            reading = threads.submit(load.run, server.port, load.shared(reads, READERS), each)
            written, read = writing.result(), reading.result()
            if written.refused or read.refused:
                raise RuntimeError(f"refused: {dict(written.statuses)}, {dict(read.statuses)}")
            stored += written.answers * BATCH
            seen.append(interval(stored, written, read, server.memory()))
            show(seen[-1])
    return seen


def interval(stored: int, written: load.Load, read: load.Load, memory: float) -> Interval:
    return Interval(
        stored,
        written.rate * BATCH,
        read.rate,
        1000 * written.percentile(50),
        1000 * written.percentile(99),
        1000 * read.percentile(50),
        1000 * read.percentile(99),
        memory,
        machine.load(),
    )


def show(each: Interval) -> None:
    print(
        f"{each.stored:>10,}{each.statements:>14,.0f}{each.reads:>9,.0f}{each.write:>9.0f}"
        f" /{each.slow_write:>5.0f}{each.read:>9.1f} /{each.slow_read:>5.0f}"
        f"{each.memory:>7.0f}{each.load:>7.1f}",
        flush=True,
    )


def verdict(seen: list[Interval]) -> tuple[bool, str]:
    """Whether memory and latency stay as they are after the first third, which warms up; and the figures."""
    third = max(1, len(seen) // 3)
    before, after = seen[third : 2 * third] or seen[:1], seen[-third:]
    memory = median(each.memory for each in after) / (median(each.memory for each in before) or 1)
    write, read = grown([each.write for each in seen[third:]]), grown([each.read for each in seen[third:]])
    flat = memory <= MORE_MEMORY and write <= MORE_TIME and read <= MORE_TIME
    return (
        flat,
        f"memory × {memory:.2f} of the third before; from there on writes × {write:.2f}, reads × {read:.2f}",
    )


def grown(values: Sequence[float]) -> float:
    """How many times its beginning the end of a line through the values is; 1 when it may be chance.

    The line has the median slope of all pairs (Theil and Sen), so a few slow intervals don't turn it; whether
    it rises at all is told by how many pairs rise (Mann and Kendall), in nineteen of twenty cases rightly.
    """
    pairs = [(later - one, values[later] - values[one]) for one, later in combinations(range(len(values)), 2)]
    if not pairs:
        return 1.0
    rising = sum((more > 0) - (more < 0) for _, more in pairs)
    number = len(values)
    chance = 1.64 * sqrt(number * (number - 1) * (2 * number + 5) / 18)
    if abs(rising) - 1 < chance:
        return 1.0
    half = median(more / apart for apart, more in pairs) * (number - 1) / 2
    middle = median(values)
    return (middle + half) / (middle - half) if middle > half else inf
