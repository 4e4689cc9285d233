"""Statements and SubStatements, for each version (1.0.3 Data 2.4, 9274.1.1 4.2)."""

from __future__ import annotations

from typing import Any, Final

from xapi import grammar
from xapi.errors import XAPIError, expected
from xapi.part import once
from xapi.validate.activity import activity
from xapi.validate.actor import actor, agent, authority, group
from xapi.validate.attachment import attachments
from xapi.validate.context import context
from xapi.validate.reference import reference
from xapi.validate.result import result
from xapi.validate.shape import Rule, Shape, one_of
from xapi.validate.verb import VOIDED, verb
from xapi.versions import VERSIONS, Version

_REQUIRED: Final = ("actor", "verb", "object")


def object_of(kinds: dict[str, Rule]) -> Rule:
    """The rule for an object, chosen by its objectType, Activity if it has none (1.0.3 Data 2.4.4)."""
    listed = ", ".join(kinds)

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise expected("an object of a statement (an object)", value)
        kind = value.get("objectType", "Activity")
        rule = kinds.get(kind) if isinstance(kind, str) else None
        if rule is None:
            raise expected(f"one of {listed}", kind, path="objectType")
        rule(value)

    return check


def _activity_only(value: dict[str, Any]) -> None:
    """1.0.3 Data 2.4.6: revision and platform are for statements about an Activity."""
    found = value.get("context")
    if found and value["object"].get("objectType", "Activity") != "Activity":
        for name in ("revision", "platform"):
            if name in found:
                raise XAPIError("only allowed when the object is an Activity").within(name).within("context")


def _voiding(value: dict[str, Any]) -> None:
    """1.0.3 Data 2.3.2: the object of a voiding statement is a StatementRef."""
    if value["verb"]["id"] == VOIDED and value["object"].get("objectType") != "StatementRef":
        kind = value["object"].get("objectType", "Activity")
        raise expected("StatementRef, because the verb is voided", kind, path="object.objectType")


def _statement(version: Version) -> Shape:
    timestamp = grammar.strict_timestamp if version.strict_timestamps else grammar.timestamp
    common: dict[str, Rule] = {
        "actor": once(actor),
        "verb": once(verb),
        "result": result,
        "context": once(context(version)),
        "timestamp": timestamp,
        "attachments": attachments,
    }
    objects: dict[str, Rule] = {
        "Activity": activity,
        "Agent": agent,
        "Group": group,
        "StatementRef": reference,
    }
    # A SubStatement has no id, stored, version or authority, and no SubStatement inside (1.0.3 Data 2.4.4.3).
    substatement = Shape(
        "a SubStatement",
        {**common, "objectType": one_of("SubStatement"), "object": object_of(objects)},
        required=("objectType", *_REQUIRED),
        rules=(_activity_only,),
    )

    def own_version(value: Any) -> None:
        grammar.version(value, version.statement_versions)

    return Shape(
        "a Statement",
        {
            **common,
            "id": grammar.uuid,
            "object": once(object_of({**objects, "SubStatement": substatement})),
            "stored": timestamp,
            "authority": authority,
            "version": own_version,
        },
        required=_REQUIRED,
        rules=(_activity_only, _voiding),
    )


_STATEMENTS: Final = {family: _statement(version) for family, version in VERSIONS.items()}


def statement(value: Any, version: Version) -> None:
    """A whole statement as `version` has it. Raises XAPIError(400) that names place, rule and value."""
    _STATEMENTS[version.family](value)
