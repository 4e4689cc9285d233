"""When two statements are the same (1.0.3 Data 2.3.1, 9274.1.1 4.2)."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.samples import ACTIVITY, AGENT, GROUP, REFERENCE, changed, full, nested, small
from tests.xapi.strategies import examples, mutated, statements
from xapi import jsontext
from xapi.equality import same
from xapi.versions import TWO

TWO_MEMBERS = [{"mbox": "mailto:a@b.example"}, {"name": "C", "mbox": "mailto:c@b.example"}]

NO_DIFFERENCE = [
    # what a store assigns
    ("id", ...),
    ("id", "00000000-0000-0000-0000-000000000000"),
    ("authority", GROUP),
    ("authority", ...),
    ("stored", ...),
    ("stored", "2020-01-01T00:00:00Z"),
    ("timestamp", ...),
    ("timestamp", "2015-12-18T13:17:00.123+01:00"),
    ("version", "1.0.9"),
    # attachments
    ("attachments", ...),
    ("attachments.0.display", {}),
    # definitions of Activities and the display of the verb
    ("object.definition", ...),
    ("object.definition.name", {"fr": "Cours"}),
    ("context.contextActivities.parent.0.definition", ...),
    ("verb.display", ...),
    ("verb.display.en", "DID"),
    # case
    ("context.registration", "EC531277-B57B-4C15-8D91-D292C5B2B8F7"),
    ("context.statement.id", REFERENCE["id"].upper()),
    ("context.language", "EN-gb"),
    ("context.instructor.mbox", "mailto:ane@EXAMPLE.com"),
    # one context Activity stands for an array of it
    ("context.contextActivities.grouping", [{"id": "http://example.com/g"}]),
    # what is finer than a hundredth of a second
    ("result.duration", "PT1H0M0.109S"),
    ("result.duration", "PT1H0M0.10S"),
    # a number is the same however it is written
    ("result.score.raw", 5.0),
]
DIFFERENCE = [
    ("actor.name", "Other team"),
    ("actor.name", ...),
    ("actor.member.0.account.name", "8"),
    ("verb.id", "http://example.com/Did"),
    ("object.id", "http://example.com/course/"),
    ("object.objectType", ...),
    ("object", REFERENCE),
    ("result", ...),
    ("result.success", False),
    ("result.success", 1),
    ("result.response", "A[,]b"),
    ("result.duration", "PT1H0M0.11S"),
    ("result.duration", "PT60M0.1S"),
    ("result.score.raw", 6),
    ("result.score.scaled", True),
    ("result.extensions", {"http://example.com/ext": True}),
    ("result.extensions", {"http://example.com/ext": [1]}),
    ("context.registration", "00000000-0000-0000-0000-000000000000"),
    ("context.instructor.mbox", "mailto:Ane@example.com"),
    ("context.contextActivities.parent", []),
    ("context.contextActivities.parent", ...),
    ("context.platform", "Web"),
    ("context.extensions", {"http://example.com/ext": False}),
]


@pytest.mark.parametrize(("place", "value"), NO_DIFFERENCE)
def test_ignores(place: str, value: object) -> None:
    other = changed(full(), place, value)
    assert same(full(), other)
    assert same(other, full())


@pytest.mark.parametrize(("place", "value"), DIFFERENCE)
def test_sees(place: str, value: object) -> None:
    other = changed(full(), place, value)
    assert not same(full(), other)
    assert not same(other, full())
    inside = changed(nested(), f"object.{place}", value)
    assert not same(nested(), inside)


@pytest.mark.parametrize(
    ("place", "value"),
    [row for row in NO_DIFFERENCE if row[0] not in ("id", "authority", "stored", "version", "timestamp")],
)
def test_ignores_the_same_inside_a_substatement(place: str, value: object) -> None:
    assert same(nested(), changed(nested(), f"object.{place}", value))


def test_the_timestamp_of_a_substatement_is_its_own() -> None:
    assert same(nested(), changed(nested(), "object.timestamp", "2015-12-18T13:17:00.1239+01:00"))
    assert not same(nested(), changed(nested(), "object.timestamp", "2015-12-18T12:17:01Z"))
    assert not same(nested(), changed(nested(), "object.timestamp", ...))


@pytest.mark.parametrize("place", ["actor", "object", "context.instructor", "context.team"])
def test_members_have_no_order(place: str) -> None:
    group = {"objectType": "Group", "member": TWO_MEMBERS}
    turned = {"objectType": "Group", "member": TWO_MEMBERS[::-1]}
    fewer = {"objectType": "Group", "member": TWO_MEMBERS[:1]}
    twice = {"objectType": "Group", "member": [*TWO_MEMBERS, TWO_MEMBERS[0]]}
    good = changed(full(), place, group)
    assert same(good, changed(full(), place, turned))
    assert not same(good, changed(full(), place, fewer))
    assert not same(good, changed(full(), place, twice))


def test_context_agents_and_groups_count() -> None:
    good = full(context_actors=True)
    assert same(good, changed(good, "context.contextAgents.0.agent.mbox", "mailto:ane@EXAMPLE.COM"))
    assert not same(good, changed(good, "context.contextAgents.0.agent.name", "Other"))
    assert not same(good, changed(good, "context.contextGroups.0.relevantTypes", ...))


def test_an_activity_and_a_person_differ() -> None:
    assert not same(small(), {**small(), "object": AGENT})
    assert not same(small(), {**small(), "object": ACTIVITY | {"definition": {}}})


def test_numbers_beyond_53_bits_differ() -> None:
    one = jsontext.loads(b'{"result":{"score":{"raw":9007199254740993}}}')
    other = jsontext.loads(b'{"result":{"score":{"raw":9007199254740992}}}')
    assert not same(one, other)


@examples
@given(statements(TWO, assigned=True))
def test_a_statement_is_the_same_as_itself(statement: dict[str, Any]) -> None:
    before = copy.deepcopy(statement)
    assert same(statement, copy.deepcopy(statement))
    assert statement == before


@examples
@given(st.data())
def test_anything_can_be_compared(data: st.DataObject) -> None:
    one, other = data.draw(mutated(statements(TWO))), data.draw(mutated(statements(TWO)))
    assert same(one, one)
    assert same(one, other) == same(other, one)
