"""Requests and responses: 1.0.3 Part 3, 1.1 to 1.4, 3.2, 3.3; 9274.1.1 4.1.1 to 4.1.3."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from tests.conformance.client import ACTIVITY, AGENT, AUTHORITY, Answer, Client, statement
from xapi.lrs import LRS, Limits, Principal, Request
from xapi.rate import Rate

PATHS = [
    "/statements",
    "/activities/state",
    "/activities/profile",
    "/agents/profile",
    "/agents",
    "/activities",
]


@pytest.fixture
def engine(sqlite_engine: sa.Engine) -> sa.Engine:
    """None of this depends on the database."""
    return sqlite_engine


# --- 1.1 HEAD ------------------------------------------------------------------------------------------


def test_1_1_head_answers_like_get_without_a_body(client: Client) -> None:
    client.stored(statement())
    got, head = client.get(), client.send("HEAD", "/statements")
    assert (head.status, head.body) == (200, b"")
    assert head.header("Content-Length") == str(len(got.body))
    assert head.header("Content-Type") == got.header("Content-Type")


# --- 1.2 headers, 3.3 versions -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("1.0", "1.0.3"),
        ("1.0.0", "1.0.3"),
        ("1.0.1", "1.0.3"),
        ("1.0.2", "1.0.3"),
        ("1.0.3", "1.0.3"),
        ("1.0.9", "1.0.3"),
        ("2.0", "2.0.0"),
        ("2.0.0", "2.0.0"),
        ("2.0.1", "2.0.0"),
    ],
)
def test_3_3_the_answer_names_the_latest_version_of_the_family(lrs: LRS, sent: str, answered: str) -> None:
    answer = Client(lrs, version=sent).get()
    assert (answer.status, answer.header("X-Experience-API-Version")) == (200, answered)


@pytest.mark.parametrize(
    "sent", ["", "0.9", "0.95", "1.1.0", "1", "2.1.0", "3.0.0", "1.0.x", "1.0.3\n", "١.٠"]
)
@pytest.mark.parametrize("path", PATHS)
def test_3_3_any_other_version_is_refused(lrs: LRS, sent: str, path: str) -> None:
    answer = Client(lrs, version=sent).send("GET", path)
    assert answer.status == 400
    assert answer.json["path"] == "X-Experience-API-Version"


@pytest.mark.parametrize("path", PATHS)
def test_3_3_a_request_without_version_is_refused(lrs: LRS, path: str) -> None:
    answer = Client(lrs, version=None).send("GET", path)
    assert answer.status == 400
    assert answer.header("X-Experience-API-Version") == "2.0.0"


@pytest.mark.parametrize("spoken", ["1.0.3", "2.0.0"])
def test_3_3_the_refusal_is_in_the_version_that_the_client_speaks(lrs: LRS, spoken: str) -> None:
    Client(lrs, version=spoken).get()
    answer = Client(lrs, version=None).get()
    assert (answer.status, answer.header("X-Experience-API-Version")) == (400, spoken)


def test_3_3_a_statement_of_2_0_is_returned_as_stored_under_1_0_3(one: Client, two: Client) -> None:
    context = {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT}]}
    (name,) = two.stored(statement(context=context))
    assert one.get(statementId=name).json["context"] == context
    assert one.get(statementId=name).json["version"] == "2.0.0"
    assert one.post(statement(context=context)).status == 400


@pytest.mark.parametrize(
    ("method", "parameters", "status"),
    [
        ("GET", {}, 200),
        ("GET", {"limit": "x"}, 400),
        ("GET", {"statementId": "00000000-0000-4000-8000-000000000000"}, 404),
        ("POST", {}, 400),
        ("DELETE", {}, 405),
    ],
)
def test_2_1_consistent_through_is_on_every_answer_of_statements(
    client: Client, method: str, parameters: dict[str, Any], status: int
) -> None:
    answer = client.send(method, "/statements", parameters)
    assert answer.status == status
    assert datetime.fromisoformat(answer.header("X-Experience-API-Consistent-Through") or "").tzinfo


# --- 1.3 alternate request syntax ------------------------------------------------------------------------


def form(client: Client, method: str, path: str, fields: dict[str, str], **more: str) -> Answer:
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    request = Request("POST", path, (("method", method), *more.items()), sent, urlencode(fields).encode())
    return Answer(client.lrs.handle(request, lambda _: client.principal))


VERSIONED = {"X-Experience-API-Version": "1.0.3"}


def test_1_3_a_statement_is_put_and_got_by_forms(one: Client) -> None:
    sent = statement(verb={"id": "https://v.example/v", "display": {"el": "Μάθηση"}})
    fields = {
        **VERSIONED,
        "statementId": sent["id"],
        "content": json.dumps(sent),
        "Content-Type": "application/json",
    }
    assert form(one, "PUT", "/statements", fields).status == 204
    answer = form(one, "GET", "/statements", {**VERSIONED, "statementId": sent["id"]})
    assert answer.json["verb"] == sent["verb"]


def test_1_3_a_document_keeps_its_type_and_conditions(one: Client) -> None:
    fields = {
        **VERSIONED,
        "activityId": ACTIVITY,
        "profileId": "one",
        "content": "text",
        "content-type": "text/plain",
        "If-None-Match": "*",
    }
    assert form(one, "PUT", "/activities/profile", fields).status == 204
    assert form(one, "PUT", "/activities/profile", fields).status == 412
    answer = one.send("GET", "/activities/profile", {"activityId": ACTIVITY, "profileId": "one"})
    assert (answer.body, answer.header("Content-Type")) == (b"text", "text/plain")


@pytest.mark.parametrize(
    ("method", "fields", "more"),
    [
        ("GET", {**VERSIONED}, {"limit": "1"}),
        ("PATCH", {**VERSIONED}, {}),
        ("get", {**VERSIONED}, {}),
        ("GET", {}, {}),
        ("GET", {"X-Experience-API-Version": "2.0.0"}, {}),
        ("GET", {**VERSIONED, "x-experience-api-version": "1.0.3"}, {}),
        ("GET", {**VERSIONED, "unknown": "1"}, {}),
        ("PUT", {**VERSIONED, "Content-Type": "text/plain\r\nX: y", "content": "{}"}, {}),
    ],
    ids=str,
)
def test_1_3_what_breaks_its_rules_is_refused(
    one: Client, method: str, fields: dict[str, str], more: dict[str, str]
) -> None:
    assert form(one, method, "/statements", fields, **more).status == 400


def test_2_0_the_alternate_syntax_is_gone(two: Client) -> None:
    answer = two.send("POST", "/statements", {"method": "GET"}, body=b"")
    assert answer.status == 400


def test_1_3_a_form_gives_nobody_more_rights(lrs: LRS) -> None:
    seen: list[str | None] = []

    def nobody(header: str | None) -> None:
        seen.append(header)

    fields = {**VERSIONED, "Authorization": "Basic eDp5", "content": json.dumps(statement())}
    request = Request("POST", "/statements", (("method", "POST"),), {}, urlencode(fields).encode())
    assert lrs.handle(request, nobody).status == 401
    assert seen == ["Basic eDp5"]


def test_1_3_two_different_credentials_in_one_request_are_refused(one: Client) -> None:
    fields = urlencode({**VERSIONED, "Authorization": "Basic eDp5"}).encode()
    request = Request("POST", "/statements", (("method", "GET"),), {"Authorization": "Basic eDp6"}, fields)
    assert one.lrs.handle(request, lambda _: one.principal).status == 400


@pytest.mark.parametrize(
    "body", [b"\xff", "é=1".encode(), b"a=%ff", b"&".join(b"a%d=1" % n for n in range(500))]
)
def test_1_3_a_form_that_is_none_is_refused(one: Client, body: bytes) -> None:
    assert one.send("POST", "/statements", {"method": "GET"}, body=body).status == 400


# --- 3.2 errors, 4.1.3 content types ---------------------------------------------------------------------


def test_3_2_an_unknown_resource_is_not_found(client: Client) -> None:
    for path in ("/", "/statement", "/statements/", "/statements/more", "/../x"):
        assert client.send("GET", path).status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/statements"),
        ("PATCH", "/statements"),
        ("PUT", "/agents"),
        ("POST", "/activities"),
        ("PUT", "/about"),
    ],
)
def test_3_2_a_method_that_the_resource_lacks_is_named(client: Client, method: str, path: str) -> None:
    answer = client.send(method, path)
    assert answer.status == 405
    assert "GET" in (answer.header("Allow") or "")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "", "application/x-www-form-urlencoded"]
)
def test_1_5_statements_in_another_type_are_refused(client: Client, content_type: str) -> None:
    answer = client.post(json.dumps(statement()).encode(), **{"Content-Type": content_type})
    assert answer.status == 400
    assert answer.json["path"] == "Content-Type"


def test_1_5_json_with_a_charset_is_json(client: Client) -> None:
    body = json.dumps(statement()).encode()
    assert client.post(body, **{"Content-Type": "Application/JSON; charset=UTF-8"}).status == 200


def test_a_browser_may_ask_from_another_origin(client: Client) -> None:
    nobody = Client(client.lrs, version=None, principal=None)
    answer = nobody.send("OPTIONS", "/statements", headers={"Origin": "https://course.example"})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert "DELETE" in (answer.header("Access-Control-Allow-Methods") or "")
    assert "X-Experience-API-Version" in (answer.header("Access-Control-Allow-Headers") or "")
    for response in (client.get(), client.get(limit="x"), nobody.get()):
        exposed = response.header("Access-Control-Expose-Headers") or ""
        assert {"ETag", "Last-Modified", "X-Experience-API-Consistent-Through"} <= set(exposed.split(", "))
        # With cookies allowed, a page of another site could act as whoever is signed in here.
        assert response.header("Access-Control-Allow-Credentials") is None


# --- limits ------------------------------------------------------------------------------------------------


def test_a_credential_that_asks_too_often_is_told_when_to_come_back(lrs: LRS) -> None:
    client = Client(LRS(lrs.engine, limits=Limits(requests_per_minute=5)))
    assert [client.get().status for _ in range(6)] == [200] * 5 + [429]
    other = Client(client.lrs, principal=Principal(frozenset({"all"}), AUTHORITY, name="other"))
    assert other.get().status == 200


@pytest.mark.parametrize(("own", "allowed"), [(2, 2), (0, 9), (None, 5)])
def test_a_credentials_own_limit_of_requests_goes_before_the_stores(
    lrs: LRS, own: int | None, allowed: int
) -> None:
    limited = Principal(frozenset({"all"}), AUTHORITY, name="own", requests_per_minute=own)
    client = Client(LRS(lrs.engine, limits=Limits(requests_per_minute=5)), principal=limited)
    statuses = [client.get().status for _ in range(9)]
    assert statuses == [200] * allowed + [429] * (9 - allowed)


@pytest.mark.parametrize(("own", "status"), [(None, 413), (999, 413), (1000, 204), (2000, 413)])
def test_a_credentials_own_limit_of_size_is_never_above_the_stores(
    lrs: LRS, own: int | None, status: int
) -> None:
    most = 1500 if own == 2000 else 999 if own is None else 5000
    size = 1501 if own == 2000 else 1000
    limited = Principal(frozenset({"all"}), AUTHORITY, name="own", body=own)
    client = Client(LRS(lrs.engine, limits=Limits(body=most)), principal=limited)
    parameters = {"activityId": "http://example.org/a", "profileId": "p"}
    answer = client.send(
        "POST", "/activities/profile", parameters, body=b"x" * size, headers={"Content-Type": "text/plain"}
    )
    assert answer.status == status


def test_what_begins_again_is_counted_once() -> None:
    rate = Rate(2, lambda: 0.0)
    rate.give_back("nobody")
    for _ in range(2):
        rate.spend("a")
        rate.give_back("a")
        rate.spend("a")
    with pytest.raises(Exception, match="come back"):
        rate.spend("a")


def test_a_bucket_fills_with_time() -> None:
    now = [0.0]
    rate = Rate(60, lambda: now[0])
    for _ in range(60):
        rate.spend("a")
    with pytest.raises(Exception, match="come back in 1 s"):
        rate.spend("a")
    now[0] = 1.0
    rate.spend("a")
