"""The word that was probably meant by one that does not exist."""

import difflib
from collections.abc import Iterable


def meant(word: str, words: Iterable[str], cutoff: float = 0.6) -> str:
    """The nearest of the words, whatever its case and hyphens; empty when none is near."""
    plain = {_plain(each): each for each in words}
    near = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=cutoff)
    return plain[near[0]] if near else ""


def _plain(word: str) -> str:
    return word.casefold().replace("-", "").replace("_", "")
