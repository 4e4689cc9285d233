"""The record store as the application serves it: Flask's test client, and tincan over a real socket."""

from __future__ import annotations

import http.client
import json
import uuid
from base64 import b64encode
from collections.abc import Iterator
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import tincan
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from near_learn import lrs
from near_learn.db import writing
from near_learn.people import credential
from near_learn.people.credential import Issued

AGENT = {"account": {"homePage": "https://lms.example", "name": "ane"}}


def statement(**parts: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "actor": AGENT,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": "https://lms.example/activities/1"},
        **parts,
    }


@pytest.fixture
def issued(app: Flask) -> Issued:
    with app.app_context(), writing() as connection:
        return credential.add(connection, "a test", ["all"])


@pytest.fixture
def headers(issued: Issued) -> dict[str, str]:
    encoded = b64encode(f"{issued.key}:{issued.secret}".encode()).decode()
    return {"Authorization": f"Basic {encoded}", "X-Experience-API-Version": "1.0.3"}


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/xapi/"
    server.shutdown()
    thread.join()


def test_a_statement_goes_in_and_comes_out(client: FlaskClient, headers: dict[str, str]) -> None:
    sent = statement()
    assert client.post("/xapi/statements", json=sent, headers=headers).json == [sent["id"]]
    answer = client.get("/xapi/statements", query_string={"statementId": sent["id"]}, headers=headers)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["actor"] == AGENT
    assert answer.headers.getlist("Content-Type") == ["application/json"]


def test_who_stores_is_asked_for_again_at_the_next_request(
    app: Flask, client: FlaskClient, issued: Issued, headers: dict[str, str]
) -> None:
    assert client.post("/xapi/statements", json=statement(), headers=headers).status_code == 200
    with app.app_context(), writing() as connection:
        credential.remove(connection, issued.key)
    assert client.post("/xapi/statements", json=statement(), headers=headers).status_code == 401


