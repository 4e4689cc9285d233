"""The pages: importing, looking at a course, starting a unit, deleting."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn.db import writing
from near_learn.people import device
from near_learn.people.person import by_email
from tests.cmi5 import making
from tests.cmi5.conftest import Portal, Unit
from tests.cmi5.making import au, block

Browser = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def browser(app: Flask) -> Browser:
    """Somebody signed in, by their role."""

    def signed_in(role: str) -> FlaskClient:
        client = app.test_client()
        with app.app_context():
            person = by_email(f"{role}@example.org")
            assert person is not None
            number = person.id
            with writing() as connection:
                token = device.opened(connection, number, datetime.now(UTC))
        with client.session_transaction() as session:
            session.update({"_user_id": str(number), "_fresh": True, "session": token})
        return client

    return signed_in


def test_a_trainer_imports_looks_and_deletes(browser: Browser) -> None:
    client = browser("trainer")
    sent = {"file": (io.BytesIO(making.package()), "course.zip")}
    answer = client.post("/imported/", data=sent)
    assert answer.status_code == 302
    page = client.get(answer.location)
    assert "A course" in page.text
    assert page.text.count('value="Browse"') == 1
    assert "A course" in client.get("/imported/").text
    assert "stays in their records" in client.get(f"{answer.location}/delete").text
    assert client.post(f"{answer.location}/delete").status_code == 302
    assert client.get(answer.location).status_code == 404


def test_a_refused_package_is_told_with_every_problem(browser: Browser) -> None:
    xml = making.structure(au(url="a.html") + au("two", url="b.html"))
    answer = browser("operator").post("/imported/", data={"file": (io.BytesIO(making.package(xml)), "c.zip")})
    assert answer.status_code == 422
    assert "the package has no file &#39;a.html&#39;" in answer.text
    assert "the package has no file &#39;b.html&#39;" in answer.text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", "Choose a file, or type an address."),
        ("ftp://example.com/a", "begins with http"),
        ("http://127.0.0.1:1/a", "is in an own network"),
        ("http://[::ffff:10.0.0.1]/a", "is in an own network"),
        ("http://user@example.com/", "begins with http"),
    ],
)
def test_an_address_that_is_none_or_leads_inside_is_refused(
    browser: Browser, address: str, expected: str
) -> None:
    answer = browser("trainer").post("/imported/", data={"address": address})
    assert answer.status_code == 422
    assert expected in answer.text


def test_large_packages_are_for_those_who_may_import(browser: Browser, app: Flask) -> None:
    content = bytes(33 * 1024 * 1024)
    for role, status in (("professional", 413), ("trainer", 422)):
        answer = browser(role).post("/imported/", data={"file": (io.BytesIO(content), "c.zip")})
        assert answer.status_code == status


def test_a_learner_starts_goes_on_and_looks_again(browser: Browser, portal: Portal) -> None:
    course, client = portal.imported(block("b", au() + au("two"))), browser("professional")
    page = client.get(f"/imported/{course}")
    assert "Browse" not in page.text
    assert "Imported courses" not in page.text
    answer = client.post(f"/imported/{course}/units/unit-1", data={"mode": "Normal"})
    assert answer.status_code == 303
    unit = Unit(portal.client, answer.location, "")
    unit.begin()
    assert unit.data["returnURL"].endswith(f"/imported/{course}")
    assert ">Continue<" in client.get(f"/imported/{course}").text
    unit.say("completed")
    page = client.get(f"/imported/{course}")
    assert "1 of 2 units done" in page.text
    assert page.text.count('value="Review"') == 1
    assert "1 of 2 units done" in client.get("/").text
    assert client.get(f"/courses/{course}").location == f"/imported/{course}"


def test_a_form_may_lead_to_where_the_units_are(browser: Browser, portal: Portal) -> None:
    course = portal.take(making.structure(au(url="https://units.example.com/a"))).json["id"]
    policy = browser("professional").get(f"/imported/{course}").headers["Content-Security-Policy"]
    assert "form-action 'self' https://units.example.com;" in policy


@pytest.mark.parametrize("path", ["units/unit-9", "units/unit-1?", "nothing"])
def test_what_is_not_there_is_not_found(browser: Browser, portal: Portal, path: str) -> None:
    client, course = browser("professional"), portal.imported()
    status = client.post(f"/imported/{course}/{path}", data={"mode": "Other"}).status_code
    assert status in (400, 404, 405)
