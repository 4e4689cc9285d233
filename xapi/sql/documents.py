"""Documents of the State and the two Profile Resources: bytes under a name, with an entity tag."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, text

from xapi.etag import etag
from xapi.sql.tables import document
from xapi.sql.upsert import insert_or_replace
from xapi.store import moment


@dataclass(frozen=True)
class Holder:
    """Whom and what documents belong to. A registration of None stands for all and for none of them."""

    resource: str
    activity: str = ""
    agent: str = ""
    registration: str | None = None

    @property
    def digest(self) -> str:
        # A digest, because an index entry may not be as long as an IRI may be.
        return _digest(self.resource, self.activity, self.agent)


@dataclass(frozen=True)
class Document:
    """A document as it is stored."""

    content_type: str
    content: bytes
    etag: str
    updated: datetime


def lock(connection: Connection, holder: Holder, name: str) -> None:
    """Keep others from writing this document, or creating it, until the transaction ends.

    SQLite's write transaction keeps all others out from its beginning.
    """
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(bytes.fromhex(_key(holder, name))[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def get(connection: Connection, holder: Holder, name: str) -> Document | None:
    """The document, or None."""
    columns = (document.c.content_type, document.c.content, document.c.etag, document.c.updated)
    row = connection.execute(select(*columns).where(document.c.digest == _key(holder, name))).one_or_none()
    return None if row is None else Document(row.content_type, row.content, row.etag, moment(row.updated))


def names(connection: Connection, holder: Holder, since: int | None = None) -> list[str]:
    """The names of the holder's documents, those changed after `since` only, in order and each once."""
    chosen = select(document.c.name).where(*_belongs(holder)).distinct().order_by(document.c.name)
    if since is not None:
        chosen = chosen.where(document.c.updated > since)
    return list(connection.execute(chosen).scalars())


def put(connection: Connection, holder: Holder, name: str, content_type: str, content: bytes) -> None:
    """Store the document, over an older one of the name."""
    row: dict[str, Any] = {
        "digest": _key(holder, name),
        "holder": holder.digest,
        "registration": holder.registration or "",
        "resource": holder.resource,
        "activity": holder.activity,
        "agent": agent_digest(holder.agent) if holder.agent else "",
        "name": name,
        "content_type": content_type,
        "content": content,
        "etag": etag(content),
        "updated": time.time_ns() // 1000,
    }
    insert_or_replace(connection, document, [row])


def remove(connection: Connection, holder: Holder, name: str) -> None:
    """Delete the document if it is there."""
    connection.execute(delete(document).where(document.c.digest == _key(holder, name)))


def agent_digest(identity: str) -> str:
    """How a document's row says whom it belongs to. An identity may be longer than an index entry may be."""
    return _digest("agent", identity)


def remove_all(connection: Connection, holder: Holder) -> None:
    """Delete all of the holder's documents."""
    connection.execute(delete(document).where(*_belongs(holder)))


def _belongs(holder: Holder) -> list[ColumnElement[bool]]:
    chosen = [document.c.holder == holder.digest]
    if holder.registration is not None:
        chosen.append(document.c.registration == holder.registration)
    return chosen


def _key(holder: Holder, name: str) -> str:
    return _digest(holder.resource, holder.activity, holder.agent, holder.registration or "", name)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
