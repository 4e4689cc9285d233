"""Credentials of record-store clients: what they may do, for how long and for whom. No secret is kept."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import uuid4

from flask import Flask, current_app
from sqlalchemy import Connection, String, Table, Text, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime
from near_learn.people.secret import hashed, matches
from xapi import validate
from xapi.errors import XAPIError
from xapi.scopes import SCOPES, Principal
from xapi.sql.reader import Readers

LONGEST_LABEL = 200
LONGEST_KEY = 100
SHORTEST_SECRET = 8

# Kinds of credential that are kept elsewhere, by what stands before the first dot of their keys.
KINDS: dict[str, Callable[[str, str], Principal | None]] = {}


class CredentialError(Exception):
    """A credential cannot be made like this; the text says why."""


class Credential(Model):
    """What an xAPI client signs in with. Statements that it stores carry `id` in their authority."""

    __tablename__ = "credential"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(200))
    # While a secret is exchanged for a new one, both are good.
    older_hash: Mapped[str | None] = mapped_column(String(200))
    older_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    scopes: Mapped[str] = mapped_column(Text)
    # The one person (as JSON) and the one registration that the credential is for, if it is for one only.
    actor: Mapped[str | None] = mapped_column(Text)
    registration: Mapped[str | None] = mapped_column(String(36))
    # Limits of its own, where it has any: requests a minute (0: none), bytes of one request.
    requests_per_minute: Mapped[int | None]
    most_bytes: Mapped[int | None]
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())


assert isinstance(Credential.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = Credential.__table__


@dataclass(frozen=True)
class Issued:
    """A new secret, for the one time that it can be shown."""

    key: str
    secret: str


def add(
    connection: Connection,
    label: str,
    scopes: Iterable[str],
    *,
    key: str | None = None,
    secret: str | None = None,
    expires_at: datetime | None = None,
    actor: Mapping[str, Any] | None = None,
    registration: str | None = None,
    requests_per_minute: int | None = None,
    most_bytes: int | None = None,
) -> Issued:
    """Create a credential in the caller's write transaction; a key or secret that is not given is made.

    Raises CredentialError for an unknown scope or none, for a key that is taken or cannot be sent, and for a
    secret that is too short.
    """
    chosen = sorted(set(scopes))
    # Never with a hyphen in front, which a command would take for an option.
    key = key or secrets.token_hex(8)
    _check(connection, label, chosen, key, secret, actor)
    made = secret or secrets.token_urlsafe(32)
    row = {
        "id": str(uuid4()),
        "label": label,
        "key": key,
        "secret_hash": hashed(made, machine_made=secret is None),
        "scopes": " ".join(chosen),
        "actor": None if actor is None else json.dumps(actor),
        "registration": registration,
        "requests_per_minute": requests_per_minute,
        "most_bytes": most_bytes,
        "expires_at": expires_at,
        "created_at": datetime.now(UTC),
    }
    connection.execute(insert(Credential), [row])
    return Issued(key, made)


def rotate(connection: Connection, key: str, *, older_until: datetime) -> Issued:
    """Give the credential a new secret; the present one stays good until `older_until`.

    Raises CredentialError if there is no such credential.
    """
    row = connection.execute(select(Credential.secret_hash).where(Credential.key == key)).one_or_none()
    if row is None:
        raise CredentialError(f"there is no credential with the key {key!r}")
    made = secrets.token_urlsafe(32)
    values = {
        "secret_hash": hashed(made, machine_made=True),
        "older_hash": row.secret_hash,
        "older_until": older_until,
    }
    connection.execute(update(Credential).where(Credential.key == key).values(values))
    return Issued(key, made)


def remove(connection: Connection, key: str) -> bool:
    """Delete the credential; whether there was one. What it stored keeps its authority."""
    return connection.execute(delete(Credential).where(Credential.key == key)).rowcount > 0


def authenticate(app: Flask, header: str | None) -> Principal | None:
    """Who sends this Authorization header, or None if it is not a good credential's."""
    sent = basic(header)
    if sent is None:
        return None
    elsewhere = KINDS.get(sent[0].partition(".")[0])
    if elsewhere is None:
        return _verified(app, *sent)
    with app.app_context():
        return elsewhere(*sent)


