"""Whose data somebody looks after, and that nobody gives more than they have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from near_learn.db import db, writing
from near_learn.people import organisation
from near_learn.people.organisation import Organisation
from near_learn.people.person import ORGANISATION, REGION, EmailTaken, Person, add, by_email, change
from near_learn.people.rights import Rights, Wish
from near_learn.people.role import Role

CARITAS, HELSINKI = "caritas", "helsinki"


@pytest.fixture(autouse=True)
def _database(app: Flask) -> Iterator[None]:
    with app.app_context():
        with writing() as connection:
            organisation.add(connection, name="Cáritas Navarra", region="ES220", id_=CARITAS)
            organisation.add(connection, name="City of Helsinki", region="FI1B1", id_=HELSINKI)
        yield


def writer(role: Role = Role.MANAGER, region: str = "ES22", organisation_id: str | None = None) -> Person:
    answers_for = ORGANISATION if organisation_id else REGION
    return Person(
        role=role, region=region, organisation_id=organisation_id, answers_for=answers_for, account="w"
    )


NAVARRA = writer()
CARITAS_MANAGER = writer(region="FI1C6", organisation_id=CARITAS)
OPERATOR = writer(Role.OPERATOR)


def refused(one: Person, wish: Wish, before: Wish | None = None) -> set[str]:
    named = db.session.get(Organisation, wish.organisation) if wish.organisation else None
    return set(Rights.of(one).refusals(wish, named, before))


GIVEN = [
    (NAVARRA, Wish("professional", "ES220"), set()),
    (NAVARRA, Wish("professional", "ES22", CARITAS), set()),
    (NAVARRA, Wish("professional", "ES300"), {"region"}),
    (NAVARRA, Wish("professional", "ES"), {"region"}),
    (NAVARRA, Wish("professional", "ES220", HELSINKI), {"organisation"}),
    (NAVARRA, Wish("professional", "FI1B1", HELSINKI), {"region", "organisation"}),
    (NAVARRA, Wish("trainer", "ES220"), {"role"}),
    (NAVARRA, Wish("manager", "ES220"), {"role"}),
    (NAVARRA, Wish("operator", "ES220"), {"role"}),
    (NAVARRA, Wish("manager", "ES300"), {"role", "region"}),
    (CARITAS_MANAGER, Wish("professional", "IT", CARITAS), set()),
    (CARITAS_MANAGER, Wish("professional", "FI1C6"), {"organisation"}),
    (CARITAS_MANAGER, Wish("professional", "FI1B1", HELSINKI), {"organisation"}),
    (CARITAS_MANAGER, Wish("manager", "IT", CARITAS, ORGANISATION), {"role"}),
    (OPERATOR, Wish("operator", "IT"), set()),
    (OPERATOR, Wish("manager", "IT", HELSINKI, ORGANISATION), set()),
    (OPERATOR, Wish("manager", "IT", None, ORGANISATION), {"organisation"}),
    (writer(Role.TRAINER), Wish("professional", "ES220"), {"region"}),
    (writer(Role.PROFESSIONAL), Wish("professional", "ES220"), {"region"}),
]


def test_nobody_gives_more_than_they_have() -> None:
    wrong = [(wish, found, fields) for one, wish, fields in GIVEN if (found := refused(one, wish)) != fields]
    assert not wrong


def test_what_stays_as_it_is_needs_no_right() -> None:
    before = Wish("professional", "ES220", HELSINKI)
    assert not refused(NAVARRA, Wish("professional", "ES22", HELSINKI), before)
    assert refused(NAVARRA, Wish("professional", "ES220", HELSINKI), Wish("professional", "ES220"))


SEEN = [
    (NAVARRA, {"pro-es", "pro-es-caritas"}),
    (CARITAS_MANAGER, {"pro-es-caritas", "pro-fi-caritas"}),
    (writer(region="FI"), {"pro-fi-caritas"}),
    (writer(Role.TRAINER), set()),
    (writer(Role.PROFESSIONAL), set()),
]


def test_managers_look_after_the_professionals_of_their_territory() -> None:
    with writing() as connection:
        for name, role, region, organisation_id in [
            ("pro-es", Role.PROFESSIONAL, "ES220", None),
            ("pro-es-caritas", Role.PROFESSIONAL, "ES220", CARITAS),
            ("pro-fi-caritas", Role.PROFESSIONAL, "FI1C6", CARITAS),
            ("trainer", Role.TRAINER, "ES220", CARITAS),
            ("manager", Role.MANAGER, "ES220", CARITAS),
            ("operator", Role.OPERATOR, "ES220", CARITAS),
        ]:
            email = f"{name}@x.example"
            add(connection, email=email, name=name, role=role, region=region, organisation=organisation_id)
    everybody = db.session.scalars(select(Person)).all()
    for one, seen in SEEN:
        rights = Rights.of(one)
        found = db.session.scalars(select(Person).where(rights.people()))
        assert {person.name for person in found} == seen
        assert {person.name for person in everybody if rights.over(person)} == seen
    assert all(Rights.of(OPERATOR).over(person) for person in everybody)


def test_a_change_tells_what_was_there_before() -> None:
    with writing() as connection:
        account = add(connection, email="ane@x.example", name="Ane", role=Role.PROFESSIONAL, region="ES220")
        add(connection, email="jon@x.example", name="Jon", role=Role.PROFESSIONAL, region="ES220")
        assert change(connection, account, name=" Ane  Etxe ", region="ES220") == {"name": "Ane"}
        assert change(connection, account, name="Ane Etxe") == {}
        assert change(connection, account, organisation=CARITAS, email="ANE@y.example") == {
            "organisation": None,
            "email": "ane@x.example",
        }
        with pytest.raises(EmailTaken):
            change(connection, account, email="jon@x.example")
        with pytest.raises(ValueError, match="e-mail"):
            change(connection, account, email="jon")
        with pytest.raises(LookupError):
            change(connection, "nobody", name="Ane")
        with pytest.raises(TypeError):
            change(connection, account, session_token="x")
    found = by_email("ane@y.example")
    assert found is not None
    assert (found.name, found.organisation_id, found.searched) == (
        "Ane Etxe",
        CARITAS,
        "ane etxe ane@y.example",
    )
