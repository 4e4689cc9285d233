"""Keys made from the installation's secret key, another one for each purpose (RFC 5869)."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=64)
def derived(secret_key: str, purpose: str) -> bytes:
    """32 bytes that tell nothing about the secret key nor about the key for any other PURPOSE."""
    made = HKDF(SHA256(), length=32, salt=None, info=f"near-learn {purpose}".encode())
    return made.derive(secret_key.encode("utf-8"))
