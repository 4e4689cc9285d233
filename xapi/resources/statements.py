"""The Statement Resource (1.0.3 Part 3, 2.1; 2.0 4.1.6.1): statements are stored and found."""

from __future__ import annotations

import json
from collections.abc import Generator
from functools import lru_cache
from typing import Any, NoReturn, cast
from urllib.parse import quote_plus

from sqlalchemy import Connection

from xapi import formats, jsontext, parameters, splice, terms
from xapi.errors import XAPIError
from xapi.message import Response, answer, json_text, nothing
from xapi.query import Format, Query
from xapi.record import prepare
from xapi.resources import attachments
from xapi.resources.call import Call, Operation
from xapi.sql import activities, texts
from xapi.store import Record, Stored, http_date
from xapi.together import Steps

_SHORT = 300
_ONE = frozenset({"statementId", "voidedStatementId"})
_WITH_ONE = frozenset({*_ONE, "attachments", "format"})
_FILTERS = ("agent", "verb", "activity", "registration", "since", "until")
_FORM = parameters.one_of("exact", "ids", "canonical")
_REST = ("related_agents", "related_activities", "limit", "ascending", "cursor")


def post(call: Call) -> Steps:
    """All statements are stored or none; answers all ids in the order sent (1.0.3 Part 3, 2.1.2)."""
    received = attachments.receive(call)
    records = []
    for place, (text, value, files) in enumerate(received.statements):
        try:
            records.append(_record(call, text, value, files))
        except XAPIError as error:
            raise (error.within(place) if received.batch else error) from None
    ids = yield from _save(call, records)
    return answer(ids)


def put(call: Call) -> Steps:
    """One statement under the id in the address (1.0.3 Part 3, 2.1.1)."""
    statement_id = call.parameters.need("statementId", parameters.uuid)
    received = attachments.receive(call)
    if received.batch:
        raise XAPIError("expected one statement, got a list")
    ((text, value, files),) = received.statements
    if "id" not in value:
        text, value = splice.append(text, {"id": splice.quoted(statement_id)}), {**value, "id": statement_id}
    elif str(value["id"]).lower() != statement_id:
        raise XAPIError(f"expected the statementId of the address, {statement_id}", path="id")
    yield from _save(call, [_record(call, text, value, files)])
    return nothing()


def get(call: Call) -> Response:
    """One statement, or a page of those that match (1.0.3 Part 3, 2.1.3)."""
    query = read_query(call)
    as_kept = query.format == "exact" and not query.attachments
    if query.statement_id is None:
        return _page_of_texts(call, query) if as_kept else _page(call, query)
    if as_kept:
        seq, text = texts.one(call.lrs.store.readers, query) or _missing(query)
        return _last_modified(json_text(text), seq)
    with call.lrs.reading() as connection:
        found = call.lrs.store.get(connection, query) or _missing(query)
        response = attachments.send(call, connection, query, _formed(call, connection, query, found), [found])
    return _last_modified(response, found.seq)


def _missing(query: Query) -> NoReturn:
    raise XAPIError(f"no such statement: {query.statement_id}", status=404)


def _last_modified(response: Response, seq: int) -> Response:
    return response.with_headers([("Last-Modified", http_date(seq))])


def read_query(call: Call) -> Query:
    """The query that the parameters ask for, narrowed to what the credential may read."""
    given = call.parameters
    names = given.values.keys()
    if not names.isdisjoint(_ONE) and (names >= _ONE or names - _WITH_ONE):
        raise XAPIError("expected at most attachments and format beside one statementId or voidedStatementId")
    most = call.lrs.limits.page
    return Query(
        statement_id=given.read("statementId", parameters.uuid)
        or given.read("voidedStatementId", parameters.uuid),
        voided="voidedStatementId" in names,
        terms=_terms(call),
        registration=call.principal.registration and call.principal.registration.lower(),
        since=given.read("since", parameters.time),
        until=given.read("until", parameters.time),
        cursor=given.read("cursor", parameters.place),
        ascending=given.flag("ascending"),
        limit=min(given.read("limit", parameters.count) or most, most),
        format=cast(Format, given.read("format", _FORM) or "exact"),
        attachments=given.flag("attachments"),
    )


