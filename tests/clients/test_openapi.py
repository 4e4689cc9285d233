"""What the OpenAPI description says is what is answered: to requests made by hand, and to generated ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from near_learn import Settings, create_app
from tests.clients.conftest import issue
from tests.conftest import SECRET, LiveApp
from tests.xapi import samples
from xapi.message import VERSION_HEADER
from xapi.resources import RESOURCES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 10
ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df1"
AGENT = json.dumps(samples.AGENT)
WHERE = {"activityId": samples.ACTIVITY["id"], "agent": AGENT}
DOCUMENTS = {
    "/activities/state": "stateId",
    "/activities/profile": "profileId",
    "/agents/profile": "profileId",
}
EVERY = [(path, method) for path, methods in RESOURCES.items() for method in methods]


@pytest.fixture(scope="module")
def app(clean_file: Callable[[], Path]) -> Flask:
    return create_app(Settings(data=clean_file(), secret_key=SECRET))


@pytest.fixture(scope="module")
def description(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/xapi/openapi.json", app)


@pytest.fixture(scope="module")
def credential(app: Flask) -> tuple[str, str]:
    issued = issue(LiveApp("", app), ["all"])
    return issued.key, issued.secret


# Method, path, parameters beside those in WHERE, body, status. In this order, on an empty store.
GOOD: list[tuple[str, str, dict[str, Any], Any, int]] = [
    ("GET", "/about", {}, None, 200),
    ("POST", "/statements", {}, [samples.full(), samples.small()], 200),
    ("PUT", "/statements", {"statementId": ID}, samples.nested(), 204),
    ("PUT", "/statements", {"statementId": ID}, samples.small(), 409),
    ("GET", "/statements", {}, None, 200),
    ("GET", "/statements", {"limit": 1, "format": "canonical"}, None, 200),
    ("GET", "/statements", {"format": "ids", "ascending": "true", "agent": AGENT}, None, 200),
    ("GET", "/statements", {"statementId": ID}, None, 200),
    ("GET", "/statements", {"statementId": ID, "attachments": "true"}, None, 200),
    ("GET", "/statements", {"voidedStatementId": ID}, None, 404),
    ("GET", "/activities", {}, None, 200),
    ("GET", "/agents", {}, None, 200),
    *(
        one
        for path, name in DOCUMENTS.items()
        for one in (
            ("GET", path, {name: "a"}, None, 404),
            ("PUT", path, {name: "a"}, {"page": 1}, 204),
            ("PUT", path, {name: "a"}, {"page": 2}, 409),
            ("POST", path, {name: "a"}, {"page": 3}, 204),
            ("GET", path, {name: "a"}, None, 200),
            ("GET", path, {}, None, 200),
            ("DELETE", path, {name: "a"}, None, 204),
        )
    ),
]


def test_each_operation_done_well_is_answered_as_described(clean_file: Callable[[], Path]) -> None:
    app = create_app(Settings(data=clean_file(), secret_key=SECRET))
    description = schemathesis.openapi.from_wsgi("/xapi/openapi.json", app)
    issued = issue(LiveApp("", app), ["all"])
    for method, path, parameters, body, status in GOOD:
        known = RESOURCES[path][method].parameters
        owner = {name: value for name, value in WHERE.items() if name in known and path != "/statements"}
        parts: dict[str, Any] = {} if body is None else {"body": body, "media_type": "application/json"}
        case = description[path][method].Case(
            query=owner | parameters, headers={VERSION_HEADER: "2.0.0"}, **parts
        )
        response = case.call(auth=(issued.key, issued.secret))
        assert response.status_code == status, (method, path, parameters, response.text)
        case.validate_response(response, checks=CHECKS)
    assert {(path, method) for method, path, *_ in GOOD} == set(EVERY)


@pytest.mark.parametrize(("sent", "status"), [({}, 401), ({"auth": ("nobody", "nothing")}, 401)])
def test_a_refusal_is_as_described(description: Any, sent: dict[str, Any], status: int) -> None:
    for path, method in EVERY:
        if path == "/about":
            continue
        case = description[path][method].Case(headers={VERSION_HEADER: "1.0.3"})
        response = case.call(**sent)
        assert response.status_code == status
        case.validate_response(response, checks=CHECKS)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), EVERY)
def test_each_answer_is_described(
    description: Any, credential: tuple[str, str], path: str, method: str, mode: GenerationMode
) -> None:
    @given(case=description[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        response = case.call(auth=credential)
        case.validate_response(response, checks=CHECKS)

    ask()
