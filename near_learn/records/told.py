"""The parts of a stored statement that events are read from; the rest, mostly descriptions, is skipped."""

from __future__ import annotations

from typing import Any

import msgspec

from near_learn.records.event import Json
from xapi.lrs import Stored


class _Target(msgspec.Struct):
    id: str = ""
    objectType: str = "Activity"  # noqa: N815  # The name in the statement.


class _Told(msgspec.Struct):
    id: str
    actor: Any
    verb: Any
    object: _Target
    timestamp: str
    context: Any = msgspec.UNSET
    result: Any = msgspec.UNSET


_DECODER = msgspec.json.Decoder(_Told)


def parts(stored: Stored) -> Json:
    """The statement without what no event needs."""
    if "statement" in vars(stored):
        # It has been read already.
        return stored.statement
    try:
        told = _DECODER.decode(stored.text)
    except msgspec.MsgspecError:
        # What this parser finds odd (a number beyond all bounds), the record store may have accepted.
        return stored.statement
    whole: dict[str, Any] = msgspec.structs.asdict(told)
    whole["object"] = msgspec.structs.asdict(told.object)
    return {name: value for name, value in whole.items() if value is not msgspec.UNSET}
