"""State, Agent and Activity Profile: 1.0.3 Part 3, 2.2, 2.3, 2.6, 2.7, 3.1; 9274.1.1 4.1.4, 4.1.6."""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conformance.client import ACTIVITY, AGENT, OTHER_AGENT, Answer, Client

STATE: dict[str, Any] = {"activityId": ACTIVITY, "agent": AGENT}


@dataclass(frozen=True)
class Resource:
    """A document resource: its path, whose documents it holds, the name of their ids' parameter."""

    path: str
    owner: dict[str, Any]
    name: str

    def send(self, client: Client, method: str, one: str | None, body: Any = None, **headers: str) -> Answer:
        parameters = {**self.owner, **({} if one is None else {self.name: one})}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.send(method, self.path, parameters, body=body, headers=sent)

    def create(self, client: Client, one: str, body: Any, **headers: str) -> None:
        answer = self.send(client, "PUT", one, body, If_None_Match="*", **headers)
        assert answer.status == 204, answer.body


RESOURCES = [
    Resource("/activities/state", STATE, "stateId"),
    Resource("/activities/profile", {"activityId": ACTIVITY}, "profileId"),
    Resource("/agents/profile", {"agent": AGENT}, "profileId"),
]


@pytest.fixture(params=RESOURCES, ids=["state", "activity profile", "agent profile"])
def resource(request: pytest.FixtureRequest) -> Resource:
    found: Resource = request.param
    return found


@pytest.fixture(params=RESOURCES[1:], ids=["activity profile", "agent profile"])
def profile(request: pytest.FixtureRequest) -> Resource:
    found: Resource = request.param
    return found


# --- 2.2 bytes in, bytes out -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"\x00\xff\xfe not text", "application/octet-stream"),
        (b"<svg onload='alert(1)'/>", "image/svg+xml"),
        (b'{"n": 12345678901234567890, "d": 0.10000000000000000001}', "application/json"),
        (b'["not", "an", "object"]', "application/json; charset=utf-8"),
        (b"", "text/plain"),
    ],
)
def test_2_2_a_document_comes_back_as_it_was_sent(
    client: Client, resource: Resource, content: bytes, content_type: str
) -> None:
    resource.create(client, "one", content, Content_Type=content_type)
    answer = resource.send(client, "GET", "one")
    assert (answer.status, answer.body, answer.header("Content-Type")) == (200, content, content_type)
    assert answer.header("ETag") == f'"{hashlib.sha1(content).hexdigest()}"'
    assert answer.header("Last-Modified")


def test_2_2_a_document_cannot_act_in_a_browser(client: Client, resource: Resource) -> None:
    resource.create(client, "one", b"<script>alert(1)</script>", Content_Type="text/html")
    answer = resource.send(client, "GET", "one")
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert "sandbox" in (answer.header("Content-Security-Policy") or "")


def test_2_2_head_is_get_without_the_body(client: Client, resource: Resource) -> None:
    resource.create(client, "one", b"text", Content_Type="text/plain")
    answer = resource.send(client, "HEAD", "one")
    assert (answer.status, answer.body, answer.header("Content-Length")) == (200, b"", "4")
    assert answer.header("ETag") == resource.send(client, "GET", "one").header("ETag")


def test_2_2_an_unknown_document_is_not_found(client: Client, resource: Resource) -> None:
    assert resource.send(client, "GET", "none").status == 404


@pytest.mark.parametrize(
    "content_type", ["text", "text/plain\r\nSet-Cookie: a=b", "text/plain; x=\u00e9", "\u00e9/x"]
)
def test_2_2_a_type_that_cannot_be_repeated_is_refused(
    client: Client, resource: Resource, content_type: str
) -> None:
    answer = resource.send(client, "PUT", "one", b"x", Content_Type=content_type, If_None_Match="*")
    assert answer.status == 400
    assert answer.json["path"] == "Content-Type"


