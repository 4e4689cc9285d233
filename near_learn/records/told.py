"""The parts of a stored statement that events are read from; the rest, mostly descriptions, is skipped."""

from __future__ import annotations

from typing import Any

import msgspec

from near_learn.records.event import Json
from xapi import jsontext
from xapi.lrs import Stored


class _Verb(msgspec.Struct):
    id: str


class _Target(msgspec.Struct):
    id: str = ""
    objectType: str = "Activity"  # noqa: N815  # The name in the statement.


class _Told(msgspec.Struct):
    id: str
    actor: msgspec.Raw
    verb: _Verb
    object: _Target
    timestamp: str
    context: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    result: Any = msgspec.UNSET


_DECODER = msgspec.json.Decoder(_Told)


def known(stored: Stored) -> Json | None:
    """The statement, if it has been read already."""
    return vars(stored).get("statement")


def parts(stored: Stored) -> Json:
    """The statement without what no event needs, read for this."""
    try:
        told = _DECODER.decode(stored.text)
        found: dict[str, Any] = {
            "id": told.id,
            "actor": jsontext.part(told.actor),
            "verb": {"id": told.verb.id},
            "object": {"id": told.object.id, "objectType": told.object.objectType},
            "timestamp": told.timestamp,
        }
        if told.context is not msgspec.UNSET:
            found["context"] = jsontext.part(told.context)
    except ValueError:
        # What this parser finds odd (a number beyond all bounds), the record store may have accepted.
        return stored.statement
    if told.result is not msgspec.UNSET:
        found["result"] = told.result
    return found
