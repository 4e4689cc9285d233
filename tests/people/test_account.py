"""A person's own account: what it shows, its language, its password, its devices."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from near_learn.db import db, writing
from near_learn.people import device
from near_learn.people.person import Cohort, by_email
from near_learn.people.role import Role
from near_learn.sign_in.limits import WRONG_PER_EMAIL

EMAIL = "ane@navarra.example"
PASSWORD = "a short sentence about rain"
NEW = "another sentence about snow"


def change(browser, **fields: str):  # type: ignore[no-untyped-def]
    return browser.post("/account/password", data={"current": PASSWORD, "new": NEW, "again": NEW, **fields})


def test_it_shows_what_is_kept(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    with app.app_context():
        db.session.add(Cohort(id="navarra-2026", name="Grupo piloto", region="ES220"))
        db.session.commit()
    person = make_person(EMAIL, cohort="navarra-2026")
    page = sign_in(EMAIL).get("/account").text
    for text in (
        "Ane Etxeberria",
        EMAIL,
        "Professional",
        "Navarra, Spain",
        "(ES220)",
        "Grupo piloto",
        person.account,
    ):
        assert text in page


@pytest.mark.parametrize(
    ("region", "shown"), [("IT", "Italy"), ("EL30", "Αττική, Greece"), ("FI1C6", "Päijät-Häme, Finland")]
)
def test_the_region_is_named(make_person, sign_in, region: str, shown: str) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL, region=region)
    assert shown in sign_in(EMAIL).get("/account").text


def test_the_country_is_named_in_the_person_s_language(make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL, region="EL30", language="el")
    assert "Αττική, Ελλάδα" in sign_in(EMAIL).get("/account").text


def test_the_language_is_kept_with_the_person(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    answer = sign_in(EMAIL).post("/language", data={"language": "cs", "next": "/account"})
    assert answer.location == "/account"
    assert '<html lang="cs">' in sign_in(EMAIL).get("/account").text  # on another device


def test_a_visitor_s_language_is_kept_in_their_session(client) -> None:  # type: ignore[no-untyped-def]
    client.post("/language", data={"language": "ro", "next": "/sign-in"})
    assert '<html lang="ro">' in client.get("/sign-in").text


@pytest.mark.parametrize("language", ["", "xx", "EN", "de", "en; drop"])
def test_an_unknown_language_is_refused(client, language: str) -> None:  # type: ignore[no-untyped-def]
    assert client.post("/language", data={"language": language}).status_code == 400


def test_a_new_password_ends_the_other_sessions_only(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    here, there = sign_in(EMAIL), sign_in(EMAIL)
    answer = change(here)
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "Your password is changed." in here.get("/account").text
    assert there.get("/account").status_code == 302
    fresh = app.test_client()
    assert fresh.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 422
    assert fresh.post("/sign-in", data={"email": EMAIL, "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"current": "wrong"}, "This is not your present password."),
        ({"current": ""}, "This is needed."),
        ({"new": "short", "again": "short"}, "Use at least 10 characters."),
        ({"new": "Etxeberria 2026", "again": "Etxeberria 2026"}, "Leave your name"),
        ({"again": NEW + "!"}, "The two new passwords are not the same."),
    ],
)
def test_a_refused_password_changes_nothing(app: Flask, make_person, sign_in, fields, message) -> None:  # type: ignore[no-untyped-def]
    before = make_person(EMAIL)
    answer = change(sign_in(EMAIL), **fields)
    assert answer.status_code == 422
    assert message in answer.text
    with app.app_context():
        after = by_email(EMAIL)
        assert after is not None
        assert after.password_hash == before.password_hash


def test_guessing_the_present_password_is_limited(make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    browser = sign_in(EMAIL)
    for _ in range(int(WRONG_PER_EMAIL.split()[0])):
        assert change(browser, current="wrong").status_code == 422
    assert change(browser).status_code == 429


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"


def browser(app: Flask, agent: str) -> FlaskClient:
    """A browser of this kind in which Ane has signed in."""
    client = app.test_client()
    answer = client.post(
        "/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers={"User-Agent": agent}
    )
    assert answer.status_code == 302
    return client


def test_the_devices_are_listed_and_one_can_be_ended(app: Flask, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    here, phone, other = browser(app, FIREFOX), browser(app, IPHONE), browser(app, "")
    page = here.get("/account").text
    for words in ("Firefox on Linux", "Safari on iPhone", "An unknown device"):
        assert page.count(words) == 1
    assert page.index("Firefox on Linux") < page.index("This device") < page.index("Safari on iPhone")
    session = re.findall(r'name="session" value="(\w{64})"', page)
    assert len(session) == 2
    ended = re.search(r"Safari on iPhone.*?value=\"(\w{64})\"", page, re.S)
    assert ended
    answer = here.post("/account/sessions/end", data={"session": ended[1]}, follow_redirects=True)
    assert "Safari on iPhone" not in answer.text
    assert [each.get("/account").status_code for each in (here, phone, other)] == [200, 302, 200]


def test_ending_every_other_session(app: Flask, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    here, phone = browser(app, FIREFOX), browser(app, IPHONE)
    assert here.post("/account/sessions/end-others").status_code == 302
    assert [each.get("/account").status_code for each in (here, phone)] == [200, 302]


def test_nobody_ends_the_session_of_somebody_else(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    make_person("pia@lahti.example")
    here, theirs = sign_in(EMAIL), sign_in("pia@lahti.example")
    with app.app_context():
        pia = by_email("pia@lahti.example")
        assert pia is not None
        (row,) = device.of(db.session.connection(), pia.id, datetime.now(UTC) - timedelta(hours=1))
    for session in (row.id, "", "x", "' OR 1=1"):
        here.post("/account/sessions/end", data={"session": session})
    here.post("/account/sessions/end-others")
    assert theirs.get("/account").status_code == 200


def test_signing_out_ends_the_session_also_for_a_copy_of_its_cookie(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    here, copy = sign_in(EMAIL), app.test_client()
    cookie = here.get_cookie("near_learn")
    assert cookie
    copy.set_cookie("near_learn", cookie.value)
    assert copy.get("/account").status_code == 200
    here.post("/sign-out")
    assert copy.get("/account").status_code == 302


def test_the_time_of_use_is_written_seldom(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    here = sign_in(EMAIL)
    table = device.table
    for age, changed in ((timedelta(minutes=4), False), (timedelta(minutes=6), True)):
        before = datetime.now(UTC) - age
        with app.app_context(), writing() as connection:
            connection.execute(update(table).values(used_at=before))
        here.get("/account")
        with app.app_context():
            assert (db.session.scalar(select(table.c.used_at)) > before + timedelta(minutes=1)) is changed


def test_old_sessions_are_removed_when_somebody_signs_in(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    sign_in(EMAIL)
    with app.app_context(), writing() as connection:
        connection.execute(update(device.table).values(begun_at=datetime.now(UTC) - timedelta(days=2)))
    sign_in(EMAIL)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(device.table)) == 1


def test_signing_out_everywhere(make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    here, there = sign_in(EMAIL), sign_in(EMAIL)
    assert here.post("/account/sign-out-everywhere").location == "/sign-in"
    assert here.get("/account").status_code == 302
    assert there.get("/account").status_code == 302
    assert sign_in(EMAIL).get("/account").status_code == 200


@pytest.mark.parametrize("role", Role)
def test_the_names_of_roles_are_words_for_people(make_person, sign_in, role: Role) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL, role)
    assert f"<dd>{role.capitalize()}</dd>" in sign_in(EMAIL).get("/account").text
