"""Properties of all statements: a valid one is accepted, a mutated one is accepted or refused with a 4xx."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.strategies import examples, mutated, statements, versions
from xapi import formats, jsontext, validate
from xapi.equality import same
from xapi.errors import XAPIError
from xapi.versions import ONE, TWO, Version


@examples
@given(st.data(), versions)
def test_a_valid_statement_is_accepted_and_left_alone(data: st.DataObject, version: Version) -> None:
    statement = data.draw(statements(version, assigned=True))
    before = copy.deepcopy(statement)
    validate.statement(statement, version)
    assert statement == before


@examples
@given(statements(ONE, assigned=True))
def test_what_1_0_3_accepts_with_rfc_3339_timestamps_2_0_accepts_too(statement: dict[str, Any]) -> None:
    for part in (statement, statement["object"]):
        for name in ("timestamp", "stored"):
            part.pop(name, None)
    validate.statement(statement, TWO)


@examples
@given(st.data(), versions)
def test_a_mutated_statement_is_accepted_or_refused_with_a_4xx(data: st.DataObject, version: Version) -> None:
    statement = data.draw(mutated(statements(version, assigned=True)))
    try:
        validate.statement(statement, version)
    except XAPIError as error:
        refusal: XAPIError | None = error
    else:
        refusal = None
    if refusal is not None:
        assert 400 <= refusal.status < 500
        assert refusal.message
        assert len(str(refusal).encode()) < 1500
    else:
        assert isinstance(json.dumps(statement), str)
        assert same(statement, statement)
        for found in (formats.exact(statement), formats.ids(statement), formats.canonical(statement, "en")):
            validate.statement(found, version)


@examples
@given(st.data(), versions)
def test_a_statement_survives_its_text(data: st.DataObject, version: Version) -> None:
    batch = data.draw(st.lists(statements(version), min_size=1, max_size=3))
    text = json.dumps(batch, ensure_ascii=data.draw(st.booleans()), indent=data.draw(st.none() | st.just(1)))
    found = jsontext.statements(text.encode())
    assert [value for _text, value in found] == batch
    assert [json.loads(piece) for piece, _value in found] == batch
    assert all(piece in text.encode() for piece, _value in found)