def verify(key: str, secret: str) -> Principal | None:
    """Who has this key and secret now, or None."""
    return _verified(current_app, key, secret)


def _verified(app: Flask, key: str, secret: str) -> Principal | None:
    readers: Readers = app.extensions["lrs"].store.readers
    rows = readers.rows(_FIND[readers.dialect.name], [key])
    if not rows:
        return None
    known = _known(app.extensions["settings"].base_url, rows[0])
    if known.expires_at is not None and known.expires_at <= datetime.now(UTC):
        return None
    if matches(known.secret_hash, secret):
        return known.principal
    if known.older_until is not None and known.older_until > datetime.now(UTC):
        return known.principal if known.older_hash and matches(known.older_hash, secret) else None
    return None


def basic(header: str | None) -> tuple[str, str] | None:
    """Key and secret of a Basic Authorization header (RFC 7617), or None if it is not a well-formed one."""
    kind, _, encoded = (header or "").strip().partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    # Only the first colon divides: a secret may contain more.
    key, colon, secret = text.partition(":")
    return (key, secret) if colon and key and "\0" not in text else None


def _check(
    connection: Connection,
    label: str,
    scopes: list[str],
    key: str,
    secret: str | None,
    actor: Mapping[str, Any] | None,
) -> None:
    if not 0 < len(label) <= LONGEST_LABEL:
        raise CredentialError(f"expected a label of 1 to {LONGEST_LABEL} characters")
    if not scopes:
        raise CredentialError(f"expected at least one scope of {', '.join(SCOPES)}")
    for scope in scopes:
        if scope not in SCOPES:
            raise CredentialError(f"unknown scope {scope!r}; there are {', '.join(SCOPES)}")
    if not key.isascii() or not key.isprintable() or ":" in key or len(key) > LONGEST_KEY:
        raise CredentialError(f"expected a key of up to {LONGEST_KEY} ASCII characters without a colon")
    if secret is not None and (len(secret) < SHORTEST_SECRET or not secret.isprintable()):
        raise CredentialError(f"expected a secret of at least {SHORTEST_SECRET} printable characters")
    if actor is not None:
        try:
            validate.identified(actor)
        except XAPIError as error:
            raise CredentialError(f"actor: {error}") from error
    if connection.execute(select(Credential.id).where(Credential.key == key)).first():
        raise CredentialError(f"the key {key!r} is taken")


class _Known(NamedTuple):
    """What a row says."""

    secret_hash: str
    older_hash: str | None
    older_until: datetime | None
    expires_at: datetime | None
    principal: Principal


_TIME = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
_COLUMNS = "id, secret_hash, older_hash, {}, {}, scopes, actor, registration, requests_per_minute, most_bytes"
_FIND = {
    name: f"SELECT {_COLUMNS.format(*times)} FROM credential WHERE key = ?"  # noqa: S608 (no values)
    for name, times in (
        ("sqlite", ("older_until", "expires_at")),
        ("postgresql", (_TIME.format("older_until"), _TIME.format("expires_at"))),
    )
}


@lru_cache(maxsize=1024)
def _known(base: str, row: tuple[Any, ...]) -> _Known:
    """Made once for each credential and state of it: the row is read again at every request."""
    id_, good, older, until, expires, scopes, actor, registration, *limits = map(_text, row)
    authority = {"objectType": "Agent", "account": {"homePage": base, "name": f"credential-{id_}"}}
    per_minute, most = [None if limit is None else int(limit) for limit in limits]
    principal = Principal(
        scopes=frozenset(scopes.split()),
        authority=authority,
        actor=None if actor is None else json.loads(actor),
        registration=registration,
        name=id_,
        requests_per_minute=per_minute,
        body=most,
    )
    return _Known(good, older, _time(until), _time(expires), principal)


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
