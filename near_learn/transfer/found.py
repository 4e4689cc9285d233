"""What a source hands over: texts that ought to be statements, and how far that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xapi.store import Attachment


class Unreadable(Exception):
    """The source cannot be read on; the text says why and what to do."""


@dataclass(frozen=True)
class Batch:
    """The next statements. `mark` is where to go on after them, in the source's own way."""

    texts: Sequence[bytes]
    places: Sequence[str]  # of each text, for people
    mark: Mapping[str, Any]
    weight: int  # bytes, for the progress bar
    parts: Mapping[str, Attachment] = field(default_factory=dict)  # what may be attached to them
