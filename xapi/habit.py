"""Which version each credential speaks, for the answer to a request that forgot to say."""

from __future__ import annotations

import threading
from collections import OrderedDict

from xapi.versions import TWO, Version

_KEEP = 10_000


class Habit:
    """Remembers the version of each credential's last good request, in this process only.

    A request without a version is refused, but the refusal must itself name a version (1.0.3 Part 3, 3.3).
    The one that the client speaks otherwise is the one that it will understand.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[str, Version] = OrderedDict()
        self._lock = threading.Lock()

    def notice(self, name: str, version: Version) -> None:
        with self._lock:
            self._last[name] = version
            self._last.move_to_end(name)
            if len(self._last) > _KEEP:
                self._last.popitem(last=False)

    def of(self, name: str | None) -> Version:
        """The credential's version; the newest for one that has not been heard yet, and for nobody."""
        with self._lock:
            return self._last.get(name or "", TWO)
