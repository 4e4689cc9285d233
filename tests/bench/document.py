"""Puts the figures that are kept into docs/performance.md, between the lines that name their files."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench import peer, together
from tests.bench.table import RESULTS, Kept, read
from tests.bench.together import Values

DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"
PLACE = re.compile(r"(<!-- figures: (?P<name>[a-z0-9-]+) -->\n)(?:.*?)(<!-- end -->)", re.DOTALL)


def main(arguments: list[str]) -> None:
    """Writes docs/performance.md again."""
    argparse.ArgumentParser(prog="python -m tests.bench document", description=__doc__).parse_args(arguments)
    DOCUMENT.write_text(filled(DOCUMENT.read_text(encoding="utf-8"), RESULTS), encoding="utf-8")


def filled(text: str, results: Path) -> str:
    """TEXT with each place filled for which there are figures in the folder RESULTS."""

    def figures(found: re.Match[str]) -> str:
        file = results / f"{found['name']}.json"
        if not file.is_file():
            return found[0]
        kept = json.loads(file.read_text(encoding="utf-8"))
        return found[1] + "\n".join(["", where(kept), "", *told(kept, results), "", ""]) + found[3]

    return PLACE.sub(figures, text)


def told(kept: dict[str, Any], results: Path) -> Iterator[str]:
    """The lines of a table, whatever it is about."""
    if "seen" in kept:
        return soak(kept)
    if "peers" in kept:
        return peers(kept)
    sqlite = read(results / "table-sqlite.json") if kept["database"] != "sqlite" else {}
    return table(kept["rows"], sqlite)


def where(kept: dict[str, Any]) -> str:
    """On what it was measured."""
    of = f"{kept['machine']} ({kept['processor']})" if kept["processor"] else kept["machine"]
    return (
        f"*{kept['at'][:10]}, commit {kept['commit'][:12]}, Python {kept['python']}, {of}; "
        f"the machine's load at the end was {kept['load']}.*"
    )


def table(rows: Sequence[Values], sqlite: Kept) -> Iterator[str]:
    """A line for each kind of work: at each size how much a second, and the ratio to the floor.

    Then how far the sizes are apart; with figures of SQLite, how much of them at each size.
    """
    sizes = sorted({row["size"] for row in rows if row["name"].startswith("POST one")})
    heads = [*(f"{size:,} stored" for size in sizes), "Goal", "Sizes", *(["Of SQLite"] if sqlite else [])]
    yield line(["Work", *heads])
    yield "|---|" + "---:|" * len(heads)
    for name in dict.fromkeys(row["name"] for row in rows):
        of = {row["size"]: row for row in rows if row["name"] == name}
        first = next(iter(of.values()))
        if set(of) <= set(sizes):
            cells = [name, *(cell(of[size]) if size in of else "" for size in sizes)]
        else:
            cells = [f"{name} ({first['size']} modules)", cell(first), *[""] * (len(sizes) - 1)]
        far = together.apart(list(of.values())) if first["ratio"] is not None else None
        cells += [goal(first), "" if far is None else f"× {far:.1f}"]
        if sqlite:
            parts = [together.of_sqlite(of[size], sqlite) for size in sizes if size in of]
            cells.append(" / ".join(f"{part:.2f}" for part in parts if part is not None))
        yield line(cells)


def line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def cell(row: Values) -> str:
    """How much, and as which part of the floor."""
    form = ",.1f" if row["ours"] < 10 else ",.0f"
    told = f"{row['ours']:{form}} {row['unit']}".replace(" /s", "/s").replace(" %", " %")
    if row["ratio"] is None:
        return told
    return f"**{row['ratio']:.2f}** ({told} of {row['floor']:,.0f})"


def goal(row: Values) -> str:
    if row["goal"] is None:
        return ""
    unit = row["unit"] if row["ratio"] is None else ""
    return f"{'≥' if row['least'] else '≤'} {row['goal']:,g} {unit}".strip()


def peers(kept: dict[str, Any]) -> Iterator[str]:
    """A line for each kind of work: what each store did, and how many times the rate of the last one."""
    names = list(kept["peers"][0]["stores"])
    others = [f"{name}: times" for name in names[:-1]]
    yield "| Work | At once | " + " | ".join([*names, *others]) + " |"
    yield "|---|---:|" + "---:|" * (len(names) + len(others))
    for row in kept["peers"]:
        stores = row["stores"]
        told = [peer.cell(stores[name]) for name in names]
        last = stores[names[-1]]["rate"]
        times = [f"**{stores[name]['rate'] / last:,.1f}**" if last else "" for name in names[:-1]]
        yield line([row["name"], str(row["connections"]), *told, *times])


def soak(kept: dict[str, Any]) -> Iterator[str]:
    """A line for each tenth of the time."""
    yield f"{kept['minutes']:g} minutes: {'flat' if kept['flat'] else 'not flat'}."
    yield ""
    yield "| Stored | Statements/s | Reads/s | Write, half / 99 % | Read, half / 99 % | Memory | Load |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    seen = kept["seen"]
    for each in seen[:: max(1, len(seen) // 10)]:
        yield line(
            [
                f"{each['stored']:,}",
                f"{each['statements']:,.0f}",
                f"{each['reads']:,.0f}",
                f"{each['write']:.0f} / {each['slow_write']:.0f} ms",
                f"{each['read']:.0f} / {each['slow_read']:.0f} ms",
                f"{each['memory']:.0f} MB",
                f"{each['load']:.1f}",
            ]
        )
