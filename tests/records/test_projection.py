"""Statements from anywhere make the same rows; voiding takes them back; hostile ones change nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from near_learn.records import due, progress
from near_learn.records.event import AHEAD
from near_learn.records.sitting import Response
from near_learn.records.terms import VERBS
from tests.records.garden import BASE, MAITE, OUTSIDE, RIGHT, START, WRONG, Place

ELSEWHERE = {"mbox": "mailto:someone@elsewhere.example"}
REGISTRATION = "33333333-3333-4333-8333-333333333333"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"


def statement(verb: str, thing: str = "", **more: Any) -> dict[str, Any]:
    """What a player elsewhere sends: `thing` is what follows the course in the activity's IRI."""
    context = {"registration": REGISTRATION} | more.pop("context", {})
    return {
        "id": str(uuid4()),
        "actor": ELSEWHERE,
        "verb": {"id": VERBS.get(verb, verb)},
        "object": {"id": f"{BASE}/courses/garden{thing}"},
        "timestamp": START.isoformat(),
        "context": context,
    } | more


def stated(**extensions: object) -> dict[str, Any]:
    return {"extensions": {f"{BASE}/terms/{name}": value for name, value in extensions.items()}}


def voiding(target: str) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": ELSEWHERE,
        "verb": {"id": VERBS["voided"]},
        "object": {"objectType": "StatementRef", "id": target},
        "timestamp": START.isoformat(),
    }


# --- from outside ----------------------------------------------------------------------------------


def test_a_course_taken_elsewhere_counts_and_the_system_closes_it(place: Place) -> None:
    later = START + timedelta(hours=1)
    place.save(
        statement("initialized", "/modules/soil", context=stated(region="FI1C6", nuts="2024")),
        statement("passed", "/modules/soil", result={"score": {"raw": 8, "max": 10}, "duration": "PT2M"}),
        statement("completed", "/modules/soil"),
    )
    assert place.row(progress.registration)["completed_at"] is None
    place.save(
        statement("passed", "/modules/water", timestamp=later.isoformat()),
        statement("completed", "/modules/water", timestamp=later.isoformat()),
    )
    row = place.row(progress.registration)
    assert (row["region"], row["nuts"], row["completed_at"], row["passed_at"]) == (
        "FI1C6",
        "2024",
        later,
        later,
    )
    attempt = place.row(progress.attempt, module="soil")
    assert (attempt["scaled"], attempt["raw"], attempt["max"], attempt["seconds"]) == (0.8, 8, 10, 120)
    completed, satisfied = place.statements()[-2:]
    assert [completed["verb"]["id"], satisfied["verb"]["id"]] == [VERBS["completed"], VERBS["satisfied"]]
    for one in (completed, satisfied):
        assert one["actor"] == ELSEWHERE
        assert one["authority"]["account"] == {"homePage": BASE, "name": "near-learn"}
        assert one["context"]["extensions"][f"{BASE}/terms/region"] == "FI1C6"


def test_a_unit_that_another_platform_gave_its_own_id_counts_as_the_unit_it_is(place: Place) -> None:
    # cmi5 9.6.2: the publisher's id stands in grouping, and the platform makes the id of the activity.
    unit = {"object": {"id": "https://civil-service.example/units/8"}, "result": {"score": {"scaled": 0.9}}}
    cmi5 = [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]
    soil = [{"id": f"{BASE}/courses/garden/modules/soil"}]
    about = stated(region="FI1C6", nuts="2024")
    place.save(statement("passed", context={"contextActivities": {"grouping": soil}} | about, **unit))
    assert place.rows(progress.registration) == []
    grouped = {"contextActivities": {"grouping": soil, "category": cmi5}}
    place.save(statement("passed", context=grouped | about, **unit))
    assert place.row(progress.registration)["region"] == "FI1C6"
    assert place.row(progress.module_progress)["passed_at"] == START


def test_other_peoples_identifiers_are_kept_as_a_digest_only(place: Place) -> None:
    place.save(statement("initialized"))
    actor = place.row(progress.registration)["actor"]
    assert len(actor) == 64
    assert "elsewhere" not in actor


def test_the_systems_statement_leaves_out_the_name_an_outside_client_wrote(place: Place) -> None:
    named = ELSEWHERE | {"name": "Some One"}
    for module in ("soil", "water"):
        place.save(statement("completed", f"/modules/{module}", actor=named))
    assert place.statements()[-1]["verb"]["id"] == VERBS["completed"]
    assert "name" not in place.statements()[-1]["actor"]


