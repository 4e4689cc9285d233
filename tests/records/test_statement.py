"""The shape of what is stored: identities, activities, context, results."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import tincan

from near_learn.records import statement as made
from near_learn.records.sitting import Response
from near_learn.records.statement import Score
from near_learn.records.terms import ACTIVITIES, EXTENSIONS, TERMS, VERBS
from tests.records.garden import ANNA, BASE, MAITE, RIGHT, Place


@pytest.fixture
def told(place: Place) -> list[dict[str, Any]]:
    registration = place.enrol()
    place.read_all(registration, "soil")
    place.do("check", registration, "soil", "needed", Response(("o2",), 4.256))
    place.take(registration, "soil", 1, RIGHT)
    return place.statements()


def only(told: list[dict[str, Any]], verb: str, thing: str = "") -> dict[str, Any]:
    (found,) = [
        one for one in told if one["verb"]["id"] == VERBS[verb] and one["object"]["id"].endswith(thing)
    ]
    return found


def test_the_actor_is_an_opaque_account(told: list[dict[str, Any]]) -> None:
    for statement in told:
        assert statement["actor"] == {
            "objectType": "Agent",
            "account": {"homePage": BASE, "name": MAITE.account},
        }


def test_where_the_learner_stands_is_in_every_context(told: list[dict[str, Any]]) -> None:
    place = {"region": "ES220", "nuts": "2024", "organisation": "city", "cohort": "pilot"}
    for statement in told:
        context = statement["context"]
        assert context["language"] == "es"
        assert context["platform"] == "NEAR Learn"
        stated = {iri.removeprefix(f"{BASE}/terms/"): value for iri, value in context["extensions"].items()}
        assert stated.items() >= place.items()
        assert len(stated["release"]) == 12


def test_what_is_not_known_is_not_stated(place: Place) -> None:
    place.enrol(ANNA)
    (statement,) = place.statements()
    assert f"{BASE}/terms/cohort" not in statement["context"]["extensions"]


def test_an_answer_carries_question_options_key_response_and_score(told: list[dict[str, Any]]) -> None:
    answered = only(told, "answered", "/partners")
    assert answered["object"] == {
        "objectType": "Activity",
        "id": f"{BASE}/courses/garden/modules/soil/questions/partners",
        "definition": {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "name": {"en": "What goes with soil?", "es": "¿Qué acompaña a la tierra?"},
            "description": {"en": "What goes with soil?", "es": "¿Qué acompaña a la tierra?"},
            "interactionType": "choice",
            "correctResponsesPattern": ["o1[,]o2"],
            "choices": [
                {"id": "o1", "description": {"en": "Sun", "es": "El sol"}},
                {"id": "o2", "description": {"en": "Air", "es": "El aire"}},
                {"id": "o3", "description": {"en": "Noise", "es": "El ruido"}},
            ],
        },
    }
    assert answered["result"] == {
        "response": "o1[,]o2",
        "success": True,
        "duration": "PT20S",
        "score": {"scaled": 1.0, "raw": 1.0, "min": 0.0, "max": 1.0},
    }
    activities = answered["context"]["contextActivities"]
    assert [one["id"] for one in activities["parent"]] == [f"{BASE}/courses/garden/modules/soil"]
    assert [one["id"] for one in activities["grouping"]] == [f"{BASE}/courses/garden"]
    assert answered["context"]["extensions"][f"{BASE}/terms/attempt"] == 1


def test_a_knowledge_check_has_no_attempt_and_hundredths_of_a_second(told: list[dict[str, Any]]) -> None:
    answered = only(told, "answered", "/needed")
    assert f"{BASE}/terms/attempt" not in answered["context"]["extensions"]
    assert answered["result"]["duration"] == "PT04.26S"


def test_how_far_in_the_module(told: list[dict[str, Any]]) -> None:
    shares = [one["result"]["extensions"] for one in told if one["verb"]["id"] == VERBS["progressed"]]
    assert shares == [
        {f"{BASE}/terms/section": "beginning", f"{BASE}/terms/progress": 0.3333},
        {f"{BASE}/terms/section": "practice", f"{BASE}/terms/progress": 0.6667},
    ]


def test_the_quiz_has_scaled_raw_min_and_max(told: list[dict[str, Any]]) -> None:
    passed = only(told, "passed")
    assert passed["result"]["score"] == {"scaled": 1.0, "raw": 2.0, "min": 0.0, "max": 2.0}
    assert passed["result"]["success"] is True
    assert passed["object"]["definition"]["name"] == {"en": "Soil", "es": "La tierra"}
    assert passed["object"]["definition"]["type"] == "http://adlnet.gov/expapi/activities/module"


def test_completed_and_terminated_have_a_duration(told: list[dict[str, Any]]) -> None:
    assert only(told, "completed")["result"] == {"completion": True, "duration": "PT02M00S"}
    assert only(told, "terminated")["result"] == {"duration": "PT02M00S"}


def test_the_course_is_described_in_its_languages(told: list[dict[str, Any]]) -> None:
    definition = only(told, "registered")["object"]["definition"]
    assert definition["type"] == "http://adlnet.gov/expapi/activities/course"
    assert definition["name"] == {"en": "A small garden", "es": "Un jardín pequeño"}


@pytest.mark.parametrize("seconds", [None, -1, 0, 0.5, 20, 20.256, 61, 3661.07, 90_000.1])
@pytest.mark.parametrize("score", [None, Score(1 / 3, 1, 3, False), Score(1, 2.0, 2, True), Score(0, 0, 1)])
@pytest.mark.parametrize("response", [None, "", "o1[,]o2"])
def test_results_are_as_tincan_writes_them(
    score: Score | None, response: str | None, seconds: float | None
) -> None:
    lasting = None if seconds is None else timedelta(seconds=round(max(0.0, seconds), 2))
    points = score and tincan.Score(scaled=round(score.scaled, 6), raw=score.raw, min=0, max=score.most)
    parts = {"score": points, "success": score and score.success, "response": response, "duration": lasting}
    given = {name: part for name, part in parts.items() if part is not None}
    expected = tincan.Result(**given).as_version("1.0.3") if given else None
    assert made.told(score, response=response, seconds=seconds) == expected
    if seconds is not None:
        assert made.lasted(seconds) == tincan.Result(duration=lasting).as_version("1.0.3")
        assert made.done(seconds) == tincan.Result(duration=lasting, completion=True).as_version("1.0.3")


def test_no_statement_has_a_version_of_tincans(told: list[dict[str, Any]]) -> None:
    assert {statement["version"] for statement in told} == {"1.0.0"}


def test_the_system_is_the_authority_of_what_the_application_records(told: list[dict[str, Any]]) -> None:
    assert {one["authority"]["account"]["name"] for one in told} == {"near-learn"}


REGISTERED = {
    *("registered", "initialized", "progressed", "answered", "passed"),
    *("failed", "scored", "completed", "terminated", "voided", "attended"),
}


def test_verbs_and_kinds_of_activity_are_registered_ones() -> None:
    for name, iri in VERBS.items():
        adl = f"http://adlnet.gov/expapi/verbs/{name}"
        assert iri == (adl if name in REGISTERED else f"https://w3id.org/xapi/adl/verbs/{name}")
    assert set(VERBS) - REGISTERED == {"satisfied"}
    kinds = {"course", "module", "cmi.interaction", "assessment", "meeting"}
    assert set(ACTIVITIES.values()) == {
        *(f"http://adlnet.gov/expapi/activities/{kind}" for kind in kinds),
        "http://id.tincanapi.com/activitytype/survey",
    }


def test_every_term_has_one_name_and_a_description(told: list[dict[str, Any]]) -> None:
    assert len({term.name for term in TERMS}) == len(TERMS)
    used = {
        iri
        for one in told
        for part in ("context", "result")
        for iri in one.get(part, {}).get("extensions", {})
    }
    assert used == {f"{BASE}/terms/{name}" for name in EXTENSIONS}, "all are used, and no others"