@pytest.mark.parametrize("body", [b"{", b'{"a": 1, "a": 2}', b'{"a": "\\u0000"}', b'{"a": NaN}', b"\xff"])
def test_2_2_json_that_is_none_is_refused(client: Client, resource: Resource, body: bytes) -> None:
    answer = resource.send(client, "PUT", "one", body, Content_Type="application/json", If_None_Match="*")
    assert answer.status == 400


# --- 2.2 POST merges -------------------------------------------------------------------------------------


def test_2_2_post_merges_the_top_level_and_changes_no_digit(client: Client, resource: Resource) -> None:
    resource.create(
        client,
        "one",
        b'{"a": {"x": 1}, "n": 12345678901234567890123, "b": 1.10}',
        Content_Type="application/json",
    )
    answer = resource.send(
        client, "POST", "one", b'{"a":{"y":2},"c":0.30000000000000000004}', Content_Type="application/json"
    )
    assert (answer.status, answer.body) == (204, b"")
    merged = resource.send(client, "GET", "one").body
    assert merged == b'{"a":{"y":2},"n":12345678901234567890123,"b":1.10,"c":0.30000000000000000004}'


def test_2_2_post_creates_where_there_is_none(client: Client, resource: Resource) -> None:
    assert resource.send(client, "POST", "one", {"a": 1}).status == 204
    assert resource.send(client, "GET", "one").json == {"a": 1}


@pytest.mark.parametrize(
    ("older", "older_type", "newer", "newer_type"),
    [
        (b"text", "text/plain", b'{"a":1}', "application/json"),
        (b'{"a":1}', "application/json", b"text", "text/plain"),
        (b"[1]", "application/json", b'{"a":1}', "application/json"),
        (b'{"a":1}', "application/json", b"[1]", "application/json"),
        (b'{"a":1}', "application/json", b"{", "application/json"),
    ],
)
def test_2_2_post_merges_only_json_objects(
    client: Client, resource: Resource, older: bytes, older_type: str, newer: bytes, newer_type: str
) -> None:
    resource.create(client, "one", older, Content_Type=older_type)
    assert resource.send(client, "POST", "one", newer, Content_Type=newer_type).status == 400
    assert resource.send(client, "GET", "one").body == older


# --- 3.1 concurrency -------------------------------------------------------------------------------------


def test_3_1_if_match_with_the_etag_writes(client: Client, resource: Resource) -> None:
    resource.create(client, "one", {"a": 1})
    tag = resource.send(client, "GET", "one").header("ETag") or ""
    assert resource.send(client, "PUT", "one", {"a": 2}, If_Match=tag).status == 204
    assert resource.send(client, "GET", "one").json == {"a": 2}


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_3_1_if_match_with_another_etag_is_refused(client: Client, resource: Resource, method: str) -> None:
    resource.create(client, "one", {"a": 1})
    body = None if method == "DELETE" else {"a": 2}
    assert resource.send(client, method, "one", body, If_Match='"0000"').status == 412
    assert resource.send(client, "GET", "one").json == {"a": 1}


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_3_1_if_none_match_any_never_overwrites(client: Client, resource: Resource, method: str) -> None:
    resource.create(client, "one", {"a": 1})
    assert resource.send(client, method, "one", {"a": 2}, If_None_Match="*").status == 412
    assert resource.send(client, "GET", "one").json == {"a": 1}


def test_3_1_if_match_without_a_document_is_refused(client: Client, resource: Resource) -> None:
    for tag in ("*", '"0000"'):
        assert resource.send(client, "PUT", "one", {"a": 1}, If_Match=tag).status == 412
    assert resource.send(client, "GET", "one").status == 404


def test_3_1_one_of_several_etags_is_enough(client: Client, resource: Resource) -> None:
    resource.create(client, "one", {"a": 1})
    tag = resource.send(client, "GET", "one").header("ETag")
    assert resource.send(client, "PUT", "one", {"a": 2}, If_Match=f'"0000", {tag}').status == 204


