"""A cmi5 unit played to its end in a browser, against our own record store and beside the server."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from near_learn import Settings, create_app
from near_learn.content import Course, Module
from near_learn.content.library import load_course
from near_learn.db import db, writing
from near_learn.packages.archive import packed
from near_learn.packages.contents import contents
from near_learn.packages.edition import edition
from near_learn.packages.kind import Kind
from near_learn.people import credential
from near_learn.records import Learner, Response, Sitting, recorder
from near_learn.records.iris import Iris
from near_learn.records.progress import answer, attempt, module_progress
from tests.conftest import SECRET, LiveApp, served
from tests.e2e.axe import findings
from tests.packages.conftest import GARDEN
from tests.packages.unit.stage import Stage, enter, take

pytestmark = pytest.mark.browser

Json = dict[str, Any]
Responses = Mapping[str, tuple[str, ...]]
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
ACCOUNT = "5c3f1f0e-8f1b-4c55-9f6b-0d4f0e1a2b3c"
REGISTRATION = "0e9a1c9a-7a37-4d0c-8a35-6f6f3f1a7d11"
LEARNER = Learner(ACCOUNT, "en", "ES220")
VERSION = {"X-Experience-API-Version": "1.0.3"}


@pytest.fixture(scope="module")
def garden() -> Course:
    return load_course(GARDEN).courses["garden"]


@pytest.fixture(scope="module")
def new_app(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Flask]:
    """Makes applications on an empty database."""

    def make() -> Flask:
        data = tmp_path_factory.mktemp("unit")
        shutil.copy(migrated_file, data / "near-learn.sqlite")
        app = create_app(Settings(data=data, secret_key=SECRET, courses=GARDEN.parent))
        app.config.update(RATELIMIT_ENABLED=False)
        return app

    return make


@pytest.fixture(scope="module")
def live(new_app: Callable[[], Flask]) -> Iterator[LiveApp]:
    yield from served(new_app())


@dataclass
class Platform:
    """Launches units of the package, as cmi5 says that a platform does."""

    live: LiveApp
    stage: Stage
    base: str

    def launch(self, course: Course, module: Module, registration: str, mode: str = "Normal") -> str:
        """The address that launches the unit; everything that it reads is in place (10, 11)."""
        session = str(uuid4())
        app = self.live.app
        with app.app_context(), writing() as connection:
            issued = credential.add(connection, "a unit", ["all"])
            actor = recorder().builder.agent(ACCOUNT)
        token = base64.b64encode(f"{issued.key}:{issued.secret}".encode()).decode()
        self.stage.tokens[session] = token
        publisher = self.activity(course, module)
        template = {
            "contextActivities": {"grouping": [{"id": publisher}]},
            "extensions": {SESSION: session},
        }
        data = {
            "contextTemplate": template,
            "launchMode": mode,
            "moveOn": "CompletedAndPassed",
            "masteryScore": module.pass_mark,
            "returnURL": f"{self.stage.address}/back.html",
        }
        if module.instrument:
            del data["masteryScore"]
        agent = json.dumps(actor)
        state = {
            "activityId": publisher,
            "agent": agent,
            "registration": registration,
            "stateId": "LMS.LaunchData",
        }
        self.put("activities/state", state, data, token)
        wishes = {"agent": agent, "profileId": "cmi5LearnerPreferences"}
        self.put("agents/profile", wishes, {"languagePreference": "en-GB,es", "audioPreference": "on"}, token)
        parameters = {
            "registration": registration,
            "fetch": f"{self.stage.address}/fetch/{session}",
            "actor": agent,
            "activityId": publisher,
            "endpoint": f"{self.live.url}/xapi",
        }
        return f"{self.stage.address}/cmi5/units/{module.id}/index.html?{urlencode(parameters)}"

    def activity(self, course: Course, module: Module) -> str:
        return Iris(self.base).module(course.id, module.id)

    def put(self, resource: str, query: Json, value: Json, token: str) -> None:
        headers = {"Authorization": f"Basic {token}", "If-Match": "*", **VERSION}
        client = self.live.app.test_client()
        there = client.get(f"/xapi/{resource}", query_string=query, headers=headers)
        if there.status_code == 404:
            headers["If-None-Match"] = headers.pop("If-Match")
        made = client.put(f"/xapi/{resource}", query_string=query, json=value, headers=headers)
        assert made.status_code == 204, made.text


@pytest.fixture(scope="module")
def platform(live: LiveApp, stage: Stage, garden: Course) -> Platform:
    base = live.app.extensions["settings"].base_url
    with live.app.app_context():
        stage.add(b"".join(packed(contents(edition(garden, Kind.CMI5, Iris(base), region="ES220")))), "cmi5")
    stage.files["/back.html"] = b"<!doctype html><title>Back</title>"
    return Platform(live, stage, base)


def enrolled(app: Flask, course: Course, registration: str) -> None:
    """The learner begins the course, under this registration."""
    with app.app_context(), writing() as connection:
        made = recorder()
        made.ledger.begin(connection)
        made.ledger.remember(connection, course)
        occasion = made.builder.occasion(LEARNER, registration, course.release, datetime.now(UTC))
        begun = made.builder.statement("registered", occasion, made.builder.activities.course(course))
        made.ledger.save(connection, [begun], made.builder.system)


@cache
def reader(app: Flask) -> str:
    """Authorization to read everything."""
    with app.app_context(), writing() as connection:
        issued = credential.add(connection, "a reader", ["all/read"])
    return base64.b64encode(f"{issued.key}:{issued.secret}".encode()).decode()


def stored(app: Flask, registration: str, module: str) -> list[Json]:
    """The statements about the module, as they were stored."""
    query = {"registration": registration, "ascending": "true", "limit": 500}
    headers = {"Authorization": f"Basic {reader(app)}", **VERSION}
    answered = app.test_client().get("/xapi/statements", query_string=query, headers=headers).json
    return [each for each in answered["statements"] if each["object"]["id"].startswith(module)]


def told_by(app: Flask, registration: str, module: str, last: str) -> list[Json]:
    """The same, once the LAST one that is waited for is there."""
    until = monotonic() + 15
    while last not in verbs(found := stored(app, registration, module)) and monotonic() < until:
        sleep(0.05)
    return found


def verbs(statements: list[Json]) -> list[str]:
    """What they say; those of cmi5's own with a star."""
    return [each["verb"]["display"]["en"] + ("*" if own(each) else "") for each in statements]


