"""Agents and Groups (1.0.3 Data 2.4.2, 9274.1.1 4.2.2.1)."""

from __future__ import annotations

from typing import Any, Final

from xapi import grammar
from xapi.errors import XAPIError, expected
from xapi.validate.shape import Rule, Shape, array_of, one_of
from xapi.validate.values import text

IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")

account = Shape("an account", {"homePage": grammar.iri, "name": text}, required=("homePage", "name"))
"""An account on an existing system (1.0.3 Data 2.4.2.4)."""

_IDENTIFIER_RULES: Final[dict[str, Rule]] = {
    "mbox": grammar.mailto,
    "mbox_sha1sum": grammar.sha1sum,
    "openid": grammar.iri,
    "account": account,
}


def _identifiers(value: dict[str, Any]) -> int:
    return ("mbox" in value) + ("account" in value) + ("openid" in value) + ("mbox_sha1sum" in value)


def _exactly_one_identifier(value: dict[str, Any]) -> None:
    """1.0.3 Data 2.4.2.1: an Agent is identified by one identifier and never by more."""
    if _identifiers(value) != 1:
        raise expected(f"exactly one of {', '.join(IDENTIFIERS)}", sorted(value))


def _at_most_one_identifier(value: dict[str, Any]) -> None:
    """1.0.3 Data 2.4.2.2: an identified Group has exactly one identifier."""
    if _identifiers(value) > 1:
        raise expected(f"at most one of {', '.join(IDENTIFIERS)}", sorted(value))


def _anonymous_has_members(value: dict[str, Any]) -> None:
    """1.0.3 Data 2.4.2.2: an anonymous Group lists its members."""
    if not _identifiers(value) and not value.get("member"):
        raise XAPIError("a Group without an identifier needs members").within("member")


agent = Shape(
    "an Agent",
    {"objectType": one_of("Agent"), "name": text, **_IDENTIFIER_RULES},
    rules=(_exactly_one_identifier,),
)
"""An Agent; its objectType may be left out (1.0.3 Data 2.4.2.1)."""

group = Shape(
    "a Group",
    {"objectType": one_of("Group"), "name": text, "member": array_of(agent, "Agents"), **_IDENTIFIER_RULES},
    required=("objectType",),
    rules=(_at_most_one_identifier, _anonymous_has_members),
)
"""A Group, identified or anonymous; its members are Agents, never Groups (1.0.3 Data 2.4.2.2)."""


def actor(value: Any) -> None:
    """An Agent, or a Group if it says so (1.0.3 Data 2.4.2)."""
    if isinstance(value, dict) and value.get("objectType") == "Group":
        group(value)
    else:
        agent(value)


def identified(value: Any) -> None:
    """An Agent or an identified Group: what a request's parameter may name (1.0.3 Communication 2.1.3)."""
    actor(value)
    if not _identifiers(value):
        raise expected("an Agent or a Group with an identifier", sorted(value))


def authority(value: Any) -> None:
    """An Agent, or the two Agents of three-legged OAuth as an anonymous Group (1.0.3 Data 2.4.9)."""
    actor(value)
    if value.get("objectType") == "Group" and (_identifiers(value) or len(value["member"]) != 2):
        raise XAPIError("a Group as authority must have no identifier and exactly two members")
