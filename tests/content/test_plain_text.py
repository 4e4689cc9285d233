"""What is passed over because nothing is marked in it comes out as if the library had looked at all of it."""

from itertools import product

import pytest
from markdown.treeprocessors import InlineProcessor

from near_learn.content import plain_text
from near_learn.content.draft import Prose
from near_learn.content.links import Links
from near_learn.content.markup import Renderer
from near_learn.content.source import Line

BEFORE = ("", "- item\n\n", '!!! tip "Title"\n    In it.\n\n', "Word\n: what it means\n\n", "    code\n\n")
SIGNS = [
    *(
        "",
        " ",
        "    ",
        "- ",
        "-",
        "* ",
        "*",
        "**",
        "***",
        "* * *",
        "***\n",
        "---\n",
        "_",
        "__",
        "___\n",
        "+ ",
    ),
    *("1. ", "12) ", "# ", "#", ": ", ":", "> ", "| a | b |\n|---|---|\n", '!!! tip "A"\n    ', "!", "!!! x"),
    *('??? "A"\n    ', "?", "=", "===\n", "`", "```\n", "[", "![", "<", "<https://a.org>", "<a@b.eu>", "\\*"),
    *(
        "https://a.org ",
        "WWW.a.org ",
        "www.a.org\n",
        "a@b.eu ",
        "$a_1$ ",
        "~",
        "_a_ ",
        "•",
        "“",
        "١. ",
        "\u00a0",
        "|",
    ),
]


def own(monkeypatch: pytest.MonkeyPatch) -> tuple[Renderer, Renderer]:
    """A renderer, and one in which the library does everything."""
    ours = Renderer(Links("c", "m", {}, {}))
    monkeypatch.setattr(plain_text, "register", lambda library: None)
    return ours, Renderer(Links("c", "m", {}, {}))


def test_blocks_of_all_beginnings_come_out_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, library = own(monkeypatch)
    for before, sign, text in product(
        BEFORE, SIGNS, ("{0}words", "Words\n{0}words *and* more", "a {0} b  \nc")
    ):
        lines = [Line(*each) for each in enumerate((before + text.format(sign)).split("\n"), 1)]
        assert ours.block(Prose(lines)) == library.block(Prose(lines)), before + text.format(sign)
        last = Prose([Line(1, text.format(sign).split("\n")[-1])])
        assert ours.inline(last) == library.inline(last), last.text


def test_every_rule_has_its_signs_and_the_library_calls_what_is_replaced() -> None:
    library = Renderer(Links("c", "m", {}, {})).library
    marked = library.treeprocessors["inline"]
    assert isinstance(marked, plain_text.MarkedText)
    assert len(marked.rules) == len(library.inlinePatterns) == len(plain_text.SIGNS)
    for name in ("_InlineProcessor__handleInline", "_InlineProcessor__applyPattern"):
        assert name in vars(InlineProcessor)
