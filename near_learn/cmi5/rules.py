"""What a statement of a unit must say (cmi5 9): each rule beside its clause. Nothing here is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from near_learn.cmi5 import wording
from near_learn.cmi5.wording import COMPLETED, FAILED, INITIALIZED, PASSED, TERMINATED
from xapi.errors import XAPIError, expected

Json = Mapping[str, Any]

# 9.5.2, 9.5.3: what the result says; where it is None, it may say nothing.
SUCCESS = {PASSED: True, FAILED: False}
COMPLETION = {COMPLETED: True}
LASTING = frozenset({COMPLETED, PASSED, FAILED, TERMINATED})  # 9.5.4.1
QUIET = frozenset({INITIALIZED, TERMINATED})  # 10.2.2: all that Browse and Review allow


@dataclass(frozen=True)
class Given:
    """What a session was launched with."""

    session: str
    activity: str
    publisher_id: str
    mode: str
    mastery_score: float | None
    extensions: Json
    """Those of the context template."""


def check(statement: Json, given: Given) -> None:
    """XAPIError 403 for a statement that breaks a rule which needs no memory."""
    _always(statement, given)
    if defined(statement):
        _defined(statement, given)
    elif wording.MOVE_ON_CATEGORY in _activities(statement, "category"):
        raise _refusal("9.6.2.2: expected no moveOn category", "context.contextActivities.category")


def defined(statement: Json) -> bool:
    """Whether the statement is cmi5 defined; the others are allowed (7.1.3)."""
    return wording.CATEGORY in _activities(statement, "category")


def refusal(clause: str, path: str = "") -> XAPIError:
    """The error for a statement that conflicts with cmi5 (6.3)."""
    return XAPIError(f"cmi5 {clause}", 403, path)


_refusal = refusal


def _always(statement: Json, given: Given) -> None:
    """What holds for allowed statements too."""
    if "id" not in statement:
        raise _refusal("9.1: expected an id", "id")
    if "timestamp" not in statement:
        raise _refusal("9.7: expected a timestamp", "timestamp")
    if not str(statement["timestamp"]).endswith(("Z", "z", "+00:00", "+0000", "+00")):
        raise _refusal("9.7: expected a timestamp in UTC", "timestamp")
    told = statement.get("context", {}).get("extensions", {})
    if told.get(wording.SESSION_ID) != given.session:
        raise _refusal("9.6.3.1: expected the session id of the launch data", _extension(wording.SESSION_ID))
    for iri, value in given.extensions.items():
        if iri in told and told[iri] != value:
            raise _refusal("10.2.1: expected the value of the context template", _extension(iri))


def _defined(statement: Json, given: Given) -> None:
    verb = statement["verb"]["id"]
    if verb not in wording.UNIT_VERBS:
        raise _refusal("7.1.3: expected a verb that cmi5 gives to units", "verb.id")
    if given.mode != "Normal" and verb not in QUIET:
        raise _refusal(f"10.2.2: expected no judgement in the launch mode {given.mode}", "verb.id")
    actor, target = statement["actor"], statement["object"]
    if actor.get("objectType", "Agent") != "Agent" or "account" not in actor:
        raise _refusal("9.2: expected an Agent with an account", "actor")
    if target.get("objectType", "Activity") != "Activity" or target.get("id") != given.activity:
        raise _refusal("9.4: expected the activityId of the launch", "object.id")
    if given.publisher_id not in _activities(statement, "grouping"):
        raise _refusal("9.6.2: expected the publisher's id", "context.contextActivities.grouping")
    result = statement.get("result", {})
    _result(verb, result)
    _score(verb, result.get("score"), statement, given)
    judged = "success" in result or "completion" in result
    if judged != (wording.MOVE_ON_CATEGORY in _activities(statement, "category")):
        word = "the" if judged else "no"
        raise _refusal(f"9.6.2.2: expected {word} moveOn category", "context.contextActivities.category")


def _result(verb: str, result: Json) -> None:
    for name, clause, words in (("success", "9.5.2", SUCCESS), ("completion", "9.5.3", COMPLETION)):
        if result.get(name) is not words.get(verb):
            wanted = str(words[verb]).lower() if verb in words else "none"
            raise _refusal(f"{clause}: expected {wanted}", f"result.{name}")
    if verb in LASTING and "duration" not in result:
        raise _refusal("9.5.4.1: expected a duration", "result.duration")
    if "score" in result and verb not in SUCCESS:
        raise _refusal("9.5.1: expected a score with passed and failed only", "result.score")


def _score(verb: str, score: Json | None, statement: Json, given: Given) -> None:
    """9.5.1, 9.3.4, 9.3.5, 9.6.3.2: the score, and what the mastery score says of it."""
    mastery, score = given.mastery_score, score or {}
    if "raw" in score and not {"min", "max"} <= score.keys():
        raise _refusal("9.5.1: expected min and max beside raw", "result.score")
    scaled = score.get("scaled")
    if scaled is not None and not 0 <= scaled <= 1:
        raise expected("cmi5 9.5.1: a scaled score from 0 to 1", scaled, status=403, path="result.score")
    if verb not in SUCCESS or mastery is None:
        return
    told = statement.get("context", {}).get("extensions", {}).get(wording.MASTERY_SCORE)
    if told != mastery and (told is not None or scaled is not None):
        raise _refusal(f"9.6.3.2: expected the mastery score {mastery}", _extension(wording.MASTERY_SCORE))
    if scaled is not None and (scaled >= mastery) is not SUCCESS[verb]:
        clause = "9.3.4: expected at least" if verb == PASSED else "9.3.5: expected less than"
        raise _refusal(f"{clause} the mastery score {mastery}", "result.score.scaled")


def _activities(statement: Json, role: str) -> set[str]:
    """The ids of the context activities in this role; a single one may stand without a list."""
    found = statement.get("context", {}).get("contextActivities", {}).get(role, [])
    return {one.get("id", "") for one in (found if isinstance(found, list) else [found])}


def _extension(iri: str) -> str:
    return f"context.extensions[{iri}]"


def lasting(length: timedelta) -> str:
    """A duration of whole hundredths of a second (xAPI 1.0.3 Part 2, 4.6)."""
    seconds = max(0.0, length.total_seconds())
    return f"PT{seconds:.2f}S".replace(".00S", "S")
