"""Verbs (1.0.3 Data 2.4.3, 9274.1.1 4.2.2.2)."""

from __future__ import annotations

from typing import Final

from xapi import grammar
from xapi.validate.shape import Shape
from xapi.validate.values import language_map

VOIDED: Final = "http://adlnet.gov/expapi/verbs/voided"

verb = Shape("a Verb", {"id": grammar.iri, "display": language_map}, required=("id",))
"""What the actor did."""
