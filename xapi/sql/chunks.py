"""Long lists of keys in pieces that fit into one SQL statement's parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_SIZE = 500


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in order, some hundred at a time."""
    for start in range(0, len(values), _SIZE):
        yield values[start : start + _SIZE]
