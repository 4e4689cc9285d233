"""Codes that people read from a paper or a wall and type: random, in letters that are not mistaken."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

# What people put between the letters.
BETWEEN = dict.fromkeys(map(ord, "-–— \t"))
LONGEST_TYPED = 100  # as typed, with whatever stands between the letters


@dataclass(frozen=True)
class TypedCode:
    """The codes of one kind: so many of these letters. `misread` says which letter somebody meant."""

    letters: str
    length: int
    misread: Mapping[str, str] = field(default_factory=dict)

    def new(self) -> str:
        """A random code."""
        return "".join(secrets.choice(self.letters) for _ in range(self.length))

    def normal(self, text: str) -> str | None:
        """The code that somebody typed as TEXT, in capitals and without gaps; None for what cannot be one."""
        table = BETWEEN | str.maketrans(dict(self.misread))
        code = text[:LONGEST_TYPED].upper().translate(table)
        return code if re.fullmatch(f"[{self.letters}]{{{self.length}}}", code) else None
