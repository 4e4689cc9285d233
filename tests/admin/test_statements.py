"""The operator's view of the record store: found, read, kept from running, voided."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from near_learn.db import writing
from near_learn.people import credential
from tests.conftest import served
from tests.e2e.axe import findings

PASSED = "http://adlnet.gov/expapi/verbs/passed"
AUTHORITY = {"account": {"homePage": "http://127.0.0.1:8000", "name": "test"}}
HOSTILE = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


def made(account: str = "one", **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": "http://127.0.0.1:8000", "name": account}},
        "verb": {"id": PASSED, "display": {"en": "passed"}},
        "object": {"id": "http://example.org/activity", "definition": {"name": {"en": "A thing"}}},
    } | changes


def save(app: Flask, statements: Sequence[dict[str, Any]]) -> None:
    with app.app_context(), writing() as connection:
        app.extensions["lrs"].save(connection, statements, authority=AUTHORITY)


def shown(page: str) -> list[str]:
    return re.findall(r'href="/admin/statements/([0-9a-f-]{36})"', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("account=two", ["b"]),
        ("verb=passed", ["b", "a"]),
        (f"verb={PASSED}", ["b", "a"]),
        ("verb=http://example.org/verb", ["c"]),
        ("activity=http://example.org/other", ["c"]),
        ("activity=http://example.org/parent", []),
        ("activity=http://example.org/parent&related=1", ["b"]),
        ("registration=AAAAAAAA-0000-4000-8000-000000000001", ["a"]),
        ("account=one&verb=passed", ["a"]),
        ("from=2000-01-01", ["c", "b", "a"]),
        ("to=2000-01-01", []),
        ("voided=1", []),
    ],
)
def test_each_field_finds_what_it_says(
    app: Flask, operator: FlaskClient, query: str, found: list[str]
) -> None:
    statements = {
        "a": made("one", context={"registration": "aaaaaaaa-0000-4000-8000-000000000001"}),
        "b": made("two", context={"contextActivities": {"parent": [{"id": "http://example.org/parent"}]}}),
        "c": made("one", verb={"id": "http://example.org/verb"}, object={"id": "http://example.org/other"}),
    }
    save(app, list(statements.values()))
    page = operator.get(f"/admin/statements?{query}")
    assert page.status_code == 200
    assert shown(page.text) == [statements[name]["id"] for name in found]


def test_days_are_those_of_the_setting(app: Flask, operator: FlaskClient) -> None:
    save(app, [made()])
    today = datetime.now(UTC).astimezone().date()
    for day, number in ((today - timedelta(days=2), 0), (today + timedelta(days=2), 1)):
        assert len(shown(operator.get(f"/admin/statements?to={day}").text)) == number


def test_pages_hold_every_statement_once(app: Flask, operator: FlaskClient) -> None:
    statements = [made() for _ in range(120)]
    save(app, statements)
    seen: list[str] = []
    address: str | None = "/admin/statements?verb=passed"
    while address:
        page = operator.get(address).text
        seen += shown(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1).replace("&amp;", "&") if following else None
    assert seen == [statement["id"] for statement in reversed(statements)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("verb=passt", "verb"),
        ("activity=x", "activity"),
        ("registration=1", "registration"),
        ("from=31.01.2026", "from"),
        ("to=2026-02-30", "to"),
    ],
)
def test_what_cannot_be_searched_is_named_beside_its_field(
    operator: FlaskClient, query: str, field: str
) -> None:
    page = operator.get(f"/admin/statements?{query}")
    assert page.status_code == 422
    assert f'aria-describedby="{field}-error"' in page.text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²"])
def test_a_page_that_does_not_exist_is_refused(operator: FlaskClient, before: str) -> None:
    assert operator.get("/admin/statements", query_string={"before": before}).status_code == 422


def test_voiding_needs_a_reason_and_says_who(app: Flask, operator: FlaskClient) -> None:
    statement = made()
    save(app, [statement])
    address = f"/admin/statements/{statement['id']}"
    assert operator.post(f"{address}/void", data={"reason": " "}).status_code == 422
    assert operator.post(f"{address}/void", data={"reason": "x" * 501}).status_code == 422
    assert shown(operator.get("/admin/statements").text) == [statement["id"]]

    assert operator.post(f"{address}/void", data={"reason": "sent by a test client"}).status_code == 302
    (voiding,) = shown(operator.get("/admin/statements").text)
    assert shown(operator.get("/admin/statements?voided=1").text) == [statement["id"]]
    text = operator.get(f"/admin/statements/{voiding}").text
    assert "sent by a test client" in text
    assert "http://adlnet.gov/expapi/verbs/voided" in text
    assert "Operatrice" not in text.split("<main", 1)[1]


def test_voiding_twice_or_a_voiding_statement_changes_nothing(app: Flask, operator: FlaskClient) -> None:
    statement = made()
    save(app, [statement])
    operator.post(f"/admin/statements/{statement['id']}/void", data={"reason": "wrong"})
    (voiding,) = shown(operator.get("/admin/statements").text)
    for id_ in (statement["id"], voiding):
        assert operator.post(f"/admin/statements/{id_}/void", data={"reason": "again"}).status_code == 302
    assert shown(operator.get("/admin/statements").text) == [voiding]


def test_an_unknown_statement_is_not_found(operator: FlaskClient) -> None:
    address = f"/admin/statements/{uuid4()}"
    assert operator.get(address).status_code == 404
    assert operator.post(f"{address}/void", data={"reason": "x"}).status_code == 404
    assert operator.get(f"{address}/attachments/{'0' * 64}").status_code == 404


def with_attachment(app: Flask, content: bytes, content_type: str) -> tuple[str, str]:
    """A statement sent with an attachment; its id and the attachment's hash."""
    sha2 = hashlib.sha256(content).hexdigest()
    statement = made(
        attachments=[
            {
                "usageType": "http://example.org/usage",
                "display": {"en": HOSTILE},
                "contentType": content_type,
                "length": len(content),
                "sha2": sha2,
            }
        ]
    )
    body = b"\r\n".join(
        [
            b"--b",
            b"Content-Type: application/json",
            b"",
            json.dumps(statement).encode(),
            b"--b",
            f"Content-Type: {content_type}".encode(),
            b"Content-Transfer-Encoding: binary",
            f"X-Experience-API-Hash: {sha2}".encode(),
            b"",
            content,
            b"--b--",
            b"",
        ]
    )
    with app.app_context(), writing() as connection:
        issued = credential.add(connection, "test", ["all"])
    answer = app.test_client().post(
        "/xapi/statements",
        data=body,
        headers={"X-Experience-API-Version": "1.0.3", "Content-Type": "multipart/mixed; boundary=b"},
        auth=(issued.key, issued.secret),
    )
    assert answer.status_code == 200, answer.text
    return statement["id"], sha2


