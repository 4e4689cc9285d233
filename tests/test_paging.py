"""Long tables in parts: every row is in one of them, and a part that is not there is the last."""

from __future__ import annotations

import pytest

from near_learn.paging import part

ROWS = 100


@pytest.mark.parametrize(("rows", "parts"), [(0, 1), (ROWS, 1), (ROWS + 1, 2), (3 * ROWS, 3)])
def test_every_row_is_in_one_part(rows: int, parts: int) -> None:
    found = [row for number in range(1, parts + 1) for row in part(number, rows, ROWS).of(range(rows))]
    assert found == list(range(rows))
    assert part(1, rows, ROWS).parts == parts


def test_a_part_that_is_not_there_is_the_last_or_the_first() -> None:
    assert [part(number, 2 * ROWS, ROWS).number for number in (0, 2, 9)] == [1, 2, 2]
