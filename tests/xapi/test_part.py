"""Parts that many statements have in common are read once, and nothing else follows from that."""

import json
import pickle

import pytest

from xapi import jsontext, validate
from xapi.errors import XAPIError
from xapi.part import Part, once
from xapi.versions import ONE, TWO

AGENT = {"mbox": "mailto:ada@example.org"}
CONTEXT = {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT}]}
VERB = {"id": "http://adlnet.gov/expapi/verbs/experienced"}
STATEMENT = {"actor": AGENT, "verb": VERB, "object": {"id": "http://example.org/a"}, "context": CONTEXT}


def read(statement: object) -> dict[str, object]:
    ((_, value),) = jsontext.statements(json.dumps(statement, separators=(",", ":")).encode())
    assert isinstance(value, dict)
    return value


def test_a_common_part_is_read_once() -> None:
    first, second = read({**STATEMENT, "id": "1"}), read({**STATEMENT, "id": "2"})
    assert first["actor"] is second["actor"]
    assert type(first["actor"]) is Part
    assert first == {**STATEMENT, "id": "1"}


def test_what_one_version_allows_the_other_still_refuses() -> None:
    """The same context: contextAgents are new in 2.0."""
    for _ in range(2):
        validate.statement(read(STATEMENT), TWO)
        with pytest.raises(XAPIError) as refused:
            validate.statement(read(STATEMENT), ONE)
        assert refused.value.path == "context.contextAgents"


def test_one_role_does_not_vouch_for_another() -> None:
    """The same text as verb and as object."""
    value = {"id": "http://example.org/a", "display": {"en": "a"}}
    validate.statement(read({**STATEMENT, "verb": value}), TWO)
    with pytest.raises(XAPIError):
        validate.statement(read({**STATEMENT, "verb": value, "object": value}), TWO)


def test_long_parts_are_not_kept() -> None:
    statement = {**STATEMENT, "object": {"id": "http://example.org/" + "a" * 5000}}
    assert type(read(statement)["object"]) is dict


def test_work_is_done_once_for_a_part_and_each_time_for_anything_else() -> None:
    done: list[object] = []

    @once
    def work(value: object) -> int:
        done.append(value)
        return len(done)

    part, other = Part({"a": 1}), {"a": 1}
    assert [work(part), work(part), work(other), work(other)] == [1, 1, 2, 3]
    assert pickle.loads(pickle.dumps(part)) == {"a": 1}