def test_head_tells_the_length_of_the_body_it_leaves_out_once(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    got = client.get("/xapi/statements", headers=headers)
    head = client.head("/xapi/statements", headers=headers)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers.getlist("Content-Length") == [str(len(got.data))]


def test_an_answer_without_content_has_no_type_and_no_body(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    sent = statement()
    answer = client.put(f"/xapi/statements?statementId={sent['id']}", json=sent, headers=headers)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Basic", "Basic Og==", "Basic !!", "Bearer x", "Basic " + b64encode(b"a:b").decode()],
)
def test_without_a_credential_nothing_is_answered(client: FlaskClient, authorization: str | None) -> None:
    headers = {"X-Experience-API-Version": "1.0.3"}
    if authorization is not None:
        headers["Authorization"] = authorization
    answer = client.get("/xapi/statements", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_session_is_neither_read_nor_made(app: Flask, client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = "1"
    answer = client.get("/xapi/statements", headers={"X-Experience-API-Version": "1.0.3"})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_no_form_token_is_asked_for(app: Flask, headers: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert app.test_client().post("/xapi/statements", json=statement(), headers=headers).status_code == 200


def test_a_body_over_the_limit_is_refused_in_json(
    app: Flask, client: FlaskClient, headers: dict[str, str]
) -> None:
    limit = app.extensions["lrs"].limits.body
    answer = client.post("/xapi/statements", data=b" " * (limit + 1), headers=headers)
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["path"] == "body"


@pytest.mark.parametrize("query", ["agent=%ff", "a=" + "&a=" * 200, "%00=1"])
def test_a_query_that_is_none_is_refused(client: FlaskClient, headers: dict[str, str], query: str) -> None:
    assert client.get(f"/xapi/statements?{query}", headers=headers).status_code == 400


@pytest.mark.parametrize("path", ["/xapi/", "/xapi/nothing", "/xapi/statements/", "/xapi/%00", "/xapi/%ff"])
def test_an_unknown_path_is_not_found_in_json(
    client: FlaskClient, headers: dict[str, str], path: str
) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 404
    assert answer.json is not None


def test_a_mistake_of_ours_is_told_without_details(app: Flask, headers: dict[str, str]) -> None:
    def fail(_connection: object, _saved: object) -> None:
        raise RuntimeError("a detail")

    app.extensions["lrs"].on_saved = fail
    app.testing = False
    sent = statement()
    answer = app.test_client().post("/xapi/statements", json=sent, headers=headers)
    assert answer.status_code == 500
    assert "a detail" not in answer.text
    app.extensions["lrs"].on_saved = None
    found = app.test_client().get(
        "/xapi/statements", query_string={"statementId": sent["id"]}, headers=headers
    )
    assert found.status_code == 404


@pytest.mark.parametrize("size", [300, 40_000_000])
def test_a_chunked_body_is_read_and_limited(served: str, headers: dict[str, str], size: int) -> None:
    body = json.dumps(statement(result={"response": "x" * size})).encode()
    connection = http.client.HTTPConnection(urlsplit(served).netloc, timeout=60)
    pieces = (body[start : start + 65536] for start in range(0, len(body), 65536))
    sent = {**headers, "Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    try:
        connection.request("POST", "/xapi/statements", pieces, sent, encode_chunked=True)
        answer = connection.getresponse()
        status = answer.status
    except (BrokenPipeError, ConnectionResetError):
        # The server may hang up before everything was sent.
        status = 413
    assert status == (200 if size < 1000 else 413), answer.read()


# --- tincan, the Python client that exists -----------------------------------------------------------------


@pytest.fixture
def remote(served: str, issued: Issued) -> tincan.RemoteLRS:
    return tincan.RemoteLRS(endpoint=served, username=issued.key, password=issued.secret, version="1.0.3")


def tincan_statement(number: int = 1) -> tincan.Statement:
    return tincan.Statement(
        actor=tincan.Agent(account=tincan.AgentAccount(home_page="https://lms.example", name="ane")),
        verb=tincan.Verb(id="http://adlnet.gov/expapi/verbs/answered", display={"en": "answered"}),
        object=tincan.Activity(id=f"https://lms.example/activities/{number}"),
        result=tincan.Result(score=tincan.Score(scaled=0.5), success=True),
    )


def test_tincan_saves_and_retrieves_a_statement(remote: tincan.RemoteLRS) -> None:
    saved = remote.save_statement(tincan_statement())
    assert saved.success, saved.data
    found = remote.retrieve_statement(str(saved.content.id))
    assert found.success, found.data
    assert found.content.result.score.scaled == 0.5
    assert found.content.authority is not None


def test_tincan_saves_a_batch_and_pages_through_it(remote: tincan.RemoteLRS) -> None:
    saved = remote.save_statements([tincan_statement(number) for number in range(7)])
    assert saved.success, saved.data
    answer = remote.query_statements({"limit": 3, "ascending": "true"})
    seen: list[str] = []
    while True:
        assert answer.success, answer.data
        seen += [str(one.id) for one in answer.content.statements]
        if not answer.content.more:
            break
        answer = remote.more_statements(answer.content)
    assert seen == [str(one.id) for one in saved.content]


def test_tincan_finds_by_agent_verb_and_activity(remote: tincan.RemoteLRS) -> None:
    for number in range(3):
        remote.save_statement(tincan_statement(number))
    wanted = tincan_statement(2)
    answer = remote.query_statements({"agent": wanted.actor, "verb": wanted.verb, "activity": wanted.object})
    assert answer.success, answer.data
    assert [one.object.id for one in answer.content.statements] == ["https://lms.example/activities/2"]


def test_tincan_is_told_what_was_wrong(remote: tincan.RemoteLRS) -> None:
    bad = tincan_statement()
    bad.result.score.raw = 5
    bad.result.score.max = 1
    answer = remote.save_statement(bad)
    assert not answer.success
    assert answer.response.status == 400
    assert json.loads(answer.data)["path"].startswith("result.score")


def test_a_database_that_fails_is_a_503_and_what_was_sent_stays_out_of_the_log(
    app: Flask, client: FlaskClient, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context(), writing() as connection:
        connection.exec_driver_sql("DROP TABLE xapi_mention")
    sent = statement(actor={"mbox": "mailto:ane@example.org"})
    answer = client.post("/xapi/statements", json=sent, headers=headers)
    assert answer.status_code == 503
    assert "the same ids are stored once" in answer.json["error"]
    assert "database: POST /xapi/statements" in caplog.text
    assert "ane@example.org" not in caplog.text


@pytest.mark.parametrize("text", ["a=b&c=d", "a=b&&c", "a", "=b", "a=b=c", "a=", "&", "a=b+c", "a=%C3%A9&b="])
def test_a_query_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert list(lrs.query(text)) == parse_qsl(text, keep_blank_values=True)
