"""Blocks of people: as fine as they can be, never too small, and safe against adding and subtracting."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from near_learn.reports.groups import NONE, Cell, blocks


def made_of(found: list[int]) -> list[list[int]]:
    """The cells of each block."""
    return [[cell for cell, block in enumerate(found) if block == number] for number in sorted(set(found))]


def test_groups_that_are_large_enough_stand_alone() -> None:
    cells = [Cell(("ES", "a"), 7), Cell(("ES", "b"), 5), Cell(("FI", "a"), 9)]
    assert len(set(blocks(cells, 5))) == 3


def test_a_small_group_is_hidden_together_with_the_smallest_other() -> None:
    cells = [Cell(("ES",), 40), Cell(("FI",), 6), Cell(("IT",), 2)]
    assert made_of(sorted_like(cells, blocks(cells, 5))) == [[0], [1, 2]]


def test_small_groups_that_are_enough_together_leave_the_others_alone() -> None:
    cells = [Cell(("CZ",), 3), Cell(("ES",), 40), Cell(("FI",), 3), Cell(("IT",), 6)]
    found = blocks(cells, 5)
    assert found[0] == found[2]
    assert len(set(found)) == 3


def test_months_are_joined_with_their_neighbours() -> None:
    cells = [
        Cell((f"2026-{month:02}",), persons) for month, persons in ((1, 2), (2, 9), (3, 6), (4, 1), (5, 1))
    ]
    assert made_of(sorted_like(cells, blocks(cells, 5, in_order={0}))) == [[0, 1], [2, 3, 4]]


def test_fewer_people_than_a_block_needs_are_in_none() -> None:
    assert blocks([Cell(("ES",), 2), Cell(("FI",), 2)], 5) == [NONE, NONE]
    assert blocks([], 5) == []


def test_without_protection_every_cell_stands_alone() -> None:
    cells = [Cell((region, month), 1) for region, month in product("ABC", ("01", "02"))]
    assert len(set(blocks(cells, 1, in_order={1}))) == 6


PARTS = st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz"), st.sampled_from(("01", "02", "03")))
WORLDS = st.dictionaries(PARTS, st.integers(1, 7), min_size=1, max_size=27)


@settings(max_examples=200)
@given(WORLDS, st.integers(2, 8))
def test_no_block_is_too_small_and_nobody_is_left_out(world: dict[tuple[str, ...], int], least: int) -> None:
    cells = [Cell(key, persons) for key, persons in world.items()]
    found = blocks(cells, least, in_order={2})
    if sum(world.values()) < least:
        assert set(found) == {NONE}
        return
    assert NONE not in found
    for block in made_of(found):
        assert sum(cells[cell].persons for cell in block) >= least


@settings(max_examples=100)
@given(WORLDS, st.integers(2, 8))
def test_the_order_of_the_cells_does_not_matter(world: dict[tuple[str, ...], int], least: int) -> None:
    cells = [Cell(key, persons) for key, persons in world.items()]
    there, back = blocks(cells, least), blocks(cells[::-1], least)[::-1]
    assert made_of(sorted_like(cells, there)) == made_of(sorted_like(cells, back))


def sorted_like(cells: list[Cell], found: list[int]) -> list[int]:
    """The same blocks, numbered in the order in which their cells come."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(block, len(numbers)) for block in found]
