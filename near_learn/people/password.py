"""Passwords: how they are kept (argon2id), checked, made and judged."""

from __future__ import annotations

import secrets
import unicodedata
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext

from near_learn.people.common_password import is_common, is_pattern
from near_learn.people.letters import folded

SHORTEST = 10
LONGEST = 200
FEWEST_DIFFERENT = 5
TELLING_PART = 4
# Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

HASHER = PasswordHasher()

# The hash of a password that nobody knows, with the hasher's own cost: checking it takes as long as checking
# a real one, so the time of an answer does not tell whether an e-mail address is known here.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$+VxpFOhkDRO9Cqmfy4qijQ$8i1/Dck3r6CLSItvcot+jBZzYP0fOtZx8SbG/1DJd/g"


def hashed(password: str) -> str:
    """What is stored instead of the password."""
    return HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether PASSWORD is the one that was stored; False, and just as slow, when none was."""
    try:
        return HASHER.verify(stored or NOBODYS, _normal(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether the hash was made at a lower cost than today's."""
    return HASHER.check_needs_rehash(stored)


def generated() -> str:
    """A new password of four groups, easy to read out and to type (79 bits)."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def weakness(password: str, *, email: str = "", name: str = "") -> str | None:
    """What is wrong with PASSWORD for this person, as a sentence for them; None when it will do."""
    text = _normal(password)
    parts = [email.partition("@")[0], *name.split()]
    problem: str | None = None
    if len(text) < SHORTEST:
        problem = gettext("Use at least %(number)s characters.", number=SHORTEST)
    elif len(text) > LONGEST:
        problem = gettext("Use at most %(number)s characters.", number=LONGEST)
    elif len(set(text.casefold())) < FEWEST_DIFFERENT or _is_run(text):
        problem = gettext("This is too easy to guess: use more different characters.")
    elif is_pattern(text):
        problem = gettext("This is too easy to guess: it repeats itself or follows the keys of the keyboard.")
    elif is_common(text):
        problem = gettext("Many people use this as a password. Add a few words that do not belong together.")
    elif any(len(part) >= TELLING_PART and folded(part) in folded(text) for part in parts):
        problem = gettext("Leave your name and your e-mail address out of the password.")
    return problem


def _normal(password: str) -> str:
    # The same characters typed on another device may arrive composed differently.
    return unicodedata.normalize("NFKC", password)


def _is_run(text: str) -> bool:
    """abcdefghij, 0987654321: each character follows the one before."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and abs(steps.pop()) <= 1
