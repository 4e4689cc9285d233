"""What an erasure would do or has done, in words: for pages, commands and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext

from near_learn.privacy.holdings import HOLDINGS, Effect

EFFECTS = {
    Effect.DELETE: lazy_gettext("is deleted"),
    Effect.FOLLOW: lazy_gettext("stays, without any link to the person"),
    Effect.BLANK: lazy_gettext("stays without name and reason, under a new code"),
    Effect.REDACT: lazy_gettext("stays without texts, under a random number that leads to nobody"),
    Effect.AGAIN: lazy_gettext("is made again from the statements: every total stays as it was"),
    Effect.STAY: lazy_gettext("stays; what it points to is gone"),
}
# Beside the holdings: see erasure.Plan.
MORE = {
    "texts": (
        lazy_gettext("Texts and files in statements"),
        lazy_gettext("are taken out of the statements"),
    ),
    "named": (
        lazy_gettext("Statements with the name in them"),
        lazy_gettext("stay as they are, because somebody else here has the same name"),
    ),
}


@dataclass(frozen=True)
class Line:
    """A kind of data, how many rows of it there are, and what becomes of them."""

    title: object
    number: int
    effect: object
    goes: bool


def lines(counts: Mapping[str, int]) -> list[Line]:
    """A line for each kind of data that there is something of, in the order of the declarations."""
    found: list[Line] = []
    for holding in HOLDINGS:
        number = counts.get(holding.name)
        if number:
            goes = holding.effect is Effect.DELETE
            found.append(Line(holding.title, number, EFFECTS[holding.effect], goes))
    for name, (title, effect) in MORE.items():
        if counts.get(name):
            found.append(Line(title, counts[name], effect, name == "texts"))
    return found
