"""How many requests a credential may make: a bucket that fills with time, in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

from xapi.errors import XAPIError

_KEEP = 10_000


class Rate:
    """Counts requests by name; a minute's worth may come at once. Zero a minute means no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, name: str, per_minute: int | None = None) -> None:
        """Count one request, by the name's own limit if it has one.

        XAPIError 429 when there were too many; it says when to come back.
        """
        per_minute = self.per_minute if per_minute is None else per_minute
        if not per_minute:
            return
        now = self._clock()
        with self._lock:
            left, then = self._left.get(name, (float(per_minute), now))
            left = min(float(per_minute), left + (now - then) * per_minute / 60)
            self._left[name] = (left - 1 if left >= 1 else left, now)
            self._left.move_to_end(name)
            if len(self._left) > _KEEP:
                self._left.popitem(last=False)
        if left < 1:
            seconds = ceil((1 - left) * 60 / per_minute)
            raise XAPIError(f"more than {per_minute} requests a minute; come back in {seconds} s", 429)

    def give_back(self, name: str) -> None:
        """The request that was counted last begins again, and is counted then."""
        with self._lock:
            if name in self._left:
                left, then = self._left[name]
                self._left[name] = (left + 1, then)
