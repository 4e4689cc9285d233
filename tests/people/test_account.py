"""A person's own account: what it shows, its language, its password, its devices."""

from __future__ import annotations

import pytest
from flask import Flask

from near_learn.db import db
from near_learn.people.blueprint import WRONG_PER_EMAIL
from near_learn.people.person import Cohort, by_email
from near_learn.people.role import Role

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
        assert (after.password_hash, after.session_token) == (before.password_hash, before.session_token)


def test_guessing_the_present_password_is_limited(make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    browser = sign_in(EMAIL)
    for _ in range(int(WRONG_PER_EMAIL.split()[0])):
        assert change(browser, current="wrong").status_code == 422
    assert change(browser).status_code == 429


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
