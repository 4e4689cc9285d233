"""Waiting in a test for what another thread does."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

PATIENCE = 20  # seconds; what a test waits for happens at once, unless the machine is very busy


def until(holds: Callable[[], bool]) -> None:
    """Comes back when it HOLDS. Raises AssertionError when it never does."""
    pause = Event()
    for _ in range(PATIENCE * 1000):
        if holds():
            return
        pause.wait(0.001)
    raise AssertionError("it never held")