def own(statement: Json) -> bool:
    categories = statement["context"].get("contextActivities", {}).get("category", ())
    return any(each["id"] == f"{CATEGORY}cmi5" for each in categories)


def essence(statement: Json) -> Json:
    """What both players say alike: without times, and without what only cmi5 has."""
    context, result = statement["context"], dict(statement.get("result", {}))
    result.pop("duration", None)
    extensions = {iri: value for iri, value in result.pop("extensions", {}).items() if iri != PROGRESS}
    if "score" in result and "/questions/" not in statement["object"]["id"]:
        # Points of cmi5's own statements are whole numbers, or left out (9.5.1).
        result["score"] = result["score"]["scaled"]
    activities = context["contextActivities"]
    return {
        "actor": statement["actor"],
        "verb": statement["verb"]["id"],
        "object": statement["object"]["id"],
        "definition": statement["object"].get("definition"),
        "result": result,
        "told": extensions,
        "registration": context["registration"],
        "language": context["language"],
        "platform": context["platform"],
        "parent": [each["id"] for each in activities["parent"]],
        "about": {
            iri: value
            for iri, value in context["extensions"].items()
            if iri not in (SESSION, MASTERY) and not iri.endswith("/nuts")
        },
    }


RESPONSES: Responses = {
    "who-waters": ("o1",),
    "mulch": ("false",),
    "agreement": ("  Is  Watering.", "DOWN"),
    "litres": ("8,5",),
    "first-bed": ("o3",),
}


