"""Parts that many statements have in common: read once, and what was found out about them kept with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


class Part(dict[str, Any]):
    """An object of a statement, as it was read. It may stand in many statements, so nobody changes it."""

    __slots__ = ("found",)

    def __init__(self, value: dict[str, Any]) -> None:
        super().__init__(value)
        self.found: dict[Any, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process finds out for itself.
        return Part, (dict(self),)


def once(work: Callable[[Any], T]) -> Callable[[Any], T]:
    """The same function, which works on one and the same part of statements only once.

    It must depend on nothing else. What it raises is not kept.
    """

    @wraps(work)
    def found(value: Any) -> T:
        if type(value) is not Part:
            return work(value)
        known = value.found
        if work not in known:
            known[work] = work(value)
        result: T = known[work]
        return result

    return found
