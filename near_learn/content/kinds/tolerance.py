"""Which typed texts count as the same: what a gap forgives, and nothing beyond that.

Forgiven: capitals; accents and other marks on letters; a typographic apostrophe or hyphen for a plain one;
more spaces than one, and spaces at the ends; full stops, commas, colons, semicolons, question and
exclamation marks at the end, and the Spanish ¿ ¡ at the beginning. Not forgiven: any other letter, digit or
sign, a space more or less between two words, another order of words. So `Él` is `el`, and `el` is not `ella`.
"""

import re
import unicodedata

# Combining marks of Latin, Greek and Cyrillic letters. The vowel signs of other scripts are letters.
MARKS = re.compile("[\u0300-\u036f]")
# Characters that are written alike, and that keyboards offer one of.
ALIKE = str.maketrans(
    {**dict.fromkeys("‘’‚‛ʼʹ´`′", "'"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}
)
# NFKD makes ; of the Greek question mark and · of the Greek semicolon.
END = ".,:;!?· "
BEGINNING = "¿¡ "


def simple(text: str) -> str:
    """The same for texts that count as the same; empty only for a text without anything to see."""
    # Folding makes σ of the final ς, and of a few letters some with marks.
    words = " ".join(_plain(_plain(text).casefold()).split())
    return words.rstrip(END).lstrip(BEGINNING) or words


def _plain(text: str) -> str:
    # First, because NFKD would make a space and a mark of ´; and again, for what NFKD brings forth.
    decomposed = unicodedata.normalize("NFKD", text.translate(ALIKE))
    return MARKS.sub("", decomposed).translate(ALIKE)


def same(one: str, other: str) -> bool:
    """Whether the two texts count as the same."""
    return simple(one) == simple(other)
