"""Reminders and digests over a real mail server: in each person's language, never twice, easily ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from near_learn import records
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.enrolment import calendar, digest, refusal, welcome
from near_learn.enrolment.digest import Week
from near_learn.enrolment.refusal import Kind
from near_learn.mail import sending
from near_learn.people import deadline, membership
from near_learn.people.person import Person, by_email
from near_learn.people.role import Role
from near_learn.people.territory import Territory
from near_learn.records import progress
from tests.mail.post_office import PostOffice, text_of

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def due_in(app: Flask) -> Callable[[int], None]:
    """Sets the deadline of the group in Navarra so many days from now."""

    def put(days: int, cohort: str = "navarra") -> None:
        with app.app_context(), writing() as connection:
            deadline.put(connection, cohort, "visits", TODAY + timedelta(days=days))

    return put


def run(app: Flask, now: datetime = NOW) -> tuple[int, int]:
    """One round, sent; how many reminders and digests."""
    with app.app_context():
        done = calendar.run(now)
        sending.deliver()
        db.session.remove()
        return done.reminders, done.digests


def subjects(office: PostOffice) -> list[str]:
    return [str(each["Subject"]) for each in office.letters]


WHEN = {
    15: "",
    14: "by 9 December 2026. That is in 14 days.",
    4: "That is in 4 days.",
    3: "That is in 3 days.",
    1: "That is in one day.",
    0: "today, 25 November 2026, is the last day",
    -1: "You can still complete it",
    -14: "by 11 November 2026",
    -15: "",
}


def test_when_reminders_are_due(app, make_person, office, due_in) -> None:  # type: ignore[no-untyped-def]
    make_person("ane@x.example", cohort="navarra")
    for days, words in WHEN.items():
        due_in(days)
        assert run(app) == (1 if words else 0, 0), days
        if words:
            text = text_of(office.letters[-1])
            assert words in text
            assert "http://127.0.0.1:8000/courses/visits" in text
    assert len(office.letters) == 7


def test_three_reminders_of_a_deadline_and_no_more(app, make_person, office, due_in) -> None:  # type: ignore[no-untyped-def]
    make_person("ane@x.example", cohort="navarra", language="es")
    due_in(20)
    counts = [run(app, NOW + timedelta(days=day))[0] for day in range(5, 36)]
    assert [day for day, count in enumerate(counts, start=5) if count] == [6, 17, 21]
    assert len(office.letters) == 3
    # A deadline that is moved is another one.
    due_in(30)
    assert run(app, NOW + timedelta(days=20))[0] == 1


def test_never_twice_however_many_run_at_once(app, make_person, office, due_in) -> None:  # type: ignore[no-untyped-def]
    for number in range(12):
        make_person(f"p{number}@x.example", cohort="navarra")
    due_in(10)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: run(app), range(3)))
    run(app)
    assert sorted(each["To"] for each in office.letters) == sorted(f"p{n}@x.example" for n in range(12))


def test_each_in_their_language_to_those_whom_it_concerns(app, make_person, office, due_in) -> None:  # type: ignore[no-untyped-def]
    people = {
        name: make_person(f"{name}@x.example", name=name.title(), cohort="navarra", **more)
        for name, more in {
            "ana": {"language": "es"},
            "bo": {},
            "done": {},
            "out": {},
            "refuses": {},
        }.items()
    }
    listed = make_person("listed@x.example")
    make_person("other@x.example", cohort="tampere")
    due_in(10)
    with app.app_context():
        course = library().courses["visits"]
        with writing() as connection:
            membership.put(connection, "navarra", [listed.account], NOW)
            connection.execute(sa.update(Person).where(Person.id == people["out"].id).values(active=False))
            refusal.put(connection, people["refuses"].account, Kind.REMINDER)
            learner = records.Learner.of(people["done"], "en")
            registration = records.recorder().enrol(connection, learner, course, NOW)
            table = progress.registration
            done = sa.update(table).where(table.c.registration == registration)
            connection.execute(done.values(completed_at=NOW))
            connection.execute(sa.update(Person).where(Person.id == listed.id).values(cohort_id=None))
    assert run(app) == (3, 0)
    assert {each["To"] for each in office.letters} == {"ana@x.example", "bo@x.example", "listed@x.example"}
    (ana,) = office.to("ana@x.example")
    assert "5 de diciembre de 2026" in str(ana["Subject"])
    assert "Ana" in text_of(ana)


def unsubscribe_address(letter: EmailMessage) -> str:
    """The path at which the mail is ended."""
    found = re.fullmatch(
        r"<http://127\.0\.0\.1:8000(/mail/unsubscribe/\S+)>", str(letter["List-Unsubscribe"])
    )
    assert found
    assert f"http://127.0.0.1:8000{found[1]}" in text_of(letter)
    return found[1]


def test_a_mail_program_ends_them_with_one_press(app, make_person, office, due_in) -> None:  # type: ignore[no-untyped-def]
    ane = make_person("ane@x.example", cohort="navarra")
    due_in(14)
    run(app)
    (letter,) = office.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert ane.account not in text_of(letter).replace(unsubscribe_address(letter), "")
    app.config["WTF_CSRF_ENABLED"] = True
    program = app.test_client()
    # Whoever only looks at the address ends nothing.
    assert "No more of these mails?" in program.get(unsubscribe_address(letter)).text
    assert run(app, NOW + timedelta(days=11))[0] == 1
    answer = program.post(unsubscribe_address(letter), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "You get these mails no more" in answer.text
    assert run(app, NOW + timedelta(days=15))[0] == 0


def test_a_link_that_we_did_not_make_ends_nothing(app: Flask) -> None:
    for token in ("x", "WyJhIiwicmVtaW5kZXIiXQ.AAAA", "WyJhIl0", "é"):
        for method in ("GET", "POST"):
            answer = app.test_client().open(f"/mail/unsubscribe/{token}", method=method)
            assert answer.status_code == 404
            assert "This link is not whole" in answer.text


def test_the_box_on_the_account_page(app, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person("ane@x.example")
    make_person("m@x.example", Role.MANAGER, "ES22")
    ane, manager = sign_in("ane@x.example"), sign_in("m@x.example")
    assert "A weekly overview" not in ane.get("/account").text
    assert manager.get("/account").text.count('name="wanted"') == 2
    answer = manager.post("/account/mails", data={"wanted": ["reminder"]}, follow_redirects=True)
    assert 'value="reminder" checked' in answer.text
    assert 'value="digest">' in answer.text
    with app.app_context():
        person = by_email("m@x.example")
        assert person
        with db.engine.connect() as connection:
            assert refusal.of(connection, person.account) == {Kind.DIGEST}
    answer = manager.post("/account/mails", data={"wanted": ["reminder", "digest"]}, follow_redirects=True)
    assert answer.text.count(" checked") == 2


def enrolled(app: Flask, people: list[Person], at: datetime) -> None:
    with app.app_context():
        course = library().courses["visits"]
        with writing() as connection:
            for person in people:
                records.recorder().enrol(connection, records.Learner.of(person, "en"), course, at)


@pytest.fixture
def navarra(app: Flask, make_person) -> list[Person]:  # type: ignore[no-untyped-def]
    """Seven people in Navarra who enrolled last week and three elsewhere; two managers."""
    make_person("m@x.example", Role.MANAGER, "ES22", language="es")
    make_person("t@x.example", Role.MANAGER, "FI1C6")
    make_person("nothing@x.example", Role.MANAGER, "IT")
    people = [make_person(f"p{n}@x.example", cohort="navarra") for n in range(7)]
    others = [make_person(f"o{n}@x.example", region="FI1C6", cohort="tampere") for n in range(3)]
    enrolled(app, people + others, NOW - timedelta(days=5))
    return people


def test_a_manager_s_week(app, navarra, office, due_in) -> None:  # type: ignore[no-untyped-def]
    due_in(-20)
    assert run(app) == (0, 2)
    assert {each["To"] for each in office.letters} == {"m@x.example", "t@x.example"}
    (letter,) = office.to("m@x.example")
    assert "16 de noviembre de 2026" in str(letter["Subject"])
    text = text_of(office.to("t@x.example")[0])
    assert "from 16 November 2026 to 22 November 2026" in text
    assert "Enrolled: fewer than 5" in text
    assert "Past a deadline now: 0" in text
    assert "p0@x.example" not in text
    unsubscribe_address(letter)
    # Once a week, on whichever day it is run.
    assert run(app, NOW + timedelta(days=4)) == (0, 0)
    assert run(app, NOW + timedelta(days=5)) == (0, 1)  # those past the deadline are still something to tell


def test_figures_of_a_territory(app, navarra, due_in) -> None:  # type: ignore[no-untyped-def]
    due_in(-20)
    week = Week.before(TODAY, ZoneInfo("UTC"))
    assert (week.name, week.monday, week.sunday) == ("2026-W47", date(2026, 11, 16), date(2026, 11, 22))
    with app.app_context(), db.engine.connect() as connection:
        found = digest.count(connection, Territory(region="ES22", roots=("ES22",)), week, TODAY)
        assert vars(found) == {"enrolled": 7, "started": 0, "completed": 0, "late": 7}
        earlier = Week.before(TODAY - timedelta(days=7), ZoneInfo("UTC"))
        assert digest.count(connection, Territory(everywhere=True), earlier, TODAY).enrolled == 0


@pytest.mark.parametrize(
    ("number", "least", "told"),
    [(0, 5, "0"), (1, 5, "fewer than 5"), (4, 5, "fewer than 5"), (5, 5, "5 or more"), (13, 5, "10 or more"),
     (3, 1, "3")],
)  # fmt: skip
@pytest.mark.usefixtures("words")
def test_numbers_in_steps(number: int, least: int, told: str) -> None:
    assert digest.told(number, least) == told


def test_who_refuses_gets_no_digest(app, navarra, office) -> None:  # type: ignore[no-untyped-def]
    with app.app_context():
        manager = by_email("m@x.example")
        assert manager
        account = manager.account
        with writing() as connection:
            refusal.put(connection, account, Kind.DIGEST)
    assert run(app) == (0, 1)
    assert office.to("m@x.example") == []


def test_mails_are_offered_only_where_there_is_mail(app: Flask, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    make_person("ane@x.example")
    browser: FlaskClient = sign_in("ane@x.example")
    app.extensions["settings"] = replace(app.extensions["settings"], mail_server="")
    assert "Mails that you get" not in browser.get("/account").text


def test_a_welcome_is_written_once_a_language_and_filled_in(app: Flask) -> None:
    with app.app_context():
        forms = welcome.Forms()
        address = "https://example.org/password/abc"
        name = f"Ann <b>& {welcome.Forms.ADDRESS}"
        for language in ("nl", "en", "xx"):
            filled, plain = forms.filled(language, name, address), welcome.letter_to(name, language, address)
            assert filled == plain
        assert "Ann &lt;b&gt;&amp; " in filled.html
        assert address in filled.text
