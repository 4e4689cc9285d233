"""Knowledge gain: what the same people scored before and after, with how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from near_learn.outcomes.parting import Part
from near_learn.outcomes.student import reach

# Below this many pairs an interval is so wide that a reader should be told.
FEW = 30


@dataclass(frozen=True)
class Estimate:
    """A value and its 95 % confidence interval; without one where the spread is not known (one person)."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Sums:
    """Sums over pairs of scores (0 to 1): all that the figures need."""

    n: int
    before: float
    after: float
    before_squared: float
    after_squared: float
    product: float

    @classmethod
    def of(cls, part: Part) -> Sums:
        """The sums of PART, in the order in which pairs.py selects them."""
        return cls(part.persons, *part.sums)


@dataclass(frozen=True)
class Gain:
    """The figures of one row. Scores are shares, 0 to 1."""

    n: int
    before: float  # means
    after: float
    difference: Estimate  # mean of after - before
    relative: Estimate | None  # mean difference / mean before; None when nobody knew anything
    normalised: Estimate | None  # (after - before) / (1 - before) of the means; None when all knew all
    spread: float | None  # standard deviation of the differences
    effect: float | None  # d_z: mean difference / spread

    @property
    def few(self) -> bool:
        """Whether the interval is wide because there are few pairs."""
        return self.n < FEW


def of(sums: Sums) -> Gain:
    """The figures of these pairs, of which there is at least one.

    The intervals are from Student's t with n - 1 degrees of freedom. A ratio of two means has the interval of
    the mean residual (Cochran, Sampling Techniques, chapter 6), which takes into account that the same
    people are in both.
    """
    n = sums.n
    mean = (sums.after - sums.before) / n
    squares = sums.before_squared + sums.after_squared - 2 * sums.product
    spread = _spread(squares - n * mean**2, n)
    wide = reach(n - 1) * spread / sqrt(n) if spread is not None else None
    return Gain(
        n=n,
        before=sums.before / n,
        after=sums.after / n,
        difference=_around(mean, wide),
        relative=_relative(sums),
        normalised=_normalised(sums),
        spread=spread,
        effect=mean / spread if spread else None,
    )


def _relative(sums: Sums) -> Estimate | None:
    if sums.before <= 0:
        return None
    ratio, wide = _ratio(
        sums.n, sums.after, sums.before, sums.after_squared, sums.before_squared, sums.product
    )
    return _around(ratio - 1, wide)


def _normalised(sums: Sums) -> Estimate | None:
    """Of what was still to be learned, the share that was: from the means of the group (Hake 1998)."""
    n = sums.n
    if n - sums.before <= 1e-12:
        return None
    ratio, wide = _ratio(
        n,
        n - sums.after,
        n - sums.before,
        n - 2 * sums.after + sums.after_squared,
        n - 2 * sums.before + sums.before_squared,
        n - sums.before - sums.after + sums.product,
    )
    return _around(1 - ratio, wide)


def _ratio(n: int, y: float, x: float, yy: float, xx: float, xy: float) -> tuple[float, float | None]:
    """The ratio of two means of the same people, and half the width of its interval."""
    ratio = y / x
    spread = _spread(yy - 2 * ratio * xy + ratio**2 * xx, n)
    return ratio, None if spread is None else reach(n - 1) * spread / (sqrt(n) * (x / n))


def _spread(squares: float, n: int) -> float | None:
    # Rounding can bring a sum of squares of nothing a hair below zero.
    return sqrt(squares / (n - 1)) if n > 1 and squares > 1e-12 else 0.0 if n > 1 else None


def _around(value: float, wide: float | None) -> Estimate:
    return Estimate(value) if wide is None else Estimate(value, value - wide, value + wide)
