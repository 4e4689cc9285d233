"""Plain values: strings, booleans, numbers, language maps, extensions."""

from __future__ import annotations

from typing import Any, Final

from xapi import grammar
from xapi.errors import expected
from xapi.validate.shape import map_of

_NUMBERS: Final = (int, float)


def text(value: Any) -> None:
    """A string; a number is not one (1.0.3 Data 2.2: the wrong data type is refused)."""
    if not isinstance(value, str):
        raise expected("a string", value)


def boolean(value: Any) -> None:
    """true or false; the string "true" is not one (1.0.3 Data 2.2)."""
    if not isinstance(value, bool):
        raise expected("true or false", value)


def number(value: Any) -> None:
    """A number; a string with digits is not one (1.0.3 Data 2.2)."""
    if not isinstance(value, _NUMBERS) or isinstance(value, bool):
        raise expected("a number", value)


def length(value: Any) -> None:
    """A number of octets: a whole number from zero up (1.0.3 Data 2.4.11)."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise expected("a whole number from 0 up", value)


language_map = map_of(grammar.language, text, "a language map")
"""Language tags to strings (1.0.3 Data 4.2, 9274.1.1 4.2.7)."""

extensions = map_of(grammar.iri, None, "extensions")
"""IRIs to anything at all, null included (1.0.3 Data 4.1: values are no reason to refuse)."""
