"""Texts as pieces with ids, and what changed from one version to the next."""

import pytest

from near_learn.content.wording import changes, pieces, untranslated, version
from tests.content.world import ENGLISH


def test_pieces_are_sections_questions_and_entries() -> None:
    assert list(pieces(ENGLISH)) == [
        "title",
        "summary",
        "objectives",
        "why",
        "detail",
        "which",
        "quiz",
        "what",
    ]
    assert pieces(ENGLISH)["which"].title == "Which?"
    assert "because." in pieces(ENGLISH)["which"].text


def test_headings_in_code_are_no_headings() -> None:
    text = ENGLISH.replace("Text.", "```\n## Not one {#not-one}\n```")
    assert list(pieces(text)) == list(pieces(ENGLISH))


CHANGES = [
    ("Text.", "Another text.", [("changed", "detail")]),
    ("Text.", "Text.\n\n### More {#more}\n\nNew.", [("added", "more")]),
    ("### A detail {#detail}\n\nText.\n\n", "", [("removed", "detail")]),
    ("summary: About Maite.", "summary: About Maite, 70.", [("changed", "summary")]),
    ("- [x] Three", "- [ ] Three", [("changed", "what")]),
    ("{#detail}", "{#details}", [("added", "details"), ("removed", "detail")]),
    ("Text.", "  Text.\n", []),
    ("\n", "\r\n", []),
    ("version: 2", "version: 3", []),
]


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES)
def test_changes(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    found = changes(ENGLISH, ENGLISH.replace(old, new))
    assert [(each.what, each.place) for each in found if each.what != "moved"] == expected


def test_a_section_that_moved() -> None:
    one, two = "## One {#one}\n\nA.\n\n", "## Two {#two}\n\nB.\n\n"
    assert {each.what for each in changes(one + two, two + one)} == {"moved"}


def test_what_is_still_english() -> None:
    long = "These are more than eight words that somebody should translate."
    english = ENGLISH.replace("Text.", long).replace("{#detail}", "{#detail .x}")
    assert untranslated(english, ENGLISH.replace("Text.", long)) == ("detail",)
    assert untranslated(english, ENGLISH.replace("Text.", "Estas son palabras.")) == ()
    assert untranslated(english.replace("detail", "sources"), english.replace("detail", "sources")) == ()


@pytest.mark.parametrize(
    ("text", "number"), [(ENGLISH, 2), ("---\nid: m\n---\n", 1), ("---\nversion: x\n---\n", 0), ("", 0)]
)
def test_version(text: str, number: int) -> None:
    assert version(text) == number
