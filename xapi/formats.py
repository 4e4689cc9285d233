"""The forms in which a statement is returned: exact, ids, canonical (1.0.3 Communication 2.1.3).

All take a valid statement and return another one; what they do not change they share with the original.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from xapi.language import only
from xapi.validate.activity import COMPONENT_LISTS

Definitions = Callable[[str], Mapping[str, Any] | None]
"""From the id of an Activity to its canonical definition, if the store has one."""

_IDENTIFYING: Final = frozenset({"objectType", "mbox", "mbox_sha1sum", "openid", "account"})
_LISTS: Final = sorted(frozenset[str]().union(*COMPONENT_LISTS.values()))
_Object = dict[str, Any]
_Change = Callable[[_Object], _Object]


def exact(statement: Mapping[str, Any]) -> _Object:
    """The statement with each single context Activity as an array of one (1.0.3 Data 2.4.6.2)."""
    return _changed(statement, actor=_same, verb=_same, activity=_same, attachment=_same)


def has_single_activity(statement: Mapping[str, Any]) -> bool:
    """Whether `exact` would change anything: a context Activity that is not in an array."""
    parts = [statement]
    if statement["object"].get("objectType") == "SubStatement":
        parts.append(statement["object"])
    for part in parts:
        activities = part.get("context", {}).get("contextActivities", {})
        if any(isinstance(value, dict) for value in activities.values()):
            return True
    return False


def ids(statement: Mapping[str, Any]) -> _Object:
    """Agents, Groups, Activities and Verbs with nothing but what identifies them.

    Of an anonymous Group that is what identifies each member.
    """
    return _changed(statement, actor=_actor_id, verb=_id_only, activity=_id_only, attachment=_same)


def canonical(
    statement: Mapping[str, Any], accept_language: str | None, definitions: Definitions | None = None
) -> _Object:
    """Activities with the store's definition, Verbs with their display, one language in each language map.

    Agents and Groups stay as they are. `accept_language` is the header; the choice is made map by map.
    """

    def verb(value: _Object) -> _Object:
        return _one_language(value, ("display",), accept_language)

    def activity(value: _Object) -> _Object:
        definition = definitions(value["id"]) if definitions else None
        if definition is None:
            definition = value.get("definition")
        return (
            value if definition is None else {**value, "definition": _definition(definition, accept_language)}
        )

    def attachment(value: _Object) -> _Object:
        return _one_language(value, ("display", "description"), accept_language)

    return _changed(statement, actor=_same, verb=verb, activity=activity, attachment=attachment)


def definition(value: Mapping[str, Any], accept_language: str | None) -> _Object:
    """An Activity's definition, each of its language maps cut to the language that suits best."""
    return _definition(value, accept_language)


def _same(value: _Object) -> _Object:
    return value


def _id_only(value: _Object) -> _Object:
    return {"id": value["id"]}


def _actor_id(value: _Object) -> _Object:
    found = {name: item for name, item in value.items() if name in _IDENTIFYING}
    if len(found) == 1 and "member" in value:
        found["member"] = [_actor_id(member) for member in value["member"]]
    return found


def _one_language(value: Mapping[str, Any], names: tuple[str, ...], header: str | None) -> _Object:
    return {name: only(item, header) if name in names else item for name, item in value.items()}


def _definition(value: Mapping[str, Any], header: str | None) -> _Object:
    found = _one_language(value, ("name", "description"), header)
    for name in _LISTS:
        if name in found:
            found[name] = [_one_language(item, ("description",), header) for item in found[name]]
    return found


def _changed(
    statement: Mapping[str, Any], *, actor: _Change, verb: _Change, activity: _Change, attachment: _Change
) -> _Object:
    """The statement, or SubStatement, with a change made to all Agents, Verbs, Activities and attachments."""

    def change(part: Mapping[str, Any]) -> _Object:
        found = dict(part)
        found["actor"] = actor(found["actor"])
        found["verb"] = verb(found["verb"])
        found["object"] = change_object(found["object"])
        if "context" in found:
            found["context"] = change_context(found["context"])
        if "authority" in found:
            found["authority"] = actor(found["authority"])
        if "attachments" in found:
            found["attachments"] = [attachment(item) for item in found["attachments"]]
        return found

    def change_object(value: _Object) -> _Object:
        kind = value.get("objectType", "Activity")
        if kind == "SubStatement":
            return change(value)
        if kind == "StatementRef":
            return value
        return activity(value) if kind == "Activity" else actor(value)

    def change_context(value: _Object) -> _Object:
        found = dict(value)
        for name in ("instructor", "team"):
            if name in found:
                found[name] = actor(found[name])
        if "contextActivities" in found:
            found["contextActivities"] = {
                kind: [activity(item) for item in (items if isinstance(items, list) else [items])]
                for kind, items in found["contextActivities"].items()
            }
        for name, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
            if name in found:
                found[name] = [{**item, inner: actor(item[inner])} for item in found[name]]
        return found

    return change(statement)
