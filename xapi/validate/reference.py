"""References to other statements (1.0.3 Data 2.4.4.3, 9274.1.1 4.2.2.3)."""

from __future__ import annotations

from xapi import grammar
from xapi.validate.shape import Shape, one_of

reference = Shape(
    "a StatementRef",
    {"objectType": one_of("StatementRef"), "id": grammar.uuid},
    required=("objectType", "id"),
)
"""The id of a statement, which need not exist."""
