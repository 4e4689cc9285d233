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
    Effect.AGAIN: lazy_gettext("stays, made again from the statements"),
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
# The log's own book-keeping, of which the line about the log says enough.
UNTOLD = frozenset({"audit_subject"})


@dataclass(frozen=True)
class Line:
    """A kind of data, how many rows of it there are, and what becomes of them."""

    title: object
    number: int
    effect: object


def lines(counts: Mapping[str, int]) -> list[Line]:
    """A line for each kind of data that there is something of: first who somebody is and what is deleted."""
    told = [(each.name, each.title, each.effect) for each in HOLDINGS if each.name not in UNTOLD]
    told.sort(key=lambda one: (one[0] != "person", one[2] is not Effect.DELETE))
    found = {
        name: Line(title, counts[name], EFFECTS[effect]) for name, title, effect in told if name in counts
    }
    for name, (title, text) in MORE.items():
        if name in counts:
            found[name] = Line(title, counts[name], text)
    return list(found.values())
