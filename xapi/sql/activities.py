"""What is known of activities: their definitions, merged from the statements that brought them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from sqlalchemy import Connection, select

from xapi import splice
from xapi.sql.chunks import chunks
from xapi.sql.tables import activity
from xapi.sql.upsert import insert_or_replace
from xapi.store import Record

_CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")
_LANGUAGE_MAPS = ("name", "description")
_LONGEST_KEPT = 20_000


def definition(connection: Connection, iri: str) -> str | None:
    """The activity's definition as JSON text, or None if none was ever sent."""
    column = activity.c.definition
    text: str | None = connection.execute(select(column).where(activity.c.digest == _digest(iri))).scalar()
    return text


def define(connection: Connection, new: Sequence[Record]) -> None:
    """Merge the definitions that the statements bring into what is known (1.0.3 Part 2, 2.4.4.1)."""
    sent: dict[str, tuple[str, str]] = {}
    for record in new:
        if '"definition"' in record.text or "\\u" in record.text:
            for iri, text in _definitions(record.text):
                digest = _digest(iri)
                before = sent[digest][1] if digest in sent else "{}"
                sent[digest] = (iri, _merged(before, text))
    known: dict[str, str] = {}
    for some in chunks(sorted(sent)):
        columns = (activity.c.digest, activity.c.definition)
        rows = connection.execute(select(*columns).where(activity.c.digest.in_(some)))
        known.update({row.digest: row.definition for row in rows})
    changed = []
    for digest, (iri, text) in sorted(sent.items()):
        merged = _merged(known.get(digest, "{}"), text)
        # Most statements repeat what is known already; those write nothing.
        if merged != known.get(digest):
            changed.append({"digest": digest, "iri": iri, "definition": merged})
    insert_or_replace(connection, activity, changed)


def _digest(iri: str) -> str:
    return blake2b(iri.encode(), digest_size=16).hexdigest()


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    """(IRI, definition) of each defined activity in a statement or SubStatement."""
    parts = splice.members(text)
    target = splice.members(parts["object"])
    kind = splice.string(target.get("objectType", '"Activity"'))
    if kind == "SubStatement":
        yield from _definitions(parts["object"])
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
    # Courses send the same definitions again and again. Large ones would fill the memory.
    small = len(old) + len(new) <= _LONGEST_KEPT
    return _merged_before(old, new) if small else _merge(old, new)


@lru_cache(maxsize=512)
def _merged_before(old: str, new: str) -> str:
    return _merge(old, new)


def _merge(old: str, new: str) -> str:
    before, after = splice.members(old), splice.members(new)
    for part in _LANGUAGE_MAPS:
        if part in before and part in after:
            after[part] = splice.join({**splice.members(before[part]), **splice.members(after[part])})
    return splice.join({**before, **after})