def _terms(call: Call) -> tuple[int, ...]:
    """What must be mentioned, the rarest first: the database walks along that one and looks up the others."""
    given, principal = call.parameters, call.principal
    related_agents, related_activities = given.flag("related_agents"), given.flag("related_activities")
    found: list[tuple[str, str]] = []
    if (registration := given.read("registration", parameters.uuid)) is not None:
        found.append((terms.REGISTRATION, registration))
    if (agent := given.read("agent", parameters.agent)) is not None:
        role = terms.RELATED_AGENT if related_agents else terms.AGENT
        found.append((role, str(terms.identity(agent))))
    if principal.actor is not None:
        found.append((terms.AGENT, str(terms.identity(principal.actor))))
    if (activity := given.read("activity", parameters.iri)) is not None:
        found.append((terms.RELATED_ACTIVITY if related_activities else terms.ACTIVITY, activity))
    if (verb := given.read("verb", parameters.iri)) is not None:
        found.append((terms.VERB, verb))
    if principal.reads_only_mine:
        found.append((terms.AUTHORITY, terms.authority_identity(principal.authority)))
    return tuple(dict.fromkeys(terms.term(role, thing) for role, thing in found))


def _page_of_texts(call: Call, query: Query) -> Response:
    """The page as most ask for it: the texts just as they are kept, of which none is looked into."""
    most = call.lrs.limits.page_bytes
    page = texts.page(call.lrs.store.readers, query, size=query.limit, most_bytes=most)
    return json_text(_list(call, page.text, page.cursor))


def _page(call: Call, query: Query) -> Response:
    most = call.lrs.limits.page_bytes
    with call.lrs.reading() as connection:
        page = call.lrs.store.find(connection, query, size=query.limit, most_bytes=most)
        formed = b",".join(_formed(call, connection, query, one) for one in page.statements)
        body = _list(call, formed, page.cursor)
        return attachments.send(call, connection, query, body, page.statements)


def _list(call: Call, listed: bytes, cursor: int | None) -> bytes:
    more = "" if cursor is None else _more(call, cursor)
    return b"".join([b'{"statements":[', listed, b'],"more":', json.dumps(more).encode(), b"}"])


def _more(call: Call, cursor: int) -> str:
    """The address of the next page, relative to the host: a proxy may have changed the host's name."""
    values = {**call.parameters.values, "cursor": str(cursor)}
    pairs = [f"{name}={_quoted(value)}" for name, value in values.items()]
    return f"{call.lrs.mount}/statements?{'&'.join(pairs)}"


def _quoted(value: str) -> str:
    if value.isascii() and value.isalnum():
        return value
    # Pages of the same agents and activities are asked for again and again.
    return _kept_quoted(value) if len(value) <= _SHORT else quote_plus(value)


_kept_quoted = lru_cache(maxsize=1024)(quote_plus)


def _formed(call: Call, connection: Connection, query: Query, found: Stored) -> bytes:
    """The statement in the form that the query asks for."""

    def definitions(iri: str) -> dict[str, Any] | None:
        text = activities.definition(connection, iri)
        return None if text is None else json.loads(text)

    if query.format == "exact":
        return found.text
    if query.format == "ids":
        value: Any = formats.ids(found.statement)
    else:
        language = call.request.header("accept-language")
        value = formats.canonical(found.statement, language, definitions)
    return jsontext.dumps(value).encode()


def _record(call: Call, text: str, value: Any, files: attachments.Files) -> Record:
    principal = call.principal
    record = prepare(text, value, call.version, principal.authority, files, defines=principal.defines)
    attachments.check_signatures(value, files)
    if call.principal.bound:
        call.check_actor(record.statement["actor"], "actor")
        call.check_registration(record.registration, "context.registration")
        if record.voiding:
            raise XAPIError("this credential may not void statements", 403, "verb.id")
    if call.principal.guard is not None:
        call.principal.guard.received(value)
    return record


def _save(call: Call, records: list[Record]) -> Generator[list[Record] | None, list[str], list[str]]:
    guard = call.principal.guard
    if guard is None:
        return (yield records)
    yield None
    with call.lrs.writing() as connection:
        guard.storing(connection, records)
        saved = call.lrs.add(connection, records)
        guard.stored(connection, saved)
    return saved.ids


OPERATIONS = {
    "POST": Operation(post),
    "PUT": Operation(put, frozenset({"statementId"})),
    "GET": Operation(get, frozenset({*_WITH_ONE, *_FILTERS, *_REST})),
}
