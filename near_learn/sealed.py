"""What must not be read in a copy of the database: encrypted with a key that is made from the secret key."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class CannotOpen(Exception):
    """The text was sealed with another secret key or for another purpose, or is damaged."""


class NoKey(Exception):
    """There is no secret key to seal with; the text says what to set."""


def seal(text: str, *, secret_key: str, purpose: str) -> str:
    """TEXT, readable only with the same secret key and for the same PURPOSE. Raises NoKey."""
    return _box(secret_key, purpose).encrypt(text.encode("utf-8")).decode("ascii")


def opened(sealed: str, *, secret_key: str, purpose: str) -> str:
    """The text that was sealed. Raises CannotOpen, NoKey."""
    try:
        return _box(secret_key, purpose).decrypt(sealed.encode("utf-8")).decode("utf-8")
    except InvalidToken as error:
        raise CannotOpen(f"{purpose}: sealed with another NEAR_LEARN_SECRET_KEY, or damaged") from error


def keyed_hash(text: str, *, secret_key: str, purpose: str) -> str:
    """A hash of TEXT (64 hexadecimal digits) that nobody can try guesses on without the secret key."""
    return hmac.new(_key(secret_key, purpose), text.encode("utf-8"), "sha256").hexdigest()


@lru_cache(maxsize=16)
def _box(secret_key: str, purpose: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_key(secret_key, purpose)))


@lru_cache(maxsize=16)
def _key(secret_key: str, purpose: str) -> bytes:
    if not secret_key:
        raise NoKey(f"{purpose}: NEAR_LEARN_SECRET_KEY is not set, and nothing can be sealed without it")
    # A key for each purpose (RFC 5869), so that what is sealed for one cannot be passed off as another.
    made = HKDF(SHA256(), length=32, salt=None, info=f"near-learn {purpose}".encode())
    return made.derive(secret_key.encode("utf-8"))
