"""Changes to JSON text that leave everything else as it was received: no number is read and written again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]

from xapi.jsontext import dumps

_SPACE = re.compile(r"[ \t\n\r]*")
# Numbers are only skipped, so they are not turned into numbers: a very long one would be refused.
_VALUE = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
# The members of statements, of which most objects consist that are put together.
_MEMBERS = "id actor verb object result context timestamp stored authority version attachments"
_NAMES = {name: dumps(name) for name in _MEMBERS.split()}


def members(text: str) -> dict[str, str]:
    """The members of the JSON object in `text`, each value as its own text. The text must be valid JSON."""
    found: dict[str, str] = {}
    place = _skip(text, _skip(text, 0) + 1)
    while text[place] != "}":
        if text[place] == ",":
            place = _skip(text, place + 1)
        name, place = scanstring(text, place + 1)
        start = _skip(text, _skip(text, place) + 1)
        _, end = _VALUE.raw_decode(text, start)
        found[name] = text[start:end]
        place = _skip(text, end)
    return found


def items(text: str) -> list[str]:
    """The items of the JSON array in `text`, each as its own text. The text must be valid JSON."""
    found: list[str] = []
    place = _skip(text, _skip(text, 0) + 1)
    while text[place] != "]":
        if text[place] == ",":
            place = _skip(text, place + 1)
        _, end = _VALUE.raw_decode(text, place)
        found.append(text[place:end])
        place = _skip(text, end)
    return found


def string(text: str) -> str:
    """The string that the JSON text stands for."""
    value: str = json.loads(text)
    return value


def quoted(value: str) -> str:
    """The string as JSON text."""
    return dumps(value)


def join(parts: Mapping[str, str]) -> str:
    """The JSON object with these members, whose values are JSON texts."""
    members = [f"{_NAMES.get(name) or dumps(name)}:{value}" for name, value in parts.items()]
    return "{" + ",".join(members) + "}"


def rewrite(text: str, changes: Mapping[str, str | None]) -> str:
    """The object with some members replaced by other JSON texts, or taken out where the change is None.

    Members that are not there yet are put at the end.
    """
    parts: dict[str, str | None] = {**members(text), **changes}
    return join({name: value for name, value in parts.items() if value is not None})


def append(text: str, additions: Mapping[str, str]) -> str:
    """The object with members added at the end. None of them may be there already."""
    if not additions:
        return text
    head = text.rstrip(" \t\n\r")[:-1].rstrip(" \t\n\r")
    tail = join(additions)[1:]
    return f"{head}{tail}" if head.endswith("{") else f"{head},{tail}"


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    assert match is not None  # noqa: S101  (the expression matches everywhere)
    return match.end()
