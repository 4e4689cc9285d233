"""When two statements are the same statement (1.0.3 Data 2.3.1, 9274.1.1 4.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from xapi.errors import XAPIError
from xapi.grammar import instant

# What a store may assign, and attachments: both versions list them among what is not compared.
_IGNORED: Final = frozenset({"id", "authority", "stored", "timestamp", "version", "attachments"})
_FRACTION: Final = re.compile(r"([.,][0-9]{1,2})[0-9]*(?=S$)")

_View = Callable[[Any], Any]
"""From a value to what counts of it when compared. Takes any JSON, because a signature may hold any."""


def same(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether nothing differs but what the exceptions to immutability allow.

    These are: what a store assigns (id, authority, stored, timestamp, version), attachments, definitions of
    Activities, the display of the verb, the order of a Group's members, how a point in time is written, and
    the case of what has no case. A single context Activity equals an array of it (1.0.3 Data 2.4.6.2).
    Durations are compared as text, without what is finer than 0.01 s (4.6).
    """
    return bool(_statement(a) == _statement(b))


def _each(views: Mapping[str, _View], ignored: frozenset[str] = frozenset()) -> _View:
    """A view of an object: its properties by their own views, without those ignored."""

    def view(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return _plain(value)
        return {name: views.get(name, _plain)(item) for name, item in value.items() if name not in ignored}

    return view


def _plain(value: Any) -> Any:
    """The value itself; but true is not 1, although Python holds them equal."""
    if isinstance(value, bool):
        return (value,)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _caseless(value: Any) -> Any:
    """UUIDs, hex digits and language tags: text without case (RFC 4122 3, RFC 5646 2.1.1)."""
    return value.lower() if isinstance(value, str) else _plain(value)


def _mbox(value: Any) -> Any:
    """An e-mail address: its domain has no case (1.0.3 Data 2.4.2.3)."""
    if not isinstance(value, str):
        return _plain(value)
    mailbox, at, domain = value.rpartition("@")
    return f"{mailbox}{at}{domain.lower()}"


def _time(value: Any) -> Any:
    """A point in time, to the millisecond, which is what has to be kept (1.0.3 Data 4.5)."""
    try:
        moment = instant(value)
    except (XAPIError, TypeError):
        return _plain(value)
    return (moment.replace(microsecond=moment.microsecond // 1000 * 1000),)


def _duration(value: Any) -> Any:
    """The text, cut after hundredths of a second, never rounded (1.0.3 Data 4.6)."""
    if not isinstance(value, str):
        return _plain(value)
    return _FRACTION.sub(lambda found: found[1].rstrip("0").rstrip(".,"), value)


def _members(value: Any) -> Any:
    """The members of a Group in any order (1.0.3 Data 2.3.1)."""
    if not isinstance(value, list):
        return _plain(value)
    return sorted((_actor(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))


def _actors(value: Any) -> Any:
    return [_context_actor(item) for item in value] if isinstance(value, list) else _plain(value)


def _activities(value: Any) -> Any:
    return [_activity(item) for item in value] if isinstance(value, list) else [_activity(value)]


def _object(value: Any) -> Any:
    kind = value.get("objectType", "Activity") if isinstance(value, Mapping) else None
    view = _OBJECTS.get(kind, _plain) if isinstance(kind, str) else _plain
    return view(value)


_actor = _each({"mbox": _mbox, "mbox_sha1sum": _caseless, "member": _members})
_context_actor = _each({"agent": _actor, "group": _actor})
_activity = _each({}, frozenset({"definition"}))
_reference = _each({"id": _caseless})
_context = _each(
    {
        "registration": _caseless,
        "instructor": _actor,
        "team": _actor,
        "contextActivities": _each(dict.fromkeys(("parent", "grouping", "category", "other"), _activities)),
        "contextAgents": _actors,
        "contextGroups": _actors,
        "language": _caseless,
        "statement": _reference,
    }
)
_PARTS: Final[dict[str, _View]] = {
    "actor": _actor,
    "verb": _each({}, frozenset({"display"})),
    "object": _object,
    "result": _each({"duration": _duration}),
    "context": _context,
}
_statement = _each(_PARTS, _IGNORED)
_OBJECTS: Final[dict[str, _View]] = {
    "Activity": _activity,
    "Agent": _actor,
    "Group": _actor,
    "StatementRef": _reference,
    "SubStatement": _each({**_PARTS, "timestamp": _time}, frozenset({"attachments"})),
}
