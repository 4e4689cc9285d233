"""Any record store on this machine under the load that ours gets, and ours in turn with it if wished.

python -m tests.bench peer http://127.0.0.1:8081/xapi --key KEY --secret SECRET
python -m tests.bench peer theirs=http://KEY:SECRET@127.0.0.1:8081/xapi --ours --database postgresql://…

The store must take xAPI 1.0.3 with a key and a secret. What is sent stays in it: give it an empty database.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from near_learn.content import load as read_courses
from tests.bench import corpus, installation, load, machine
from tests.bench.corpus import Text
from tests.bench.databases import new_database
from tests.bench.installation import KEY, REMEMBERED, VERSION, Installation
from tests.bench.load import request
from tests.bench.server import Server
from tests.bench.table import RESULTS, SERVE, say
from tests.bench.work import BATCH, Work, exchange

BASE = "https://lms.example"
HERE = ("127.0.0.1", "localhost")
CONNECTIONS = {"POST one statement": (1, 16), f"POST batches of {BATCH}": (1, 8, 16)}
USUAL = (16,)
SETTLED = 65.0  # seconds: PostgreSQL looks once a minute whether its statistics are old


@dataclass
class Peer:
    """A record store at an address of this machine, asked as `tests.bench.work` asks ours."""

    name: str
    port: int
    path: str
    headers: dict[str, str]
    texts: Iterator[Text]
    base: str = BASE
    seen: list[Text] = field(default_factory=list)

    @classmethod
    def at(cls, told: str, key: str, secret: str, texts: Iterator[Text]) -> Peer:
        """From NAME=ADDRESS or an address; a key and a secret in it go before KEY and SECRET.

        Raises ValueError for an address of another machine: load is for stores of one's own.
        """
        name, _, address = told.rpartition("=")
        parts = urlsplit(address)
        if parts.scheme != "http" or parts.hostname not in HERE or parts.port is None:
            raise ValueError(f"{address}: expected http://127.0.0.1:PORT/PATH, a store on this machine")
        pair = f"{unquote(parts.username or key)}:{unquote(parts.password or secret)}"
        token = base64.b64encode(pair.encode()).decode()
        headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": VERSION}
        return cls(name or f"port {parts.port}", parts.port, parts.path.rstrip("/"), headers, texts)

    def get(self, query: str) -> bytes:
        return request("GET", f"{self.path}/statements?{query}", self.headers)

    def post(self, text: str) -> bytes:
        headers = {**self.headers, "Content-Type": "application/json"}
        return request("POST", f"{self.path}/statements", headers, text.encode())

    def fill(self, number: int) -> None:
        """Sends so many statements, batch after batch. Raises RuntimeError when one is not taken."""
        every = max(1, number // REMEMBERED)
        texts = list(islice(self.texts, number))
        self.seen = texts[::every]
        groups = [texts[place : place + BATCH] for place in range(0, number, BATCH)]
        made = [self.post("[" + ",".join(each.text for each in group) + "]") for group in groups]
        self._answered(made[0])
        found = load.run(self.port, [iter(made[1:])], math.inf)
        if found.refused:
            raise RuntimeError(f"{self.name}: not stored: {dict(found.statuses)}")

    def middle(self) -> str:
        half = self.seen[len(self.seen) // 2].id
        stored: str = json.loads(self._answered(self.get(urlencode({"statementId": half}))))["stored"]
        return stored

    def page(self, wanted: bytes) -> int:
        """How many statements an answer has."""
        said = json.loads(self._answered(wanted))
        return len(said.get("statements", [said]))

    def _answered(self, wanted: bytes) -> bytes:
        status, _, body = load.one(self.port, wanted)
        if status >= 400:
            raise RuntimeError(f"{self.name}: {status} {body[:500]!r}")
        return body


@dataclass
class Seen:
    """What a store did in one row."""

    rate: float  # statements that were stored, or questions answered, a second
    answers: int
    refused: int
    slow: float  # milliseconds within which 99 of 100 were answered
    page: int | None  # statements in an answer, for questions


@dataclass
class Row:
    """A kind of work with so many connections at once; what each store did."""

    name: str
    connections: int
    stores: dict[str, Seen]


def main(arguments: list[str]) -> None:
    """Measures, prints, keeps."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench peer", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("stores", nargs="*", metavar="[NAME=]ADDRESS", help="where statements are sent")
    parser.add_argument("--key", default="", help="of stores without one in their address")
    parser.add_argument("--secret", default="")
    parser.add_argument("--ours", action="store_true", help="ours on SQLite too, in turn")
    parser.add_argument("--database", default="", help="ours in a new database of this PostgreSQL server too")
    parser.add_argument("--workers", type=int, default=1, help="processes of ours (default: %(default)s)")
    parser.add_argument("--statements", type=int, default=20_000, help="stored first (default: %(default)s)")
    parser.add_argument(
        "--settle", type=float, default=SETTLED, help="seconds between (default: %(default)s)"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="of a round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each row (default: %(default)s)")
    parser.add_argument("--only", default="", help="rows with this in their name; then nothing is kept")
    parser.add_argument("--json", type=Path, help="keep the figures here, not in tests/bench/results")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        first = int(time.time()) * 1000  # other people than in any run before
        stores = [Peer.at(each, chosen.key, chosen.secret, _texts(first)) for each in chosen.stores]
        name = stores[0].name.replace(" ", "-") if stores else "none"
        stores = [*_ours(stack, chosen, first), *stores]
        rows = list(everything(stores, chosen))
    show(rows)
    if not chosen.only or chosen.json:
        kept = chosen.json or RESULTS / f"peer-{name}.json"
        values = {**machine.about(), "load": round(machine.load(), 1), "statements": chosen.statements}
        kept.write_text(json.dumps({**values, "peers": [asdict(row) for row in rows]}, indent=1) + "\n")


