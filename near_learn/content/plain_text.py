"""Text in which little or nothing is marked: the library's rules take their time, and need not look at it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 - the tree that the Markdown library uses
from collections.abc import Callable
from functools import cached_property
from typing import Any

from markdown import Markdown
from markdown.blockprocessors import ParagraphProcessor
from markdown.treeprocessors import InlineProcessor, Treeprocessor
from markdown.util import STX, AtomicString

# A text without any of these has nothing for the rule of that name. Every rule for inside a line is here.
SIGNS = {
    "backtick": ("`",),
    "formula": ("$",),
    "formula-block": (STX,),
    "escape": ("\\",),
    "note": ("[^",),
    "link": ("[",),
    "image_link": ("![",),
    "autolink": ("<",),
    "automail": ("<",),
    "linebreak": ("  \n",),
    "magic-link": ("://", "w.", "W."),
    "magic-mail": ("@",),
    "em_strong": ("*", "_"),
}
ALL = tuple(dict.fromkeys(sign for signs in SIGNS.values() for sign in signs))

# Lines that begin no box, list, heading, quotation, definition, table, line across or block of code.
_LINE = r"(?:[^\s!?#\-_*+>:|\d]|\*\*?[^\s*\-_|])[^\n|]*"
PARAGRAPH = re.compile(rf"{_LINE}(?:\n{_LINE})*+")


def register(library: Markdown) -> None:
    """Has the library look for what is there only."""
    # Before all others.
    library.parser.blockprocessors.register(PlainParagraph(library.parser), "plain-paragraph", 200)
    # Before "inline" (20), which is replaced.
    library.treeprocessors.register(PlainText(library), "plain-text", 25)
    library.treeprocessors.register(MarkedText(library), "inline", 20)


class PlainParagraph(ParagraphProcessor):
    """A block that can be nothing but a paragraph."""

    def test(self, parent: etree.Element, block: str) -> bool:
        """Whether no line of it begins anything else."""
        return PARAGRAPH.fullmatch(block) is not None


class PlainText(Treeprocessor):
    """Tells the library, in its own way, which texts of the tree it may leave as they are."""

    def run(self, root: etree.Element) -> None:
        """Changes the tree in place."""
        for element in root.iter():
            if element.text and not _has(element.text, ALL):
                element.text = AtomicString(element.text)
            if element.tail and not _has(element.tail, ALL):
                element.tail = AtomicString(element.tail)


class MarkedText(InlineProcessor):
    """Applies to a text the rules of which it has a sign, and not all that there are.

    The library has no public place for this. Should it give its two methods other names, a test says so.
    """

    _InlineProcessor__applyPattern: Callable[[Any, str, int, int], tuple[str, bool, int]]

    @cached_property
    def rules(self) -> list[tuple[Any, tuple[str, ...]]]:
        """The rules in their order, each with its signs."""
        signs = {id(self.inlinePatterns[name]): SIGNS[name] for name in SIGNS}
        return [(rule, signs[id(rule)]) for rule in self.inlinePatterns]

    def _InlineProcessor__handleInline(  # noqa: N802
        self,
        data: str,
        patternIndex: int = 0,  # noqa: N803
    ) -> str:
        """The text with places for what was made by the rules, from the one of this number on."""
        if isinstance(data, AtomicString):
            return data
        apply = self._InlineProcessor__applyPattern
        for number in range(patternIndex, len(self.rules)):
            rule, signs = self.rules[number]
            start, matched = 0, _has(data, signs)
            while matched:
                data, matched, start = apply(rule, data, number, start)
        return data


def _has(text: str, signs: tuple[str, ...]) -> bool:
    """Whether any of them is in the text. Written out, because most of the time goes by here."""
    for sign in signs:  # noqa: SIM110
        if sign in text:
            return True
    return False