@pytest.mark.parametrize("tag", ["", '"', "é", 'W/"a" x', "a b"])
def test_3_1_what_is_no_etag_is_refused(client: Client, resource: Resource, tag: str) -> None:
    assert resource.send(client, "PUT", "one", {"a": 1}, If_Match=tag).status == 400


def test_3_1_put_on_an_existing_profile_without_condition_is_a_conflict(
    client: Client, profile: Resource
) -> None:
    profile.create(client, "one", {"a": 1})
    answer = profile.send(client, "PUT", "one", {"a": 2})
    assert answer.status == 409
    assert "If-Match" in answer.json["error"]
    assert profile.send(client, "GET", "one").json == {"a": 1}


def test_3_1_put_of_a_new_profile_without_condition_is_refused_under_1_0_3(
    one: Client, profile: Resource
) -> None:
    assert profile.send(one, "PUT", "one", {"a": 1}).status == 400


def test_2_0_4_1_4_put_of_a_new_document_needs_no_condition(two: Client, resource: Resource) -> None:
    assert resource.send(two, "PUT", "one", {"a": 1}).status == 204


def test_2_0_4_1_4_put_on_an_existing_state_without_condition_is_a_conflict(two: Client) -> None:
    state = RESOURCES[0]
    state.create(two, "one", {"a": 1})
    assert state.send(two, "PUT", "one", {"a": 2}).status == 409


def test_2_3_under_1_0_3_state_needs_no_condition(one: Client) -> None:
    state = RESOURCES[0]
    assert state.send(one, "PUT", "one", {"a": 1}).status == 204
    assert state.send(one, "PUT", "one", {"a": 2}).status == 204
    assert state.send(one, "GET", "one").json == {"a": 2}


# --- 2.3, 2.6, 2.7: many documents -----------------------------------------------------------------------


def test_2_2_without_an_id_the_ids_of_all_are_returned(client: Client, resource: Resource) -> None:
    for name in ("b", "a", "ü/?&"):
        resource.create(client, name, {"a": 1})
    assert sorted(resource.send(client, "GET", None).json) == ["a", "b", "ü/?&"]


def test_2_2_since_leaves_out_what_is_older(client: Client, resource: Resource) -> None:
    resource.create(client, "old", {"a": 1})
    time.sleep(0.002)
    since = datetime.now(UTC).isoformat()
    time.sleep(0.002)
    resource.create(client, "new", {"a": 1})
    answer = client.send("GET", resource.path, {**resource.owner, "since": since})
    assert answer.json == ["new"]


def test_2_2_delete_removes_one_and_is_fine_with_none(client: Client, resource: Resource) -> None:
    resource.create(client, "one", {"a": 1})
    resource.create(client, "two", {"a": 1})
    for _ in range(2):
        answer = resource.send(client, "DELETE", "one")
        assert (answer.status, answer.body) == (204, b"")
    assert resource.send(client, "GET", None).json == ["two"]


def test_2_3_delete_without_an_id_removes_all_states_of_the_registration(client: Client) -> None:
    registration = str(uuid.uuid4())
    state = RESOURCES[0]
    inner = Resource(state.path, {**STATE, "registration": registration}, state.name)
    state.create(client, "plain", {"a": 1})
    inner.create(client, "registered", {"a": 1})
    assert inner.send(client, "DELETE", None).status == 204
    assert state.send(client, "GET", None).json == ["plain"]
    inner.create(client, "registered", {"a": 1})
    assert state.send(client, "DELETE", None).status == 204
    assert state.send(client, "GET", None).json == []


def test_2_6_profiles_are_never_deleted_all_at_once(client: Client, profile: Resource) -> None:
    profile.create(client, "one", {"a": 1})
    assert profile.send(client, "DELETE", None).status == 400
    assert profile.send(client, "GET", "one").status == 200