def test_one_of_our_people_taking_a_module_elsewhere_goes_on_in_their_registration(place: Place) -> None:
    registration = place.enrol()
    agent = {"account": {"homePage": BASE, "name": MAITE.account}}
    place.save(
        statement("passed", "/modules/soil", actor=agent, context={"registration": registration.upper()})
    )
    row = place.row(progress.module_progress)
    assert (row["registration"], row["passed_at"], row["attempts"]) == (registration, START, 1)
    place.take(registration, "soil", 2, RIGHT)
    assert place.row(progress.module_progress)["attempts"] == 2


def test_the_first_statement_decides_where_a_registration_belongs(place: Place) -> None:
    place.save(statement("initialized", context=stated(region="ES220", cohort="pilot", release="abc")))
    place.save(
        statement("progressed", "/modules/soil", context=stated(region="IT", cohort="other", release="x"))
    )
    row = place.row(progress.registration)
    assert (row["region"], row["cohort"], row["release"]) == ("ES220", "pilot", "abc")


def test_a_region_that_was_not_stated_at_first_is_taken_from_the_first_that_states_it(place: Place) -> None:
    place.save(statement("initialized"))
    assert place.row(progress.registration)["region"] == ""
    place.save(statement("progressed", "/modules/soil", context=stated(region="IT", nuts="2021")))
    row = place.row(progress.registration)
    assert (row["region"], row["nuts"]) == ("IT", "2021")


def test_late_statements_put_beginnings_and_ends_right_and_leave_the_bookmark(place: Place) -> None:
    def at(minutes: int) -> str:
        return (START + timedelta(minutes=minutes)).isoformat()

    def read(section: str, minutes: int) -> dict[str, Any]:
        return statement(
            "progressed", "/modules/soil", timestamp=at(minutes), result=stated(section=section, progress=0.5)
        )

    place.save(read("practice", 30))
    place.save(
        read("beginning", 10),
        statement("failed", "/modules/soil", timestamp=at(29), result={"score": {"scaled": 0.5}}),
        statement("failed", "/modules/soil", timestamp=at(20), result={"score": {"scaled": 0.25}}),
    )
    row = place.row(progress.module_progress)
    assert (row["started_at"], row["last_at"]) == (
        START + timedelta(minutes=10),
        START + timedelta(minutes=30),
    )
    assert (row["section"], row["seen"]) == ("practice", ["practice", "beginning"])
    assert (row["first_score"], row["best_score"], row["attempts"]) == (0.25, 0.5, 2)
    assert place.row(progress.registration)["enrolled_at"] == START + timedelta(minutes=10)


def test_sending_again_changes_nothing(place: Place) -> None:
    sent = [statement("failed", "/modules/soil"), statement("answered", "/modules/soil/questions/purpose")]
    place.save(*sent)
    before = place.dump()
    place.save(*sent)
    place.save(sent[0], statement("failed", "/modules/soil"))
    assert len(place.rows(progress.attempt)) == len(before["attempt"]) + 1


