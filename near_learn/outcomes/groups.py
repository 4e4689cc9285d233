"""Groups of people are made once, and remembered until their sums change."""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection

from near_learn.outcomes import block_sums
from near_learn.reports.tally.memory import remembered

T = TypeVar("T")


def once(connection: Connection, key: Hashable, make: Callable[[], T]) -> T:
    """What MAKE makes, or made under this key since the sums of blocks were counted."""
    counted_at = block_sums.counted_at(connection)
    if counted_at is None:
        return make()

    def made() -> T:
        with _without_collecting():
            return make()

    return remembered(connection, counted_at, key, made)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Ten thousands of objects are made that stay. Looking through all that the process has for garbage again
    and again meanwhile would take longer than making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
