"""Where a JSON text goes wrong: a second, slower reading that keeps track of the place."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

from xapi.errors import XAPIError, expected

# No alternative begins like another and no repetition nests, so the time is linear in the text.
_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
        (?P<mark>[{}\[\],:])
      | (?P<text>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")
      | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (?P<word>-?[A-Za-z]+)
    )""",
    re.VERBOSE,
)
_INFINITE = frozenset({"NaN", "Infinity", "-Infinity"})
_MAX_DIGITS = 4300


@dataclass
class _Level:
    """An object or an array that is open: where in it we are, and which properties it had."""

    step: str | int | None
    """The property or index that is being read; None in an object before a property's name."""
    is_object: bool
    seen: set[str] = field(default_factory=set)


def locate(text: str, at: int, stop: int, message: str, max_depth: int) -> XAPIError:
    """The first thing in the value at `at` that is refused, with its place.

    A decoder has already refused the value; `stop` is where it gave up and `message` why, which is the answer
    when nothing before that point is to blame.
    """
    levels: list[_Level] = []
    try:
        while at < stop and (token := _TOKEN.match(text, at)):
            if token.start(token.lastgroup or 0) >= stop:
                break
            _read(token, levels, max_depth)
            at = token.end()
            if not levels:
                break
        error = XAPIError(message)
    except XAPIError as found:
        error = found
    for level in reversed(levels):
        if level.step is not None:
            error = error.within(level.step)
    return error


def _read(token: re.Match[str], levels: list[_Level], max_depth: int) -> None:
    top = levels[-1] if levels else None
    kind, word = token.lastgroup, token[token.lastgroup or 0]
    if kind == "mark":
        _mark(word, levels, max_depth)
    elif kind == "text" and top is not None and top.is_object and top.step is None:
        _key(word, top)
    elif kind == "number":
        if not any(mark in word for mark in ".eE"):
            if len(word) > _MAX_DIGITS:
                raise expected(f"at most {_MAX_DIGITS} digits", f"{len(word)} digits")
        elif math.isinf(float(word)):
            raise expected("a finite number", word)
    elif kind == "word" and word in _INFINITE:
        raise expected("a finite number", word)


def _mark(mark: str, levels: list[_Level], max_depth: int) -> None:
    if mark in "{[":
        if len(levels) == max_depth:
            raise XAPIError(f"nested deeper than {max_depth} levels")
        levels.append(_Level(None, True) if mark == "{" else _Level(0, False))
    elif mark in "}]":
        if levels:
            levels.pop()
    elif mark == "," and levels:
        top = levels[-1]
        top.step = None if top.is_object or top.step is None else int(top.step) + 1


def _key(word: str, level: _Level) -> None:
    try:
        key: Any = json.loads(word)
    except ValueError:
        return
    level.step = key
    if key in level.seen:
        raise XAPIError("the property occurs twice in one object")
    level.seen.add(key)
