"""The figures of knowledge gain: a worked example, the edges, and whether the intervals keep their word."""

from __future__ import annotations

from math import sqrt
from random import Random
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from near_learn.outcomes import gain
from near_learn.outcomes.gain import Estimate, Gain, Sums

Pairs = list[tuple[float, float]]


def sums(pairs: Pairs) -> Sums:
    return Sums(
        len(pairs),
        sum(x for x, _ in pairs),
        sum(y for _, y in pairs),
        sum(x * x for x, _ in pairs),
        sum(y * y for _, y in pairs),
        sum(x * y for x, y in pairs),
    )


def of(pairs: Pairs) -> Gain:
    return gain.of(sums(pairs))


def test_a_worked_example() -> None:
    made = of([(0.25, 0.5), (0.5, 0.75), (0.375, 0.875), (0.5, 0.5), (0.25, 0.75)])
    assert (made.n, made.before, made.after) == (5, pytest.approx(0.375), pytest.approx(0.675))
    assert made.difference.value == pytest.approx(0.3)
    # Differences .25 .25 .5 0 .5: standard deviation 0.20917, times 2.7764 / √5.
    assert made.spread == pytest.approx(0.209165, abs=1e-6)
    assert made.difference.low == pytest.approx(0.3 - 0.259715, abs=1e-5)
    assert made.difference.high == pytest.approx(0.3 + 0.259715, abs=1e-5)
    assert made.relative is not None
    assert made.relative.value == pytest.approx(0.8)
    assert made.normalised is not None
    assert made.normalised.value == pytest.approx(0.3 / 0.625)
    assert made.effect == pytest.approx(0.3 / 0.209165, abs=1e-4)
    assert made.few


SCORES = st.integers(0, 8).map(lambda right: right / 8)
PAIRS = st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=60)


@settings(max_examples=200)
@given(PAIRS)
def test_sums_give_what_the_pairs_themselves_give(pairs: Pairs) -> None:
    made, differences = of(pairs), [y - x for x, y in pairs]
    assert made.difference.value == pytest.approx(fmean(differences), abs=1e-9)
    if len(pairs) == 1:
        assert (made.spread, made.difference.low, made.effect) == (None, None, None)
        return
    assert made.spread == pytest.approx(stdev(differences), abs=1e-6)
    assert made.difference.low is not None
    assert made.difference.high is not None
    assert made.difference.low <= made.difference.value <= made.difference.high
    if made.relative is not None:
        ratio = made.after / made.before
        residuals = [y - ratio * x for x, y in pairs]
        wide = gain.reach(len(pairs) - 1) * stdev(residuals) / sqrt(len(pairs)) / made.before
        assert made.relative.high == pytest.approx(ratio - 1 + wide, abs=1e-5)


def test_nobody_knew_anything_and_everybody_knew_everything() -> None:
    assert of([(0.0, 0.5), (0.0, 0.25)]).relative is None
    assert of([(1.0, 1.0), (1.0, 0.5)]).normalised is None


def test_who_all_gain_alike_have_an_interval_of_no_width() -> None:
    made = of([(0.25, 0.5), (0.5, 0.75), (0.0, 0.25)])
    assert made.difference == Estimate(0.25, 0.25, 0.25)
    assert made.effect is None


def test_falling_scores_are_a_negative_gain() -> None:
    made = of([(0.5, 0.25), (0.75, 0.25)])
    assert made.difference.value == pytest.approx(-0.375)
    assert made.relative is not None
    assert made.relative.value < 0


def test_the_intervals_hold_the_truth_in_about_95_of_100_groups() -> None:
    rng = Random(7)
    held = {"difference": 0, "relative": 0, "normalised": 0}
    truth = {"difference": 0.25, "relative": 0.25 / 0.4, "normalised": 0.25 / 0.6}
    draws = 600
    for _ in range(draws):
        pairs = []
        for _ in range(12):
            person = rng.gauss(0, 0.1)
            pairs.append((0.4 + person + rng.gauss(0, 0.08), 0.65 + person + rng.gauss(0, 0.08)))
        made = of(pairs)
        for name, value in truth.items():
            found = getattr(made, name)
            held[name] += found.low <= value <= found.high
    assert {name: 0.92 <= number / draws <= 0.98 for name, number in held.items()} == dict.fromkeys(
        held, True
    )
