"""Statements with their attachments, as they come in and go out (1.0.3 Part 2, 2.4.11; Part 3, 1.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from xapi import jsontext, multipart
from xapi.errors import XAPIError, expected
from xapi.message import JSON, Response, json_text
from xapi.query import Query
from xapi.resources.call import Call
from xapi.store import Attachment, Stored

Files = Sequence[Attachment]

MIXED = "multipart/mixed"
_HASHES = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


@dataclass(frozen=True)
class Received:
    """Statements as (text, value, the attachments that belong to it), and whether they came as a list."""

    statements: list[tuple[str, Any, Files]]
    batch: bool


def receive(call: Call) -> Received:
    """The statements in the request's body. XAPIError when body and attachments do not fit together."""
    media_type, body = call.request.media_type(), call.request.body
    parts: list[Attachment] = []
    if media_type == MIXED:
        first, *rest = multipart.parse(call.request.header("content-type") or "", body)
        if not first.headers.get("content-type", "").lower().startswith(JSON):
            raise expected(
                f"{JSON} in the first part", first.headers.get("content-type"), path="Content-Type"
            )
        body, parts = first.body, [_attachment(place, part) for place, part in enumerate(rest, start=1)]
    elif media_type != JSON:
        raise expected(f"{JSON} or {MIXED}", call.request.header("content-type"), path="Content-Type")
    found = jsontext.statements(body)
    if len(found) > call.lrs.limits.statements:
        raise XAPIError(f"more than {call.lrs.limits.statements} statements in one batch", status=413)
    batch = body.lstrip(b" \t\r\n").startswith(b"[")
    return Received(_matched(found, {part.sha2.lower(): part for part in parts}, batch=batch), batch)


def send(call: Call, connection: Connection, query: Query, body: bytes, found: Sequence[Stored]) -> Response:
    """The answer with `body` as its JSON: asked for attachments, always multipart, even if there are none."""
    if not query.attachments:
        return json_text(body)
    files = call.lrs.store.attachments(connection, [one.id for one in found])
    parts = [multipart.Part({"content-type": JSON}, body)]
    for file in files:
        headers = {
            "content-type": file.content_type,
            "content-transfer-encoding": "binary",
            "x-experience-api-hash": file.sha2,
        }
        parts.append(multipart.Part(headers, file.content))
    content_type, content = multipart.render(parts)
    return Response(200, (("Content-Type", content_type),), content)


def check_signatures(statement: Mapping[str, Any], files: Files) -> None:
    """XAPIError 400 unless each signature that came with the valid statement is one (1.0.3 Part 2, 2.6)."""
    if "attachments" not in statement:
        return
    # Its libraries take memory, and hardly any store gets signed statements.
    from xapi import signature

    by_hash = {file.sha2.lower(): file for file in files}
    for place, described in enumerate(statement["attachments"]):
        try:
            if signature.is_signature(described) and described["sha2"].lower() in by_hash:
                signature.verify(statement, by_hash[described["sha2"].lower()].content)
        except XAPIError as error:
            raise error.within(place).within("attachments") from None


def _attachment(place: int, part: multipart.Part) -> Attachment:
    """1.0.3 Part 2, 2.4.11: each further part says what it is, that it is binary, and its hash."""
    where = f"part {place + 1}"
    if part.headers.get("content-transfer-encoding", "").lower() != "binary":
        encoding = part.headers.get("content-transfer-encoding")
        raise expected("binary", encoding, path=f"{where}.Content-Transfer-Encoding")
    sha2 = part.headers.get("x-experience-api-hash", "")
    algorithm = _HASHES.get(len(sha2))
    if algorithm is None:
        raise expected("a SHA-2 hash", sha2, path=f"{where}.X-Experience-API-Hash")
    if hashlib.new(algorithm, part.body).hexdigest() != sha2.lower():
        raise XAPIError("the hash is not that of the content", path=f"{where}.X-Experience-API-Hash")
    return Attachment(sha2, part.headers.get("content-type", "application/octet-stream"), part.body)


def _matched(
    found: list[tuple[bytes, Any]], parts: dict[str, Attachment], *, batch: bool
) -> list[tuple[str, Any, Files]]:
    """Each statement with its own attachments. No part may be without a statement, nor the reverse."""
    used: set[str] = set()
    matched: list[tuple[str, Any, Files]] = []
    for place, (text, value) in enumerate(found):
        try:
            files = belonging(value, parts)
        except XAPIError as error:
            raise (error.within(place) if batch else error) from None
        used.update(files)
        matched.append((text.decode(), value, list(files.values())))
    if unused := parts.keys() - used:
        raise XAPIError(f"no statement describes the part with the hash {min(unused)}", path="attachments")
    return matched


def belonging(value: Any, parts: Mapping[str, Attachment]) -> dict[str, Attachment]:
    """The parts that the statement describes, by hash. Malformed descriptions are left to validation."""
    files: dict[str, Attachment] = {}
    for where, described in _descriptions(value):
        sha2 = described.get("sha2")
        part = parts.get(sha2.lower()) if isinstance(sha2, str) else None
        if part is not None:
            files[part.sha2.lower()] = part
        elif "fileUrl" not in described:
            raise XAPIError("neither a part with this hash nor a fileUrl is there", path=f"{where}.sha2")
    return files


def _descriptions(value: Any) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if not isinstance(value, dict):
        return found
    for prefix, holder in (("", value), ("object.", value.get("object"))):
        listed = holder.get("attachments") if isinstance(holder, dict) else None
        for place, one in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(one, dict):
                found.append((f"{prefix}attachments[{place}]", one))
    return found
