"""A password by mail: the same answer to everybody, a link that works once, the end of every session."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.mail.courier import Courier
from near_learn.people import password_link
from near_learn.people.commands import person as person_command
from near_learn.people.password_link import table
from near_learn.people.person import by_email, change, set_active, set_password
from near_learn.sign_in import reset
from near_learn.sign_in.limits import MAILS_PER_EMAIL
from tests.mail.post_office import PostOffice, link_in, post_office, text_of
from tests.tokens import without_token

EMAIL = "ane@navarra.example"
NEW = "another sentence about snow"


@pytest.fixture(scope="module")
def building() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture
def office(building: PostOffice) -> PostOffice:
    building.letters.clear()
    return building


@pytest.fixture
def settings(settings: Settings, office: PostOffice) -> Settings:
    return office.settings(settings)


def ask(app: Flask, email: str = EMAIL) -> str:
    """Asks for a link, waits for the mail; the page that answered."""
    page = app.test_client().post("/password/forgotten", data={"email": email})
    assert page.status_code == 200, page.text
    courier: Courier = app.extensions["courier"]
    courier.finish(5)
    return page.text


def letter(app: Flask, office: PostOffice, subject: str) -> EmailMessage:
    app.extensions["courier"].finish(5)
    (found,) = [each for each in office.letters if each["Subject"] == subject]
    return found


def follow(client: FlaskClient, path: str):  # type: ignore[no-untyped-def]
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (302, "/password/new")
    return client.get("/password/new")


def test_the_whole_way(app: Flask, make_person, sign_in, office: PostOffice) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    elsewhere, browser = sign_in(EMAIL), app.test_client()
    assert "Forgotten your password?" in browser.get("/sign-in").text
    assert "Look into your mail" in ask(app, EMAIL.upper())
    link = link_in(letter(app, office, "Choose a new password"))
    page = follow(browser, link)
    assert EMAIL in page.text
    weak = browser.post("/password/new", data={"new": "Password2026!", "again": "Password2026!"})
    assert (weak.status_code, "Many people use this" in weak.text) == (422, True)
    unlike = browser.post("/password/new", data={"new": NEW, "again": NEW + "!"})
    assert (unlike.status_code, "not the same" in unlike.text) == (422, True)
    assert elsewhere.get("/account").status_code == 200

    answer = browser.post("/password/new", data={"new": NEW, "again": NEW})
    assert (answer.status_code, answer.location) == (302, "/")
    assert browser.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert "just been changed" in text_of(letter(app, office, "Your password was changed"))
    fresh = app.test_client()
    for text, status in (("a short sentence about rain", 422), (NEW, 302)):
        assert fresh.post("/sign-in", data={"email": EMAIL, "password": text}).status_code == status
    again = app.test_client()
    assert again.get(link).location == "/password/new"
    over = again.get("/password/new")
    assert (over.status_code, "works no longer" in over.text) == (404, True)
    assert again.post("/password/new", data={"new": NEW, "again": NEW}).status_code == 404


def test_the_mail_is_in_the_person_s_language(app: Flask, make_person, office: PostOffice) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL, language="el")
    ask(app)
    html = office.letters[0].get_body(("html",))
    assert html is not None
    assert '<html lang="el">' in html.get_content()


def test_the_answer_is_the_same_for_everybody(app: Flask, make_person, office: PostOffice) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    out = make_person("out@navarra.example")
    with app.app_context(), writing() as connection:
        set_active(connection, out.id, active=False)
    pages = {
        without_token(ask(app, email)).replace(email, "-")
        for email in (EMAIL, "out@navarra.example", "nobody@navarra.example")
    }
    assert len(pages) == 1
    assert [each["To"] for each in office.letters] == [EMAIL]


def test_the_answer_does_not_wait_for_what_is_done(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    released, asked = threading.Event(), []

    def slow(email: str) -> None:
        released.wait(5)
        asked.append(email)

    monkeypatch.setattr(reset, "send_link", slow)
    assert app.test_client().post("/password/forgotten", data={"email": EMAIL}).status_code == 200
    assert asked == []
    released.set()
    app.extensions["courier"].finish(5)
    assert asked == [EMAIL]


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 300 + "@x.example"])
def test_what_is_no_address_is_refused(app: Flask, email: str) -> None:
    assert app.test_client().post("/password/forgotten", data={"email": email}).status_code == 422


def test_only_a_hash_of_the_link_is_stored(app: Flask, make_person, office: PostOffice) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    ask(app)
    token = link_in(office.letters[0]).rpartition("/")[2]
    assert len(token) == 43
    with app.app_context():
        (row,) = db.session.execute(select(table)).all()
        assert token not in str(row)
        assert timedelta(minutes=59) < row.expires_at - datetime.now(UTC) <= timedelta(hours=1)


def test_a_link_lasts_an_hour(app: Flask, make_person, office: PostOffice) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    ask(app)
    browser = app.test_client()
    assert follow(browser, link_in(office.letters[0])).status_code == 200
    with app.app_context(), writing() as connection:
        connection.execute(update(table).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert browser.post("/password/new", data={"new": NEW, "again": NEW}).status_code == 404


def test_a_link_of_somebody_who_is_kept_out_since(app: Flask, make_person, office: PostOffice) -> None:  # type: ignore[no-untyped-def]
    person = make_person(EMAIL)
    ask(app)
    with app.app_context(), writing() as connection:
        set_active(connection, person.id, active=False)
    assert follow(app.test_client(), link_in(office.letters[0])).status_code == 404


def test_one_use_ends_every_link(app: Flask, make_person) -> None:  # type: ignore[no-untyped-def]
    person, now = make_person(EMAIL), datetime.now(UTC)
    with app.app_context(), writing() as connection:
        first, second = (
            password_link.made(connection, person.id, password_link.Purpose.RESET, now).rpartition("/")[2]
            for _ in range(2)
        )
        assert password_link.spent(connection, first, now)
        assert not password_link.spent(connection, first, now)
        assert not password_link.spent(connection, second, now)


def test_another_address_or_password_ends_every_link(app: Flask, make_person) -> None:  # type: ignore[no-untyped-def]
    person, now = make_person(EMAIL), datetime.now(UTC)
    for happens in (
        lambda connection: change(connection, person.account, email="ane.new@navarra.example"),
        lambda connection: set_password(connection, person.id, "hash"),
    ):
        with app.app_context(), writing() as connection:
            token = password_link.first_password_link(connection, person.id).rpartition("/")[2]
            happens(connection)
            assert password_link.found(connection, token, now) is None


def test_so_many_mails_an_hour_and_no_more(app: Flask, make_person, office: PostOffice) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    for _ in range(reset.MOST_PER_HOUR + 1):
        with app.app_context():
            reset.send_link(EMAIL)
    app.extensions["courier"].wake()
    app.extensions["courier"].finish(5)
    assert len(office.letters) == reset.MOST_PER_HOUR


def test_asking_too_often_is_refused(settings: Settings) -> None:
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client, allowed = app.test_client(), int(MAILS_PER_EMAIL.split()[0])
    email = {"email": "nobody@navarra.example"}
    statuses = [client.post("/password/forgotten", data=email).status_code for _ in range(allowed)]
    assert statuses == [200] * allowed
    assert client.post("/password/forgotten", data=email).status_code == 429


def test_a_first_password(app: Flask, make_person) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL, password_hash=None)
    answer = app.test_cli_runner().invoke(person_command, ["link", "--email", EMAIL])
    found = re.search(r"http://127.0.0.1:8000(/password/\S+)", answer.output)
    assert found, answer.output
    browser = app.test_client()
    page = follow(browser, found[1])
    assert "Welcome, Ane Etxeberria." in page.text
    assert browser.post("/password/new", data={"new": NEW, "again": NEW}).location == "/"
    with app.app_context():
        person = by_email(EMAIL)
        assert person is not None
        assert person.password_hash


@pytest.mark.parametrize("token", ["x", "new%20", "é" * 43, "%00", "a" * 5000])
def test_a_link_that_never_was(app: Flask, token: str) -> None:
    client = app.test_client()
    answer = client.get(f"/password/{token}", follow_redirects=True)
    assert answer.status_code in {400, 404}


def test_names_addresses_and_links_stay_out_of_the_log(
    app: Flask, make_person, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    office.recipient = f"450 <{EMAIL}> later"
    with caplog.at_level("DEBUG"):
        ask(app)
        ask(app, "nobody@navarra.example")
    office.recipient = "250 OK"
    ours = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("mail.log"))
    assert "not sent" in ours
    for secret in ("navarra.example", "Etxeberria", "/password/"):
        assert secret not in ours


def test_without_mail_the_page_says_whom_to_ask(settings: Settings) -> None:
    app = create_app(replace(settings, mail_server=""))
    client = app.test_client()
    assert "Forgotten your password?" not in client.get("/sign-in").text
    assert "This site sends no mail." in client.get("/password/forgotten").text
