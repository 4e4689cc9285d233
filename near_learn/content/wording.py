"""A text as pieces with ids, and which of them changed: what a translator has to look at again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from near_learn.content import entries
from near_learn.content.draft import QUIZ
from near_learn.content.entries import CannotWrite
from near_learn.content.fences import Fences
from near_learn.content.frontmatter import Items, Scalar

HEADING = re.compile(r"#{2,6} +(.*?) *(?:\{#([a-z0-9-]+)[^{}]*\})? *\Z")
FRONT = re.compile(r"\A\ufeff?---[ \t]*\n.*?^---[ \t]*\n", re.DOTALL | re.MULTILINE)
ENTRIES = ("title", "summary", "objectives")
WORD = re.compile(r"[^\W\d_]{2,}")
OPENING = "the text before the first section"

What = Literal["added", "changed", "moved", "removed"]


@dataclass(frozen=True)
class Piece:
    """A section without its sub-headings that have ids, a question, or an entry of the front matter."""

    title: str
    text: str  # as it was written, without blank lines at both ends

    @property
    def compared(self) -> str:
        """The text with every white space made one space: where lines are broken changes nothing."""
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Change:
    """One piece of the English text that is another than it was."""

    what: What
    place: str  # id of the section or question; for entries of the front matter their name
    title: str  # as it is now; of a removed piece as it was


def pieces(text: str) -> dict[str, Piece]:
    """The pieces of a text by id, in reading order; entries of the front matter first."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _entries(text)
    identifier, title, lines, fences = "", OPENING, list[str](), Fences()
    for line in FRONT.sub("", text, count=1).split("\n"):
        heading = None if fences.covers(line) else HEADING.match(line)
        named = heading and (heading[2] or (QUIZ if heading[1].casefold() == QUIZ else ""))
        if heading and named:
            _add(found, identifier, title, lines)
            identifier, title, lines = named, heading[1], []
        lines.append(line)
    _add(found, identifier, title, lines)
    return found


def changes(before: str, after: str) -> tuple[Change, ...]:
    """What changed from one text to the other: pieces that are new or other, in order; removed ones last."""
    old, new = pieces(before), pieces(after)
    moved = _moved(list(old), list(new))
    found = []
    for place, piece in new.items():
        if place not in old:
            found.append(Change("added", place, piece.title))
        elif old[place].compared != piece.compared:
            found.append(Change("changed", place, piece.title))
        elif place in moved:
            found.append(Change("moved", place, piece.title))
    found += [Change("removed", place, piece.title) for place, piece in old.items() if place not in new]
    return tuple(found)


def version(text: str, entry: str = "version") -> int:
    """The number in an entry of the front matter; 1 when it is left out, 0 when it cannot be read."""
    try:
        node = entries.read(text).values.get(entry)
    except CannotWrite:
        return 0
    if node is None:
        return 1
    return int(node.text) if isinstance(node, Scalar) and re.fullmatch(r"[0-9]{1,9}", node.text) else 0


def untranslated(english: str, translation: str) -> tuple[str, ...]:
    """Ids of the pieces of some length that are word for word the same; sources may well be."""
    ours, theirs = pieces(english), pieces(translation)
    return tuple(
        place
        for place, piece in ours.items()
        if place != "sources"
        and place in theirs
        and len(WORD.findall(_words(piece))) >= 8
        and _words(piece) == _words(theirs[place])
    )


def _words(piece: Piece) -> str:
    """What is read: the attributes of a heading are no words."""
    return re.sub(r"\{#[^{}]*\}", "", piece.compared)


def _entries(text: str) -> dict[str, Piece]:
    try:
        values = entries.read(text).values
    except CannotWrite:
        return {}
    found = {}
    for name in ENTRIES:
        node = values.get(name)
        if isinstance(node, Scalar):
            found[name] = Piece(name, node.text)
        elif isinstance(node, Items):
            found[name] = Piece(
                name, "\n".join(item.text for item in node.values if isinstance(item, Scalar))
            )
    return found


def _add(found: dict[str, Piece], identifier: str, title: str, lines: list[str]) -> None:
    if text := "\n".join(lines).strip("\n"):
        # An id that stands twice is an error of the checker's; here nothing may be lost.
        place = identifier if identifier not in found else f"{identifier}-{len(found)}"
        found[place] = Piece(title, text)


def _moved(old: list[str], new: list[str]) -> Mapping[str, int]:
    """The pieces in both whose neighbour before is another one."""
    was = [place for place in old if place in new]
    now = [place for place in new if place in old]
    before = dict(zip(was, ["", *was], strict=False))
    return {
        place: position
        for position, (place, above) in enumerate(zip(now, ["", *now], strict=False))
        if before[place] != above
    }