def responses(module: Module) -> Responses:
    """Answers to every kind of question: right but for a pair and an item that are out of place."""
    quiz = {each.id: each for each in module.texts["en"].quiz}
    pairs, items = quiz["needs"].right, quiz["order"].right
    wrong = (pairs[0].partition("[.]")[0] + "[.]" + pairs[1].partition("[.]")[2], *pairs[1:])
    return {**RESPONSES, "needs": wrong, "order": (items[1], items[0], *items[2:])}


CHECKS: Responses = {
    "sure": ("o2",),
    "heard": ("Not too big, please.",),
    "differently": ("Ask them first.",),
}


def test_a_unit_says_what_the_server_says_also_when_the_line_is_lost(
    platform: Platform,
    garden: Course,
    phone: Callable[[], Page],
    new_app: Callable[[], Flask],
) -> None:
    season = garden.module("season")
    enrolled(platform.live.app, garden, REGISTRATION)
    page = phone()
    page.goto(platform.launch(garden, season, REGISTRATION))
    given = responses(season)
    seen: list[str] = []
    page.get_by_role("button", name="Start this module").click()
    for section in season.texts["en"].sections:
        expect(page.get_by_role("heading", name=section.title, level=2)).to_be_focused()
        for question in section.questions:
            enter(page, question, CHECKS[question.id])
            page.locator(f"#q-{question.id} .button").click()
            expect(page.locator(f"#q-{question.id} .verdict.good")).to_have_text("Saved. You can change it.")
        page.locator(".thumb-bar .button").last.click()
    expect(page.get_by_role("heading", name="Quiz", level=2)).to_be_focused()
    page.get_by_role("button", name="Begin the quiz").click()
    asked = take(page, {each.id: each for each in season.texts["en"].quiz}, given)

    # The line is lost while the quiz is sent, and what does arrive at first is not acknowledged.
    def lose_the_answer(route: Route) -> None:
        seen.append(route.request.post_data or "")
        route.fetch()
        route.abort()

    page.context.set_offline(True)
    page.get_by_role("button", name="Send the quiz").click()
    expect(page.get_by_role("heading", name="You have passed")).to_be_focused()
    expect(page.locator("#unit-notice")).to_contain_text("There is no connection.")
    kept = page.evaluate("Object.values(localStorage).join()")
    assert kept.count("verbs/answered") == len(asked)
    assert CHECKS["heard"][0] not in json.dumps(stored(platform.live.app, REGISTRATION, platform.base))
    page.route("**/xapi/statements", lose_the_answer, times=1)
    page.context.set_offline(False)
    expect(page.locator("#unit-notice")).to_have_text("Everything has been sent.")
    assert len(seen) == 1
    assert not page.evaluate("Object.keys(localStorage).some(key => key.startsWith('near-learn waiting'))")
    page.get_by_role("button", name="Leave for now").first.click()
    page.wait_for_url("**/back.html")
    assert len(platform.stage.asked) == 1

    activity = platform.activity(garden, season)
    told = stored(platform.live.app, REGISTRATION, activity)
    elsewhere = new_app()
    enrolled(elsewhere, garden, REGISTRATION)
    play(elsewhere, garden, season, given, asked)
    expected = stored(elsewhere, REGISTRATION, activity)
    assert [essence(each) for each in told] == [essence(each) for each in expected]
    reading = ["initialized*", "answered", "progressed", "answered", "answered", "progressed"]
    assert verbs(told) == [*reading, *["answered"] * len(asked), "passed*", "completed*", "terminated*"]
    assert progress(platform.live.app) == progress(elsewhere)
    check_the_rules(told, season)


