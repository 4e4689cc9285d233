"""A list in the browser: sent, looked at, applied exactly as it was shown, and again without effect."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from near_learn import records
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.enrolment import blueprint, draft, sheet
from near_learn.enrolment.job import Jobs
from near_learn.enrolment.known import load
from near_learn.people import deadline, membership, person
from near_learn.people.person import Person, by_email
from near_learn.people.role import Role
from near_learn.privacy import audit, tombstone
from near_learn.records import progress
from tests.enrolment.files import as_csv, as_xlsx
from tests.mail.post_office import PostOffice, link_in, text_of

HEADING = ("email", "name", "region", "cohort", "courses", "deadline")
LIST = (
    HEADING,
    ("bea@x.example", "Bea García", "ES220", "Pilot Navarra", "visits", "2031-12-12"),
    ("Carl@x.example", "Carl Öst", "ES22", "", "", ""),
    ("ane@x.example", "", "ES211", "", "visits", ""),
)

pytestmark = pytest.mark.usefixtures("places")


def people() -> dict[str, Person]:
    found = {each.email: each for each in db.session.scalars(sa.select(Person))}
    db.session.expunge_all()
    return found


def registrations() -> list[tuple[str, str, str]]:
    table = progress.registration
    with db.engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.actor, table.c.region, table.c.cohort))
        return sorted(tuple(row) for row in rows)


def counted(app: Flask) -> dict[str, int]:
    """How many rows each table has."""
    with app.app_context(), db.engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return {name: connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


def send(browser: FlaskClient, data: bytes, name: str = "list.csv", **more: Any) -> TestResponse:
    return browser.post("/enrolment/", data={"file": (io.BytesIO(data), name), **more})


def shown(browser: FlaskClient, rows: Iterable[Iterable[object]] = LIST, **more: Any) -> str:
    """Sends a list; the address of the page with what it would do."""
    answer = send(browser, as_csv(rows), **more)
    assert answer.status_code == 302, answer.text
    assert answer.location
    return str(answer.location)


@pytest.fixture
def operator(make_person, sign_in) -> FlaskClient:  # type: ignore[no-untyped-def]
    make_person("op@x.example", Role.OPERATOR)
    make_person("ane@x.example", region="ES220")
    return sign_in("op@x.example")


def test_a_list_is_shown_before_anything_is_changed_and_done_as_shown(
    app: Flask, operator: FlaskClient, office: PostOffice
) -> None:
    before = counted(app)
    address = shown(operator)
    assert {name: number for name, number in counted(app).items() if before[name] != number} == {
        "enrolment_draft": 1
    }
    page = operator.get(address).text
    for words in (
        "<strong>2</strong>new people",
        "<strong>1</strong>person changed",
        "<strong>2</strong>registrations",
        "Region: ES220 Navarra → ES211 Araba/Álava",
        "Group: Pilot Navarra",
        "Deadline of Pilot Navarra for Home visits: 12 December 2031",
    ):
        assert words in page
    answer = operator.post(f"{address}/apply", data={"invite": "1"}, follow_redirects=True)
    assert "The list is enrolled" in answer.text
    with app.app_context():
        found = people()
        bea, carl, ane = (found[f"{name}@x.example"] for name in ("bea", "carl", "ane"))
        assert (bea.name, bea.role, bea.region, bea.cohort_id) == (
            "Bea García",
            "professional",
            "ES220",
            "navarra",
        )
        assert (carl.password_hash, carl.language, carl.searched) == (None, "en", "carl ost carl@x.example")
        assert ane.region == "ES211"
        assert registrations() == sorted([(bea.account, "ES220", "navarra"), (ane.account, "ES211", "")])
        with db.engine.connect() as connection:
            assert deadline.of(connection, "navarra")["visits"].isoformat() == "2031-12-12"
            assert membership.counts(connection, ["navarra"]) == {"navarra": 1}
            actions = [(row.action, row.origin) for row in audit.rows(connection)]
            assert actions == [("person.added", "page")] * 2 + [("person.moved", "page")]
    app.extensions["courier"].finish(30)
    assert {each["To"] for each in office.letters} == {"bea@x.example", "carl@x.example"}
    assert link_in(office.letters[0]).startswith("/password/")
    assert "Hello Bea García," in text_of(office.to("bea@x.example")[0])


def test_the_same_list_again_does_nothing(app: Flask, operator: FlaskClient, office: PostOffice) -> None:
    operator.post(f"{shown(operator)}/apply", data={"invite": "1"})
    before = counted(app)
    address = shown(operator)
    page = operator.get(address).text
    assert "Everything in this list is so already." in page
    assert "Do it" not in page
    operator.post(f"{address}/apply", data={"invite": "1"})
    after = counted(app)
    assert {name for name in after if after[name] != before[name]} == {"enrolment_draft"}


def test_applying_twice_applies_once(app: Flask, operator: FlaskClient) -> None:
    address = shown(operator)
    for _ in range(2):
        assert "The list is enrolled" in operator.post(f"{address}/apply", follow_redirects=True).text
    with app.app_context():
        assert len(registrations()) == 2


def test_the_statements_are_those_of_a_registration(app: Flask, operator: FlaskClient) -> None:
    operator.post(f"{shown(operator)}/apply")
    with app.app_context(), db.engine.connect() as connection:
        statements = [each.statement for each in app.extensions["lrs"].read(connection)]
        assert [each["verb"]["display"]["en"] for each in statements] == ["registered"] * 2
        assert not any(word in str(statements) for word in ("Bea", "x.example"))
        before = registrations()
        with writing() as writer:
            app.extensions["projection"].rebuild(writer)
        assert registrations() == before


def test_what_changed_meanwhile_is_said_and_nothing_is_done(app: Flask, operator: FlaskClient) -> None:
    address = shown(operator)
    with app.app_context(), writing() as connection:
        person.add(connection, email="carl@x.example", name="Carl", role=Role.PROFESSIONAL, region="ES22")
    before = counted(app)
    page = operator.post(f"{address}/apply", follow_redirects=True).text
    assert counted(app) == before
    assert "Nothing was done: things have changed since you looked." in page
    assert "1 row would now do something else" in page
    assert page.index("Name: Carl → Carl Öst") < page.index("Pilot Navarra")
    assert "The list is enrolled" in operator.post(f"{address}/apply", follow_redirects=True).text


def test_what_changes_between_preparing_and_writing_counts_too(
    app: Flask, operator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, loads = shown(operator), []

    def and_then(connection: Any, rows: Any, known: Any) -> Any:
        loads.append(1)
        if len(loads) == 2:
            ane = by_email("ane@x.example")
            assert ane
            connection.execute(sa.update(Person).where(Person.id == ane.id).values(active=False))
        return load(connection, rows, known)

    monkeypatch.setattr("near_learn.enrolment.application.load", and_then)
    page = operator.post(f"{address}/apply", follow_redirects=True).text
    assert "This person is kept out" in page
    assert "Do it" not in page
    with app.app_context():
        # The change was made inside the transaction, to be seen by it: it went with it.
        assert people()["ane@x.example"].active
        assert "bea@x.example" not in people()


def test_a_failure_changes_nothing_and_the_list_waits(
    app: Flask, operator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = shown(operator)
    before = counted(app)

    def fail(*_values: Any, **_more: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(deadline, "put", fail)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        assert operator.post(f"{address}/apply").status_code == 500
    assert counted(app) == before
    assert "The list is enrolled" in operator.post(f"{address}/apply", follow_redirects=True).text


def test_a_long_list_is_applied_in_the_background(
    app: Flask, operator: FlaskClient, monkeypatch: pytest.MonkeyPatch, office: PostOffice
) -> None:
    monkeypatch.setattr(blueprint, "SHORT", 5)
    rows = [("email", "name", "region"), *((f"p{number}@x.example", "P", "ES220") for number in range(12))]
    address = shown(operator, rows)
    assert operator.post(f"{address}/apply", data={"invite": "1"}).status_code == 302
    jobs: Jobs = app.extensions["enrolment_jobs"]
    jobs.wait()
    assert "12 new people" in operator.get(address).text
    app.extensions["courier"].finish(30)
    assert len(office.letters) == 12


def test_how_far_a_long_list_is(app: Flask, operator: FlaskClient) -> None:
    address = shown(operator)
    with app.app_context(), writing() as connection:
        assert draft.claim(connection, address.rpartition("/")[2], datetime.now(UTC))
    assert "Being prepared." in operator.get(address).text
    # The process that did it is gone: nothing was done, and the list waits again.
    with app.app_context(), writing() as connection:
        connection.execute(sa.update(draft.table).values(begun_at=datetime.now(UTC) - draft.ABANDONED * 2))
    assert "Do it" in operator.get(address).text
    assert "The list is enrolled" in operator.post(f"{address}/apply", follow_redirects=True).text


def test_errors_come_first_and_can_be_downloaded(app: Flask, operator: FlaskClient) -> None:
    rows = [*LIST, ("bad", "=cmd", "ES999", "", "nothing", ""), ("d@x.example", "D", "", "", "", "")]
    data = as_xlsx(rows)
    answer = send(operator, data, "list.xlsx")
    page = operator.get(answer.location or "").text
    assert "<strong>2</strong>rows with errors" in page
    assert "Do it" not in page
    assert page.index("A5: “bad” is no e-mail address") < page.index("Bea García")
    assert "C5: “ES999” is no region of NUTS 2024" in page
    assert "C6: Needed for a new person." in page
    only = operator.get(f"{answer.location}?show=error").text
    assert "Bea García" not in only
    assert "C5:" in only
    kept = operator.get(f"{answer.location}/plan.csv")
    assert kept.text.startswith("\ufeffRow,E-mail address,What happens,Cell,Message\r\n5,bad,Error,A5,")
    assert "2,bea@x.example,New person,,Role: Professional; " in kept.text
    before = counted(app)
    operator.post(f"{answer.location}/apply")
    assert counted(app) == before


def test_a_file_that_is_no_list_is_refused_beside_its_field(app: Flask, operator: FlaskClient) -> None:
    before = counted(app)
    answer = send(operator, "email,name\nx@x.example,José\n".encode("cp1252"))
    assert answer.status_code == 422
    assert "stands the byte 0xE9, which is not UTF-8" in answer.text
    assert "CSV UTF-8 (Comma delimited)" in answer.text
    assert operator.post("/enrolment/", data={}).status_code == 422
    assert counted(app) == before


class Untouched(io.BytesIO):
    """A body that nobody is to read."""

    def read(self, *_values: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = readinto = read  # type: ignore[assignment]


def test_500_mb_are_refused_before_they_are_read(operator: FlaskClient) -> None:
    answer = operator.post(
        "/enrolment/",
        input_stream=Untouched(),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(500 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "At most 8 MB can be sent here at once." in answer.text


def test_a_list_is_its_sender_s_alone(app: Flask, operator: FlaskClient, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    address = shown(operator)
    make_person("op2@x.example", Role.OPERATOR)
    other = sign_in("op2@x.example")
    for path, method in ((address, "GET"), (f"{address}/plan.csv", "GET"), (f"{address}/apply", "POST")):
        assert other.open(path, method=method).status_code == 404
    with app.app_context(), writing() as connection:
        connection.execute(sa.update(draft.table).values(until=datetime(2020, 1, 1, tzinfo=UTC)))
    assert "lists are kept for an hour" in operator.get(address).text


def test_a_kept_list_is_sealed(app: Flask, operator: FlaskClient) -> None:
    address = shown(operator)
    with app.app_context(), db.engine.connect() as connection:
        (stored,) = connection.scalars(sa.select(draft.table.c.sealed))
        assert "bea" not in stored.lower() or "x.example" not in stored
    operator.post(f"{address}/apply")
    with app.app_context(), db.engine.connect() as connection:
        assert list(connection.scalars(sa.select(draft.table.c.sealed))) == [""]


def test_a_manager_enrols_in_their_territory_only(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person("m@x.example", Role.MANAGER, "ES22")
    make_person("eve@x.example", region="FI1C6", name="Eve Secret")
    manager = sign_in("m@x.example")
    rows = (
        ("email", "name", "region", "role"),
        ("n@x.example", "N", "ES220", ""),
        ("eve@x.example", "", "", ""),
        ("t@x.example", "T", "ES220", "operator"),
        ("f@x.example", "F", "FI1C6", ""),
    )
    page = manager.get(shown(manager, rows, make_organisations="1")).text
    assert "<strong>3</strong>rows with errors" in page
    assert "Eve Secret" not in page
    for words in ("not one whom you look after", "You cannot give this role", "outside your territory"):
        assert words in page
    address = shown(manager, rows[:2])
    assert "The list is enrolled" in manager.post(f"{address}/apply", follow_redirects=True).text
    with app.app_context():
        assert people()["n@x.example"].role == "professional"


def test_organisations_that_a_list_makes(app: Flask, operator: FlaskClient) -> None:
    rows = (
        ("email", "name", "region", "organisation"),
        ("n@x.example", "N", "ES220", "Fundación Norte"),
        ("o@x.example", "O", "FI1C6", "fundación norte"),
    )
    assert "There is no organisation" in operator.get(shown(operator, rows)).text
    address = shown(operator, rows, make_organisations="1")
    assert "A new organisation is made: Fundación Norte" in operator.get(address).text
    operator.post(f"{address}/apply")
    with app.app_context():
        found = people()
        assert found["n@x.example"].organisation_id == found["o@x.example"].organisation_id
        assert re.fullmatch(r"[0-9a-f-]{36}", found["n@x.example"].organisation_id or "")
    assert "is so already" in operator.get(shown(operator, rows, make_organisations="1")).text


def test_who_was_erased_does_not_come_back(app: Flask, operator: FlaskClient) -> None:
    with app.app_context(), writing() as connection:
        tombstone.put(connection, "e-1", [], "Bea@x.example", datetime.now(UTC))
    page = operator.get(shown(operator)).text
    assert "A2: This person was erased here." in page
    assert "Do it" not in page


def test_the_sample_can_be_sent(app: Flask, operator: FlaskClient) -> None:
    sample = operator.get("/enrolment/sample.csv").data
    assert send(operator, sample).status_code == 302


def test_enrolling_by_list_and_by_hand_is_the_same(app: Flask, operator: FlaskClient) -> None:
    operator.post(f"{shown(operator)}/apply")
    with app.app_context():
        bea = by_email("bea@x.example")
        assert bea
        learner = records.Learner.of(bea, "en")
        course, at = library().courses["visits"], datetime.now(UTC)
        with writing() as connection:
            records.recorder().enrol(connection, learner, course, at)
        assert len(registrations()) == 2


def test_limits_are_told_on_the_page(operator: FlaskClient) -> None:
    page = operator.get("/enrolment/").text
    assert f"At most {sheet.MOST_ROWS:,} rows and 8 MB." in page
