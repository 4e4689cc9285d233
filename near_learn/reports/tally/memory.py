"""What was counted once is remembered until the tally changes: the same page again costs little."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

T = TypeVar("T")

MOST = 300  # results in each process; the one that was asked for longest ago goes first

_lock = threading.Lock()
_known: WeakKeyDictionary[Engine, OrderedDict[Hashable, object]] = WeakKeyDictionary()


def remembered(connection: Connection, counted_at: datetime, key: Hashable, count: Callable[[], T]) -> T:
    """What COUNT gives, or gave for KEY since the tally was counted at that moment. Not to be changed."""
    place = (counted_at, key)
    with _lock:
        mine = _known.setdefault(connection.engine, OrderedDict())
        if place in mine:
            mine.move_to_end(place)
            found: T = mine[place]  # type: ignore[assignment]
            return found
    made = count()
    with _lock:
        mine[place] = made
        while len(mine) > MOST:
            mine.popitem(last=False)
    return made
