"""From a received statement to a record: validated, its text completed without being taken apart."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from xapi import grammar, jsontext, splice, validate
from xapi.part import once
from xapi.store import Attachment, Record
from xapi.terms import mentioned
from xapi.versions import Version

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")


def prepare(
    text: str,
    statement: Any,
    version: Version,
    authority: Mapping[str, Any],
    attachments: Sequence[Attachment] = (),
    *,
    defines: bool = True,
) -> Record:
    """The record for one statement, given as the text that was received and as its value.

    The store sets `authority` and `stored`, whatever the client sent (1.0.3 Part 2, 2.4.8 and 2.4.9), but
    `id` and `version` only where they are missing. Raises XAPIError for a statement that breaks a rule.
    """
    validate.statement(statement, version)
    whole = completed(text, statement, version)
    if whole is not text:
        text, statement = whole, json.loads(whole)
    if "stored" in statement or "authority" in statement:
        text = splice.rewrite(text, {"stored": None, "authority": None})
    added: dict[str, Any] = {"authority": authority}
    if "id" not in statement:
        added["id"] = str(uuid.uuid4())
    if "version" not in statement:
        added["version"] = version.default
    complete = {name: value for name, value in statement.items() if name != "stored"} | added
    target = complete["object"]
    registration = complete.get("context", {}).get("registration")
    refers = target.get("objectType") == "StatementRef"
    return Record(
        id=complete["id"].lower(),
        text=splice.append(text, {name: jsontext.dumps(value) for name, value in added.items()}),
        statement=complete,
        terms=mentioned(complete),
        version=complete["version"],
        registration=None if registration is None else registration.lower(),
        refers_to=target["id"].lower() if refers else None,
        voiding=refers and complete["verb"]["id"] == VOIDED,
        attachments=attachments,
        defines=defines,
    )


def completed(text: str, statement: Mapping[str, Any], version: Version) -> str:
    """The text in the form in which it must be returned; mostly the text itself.

    Each single context activity is put into a list (1.0.3 Part 2, 2.4.6.2). Under 2.0 a timestamp with
    another offset is converted to UTC (4.2.7).
    """
    changes: dict[str, str | None] = {}
    single = _single(statement["context"]) if "context" in statement else ()
    if single:
        parts = splice.members(text)
        context_text = splice.members(parts["context"])["contextActivities"]
        roles = splice.members(context_text)
        listed = splice.rewrite(context_text, {role: f"[{roles[role]}]" for role in single})
        changes["context"] = splice.rewrite(parts["context"], {"contextActivities": listed})
    if version.strict_timestamps and "timestamp" in statement:
        time = grammar.in_utc(statement["timestamp"])
        if time != statement["timestamp"]:
            changes["timestamp"] = splice.quoted(time)
    target = statement["object"]
    if target.get("objectType") == "SubStatement":
        inner = splice.members(text)["object"]
        changed = completed(inner, target, version)
        if changed != inner:
            changes["object"] = changed
    return splice.rewrite(text, changes) if changes else text


@once
def _single(context: Mapping[str, Any]) -> list[str]:
    """The roles in which a context activity stands without a list."""
    by_role = context.get("contextActivities", {})
    return [role for role in _CONTEXT_ACTIVITIES if isinstance(by_role.get(role), Mapping)]
