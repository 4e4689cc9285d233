"""What a unit asks of a learner: a pass mark, as other systems write it."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from near_learn.content import Module


def judged(module: Module) -> bool:
    """Whether the unit can be passed or failed: a module with a quiz."""
    return not module.instrument and bool(module.texts["en"].quiz)


def mastery(module: Module, places: int = 4, times: int = 1) -> str | None:
    """The pass mark with this many decimals, TIMES as large; None where there is nothing to pass.

    Rounded down: two of three right must not fail at a mark of 0.66666 because it became 0.6667.
    """
    if not judged(module):
        return None
    mark = Decimal(repr(module.pass_mark)) * times
    text = format(mark.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
