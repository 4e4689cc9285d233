"""A request's parameters, each read by the rule for its type. A bad one is a 400 that names it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from xapi import grammar, jsontext, validate
from xapi.errors import XAPIError, expected
from xapi.store import sequence

T = TypeVar("T")

IGNORED = frozenset({"cachebuster"})
"""Sent by common clients to get around caches. Other unknown parameters are refused (1.0.3 Part 3, 2.0)."""


class Parameters(NamedTuple):
    """The parameters of one request, their names checked already."""

    values: Mapping[str, str]

    def read(self, name: str, reader: Callable[[str], T]) -> T | None:
        """The parameter as `reader` understands it, or None where it is missing."""
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return reader(value)
        except XAPIError as error:
            raise error.within(name) from None

    def need(self, name: str, reader: Callable[[str], T]) -> T:
        """The same for a parameter that must be there."""
        value = self.read(name, reader)
        if value is None:
            raise XAPIError("this parameter is missing", path=name)
        return value

    def flag(self, name: str) -> bool:
        """A boolean parameter, false where it is missing."""
        return bool(self.read(name, boolean))


def check_names(values: Mapping[str, str], allowed: frozenset[str]) -> Parameters:
    """The parameters without those to be ignored. XAPIError for a name that the resource does not know."""
    if values.keys() <= allowed:
        return Parameters(values)
    for name in values:
        if name not in allowed and name not in IGNORED:
            raise XAPIError(
                f"unknown parameter; known here: {', '.join(sorted(allowed)) or 'none'}", path=name
            )
    return Parameters({name: value for name, value in values.items() if name in allowed})


def text(value: str) -> str:
    if not value:
        raise expected("some text", value)
    if "\0" in value:
        raise expected("text without NUL", value)
    return value


def iri(value: str) -> str:
    grammar.iri(value)
    return value


def uuid(value: str) -> str:
    grammar.uuid(value)
    return value.lower()


def boolean(value: str) -> bool:
    if value not in ("true", "false"):
        raise expected("true or false", value)
    return value == "true"


def time(value: str) -> int:
    """A timestamp as a sequence number."""
    grammar.timestamp(value)
    return sequence(grammar.instant(value))


def count(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise expected("a whole number from 0", value)
    return int(value)


def place(value: str) -> int:
    """A cursor that an earlier answer gave."""
    if not (value.isascii() and value.isdigit()) or len(value) > 18:
        raise expected("a cursor from an earlier answer", value)
    return int(value)


def agent(value: str) -> dict[str, Any]:
    """An Agent or identified Group as JSON."""
    found: dict[str, Any] = _json(value)
    validate.identified(found)
    return found


def _json(value: str) -> Any:
    return jsontext.loads(value.encode("utf-8", "surrogatepass"))


def one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise expected(" or ".join(choices), value)
        return value

    return read
