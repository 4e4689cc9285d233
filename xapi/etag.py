"""Entity tags and preconditions (1.0.3 Part 3, 3.1; 2.0 4.1.4; RFC 9110 13.1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from xapi.errors import XAPIError, expected

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def etag(content: bytes) -> str:
    """The entity tag, quotes included: the SHA-1 of the content, as 1.0.3 Part 3, 3.1 recommends."""
    return f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'


@dataclass(frozen=True)
class Preconditions:
    """What must be so before a document is written. None: no such condition; an empty set: `*`."""

    if_match: frozenset[str] | None = None
    if_none_match: frozenset[str] | None = None

    @property
    def given(self) -> bool:
        return self.if_match is not None or self.if_none_match is not None

    def check(self, current: str | None) -> None:
        """XAPIError 412 unless they hold for the document's entity tag, or for None where there is none."""
        if self.if_match is not None and (
            current is None or (self.if_match and current not in self.if_match)
        ):
            raise XAPIError("the document is not the one expected here", 412, "If-Match")
        if self.if_none_match is not None and current is not None:
            unwanted = not self.if_none_match or current in self.if_none_match
            if unwanted:
                raise XAPIError("the document exists already", 412, "If-None-Match")


def preconditions(headers: Mapping[str, str]) -> Preconditions:
    """The conditions in a request's headers, whose names are in lower case. XAPIError for what is no tag."""
    return Preconditions(
        if_match=_tags(headers, "if-match"),
        if_none_match=_tags(headers, "if-none-match"),
    )


def _tags(headers: Mapping[str, str], name: str) -> frozenset[str] | None:
    value = headers.get(name)
    if value is None:
        return None
    if value.strip() == "*":
        return frozenset()
    found = set()
    for part in value.split(","):
        tag = _TAG.fullmatch(part.strip())
        # Some clients leave out the quotes; which document they mean is clear all the same.
        bare = part.strip() if re.fullmatch(r"[0-9A-Za-z]+", part.strip()) else None
        if tag is None and bare is None:
            raise expected("an entity tag in quotes", value, path=name)
        found.add(f'"{tag[1] if tag else bare}"')
    return frozenset(found)