def play(app: Flask, course: Course, module: Module, given: Responses, asked: list[str]) -> None:
    """The same on the server, with its own player's recorder."""
    sitting = Sitting(LEARNER, REGISTRATION, course, module)
    at = iter(datetime.now(UTC) + timedelta(seconds=number) for number in range(20))
    with app.app_context(), writing() as connection:
        made = recorder()
        made.open(connection, sitting, next(at))
        for section in module.texts["en"].sections:
            for question in section.questions:
                made.check(connection, sitting, question.id, Response(CHECKS[question.id], 1.0), next(at))
            made.progress(connection, sitting, section.id, next(at))
        entered = {name: Response(tidy(module, name, given[name]), 1.0) for name in asked}
        made.submit(connection, sitting, 1, entered, next(at))


def tidy(module: Module, name: str, response: tuple[str, ...]) -> tuple[str, ...]:
    """What the server's form would make of what was typed (player/entry.py)."""
    kind = module.texts["en"].question(name).kind
    if kind == "gap":
        return tuple(" ".join(text.split()) for text in response)
    return ("8.5",) if kind == "numeric" else response


def progress(app: Flask) -> list[Any]:
    """The progress rows, without times and points."""
    columns = {
        module_progress: ("module", "seen", "progress", "best_score", "attempts"),
        attempt: ("module", "number", "scaled", "success", "release"),
        answer: ("question", "attempt", "response", "score", "success", "tries"),
    }
    with app.app_context(), db.engine.connect() as connection:
        return [
            sorted([row[name] for name in names] for row in connection.execute(table.select()).mappings())
            for table, names in columns.items()
        ]


def check_the_rules(told: list[Json], module: Module) -> None:
    """What every statement of a unit has (cmi5 9.5, 9.6)."""
    for each in told:
        context, result = each["context"], each.get("result", {})
        assert context["extensions"][SESSION]
        judged = "success" in result or "completion" in result
        categories = [one["id"] for one in context["contextActivities"].get("category", ())]
        assert categories == ([f"{CATEGORY}cmi5"] + [f"{CATEGORY}moveon"] * judged if own(each) else [])
        if own(each) and each["verb"]["display"]["en"] != "initialized":
            assert result["duration"].startswith("PT")
        if "success" in result and own(each):
            assert context["extensions"][MASTERY] == module.pass_mark
    assert [each["timestamp"] for each in told] == sorted(each["timestamp"] for each in told)


