"""JSON as a client sent it: read strictly, and cut into statements without changing a byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NoReturn

import msgspec

from xapi.errors import XAPIError, expected
from xapi.jsonplace import locate
from xapi.part import Part, once

MAX_DEPTH: Final = 100
_SPACE = re.compile(r"[ \t\n\r]*")
# Escapes that might stand for something unusable; only then is every string looked at.
_SUSPICIOUS = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNUSABLE = re.compile("[\0\ud800-\udfff]")


class _Refused(Exception):
    """Raised from inside the decoder, which knows the problem but not the place."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _Refused
    return value


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _Refused
    return value


def _constant(_name: str) -> NoReturn:
    raise _Refused


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
# Several times as fast, but silent about a property that is there twice, and terse about what is wrong.
_quick: Final = msgspec.json.Decoder()
_quick_list: Final = msgspec.json.Decoder(list[msgspec.Raw])
_quick_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
# What many statements have in common. Long ones are not kept: they would fill the memory.
_COMMON: Final = frozenset({"actor", "verb", "object", "context"})
_LONGEST_KEPT: Final = 2000
_SPACED_COLON: Final = re.compile(rb"[ \t\n\r]:")


dumps: Final = once(json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode)
"""The text of a value, as short as can be; that of a Part is written once."""


def loads(data: bytes, path: str = "") -> Any:
    """The value of one JSON text.

    Refuses with 400, naming the place, what would not survive being stored and read again: bad UTF-8, a
    property twice in one object (1.0.3 Data 2.2), NUL and lone surrogates in strings, numbers that are not
    finite, and nesting deeper than MAX_DEPTH.
    """
    quick = _certain(data)
    if quick is not None:
        return quick
    text = _decode(data, path)
    value, end = _value(text, _skip(text, 0), path)
    _finish(text, end, path)
    return value


def statements(data: bytes) -> list[tuple[bytes, Any]]:
    """Each statement of a batch, or of a single object, as (its verbatim text, its value), in one pass.

    Raises as `loads` does, and when the text is neither an object nor an array.
    """
    quick = _quickly(data)
    if quick is not None:
        return quick
    text = _decode(data, "")
    at = _skip(text, 0)
    if not text.startswith("[", at):
        value, end = _value(text, at, "")
        _finish(text, end, "")
        if not isinstance(value, dict):
            raise XAPIError("expected a statement or an array of statements")
        return [(text[at:end].encode(), value)]
    found: list[tuple[bytes, Any]] = []
    at = _skip(text, at + 1)
    if not text.startswith("]", at):
        while True:
            value, end = _value(text, at, f"[{len(found)}]")
            found.append((text[at:end].encode(), value))
            at = _skip(text, end)
            if not text.startswith(",", at):
                break
            at = _skip(text, at + 1)
    if not text.startswith("]", at):
        raise XAPIError(f"not JSON: expecting ',' or ']' at {_position(text, at)}", path=f"[{len(found)}]")
    _finish(text, at + 1, "")
    return found


def _quickly(data: bytes) -> list[tuple[bytes, Any]] | None:
    """The same for statements in which nothing is odd; None when it takes a closer look."""
    data = data.strip(b" \t\r\n")
    try:
        texts = [bytes(raw) for raw in _quick_list.decode(data)] if data.startswith(b"[") else [data]
        found = []
        for text in texts:
            value = _plain(text)
            if value is None:
                return None
            found.append((text, value))
    except (ValueError, RecursionError):
        return None
    return found


def _certain(data: bytes) -> Any:
    """The value, when it is certain that nothing in it must be refused; else None."""
    if _odd(data):
        return None
    try:
        value, properties = _read(data)
    except (ValueError, RecursionError):
        return None
    return value if data.count(b'":') == properties else None


def _odd(text: bytes) -> bool:
    """Whether there is something in the text that takes a closer look."""
    brackets = text.count(b"{") + text.count(b"[")
    return brackets > MAX_DEPTH or b"\\u" in text or _SPACED_COLON.search(text) is not None


def _plain(text: bytes) -> dict[str, Any] | None:
    """The statement in the text, when it is certain that nothing in it must be refused; else None.

    Without space before colons, each property's name is followed by its colon at once. Where that pair of
    characters is as frequent as there are properties, no property has been lost, and no string has the pair.
    """
    if _odd(text):
        return None
    found: dict[str, Any] = {}
    number = 0
    for name, raw in _quick_members.decode(text).items():
        common = name in _COMMON and len(raw) <= _LONGEST_KEPT
        found[name], properties = _known(bytes(raw)) if common else _read(raw)
        number += 1 + properties
    return found if text.count(b'":') == number else None


def part(text: bytes | msgspec.Raw) -> Any:
    """The value of the text of a part of a stored statement; often the same object for the same text.

    Raises ValueError for what is odd.
    """
    return (_known(bytes(text)) if len(text) <= _LONGEST_KEPT else _read(text))[0]


def _read(text: bytes | msgspec.Raw) -> tuple[Any, int]:
    """The value in the text, and how many properties all objects in it have."""
    value = _quick.decode(text)
    return value, _properties(value)


@lru_cache(maxsize=512)
def _known(text: bytes) -> tuple[Any, int]:
    value, properties = _read(text)
    return (Part(value) if type(value) is dict else value), properties


def split(data: bytes) -> list[bytes]:
    """The verbatim text of each statement of a batch array, or `[text]` for a single object."""
    return [text for text, _value in statements(data)]


def _finish(text: str, at: int, path: str) -> None:
    end = _skip(text, at)
    if end != len(text):
        raise XAPIError(f"not JSON: expecting the end at {_position(text, end)}", path=path)


def _decode(data: bytes, path: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise XAPIError(
            f"expected UTF-8, got byte 0x{data[error.start]:02x} at {error.start}", path=path
        ) from None


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None  # noqa: S101 - the pattern matches the empty string
    return match.end()


def _position(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    return f"line {line} column {at - text.rfind(chr(10), 0, at)}"


def _value(text: str, at: int, path: str) -> tuple[Any, int]:
    """One value that begins at `at`, and where it ends."""
    try:
        value, end = _decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at {_position(text, error.pos)}"
        raise locate(text, at, error.pos, message, MAX_DEPTH).at(path) from None
    except (_Refused, ValueError, RecursionError):
        # ValueError: an integer with more digits than the interpreter is willing to convert.
        message = f"nested deeper than {MAX_DEPTH} levels"
        raise locate(text, at, len(text), message, MAX_DEPTH).at(path) from None
    brackets = text.count("{", at, end) + text.count("[", at, end)
    if brackets > MAX_DEPTH or _SUSPICIOUS.search(text, at, end):
        try:
            _inspect(value, MAX_DEPTH)
        except XAPIError as error:
            raise error.at(path) from None
    return value, end


def _properties(value: Any) -> int:
    """How many properties all objects in the value have."""
    within: Iterable[Any] = ()
    found = 0
    if type(value) is dict:
        found, within = len(value), value.values()
    elif type(value) is list:
        within = value
    for item in within:
        if type(item) is dict or type(item) is list:
            found += _properties(item)
    return found


def _inspect(value: Any, levels: int) -> None:
    """Refuse unusable characters and nesting beyond `levels`, naming the place."""
    if isinstance(value, str):
        if _UNUSABLE.search(value):
            raise expected("text without NUL and lone surrogates", value)
    elif isinstance(value, dict | list):
        if not levels:
            raise XAPIError(f"nested deeper than {MAX_DEPTH} levels")
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            try:
                _inspect(step, levels)
                _inspect(item, levels - 1)
            except XAPIError as error:
                raise error.within(step) from None
