"""What the renderer understands inside a line beyond the library: footnote marks and formulas."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 - builds the tree that the Markdown library uses
from typing import TYPE_CHECKING

from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX

from near_learn.content import formula

if TYPE_CHECKING:
    from near_learn.content.markup import Renderer

NOTE = r"\[\^([^\]\s]{1,40})\]"
PLACE = STX + r"formula(\d+)" + ETX  # nobody can write these two signs


def register(renderer: Renderer) -> None:
    """Adds the rules to the library's."""
    library = renderer.library
    library.ESCAPED_CHARS += ["<", "$"]
    # After blocks of code are put aside (25), so that formulas are found only in text.
    library.preprocessors.register(_Blocks(renderer), "formulas", 20)
    # After code (190) and before escapes (180), which would take the backslashes out of a formula.
    library.inlinePatterns.register(_Formula(formula.INLINE.pattern, renderer), "formula", 188)
    library.inlinePatterns.register(_Place(PLACE, renderer), "formula-block", 187)
    library.inlinePatterns.register(_Note(NOTE, renderer), "note", 175)


class _Blocks(Preprocessor):
    """Takes the formulas between $$ out of the lines, before anything in them can mean something else."""

    def __init__(self, renderer: Renderer) -> None:
        super().__init__(renderer.library)
        self.renderer = renderer

    def run(self, lines: list[str]) -> list[str]:
        """The lines with a place, between empty lines, for each formula."""
        return formula.BLOCK.sub(self.place, "\n".join(lines)).split("\n")

    def place(self, match: re.Match[str]) -> str:
        """What stands for the formula meanwhile."""
        self.renderer.blocks.append(match[2])
        return f"\n{match[1]}{STX}formula{len(self.renderer.blocks) - 1}{ETX}\n"


class _Rule(InlineProcessor):
    """A rule for inside a line that knows its renderer."""

    def __init__(self, pattern: str, renderer: Renderer) -> None:
        super().__init__(pattern, renderer.library)
        self.renderer = renderer


class _Formula(_Rule):
    """$…$ in a line."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the library's name
        self, match: re.Match[str], data: str
    ) -> tuple[etree.Element | None, int | None, int | None]:
        """The formula's place; text when it is about money."""
        if formula.is_text(match[1]):
            return None, None, None
        return self.renderer.formula(match[1], match[1], block=False), match.start(0), match.end(0)


class _Place(_Rule):
    """The place of a formula between $$."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, match: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        """The formula."""
        latex = self.renderer.blocks[int(match[1])]
        needle = latex.strip().split("\n")[0]
        return self.renderer.formula(latex, needle, block=True), match.start(0), match.end(0)


class _Note(_Rule):
    """[^label]: the mark of a footnote."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, match: re.Match[str], data: str
    ) -> tuple[etree.Element | str, int, int]:
        """A raised number that leads to the note; nothing when there is no such note."""
        return self.renderer.footnotes.mark(match[1]), match.start(0), match.end(0)