def test_cmi5_progress_in_percent(place: Place) -> None:
    place.save(
        statement(
            "progressed",
            "/modules/soil",
            result={"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 40}},
        )
    )
    assert place.row(progress.module_progress)["progress"] == 0.4


@pytest.mark.parametrize(
    ("verb", "started"),
    [("registered", False), (ABANDONED, False), ("satisfied", False), ("initialized", True)],
)
def test_what_the_system_says_of_a_registration_is_not_learning(
    place: Place, verb: str, started: bool
) -> None:
    place.save(statement(verb))
    assert (place.row(progress.registration)["started_at"] is not None) is started


# --- hostile or careless -----------------------------------------------------------------------------

NOT_OURS = {
    "no registration": {"context": {"platform": "none"}},
    "another installation": {"object": {"id": "https://other.example/courses/garden"}},
    "our address as a prefix only": {"object": {"id": f"{BASE}.evil.example/courses/garden"}},
    "an unknown course": {"object": {"id": f"{BASE}/courses/atlantis"}},
    "an unknown module": {"object": {"id": f"{BASE}/courses/garden/modules/lava"}},
    "a path that goes on": {"object": {"id": f"{BASE}/courses/garden/modules/soil/questions/purpose/more"}},
    "a path with a newline": {"object": {"id": f"{BASE}/courses/garden%0a"}},
    "a very long id": {"object": {"id": f"{BASE}/courses/{'g' * 5000}"}},
    "a group": {"actor": {"objectType": "Group", "mbox": "mailto:all@elsewhere.example"}},
    "about a person": {"object": {"objectType": "Agent", "mbox": "mailto:x@elsewhere.example"}},
    "about a statement": {"object": {"objectType": "StatementRef", "id": str(uuid4())}},
    "inside another statement": {
        "object": {
            "objectType": "SubStatement",
            "actor": ELSEWHERE,
            "verb": {"id": VERBS["passed"]},
            "object": {"id": f"{BASE}/courses/garden"},
        }
    },
}


@pytest.mark.parametrize("part", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_about_learning_here_is_stored_and_does_not_count(
    place: Place, part: dict[str, Any]
) -> None:
    sent = statement("passed", "/modules/soil")
    if "context" in part:
        del sent["context"]
    place.save(sent | part)
    assert len(place.statements()) == 1
    assert not any(place.dump().values())


HOSTILE: list[object] = [
    None,
    True,
    False,
    -1,
    0,
    1e308,
    10**30,
    2.5,
    "",
    "x" * 100_000,
    "ZZ999",
    "es220",
    "ES220 ",
    "'; DROP TABLE registration; --",
    "\u0660",
    [],
    ["ES220"],
    {},
    {"a": {"b": []}},
    "=1+1",
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_extensions_of_the_wrong_kind_count_as_not_stated(place: Place, value: object) -> None:
    names = ("region", "nuts", "release", "cohort", "attempt", "section", "progress")
    junk = stated(**dict.fromkeys(names, value))
    place.save(
        statement("passed", "/modules/soil", context=junk, result=junk),
        statement("progressed", "/modules/soil", context=junk, result=junk),
        statement("answered", "/modules/soil/questions/purpose", context=junk, result=junk),
    )
    row = place.row(progress.registration)
    assert (row["region"], row["nuts"]) == ("", "")
    assert row["release"] in ("", value)
    assert place.row(progress.attempt)["number"] == 1
    module = place.row(progress.module_progress)
    assert module["passed_at"] == START
    assert 0 <= module["progress"] <= 1
    assert len(module["section"]) <= 100


@pytest.mark.parametrize(
    ("score", "scaled"),
    [
        ({"scaled": -0.5}, 0.0),
        ({"raw": 5}, None),
        ({"raw": 3, "max": 4}, 0.75),
        ({"raw": 3, "min": 2, "max": 4}, 0.5),
        ({"raw": 0, "max": 0}, None),
        ({"raw": 1e300, "max": 1e301}, None),
        ({}, None),
    ],
)
def test_scores_of_other_players(place: Place, score: dict[str, float], scaled: float | None) -> None:
    place.save(statement("passed", "/modules/soil", result={"score": score}))
    assert place.row(progress.attempt)["scaled"] == scaled


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("PT1M30.5S", 90.5),
        ("PT1,5H", 5400),
        ("P1W", 604_800),
        ("P1DT1S", 86_401),
        ("P1M", None),
        ("P1Y", None),
        ("PT99999999999999999999S", None),
        ("PT0S", 0),
    ],
)
def test_durations_of_other_players(place: Place, duration: str, seconds: float | None) -> None:
    place.save(statement("passed", "/modules/soil", result={"duration": duration}))
    assert place.row(progress.attempt)["seconds"] == seconds


def test_attempts_that_claim_the_same_number_are_all_kept(place: Place) -> None:
    for _ in range(3):
        place.save(statement("failed", "/modules/soil", context=stated(attempt=2)))
    assert [row["number"] for row in place.rows(progress.attempt)] == [2, 3, 4]


def test_somebody_else_under_the_same_registration_does_not_count(place: Place) -> None:
    place.save(statement("initialized", "/modules/soil"))
    before = place.dump()
    place.save(statement("passed", "/modules/soil", actor={"mbox": "mailto:thief@elsewhere.example"}))
    assert place.dump() == before


def test_a_clock_that_is_years_ahead_counts_as_when_it_was_stored(place: Place) -> None:
    place.save(statement("initialized", timestamp="2999-01-01T00:00:00Z"))
    assert abs(place.row(progress.registration)["enrolled_at"] - datetime.now(UTC)) < AHEAD


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z"])
def test_clocks_that_are_far_behind(place: Place, time: str) -> None:
    place.save(statement("initialized", timestamp=time))
    assert place.row(progress.registration)["enrolled_at"].year in (1, 1969)
    assert place.dump() == place.rebuilt()


def test_rows_stay_small_whatever_is_sent(place: Place) -> None:
    place.save(
        *(
            statement("progressed", "/modules/soil", result=stated(section=f"s{number}"))
            for number in range(300)
        ),
        statement("answered", "/modules/soil/questions/purpose", result={"response": "x" * 100_000}),
    )
    assert len(place.row(progress.module_progress)["seen"]) == 200
    assert len(place.row(progress.answer)["response"]) == 5000


# --- voiding -----------------------------------------------------------------------------------------


def test_a_voided_attempt_is_taken_back(place: Place) -> None:
    bad = statement("failed", "/modules/soil", result={"score": {"scaled": 0.1}})
    place.save(bad, statement("failed", "/modules/soil", result={"score": {"scaled": 0.5}}))
    place.save(voiding(bad["id"]))
    row = place.row(progress.module_progress)
    assert (row["attempts"], row["first_score"]) == (1, 0.5)
    assert place.dump() == place.rebuilt()


def test_a_registration_whose_only_statement_is_voided_is_gone(place: Place) -> None:
    only = statement("initialized", "/modules/soil")
    place.save(only)
    place.save(voiding(only["id"]))
    assert not any(place.dump().values())


def test_a_void_that_comes_first_or_together(place: Place) -> None:
    first, together = statement("passed", "/modules/soil"), statement("passed", "/modules/soil")
    place.save(voiding(first["id"]))
    place.save(first)
    place.save(together, voiding(together["id"]))
    assert not any(place.dump().values())


def test_voiding_a_module_takes_back_what_the_system_said_of_the_course(place: Place) -> None:
    registration = place.enrol()
    for module in ("soil", "water"):
        place.read_all(registration, module)
        place.take(registration, module, 1, RIGHT)
    passed = next(
        one
        for one in place.statements()
        if one["verb"]["id"] == VERBS["passed"] and one["object"]["id"].endswith("soil")
    )
    place.save(voiding(passed["id"]))
    row = place.row(progress.registration)
    assert row["completed_at"] is not None, "still completed"
    assert row["passed_at"] is None, "but not satisfied any more"
    assert place.verbs()[-1].startswith("voided ")
    assert place.dump() == place.rebuilt()
    place.later(minutes=1)
    place.take(registration, "soil", 1, RIGHT)
    assert place.row(progress.registration)["passed_at"] == place.now, "and satisfied anew"
    assert place.dump() == place.rebuilt()


def test_what_the_modules_bear_out_cannot_be_voided_alone(place: Place) -> None:
    for module in ("soil", "water"):
        place.save(statement("completed", f"/modules/{module}"))
    said = place.statements()[-1]
    place.save(voiding(said["id"]))
    assert place.row(progress.registration)["completed_at"] == START
    assert place.statements()[-1]["id"] != said["id"]
    assert place.dump() == place.rebuilt()


# --- everything again --------------------------------------------------------------------------------


def test_rebuilding_gives_the_identical_rows(place: Place) -> None:
    registration = place.enrol()
    place.read_all(registration, "soil")
    place.do("check", registration, "soil", "needed", Response(("o2",), 3.0))
    place.take(registration, "soil", 1, WRONG)
    place.take(registration, "soil", 2, RIGHT)
    place.save(statement("passed", "/modules/soil"), statement("initialized", "/modules/water"))
    before = place.dump()
    assert all(before.values())
    assert place.rebuilt() == before
    assert place.rebuilt() == before


def test_rebuilding_mends_rows_that_somebody_changed(place: Place) -> None:
    registration = place.enrol()
    place.take(registration, "soil", 1, WRONG)
    before = place.dump()
    with place.writing() as connection:
        connection.execute(progress.attempt.update().values(success=True, scaled=1.0))
        connection.execute(progress.answer.delete())
    assert place.dump() != before
    assert place.rebuilt() == before


# --- what reports have to count ----------------------------------------------------------------------


def noted(place: Place) -> list[str]:
    """The registrations that are noted as changed."""
    with place.engine.connect() as connection:
        return list(connection.scalars(select(due.due.c.registration)))


def count(place: Place) -> None:
    """Reports have counted everything."""
    with place.writing() as connection:
        connection.execute(due.due.delete())


def test_each_change_is_noted_until_it_is_counted(place: Place) -> None:
    place.save(statement("registered"))
    assert noted(place) == [REGISTRATION]
    for verb in ("initialized", "progressed", "terminated"):
        place.save(statement(verb, "/modules/soil"))
        assert noted(place) == [REGISTRATION]
    for verb in ("initialized", "terminated"):
        count(place)
        place.save(statement(verb, "/modules/soil"), statement(verb, "/modules/water"))
        assert noted(place) == [REGISTRATION]


def test_a_change_that_is_rolled_back_is_noted_by_the_next_one(place: Place) -> None:
    place.save(statement("initialized", "/modules/soil"))
    count(place)
    with place.engine.connect() as connection, connection.begin() as transaction:
        place.lrs.save(connection, [statement("progressed", "/modules/soil")], authority=OUTSIDE)
        transaction.rollback()
    assert noted(place) == []
    place.save(statement("terminated", "/modules/soil"))
    assert noted(place) == [REGISTRATION]


def test_a_change_after_counting_is_noted_in_the_same_transaction_too(place: Place) -> None:
    place.save(statement("initialized", "/modules/soil"))
    with place.writing() as connection:
        place.lrs.save(connection, [statement("progressed", "/modules/soil")], authority=OUTSIDE)
        connection.execute(due.due.delete())
        place.lrs.save(connection, [statement("terminated", "/modules/soil")], authority=OUTSIDE)
    assert noted(place) == [REGISTRATION]
