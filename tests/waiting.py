"""Waiting in a test for what another thread does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

PATIENCE = 20  # seconds; what a test waits for happens at once, unless the machine is very busy

T = TypeVar("T")


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """What comes of it in an event loop of its own, on another thread: in this one Playwright's may run."""
    with ThreadPoolExecutor(1, "loop") as pool:
        return pool.submit(asyncio.run, work).result()


def until(holds: Callable[[], bool]) -> None:
    """Comes back when it HOLDS. Raises AssertionError when it never does."""
    pause = Event()
    for _ in range(PATIENCE * 1000):
        if holds():
            return
        pause.wait(0.001)
    raise AssertionError("it never held")
