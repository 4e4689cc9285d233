"""Credentials of record-store clients: what they may do, for how long and for whom. No secret is kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import current_app
from sqlalchemy import Connection, Row, String, Text, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime, db
from near_learn.people import password
from xapi import validate
from xapi.errors import XAPIError
from xapi.rate import Rate
from xapi.scopes import SCOPES, Principal

LONGEST_LABEL = 200
LONGEST_KEY = 100
SHORTEST_SECRET = 8
_FAST = "sha256$"


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
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())


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
) -> Issued:
    """Create a credential in the caller's write transaction; a key or secret that is not given is made.

    Raises CredentialError for an unknown scope or none, for a key that is taken or cannot be sent, and for a
    secret that is too short.
    """
    chosen = sorted(set(scopes))
    key = key or secrets.token_urlsafe(12)
    _check(connection, label, chosen, key, secret, actor)
    made = secret or secrets.token_urlsafe(32)
    row = {
        "id": str(uuid4()),
        "label": label,
        "key": key,
        "secret_hash": _hashed(made, machine_made=secret is None),
        "scopes": " ".join(chosen),
        "actor": None if actor is None else json.dumps(actor),
        "registration": registration,
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
        "secret_hash": _hashed(made, machine_made=True),
        "older_hash": row.secret_hash,
        "older_until": older_until,
    }
    connection.execute(update(Credential).where(Credential.key == key).values(values))
    return Issued(key, made)


def remove(connection: Connection, key: str) -> bool:
    """Delete the credential; whether there was one. What it stored keeps its authority."""
    return connection.execute(delete(Credential).where(Credential.key == key)).rowcount > 0


def authenticate(header: str | None) -> Principal | None:
    """Who sends this Authorization header, or None if it is not a good credential's."""
    sent = basic(header)
    return None if sent is None else verify(*sent)


def verify(key: str, secret: str) -> Principal | None:
    """Who has this key and secret now, or None."""
    with db.engine.connect() as connection:
        row = connection.execute(
            select(*Credential.__table__.columns).where(Credential.key == key)
        ).one_or_none()
    now = datetime.now(UTC)
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    hashes = [row.secret_hash]
    if row.older_hash and row.older_until is not None and row.older_until > now:
        hashes.append(row.older_hash)
    if not any(_matches(stored, secret) for stored in hashes):
        return None
    return _principal(row)


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


def _principal(row: Row[Any]) -> Principal:
    base = current_app.extensions["settings"].base_url
    return Principal(
        scopes=frozenset(row.scopes.split()),
        authority={"objectType": "Agent", "account": {"homePage": base, "name": f"credential-{row.id}"}},
        actor=None if row.actor is None else json.loads(row.actor),
        registration=row.registration,
        name=row.id,
    )


def _hashed(secret: str, *, machine_made: bool) -> str:
    """A machine-made secret has 256 bits, so nobody can try them all, however fast; a person's has fewer."""
    return _fast(secret) if machine_made else password.hashed(secret)


def _fast(secret: str) -> str:
    return _FAST + hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _matches(stored: str, secret: str) -> bool:
    if stored.startswith(_FAST):
        return hmac.compare_digest(stored, _fast(secret))
    return _checked.matches(stored, secret)


class Checked:
    """Which secrets were found to match which slow hash a moment ago.

    A client sends its secret with every request, and a slow hash on each would be most of the work. What is
    remembered is a hash made with a key of this process, for some minutes.
    """

    KEEP = 512
    SECONDS = 300.0
    TRIES = 20
    """Secrets tried on one hash within a minute; after that many, further ones are not even tried."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._good: OrderedDict[bytes, float] = OrderedDict()
        self._tries = Rate(self.TRIES)
        self._lock = threading.Lock()
        self._trying = threading.Lock()

    def matches(self, stored: str, secret: str) -> bool:
        """Whether the secret is the one that was hashed."""
        seal = hashlib.blake2b(f"{stored}\0{secret}".encode("utf-8", "surrogatepass"), key=self._key).digest()
        if self._remembered(seal):
            return True
        # One at a time: a client that opens fifty connections at once is checked once, not fifty times.
        with self._trying:
            if self._remembered(seal):
                return True
            try:
                self._tries.spend(stored)
            except XAPIError:
                return False
            if not password.matches(stored, secret):
                return False
            self._remember(seal)
        return True

    def _remembered(self, seal: bytes) -> bool:
        with self._lock:
            return self._good.get(seal, 0.0) > time.monotonic()

    def _remember(self, seal: bytes) -> None:
        with self._lock:
            self._good[seal] = time.monotonic() + self.SECONDS
            while len(self._good) > self.KEEP:
                self._good.popitem(last=False)


_checked = Checked()
