"""Two people's changes as one text."""

from __future__ import annotations

import pytest

from near_learn.authoring.merging import merge

BASE = "one\ntwo\nthree\nfour\nfive\n"
NAMES = ("mine", "theirs")


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        (BASE, BASE, BASE),
        ("ONE\ntwo\nthree\nfour\nfive\n", BASE, "ONE\ntwo\nthree\nfour\nfive\n"),
        (BASE, "one\ntwo\nthree\nfour\nFIVE\n", "one\ntwo\nthree\nfour\nFIVE\n"),
        ("ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", "ONE\ntwo\nthree\nfour\nFIVE\n"),
        (
            "one\ntwo\nthree\nfour\nfive\nsix\n",
            "zero\none\ntwo\nthree\nfour\nfive\n",
            "zero\n" + BASE + "six\n",
        ),
        ("one\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\n", "one\nthree\nfour\n"),
        ("one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n"),
    ],
)
def test_changes_in_different_lines_are_both_kept(mine: str, theirs: str, both: str) -> None:
    merged = merge(BASE, mine, theirs, NAMES)
    assert (merged.text, merged.conflicts) == (both, 0)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("one\nmine\nthree\nfour\nfive\n", "one\ntheirs\nthree\nfour\nfive\n"),
        ("one\nthree\nfour\nfive\n", "one\ntheirs\nthree\nfour\nfive\n"),
        ("all mine\n", "all theirs\n"),
    ],
)
def test_changes_in_the_same_line_are_both_shown(mine: str, theirs: str) -> None:
    merged = merge(BASE, mine, theirs, NAMES)
    assert merged.conflicts == 1
    lines = merged.text.split("\n")
    assert [line for line in lines if line.startswith(("<<<<<<<", "=======", ">>>>>>>"))] == [
        "<<<<<<< mine",
        "=======",
        ">>>>>>> theirs",
    ]
    new = {line for text in (mine, theirs) for line in text.split("\n")} - set(BASE.split("\n"))
    assert new <= set(lines)


def test_texts_of_thousands_of_lines_are_not_compared_for_minutes() -> None:
    base = "same\n" * 50_000
    merged = merge(base, base + "mine\n", base + "theirs\n", NAMES)
    assert merged.conflicts == 1
