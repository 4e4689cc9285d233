"""What must not be read in a copy of the database: encrypted with a key that is made from the secret key."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from near_learn.derived_key import derived
from near_learn.later import Later

if TYPE_CHECKING:
    from cryptography import fernet
else:
    fernet = Later("cryptography.fernet")


class CannotOpen(Exception):
    """The text was sealed with another secret key or for another purpose, or is damaged."""


class NoKey(Exception):
    """There is no secret key to seal with; the text says what to set."""


def seal(text: str, *, secret_key: str, purpose: str) -> str:
    """TEXT, readable only with the same secret key and for the same PURPOSE. Raises NoKey."""
    return _box(secret_key, purpose).encrypt(text.encode("utf-8")).decode("ascii")


def opened(sealed: str, *, secret_key: str, purpose: str, earlier: str = "") -> str:
    """The text that was sealed, with this key or one of the `earlier` ones. Raises CannotOpen, NoKey."""
    keys = [secret_key, *filter(None, earlier.split(","))]
    try:
        boxes = fernet.MultiFernet([_box(key, purpose) for key in keys])
        return boxes.decrypt(sealed.encode("utf-8")).decode("utf-8")
    except fernet.InvalidToken as error:
        raise CannotOpen(f"{purpose}: sealed with another NEAR_LEARN_SECRET_KEY, or damaged") from error


def _box(secret_key: str, purpose: str) -> fernet.Fernet:
    if not secret_key:
        raise NoKey(f"{purpose}: NEAR_LEARN_SECRET_KEY is not set, and nothing can be sealed without it")
    # A key for each purpose, so that what is sealed for one cannot be passed off as another.
    return fernet.Fernet(urlsafe_b64encode(derived(secret_key, purpose)))