def test_an_attachment_is_handed_over_and_never_shown(app: Flask, operator: FlaskClient) -> None:
    content = f"<html>{HOSTILE}</html>".encode()
    id_, sha2 = with_attachment(app, content, "text/html")
    assert sha2 in operator.get(f"/admin/statements/{id_}").text
    answer = operator.get(f"/admin/statements/{id_}/attachments/{sha2}")
    assert answer.data == content
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.browser
def test_what_a_statement_contains_does_not_run(app: Flask, operator: FlaskClient, browser: Browser) -> None:
    hostile = made(
        verb={"id": "http://example.org/verb", "display": {"en": HOSTILE}},
        object={
            "id": "javascript:document.title='run'",
            "definition": {"name": {"en": HOSTILE}, "description": {"en": HOSTILE}},
        },
        result={"response": HOSTILE, "success": True},
    )
    save(app, [hostile])
    cookie = operator.get_cookie("near_learn")
    assert cookie is not None
    dialogs: list[str] = []
    for live in served(app):
        context = browser.new_context(base_url=live.url)
        context.add_cookies([{"name": "near_learn", "value": cookie.value, "url": live.url}])
        page = context.new_page()
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for address in ("/admin/statements", f"/admin/statements/{hostile['id']}"):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200
            assert page.locator("main img, main script").count() == 0
            assert page.locator("main a[href^='javascript']").count() == 0
            assert "run" not in page.title()
        assert dialogs == []
        context.close()


@pytest.mark.browser
def test_what_an_attachment_or_a_document_contains_does_not_run(
    app: Flask, operator: FlaskClient, browser: Browser
) -> None:
    html = f"<html><title>still</title>{HOSTILE}</html>".encode()
    id_, sha2 = with_attachment(app, html, "text/html")
    with app.app_context(), writing() as connection:
        issued = credential.add(connection, "test", ["all"])
    headers = {"X-Experience-API-Version": "1.0.3"}
    state = "/xapi/activities/state?activityId=http://example.org/a&stateId=s&agent=" + quote(
        '{"mbox":"mailto:a@example.org"}'
    )
    stored = app.test_client().put(
        state, data=html, headers={**headers, "Content-Type": "text/html"}, auth=(issued.key, issued.secret)
    )
    assert stored.status_code == 204
    cookie = operator.get_cookie("near_learn")
    assert cookie is not None
    for live in served(app):
        signed_in = browser.new_context(base_url=live.url)
        signed_in.add_cookies([{"name": "near_learn", "value": cookie.value, "url": live.url}])
        page = signed_in.new_page()
        page.goto(f"/admin/statements/{id_}")
        with page.expect_download() as download:
            page.get_by_role("link", name=sha2[:16]).click()
        assert download.value.path().read_bytes() == html
        assert "run" not in page.title()
        assert findings(page) == []

        client = browser.new_context(
            base_url=live.url,
            http_credentials={"username": issued.key, "password": issued.secret},
            extra_http_headers=headers,
        )
        shown_document = client.new_page()
        answer = shown_document.goto(state)
        assert answer is not None
        assert answer.status == 200
        assert shown_document.title() == "still"
        signed_in.close()
        client.close()
