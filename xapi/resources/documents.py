"""What the document resources have in common (1.0.3 Part 3, 2.2; 2.0 4.1.5): reading, writing, merging."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import format_datetime

from xapi import grammar, jsontext, parameters, splice
from xapi.errors import XAPIError, expected
from xapi.etag import preconditions
from xapi.message import JSON, Response, answer, nothing
from xapi.resources.call import Call, Operation
from xapi.sql import documents
from xapi.sql.documents import Document, Holder

FindHolder = Callable[[Call], Holder]

DEFAULT_TYPE = "application/octet-stream"


def operations(
    holder: FindHolder, owner: frozenset[str], name: str, *, deletes_all: bool = False
) -> dict[str, Operation]:
    """The operations of a document resource.

    `owner` are the parameters that say whom the documents belong to, `name` is the one for the document's id.
    """

    def get(call: Call) -> Response:
        """The document, or without its id the ids of all, those changed after `since`."""
        one = call.parameters.read(name, parameters.text)
        owned, since = holder(call), call.parameters.read("since", parameters.time)
        _guard(call, owned, one)
        with call.lrs.reading() as connection:
            if one is None:
                return answer(documents.names(connection, owned, since))
            if since is not None:
                raise XAPIError(f"expected no {name} beside it", path="since")
            found = documents.get(connection, owned, one)
        if found is None:
            raise XAPIError("no such document", status=404)
        return _shown(found)

    def put(call: Call) -> Response:
        """The document is stored over an older one."""
        return _write(call, holder(call), call.parameters.need(name, parameters.text), merge=False)

    def post(call: Call) -> Response:
        """A JSON object is merged into an older one."""
        return _write(call, holder(call), call.parameters.need(name, parameters.text), merge=True)

    def remove(call: Call) -> Response:
        """The document is deleted, or without its id all of them, where the resource has that."""
        one = call.parameters.read(name, parameters.text)
        if one is None and not deletes_all:
            raise XAPIError("this parameter is missing", path=name)
        return _remove(call, holder(call), one)

    known = owner | {name}
    return {
        "GET": Operation(get, known | {"since"}),
        "PUT": Operation(put, known),
        "POST": Operation(post, known),
        "DELETE": Operation(remove, known),
    }


def _shown(found: Document) -> Response:
    headers = (
        ("Content-Type", found.content_type),
        ("ETag", found.etag),
        ("Last-Modified", format_datetime(found.updated, usegmt=True)),
    )
    return Response(200, headers, found.content)


def _guard(call: Call, holder: Holder, name: str | None) -> None:
    """What further rules the credential has. XAPIError where they refuse."""
    if call.principal.guard is not None:
        method, content_type = call.request.method, call.request.header("content-type") or ""
        call.principal.guard.document(holder.resource, method, name, content_type, call.request.body)


def _write(call: Call, holder: Holder, name: str, *, merge: bool) -> Response:
    _guard(call, holder, name)
    content = call.request.body
    content_type = _content_type(call)
    is_json = call.request.media_type() == JSON
    if is_json:
        value = jsontext.loads(content)
        if merge and not isinstance(value, dict):
            raise expected("a JSON object", value)
    with call.lrs.writing() as connection:
        if holder.agent and call.lrs.on_agents is not None:
            call.lrs.on_agents(connection, [holder.agent])
        documents.lock(connection, holder, name)
        older = documents.get(connection, holder, name)
        _check(call, holder, older, merge=merge)
        if merge and older is not None:
            content = merged(older, content, is_json=is_json)
        documents.put(connection, holder, name, content_type, content)
    return nothing()


def merged(older: Document, content: bytes, *, is_json: bool) -> bytes:
    """The older document's members with the newer one's over them (1.0.3 Part 3, 2.2), digit for digit."""
    if not is_json or older.content_type.partition(";")[0].strip().lower() != JSON:
        raise XAPIError("only a JSON document can be merged, and only with another", path="Content-Type")
    before = older.content.decode()
    if not isinstance(jsontext.loads(older.content), dict):
        raise XAPIError("the document that is there is no JSON object")
    return splice.rewrite(before, dict(splice.members(content.decode()))).encode()


def _content_type(call: Call) -> str:
    """The type under which the document will be returned, just as it was sent."""
    content_type = call.request.header("content-type") or DEFAULT_TYPE
    try:
        grammar.media_type(content_type)
        if not content_type.isascii():
            raise expected("a media type in ASCII", content_type)
    except XAPIError as error:
        raise error.at("Content-Type") from None
    return content_type


def _check(call: Call, holder: Holder, older: Document | None, *, merge: bool) -> None:
    """Preconditions, decided inside the transaction that writes (1.0.3 Part 3, 3.1; 2.0 4.1.4)."""
    given = preconditions(call.request.headers)
    given.check(None if older is None else older.etag)
    if merge or given.given:
        return
    if holder.resource == "state" and not call.version.state_concurrency:
        return
    if older is not None:
        raise XAPIError("the document exists: read it first, then send If-Match with its ETag", 409)
    if not call.version.state_concurrency:
        raise XAPIError("expected If-Match or If-None-Match", path="If-Match")


def _remove(call: Call, holder: Holder, name: str | None) -> Response:
    _guard(call, holder, name)
    with call.lrs.writing() as connection:
        if name is None:
            documents.remove_all(connection, holder)
        else:
            documents.lock(connection, holder, name)
            older = documents.get(connection, holder, name)
            preconditions(call.request.headers).check(None if older is None else older.etag)
            documents.remove(connection, holder, name)
    return nothing()
