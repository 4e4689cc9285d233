"""The versions that are spoken, and what differs between them: one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from xapi.errors import XAPIError, expected

Family = Literal["1.0.3", "2.0.0"]


@dataclass(frozen=True)
class Version:
    """One family of versions and its rules; `answer` is what the version header of an answer says."""

    family: Family
    answer: str
    default: str
    """The `version` that a statement gets when it came without (1.0.3 Data 2.4.10; 9274.1.1 4.2.4.3)."""
    statement_versions: tuple[str, ...]
    """How a statement's own `version` may begin."""
    context_actors: bool
    """Whether `contextAgents` and `contextGroups` exist (new in 9274.1.1 4.2.2.5)."""
    strict_timestamps: bool
    """Whether a timestamp must be RFC 3339, not only ISO 8601 (9274.1.1 5.2.7)."""
    alternate_syntax: bool
    """Whether `POST ?method=…` with a form body exists (1.0.3 Communication 1.3; gone in 9274.1.1)."""
    state_concurrency: bool
    """Whether preconditions also bind the State resource (9274.1.1 4.1.4; 1.0.3 only recommends them)."""

    def __str__(self) -> str:
        return self.family


# A statement's version says which data model it follows, not how it travels. 2.0 only adds to the data
# model of 1.0.x, so a statement marked 1.0.x is welcome under 2.0; the reverse is not.
ONE: Final = Version(
    family="1.0.3",
    answer="1.0.3",
    default="1.0.0",
    statement_versions=("1.0",),
    context_actors=False,
    strict_timestamps=False,
    alternate_syntax=True,
    state_concurrency=False,
)
TWO: Final = Version(
    family="2.0.0",
    answer="2.0.0",
    default="2.0.0",
    statement_versions=("1.0", "2.0"),
    context_actors=True,
    strict_timestamps=True,
    alternate_syntax=False,
    state_concurrency=True,
)
VERSIONS: Final = {version.family: version for version in (ONE, TWO)}

_BY_PREFIX: Final = {"1.0": ONE, "2.0": TWO}
_HEADER = re.compile(r"(1\.0|2\.0)(?:\.(?:0|[1-9][0-9]{0,8}))?", re.ASCII)


def negotiate(header: str | None) -> Version:
    """The version that a request's X-Experience-API-Version header asks for.

    Accepts 1.0, 1.0.x, 2.0 and 2.0.x (1.0.3 Communication 3.3; 9274.1.1 4.1.7). Anything else, and a request
    without the header, is a 400.
    """
    if header is None:
        raise XAPIError("the header is missing: send 1.0.3 or 2.0.0", path="X-Experience-API-Version")
    found = _HEADER.fullmatch(header.strip(" \t"))
    if found is None:
        raise expected("1.0, 1.0.x, 2.0 or 2.0.x", header, path="X-Experience-API-Version")
    return _BY_PREFIX[found[1]]
