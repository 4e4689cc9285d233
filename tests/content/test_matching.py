"""Putting things into groups: several left sides of a matching question may share a right side."""

from pathlib import Path

from near_learn.content import grade
from tests.content.world import ENGLISH, found, library

FOLDERS = """
### Which folder? {#folders .matching}

- The rent is missing :: Tenancy
- She does not open :: Support
- The bath is flooded :: Tenancy
- :: Neither
"""


def test_left_sides_share_a_right_side(tmp_path: Path) -> None:
    loaded = library(tmp_path, en=ENGLISH + FOLDERS)
    question = loaded.courses["c"].module("m").text("en").question("folders")
    rent, door, bath = (option.id for option in question.options)
    assert [target.text for target in question.targets] == ["Tenancy", "Support", "Neither"]
    assert question.matches[rent] == question.matches[bath] != question.matches[door]
    assert grade(question, question.right).success
    swapped = [f"{left}[.]{question.matches[rent]}" for left in (rent, door, bath)]
    assert grade(question, swapped).score == 2 / 3


def test_one_right_side_for_all_leaves_nothing_to_choose(tmp_path: Path) -> None:
    same = FOLDERS.replace(":: Support", ":: Tenancy").replace("- :: Neither\n", "")
    assert "all right sides are the same; write at least two" in found(library(tmp_path, en=ENGLISH + same))