def _texts(first: int) -> Iterator[Text]:
    return corpus.statements(corpus.places(read_courses(installation.COURSES)), BASE, first=first)


def _ours(stack: ExitStack, chosen: argparse.Namespace, first: int) -> Iterator[Peer]:
    """Ours, served until the stack is closed."""
    servers = {"ours, SQLite": ""} if chosen.ours else {}
    servers |= {"ours, PostgreSQL": chosen.database} if chosen.database else {}
    for name, server in servers.items():
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="near-learn-bench-")))
        here = Installation(folder / "data", stack.enter_context(new_database(server)), chosen.workers)
        here.begin()
        here.end()
        running = stack.enter_context(Server(SERVE, here.environment, here.folder / "server.log"))
        address = f"{name}=http://127.0.0.1:{running.port}/xapi"
        yield Peer.at(address, KEY, here.secret, _texts(first))


def everything(stores: Sequence[Peer], chosen: argparse.Namespace) -> Iterator[Row]:
    """Fills the stores, and then lets them take turns in every row."""
    for store in stores:
        say(f"{store.name}: filling up to {chosen.statements:,} statements")
        store.fill(chosen.statements)
    time.sleep(chosen.settle)
    # Questions first, while as much is stored in each.
    for works in sorted(zip(*map(exchange, stores), strict=True), key=lambda works: bool(works[0].body)):
        if chosen.only in works[0].name:
            for connections in CONNECTIONS.get(works[0].name, USUAL):
                row = measured(stores, works, connections, chosen.rounds, chosen.seconds)
                say(line(row, list(row.stores)))
                if len({each.page for each in row.stores.values()}) > 1:
                    pages = {name: each.page for name, each in row.stores.items()}
                    say(f"{row.name}: not the same number of statements in an answer: {pages}")
                yield row


def measured(
    stores: Sequence[Peer], works: Sequence[Work], connections: int, rounds: int, seconds: float
) -> Row:
    """The row, from rounds in which the stores take turns."""
    streams = [work.requests() for work in works]
    seen: list[list[load.Load]] = [[] for _ in stores]
    for number in range(rounds + 1):
        for store, stream, found in zip(stores, streams, seen, strict=True):
            one = load.run(store.port, load.shared(stream, connections), seconds if number else 0.0)
            found += [one] if number else []  # the first is for warming up
    return Row(
        works[0].name,
        connections,
        {
            store.name: Seen(
                rate=median(each.good for each in found) * work.each,
                answers=sum(each.answers for each in found),
                refused=sum(each.refused for each in found),
                slow=1000 * median(each.percentile(99) for each in found),
                page=None if work.body else store.page(next(work.requests())),
            )
            for store, work, found in zip(stores, works, seen, strict=True)
        },
    )


# --- telling -------------------------------------------------------------------------------------


def show(rows: Sequence[Row]) -> None:
    """Prints a line a row: what each store did, and how many times the last one's rate the others had."""
    if rows:
        names = list(rows[0].stores)
        print(f"{'work':<24}{'at once':>8}" + "".join(f"{name:>28}" for name in names))
        for row in rows:
            print(line(row, names))


def line(row: Row, names: Sequence[str]) -> str:
    cells = [f"{cell(asdict(row.stores[name])):>28}" for name in names]
    times = [f"{row.stores[name].rate / (row.stores[names[-1]].rate or math.nan):>8.1f}" for name in names]
    return f"{row.name:<24}{row.connections:>8}" + "".join(cells) + "".join(times[:-1])


def cell(seen: dict[str, Any]) -> str:
    """How much a second, and what was wrong with it."""
    refused = f", {seen['refused']:,} of {seen['answers']:,} refused" if seen["refused"] else ""
    return f"{seen['rate']:,.0f}/s{refused}"
