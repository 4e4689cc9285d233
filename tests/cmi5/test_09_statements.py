"""9: what a unit may say, and when. Each statement that breaks a rule is refused with 403."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from near_learn.cmi5 import wording
from tests.cmi5.conftest import Json, Portal, Unit, verbs
from tests.cmi5.making import au

MASTERY = wording.MASTERY_SCORE
SCORED = au("one", 'moveOn="CompletedOrPassed" masteryScore="0.9"')


def drop(*path: str) -> Callable[[Json], Any]:
    def change(statement: Json) -> None:
        for step in path[:-1]:
            statement = statement[step]
        del statement[path[-1]]

    return change


def put(value: Any, *path: str) -> Callable[[Json], Any]:
    def change(statement: Json) -> None:
        for step in path[:-1]:
            statement = statement.setdefault(step, {})
        statement[path[-1]] = value

    return change


def category(*ids: str) -> Callable[[Json], Any]:
    return put([{"id": each} for each in ids], "context", "contextActivities", "category")


def scored(**score: float) -> Callable[[Json], Any]:
    def change(statement: Json) -> None:
        statement["result"]["score"] = score
        statement["context"]["extensions"][MASTERY] = 0.9

    return change


# What the record store refuses before cmi5 is asked, and what is refused under another clause.
ELSEWHERE = {
    "9.2 an address": "one other person",
    "9.2 somebody else": "one other person",
    "9.3.2 initialized twice": "cmi5 9.3: ",
    "8.1.5 another object": "cmi5 9.4: ",
    "8.1.5 a statement as object": "cmi5 9.4: ",
    "9.6 no context": "for the registration",
    "9.6.1 no registration": "for the registration",
    "9.6.1 another registration": "for the registration",
    "6.3 voiding": "may not void",
}
CMI5, MOVE_ON = wording.CATEGORY, wording.MOVE_ON_CATEGORY
# Clause and what is wrong: the verb that says it, and how the statement is spoilt.
WRONG: dict[str, tuple[str, Callable[[Json], Any]]] = {
    "9.7 no timestamp": ("experienced", drop("timestamp")),
    "9.7 no UTC": ("experienced", put("2026-01-01T10:00:00-06:00", "timestamp")),
    "9.7 no zone": ("experienced", put("2026-01-01T10:00:00", "timestamp")),
    "9.2 a group": ("passed", put("Group", "actor", "objectType")),
    "9.2 an address": ("passed", put({"mbox": "mailto:a@example.com"}, "actor")),
    "9.2 somebody else": ("experienced", put("other", "actor", "account", "name")),
    "9.3.2 initialized twice": ("initialized", lambda _: None),
    "8.1.5 another object": ("passed", put("https://example.com/x", "object", "id")),
    "8.1.5 a statement as object": (
        "passed",
        put({"objectType": "StatementRef", "id": str(uuid4())}, "object"),
    ),
    "9.6 no context": ("passed", drop("context")),
    "9.6.1 no registration": ("passed", drop("context", "registration")),
    "9.6.1 another registration": ("experienced", put(str(uuid4()), "context", "registration")),
    "9.6.2 no publisher's id": ("passed", put([{"id": "x:y"}], "context", "contextActivities", "grouping")),
    "9.6.3.1 no session": ("experienced", drop("context", "extensions", wording.SESSION_ID)),
    "9.6.3.1 another session": ("experienced", put("x", "context", "extensions", wording.SESSION_ID)),
    "10.2.1 another value": ("experienced", put("Passed", "context", "extensions", wording.MOVE_ON)),
    "7.1.3 a verb of the system": ("passed", put(wording.SATISFIED, "verb", "id")),
    "7.1.3 waiving oneself": ("passed", put(wording.WAIVED, "verb", "id")),
    "7.1.3 another verb": ("passed", put("http://adlnet.gov/expapi/verbs/mastered", "verb", "id")),
    "6.3 voiding": ("voided", put({"objectType": "StatementRef", "id": str(uuid4())}, "object")),
    "9.5.1 a score of completed": ("completed", put({"scaled": 0.5}, "result", "score")),
    "9.5.1 raw without min": ("passed", scored(raw=90, max=100, scaled=0.9)),
    "9.5.1 raw without max": ("passed", scored(raw=90, min=0, scaled=0.9)),
    "9.5.1 below nothing": ("failed", scored(scaled=-0.5)),
    "9.5.2 passed without success": ("passed", drop("result", "success")),
    "9.5.2 passed and no success": ("passed", put(False, "result", "success")),
    "9.5.2 failed without success": ("failed", drop("result", "success")),
    "9.5.2 failed with success": ("failed", put(True, "result", "success")),
    "9.5.2 completed with success": ("completed", put(True, "result", "success")),
    "9.5.3 passed with completion": ("passed", put(True, "result", "completion")),
    "9.5.3 completed without completion": ("completed", drop("result", "completion")),
    "9.5.3 completed and no completion": ("completed", put(False, "result", "completion")),
    "9.5.4.1 terminated without result": ("terminated", drop("result")),
    "9.5.4.1 completed without duration": ("completed", drop("result", "duration")),
    "9.5.4.1 passed without duration": ("passed", drop("result", "duration")),
    "9.5.4.1 failed without duration": ("failed", drop("result", "duration")),
    "9.6.2.2 completed without moveOn": ("completed", category(CMI5)),
    "9.6.2.2 passed without moveOn": ("passed", category(CMI5)),
    "9.6.2.2 failed without moveOn": ("failed", category(CMI5)),
    "9.6.2.2 allowed with moveOn": ("experienced", category(MOVE_ON)),
    "9.6.2.2 terminated with moveOn": ("terminated", category(CMI5, MOVE_ON)),
    "9.3.4 passed below mastery": ("passed", scored(scaled=0.89)),
    "9.3.5 failed at mastery": ("failed", scored(scaled=0.9)),
    "9.3.5 failed above mastery": ("failed", scored(scaled=0.91)),
    "9.6.3.2 no mastery score": ("passed", put({"scaled": 0.95}, "result", "score")),
    "9.6.3.2 another mastery score": ("passed", put(0.8, "context", "extensions", MASTERY)),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_statement_that_breaks_a_rule_is_refused(opened: Unit, case: str) -> None:
    verb, change = WRONG[case]
    statement = opened.statement(verb)
    change(statement)
    answer = opened.ask("PUT", "statements", {"statementId": statement["id"]}, json=statement)
    assert answer.status_code == 403
    # By its own rule, and not because of what the session has heard before.
    assert ELSEWHERE.get(case, f"cmi5 {case.split()[0]}: ") in answer.text


def test_9_1_a_statement_without_an_id_is_refused(opened: Unit) -> None:
    statement = opened.statement("experienced")
    del statement["id"]
    answer = opened.send(statement)
    assert (answer.status_code, "cmi5 9.1" in answer.text) == (403, True)


def test_9_3_nothing_was_stored_of_what_was_refused(app: Flask, opened: Unit) -> None:
    good, bad = opened.statement("experienced"), opened.statement("passed", success=False)
    assert opened.send(good, bad).status_code == 403
    assert verbs(app, opened.registration) == ["launched", "initialized"]


def test_9_3_the_first_is_initialized_and_the_last_terminated(app: Flask, portal: Portal) -> None:
    unit = portal.launch(portal.imported())
    unit.begin(initialized=False)
    assert unit.say("experienced") == 403
    assert unit.say("terminated") == 403
    assert [unit.say(verb) for verb in ("initialized", "experienced", "terminated")] == [204] * 3
    assert unit.say("experienced") == 403
    assert unit.state().status_code == 403
    assert verbs(app, unit.registration) == ["launched", "initialized", "experienced", "terminated"]


def test_9_3_a_batch_is_heard_in_the_order_of_its_timestamps(portal: Portal) -> None:
    unit = portal.launch(portal.imported())
    unit.begin(initialized=False)
    now = datetime.now(UTC)
    batch = [unit.statement(verb) for verb in ("terminated", "completed", "initialized")]
    for place, statement in enumerate(batch):
        statement["timestamp"] = f"{now - timedelta(seconds=place):%Y-%m-%dT%H:%M:%S}Z"
    assert unit.send(*batch).status_code == 200


def test_9_3_a_request_whose_answer_was_lost_may_be_sent_again(app: Flask, portal: Portal) -> None:
    unit = portal.opened()
    middle = unit.statement("completed")
    assert [unit.send(middle).status_code for _ in range(2)] == [200, 200]
    last = [unit.statement("experienced"), unit.statement("terminated")]
    assert [unit.send(*last).json for _ in range(2)] == [[one["id"] for one in last]] * 2
    # Nothing else is heard any more, also not what was stored before.
    assert unit.send(middle).status_code == 403
    assert verbs(app, unit.registration).count("completed") == 1


@pytest.mark.parametrize("verb", ["completed", "passed", "failed"])
def test_9_3_each_verb_once_in_a_session(portal: Portal, verb: str) -> None:
    unit = portal.opened()
    assert [unit.say(verb), unit.say(verb)] == [204, 403]


def test_9_3_a_session_is_judged_once(portal: Portal) -> None:
    unit = portal.opened(SCORED)
    assert [unit.say("failed"), unit.say("passed")] == [204, 403]


def test_9_3_completed_and_passed_once_in_a_registration(portal: Portal) -> None:
    course = portal.imported(SCORED)
    first = portal.launch(course)
    first.begin()
    assert [first.say("completed"), first.say("passed"), first.say("terminated")] == [204] * 3
    again = portal.launch(course)
    again.begin()
    assert [again.say("completed"), again.say("passed"), again.say("failed")] == [403] * 3


def test_9_3_who_failed_may_pass_in_another_session(portal: Portal) -> None:
    course = portal.imported(SCORED)
    first = portal.launch(course)
    first.begin()
    assert [first.say("failed", scored(scaled=0.2)), first.say("terminated")] == [204] * 2
    again = portal.launch(course)
    again.begin()
    assert again.say("passed", scored(scaled=0.9, raw=9, min=0, max=10)) == 204


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_10_2_2_nothing_is_judged_outside_of_normal(app: Flask, portal: Portal, mode: str) -> None:
    unit = portal.opened(SCORED, mode=mode)
    assert unit.data["launchMode"] == mode
    assert [unit.say(verb) for verb in ("completed", "passed", "failed")] == [403] * 3
    assert [unit.say(verb) for verb in ("experienced", "terminated")] == [204] * 2
    assert verbs(app, unit.registration) == ["launched", "initialized", "experienced", "terminated"]
