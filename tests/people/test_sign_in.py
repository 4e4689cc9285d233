"""Signing in and out: safe for people, silent towards guessers."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people import access
from near_learn.people.demo_sign_in import PASSWORD as DEMO_PASSWORD
from near_learn.people.device import SessionRow
from near_learn.people.person import by_email, set_active
from near_learn.people.role import Role
from near_learn.sign_in.limits import WRONG_PER_ADDRESS, WRONG_PER_EMAIL

EMAIL = "ane@navarra.example"
PASSWORD = "a short sentence about rain"
WRONG = "The e-mail address or the password is not right."


def enter(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post("/sign-in", data={"email": email, "password": password, **more})


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.PROFESSIONAL, "/"),
        (Role.TRAINER, "/desk/"),
        (Role.MANAGER, "/reports/"),
        (Role.OPERATOR, "/admin/"),
    ],
)
def test_each_role_begins_where_its_work_is(client, make_person, role: Role, home: str) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL, role)
    answer = enter(client)
    assert (answer.status_code, answer.location) == (302, home)
    assert client.get(home).status_code == 200
    assert client.get("/sign-in").location == home


def test_the_address_may_be_written_in_any_case(client, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    assert enter(client, " ANE@Navarra.example ").status_code == 302


@pytest.mark.parametrize(
    ("email", "password", "more"),
    [
        (EMAIL, "wrong", {}),
        (EMAIL, PASSWORD + " ", {}),
        ("nobody@navarra.example", PASSWORD, {}),
        ("' OR 1=1 --", PASSWORD, {}),
        (EMAIL, PASSWORD, {"active": False}),
        (EMAIL, PASSWORD, {"password_hash": None}),
    ],
)
def test_a_refusal_never_says_why(app: Flask, client, make_person, email, password, more) -> None:  # type: ignore[no-untyped-def]
    person = make_person(EMAIL, **{key: value for key, value in more.items() if key != "active"})
    if "active" in more:
        with app.app_context(), writing() as connection:
            set_active(connection, person.id, active=False)
    answer = enter(client, email, password)
    assert answer.status_code == 422
    assert answer.text.count(WRONG) == 1
    assert password not in answer.text
    assert client.get("/account").status_code == 302


def test_an_empty_form_says_what_is_needed(client: FlaskClient) -> None:
    answer = enter(client, "", "")
    assert answer.status_code == 422
    assert answer.text.count("This is needed.") == 4  # beside each field, and in the summary
    assert WRONG not in answer.text


@pytest.mark.parametrize(
    "wanted", ["/courses/accompaniment", "/reports/?region=ES22&level=3", "/account#password", "/"]
)
def test_it_leads_to_the_page_that_was_wanted(client, make_person, wanted: str) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    assert enter(client, next=wanted).location == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\/evil.example",
        "/\t/evil.example",
        " //evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "http:///evil.example",
        "",
    ],
)
def test_it_leads_to_no_other_site(client, make_person, wanted: str) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    assert access.local(wanted) is None
    assert enter(client, next=wanted).location == "/"
    client.post("/sign-out")
    client.get("/sign-in", query_string={"next": wanted})
    assert client.post("/language", data={"language": "fi", "next": wanted}).location == "/"


def test_a_page_that_needs_a_person_comes_back_after_signing_in(client, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    answer = client.get("/account?from=here")
    assert answer.location == "/sign-in?next=/account?from%3Dhere"
    form = client.get(answer.location).text
    assert re.search(r'name="next"[^>]*value="/account\?from=here"', form)


def test_signing_in_begins_a_new_session(app: Flask, client, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by somebody who sat here before"
        session["csrf_token"] = "theirs"
        session["language"] = "fi"
    enter(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "theirs"
        assert session["language"] == "fi"
        assert session.permanent


def test_a_session_ends_after_its_time(app: Flask, client, make_person, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    enter(client)
    hours = timedelta(hours=settings.session_hours)
    for age, status in ((hours - timedelta(minutes=1), 200), (hours, 302)):
        with app.app_context(), writing() as connection:
            connection.execute(update(SessionRow).values(begun_at=datetime.now(UTC) - age))
        assert client.get("/account").status_code == status


@pytest.mark.parametrize("token", [None, "", "x", 7, "\ud800"])
def test_a_session_that_was_never_begun_is_none(client, make_person, token: object) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    enter(client)
    with client.session_transaction() as session:
        session["session"] = token
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("number", ["", ":", "1:", "x", "-1", "²", "9" * 40, "2"])
def test_a_session_belongs_to_one_person(client, make_person, number: str) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    make_person("pia@lahti.example")
    enter(client)
    with client.session_transaction() as session:
        session["_user_id"] = number
    assert client.get("/account").status_code == 302


def test_keeping_somebody_out_ends_their_session_at_once(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    person = make_person(EMAIL)
    browser = sign_in(EMAIL)
    with app.app_context(), writing() as connection:
        set_active(connection, person.id, active=False)
    assert browser.get("/account").status_code == 302


def test_signing_out(client, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    enter(client)
    assert client.get("/sign-out").status_code == 405
    answer = client.post("/sign-out", follow_redirects=True)
    assert "You are signed out." in answer.text
    assert client.get("/account").status_code == 302
    assert client.post("/sign-out").location == "/sign-in"


def test_the_next_person_at_this_device_reads_their_own_language(client, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL, language="es")
    make_person("pia@lahti.example", language="fi")
    client.post("/language", data={"language": "nl"})
    enter(client)
    assert '<html lang="nl">' in client.get("/account").text  # chosen on the sign-in page
    client.post("/sign-out")
    enter(client, "pia@lahti.example")
    assert '<html lang="fi">' in client.get("/account").text


def test_forms_need_their_token(settings: Settings) -> None:
    app = create_app(settings)
    for path in ("/sign-in", "/sign-out", "/language", "/account/password", "/account/sign-out-everywhere"):
        assert app.test_client().post(path, data={"email": EMAIL, "language": "fi"}).status_code == 400, path


def test_wrong_passwords_for_one_person_are_limited(client, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    allowed = int(WRONG_PER_EMAIL.split()[0])
    statuses = [
        enter(client, EMAIL.upper() if number % 2 else EMAIL, "wrong").status_code
        for number in range(allowed)
    ]
    assert statuses == [422] * allowed
    assert enter(client).status_code == 429
    assert enter(client, "other@navarra.example", "wrong").status_code == 422


def test_wrong_entries_from_one_address_are_limited(client: FlaskClient) -> None:
    allowed = int(WRONG_PER_ADDRESS.split()[0])
    statuses = [enter(client, f"p{number}@x.example", "").status_code for number in range(allowed)]
    assert statuses == [422] * allowed
    assert enter(client, "new@x.example").status_code == 429


def test_right_passwords_are_not_limited(app: Flask, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    for _ in range(int(WRONG_PER_EMAIL.split()[0]) + 2):
        assert enter(app.test_client()).status_code == 302


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/terms/%00", "/?%00=1"])
def test_nul_in_an_address_is_refused(client, path: str) -> None:  # type: ignore[no-untyped-def]
    assert client.get(path).status_code == 400


def test_nul_in_a_form_is_refused(client, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    assert enter(client, "ane\x00@example.org", "wrong password").status_code == 400
    assert enter(client, EMAIL, "wrong\x00password").status_code == 400


def test_names_and_addresses_stay_out_of_the_log(
    caplog: pytest.LogCaptureFixture, client, make_person
) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    with caplog.at_level(logging.DEBUG):
        for _ in range(int(WRONG_PER_EMAIL.split()[0]) + 1):
            enter(client, EMAIL, "wrong password")
        enter(client, "' broken \x00 @", "wrong password")
    assert "exceeded" in caplog.text  # the limiter did log
    for secret in (EMAIL, "navarra.example", "Etxeberria", "wrong password"):
        assert secret not in caplog.text


def test_a_hash_of_lower_cost_is_renewed_without_ending_other_sessions(app: Flask, make_person) -> None:  # type: ignore[no-untyped-def]
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    make_person(EMAIL, password_hash=old)
    browser, other = app.test_client(), app.test_client()
    enter(browser)
    with app.app_context():
        found = by_email(EMAIL)
        assert found is not None
        assert found.password_hash not in (None, old)
        db.session.remove()
    assert enter(other).status_code == 302
    assert browser.get("/account").status_code == 200


class TestDemo:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, demo=True)

    def test_it_offers_a_sign_in_per_role(self, client: FlaskClient) -> None:
        page = client.get("/sign-in").text
        for role in Role:
            assert page.count(f'value="{role}@demo.example"') == 1
        assert DEMO_PASSWORD in page


def test_outside_a_demo_no_sign_in_is_offered(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    assert "demo" not in page.lower()
