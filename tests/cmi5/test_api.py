"""The API: its tokens, its answers and what it refuses. The launches and rules are in the other files."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from near_learn import create_app
from near_learn.cmi5 import remote
from near_learn.cmi5.archive import Limits
from near_learn.cmi5.structure import Refused
from near_learn.db import db, writing
from near_learn.people.person import by_email
from near_learn.reports import token
from near_learn.reports.token import TokenError
from tests.cmi5 import making
from tests.cmi5.conftest import ELSEWHERE, Portal

DOCUMENT = Path(__file__).parents[2] / "docs/integrators.md"
CALLS = {
    "take": ("POST", "courses"),
    "list": ("GET", "courses"),
    "show": ("GET", "courses/{course}"),
    "delete": ("DELETE", "courses/{course}"),
    "launch": ("POST", "courses/{course}/units/unit-1/launch"),
    "waive": ("POST", "registrations/{registration}/units/unit-1/waive"),
    "abandon": ("POST", "sessions/{session}/abandon"),
}


@pytest.fixture(scope="module")
def ids(portal: Portal) -> dict[str, str]:
    unit = portal.launch(course := portal.imported())
    return {"course": course, "registration": unit.registration, "session": unit.session}


@pytest.mark.parametrize("call", CALLS)
def test_every_call_asks_for_a_token_of_its_scope(
    app: Flask, portal: Portal, ids: dict[str, str], call: str
) -> None:
    method, path = CALLS[call]
    with app.app_context():
        operator = by_email("operator@example.org")
        assert operator is not None
        with writing() as connection:
            other = ["launches"] if call in ("take", "list", "show", "delete") else ["packages"]
            wrong = token.add(connection, operator, "x", [*other, "figures"], days=1, now=datetime.now(UTC))
    for sent, status in (("", 401), ("nlr_wrong", 401), (wrong, 403)):
        answer = Portal(portal.client, sent).ask(method, path.format(**ids))
        assert answer.status_code == status
        assert answer.json["error"]["status"] == status


def test_only_operators_have_such_tokens(app: Flask) -> None:
    with app.app_context():
        manager = by_email("manager@example.org")
        assert manager is not None
        with writing() as connection, pytest.raises(TokenError, match="only operators"):
            token.add(connection, manager, "x", ["launches"], days=1, now=datetime.now(UTC))


def test_a_course_is_listed_shown_and_deleted(portal: Portal) -> None:
    made = portal.take(
        making.package(making.structure(making.block("b", making.au()) + making.au("two")))
    ).json
    assert made == portal.ask("GET", f"courses/{made['id']}").json
    assert made["units"] == 2
    assert [child["id"] for child in made["children"]] == ["block-1", "unit-2"]
    assert made["id"] in {each["id"] for each in portal.ask("GET", "courses").json["courses"]}
    assert portal.ask("DELETE", f"courses/{made['id']}").status_code == 204
    for method, path in (("GET", "courses/{course}"), ("DELETE", "courses/{course}"), CALLS["launch"]):
        answer = portal.ask(method, path.format(course=made["id"]), json={"actor": ELSEWHERE})
        assert answer.status_code == 404


def test_deleting_ends_open_sessions_and_keeps_the_records(portal: Portal) -> None:
    unit = portal.opened()
    course = re.search(r"courses/([^/]+)", unit.parameters["activityId"])
    assert course is not None
    portal.ask("DELETE", f"courses/{course[1]}")
    assert unit.say("experienced") == 401
    path = f"registrations/{unit.registration}/units/unit-1/waive"
    assert portal.ask("POST", path, json={"reason": "Administrative"}).status_code == 200


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "nobody": ({}, 422, "expected either person"),
    "both": ({"person": "x", "actor": ELSEWHERE}, 422, "expected either person"),
    "an unknown person": ({"person": str(uuid4())}, 422, "nobody here has the account"),
    "a person that is none": ({"person": 7}, 422, "nobody here"),
    "an actor with an address": ({"actor": {"mbox": "mailto:a@example.com"}}, 422, "with an account"),
    "a group": ({"actor": {**ELSEWHERE, "objectType": "Group"}}, 422, "with an account (cmi5 9.2)"),
    "no actor": ({"actor": "x"}, 422, "actor: "),
    "one of ours that is not there": (
        {"actor": {"account": {"homePage": "http://127.0.0.1:8000", "name": "x"}}}, 422, "nobody here",
    ),
    "a mode": ({"actor": ELSEWHERE, "mode": "normal"}, 422, "mode: expected one of Normal"),
    "a registration": ({"actor": ELSEWHERE, "registration": "1"}, 422, "registration: expected a UUID"),
    "a language": ({"actor": ELSEWHERE, "language": "e n"}, 422, "language: expected a language tag"),
    "a region": ({"actor": ELSEWHERE, "region": "XX99"}, 422, "region: expected a NUTS code"),
    "a way back": ({"actor": ELSEWHERE, "return_url": "javascript:x"}, 422, "return_url: expected"),
    "an unknown member": ({"actor": ELSEWHERE, "unit": 1}, 422, "unit: there is nothing of this name"),
    "a NUL": ({"actor": ELSEWHERE, "language": "\0"}, 422, "without NUL"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_a_launch_cannot_mean_is_refused(portal: Portal, ids: dict[str, str], case: str) -> None:
    asked, status, expected = WRONG[case]
    answer = portal.ask("POST", CALLS["launch"][1].format(**ids), json=asked)
    assert (answer.status_code, expected in answer.text) == (status, True), answer.text


def test_somebody_elses_registration_is_refused(portal: Portal, ids: dict[str, str]) -> None:
    other = {"account": {"homePage": "https://x.example", "name": "other"}}
    asked = {"actor": other, "registration": ids["registration"]}
    assert portal.ask("POST", CALLS["launch"][1].format(**ids), json=asked).status_code == 409
    new = str(uuid4())
    assert portal.launch(ids["course"], actor=other, registration=new.upper()).registration == new


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"reason": ""}', b'{"reason": 1}'])
def test_a_reason_that_is_none_is_refused(portal: Portal, ids: dict[str, str], content: bytes) -> None:
    path = CALLS["waive"][1].format(**ids)
    assert portal.ask("POST", path, data=content, content_type="application/json").status_code == 422


def test_the_document_names_every_call(app: Flask) -> None:
    text = DOCUMENT.read_text()
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("cmi5_api.")]
    assert len(rules) == len(CALLS)
    for rule in rules:
        wanted = re.sub(r"<[^>]+>", r"[^/\\s]+", rule)
        assert re.search(wanted, text), rule


# --- by address ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """A site with a package, one that leads to it, and one that leads nowhere."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/course.zip" else 302 if self.path != "/gone" else 404)
            self.send_header("Location", "/course.zip" if self.path == "/moved" else "/loop")
            self.end_headers()
            self.wfile.write(making.package() if self.path == "/course.zip" else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_package_is_fetched_where_the_own_network_is_allowed(app: Flask, portal: Portal, web: str) -> None:
    address = {"address": f"{web}/moved"}
    refused = portal.ask("POST", "courses", json=address)
    assert (refused.status_code, "own network" in refused.text) == (422, True)
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, package_private_addresses=True)
    try:
        assert portal.ask("POST", "courses", json=address).status_code == 201
    finally:
        app.extensions["settings"] = before


@pytest.mark.parametrize(("path", "expected"), [("gone", "answered 404"), ("loop", "redirects")])
def test_what_is_not_there_is_told(web: str, tmp_path: Path, path: str, expected: str) -> None:
    with pytest.raises(Refused, match=expected):
        remote.fetch(f"{web}/{path}", tmp_path / "a", Limits(), private=True)


def test_a_site_of_their_own_has_the_files_and_nothing_else(app: Flask, portal: Portal) -> None:
    course = portal.imported()
    apart = replace(app.extensions["settings"], package_origin="http://packages.example")
    other = create_app(apart, serving=False)
    client = other.test_client()
    path = portal.launch(course).address.partition("8000")[2].partition("?")[0]
    there = client.get(path, base_url="http://packages.example")
    assert there.status_code == 200
    assert "sandbox" not in there.headers["Content-Security-Policy"]
    assert client.get("/", base_url="http://packages.example").status_code == 404
    assert client.get("/sign-in", base_url="http://packages.example").status_code == 404
    assert client.get(path, base_url="http://127.0.0.1:8000").status_code == 404
    assert client.get("/xapi/about", base_url="http://127.0.0.1:8000").status_code == 200
    with other.app_context():
        db.engine.dispose()
