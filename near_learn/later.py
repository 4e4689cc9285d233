"""Libraries that few pages need: imported when something of them is first asked for.

What no request has asked for takes no memory in a worker. The type checker gets an ordinary import beside it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module until then, and hands on whatever is asked of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(import_module(self._name), attribute)
        setattr(self, attribute, found)
        return found
