"""Keyed digests: made with a key from the secret key, so that a copy of the database cannot make them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from flask import current_app

from near_learn.config import Settings
from near_learn.derived_key import derived


class NoKey(Exception):
    """NEAR_LEARN_SECRET_KEY is not set."""


@dataclass(frozen=True)
class Key:
    """A key and the name by which rows say which one they were made with. The name tells nothing of it."""

    name: str
    secret: bytes = field(repr=False)

    def digest(self, message: bytes) -> str:
        """64 hexadecimal digits that only who has the key can make of MESSAGE (RFC 2104)."""
        return hmac.digest(self.secret, message, sha256).hex()


def keys(purpose: str) -> tuple[Key, ...]:
    """The key in force for PURPOSE, then those of earlier secret keys; none where no secret key is set."""
    settings: Settings = current_app.extensions["settings"]
    earlier = [secret for secret in settings.earlier_secret_keys.split(",") if secret]
    return tuple(_key(secret, purpose) for secret in [settings.secret_key, *earlier] if secret)


def current(purpose: str) -> Key | None:
    """The key in force for PURPOSE; None where no secret key is set."""
    settings: Settings = current_app.extensions["settings"]
    return _key(settings.secret_key, purpose) if settings.secret_key else None


def needed(purpose: str) -> Key:
    """The key in force for PURPOSE. Raises NoKey where no secret key is set."""
    found = current(purpose)
    if found is None:
        raise NoKey
    return found


@lru_cache(maxsize=64)
def _key(secret_key: str, purpose: str) -> Key:
    # A key for each purpose, so that a digest made for one says nothing about another.
    secret = derived(secret_key, purpose)
    return Key(hmac.new(secret, b"name", sha256).hexdigest()[:16], secret)
