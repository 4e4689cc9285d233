"""What a statement must look like: each row takes a good statement and puts one thing wrong, or not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.xapi.samples import ACTIVITY, AGENT, ATTACHMENT, GROUP, REFERENCE, changed, full, nested, small
from xapi import validate
from xapi.errors import XAPIError
from xapi.validate.verb import VOIDED
from xapi.versions import ONE, TWO, Version

BOTH = (ONE, TWO)
ASSIGNED = ("id", "stored", "authority", "version")
ANONYMOUS = {"objectType": "Group", "member": [AGENT]}
IDENTIFIED = {"objectType": "Group", "mbox": "mailto:team@example.com"}
SUBSTATEMENT = {"objectType": "SubStatement", **small()}


def sample(version: Version) -> dict[str, Any]:
    return full(context_actors=version.context_actors)


@pytest.mark.parametrize("version", BOTH, ids=str)
def test_accepts_the_smallest_and_the_fullest(version: Version) -> None:
    validate.statement(small(), version)
    validate.statement(sample(version), version)
    validate.statement(nested(context_actors=version.context_actors), version)


GOOD = [
    ("actor", AGENT),
    ("actor", {"mbox": "mailto:a@b.example"}),
    ("actor", {"openid": "https://a.example/b"}),
    ("actor", {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}),
    ("actor", {"account": {"homePage": "https://lms.example", "name": ""}}),
    ("actor", IDENTIFIED),
    ("actor", {**IDENTIFIED, "member": []}),
    ("actor", {**IDENTIFIED, "member": [AGENT, AGENT]}),
    ("actor", ANONYMOUS),
    ("verb.display", {}),
    ("object", {"id": "http://example.com/x"}),
    ("object.definition", {}),
    ("object.definition", {"interactionType": "other", "correctResponsesPattern": []}),
    ("object.definition", {"interactionType": "matching", "source": [{"id": "a"}], "target": []}),
    ("object.definition", {"interactionType": "sequencing", "choices": [{"id": "a"}, {"id": "b"}]}),
    ("object.definition", {"interactionType": "performance", "steps": [{"id": "a"}]}),
    ("object.definition", {"interactionType": "likert", "scale": [{"id": "a"}]}),
    ("object.definition.extensions", {"http://example.com/x": None}),
    ("result", {}),
    ("result.score", {"raw": 1}),
    ("result.score", {"raw": 0, "min": 0, "max": 1}),
    ("result.score", {"raw": 1.0, "min": 0, "max": 1}),
    ("result.score", {"scaled": -1}),
    ("context", {}),
    ("context.contextActivities", {}),
    ("context.contextActivities.parent", ACTIVITY),
    ("context.contextActivities.parent", []),
    ("context.instructor", ANONYMOUS),
    ("context.team", IDENTIFIED),
    ("timestamp", "2099-01-01T00:00:00Z"),
    ("attachments", []),
    ("attachments.0.description", ...),
    ("attachments.0.fileUrl", ...),
    ("authority", {"objectType": "Group", "member": [AGENT, AGENT]}),
    ("version", "1.0"),
    ("version", "1.0.9"),
]


@pytest.mark.parametrize(("place", "value"), GOOD)
@pytest.mark.parametrize("version", BOTH, ids=str)
def test_accepts(version: Version, place: str, value: object) -> None:
    validate.statement(changed(sample(version), place, value), version)


OBJECTS = {
    "Agent": {**AGENT},
    "Group": IDENTIFIED,
    "anonymous Group": ANONYMOUS,
    "StatementRef": REFERENCE,
    "SubStatement": SUBSTATEMENT,
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_accepts_each_kind_of_object(kind: str) -> None:
    validate.statement({**small(), "object": OBJECTS[kind]}, ONE)


BAD = [
    # 1.0.3 Data 2.4: what is required
    ("actor", ..., "actor: a Statement needs this property"),
    ("verb", ..., "verb: a Statement needs this property"),
    ("object", ..., "object: a Statement needs this property"),
    ("verb.id", ..., "verb.id: a Verb needs this property"),
    ("object.id", ..., "object.id: an Activity needs this property"),
    ("attachments.0.usageType", ..., "attachments[0].usageType: an attachment needs this property"),
    ("attachments.0.display", ..., "attachments[0].display: an attachment needs"),
    ("attachments.0.contentType", ..., "attachments[0].contentType: an attachment needs"),
    ("attachments.0.length", ..., "attachments[0].length: an attachment needs"),
    ("attachments.0.sha2", ..., "attachments[0].sha2: an attachment needs"),
    ("context.statement.objectType", ..., "context.statement.objectType: a StatementRef needs"),
    # 1.0.3 Data 2.2: formats, also of the empty string
    ("id", "", "id: expected a UUID, got ''"),
    ("id", "x", "id: expected a UUID"),
    ("verb.id", "did", "verb.id: expected an IRI with a scheme, got 'did'"),
    (
        "verb.display",
        {"english": "did", "e": "d"},
        "verb.display.e: expected a language tag by RFC 5646, got 'e'",
    ),
    ("verb.display", {"en": 1}, "verb.display.en: expected a string, got 1"),
    ("verb.display", "did", "verb.display: expected a language map (an object), got 'did'"),
    ("timestamp", "yesterday", "timestamp: expected a timestamp by "),
    ("stored", "yesterday", "stored: expected a timestamp by "),
    ("version", "1.1.0", "version: expected 1.0.x"),
    ("version", "0.9.9", "version: expected 1.0.x"),
    (
        "result.duration",
        "P4W1D",
        "result.duration: expected an ISO 8601 duration such as PT1H30M, got 'P4W1D'",
    ),
    ("context.registration", "1", "context.registration: expected a UUID, got '1'"),
    ("context.language", "english!", "context.language: expected a language tag"),
    ("object.definition.type", "x", "object.definition.type: expected an IRI"),
    ("object.definition.moreInfo", "x", "object.definition.moreInfo: expected an IRI"),
    ("object.definition.extensions", {"x": 1}, "object.definition.extensions.x: expected an IRI"),
    ("result.extensions", {"a/b": 1}, "result.extensions['a/b']: expected an IRI"),
    ("context.extensions", [], "context.extensions: expected extensions (an object), got []"),
    ("attachments.0.contentType", "text", "attachments[0].contentType: expected a media type"),
    ("attachments.0.sha2", "abc", "attachments[0].sha2: expected a SHA-2 hash"),
    ("attachments.0.length", 1.5, "attachments[0].length: expected a whole number from 0 up, got 1.5"),
    ("attachments.0.fileUrl", "x", "attachments[0].fileUrl: expected an IRI"),
    ("attachments.0.usageType", "x", "attachments[0].usageType: expected an IRI"),
    # 1.0.3 Data 2.4.2: actors
    ("actor", "Ane", "actor: expected an Agent (an object), got 'Ane'"),
    ("actor", {}, "actor: expected exactly one of mbox, mbox_sha1sum, openid, account, got []"),
    ("actor", {"name": "Ane"}, "actor: expected exactly one of"),
    ("actor", {**AGENT, "openid": "https://a.example"}, "actor: expected exactly one of"),
    ("actor", {**AGENT, "objectType": "agent"}, "actor.objectType: expected Agent, got 'agent'"),
    ("actor", {**AGENT, "objectType": "Person"}, "actor.objectType: expected Agent, got 'Person'"),
    ("actor", {**AGENT, "member": []}, "actor.member: an Agent has no such property"),
    ("actor", {"mbox": "x@y"}, "actor.mbox: expected a mailto: IRI, got 'x@y'"),
    ("actor", {"mbox_sha1sum": "x"}, "actor.mbox_sha1sum: expected 40 hex digits"),
    ("actor", {"openid": "x"}, "actor.openid: expected an IRI"),
    ("actor", {"account": "x"}, "actor.account: expected an account (an object)"),
    ("actor", {"account": {"name": "x"}}, "actor.account.homePage: an account needs this property"),
    ("actor", {"account": {"homePage": "http://x"}}, "actor.account.name: an account needs this property"),
    (
        "actor",
        {"account": {"homePage": "http://x", "name": 1}},
        "actor.account.name: expected a string, got 1",
    ),
    ("actor", {"account": {"homePage": "x", "name": "1"}}, "actor.account.homePage: expected an IRI"),
    ("actor", {"objectType": "Group"}, "actor.member: a Group without an identifier needs members"),
    ("actor", {**ANONYMOUS, "member": []}, "actor.member: a Group without an identifier needs members"),
    ("actor", {**ANONYMOUS, "member": AGENT}, "actor.member: expected an array of Agents"),
    (
        "actor",
        {**ANONYMOUS, "member": [AGENT, IDENTIFIED]},
        "actor.member[1].objectType: expected Agent, got 'Group'",
    ),
    ("actor", {**ANONYMOUS, "member": [{}]}, "actor.member[0]: expected exactly one of"),
    ("actor", {**IDENTIFIED, "openid": "https://a.example"}, "actor: expected at most one of"),
    ("context.instructor", {"name": "x"}, "context.instructor: expected exactly one of"),
    ("context.team", AGENT, "context.team.objectType: expected Group, got 'Agent'"),
    ("context.team", {"mbox": "mailto:a@b.c"}, "context.team.objectType: a Group needs this property"),
    # 1.0.3 Data 2.4.9: authority
    (
        "authority",
        IDENTIFIED,
        "authority: a Group as authority must have no identifier and exactly two members",
    ),
    ("authority", ANONYMOUS, "authority: a Group as authority must"),
    ("authority", {**ANONYMOUS, "member": [AGENT] * 3}, "authority: a Group as authority must"),
    ("authority", {**IDENTIFIED, "member": [AGENT] * 2}, "authority: a Group as authority must"),
    # 1.0.3 Data 2.4.4: objects
    ("object", "http://example.com", "object: expected an object of a statement"),
    (
        "object.objectType",
        "activity",
        "object.objectType: expected one of Activity, Agent, Group, StatementRef, Sub",
    ),
    ("object.objectType", None, "object.objectType: expected one of"),
    ("object.objectType", ["Activity"], "object.objectType: expected one of"),
    ("object", {"mbox": "mailto:a@b.c"}, "object.mbox: an Activity has no such property"),
    ("object", {"objectType": "StatementRef"}, "object.id: a StatementRef needs this property"),
    ("object", {**REFERENCE, "id": "x"}, "object.id: expected a UUID"),
    (
        "object.definition.interactionType",
        "Choice",
        "object.definition.interactionType: expected true-false or choice",
    ),
    (
        "object.definition.interactionType",
        ...,
        "object.definition.choices: an interaction needs an interactionType",
    ),
    (
        "object.definition",
        {"correctResponsesPattern": []},
        "object.definition.correctResponsesPattern: an interaction",
    ),
    (
        "object.definition.correctResponsesPattern",
        "a",
        "object.definition.correctResponsesPattern: expected an array",
    ),
    (
        "object.definition.correctResponsesPattern",
        [1],
        "object.definition.correctResponsesPattern[0]: expected a str",
    ),
    (
        "object.definition.interactionType",
        "numeric",
        "object.definition.choices: an interaction of type numeric has no",
    ),
    (
        "object.definition.choices.1.id",
        "a",
        "object.definition.choices[1].id: the id occurs twice in the list",
    ),
    ("object.definition.choices.1.id", 1, "object.definition.choices[1].id: expected a string"),
    (
        "object.definition.choices.1.id",
        ...,
        "object.definition.choices[1].id: an interaction component needs",
    ),
    (
        "object.definition.choices.1.description",
        {"x": ""},
        "object.definition.choices[1].description.x: expected a lang",
    ),
    # 1.0.3 Data 2.4.5: results
    ("result.success", "true", "result.success: expected true or false, got 'true'"),
    ("result.completion", 1, "result.completion: expected true or false, got 1"),
    ("result.response", 1, "result.response: expected a string, got 1"),
    ("result.score", 1, "result.score: expected a score (an object), got 1"),
    ("result.score.scaled", "0.5", "result.score.scaled: expected a number, got '0.5'"),
    ("result.score.scaled", 1.01, "result.score.scaled: expected a number from -1 to 1, got 1.01"),
    ("result.score.scaled", -2, "result.score.scaled: expected a number from -1 to 1, got -2"),
    ("result.score.raw", 11, "result.score.raw: expected a number up to max (10), got 11"),
    ("result.score.raw", -1, "result.score.raw: expected a number from min (0) up, got -1"),
    ("result.score.raw", True, "result.score.raw: expected a number, got true"),
    ("result.score.min", 10, "result.score.min: expected a number less than max (10), got 10"),
    # 1.0.3 Data 2.4.6: contexts
    (
        "context.contextActivities",
        [],
        "context.contextActivities: expected contextActivities (an object), got []",
    ),
    (
        "context.contextActivities",
        {"Parent": []},
        "context.contextActivities.Parent: contextActivities has no such",
    ),
    (
        "context.contextActivities.parent",
        [AGENT],
        "context.contextActivities.parent[0].objectType: expected Activity",
    ),
    (
        "context.contextActivities.parent",
        "x",
        "context.contextActivities.parent: expected an array of Activities",
    ),
    (
        "context.contextActivities.parent",
        [REFERENCE],
        "context.contextActivities.parent[0].objectType: expected Act",
    ),
    ("context.platform", 1, "context.platform: expected a string"),
    (
        "context.statement",
        {**REFERENCE, "objectType": "Activity"},
        "context.statement.objectType: expected Statement",
    ),
    # 1.0.3 Data 2.4.11: attachments
    ("attachments", ATTACHMENT, "attachments: expected an array of attachments"),
    ("attachments", [None], "attachments[0]: expected an attachment (an object), got null"),
]


@pytest.mark.parametrize(("place", "value", "message"), BAD)
@pytest.mark.parametrize("version", BOTH, ids=str)
def test_refuses(version: Version, place: str, value: object, message: str) -> None:
    with pytest.raises(XAPIError) as caught:
        validate.statement(changed(sample(version), place, value), version)
    assert str(caught.value).startswith(message)
    assert caught.value.status == 400


NO_STATEMENT = [None, True, 1, "x", [], [small()]]


@pytest.mark.parametrize("value", NO_STATEMENT, ids=repr)
def test_refuses_what_is_no_object(value: object) -> None:
    with pytest.raises(XAPIError, match=r"^expected a Statement \(an object\), got "):
        validate.statement(value, ONE)


@pytest.mark.parametrize("name", ASSIGNED)
def test_a_substatement_has_nothing_that_the_store_assigns(name: str) -> None:
    """1.0.3 Data 2.4.4.3."""
    value = {**small(), "object": {**SUBSTATEMENT, name: full()[name]}}
    with pytest.raises(XAPIError, match=rf"^object\.{name}: a SubStatement has no such property"):
        validate.statement(value, ONE)


def test_a_substatement_holds_no_substatement() -> None:
    """1.0.3 Data 2.4.4.3."""
    value = {**small(), "object": {**SUBSTATEMENT, "object": SUBSTATEMENT}}
    with pytest.raises(
        XAPIError, match=r"^object\.object\.objectType: expected one of .*StatementRef, got 'SubStatement'"
    ):
        validate.statement(value, ONE)


@pytest.mark.parametrize(("place", "value", "message"), [row for row in BAD if row[0] not in ASSIGNED])
def test_a_substatement_is_validated_as_a_statement(place: str, value: object, message: str) -> None:
    """1.0.3 Data 2.4.4.3."""
    with pytest.raises(XAPIError, match=r"^object[.:]"):
        validate.statement(changed(nested(), f"object.{place}", value), ONE)


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize("name", ["revision", "platform"])
def test_revision_and_platform_are_for_activities_only(kind: str, name: str) -> None:
    """1.0.3 Data 2.4.6."""
    value = {**small(), "object": OBJECTS[kind], "context": {name: "x"}}
    with pytest.raises(XAPIError, match=rf"^context\.{name}: only allowed when the object is an Activity"):
        validate.statement(value, ONE)
    if kind != "SubStatement":
        inside = {**small(), "object": {"objectType": "SubStatement", **value}}
        with pytest.raises(XAPIError, match=rf"^object\.context\.{name}: only allowed"):
            validate.statement(inside, ONE)


@pytest.mark.parametrize("version", BOTH, ids=str)
def test_voiding_needs_a_statement_to_void(version: Version) -> None:
    """1.0.3 Data 2.3.2, 9274.1.1 4.2.5."""
    voiding = {**small(), "verb": {"id": VOIDED}}
    validate.statement({**voiding, "object": REFERENCE}, version)
    for target in (small()["object"], AGENT, SUBSTATEMENT):
        with pytest.raises(
            XAPIError, match=r"^object\.objectType: expected StatementRef, because the verb is voided"
        ):
            validate.statement({**voiding, "object": target}, version)
    validate.statement({**small(), "object": {**SUBSTATEMENT, "verb": {"id": VOIDED}}}, version)


@pytest.mark.parametrize("prefix", ["", "object."])
@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("contextAgents", {}, "contextAgents: expected an array of context agents"),
        (
            "contextAgents.0.objectType",
            ...,
            "contextAgents[0].objectType: a context agent needs this property",
        ),
        ("contextAgents.0.objectType", "contextagent", "contextAgents[0].objectType: expected contextAgent"),
        ("contextAgents.0.agent", ..., "contextAgents[0].agent: a context agent needs this property"),
        ("contextAgents.0.agent", GROUP, "contextAgents[0].agent.objectType: expected Agent, got 'Group'"),
        (
            "contextAgents.0.relevantTypes",
            [],
            "contextAgents[0].relevantTypes: expected at least one IRI, got []",
        ),
        ("contextAgents.0.relevantTypes", ["x"], "contextAgents[0].relevantTypes[0]: expected an IRI"),
        (
            "contextAgents.0.relevantTypes",
            "http://x",
            "contextAgents[0].relevantTypes: expected an array of IRIs",
        ),
        ("contextGroups.0.objectType", "contextAgent", "contextGroups[0].objectType: expected contextGroup"),
        ("contextGroups.0.group", AGENT, "contextGroups[0].group.objectType: expected Group, got 'Agent'"),
        ("contextGroups.0.group", ..., "contextGroups[0].group: a context group needs this property"),
        ("contextGroups.0.relevantTypes", [None], "contextGroups[0].relevantTypes[0]: expected an IRI"),
    ],
)
def test_context_agents_and_groups(prefix: str, place: str, value: object, message: str) -> None:
    """9274.1.1 4.2.2.5."""
    good = nested(context_actors=True) if prefix else full(context_actors=True)
    with pytest.raises(XAPIError) as caught:
        validate.statement(changed(good, f"{prefix}context.{place}", value), TWO)
    assert str(caught.value).startswith(f"{prefix}context.{message}")


@pytest.mark.parametrize("kind", ["contextAgents", "contextGroups"])
def test_context_agents_and_groups_are_optional_in_their_parts_and_unknown_to_1_0_3(kind: str) -> None:
    value = {**small(), "context": {kind: []}}
    validate.statement(value, TWO)
    validate.statement(changed(full(context_actors=True), f"context.{kind}.0.relevantTypes", ...), TWO)
    with pytest.raises(XAPIError, match=rf"^context\.{kind}: a context has no such property"):
        validate.statement(value, ONE)


@pytest.mark.parametrize("timestamp", ["2015-12-18T12:17:00", "20151218T121700Z", "2015-12-18T12:17Z"])
def test_2_0_wants_timestamps_by_rfc_3339(timestamp: str) -> None:
    validate.statement({**small(), "timestamp": timestamp}, ONE)
    with pytest.raises(XAPIError, match=r"^timestamp: expected a timestamp by RFC 3339"):
        validate.statement({**small(), "timestamp": timestamp}, TWO)


def test_versions_of_statements() -> None:
    """1.0.3 Data 2.4.10, 9274.1.1 4.2.4.3: 2.0 only adds to the data model of 1.0.x, so 2.0 takes both."""
    for accepted in ("1.0", "1.0.0", "1.0.9", "2.0", "2.0.0", "2.0.1"):
        validate.statement({**small(), "version": accepted}, TWO)
    with pytest.raises(XAPIError, match=r"^version: expected 1\.0\.x, got '2\.0\.0'"):
        validate.statement({**small(), "version": "2.0.0"}, ONE)


def _steps(value: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The place of each property and item outside of maps whose keys are data."""
    found: list[tuple[str, ...]] = []
    if path[-1:] in (("extensions",), ("display",), ("description",)) or path[-2:] == ("definition", "name"):
        return found
    for step, item in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        found += [(*path, str(step)), *_steps(item, (*path, str(step)))]
    return found


