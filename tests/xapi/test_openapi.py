"""The description in OpenAPI says what the resources' tables and the rules say, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import sqlalchemy as sa

from tests.conformance.client import EVERYTHING
from tests.xapi import samples
from xapi import openapi
from xapi.lrs import LRS, Request
from xapi.message import VERSION_HEADER
from xapi.openapi.operations import OPERATIONS
from xapi.openapi.parameters import HEADERS, PARAMETERS
from xapi.openapi.schemas import SCHEMAS
from xapi.resources import RESOURCES
from xapi.sql import sqlite
from xapi.sql.tables import create
from xapi.validate.activity import activity, component, definition
from xapi.validate.actor import account, agent, group
from xapi.validate.attachment import attachment
from xapi.validate.context import context, context_activities, context_agent, context_group
from xapi.validate.reference import reference
from xapi.validate.result import result, score
from xapi.validate.shape import Shape
from xapi.validate.statement import _STATEMENTS
from xapi.validate.verb import verb
from xapi.versions import TWO

DESCRIPTION = openapi.describe("/xapi")
EVERY = [(path, method) for path, methods in RESOURCES.items() for method in methods]
AGENT = json.dumps(samples.AGENT)
ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"

# What must be there for an operation, with a good value for each.
NEEDED = {
    "statementId": ID,
    "activityId": "http://example.com/a",
    "agent": AGENT,
    "stateId": "s",
    "profileId": "p",
}

# The schema of an object → the rule that decides.
SHAPES: dict[str, Any] = {
    "Statement": _STATEMENTS["2.0.0"],
    "StatementRef": reference,
    "Agent": agent,
    "Group": group,
    "Account": account,
    "Verb": verb,
    "Activity": activity,
    "ActivityDefinition": definition,
    "InteractionComponent": component,
    "Result": result,
    "Score": score,
    "Context": context(TWO),
    "ContextActivities": context_activities,
    "ContextAgent": context_agent,
    "ContextGroup": context_group,
    "Attachment": attachment,
}


def validator(name: str) -> jsonschema_rs.Validator:
    document = {"$ref": f"#/components/schemas/{name}", "components": DESCRIPTION["components"]}
    return jsonschema_rs.Draft202012Validator(document, validate_formats=True)


def parameters_of(path: str, method: str, place: str) -> dict[str, Any]:
    listed = DESCRIPTION["paths"][path][method.lower()]["parameters"]
    return {one["name"]: one for one in listed if one["in"] == place}


@pytest.fixture
def lrs(tmp_path: Path) -> LRS:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'store.sqlite'}")
    sqlite.configure(engine, synchronous="NORMAL")
    create(engine)
    return LRS(engine)


def test_every_resource_and_method_is_described_and_nothing_else() -> None:
    described = [(path, method.upper()) for path, item in DESCRIPTION["paths"].items() for method in item]
    assert sorted(described) == sorted(EVERY)
    assert {path: set(methods) for path, methods in OPERATIONS.items()} == {
        path: set(methods) for path, methods in RESOURCES.items()
    }


@pytest.mark.parametrize(("path", "method"), EVERY)
def test_every_parameter_is_described_and_nothing_else(path: str, method: str) -> None:
    assert parameters_of(path, method, "query").keys() == RESOURCES[path][method].parameters


def test_nothing_is_described_that_no_resource_has() -> None:
    used = {name for methods in RESOURCES.values() for one in methods.values() for name in one.parameters}
    assert PARAMETERS.keys() == used
    sent = {name for path, method in EVERY for name in parameters_of(path, method, "header")}
    assert HEADERS.keys() == sent
    text = json.dumps(DESCRIPTION)
    assert [name for name in SCHEMAS if f'"#/components/schemas/{name}"' not in text] == []


@pytest.mark.parametrize(("path", "method"), EVERY)
def test_a_parameter_is_required_just_when_the_store_misses_it(lrs: LRS, path: str, method: str) -> None:
    required = {name for name, one in parameters_of(path, method, "query").items() if one["required"]}
    for left_out in [None, *NEEDED]:
        given = {name: value for name, value in NEEDED.items() if name in required and name != left_out}
        headers = {VERSION_HEADER: "1.0.3", "Content-Type": "application/json", "If-None-Match": "*"}
        request = Request(method, path, tuple(given.items()), headers, b"{}")
        answer = lrs.handle(request, lambda _header: EVERYTHING)
        said = json.loads(answer.body or b"{}")
        misses = said == {"error": "this parameter is missing", "path": left_out}
        assert misses == (left_out in required), (left_out, said)


@pytest.mark.parametrize("name", SHAPES)
def test_a_schema_has_the_properties_of_the_rule(name: str) -> None:
    rule: Shape = SHAPES[name]
    assert SCHEMAS[name]["properties"].keys() == rule._properties.keys()
    assert set(SCHEMAS[name].get("required", ())) == set(rule._required)


@pytest.mark.parametrize(
    "value",
    [
        samples.small(),
        *(form(context_actors=new) for form in (samples.full, samples.nested) for new in (False, True)),
    ],
)
def test_good_statements_fit_the_schema(value: Any) -> None:
    validator("Statement").validate(value)


@pytest.mark.parametrize(
    ("place", "new"),
    [
        ("actor", ...),
        ("actor.mbox", ...),
        ("actor.mbox", "ane@example.com"),
        ("actor.openid", "http://example.com/ane"),
        ("actor.objectType", "agent"),
        ("verb.id", ...),
        ("verb.id", "did"),
        ("verb.display", {"en": 1}),
        ("object.objectType", "Course"),
        ("object.definition", {"interactionType": "guess"}),
        ("result", {"score": {"scaled": 1.5}}),
        ("context", {"contextActivities": {"parent": "http://example.com"}}),
        ("attachments", [{}]),
        ("colour", "red"),
    ],
)
def test_bad_statements_do_not(place: str, new: Any) -> None:
    assert not validator("Statement").is_valid(samples.changed(samples.small(), place, new))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_is_served_to_everybody_and_inert(lrs: LRS, method: str) -> None:
    answer = lrs.handle(Request(method, "/openapi.json", (), {}), lambda _header: None)
    assert answer.status == 200
    assert answer.header("Content-Type") == "application/json"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("Content-Security-Policy") == "default-src 'none'; sandbox"
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert json.loads(answer.body or b"null") == (DESCRIPTION if method == "GET" else None)


def test_it_is_no_resource(lrs: LRS) -> None:
    request = Request("PUT", "/openapi.json", (), {VERSION_HEADER: "1.0.3"}, b"{}")
    assert lrs.handle(request, lambda _header: None).status == 404
