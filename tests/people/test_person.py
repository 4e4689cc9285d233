"""Persons: what is stored, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from near_learn.db import db, writing
from near_learn.people import device
from near_learn.people.device import Device
from near_learn.people.person import (
    EmailTaken,
    Person,
    add,
    by_email,
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


def test_accounts_are_random() -> None:
    people = [stored(f"p{number}@x.example") for number in range(20)]
    assert len({person.account for person in people}) == 20


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


def test_a_new_password_and_being_kept_out_end_every_session() -> None:
    person, other = stored(), stored("pia@lahti.example")
    now, long_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(days=1)
    for change in (
        lambda connection: set_password(connection, person.id, "hash"),
        lambda connection: set_active(connection, person.id, active=False),
    ):
        with writing() as connection:
            for each in (person, person, other):
                device.opened(connection, each.id, now)
            change(connection)
            assert device.of(connection, person.id, long_ago) == []
    with writing() as connection:
        assert len(device.of(connection, other.id, long_ago)) == 2


def test_devices_in_plain_words(app: Flask) -> None:
    agents = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0": "Firefox/Windows",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
        "Safari/537.36 Edg/131.0.0.0": "Edge/Windows",
        "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
        "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": "Samsung Internet/Android",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.5 Mobile/15E148 Safari/604.1": "Safari/iPhone",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36": "Chrome/macOS",
        "curl/8": "/",
        "": "/",
        "x" * 5000: "/",
    }
    assert {agent: device.named(agent) for agent in agents} == agents
    now = datetime.now(UTC)
    with app.test_request_context():
        words = [Device("", name, now, now).words for name in ("Firefox/Windows", "/macOS", "Edge/", "/")]
    assert words == ["Firefox on Windows", "macOS", "Edge", "An unknown device"]
