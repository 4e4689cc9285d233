"""What is known of activities: their definitions, merged from the statements that brought them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, select

from xapi import jsontext, splice
from xapi.part import once
from xapi.sql.lookup import find
from xapi.sql.tables import activity
from xapi.sql.upsert import insert_or_replace
from xapi.store import Record

_CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")
_LANGUAGE_MAPS = ("name", "description")
_LONGEST_KEPT = 12_000

Sent = tuple[str, str]
"""An activity's IRI and its definition."""


def definition(connection: Connection, iri: str) -> str | None:
    """The activity's definition as JSON text, or None if none was ever sent."""
    column = activity.c.definition
    text: str | None = connection.execute(select(column).where(activity.c.digest == _digest(iri))).scalar()
    return text


def define(connection: Connection, new: Sequence[Record]) -> None:
    """Merge the definitions that the statements bring into what is known (1.0.3 Part 2, 2.4.4.1)."""
    definitions: dict[str, str] = {}
    for record in new:
        gather(definitions, record)
    merge(connection, definitions)


def gather(definitions: dict[str, str], record: Record) -> None:
    """Merge the statement's definitions, by IRI, into those of the statements before it."""
    for iri, text in _definitions(record):
        definitions[iri] = _merged(definitions.get(iri, "{}"), text)


def merge(connection: Connection, definitions: Mapping[str, str]) -> None:
    """Merge definitions that were gathered into what is known."""
    sent = {_digest(iri): (iri, text) for iri, text in definitions.items()}
    known = {row.digest: row.definition for row in find(connection, activity, digest=sorted(sent))}
    changed = []
    for digest, (iri, text) in sorted(sent.items()):
        merged = _merged(known.get(digest, "{}"), text)
        # Most statements repeat what is known already; those write nothing.
        if merged != known.get(digest):
            changed.append({"digest": digest, "iri": iri, "definition": merged})
    insert_or_replace(connection, activity, changed)


def _digest(iri: str) -> str:
    return blake2b(iri.encode(), digest_size=16).hexdigest()


def _definitions(record: Record) -> Iterator[Sent]:
    """Each defined activity in a statement. Numbers stand in extensions only; where there are some, the text
    is read again, so that they keep their digits."""
    statement = record.statement
    parts = [_in_target(statement["object"]), _in_context(statement.get("context", {}))]
    if None in parts:
        return _verbatim(record.text)
    return (one for part in parts if part for one in part)


@once
def _in_target(target: Mapping[str, Any]) -> list[Sent] | None:
    kind = target.get("objectType", "Activity")
    if kind == "SubStatement":
        parts = [_in_target(target["object"]), _in_context(target.get("context", {}))]
        return None if None in parts else [one for part in parts if part for one in part]
    return _sent([target]) if kind == "Activity" else []


@once
def _in_context(context: Mapping[str, Any]) -> list[Sent] | None:
    by_role = context.get("contextActivities", {})
    return _sent([one for role in _CONTEXT_ACTIVITIES for one in by_role.get(role, ())])


def _sent(activities: Sequence[Mapping[str, Any]]) -> list[Sent] | None:
    """None when a definition has extensions."""
    defined = [one for one in activities if "definition" in one]
    if any("extensions" in one["definition"] for one in defined):
        return None
    return [(one["id"], jsontext.dumps(one["definition"])) for one in defined]


def _verbatim(text: str) -> Iterator[tuple[str, str]]:
    """The same from the statement's text."""
    parts = splice.members(text)
    target = splice.members(parts["object"])
    kind = splice.string(target.get("objectType", '"Activity"'))
    if kind == "SubStatement":
        yield from _verbatim(parts["object"])
    elif kind == "Activity":
        yield from _definition(target)
    context = splice.members(parts.get("context", "{}"))
    by_role = splice.members(context.get("contextActivities", "{}"))
    for role in _CONTEXT_ACTIVITIES:
        for one in splice.items(by_role.get(role, "[]")):
            yield from _definition(splice.members(one))


def _definition(parts: dict[str, str]) -> Iterator[tuple[str, str]]:
    if "definition" in parts:
        yield splice.string(parts["id"]), parts["definition"]


def _merged(old: str, new: str) -> str:
    """The definition with the new one's parts; languages that the new one lacks are kept."""
    if old in ("{}", new):
        return new
    # Courses send the same definitions again and again. Large ones would fill the memory.
    small = len(old) + len(new) <= _LONGEST_KEPT
    return _merged_before(old, new) if small else _merge(old, new)


@lru_cache(maxsize=1024)
def _merged_before(old: str, new: str) -> str:
    return _merge(old, new)


def _merge(old: str, new: str) -> str:
    if '"extensions"' in old or '"extensions"' in new or "\\u" in old or "\\u" in new:
        return _merge_texts(old, new)
    before, after = json.loads(old), json.loads(new)
    for part in _LANGUAGE_MAPS:
        if part in before and part in after:
            after[part] = {**before[part], **after[part]}
    return jsontext.dumps({**before, **after})


def _merge_texts(old: str, new: str) -> str:
    """The same without reading numbers, of which only extensions have some."""
    before, after = splice.members(old), splice.members(new)
    for part in _LANGUAGE_MAPS:
        if part in before and part in after:
            after[part] = splice.join({**splice.members(before[part]), **splice.members(after[part])})
    return splice.join({**before, **after})