PLACES = _steps(full(context_actors=True)) + _steps(nested(context_actors=True))


@pytest.mark.parametrize("steps", sorted(set(PLACES)), ids=".".join)
def test_no_property_takes_null_a_stranger_or_another_case(steps: tuple[str, ...]) -> None:
    """1.0.3 Data 2.2, 9274.1.1 4.2.1: no null outside extensions, no key of another name or case."""
    good = (
        full(context_actors=True)
        if steps in _steps(full(context_actors=True))
        else nested(context_actors=True)
    )
    validate.statement(good, TWO)
    place = ".".join(steps)
    with pytest.raises(XAPIError):
        validate.statement(changed(good, place, None), TWO)
    parent: Any = good
    for step in steps[:-1]:
        parent = parent[int(step) if isinstance(parent, list) else step]
    if isinstance(parent, dict):
        for name in (steps[-1].swapcase(), f"{steps[-1]} ", "x-extra"):
            renamed = changed(good, place, ...)
            with pytest.raises(XAPIError, match=r"no such property|needs|exactly one|without an identifier"):
                validate.statement(changed(renamed, ".".join((*steps[:-1], name)), parent[steps[-1]]), TWO)


def test_parts_can_be_checked_alone() -> None:
    validate.agent(AGENT)
    validate.actor(GROUP)
    validate.identified(IDENTIFIED)
    validate.activity({"id": "http://example.com/x"})
    with pytest.raises(XAPIError, match="identifier"):
        validate.identified(ANONYMOUS)
    with pytest.raises(XAPIError, match=r"^id: expected an IRI"):
        validate.activity({"id": "x"})
