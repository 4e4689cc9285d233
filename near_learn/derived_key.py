"""Keys made from the installation's secret key, another one for each purpose (RFC 5869)."""

from __future__ import annotations

import hmac
from functools import lru_cache
from hashlib import sha256


@lru_cache(maxsize=64)
def derived(secret_key: str, purpose: str) -> bytes:
    """32 bytes that tell nothing about the secret key nor about the key for any other PURPOSE."""
    # HKDF with SHA-256, whose one block is as long as what is wanted: extract (2.2), then expand (2.3).
    extracted = hmac.digest(bytes(sha256().digest_size), secret_key.encode("utf-8"), sha256)
    return hmac.digest(extracted, f"near-learn {purpose}".encode() + b"\x01", sha256)
