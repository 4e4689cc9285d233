"""What a statement mentions, as terms: 64-bit hashes of a role and a thing, which queries look up.

A filter of the Statement Resource (1.0.3 Part 3, 2.1.3; 2.0 4.1.6.1) is one term: a statement matches when
it, or a statement that it refers to, mentions that term.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

Json = Mapping[str, Any]

AGENT = "agent"
RELATED_AGENT = "related agent"
ACTIVITY = "activity"
RELATED_ACTIVITY = "related activity"
VERB = "verb"
REGISTRATION = "registration"
AUTHORITY = "authority"

_CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")


class Terms(NamedTuple):
    """What one statement mentions. Statements that refer to it are also found by `shared`, never by `own`."""

    shared: frozenset[int]
    own: frozenset[int]


def term(role: str, thing: str) -> int:
    """A signed 64-bit number that stands for the thing in that role."""
    digest = blake2b(f"{role}\0{thing}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def identity(agent: Json) -> str | None:
    """The agent's or group's inverse functional identifier as text, or None for an anonymous group.

    Two agents are the same when this is the same (1.0.3 Part 2, 2.4.2.3).
    """
    if "mbox" in agent:
        return f"mbox\0{agent['mbox']}"
    if "mbox_sha1sum" in agent:
        return f"mbox_sha1sum\0{str(agent['mbox_sha1sum']).lower()}"
    if "openid" in agent:
        return f"openid\0{agent['openid']}"
    if "account" in agent:
        return f"account\0{agent['account']['homePage']}\0{agent['account']['name']}"
    return None


def authority_identity(authority: Json) -> str:
    """The authority as text, also for the anonymous two-member group of an OAuth consumer and its user."""
    own = identity(authority)
    if own is not None:
        return own
    return json.dumps(sorted(identity(member) or "" for member in authority.get("member", [])))


def mentioned(statement: Json) -> Terms:
    """The terms under which a valid, completed statement is found."""
    shared = {term(role, thing) for role, thing in _shared(statement)}
    own = {term(AUTHORITY, authority_identity(statement["authority"]))} if "authority" in statement else set()
    return Terms(frozenset(shared), frozenset(own))


def agents(statement: Json) -> set[str]:
    """The identity of everybody whom a valid statement names, in whatever role."""
    found = set(_identities(statement["actor"]))
    target = statement["object"]
    if target.get("objectType") in ("Agent", "Group"):
        found.update(_identities(target))
    elif target.get("objectType") == "SubStatement":
        found |= agents(target)
    for one in _context_agents(statement.get("context", {})):
        found.update(_identities(one))
    found.update(_identities(statement.get("authority", {})))
    return found


def _shared(statement: Json) -> Iterator[tuple[str, str]]:
    yield VERB, statement["verb"]["id"]
    context = statement.get("context", {})
    if "registration" in context:
        yield REGISTRATION, context["registration"].lower()
    target = statement["object"]
    direct = [*_identities(statement["actor"])]
    if target.get("objectType") in ("Agent", "Group"):
        direct += _identities(target)
    for agent in direct:
        yield AGENT, agent
        yield RELATED_AGENT, agent
    if target.get("objectType", "Activity") == "Activity":
        yield ACTIVITY, target["id"]
        yield RELATED_ACTIVITY, target["id"]
    yield from _related(statement)
    if "authority" in statement:
        for agent in _identities(statement["authority"]):
            yield RELATED_AGENT, agent


def _related(statement: Json) -> Iterator[tuple[str, str]]:
    """Agents and activities of the context, and everything inside a SubStatement."""
    context = statement.get("context", {})
    for agent in _context_agents(context):
        for key in _identities(agent):
            yield RELATED_AGENT, key
    for role in _CONTEXT_ACTIVITIES:
        for activity in _listed(context.get("contextActivities", {}).get(role, ())):
            yield RELATED_ACTIVITY, activity["id"]
    target = statement["object"]
    if target.get("objectType") == "SubStatement":
        for role, thing in _shared(target):
            if role in (RELATED_AGENT, RELATED_ACTIVITY):
                yield role, thing


def _context_agents(context: Json) -> Iterator[Json]:
    for role in ("instructor", "team"):
        if role in context:
            yield context[role]
    for entry in context.get("contextAgents", ()):
        yield entry["agent"]
    for entry in context.get("contextGroups", ()):
        yield entry["group"]


def _identities(agent: Json) -> Iterator[str]:
    """The identity of an agent or group and of the group's members: a group is found by its members too."""
    own = identity(agent)
    if own is not None:
        yield own
    for member in agent.get("member", ()):
        yield from _identities(member)


def _listed(value: Json | Sequence[Json]) -> Sequence[Json]:
    """Under 1.0 a single activity may stand where a list is expected (1.0.3 Part 2, 2.4.6.2)."""
    return [value] if isinstance(value, Mapping) else value
