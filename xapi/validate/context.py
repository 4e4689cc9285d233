"""Contexts, for each version (1.0.3 Data 2.4.6, 9274.1.1 4.2.2.5)."""

from __future__ import annotations

from typing import Any, Final

from xapi import grammar
from xapi.errors import expected
from xapi.validate.activity import activity
from xapi.validate.actor import actor, agent, group
from xapi.validate.reference import reference
from xapi.validate.shape import Rule, Shape, array_of, one_of
from xapi.validate.values import extensions, text
from xapi.versions import Version

_activities = array_of(activity, "Activities")


def activities(value: Any) -> None:
    """One Activity, or an array of them (1.0.3 Data 2.4.6.2)."""
    if isinstance(value, dict):
        activity(value)
    else:
        _activities(value)


context_activities = Shape(
    "contextActivities", dict.fromkeys(("parent", "grouping", "category", "other"), activities)
)
"""Activities by the way they relate to the statement (1.0.3 Data 2.4.6.2); may be empty."""

_iris = array_of(grammar.iri, "IRIs")


def relevant_types(value: Any) -> None:
    """One IRI or more that say how somebody relates to the statement (9274.1.1 4.2.2.5)."""
    _iris(value)
    if not value:
        raise expected("at least one IRI", value)


context_agent = Shape(
    "a context agent",
    {"objectType": one_of("contextAgent"), "agent": agent, "relevantTypes": relevant_types},
    required=("objectType", "agent"),
)
"""An Agent who had a part in it (9274.1.1 4.2.2.5)."""

context_group = Shape(
    "a context group",
    {"objectType": one_of("contextGroup"), "group": group, "relevantTypes": relevant_types},
    required=("objectType", "group"),
)
"""A Group that had a part in it (9274.1.1 4.2.2.5)."""

_COMMON: Final[dict[str, Rule]] = {
    "registration": grammar.uuid,
    "instructor": actor,
    "team": group,
    "contextActivities": context_activities,
    "revision": text,
    "platform": text,
    "language": grammar.language,
    "statement": reference,
    "extensions": extensions,
}
_CONTEXT_ACTORS: Final[dict[str, Rule]] = {
    "contextAgents": array_of(context_agent, "context agents"),
    "contextGroups": array_of(context_group, "context groups"),
}


def context(version: Version) -> Shape:
    """The rule for a context under `version`."""
    return Shape("a context", {**_COMMON, **(_CONTEXT_ACTORS if version.context_actors else {})})
