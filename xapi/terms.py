"""What a statement mentions, as terms: 64-bit hashes of a role and a thing, which queries look up.

A filter of the Statement Resource (1.0.3 Part 3, 2.1.3; 2.0 4.1.6.1) is one term: a statement matches when
it, or a statement that it refers to, mentions that term.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from xapi.part import once

Json = Mapping[str, Any]
Pairs = list[tuple[str, str]]

AGENT = "agent"
RELATED_AGENT = "related agent"
ACTIVITY = "activity"
RELATED_ACTIVITY = "related activity"
VERB = "verb"
REGISTRATION = "registration"
AUTHORITY = "authority"

_SHORT = 300


class Terms(NamedTuple):
    """What one statement mentions. Statements that refer to it are also found by `shared`, never by `own`."""

    shared: frozenset[int]
    own: frozenset[int]


def term(role: str, thing: str) -> int:
    """A signed 64-bit number that stands for the thing in that role."""
    # Most statements mention what others do. Long things are not kept: they would fill the memory.
    return _known(role, thing) if len(thing) <= _SHORT else _hashed(role, thing)


def _hashed(role: str, thing: str) -> int:
    digest = blake2b(f"{role}\0{thing}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


_known = lru_cache(maxsize=4096)(_hashed)


def identity(agent: Json) -> str | None:
    """The agent's or group's inverse functional identifier as text, or None for an anonymous group.

    Two agents are the same when this is the same (1.0.3 Part 2, 2.4.2.3).
    """
    if "account" in agent:
        return f"account\0{agent['account']['homePage']}\0{agent['account']['name']}"
    if "mbox" in agent:
        return f"mbox\0{agent['mbox']}"
    if "mbox_sha1sum" in agent:
        return f"mbox_sha1sum\0{str(agent['mbox_sha1sum']).lower()}"
    if "openid" in agent:
        return f"openid\0{agent['openid']}"
    return None


def authority_identity(authority: Json) -> str:
    """The authority as text, also for the anonymous two-member group of an OAuth consumer and its user."""
    own = identity(authority)
    if own is not None:
        return own
    return json.dumps(sorted(identity(member) or "" for member in authority.get("member", [])))


def mentioned(statement: Json) -> Terms:
    """The terms under which a valid, completed statement is found."""
    shared = {term(VERB, statement["verb"]["id"])}
    shared |= _terms_of_actor(statement["actor"])
    shared |= _terms_of_target(statement["object"])
    if "context" in statement:
        shared |= _terms_of_context(statement["context"])
    if "authority" not in statement:
        return Terms(frozenset(shared), frozenset())
    shared |= _terms_of_authority(statement["authority"])
    return Terms(frozenset(shared), _own_terms(statement["authority"]))


def agents(statement: Json) -> set[str]:
    """The identity of everybody whom a valid statement names, in whatever role."""
    found = {*_identities(statement["actor"]), *_named_in_target(statement["object"])}
    if "context" in statement:
        found |= _named_in_context(statement["context"])
    if "authority" in statement:
        found.update(_identities(statement["authority"]))
    return found


@once
def _named_in_target(target: Json) -> set[str]:
    kind = target.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return set(_identities(target))
    return agents(target) if kind == "SubStatement" else set()


@once
def _named_in_context(context: Json) -> set[str]:
    return {one for agent in _context_agents(context) for one in _identities(agent)}


def _shared(statement: Json) -> Pairs:
    found = [
        (VERB, statement["verb"]["id"]),
        *_of_actor(statement["actor"]),
        *_of_target(statement["object"]),
    ]
    return found + _of_context(statement.get("context", {})) + _of_authority(statement.get("authority", {}))


def _of_actor(actor: Json) -> Pairs:
    return [(role, one) for one in _identities(actor) for role in (AGENT, RELATED_AGENT)]


def _of_target(target: Json) -> Pairs:
    kind = target.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return _of_actor(target)
    if kind == "Activity":
        return [(ACTIVITY, target["id"]), (RELATED_ACTIVITY, target["id"])]
    if kind == "SubStatement":
        return [pair for pair in _shared(target) if pair[0] in (RELATED_AGENT, RELATED_ACTIVITY)]
    return []


def _of_context(context: Json) -> Pairs:
    found = [(REGISTRATION, context["registration"].lower())] if "registration" in context else []
    found += [(RELATED_AGENT, one) for agent in _context_agents(context) for one in _identities(agent)]
    for activities in context.get("contextActivities", {}).values():
        found += [(RELATED_ACTIVITY, activity["id"]) for activity in _listed(activities)]
    return found


def _of_authority(authority: Json) -> Pairs:
    return [(RELATED_AGENT, one) for one in _identities(authority)]


def _hashes(pairs: Callable[[Json], Pairs]) -> Callable[[Json], frozenset[int]]:
    @once
    def found(part: Json) -> frozenset[int]:
        return frozenset([term(*pair) for pair in pairs(part)])

    return found


_terms_of_actor = _hashes(_of_actor)
_terms_of_target = _hashes(_of_target)
_terms_of_context = _hashes(_of_context)
_terms_of_authority = _hashes(_of_authority)
_own_terms = _hashes(lambda authority: [(AUTHORITY, authority_identity(authority))])


def _context_agents(context: Json) -> Iterator[Json]:
    for role in ("instructor", "team"):
        if role in context:
            yield context[role]
    for entry in context.get("contextAgents", ()):
        yield entry["agent"]
    for entry in context.get("contextGroups", ()):
        yield entry["group"]


@once
def _identities(agent: Json) -> list[str]:
    """The identity of an agent or group and of the group's members: a group is found by its members too."""
    own = identity(agent)
    found = [] if own is None else [own]
    for member in agent.get("member", ()):
        found += _identities(member)
    return found


def _listed(value: Json | Sequence[Json]) -> Sequence[Json]:
    """Under 1.0 a single activity may stand where a list is expected (1.0.3 Part 2, 2.4.6.2)."""
    return [value] if isinstance(value, Mapping) else value
