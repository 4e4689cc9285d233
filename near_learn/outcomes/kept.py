"""What was counted a moment ago, kept for the next reader: in a large programme counting takes seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from near_learn.outcomes.participant import table as participant
from near_learn.reports.tally.tables import state

T = TypeVar("T")

# What took so many seconds is used again for a while, also when somebody has learned something since: so
# many times as long as it took. What is counted faster is counted anew whenever anything has changed.
SLOW = 0.5
LONGER = 300


@dataclass(frozen=True)
class Counted:
    """A value, of which state of the records it is, when it was counted and how long that took."""

    value: Any
    version: tuple[object, ...]
    at: datetime
    seconds: float

    def good(self, version: tuple[object, ...], now: datetime) -> bool:
        """Whether it may still be shown."""
        age = (now - self.at).total_seconds()
        return self.version == version or (self.seconds > SLOW and 0 <= age < LONGER * self.seconds)


_kept: WeakKeyDictionary[Engine, dict[tuple[str, int], Counted]] = WeakKeyDictionary()


def kept(connection: Connection, what: str, least: int, make: Callable[[], T]) -> tuple[T, datetime]:
    """What MAKE makes, perhaps at an earlier call under this name, and when that was."""
    now = datetime.now(UTC)
    version = _version(connection)
    known = _kept.setdefault(connection.engine, {})
    found = known.get((what, least))
    if version is None or found is None or not found.good(version, now):
        began = time.perf_counter()
        found = Counted(make(), version or (), now, time.perf_counter() - began)
        if version is not None:
            known[what, least] = found
    value: T = found.value
    return value, found.at


def _version(connection: Connection) -> tuple[object, ...] | None:
    """Changes with everything that is counted here. None: nothing was counted yet, so nobody can say."""
    tally = connection.execute(select(state.c.version, state.c.made_with, state.c.counted_at)).one_or_none()
    if tally is None:
        return None
    told = connection.execute(select(func.count(), func.max(participant.c.told_at))).one()
    return (*tally, *told)
