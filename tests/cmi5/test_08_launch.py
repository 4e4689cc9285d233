"""8, 10 and 11: launching a unit, its token, its launch data and the learner's preferences."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from near_learn.cmi5 import session, wording
from near_learn.db import writing
from tests.cmi5 import making
from tests.cmi5.conftest import ELSEWHERE, Portal, told, verbs
from tests.cmi5.making import AU, au

FULL = au(
    "one",
    'moveOn="Passed" masteryScore="0.9"',
    url="index.html?paramA=1&amp;paramB=2#top",
    more="<launchParameters>a=1</launchParameters><entitlementKey>k</entitlementKey>",
)


def test_8_1_the_address_has_every_parameter_after_its_own(portal: Portal) -> None:
    unit = portal.launch(portal.imported(FULL))
    parts = urlsplit(unit.address)
    assert parts.path.endswith("/index.html")
    assert parts.query.startswith("paramA=1&paramB=2&endpoint=")
    assert parts.fragment == "top"
    assert set(parse_qs(parts.query)) == {"paramA", "paramB", *wording.RESERVED}
    assert unit.parameters["endpoint"] == "http://127.0.0.1:8000/xapi"
    assert json.loads(unit.parameters["actor"]) == {"objectType": "Agent", **ELSEWHERE}


def test_8_1_5_the_activity_id_is_ours_and_stays(portal: Portal) -> None:
    course = portal.imported()
    one, two = portal.launch(course), portal.launch(course)
    other = portal.launch(course, actor={"account": {"homePage": "https://x.example", "name": "b"}})
    assert one.parameters["activityId"] == two.parameters["activityId"] == other.parameters["activityId"]
    assert one.parameters["activityId"] != f"{AU}one"
    assert one.registration == two.registration != other.registration


def test_8_2_the_token_is_given_once_and_only_by_post(portal: Portal) -> None:
    unit = portal.launch(portal.imported())
    assert set(unit.fetch()) == {"auth-token"}
    again = unit.fetch()
    assert again["error-code"] == "1"
    assert "auth-token" not in again
    path = urlsplit(unit.parameters["fetch"]).path
    assert portal.client.get(path).status_code == 405
    allowed = portal.client.options(path)
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert portal.client.post("/cmi5/fetch/wrong").json["error-code"] == "2"


def test_8_2_1_the_token_lasts_as_long_as_the_session(app: Flask, portal: Portal) -> None:
    unit = portal.opened()
    with app.app_context(), writing() as connection:
        past = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(
            update(session.sessions).where(session.sessions.c.id == unit.session).values(expires_at=past)
        )
    assert unit.state().status_code == 401
    assert unit.say("experienced") == 401


@pytest.mark.parametrize("secret", ["", "wrong", "é"])
def test_8_2_a_wrong_token_opens_nothing(portal: Portal, secret: str) -> None:
    unit = portal.opened()
    unit.auth = base64.b64encode(f"cmi5.{unit.session}:{secret}".encode()).decode()
    assert unit.state().status_code == 401


def test_8_2_the_token_is_for_one_person_and_registration(portal: Portal) -> None:
    unit = portal.opened()
    others = json.dumps({"account": {"homePage": "https://x.example", "name": "other"}})
    query = {"activityId": unit.parameters["activityId"], "stateId": "x", "registration": unit.registration}
    assert unit.ask("GET", "activities/state", {**query, "agent": others}).status_code == 403
    query |= {"agent": unit.parameters["actor"], "registration": str(uuid4())}
    assert unit.ask("GET", "activities/state", query).status_code == 403
    assert unit.ask("GET", "activities/profile", {"activityId": "x:y", "profileId": "z"}).status_code == 404
    found = unit.ask("GET", "statements").json["statements"]
    assert {one["context"]["registration"] for one in found} == {unit.registration}


def test_10_2_the_launch_data(portal: Portal) -> None:
    unit = portal.launch(portal.imported(FULL), return_url="https://portal.example.org/back", region="ES22")
    unit.begin(initialized=False)
    template = unit.data.pop("contextTemplate")
    assert unit.data == {
        "launchMode": "Normal",
        "moveOn": "Passed",
        "masteryScore": 0.9,
        "launchParameters": "a=1",
        "entitlementKey": {"courseStructure": "k"},
        "returnURL": "https://portal.example.org/back",
    }
    assert template["contextActivities"]["grouping"] == [{"objectType": "Activity", "id": f"{AU}one"}]
    assert template["extensions"][wording.SESSION_ID] == unit.session
    assert template["extensions"]["http://127.0.0.1:8000/terms/region"] == "ES22"


def test_10_2_what_the_structure_does_not_say_is_left_out(portal: Portal) -> None:
    unit = portal.launch(portal.imported(au("one", "")))
    unit.begin(initialized=False)
    assert set(unit.data) == {"contextTemplate", "launchMode", "moveOn"}


def test_10_2_1_the_unit_may_not_change_the_launch_data(portal: Portal) -> None:
    unit = portal.opened()
    assert unit.state("PUT", json={"a": 1}).status_code == 403
    assert unit.state("POST", json={"a": 1}).status_code == 403
    assert unit.state("DELETE").status_code == 403
    query = {"activityId": unit.parameters["activityId"], "agent": unit.parameters["actor"]}
    assert (
        unit.ask("DELETE", "activities/state", {**query, "registration": unit.registration}).status_code
        == 403
    )
    assert unit.state().json == unit.data
    assert unit.state("PUT", "bookmark", json={"page": 2}).status_code == 204
    assert unit.state("GET", "bookmark").json == {"page": 2}


def test_11_0_preferences_are_in_place_and_those_of_the_learner_stay(portal: Portal) -> None:
    unit = portal.opened(actor={"account": {"homePage": "https://x.example", "name": "p"}}, language="eu")
    first = unit.preferences()
    assert first.json == {"languagePreference": "eu", "audioPreference": "on"}
    wanted = {"languagePreference": "en-US, fr-FR,fr-BE", "audioPreference": "off"}
    assert (
        unit.preferences("PUT", json=wanted, headers={"If-Match": first.headers["ETag"]}).status_code == 204
    )
    again = portal.opened(actor={"account": {"homePage": "https://x.example", "name": "p"}})
    assert again.preferences().json == wanted


@pytest.mark.parametrize(
    "content",
    [
        b"text",
        b"[]",
        b'{"audioPreference": "on"}',
        b'{"languagePreference": "en"}',
        b'{"languagePreference": "", "audioPreference": "on"}',
        b'{"languagePreference": "not comma separated", "audioPreference": "on"}',
        b'{"languagePreference": "en", "audioPreference": "loud"}',
    ],
)
def test_11_1_preferences_that_are_none_are_refused(opened, content: bytes) -> None:  # type: ignore[no-untyped-def]
    assert opened.preferences("PUT", data=content, content_type="application/json").status_code == 403


def test_11_0_a_unit_reads_the_preferences_before_it_says_anything(portal: Portal) -> None:
    unit = portal.launch(portal.imported())
    unit.auth = unit.fetch()["auth-token"]
    unit.data = unit.state().json
    assert unit.say("initialized") == 403
    unit.preferences()
    assert unit.say("initialized") == 204


def test_9_3_1_launched_is_stored_before_and_says_what_was_launched(app: Flask, portal: Portal) -> None:
    unit = portal.launch(portal.imported(FULL))
    (launched,) = told(app, unit.registration)
    extensions = launched["context"]["extensions"]
    assert launched["verb"]["id"] == wording.LAUNCHED
    assert extensions[wording.SESSION_ID] == unit.session
    assert extensions[wording.LAUNCH_MODE] == "Normal"
    assert extensions[wording.MOVE_ON] == "Passed"
    assert extensions[wording.MASTERY_SCORE] == 0.9
    assert extensions[wording.LAUNCH_PARAMETERS] == "a=1"
    assert extensions[wording.LAUNCH_URL].endswith("/index.html?paramA=1&paramB=2#top")
    assert launched["context"]["contextActivities"]["grouping"][0]["id"] == f"{AU}one"
    assert launched["context"]["contextActivities"]["category"][0]["id"] == wording.CATEGORY


def test_9_3_6_a_new_launch_abandons_the_session_before(app: Flask, portal: Portal) -> None:
    course = portal.imported(au() + au("two"))
    one = portal.launch(course)
    one.begin()
    two = portal.launch(course, 2)
    assert one.state().status_code == 401
    assert one.say("experienced") == 401
    assert verbs(app, two.registration) == ["launched", "initialized", "abandoned", "launched"]
    abandoned = told(app, two.registration)[2]
    assert abandoned["result"]["duration"].startswith("PT")
    assert abandoned["context"]["extensions"][wording.SESSION_ID] == one.session


def test_13_1_4_a_unit_elsewhere_is_launched_where_it_is(portal: Portal) -> None:
    answer = portal.take(making.structure(au(url="https://units.example.com/a?b=1")))
    unit = portal.launch(answer.json["id"])
    assert unit.address.startswith("https://units.example.com/a?b=1&endpoint=http")
