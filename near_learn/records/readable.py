"""A statement in a form for people to read: its sentence, its result, and itself as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xapi.lrs import Stored

# Characters that turn the direction of text could make a statement look like another one.
TURNING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Recorded:
    """A statement to read: its sentence, its result, and itself as JSON."""

    id: str
    seq: int
    time: datetime
    verb: str
    object: str
    result: Mapping[str, Any]
    json: str


def recorded(stored: Stored, language: str) -> Recorded:
    """STORED in a form to read, in LANGUAGE where the statement has it."""
    statement = stored.statement
    verb = statement["verb"]
    target = statement["object"]
    return Recorded(
        id=stored.id,
        seq=stored.seq,
        time=datetime.fromisoformat(statement["timestamp"]),
        verb=in_language(verb.get("display"), language) or verb["id"].rsplit("/", 1)[-1],
        object=in_language(target.get("definition", {}).get("name"), language)
        or target.get("id", target.get("objectType", "")),
        result=statement.get("result", {}),
        json=TURNING.sub(_escaped, json.dumps(statement, ensure_ascii=False, indent=2)),
    )


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def in_language(texts: Mapping[str, str] | None, language: str) -> str:
    """The text of a language map for LANGUAGE, else English, else any, else nothing."""
    if not texts:
        return ""
    for wanted in (language, "en"):
        for tag, text in texts.items():
            if tag.split("-")[0].lower() == wanted:
                return text
    return next(iter(texts.values()))
