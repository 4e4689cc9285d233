"""What a question's heading says besides its id and kind: {#id .kind weight=2 objective=1 see=why fixed}."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from near_learn.content.near import meant
from near_learn.content.problem import Report
from near_learn.content.values import ID

HEAVIEST = 100


@dataclass(frozen=True)
class Attributes:
    """The attributes of a question; `written` holds the names of those that its author wrote."""

    weight: float = 1.0
    objective: int | None = None
    see: tuple[str, ...] = ()
    fixed: bool = False
    written: frozenset[str] = frozenset()


def _weight(value: str) -> float:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", value) or not 0 < float(value) <= HEAVIEST:
        raise ValueError(f"write a number up to {HEAVIEST}, for example weight=2")
    return float(value)


def _objective(value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", value):
        raise ValueError(
            "write the number of one of the objectives in the front matter, for example objective=1"
        )
    return int(value)


def _see(value: str) -> tuple[str, ...]:
    ids = tuple(value.split(","))
    if not all(ID.match(identifier) for identifier in ids):
        raise ValueError("write ids of sections with commas between them, for example see=why,steps")
    if len(set(ids)) < len(ids):
        raise ValueError("a section is named twice; leave one out")
    return ids


def _fixed(value: str) -> bool:
    if value:
        raise ValueError("write the word fixed alone")
    return True


READERS: Mapping[str, Callable[[str], Any]] = {
    "weight": _weight,
    "objective": _objective,
    "see": _see,
    "fixed": _fixed,
}


def unknown(name: str) -> str:
    """What is wrong with a word in the braces that is no attribute, and how to mend it."""
    near = meant(name, READERS)
    if near:
        return f"there is no attribute {name[:40]!r}; did you mean {near}?"
    return (
        f"there is no attribute {name[:40]!r}; use weight=2, objective=1, see=an-id or fixed, "
        "and no space in an id"
    )


def read(
    written: Mapping[str, str], takes: Collection[str], kind: str, line: int, report: Report
) -> Attributes:
    """The attributes of a question of this kind, which may have those of TAKES. Mistakes are noted."""
    values: dict[str, Any] = {}
    for name, value in written.items():
        if name not in takes:
            others = f"it may have {', '.join(sorted(takes))}" if takes else "it may have none"
            report.error(line, f"a question of the kind {kind} has no {name}; take it out ({others})")
            continue
        try:
            values[name] = READERS[name](value)
        except ValueError as problem:
            report.error(line, f"{name}={value[:40]}: {problem}")
    return Attributes(**values, written=frozenset(values))
