"""Persons: what is stored, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from near_learn.db import db, writing
from near_learn.people.person import (
    EmailTaken,
    Person,
    add,
    by_email,
    by_session,
    normal_email,
    normal_name,
    set_active,
    set_password,
)
from near_learn.people.role import Role


@pytest.fixture(autouse=True)
def _database(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def stored(email: str = "ane@navarra.example", **more: object) -> Person:
    values = {"name": "Ane Etxeberria", "role": Role.PROFESSIONAL, "region": "ES220", **more}
    with writing() as connection:
        add(connection, email=email, **values)  # type: ignore[arg-type]
    person = by_email(email)
    assert person is not None
    return person


def test_what_a_new_person_has() -> None:
    person = stored(" Ane@Navarra.Example ", name="  Ane   Etxeberria ")
    assert (person.email, person.name, person.role) == (
        "ane@navarra.example",
        "Ane Etxeberria",
        "professional",
    )
    assert UUID(person.account).version == 4
    assert person.active
    assert person.password_hash is None
    assert abs((datetime.now(UTC) - person.created_at).total_seconds()) < 60
    assert person.searched == "ane etxeberria ane@navarra.example"


def test_accounts_and_session_tokens_are_random() -> None:
    people = [stored(f"p{number}@x.example") for number in range(20)]
    assert len({person.account for person in people}) == 20
    assert len({person.session_token for person in people}) == 20


def test_the_table_s_own_defaults_are_the_same() -> None:
    db.session.add(Person(email="x@y.example", name="Ćiro Ž", role="trainer", region="CZ063"))
    db.session.commit()
    person = by_email("x@y.example")
    assert person is not None
    assert UUID(person.account).version == 4
    assert person.searched == "ciro z x@y.example"


def test_an_address_is_used_once_in_whatever_case() -> None:
    stored()
    with pytest.raises(EmailTaken):
        stored("ANE@navarra.example")
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ane",
        "ane@",
        "@x.org",
        "ane@x",
        "a b@x.org",
        "ane@x..org",
        "ane@x.org,b@y.org",
        "<ane@x.org>",
        "a@b@c.org",
        "ane@" + "x" * 250 + ".org",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected an e-mail address"):
        normal_email(text)


@pytest.mark.parametrize(
    "text", ["ane.e+near@social.navarra.example", "o'neill@x.ie", "γιώργος@παράδειγμα.ελ"]
)
def test_what_is_an_address_is_taken(text: str) -> None:
    assert normal_email(text) == text


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, "A\x00na", "Ana\u202emoc"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a name"):
        normal_name(text)


def test_a_session_belongs_to_its_person_until_it_is_revoked() -> None:
    person = stored()
    session_id = person.get_id()
    assert by_session(session_id) is not None
    with writing() as connection:
        set_password(connection, person.id, "hash")
    assert by_session(session_id) is None
    session_id = person.get_id()
    with writing() as connection:
        set_active(connection, person.id, active=False)
    assert by_session(session_id) is None
    assert by_session(person.get_id()) is None


@pytest.mark.parametrize("session_id", ["", ":", "1", "1:", "x:y", "-1:y", "²:y", "9" * 40 + ":y", "1:wrong"])
def test_a_forged_session_belongs_to_nobody(session_id: str) -> None:
    stored()
    assert by_session(session_id) is None
