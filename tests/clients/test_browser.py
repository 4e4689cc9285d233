"""Clients in a browser, on a page of another origin: a cmi5 package from launch to end, and TinCanJS.

Nothing stands between the page and the record store, so preflights and exposed headers are tested too.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import tincan
from playwright.sync_api import Page, Request

from near_learn.db import db
from near_learn.people.credential import Issued
from tests.clients.conftest import HERE, issue
from tests.conftest import LiveApp

pytestmark = pytest.mark.browser

VERB = "http://adlnet.gov/expapi/verbs/"
UNIT = "https://elsewhere.example/units/garden"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
LEARNER = {
    "objectType": "Agent",
    "account": {"homePage": "https://elsewhere.example", "name": "0b51 ñ"},
}


@dataclass
class OtherSite:
    """Where the package lies: another origin than the record store's."""

    url: str
    tokens: dict[str, str] = field(default_factory=dict)


class Files(SimpleHTTPRequestHandler):
    """Our pages, the libraries, and the fetch URL of a cmi5 launch."""

    def __init__(self, *given: Any, site: OtherSite, modules: Path) -> None:
        self.site, self.modules = site, modules
        super().__init__(*given)

    def translate_path(self, path: str) -> str:
        path = path.partition("?")[0]
        inside = path.removeprefix("/node_modules/")
        return str(self.modules / inside if inside != path else HERE / "pages" / path.lstrip("/"))

    def do_POST(self) -> None:
        """cmi5 8.2: the token, once."""
        body = json.dumps({"auth-token": self.site.tokens.pop(self.path)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: Any) -> None:
        pass


@pytest.fixture(scope="module")
def other_site(node_modules: Path) -> Iterator[OtherSite]:
    site = OtherSite("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, site=site, modules=node_modules))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def live(serve: Callable[[], Iterator[LiveApp]]) -> Iterator[LiveApp]:
    yield from serve()


def lms(live: LiveApp) -> tincan.RemoteLRS:
    """The side of the learning system, which may do everything."""
    issued = issue(live, ["all"])
    return tincan.RemoteLRS(
        endpoint=f"{live.url}/xapi/", username=issued.key, password=issued.secret, version="1.0.3"
    )


def launch(live: LiveApp, other_site: OtherSite, registration: str, package: Issued) -> str:
    """Prepares the launch as cmi5 8 and 10 ask for; the package's address."""
    data = {
        "launchMode": "Normal",
        "masteryScore": 0.8,
        "moveOn": "CompletedAndPassed",
        "contextTemplate": {"contextActivities": {"grouping": [{"id": "https://elsewhere.example/course"}]}},
    }
    request = tincan.HTTPRequest(method="PUT", resource="activities/state", content=json.dumps(data))
    request.headers = {"Content-Type": "application/json"}
    request.query_params = {
        "activityId": UNIT,
        "agent": json.dumps(LEARNER),
        "stateId": "LMS.LaunchData",
        "registration": registration,
    }
    answer = lms(live)._send_request(request)
    assert answer.success, answer.data
    token = base64.b64encode(f"{package.key}:{package.secret}".encode()).decode()
    other_site.tokens[f"/fetch/{registration}"] = token
    given = {
        "endpoint": f"{live.url}/xapi/",
        "fetch": f"{other_site.url}/fetch/{registration}",
        "actor": json.dumps(LEARNER),
        "registration": registration,
        "activityId": UNIT,
    }
    return f"{other_site.url}/cmi5.html?{urlencode(given)}"


def test_a_cmi5_package_from_launch_to_end(live: LiveApp, other_site: OtherSite, page: Page) -> None:
    """With a credential for this learner and this registration only, as a launched package should have."""
    registration = str(uuid4())
    scopes = ["statements/write", "statements/read/mine", "state", "profile"]
    package = issue(live, scopes, actor=LEARNER, registration=registration)
    page.goto(launch(live, other_site, registration, package))
    told = page.evaluate("told")

    with live.app.app_context(), db.engine.connect() as connection:
        found = live.app.extensions["lrs"].read(connection, registration=registration)
        stored = [one.statement for one in found]
    assert [one["id"] for one in stored] == told["sent"]
    verbs = ["initialized", "progressed", "answered", "passed", "completed", "terminated"]
    assert [one["verb"]["id"].removeprefix(VERB) for one in stored] == verbs
    assert all(one["actor"]["account"] == LEARNER["account"] for one in stored)
    assert stored[1]["result"]["extensions"][PROGRESS] == 50
    assert stored[3]["result"]["score"]["scaled"] == 0.9
    grouping = [one["context"]["contextActivities"]["grouping"][0]["id"] for one in stored]
    assert set(grouping) == {"https://elsewhere.example/course"}, "from the launch data"

    assert told["passed"] == [told["sent"][3]]
    newest_first = told["sent"][::-1]
    assert told["pages"] == [newest_first[:4], newest_first[4:]]
    assert told["launchData"]["masteryScore"] == 0.8
    # There are none; the 404 reaches the library with a body in JSON.
    assert told["preferences"] == {}
    assert told["bookmark"]["state"] == {"page": 7}
    assert len(told["bookmark"]["etag"]) == 42, "a script of another origin may read the ETag"
    assert told["refused"]["status"] == 403
    assert registration in told["refused"]["said"]["error"], "and the reason of a refusal"


def test_a_query_too_long_for_an_address(live: LiveApp, other_site: OtherSite, page: Page) -> None:
    """From 2,048 characters on, TinCanJS uses the alternate request syntax, with everything in a form."""
    long = {"account": {"homePage": "https://elsewhere.example/" + "x" * 2500, "name": "long"}}
    short = {"account": {"homePage": "https://elsewhere.example/", "name": "short"}}
    sent = {}
    for agent in (long, short):
        statement = tincan.Statement(
            actor=tincan.Agent(agent), verb=tincan.Verb(id=VERB + "passed"), object=tincan.Activity(id=UNIT)
        )
        answer = lms(live).save_statement(statement)
        assert answer.success, answer.data
        sent[agent["account"]["name"]] = str(answer.content.id)
    reader = issue(live, ["statements/read"])
    options = {
        "endpoint": f"{live.url}/xapi/",
        "username": reader.key,
        "password": reader.secret,
        "version": "1.0.2",
    }
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.goto(f"{other_site.url}/tincanjs.html")
    asked.clear()
    for agent in (long, short):
        found = page.evaluate("([options, agent]) => statementsOf(options, agent)", [options, agent])
        assert found == [sent[agent["account"]["name"]]]
    methods = [one.method for one in asked if one.method != "OPTIONS"]
    assert methods == ["POST", "GET"]
    assert "method=GET" in next(one.url for one in asked if one.method == "POST")
