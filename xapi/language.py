"""Choosing one entry of a language map by Accept-Language (1.0.3 Communication 2.1.3, RFC 2616 14.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeVar

_RANGE: Final = re.compile(
    r"[ \t]*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)[ \t]*(?:;[ \t]*[qQ]=([01](?:\.[0-9]{0,3})?)[ \t]*)?"
)
_MAX_RANGES: Final = 50
_T = TypeVar("_T")


@lru_cache(maxsize=256)
def preferences(header: str) -> tuple[tuple[str, float], ...]:
    """The language ranges of an Accept-Language header in lower case with their quality, the best first.

    What is not a range is left out: the header states a wish, so a bad one is no reason to refuse a request.
    """
    found: list[tuple[str, float]] = []
    for item in header.split(",")[:_MAX_RANGES]:
        if match := _RANGE.fullmatch(item):
            found.append((match[1].lower(), min(float(match[2] or 1), 1.0)))
    return tuple(sorted(found, key=lambda entry: -entry[1]))


def choose(tags: Iterable[str], header: str | None) -> str | None:
    """The tag that suits the header best; the first tag when none does, None when there are no tags.

    The ranges are tried one after the other. A range matches a tag that equals it or begins with it (`en`
    matches `en-GB`). Failing that, a tag that is the beginning of the range will do (`es` for `es-ES`). Only
    when no range has either, one of the same language will do (`en-US` for `en-GB`).
    """
    listed = list(tags)
    if not header or len(listed) < 2:
        return listed[0] if listed else None
    wishes = preferences(header)
    refused = {wish for wish, quality in wishes if not quality}
    usable = [
        tag for tag in listed if not any(_matches(wish, tag.lower()) for wish in refused - {"*"})
    ] or listed
    for nearness in ((_matches, _begins), (_same_language,)):
        for wish, quality in wishes:
            for suits in nearness:
                for tag in usable:
                    if quality and suits(wish, tag.lower()):
                        return tag
    return usable[0]


def only(language_map: Mapping[str, _T], header: str | None) -> dict[str, _T]:
    """The language map with nothing but the entry that suits the header best."""
    tag = choose(language_map, header)
    return {} if tag is None else {tag: language_map[tag]}


def _matches(wish: str, tag: str) -> bool:
    return wish == "*" or tag == wish or tag.startswith(f"{wish}-")


def _begins(wish: str, tag: str) -> bool:
    return wish.startswith(f"{tag}-")


def _same_language(wish: str, tag: str) -> bool:
    return wish.split("-", 1)[0] == tag.split("-", 1)[0]
