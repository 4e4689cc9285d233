"""How far a long piece of work is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

# Steps between two tellings.
EVERY = 50

Tell = Callable[[int, int], None]
"""Is told how many steps are done, and of how many."""


def nobody(_done: int, _total: int) -> None:
    """For those who want to know nothing."""


def told(things: Iterable[T], tell: Tell, *, done: int, total: int) -> Iterator[T]:
    """The things one after the other; `tell` hears of them as they go."""
    for thing in things:
        if done % EVERY == 0:
            tell(done, total)
        yield thing
        done += 1
