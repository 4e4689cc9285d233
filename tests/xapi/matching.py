"""Which statements a filter must find, straight from the specification's words and from nothing else.

1.0.3 Part 3, 2.1.3; 9274.1.1 4.1.6.1. What the store does with terms and tables is not used here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]
Matches = Callable[[Json], bool]


def same_identity(one: Json, other: Json) -> bool:
    """Agents and Groups are equal when they have the same Inverse Functional Identifier."""
    if "mbox_sha1sum" in one and "mbox_sha1sum" in other:
        return bool(one["mbox_sha1sum"].lower() == other["mbox_sha1sum"].lower())
    return any(name in one and one[name] == other.get(name) for name in ("mbox", "openid", "account"))


def is_or_has(actor: Json, wanted: Json) -> bool:
    """A Group that has a member which matches is a match."""
    return same_identity(actor, wanted) or any(same_identity(one, wanted) for one in actor.get("member", ()))


def actors(statement: Json) -> Iterator[Json]:
    """Actor and Object."""
    yield statement["actor"]
    if statement["object"].get("objectType") in ("Agent", "Group"):
        yield statement["object"]


def related_actors(statement: Json) -> Iterator[Json]:
    """Those, authority, instructor, team, context agents and groups, and all of that in a SubStatement."""
    yield from actors(statement)
    context = statement.get("context", {})
    yield from (context[name] for name in ("instructor", "team") if name in context)
    yield from (one["agent"] for one in context.get("contextAgents", ()))
    yield from (one["group"] for one in context.get("contextGroups", ()))
    if "authority" in statement:
        yield statement["authority"]
    if statement["object"].get("objectType") == "SubStatement":
        yield from related_actors(statement["object"])


def activities(statement: Json) -> Iterator[str]:
    """The Object."""
    if statement["object"].get("objectType", "Activity") == "Activity":
        yield statement["object"]["id"]


def related_activities(statement: Json) -> Iterator[str]:
    """The Object, the context Activities, and both in a SubStatement."""
    yield from activities(statement)
    for listed in statement.get("context", {}).get("contextActivities", {}).values():
        yield from (one["id"] for one in (listed if isinstance(listed, list) else [listed]))
    if statement["object"].get("objectType") == "SubStatement":
        yield from related_activities(statement["object"])


def by_agent(wanted: Json, *, related: bool) -> Matches:
    found = related_actors if related else actors
    return lambda statement: any(is_or_has(one, wanted) for one in found(statement))


def by_activity(wanted: str, *, related: bool) -> Matches:
    found = related_activities if related else activities
    return lambda statement: wanted in found(statement)


def by_verb(wanted: str) -> Matches:
    return lambda statement: bool(statement["verb"]["id"] == wanted)


def by_registration(wanted: str) -> Matches:
    return lambda statement: statement.get("context", {}).get("registration", "").lower() == wanted.lower()


def through_references(matches: Matches, statement: Json, stored: Mapping[str, Json]) -> bool:
    """A statement also meets the condition when the one that it targets does, and so on."""
    seen: set[str] = set()
    one: Json | None = statement
    while one is not None:
        if matches(one):
            return True
        target = one["object"]
        if target.get("objectType") != "StatementRef" or target["id"].lower() in seen:
            return False
        seen.add(target["id"].lower())
        one = stored.get(target["id"].lower())
    return False
