"""Who sees which region. `covers` and `limits` are one rule: every check asks both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import literal, select

from near_learn.db import db
from near_learn.people import territory
from near_learn.people.person import ORGANISATION, REGION, Person
from near_learn.people.region import Region
from near_learn.people.role import Role


@pytest.fixture(autouse=True)
def _database(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def manager(region: str) -> Person:
    return Person(role=Role.MANAGER, region=region, answers_for=REGION)


@pytest.mark.parametrize(
    ("region", "seen"),
    [
        ("ES", ["ES", "ES2", "ES22", "ES220", "ES300"]),
        ("ES22", ["ES22", "ES220"]),
        ("ES220", ["ES220"]),
        ("BE2", ["BE2", "BE21", "BE212"]),
        ("IT", ["IT", "ITI43", "ITZZZ"]),
        ("FI1C6", ["FI1C6", "FI1C3"]),  # recorded under NUTS 2021
        ("FI1C7", ["FI1C7", "FI1C4"]),
        ("FI1C", ["FI1C", "FI1C6", "FI1C3"]),
        ("FI1C3", ["FI1C3", "FI1C6"]),  # a manager whose own code is of 2021
        ("NL361", ["NL361", "NL332"]),
        ("NL36", ["NL36", "NL361", "NL33", "NL332", "NL33A"]),
        ("PT1D", ["PT1D", "PT1D1", "PT16B", "PT185"]),
        ("PT1", ["PT1", "PT17", "PT170", "PT1A0", "PT16"]),
        ("LV00A", ["LV00A", "LV006"]),
        ("LV00", ["LV00", "LV007"]),
    ],
)
def test_a_manager_sees_their_region_and_below_in_both_editions(region: str, seen: list[str]) -> None:
    assert [code for code in seen if not sees(manager(region), code)] == []


@pytest.mark.parametrize(
    ("region", "hidden"),
    [
        ("ES", ["BE212", "E", "", "EL30", "es220"]),
        ("ES220", ["ES22", "ES2", "ES", "ES221", "ES300"]),
        ("BE212", ["BE211", "BE2"]),
        ("FI1C6", ["FI1C4", "FI1C7", "FI1C"]),
        ("FI1C7", ["FI1C3"]),
        ("PT1A", ["PT17", "PT170", "PT1B0"]),  # split: the other half is not theirs
        ("PT1D", ["PT16", "PT18", "PT16D"]),
        ("LV00A", ["LV007"]),  # divided among three
        ("NL36", ["NL31", "NL35"]),
        ("", ["", "ES220"]),
    ],
)
def test_a_manager_sees_nothing_else(region: str, hidden: list[str]) -> None:
    assert [code for code in hidden if sees(manager(region), code)] == []


def test_an_operator_sees_everything_even_without_a_region() -> None:
    operator = Person(role=Role.OPERATOR, region="IT")
    assert all(sees(operator, code) for code in ("ES220", "IT", "FI1C3", "", "XX"))


@pytest.mark.parametrize("role", [Role.PROFESSIONAL, Role.TRAINER])
def test_others_see_no_region_not_even_their_own(role: Role) -> None:
    person = Person(role=role, region="ES220")
    assert not any(sees(person, code) for code in ("ES220", "ES", ""))


@pytest.mark.parametrize("region", ["ES", "ES22", "FI1C6", "FI1C3", "PT1A", "PT1", "NL36", "EL30", "RO321"])
def test_both_ways_of_asking_agree_on_every_region(region: str) -> None:
    mine = territory.of(manager(region))
    asked = set(db.session.scalars(select(Region.code).where(mine.limits(Region.code, literal("")))))
    codes = set(db.session.scalars(select(Region.code)))
    assert asked == {code for code in codes if mine.covers(code)}
    assert asked


def test_the_manager_of_an_organisation_sees_what_was_recorded_for_it_wherever() -> None:
    person = Person(role=Role.MANAGER, region="ES220", answers_for=ORGANISATION, organisation_id="caritas")
    assert all(sees(person, code, "caritas") for code in ("ES220", "FI1C6", ""))
    assert not any(sees(person, "ES220", other) for other in ("", "other"))


def test_the_manager_of_no_organisation_sees_nothing() -> None:
    person = Person(role=Role.MANAGER, region="ES220", answers_for=ORGANISATION)
    assert not any(sees(person, code, "") for code in ("ES220", ""))


def test_the_manager_of_a_region_sees_every_organisation_in_it_and_no_other() -> None:
    assert sees(manager("ES22"), "ES220", "caritas")
    assert not sees(manager("ES22"), "FI1C6", "caritas")


def sees(person: Person, code: str, organisation: str = "") -> bool:
    """What both ways say; they must agree."""
    mine = territory.of(person)
    by_object = mine.covers(code, organisation)
    by_query = bool(db.session.scalar(select(mine.limits(literal(code), literal(organisation)))))
    assert by_object == by_query
    return by_object
