"""A row of the table: how often we do something a second, how often the floor does, and the ratio."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from statistics import median

from tests.bench import load
from tests.bench.load import Load
from tests.bench.server import Server
from tests.bench.work import Work

CONNECTIONS = 16
WARM_UP, MOST_WARM_UP = 64, 5.0  # answers before anything is measured, and seconds that they may take


@dataclass
class Row:
    """What was measured at one size. Where a goal is most that may be, `least` is False."""

    name: str
    size: int
    ours: float
    floor: float | None = None
    ratio: float | None = None
    processor: float | None = None  # the same ratio, of processor time
    goal: float | None = None
    least: bool = True
    unit: str = "/s"
    slow: float | None = None  # milliseconds within which 99 of 100 were answered

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        value = self.ours if self.ratio is None else self.ratio
        if self.goal is None:
            return None
        return value >= self.goal if self.least else value <= self.goal


@dataclass
class Round:
    """One load on one server, and the processor time that it cost the server."""

    load: Load
    processor: float

    @property
    def each(self) -> float:
        """Processor time of one answer."""
        return self.processor / max(1, self.load.answers)


def measured(
    work: Work, size: int, ours: Server, floor: Server, *, rounds: int, seconds: float
) -> Row | None:
    """The row, from rounds in which the floor and we take turns; None when nothing was answered."""
    stream = work.requests()
    bare = _bare(work, _warm(ours, stream, work.name))
    _warm(floor, bare, "floor")
    pairs = []
    for _ in range(rounds):
        least = _round(floor, bare, seconds, "floor")
        mine = _round(ours, stream, seconds, work.name)
        if mine.load.answers:
            pairs.append((mine, least))
    if not pairs:
        return None
    return Row(
        work.name,
        size,
        ours=median(mine.load.rate for mine, _ in pairs) * work.each,
        floor=median(least.load.rate for _, least in pairs),
        ratio=median(mine.load.rate / least.load.rate for mine, least in pairs) * work.each,
        processor=_ratio(pairs, work.each),
        goal=work.goal,
        slow=1000 * median(mine.load.percentile(99) for mine, _ in pairs),
    )


def _warm(server: Server, stream: Iterator[bytes], name: str) -> Load:
    """The first answers of a new server take ten times as long: it reads templates, prepares queries."""
    found, end = Load(), time.monotonic() + MOST_WARM_UP
    while found.answers < WARM_UP and time.monotonic() < end:
        more = _round(server, stream, 0.0, name).load
        if not more.answers:
            break
        found.latencies += more.latencies
        found.received += more.received
    return found


def _ratio(pairs: list[tuple[Round, Round]], each: int) -> float | None:
    """Processor time of a bare answer to that of ours; None where the system does not tell."""
    if not all(mine.processor and least.processor for mine, least in pairs):
        return None
    return median(least.each / mine.each for mine, least in pairs) * each


def _bare(work: Work, warm: Load) -> Iterator[bytes]:
    """The same for the bare view: it reads the body, or answers with as many bytes."""
    if work.body:
        return repeat(load.request("POST", "/body", {"Content-Type": "application/json"}, work.body))
    size = warm.received // max(1, warm.answers)
    return repeat(load.request("GET", f"/bytes/{size}", {}))


def _round(server: Server, stream: Iterator[bytes], seconds: float, name: str) -> Round:
    before = server.processor()
    found = load.run(server.port, load.shared(stream, CONNECTIONS), seconds)
    if found.refused:
        print(f"{name}: refused {dict(found.statuses)}", file=sys.stderr)
    return Round(found, server.processor() - before)