def test_2_3_states_differ_by_registration(client: Client) -> None:
    state = RESOURCES[0]
    first, second = (
        Resource(state.path, {**STATE, "registration": str(uuid.uuid4())}, state.name) for _ in range(2)
    )
    first.create(client, "one", {"a": 1})
    second.create(client, "one", {"a": 2})
    assert first.send(client, "GET", "one").json == {"a": 1}
    assert second.send(client, "GET", "one").json == {"a": 2}
    assert state.send(client, "GET", "one").status == 404
    assert state.send(client, "GET", None).json == ["one"]


def test_2_3_states_differ_by_agent_and_activity(client: Client) -> None:
    state = RESOURCES[0]
    state.create(client, "one", {"a": 1})
    for other in ({"agent": OTHER_AGENT}, {"activityId": f"{ACTIVITY}/other"}):
        assert Resource(state.path, {**STATE, **other}, "stateId").send(client, "GET", "one").status == 404


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/activities/state", {"agent": AGENT}),
        ("/activities/state", {"activityId": ACTIVITY}),
        ("/activities/state", {**STATE, "registration": "7"}),
        ("/activities/state", {**STATE, "agent": "x"}),
        ("/activities/state", {**STATE, "activityId": "x"}),
        ("/activities/state", {**STATE, "stateId": ""}),
        ("/activities/state", {**STATE, "profileId": "x"}),
        ("/activities/state", {**STATE, "since": "x"}),
        ("/activities/profile", {}),
        ("/activities/profile", {"activityId": ACTIVITY, "agent": AGENT}),
        ("/agents/profile", {}),
        ("/agents/profile", {"agent": {"objectType": "Group", "member": [AGENT]}}),
        ("/agents/profile", {"agent": AGENT, "profileId": "a\0b"}),
        ("/agents", {}),
        ("/agents", {"agent": {"name": "Nobody"}}),
        ("/activities", {}),
        ("/activities", {"activityId": "x"}),
    ],
    ids=str,
)
def test_2_2_bad_parameters_are_refused(client: Client, path: str, parameters: dict) -> None:
    assert client.send("GET", path, parameters).status == 400


# --- 2.4 Agents, 2.5 Activities, 2.8 About ---------------------------------------------------------------


def test_2_4_agents_answers_a_person(client: Client) -> None:
    answer = client.send("GET", "/agents", {"agent": {**AGENT, "name": "Ane"}})
    assert answer.json == {"objectType": "Person", "name": ["Ane"], "account": [AGENT["account"]]}


def test_2_5_activities_merges_definitions_and_changes_no_digit(client: Client) -> None:
    from tests.conformance.client import statement

    first = statement(
        object={"id": ACTIVITY, "definition": {"name": {"en": "One"}, "type": "https://t.example/a"}}
    )
    second = statement(
        context={"contextActivities": {"parent": [{"id": ACTIVITY, "definition": {"name": {"es": "Uno"}}}]}}
    )
    client.stored(first, second)
    third = (
        b'{"actor":{"mbox":"mailto:a@example.com"},"verb":{"id":"https://v.example/v"},"object":{"id":"%s",'
        % ACTIVITY.encode()
    )
    third += b'"definition":{"extensions":{"https://e.example/n":12345678901234567890.10}}}}'
    assert client.post(third, **{"Content-Type": "application/json"}).status == 200
    answer = client.send("GET", "/activities", {"activityId": ACTIVITY})
    assert answer.json["definition"]["name"] == {"en": "One", "es": "Uno"}
    assert answer.json["definition"]["type"] == "https://t.example/a"
    assert b"12345678901234567890.10" in answer.body


def test_2_5_an_unknown_activity_is_answered_with_its_id(client: Client) -> None:
    answer = client.send("GET", "/activities", {"activityId": "https://nobody.example/x"})
    assert answer.json == {"objectType": "Activity", "id": "https://nobody.example/x"}


def test_2_8_about_needs_neither_version_nor_credential(client: Client) -> None:
    answer = Client(client.lrs, version=None, principal=None).send("GET", "/about")
    assert answer.status == 200
    assert {"1.0.3", "2.0.0"} <= set(answer.json["version"])
    assert answer.header("X-Experience-API-Version")
