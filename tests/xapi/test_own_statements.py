"""The application's own statements: what is handed over as a Part each time is written and read once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import create_engine

from xapi.errors import XAPIError
from xapi.lrs import LRS
from xapi.part import Part

OURS = {"account": {"homePage": "https://example.org", "name": "ours"}}


def statement(target: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "11111111-1111-4111-8111-111111111111",
        "actor": OURS,
        "verb": {"id": "https://example.org/verbs/did", "display": {"el": '\u03ad"\n\\'}},
        "object": target,
        "timestamp": "2026-01-01T00:00:00+00:00",
    }


def target(**more: Any) -> dict[str, Any]:
    definition = {"name": {"en": "A", "fi": "\u00c4\u2028"}, **more}
    return {"objectType": "Activity", "id": "https://example.org/a", "definition": definition}


def test_the_text_is_that_of_the_whole_statement() -> None:
    store = LRS(create_engine("sqlite://"))
    part = statement(Part(target()))
    for _ in range(2):
        (plain,) = store.prepare([statement(target())], authority=OURS)
        (kept,) = store.prepare([part], authority=OURS)
        assert kept == plain
        text = json.dumps(statement(target()), ensure_ascii=False, separators=(",", ":"))
        assert kept.text.startswith(text[:-1])


@pytest.mark.parametrize(
    "wrong",
    [{"extensions": {"https://example.org/x": float("nan")}}, {"type": "no iri"}, {"name": {"en": "\0"}}],
)
def test_what_is_wrong_is_refused_each_time(wrong: dict[str, Any]) -> None:
    store = LRS(create_engine("sqlite://"))
    part = Part(target(**wrong))
    for each in (part, part, target(**wrong)):
        with pytest.raises(XAPIError) as refused:
            store.prepare([statement(each)], authority=OURS)
        assert str(refused.value).startswith("[0]")
