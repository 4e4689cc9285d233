"""Student's t: how far an interval around the mean of few people must reach.

Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3, 26.7.4 (exact, whole degrees of
freedom) and 26.7.5 (many degrees of freedom).
"""

from __future__ import annotations

from functools import lru_cache
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist

MANY = 200  # degrees of freedom from which the series around the normal distribution is exact to nine digits
CONFIDENCE = 0.95


def within(t: float, freedom: int) -> float:
    """The chance that a t-distributed value lies between -T and T, exactly."""
    angle = atan(t / sqrt(freedom))
    term = cos(angle) if freedom % 2 else 1.0
    total = term if freedom > 1 else 0.0
    for number in range(2 + freedom % 2, freedom - 1, 2):
        term *= (number - 1) / number * cos(angle) ** 2
        total += term
    if freedom % 2:
        return 2 / pi * (angle + sin(angle) * total)
    return sin(angle) * total


@lru_cache(maxsize=1024)
def reach(freedom: int, confidence: float = CONFIDENCE) -> float:
    """The t for which `within` is CONFIDENCE: 12.706 for one degree of freedom, 1.96 for very many.

    Raises ValueError for no degree of freedom: one person has no spread.
    """
    if freedom < 1:
        raise ValueError(f"expected at least one degree of freedom, got {freedom}")
    if freedom >= MANY:
        return _series(NormalDist().inv_cdf((1 + confidence) / 2), freedom)
    low, high = 0.0, 1.0
    while within(high, freedom) < confidence:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < confidence else (low, middle)
    return high


def _series(x: float, freedom: int) -> float:
    terms = (
        x,
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))
