"""The forms of a returned statement (1.0.3 Communication 2.1.3)."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.samples import ACTIVITY, AGENT, REFERENCE, full, nested, small
from tests.xapi.strategies import examples, statements, versions
from xapi import formats, validate
from xapi.versions import TWO

AGENT_ID = {"objectType": "Agent", "mbox": "mailto:ane@example.com"}
GROUP_ID = {"objectType": "Group", "member": [{"account": {"homePage": "https://lms.example", "name": "7"}}]}
ACTIVITY_ID = {"id": "http://example.com/course"}
CONTEXT_IDS = {
    "instructor": AGENT_ID,
    "team": GROUP_ID,
    "contextActivities": {"parent": [ACTIVITY_ID], "grouping": [{"id": "http://example.com/g"}], "other": []},
}


def test_ids_leaves_only_identifiers() -> None:
    found = formats.ids(full(context_actors=True))
    assert found["actor"] == GROUP_ID
    assert found["authority"] == AGENT_ID
    assert found["verb"] == {"id": "http://example.com/did"}
    assert found["object"] == ACTIVITY_ID
    assert found["context"].items() >= CONTEXT_IDS.items()
    assert found["context"]["contextAgents"] == [
        {"objectType": "contextAgent", "agent": AGENT_ID, "relevantTypes": ["http://example.com/coach"]}
    ]
    assert found["context"]["contextGroups"][0]["group"] == GROUP_ID
    for name in ("id", "result", "timestamp", "stored", "version", "attachments"):
        assert found[name] == full()[name]


def test_ids_leaves_only_identifiers_inside_a_substatement() -> None:
    found = formats.ids(nested())["object"]
    assert found["objectType"] == "SubStatement"
    assert (found["actor"], found["verb"], found["object"]) == (
        GROUP_ID,
        {"id": "http://example.com/did"},
        ACTIVITY_ID,
    )
    assert found["context"].items() >= CONTEXT_IDS.items()


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        (AGENT, AGENT_ID),
        (
            {"objectType": "Group", "name": "T", "openid": "http://t.example", "member": [AGENT]},
            {"objectType": "Group", "openid": "http://t.example"},
        ),
        (
            {"objectType": "Group", "name": "T", "member": [AGENT]},
            {"objectType": "Group", "member": [AGENT_ID]},
        ),
        (REFERENCE, REFERENCE),
        (ACTIVITY, ACTIVITY_ID),
    ],
)
def test_ids_of_each_kind_of_object(target: dict[str, Any], kept: dict[str, Any]) -> None:
    assert formats.ids({**small(), "object": target})["object"] == kept


def test_canonical_has_one_language_in_each_map() -> None:
    for found in (formats.canonical(full(), "es"), formats.canonical(nested(), "es")["object"]):
        assert found["verb"]["display"] == {"es": "hizo"}
        definition = found["object"]["definition"]
        assert definition["name"] == {"es": "Curso"}
        assert definition["description"] == {"es": "Un curso"}
        assert definition["choices"][0]["description"] == {"es": "Uno"}
        assert definition["choices"][1]["description"] == {"en": "Two"}
        assert found["context"]["contextActivities"]["parent"][0]["definition"]["name"] == {"es": "Curso"}
        assert definition["extensions"] == ACTIVITY["definition"]["extensions"]
        assert found["actor"] == full()["actor"]
        assert found["context"]["instructor"] == AGENT


def test_canonical_without_a_wish_takes_the_first() -> None:
    assert formats.canonical(full(), None)["verb"]["display"] == {"en": "did"}


def test_canonical_uses_the_definition_of_the_store() -> None:
    known: dict[str, dict[str, Any]] = {
        "http://example.com/course": {"name": {"eu": "Ikastaroa", "en": "The course"}}
    }
    found = formats.canonical(full(), "eu", lambda activity_id: known.get(activity_id))
    assert found["object"] == {
        "objectType": "Activity",
        **ACTIVITY_ID,
        "definition": {"name": {"eu": "Ikastaroa"}},
    }
    bare = {**small(), "context": {"contextActivities": {"parent": {"id": "http://example.com/course"}}}}
    found = formats.canonical(bare, "en", lambda activity_id: known.get(activity_id))
    parent = found["context"]["contextActivities"]["parent"]
    assert parent == [{"id": "http://example.com/course", "definition": {"name": {"en": "The course"}}}]
    assert "definition" not in formats.canonical(small(), "en", lambda activity_id: None)["object"]


def test_exact_only_puts_single_activities_into_arrays() -> None:
    """1.0.3 Data 2.4.6.2."""
    expected = full()
    expected["context"]["contextActivities"]["grouping"] = [{"id": "http://example.com/g"}]
    assert formats.has_single_activity(full())
    assert formats.has_single_activity(nested())
    assert formats.exact(full()) == expected
    assert not formats.has_single_activity(expected)
    assert formats.exact(expected) == expected
    assert formats.exact(nested())["object"]["context"] == expected["context"]
    assert not formats.has_single_activity(small())


def test_definition_in_one_language() -> None:
    assert formats.definition(ACTIVITY["definition"], "es")["name"] == {"es": "Curso"}


@examples
@given(st.data(), versions)
def test_every_form_of_a_valid_statement_is_valid_and_leaves_it_alone(
    data: st.DataObject, version: Any
) -> None:
    statement = data.draw(statements(version, assigned=True))
    before = copy.deepcopy(statement)
    for found in (
        formats.exact(statement),
        formats.ids(statement),
        formats.canonical(statement, "es, en;q=0.5"),
    ):
        validate.statement(found, version)
        assert not formats.has_single_activity(found)
        json.dumps(found)
    assert statement == before
    assert formats.ids(formats.ids(statement)) == formats.ids(statement)


@examples
@given(statements(TWO))
def test_exact_changes_nothing_where_nothing_is_single(statement: dict[str, Any]) -> None:
    if not formats.has_single_activity(statement):
        assert formats.exact(statement) == statement
