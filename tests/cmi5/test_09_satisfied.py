"""9.3.6 to 9.3.9 and 13.1.4, moveOn: what the system itself says, and when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from near_learn.cmi5 import session, wording
from near_learn.db import db, writing
from near_learn.records import recorder
from tests.cmi5.conftest import Portal, told, verbs
from tests.cmi5.making import BLOCK, COURSE, au, block

MET = {
    "Completed": [["completed"], ["passed", "completed"]],
    "Passed": [["passed"], ["completed", "passed"]],
    "CompletedOrPassed": [["completed"], ["passed"]],
    "CompletedAndPassed": [["completed", "passed"], ["passed", "completed"]],
}
NOT_MET = {
    "Completed": ["passed"],
    "Passed": ["completed"],
    "CompletedOrPassed": ["failed"],
    "CompletedAndPassed": ["completed"],
}


@pytest.mark.parametrize(("move_on", "said"), [(name, said) for name, cases in MET.items() for said in cases])
def test_13_1_4_move_on_is_met(app: Flask, portal: Portal, move_on: str, said: list[str]) -> None:
    unit = portal.opened(block("b", au("one", f'moveOn="{move_on}"')))
    for verb in said:
        assert verbs(app, unit.registration).count("satisfied") == 0
        assert unit.say(verb) == 204
    assert verbs(app, unit.registration)[-2:] == ["satisfied"] * 2
    first, last = told(app, unit.registration)[-2:]
    assert first["object"]["definition"]["type"] == wording.BLOCK
    assert last["object"]["definition"]["type"] == wording.COURSE
    assert first["context"]["contextActivities"]["grouping"][0]["id"] == f"{BLOCK}b" != first["object"]["id"]
    assert last["context"]["contextActivities"]["grouping"][0]["id"] == COURSE != last["object"]["id"]
    for one in (first, last):
        assert one["context"]["extensions"][wording.SESSION_ID] == unit.session
        assert one["context"]["contextActivities"]["category"] == [{"id": wording.CATEGORY}]


@pytest.mark.parametrize(("move_on", "said"), NOT_MET.items())
def test_13_1_4_move_on_is_not_met(app: Flask, portal: Portal, move_on: str, said: str) -> None:
    unit = portal.opened(au("one", f'moveOn="{move_on}"'))
    for verb in [said] if isinstance(said, str) else said:
        unit.say(verb)
    assert "satisfied" not in verbs(app, unit.registration)


def test_9_6_1_what_asks_for_nothing_is_satisfied_from_the_beginning(app: Flask, portal: Portal) -> None:
    unit = portal.launch(portal.imported(block("b", au("one", "")) + au("two")))
    satisfied, launched = told(app, unit.registration)
    assert satisfied["context"]["contextActivities"]["grouping"][0]["id"] == f"{BLOCK}b"
    assert satisfied["context"]["extensions"][wording.SESSION_ID] != unit.session
    assert launched["verb"]["id"] == wording.LAUNCHED


def test_9_3_9_blocks_from_the_inside_out_each_once(app: Flask, portal: Portal) -> None:
    course = portal.imported(block("outer", au("one") + block("inner", au("two"))) + au("three"))
    for number in (2, 1, 3):
        unit = portal.launch(course, number)
        unit.begin()
        assert [unit.say("completed"), unit.say("terminated")] == [204, 204]
    groupings = [
        one["context"]["contextActivities"]["grouping"][0]["id"]
        for one in told(app, unit.registration)
        if one["verb"]["id"] == wording.SATISFIED
    ]
    assert groupings == [f"{BLOCK}inner", f"{BLOCK}outer", COURSE]


def test_9_3_9_allowed_statements_satisfy_nothing(app: Flask, portal: Portal) -> None:
    unit = portal.opened()
    assert unit.say("completed", lambda one: one["context"]["contextActivities"].pop("category")) == 204
    assert "satisfied" not in verbs(app, unit.registration)


def test_9_3_7_a_waived_unit_counts_as_met_and_is_waived_once(app: Flask, portal: Portal) -> None:
    unit = portal.opened(au() + au("two"))
    unit.say("completed")
    path = f"registrations/{unit.registration}/units/unit-2/waive"
    assert portal.ask("POST", path, json={"reason": "Tested Out"}).status_code == 200
    assert verbs(app, unit.registration)[-2:] == ["waived", "satisfied"]
    waived, satisfied = told(app, unit.registration)[-2:]
    assert waived["result"] == {
        "success": True,
        "completion": True,
        "extensions": {wording.REASON: "Tested Out"},
    }
    assert [one["id"] for one in waived["context"]["contextActivities"]["category"]] == [
        wording.CATEGORY,
        wording.MOVE_ON_CATEGORY,
    ]
    own = waived["context"]["extensions"][wording.SESSION_ID]
    assert own == satisfied["context"]["extensions"][wording.SESSION_ID] != unit.session
    assert portal.ask("POST", path, json={"reason": "Administrative"}).status_code == 409


def test_9_3_6_an_abandoned_session_is_over(app: Flask, portal: Portal) -> None:
    unit = portal.opened()
    path = f"sessions/{unit.session}/abandon"
    assert portal.ask("POST", path, json={}).status_code == 200
    assert verbs(app, unit.registration) == ["launched", "initialized", "abandoned"]
    assert told(app, unit.registration)[-1]["result"]["duration"].startswith("PT")
    assert [unit.say("experienced"), unit.state().status_code] == [401, 401]
    assert portal.ask("POST", path, json={}).status_code == 409


def test_a_voided_statement_takes_back_what_it_satisfied(app: Flask, portal: Portal) -> None:
    """The block was satisfied by two units, the course by three; one word of them is withdrawn."""
    inside = block("b", au("one", 'moveOn="Passed"') + au("two", 'moveOn="Passed"')) + au("three")
    course = portal.imported(inside)
    for number, verb in ((1, "passed"), (2, "passed"), (3, "completed")):
        unit = portal.launch(course, number)
        unit.begin()
        assert [unit.say(verb), unit.say("terminated")] == [204, 204]
    said = told(app, unit.registration)
    assert verbs(app, unit.registration).count("satisfied") == 2
    second = [one for one in said if one["verb"]["id"] == wording.PASSED][1]
    with app.app_context(), writing() as connection:
        recorder().withdraw(connection, second["id"], datetime.now(UTC))
    assert verbs(app, unit.registration).count("satisfied") == 0
    with app.app_context(), db.engine.connect() as connection:
        standings = session.standings(connection, unit.registration)
        assert [standings[f"unit-{number}"].passed for number in (1, 2)] == [True, False]
        enrolled = session.enrolled(connection, unit.registration)
        assert enrolled is not None
        assert enrolled.satisfied == ()
    again = portal.launch(course, 2)
    again.begin()
    assert again.say("passed") == 204
    assert verbs(app, unit.registration)[-2:] == ["satisfied"] * 2


def test_a_voided_statement_that_counted_for_nothing_changes_nothing(app: Flask, portal: Portal) -> None:
    unit = portal.opened(au("one", 'moveOn="CompletedOrPassed"'))
    assert [unit.say("completed"), unit.say("passed")] == [204, 204]
    (passed,) = [one for one in told(app, unit.registration) if one["verb"]["id"] == wording.PASSED]
    with app.app_context(), writing() as connection:
        recorder().withdraw(connection, passed["id"], datetime.now(UTC))
    assert verbs(app, unit.registration).count("satisfied") == 1
