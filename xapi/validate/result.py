"""Results and scores (1.0.3 Data 2.4.5, 9274.1.1 4.2.2.4)."""

from __future__ import annotations

from typing import Any

from xapi import grammar
from xapi.errors import expected
from xapi.validate.shape import Shape
from xapi.validate.values import boolean, extensions, number, text


def scaled(value: Any) -> None:
    """A number from -1 to 1 (1.0.3 Data 2.4.5.1)."""
    number(value)
    if not -1 <= value <= 1:
        raise expected("a number from -1 to 1", value)


def _range(value: dict[str, Any]) -> None:
    """1.0.3 Data 2.4.5.1: min is less than max, and raw lies between them, both included."""
    low, high, raw = value.get("min"), value.get("max"), value.get("raw")
    if low is not None and high is not None and not low < high:
        raise expected(f"a number less than max ({high!r})", low, path="min")
    if raw is not None and low is not None and raw < low:
        raise expected(f"a number from min ({low!r}) up", raw, path="raw")
    if raw is not None and high is not None and raw > high:
        raise expected(f"a number up to max ({high!r})", raw, path="raw")


score = Shape("a score", {"scaled": scaled, "raw": number, "min": number, "max": number}, rules=(_range,))
"""How well it went; each part is optional."""

result = Shape(
    "a result",
    {
        "score": score,
        "success": boolean,
        "completion": boolean,
        "response": text,
        "duration": grammar.duration,
        "extensions": extensions,
    },
)
"""What came of it; each part is optional."""
