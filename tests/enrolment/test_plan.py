"""The plan of a list: a pure function of its rows and of what is here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from near_learn.enrolment import cell
from near_learn.enrolment.column import Column
from near_learn.enrolment.known import Group, Known, Site, Somebody
from near_learn.enrolment.listing import Row
from near_learn.enrolment.plan import Change, Due, Kind, Outcome, Plan, Wishes
from near_learn.enrolment.planner import plan
from near_learn.people.rights import Rights
from near_learn.people.territory import Territory

pytestmark = pytest.mark.usefixtures("words")

TODAY = date(2026, 11, 22)
ANE = Somebody("a-1", "ane@x.example", "Ane", "professional", "ES220", "es", None, "navarra", "region", True)
EVE = replace(ANE, account="a-2", email="eve@x.example", name="Eve", region="FI1C6", cohort_id=None)
KNOWN = Known(
    people={
        person.email: person
        for person in (ANE, EVE, replace(ANE, account="a-3", email="out@x.example", active=False))
    },
    registered=frozenset({("a-1", "visits")}),
    regions={"ES22": "Navarra", "ES220": "Navarra", "FI1C6": "Pirkanmaa"},
    sites={
        "pamplona": Site("pamplona", "City of Pamplona", "ES220"),
        "tampere": Site("tampere", "Tampere", "FI1C6"),
    },
    groups={
        "navarra": Group("navarra", "Pilot Navarra", "ES22", None, ("visits", "gone")),
        "finland": Group("finland", "Pilot Finland", "FI1C6", None),
    },
    deadlines={("navarra", "visits"): date(2026, 10, 1)},
    courses={"visits": {"en": "Visits", "es": "Visitas, casa"}, "garden": {"en": "Garden"}},
)
OPERATOR = Wishes(Rights.unlimited(), "op@x.example", today=TODAY)
NAVARRA = Wishes(Rights(False, Territory(region="ES22", roots=("ES22",)), "m-1"), "m@x.example", today=TODAY)
PAMPLONA = Wishes(Rights(False, Territory(organisation="pamplona"), "m-2"), "p@x.example", today=TODAY)
NEW = {"email": "Bea@X.example ", "name": "Bea", "region": "es220"}


@pytest.fixture(autouse=True)
def no_suggestions_from_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "suggestions", lambda _text: [])


def planned(*rows: dict[str, str], wishes: Wishes = OPERATOR, known: Known = KNOWN) -> list[Outcome]:
    listed = [
        Row(number, {Column(name): text.strip() for name, text in cells.items()})
        for number, cells in enumerate(rows, start=2)
    ]
    return plan(listed, known, wishes).outcomes


def one(row: dict[str, str], wishes: Wishes = OPERATOR) -> Outcome:
    (outcome,) = planned(row, wishes=wishes)
    return outcome


def messages(outcome: Outcome) -> dict[str, str]:
    return {str(problem.column or ""): problem.message for problem in outcome.problems}


def test_somebody_new() -> None:
    outcome = one(
        NEW | {"courses": "visits; Garden", "language": "Suomi", "organisation": "city of pamplona"}
    )
    assert (outcome.kind, outcome.email, outcome.courses) == (Kind.NEW, "bea@x.example", ("visits", "garden"))
    assert {(change.field, change.new) for change in outcome.changes} == {
        ("name", "Bea"),
        ("role", "professional"),
        ("region", "ES220"),
        ("language", "fi"),
        ("organisation", "pamplona"),
    }


def test_somebody_who_is_here_and_needs_nothing() -> None:
    outcome = one(
        {"email": "ane@x.example", "name": "Ane", "region": "ES220", "cohort": "navarra", "courses": "visits"}
    )
    assert (outcome.kind, outcome.changes, outcome.courses) == (Kind.NOTHING, (), ())
    assert one({"email": "ANE@x.example"}).kind is Kind.NOTHING


def test_changes_say_what_was_there() -> None:
    outcome = one({"email": "ane@x.example", "name": "Ane E.", "cohort": "Pilot Finland"})
    assert outcome.kind is Kind.CHANGED
    assert outcome.changes == (
        Change(Column.NAME, "Ane", "Ane E."),
        Change(Column.COHORT, "navarra", "finland"),
    )


def test_who_is_put_into_a_group_takes_its_courses() -> None:
    assert one({"email": "eve@x.example", "cohort": "navarra"}).courses == ("visits",)
    assert one({"email": "eve@x.example", "cohort": "navarra", "courses": "garden"}).courses == (
        "garden",
        "visits",
    )
    assert one({"email": "eve@x.example"}).courses == ()


def test_a_deadline_is_set_once_for_a_group() -> None:
    row = {"email": "ane@x.example", "courses": "visits", "deadline": "2026-12-12"}
    first, second = planned(
        row, row | {"email": "eve@x.example", "cohort": "navarra", "deadline": "12. 12. 2026"}
    )
    assert first.deadlines == (Due("navarra", "visits", "2026-10-01", "2026-12-12"),)
    assert (second.kind, second.deadlines) == (Kind.CHANGED, ())
    # The one that there is already may lie in the past: the same list again does nothing.
    assert one(row | {"deadline": "2026-10-01"}).kind is Kind.NOTHING


def test_rows_about_one_person_add_up_and_must_not_contradict() -> None:
    first, second, third = planned(
        NEW | {"courses": "visits"},
        {"email": "bea@x.example", "courses": "visits, garden"},
        NEW | {"name": "Beatriz"},
    )
    assert (first.kind, second.kind, second.courses) == (Kind.NEW, Kind.REGISTERED, ("garden",))
    assert messages(third) == {"name": "Row 2 says something else about the same person: “Bea”."}


def test_organisations_are_made_by_operators_with_a_tick_only() -> None:
    row = NEW | {"organisation": "Fundación X"}
    assert "There is no organisation “Fundación X”. Tick" in messages(one(row))["organisation"]
    ticked = replace(OPERATOR, make_organisations=True)
    first, second = planned(row, row | {"email": "b@x.example", "region": "FI1C6"}, wishes=ticked)
    assert (first.organisation, second.organisation) == ("Fundación X", "")
    assert planned(row, wishes=ticked)[0].changes == first.changes
    outcome = one(row | {"region": "ES22"}, replace(NAVARRA, make_organisations=True))
    assert messages(outcome)["organisation"] == "There is no organisation “Fundación X”."


def test_a_region_that_is_left_out_is_the_organisation_s() -> None:
    outcome = one({"email": "b@x.example", "name": "Bea", "organisation": "Tampere"})
    assert Change(Column.REGION, "", "FI1C6") in outcome.changes
    mine = one({"email": "b@x.example", "name": "Bea"}, PAMPLONA)
    assert {Change(Column.REGION, "", "ES220"), Change(Column.ORGANISATION, "", "pamplona")} <= set(
        mine.changes
    )


WRONG = {
    "no address": ({"name": "Bea", "region": "ES220"}, "email", "Everybody needs an e-mail address"),
    "no address at all": (NEW | {"email": "bea"}, "email", "“bea” is no e-mail address"),
    "two lines in a name": (NEW | {"name": "Bea\nB"}, None, ""),
    "a sign in a name": (NEW | {"name": "Bea\u202e"}, "name", "A name is one line"),
    "no name": ({"email": "b@x.example", "region": "ES220"}, "name", "Needed for a new person"),
    "no region": ({"email": "b@x.example", "name": "B"}, "region", "Needed for a new person"),
    "unknown region": (NEW | {"region": "ES999"}, "region", "“ES999” is no region of NUTS 2024"),
    "unknown role": (NEW | {"role": "king"}, "role", "There is no role “king”. There are: Professional"),
    "unknown language": (NEW | {"language": "tlh"}, "language", "There is no language “tlh” here"),
    "unknown group": (
        NEW | {"cohort": "Pilot Navara"},
        "cohort",
        "no group “Pilot Navara”. Make it first. Did you mean Pilot Navarra?",
    ),
    "unknown course": (
        NEW | {"courses": "visits gardn"},
        "courses",
        "There is no course “gardn”. Did you mean garden?",
    ),
    "unknown organisation": (
        NEW | {"organisation": "City of Pamplon"},
        "organisation",
        "Did you mean City of Pamplona?",
    ),
    "a deadline without a group": (
        NEW | {"courses": "visits", "deadline": "2026-12-12"},
        "deadline",
        "fill in “Group” and “Courses”",
    ),
    "a deadline without a course": (
        NEW | {"cohort": "navarra", "deadline": "2026-12-12"},
        "deadline",
        "fill in “Group”",
    ),
    "a day that is over": (
        NEW | {"cohort": "finland", "courses": "visits", "deadline": "2026-11-21"},
        "deadline",
        "This day is over",
    ),
    "a day that is none": (NEW | {"deadline": "2026-02-30"}, "deadline", "“2026-02-30” is no day"),
    "a month that is none": (NEW | {"deadline": "12/13/2026"}, "deadline", "is no day"),
    "somebody kept out": ({"email": "out@x.example"}, "email", "This person is kept out"),
}


@pytest.mark.parametrize(("row", "column", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_column(
    row: dict[str, str], column: str | None, sentence: str
) -> None:
    outcome = one(row)
    if column is None:
        assert outcome.kind is Kind.NEW
        return
    assert outcome.kind is Kind.ERROR
    assert sentence in messages(outcome)[column]
    assert (outcome.changes, outcome.courses) == ((), ())


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    outcome = one({"email": "b@x.example", "region": "XX", "role": "king", "courses": "none"})
    assert set(messages(outcome)) == {"region", "role", "courses", "name"}


def test_two_days_for_one_group_contradict() -> None:
    row = {"email": "ane@x.example", "courses": "visits", "deadline": "2026-12-12"}
    _, second = planned(row, row | {"deadline": "2026-12-13"})
    assert messages(second)["deadline"] == "Row 2 says another day for the same group and course: 2026-12-12."


MANAGERS = {
    "their own": (NEW, NAVARRA, {}),
    "their own, changed": ({"email": "ane@x.example", "name": "Ane E."}, NAVARRA, {}),
    "another region": (
        NEW | {"region": "FI1C6"},
        NAVARRA,
        {"region": "This region is outside your territory."},
    ),
    "moved away": (
        {"email": "ane@x.example", "region": "FI1C6"},
        NAVARRA,
        {"region": "This region is outside your territory."},
    ),
    "a role": (NEW | {"role": "manager"}, NAVARRA, {"role": "You cannot give this role."}),
    "another's person": (
        {"email": "eve@x.example"},
        NAVARRA,
        {"email": "This person is not one whom you look after. Ask an operator."},
    ),
    "another's group": (
        NEW | {"cohort": "Pilot Finland"},
        NAVARRA,
        {"cohort": "The group “Pilot Finland” is not one that you look after."},
    ),
    "another's organisation": (
        NEW | {"organisation": "Tampere"},
        NAVARRA,
        {"organisation": "This organisation is outside your territory."},
    ),
    "another organisation": (
        NEW | {"organisation": "Tampere"},
        PAMPLONA,
        {"organisation": "Choose the organisation that you answer for."},
    ),
}


@pytest.mark.parametrize(("row", "wishes", "refusals"), MANAGERS.values(), ids=MANAGERS)
def test_a_manager_stays_within_their_territory(
    row: dict[str, str], wishes: Wishes, refusals: dict[str, str]
) -> None:
    outcome = one(row, wishes)
    assert messages(outcome) == refusals
    assert "Eve" not in str(outcome)


def test_who_was_erased_does_not_come_back_by_a_list() -> None:
    known = replace(KNOWN, erased=frozenset({"bea@x.example"}))
    (operators,) = planned(NEW, known=known)
    assert "This person was erased here" in messages(operators)["email"]
    (managers,) = planned(NEW, known=known, wishes=NAVARRA)
    assert messages(managers) == {"email": "This person is not one whom you look after. Ask an operator."}


def test_a_manager_does_not_touch_other_roles() -> None:
    known = replace(KNOWN, people={ANE.email: replace(ANE, role="trainer")})
    (outcome,) = planned({"email": ANE.email, "courses": "garden"}, wishes=NAVARRA, known=known)
    assert outcome.kind is Kind.ERROR


def test_nobody_changes_their_own_role() -> None:
    known = replace(KNOWN, people={ANE.email: replace(ANE, role="operator")})
    (outcome,) = planned(
        {"email": ANE.email, "role": "manager"}, wishes=replace(OPERATOR, email=ANE.email), known=known
    )
    assert messages(outcome) == {"role": "You cannot change your own role."}


def test_a_plan_that_is_kept_is_the_same_plan() -> None:
    made = Plan(
        planned(NEW | {"courses": "visits"}, {"email": "x"}, {"email": "ane@x.example", "courses": "garden"})
    )
    import json

    assert Plan.from_json(json.loads(json.dumps(made.to_json()))) == made
    assert made.totals()["registrations"] == 2
    assert not made.applicable
    assert made.differs(Plan(made.outcomes[:2])) == {4}