def test_a_session_is_judged_once_and_the_place_is_kept(
    platform: Platform, garden: Course, phone: Callable[[], Page]
) -> None:
    first = garden.module("first-visit")
    quiz = {each.id: each for each in first.texts["en"].quiz}
    right = {name: each.right for name, each in quiz.items()}
    wrong = {name: (next(o.id for o in each.options if not o.correct),) for name, each in quiz.items()}
    registration = str(uuid4())
    enrolled(platform.live.app, garden, registration)
    page = phone()
    page.goto(platform.launch(garden, first, registration))
    expect(page.get_by_role("heading", name=first.texts["en"].title)).to_be_visible()
    found = {"cover": findings(page)}
    page.get_by_role("button", name="Start this module").click()
    found["section"] = findings(page)
    check = first.texts["en"].checks[0]
    box = page.locator(f"#q-{check.id}")
    box.get_by_role("button", name="Check my answer").click()
    expect(box.locator(".error")).to_have_text("Choose an answer first.")
    enter(page, check, (next(option.id for option in check.options if not option.correct),))
    box.get_by_role("button", name="Check my answer").press("Enter")
    expect(box.locator(".verdict")).to_have_text("Not quite. Read what your answer means, and try once more.")
    expect(box).to_be_focused()
    enter(page, check, check.right)
    box.get_by_role("button", name="Check again").click()
    expect(box.locator(".verdict.good")).to_have_text("That is right.")
    found["check"] = findings(page)
    page.get_by_role("button", name="Next: the quiz").click()
    for number in (1, 2):
        page.get_by_role("button", name="Begin the quiz").click()
        if number == 1:
            found["question"] = findings(page)
        take(page, quiz, wrong)
        found["overview"] = findings(page)
        page.get_by_role("button", name="Send the quiz").click()
        expect(page.get_by_role("heading", name="Not passed yet")).to_be_focused()
        if number == 1:
            page.get_by_role("button", name="Try again").click()
    found["result"] = findings(page)
    # Closing the page ends the session too.
    page.goto(f"{platform.stage.address}/back.html")
    activity = platform.activity(garden, first)
    said = ["initialized*", *["answered"] * 2, "progressed", *["answered"] * 4, "failed", "completed*"]
    told = told_by(platform.live.app, registration, activity, "terminated*")
    assert sorted(verbs(told)) == sorted([*said, "failed*", "terminated*"])
    assert verbs(told)[-1] == "terminated*"

    # The next session goes on where the last one ended, in the language that is chosen there.
    page.goto(platform.launch(garden, first, registration))
    expect(page.get_by_role("heading", name="Quiz", level=2)).to_be_visible()
    page.get_by_label("Language").select_option("es")
    page.get_by_role("button", name="Empezar el cuestionario").or_(
        page.locator(".thumb-bar .button").last
    ).click()
    take(page, {each.id: each for each in first.texts["es"].quiz}, right)
    page.locator(".thumb-bar .button").last.click()
    expect(page.locator(".score strong")).to_contain_text("100")
    page.locator(".actions .button").first.click()
    ended = told_by(platform.live.app, registration, activity, "passed*")
    attempts = [each["context"]["extensions"].get(f"{platform.base}/terms/attempt") for each in ended]
    assert [each for each in verbs(ended)[len(told) :] if each.endswith("*")][:2] == [
        "initialized*",
        "passed*",
    ]
    assert set(attempts) == {None, 1, 2, 3}
    assert found == {place: [] for place in found}


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_looking_around_says_nothing(
    platform: Platform, garden: Course, phone: Callable[[], Page], mode: str
) -> None:
    test = garden.module("before")
    registration = str(uuid4())
    page = phone()
    page.goto(platform.launch(garden, test, registration, mode))
    if mode == "Browse":
        page.get_by_role("button", name="Begin").click()
        take(page, {each.id: each for each in test.texts["en"].quiz}, {"plan-first": ("true",)})
        page.get_by_role("button", name="Send my answers").click()
        expect(page.get_by_role("heading", name="This is where you stand")).to_be_visible()
        expect(page.locator(".answers")).to_have_count(0)
    else:
        expect(page.get_by_role("button", name="Begin")).to_have_count(0)
    page.get_by_role("button", name="Leave for now").click()
    page.wait_for_url("**/back.html")
    assert verbs(stored(platform.live.app, registration, platform.activity(garden, test))) == [
        "initialized*",
        "terminated*",
    ]


def test_what_a_session_could_not_send_is_said_in_the_next(
    platform: Platform, garden: Course, phone: Callable[[], Page]
) -> None:
    first = garden.module("first-visit")
    check = first.texts["en"].checks[0]
    registration = str(uuid4())
    page = phone()
    page.goto(platform.launch(garden, first, registration))
    page.get_by_role("button", name="Start this module").click()
    told_by(platform.live.app, registration, platform.base, "initialized*")
    # Offline, the browser of the tests still sends what a page that is left asks it to.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')); }")
    enter(page, check, check.right)
    page.locator(f"#q-{check.id} .button").click()
    expect(page.locator("#unit-notice")).to_contain_text("There is no connection.")
    page.goto(f"{platform.stage.address}/back.html")
    page.goto(platform.launch(garden, first, registration))
    expect(page.locator(f"#q-{check.id} .verdict.good")).to_have_text("That is right.")
    page.get_by_role("button", name="Leave for now").click()
    page.wait_for_url("**/back.html")
    told = stored(platform.live.app, registration, platform.base)
    assert verbs(told) == ["initialized*", "initialized*", "answered", "terminated*"]
    sessions = [each["context"]["extensions"][SESSION] for each in told]
    assert sessions[0] != sessions[1] == sessions[2] == sessions[3]
