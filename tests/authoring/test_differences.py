"""What differs, as rows to show."""

from __future__ import annotations

import time

import pytest

from near_learn.authoring.differences import Row, rows


def shown(found: list[Row]) -> list[str]:
    signs = {"same": " ", "added": "+", "removed": "-"}
    return [f"… {row.number}" if row.kind == "left-out" else signs[row.kind] + row.text for row in found]


def test_nothing_differs() -> None:
    assert rows("a\nb\n", "a\nb\n") == []
    assert shown(rows("a\nb\n", "a\nb\n", whole=True)) == [" a", " b"]
    assert rows("", "") == []


def test_changed_lines_with_a_few_around_them() -> None:
    old = "\n".join(f"line {number}" for number in range(1, 21)) + "\n"
    new = old.replace("line 10\n", "line ten\n")
    assert shown(rows(old, new)) == [
        "… 7",
        " line 8",
        " line 9",
        "-line 10",
        "+line ten",
        " line 11",
        " line 12",
        "… 8",
    ]


def test_the_words_that_differ_are_marked() -> None:
    found = rows("The gate is open today.\n", "The gate is shut today.\n")
    assert [[text for text, marked in row.parts if marked] for row in found] == [["open"], ["shut"]]
    assert [row.number for row in found] == [1, 1]


def test_lines_with_nothing_in_common_are_marked_as_a_whole_only() -> None:
    found = rows("Water.\n", "An altogether different sentence.\n")
    assert not any(marked for row in found for _, marked in row.parts)


@pytest.mark.parametrize("old", ["", "x\n" * 60_000, "a\nb\n" * 1_400, "word " * 50_000])
def test_no_text_takes_long(old: str) -> None:
    begun = time.perf_counter()
    assert rows(old, "y\n" + old + "z")
    assert time.perf_counter() - begun < 5
