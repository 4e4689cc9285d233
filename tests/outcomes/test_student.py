"""Student's t against the tables that everybody has."""

from __future__ import annotations

import pytest

from near_learn.outcomes.student import reach, within

# Two-sided, 95 %: Abramowitz and Stegun, table 26.10; the last is the normal distribution.
TABLE = {
    1: 12.706,
    2: 4.303,
    3: 3.182,
    4: 2.776,
    5: 2.571,
    9: 2.262,
    10: 2.228,
    29: 2.045,
    30: 2.042,
    60: 2.000,
    120: 1.980,
    10**7: 1.960,
}


@pytest.mark.parametrize(("freedom", "expected"), TABLE.items())
def test_values_are_those_of_the_table(freedom: int, expected: float) -> None:
    assert reach(freedom) == pytest.approx(expected, abs=5e-4)


def test_series_and_exact_values_meet() -> None:
    assert within(reach(200), 200) == pytest.approx(0.95, abs=1e-10)
    assert within(reach(201), 201) == pytest.approx(0.95, abs=1e-10)


def test_other_confidences() -> None:
    assert reach(10, 0.99) == pytest.approx(3.169, abs=5e-4)
    assert reach(3, 0.5) == pytest.approx(0.765, abs=5e-4)


def test_one_person_has_no_spread() -> None:
    with pytest.raises(ValueError, match="at least one degree"):
        reach(0)
