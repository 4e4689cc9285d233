"""Ids for questions that come from elsewhere: readable, allowed, and each only once."""

import re
import unicodedata

from near_learn.content.draft import QUIZ
from near_learn.content.values import LONGEST_ID

ROOM = 8  # for a number at the end
# Letters that no decomposition makes Latin ones of.
GREEK = {
    **dict(zip("αβγδεζηικλμνξοπρστυφωςv", "avgdeziiklmnxoprstyfosv", strict=True)),
    **{"θ": "th", "χ": "ch", "ψ": "ps"},
}
OTHERS = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
LETTERS = str.maketrans(GREEK | OTHERS)


class Ids:
    """Gives ids, none of which is taken."""

    def __init__(self, taken: "set[str] | frozenset[str]" = frozenset()) -> None:
        self.taken = {QUIZ, *taken}
        self._last: dict[str, int] = {}  # the number given last, by what it was added to

    def of(self, name: str) -> str:
        """An id made from a name; numbered when there is one already."""
        base = slug(name) or "question"
        found = base
        while found in self.taken:
            self._last[base] = self._last.get(base, 1) + 1
            found = f"{base}-{self._last[base]}"
        self.taken.add(found)
        return found


def slug(name: str) -> str:
    """Small letters, digits and hyphens; empty when the name has none that could become some."""
    latin = unicodedata.normalize("NFKD", name.casefold())
    latin = "".join(sign for sign in latin if not unicodedata.combining(sign)).translate(LETTERS)
    words = re.sub(r"[^a-z0-9]+", "-", latin.replace("'", "").replace("’", "")).strip("-")
    if len(words) <= LONGEST_ID - ROOM:
        return words
    cut = words[: LONGEST_ID - ROOM]
    return cut.rpartition("-")[0] or cut
