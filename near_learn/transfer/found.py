"""What a source hands over: statements with their place in it, and how far that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xapi.store import Attachment


class Unreadable(Exception):
    """The source cannot be read on; the text says why and what to do."""


@dataclass(frozen=True)
class Found:
    """A text that ought to be a statement. `place` names it for people; `parts` are its attachments."""

    place: str
    text: bytes
    parts: Mapping[str, Attachment] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """The next statements. `mark` is where to go on after them, in the source's own way."""

    found: Sequence[Found]
    mark: Mapping[str, Any]
    weight: int  # bytes, for the progress bar
