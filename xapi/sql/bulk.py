"""Statements by the thousand: made ready as columns, in another process if need be, and stored together.

What comes out is what `SQLStore.add` with the same records would leave behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from xapi import splice
from xapi.equality import same
from xapi.errors import XAPIError
from xapi.sql import activities, driver, lock, mentions, references, store
from xapi.sql.tables import attachment, statement
from xapi.sql.upsert import insert_columns
from xapi.store import Record, Stored, timestamp
from xapi.terms import agents, mentioned

_SECOND = 1_000_000


class Columns(msgspec.Struct, array_like=True, gc=False):
    """Records, a list for each of their properties. Of the texts the end is missing, with `stored`."""

    ids: list[str] = []
    texts: list[str] = []
    registrations: list[str | None] = []
    refers_to: list[str | None] = []
    voiding: list[bool] = []
    versions: list[str] = []
    untimed: list[int] = []  # places of those without a timestamp: they get the time of storing
    mentions: list[tuple[int, int]] = []  # a term and the place of the record that mentions it, sorted
    attachments: list[tuple[int, str, str, bytes]] = []
    definitions: dict[str, str] = {}
    agents: set[str] = set()


class Added(NamedTuple):
    """What a save did: the numbers given out, by place (None: it was there before), and what was voided."""

    seqs: list[int | None]
    hidden: set[int]  # places of new ones that are voided
    voided: list[Stored]


def columns(records: Iterable[Record]) -> Columns:
    """The records, of which no two may have the same id, as columns."""
    made = Columns()
    for place, record in enumerate(records):
        made.ids.append(record.id)
        made.texts.append(splice.append(record.text, {"": ""})[: -len('"":}')])
        made.registrations.append(record.registration)
        made.refers_to.append(record.refers_to)
        made.voiding.append(record.voiding)
        made.versions.append(record.version)
        if "timestamp" not in record.statement:
            made.untimed.append(place)
        made.mentions += [(term, place) for term in record.terms.shared | record.terms.own]
        made.attachments += [(place, one.sha2, one.content_type, one.content) for one in record.attachments]
        if record.defines:
            activities.gather(made.definitions, record)
        made.agents |= agents(record.statement)
    made.mentions.sort()
    return made


def add(connection: Connection, given: Columns) -> Added:
    """Stores the records whole. XAPIError 409 when an id is taken by a different statement."""
    lock.take(connection)
    known = store.existing(connection, given.ids)
    new = [id_ not in known for id_ in given.ids]
    if known:
        _check_replays(given, known)
        given = _only(given, new)
    if not given.ids:
        return Added([None] * len(new), set(), [])
    first = lock.next_seq(connection)
    seqs = range(first, first + len(given.ids))
    linked = _linked(connection, given)
    referred = references.to(connection, linked)
    voided = store.void_targets(connection, linked)
    hidden = {place for place, id_ in enumerate(given.ids) if id_ in referred.voided}
    _write(connection, given, seqs, hidden)
    references.follow(connection, linked, referred.ids)
    activities.merge(connection, given.definitions)
    places = [place for place, fresh in enumerate(new) if fresh]
    by_place = dict(zip(places, seqs, strict=True))
    return Added([by_place.get(place) for place in range(len(new))], {places[one] for one in hidden}, voided)


def _check_replays(given: Columns, known: dict[str, Stored]) -> None:
    for id_, text in zip(given.ids, given.texts, strict=True):
        if id_ in known and not same(known[id_].statement, json.loads(text + '"stored":""}')):
            raise XAPIError(f"a different statement with the id {id_} is stored already", status=409)


def _only(given: Columns, wanted: Sequence[bool]) -> Columns:
    """The records at the places where WANTED says so."""
    places = {old: new for new, old in enumerate(compress(range(len(wanted)), wanted))}
    left = Columns(
        ids=list(compress(given.ids, wanted)),
        texts=list(compress(given.texts, wanted)),
        registrations=list(compress(given.registrations, wanted)),
        refers_to=list(compress(given.refers_to, wanted)),
        voiding=list(compress(given.voiding, wanted)),
        versions=list(compress(given.versions, wanted)),
        untimed=[places[place] for place in given.untimed if place in places],
        mentions=[(term, places[place]) for term, place in given.mentions if place in places],
        attachments=[
            (places[place], sha2, kind, content)
            for place, sha2, kind, content in given.attachments
            if place in places
        ],
    )
    for place in range(len(left.ids)):
        activities.gather(left.definitions, _record(left, place))
    return left


def _linked(connection: Connection, given: Columns) -> list[Record]:
    """Those that refer to a statement, and those to which one refers: few, as a rule."""
    where, parameters = driver.among_uuids(connection, "refers_to", given.ids)
    sql = f"SELECT refers_to FROM xapi_statement WHERE {where}"  # noqa: S608 (no values)
    targets = {driver.out_uuid(target) for (target,) in driver.rows(connection, sql, parameters)}
    targets.update(target for target in given.refers_to if target is not None)
    return [
        _record(given, place)
        for place, (id_, refers_to) in enumerate(zip(given.ids, given.refers_to, strict=True))
        if refers_to is not None or id_ in targets
    ]


def _record(given: Columns, place: int) -> Record:
    text = given.texts[place] + '"stored":""}'
    value = json.loads(text)
    return Record(
        id=given.ids[place],
        text=text,
        statement=value,
        terms=mentioned(value),
        version=given.versions[place],
        registration=given.registrations[place],
        refers_to=given.refers_to[place],
        voiding=given.voiding[place],
    )


def _write(connection: Connection, given: Columns, seqs: range, hidden: set[int]) -> None:
    ids = given.ids
    insert_columns(
        connection,
        statement,
        ("id", "seq", "registration", "refers_to", "voiding", "voided", "version", "text"),
        (
            ids,
            seqs,
            given.registrations,
            given.refers_to,
            given.voiding,
            [place in hidden for place in range(len(ids))],
            given.versions,
            _texts(given, seqs),
        ),
    )
    mentions.add(connection, [(term, seqs[place], ids[place]) for term, place in given.mentions])
    if given.attachments:
        places, *files = zip(*given.attachments, strict=True)
        names = ("statement_id", "sha2", "content_type", "content")
        insert_columns(connection, attachment, names, ([ids[place] for place in places], *files))


def _texts(given: Columns, seqs: Iterable[int]) -> list[str]:
    times = [f'{_second(seq // _SECOND)}{seq % _SECOND:06}Z"' for seq in seqs]
    texts = [f'{text}"stored":"{time}}}' for text, time in zip(given.texts, times, strict=True)]
    for place in given.untimed:
        texts[place] = f'{texts[place][:-1]},"timestamp":"{times[place]}}}'
    return texts


@lru_cache(maxsize=16)
def _second(seconds: int) -> str:
    """The beginning of every time in this second."""
    return timestamp(seconds * _SECOND)[: -len("000000Z")]
