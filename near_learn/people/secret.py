"""Secrets of record-store clients: how they are kept and checked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict

from near_learn.people import password
from xapi.errors import XAPIError
from xapi.rate import Rate

_FAST = "sha256$"


def hashed(secret: str, *, machine_made: bool) -> str:
    """What is kept instead of the secret.

    A machine-made secret has 256 bits, so nobody can try them all, however fast the hash; a person's has
    fewer, so its hash is slow.
    """
    return _fast(secret) if machine_made else password.hashed(secret)


def _fast(secret: str) -> str:
    return _FAST + hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(stored: str, secret: str) -> bool:
    """Whether the secret is the one that was hashed."""
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
