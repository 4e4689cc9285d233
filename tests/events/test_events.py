"""Events: announced, attended once, closed, seen by those who may, and kept as statements without names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.events import gathering as gatherings
from near_learn.events.gathering import Gathering, State, closing, new_code, normal
from near_learn.people.role import Role
from near_learn.records import progress, recorder
from near_learn.records.terms import ACTIVITIES, VERBS
from tests.certificates.conftest import Somebody
from xapi.sql.tables import statement

Arrive = Callable[..., Somebody]
Learn = Callable[..., str]
BASE = "https://learn.example.org"
TITLE = "Visita a Tolosa"


def local_day(days: int = 0) -> str:
    return (datetime.now(ZoneInfo(Settings().time_zone)).date() + timedelta(days=days)).isoformat()


def sent(**changed: str) -> dict[str, str]:
    """What the form of a new event sends."""
    usual = {"course": "visits", "kind": "study-visit", "title": TITLE, "language": "es"}
    return {**usual, "held_on": local_day(), **changed}


@pytest.fixture
def trainer(arrive: Arrive) -> Somebody:
    return arrive("Teresa Trainer", Role.TRAINER, "ES220")


def announced(organiser: Somebody, **changed: str) -> str:
    """The address of the page of a new event."""
    answer = organiser.client.post("/events/new", data=sent(**changed))
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def code_of(app: Flask, page: str) -> str:
    with app.app_context():
        found = db.session.get(Gathering, page.rsplit("/", 1)[-1])
        assert found is not None
        return found.code


def statements(app: Flask, verb: str = "attended") -> list[dict[str, Any]]:
    """The statements with this verb, in stored order, that are not voided."""
    with app.app_context():
        found = app.extensions["lrs"].read(db.session.connection())
        return [each.statement for each in found if each.statement["verb"]["id"] == VERBS[verb]]


def rows(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived row."""
    with app.app_context():
        return {
            table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
            for table in progress.DERIVED
        }


def attend(somebody: Somebody, code: str) -> None:
    answer = somebody.client.post(f"/attend/{code}")
    assert (answer.status_code, answer.location) == (302, f"/attend/{code}")


# --- announcing --------------------------------------------------------------------------------------


def test_a_new_event_shows_its_code_and_the_way_to_it(app: Flask, trainer: Somebody) -> None:
    page = announced(trainer)
    code = code_of(app, page)
    html = trainer.client.get(page).text
    assert f"{code[:4]} {code[4:]}" in html
    assert f"{BASE}/attend/{code}" in html
    assert "<svg" in html
    assert "0 people attended" in html
    listing = trainer.client.get("/events/").text
    assert TITLE in listing
    assert page in listing


@pytest.mark.parametrize(
    "wrong",
    [
        {"course": "none"},
        {"kind": "party"},
        {"title": ""},
        {"title": "  "},
        {"title": "x" * 201},
        {"title": "turned \u202e round"},
        {"language": "xx"},
        {"held_on": ""},
        {"held_on": "tomorrow"},
        {"held_on": "9999-12-31"},
        {"held_on": local_day(-2)},
    ],
    ids=str,
)
def test_what_cannot_be_announced(trainer: Somebody, wrong: dict[str, str]) -> None:
    answer = trainer.client.post("/events/new", data=sent(**wrong))
    assert answer.status_code == 422
    assert "Please check the form" in answer.text
    assert "There is no event yet." in trainer.client.get("/events/").text


def test_learners_announce_nothing(arrive: Arrive) -> None:
    learner = arrive()
    assert learner.client.get("/events/").status_code == 403
    assert learner.client.post("/events/new", data=sent()).status_code == 403
    assert "/events/" not in learner.client.get("/").text


@pytest.mark.parametrize(
    ("role", "region", "seen"),
    [
        (Role.MANAGER, "ES220", True),
        (Role.MANAGER, "ES", True),
        (Role.MANAGER, "FI1C6", False),
        (Role.OPERATOR, "BE212", True),
        (Role.TRAINER, "ES220", False),
    ],
)
def test_who_sees_an_event_of_somebody_else(
    arrive: Arrive, trainer: Somebody, role: Role, region: str, seen: bool
) -> None:
    page = announced(trainer)
    other = arrive("Somebody Else", role, region).client
    assert (TITLE in other.get("/events/").text) is seen
    assert other.get(page).status_code == (200 if seen else 404)
    assert other.post(page + "/close").status_code == (302 if seen else 404)


# --- attending ---------------------------------------------------------------------------------------


def test_looking_writes_nothing_and_confirming_writes_once(
    app: Flask, arrive: Arrive, trainer: Somebody
) -> None:
    page, maite = announced(trainer), arrive()
    code = code_of(app, page)
    before = maite.client.get(f"/attend/{code}")
    assert before.status_code == 200
    assert "I am attending" in before.text
    assert statements(app) == []
    attend(maite, code)
    attend(maite, code)
    assert len(statements(app)) == 1
    after = maite.client.get(f"/attend/{code}").text
    assert "It is recorded that you attended." in after
    assert "I am attending" not in after
    assert maite.client.get(f"/my-record/statements/{statements(app)[0]['id']}").status_code == 200
    assert f"You attended “{TITLE}”." in maite.client.get("/my-record/statements").text
    assert "1 person attended" in trainer.client.get(page).text


def test_the_code_as_people_type_it(app: Flask, arrive: Arrive, trainer: Somebody) -> None:
    code = code_of(app, announced(trainer))
    maite = arrive().client
    for typed in (code.lower(), f"{code[:4]} {code[4:]}", f" {code[:4]}-{code[4:].lower()} "):
        assert maite.get("/attend", query_string={"code": typed}).location == f"/attend/{code}"
    assert maite.get(f"/attend/{code.lower()}").location == f"/attend/{code}"


@pytest.mark.parametrize("code", ["22222222", "x", "0OIL1UV0", "a/b", "é" * 8, "2" * 300])
def test_a_code_that_is_none(arrive: Arrive, code: str) -> None:
    maite = arrive().client
    typed = maite.get("/attend", query_string={"code": code}, follow_redirects=True)
    assert typed.status_code == 404
    assert maite.post("/attend/22222222").status_code == 404


def test_nobody_attends_before_the_day(app: Flask, arrive: Arrive, trainer: Somebody) -> None:
    code, maite = code_of(app, announced(trainer, held_on=local_day(2))), arrive().client
    assert maite.get(f"/attend/{code}").status_code == 409
    refused = maite.post(f"/attend/{code}")
    assert refused.status_code == 409
    assert "Come back then" in refused.text
    assert statements(app) == []


def test_nobody_attends_what_is_closed(app: Flask, arrive: Arrive, trainer: Somebody) -> None:
    page, maite, anna = announced(trainer), arrive(), arrive("Anna Virtanen", region="FI1C6")
    code = code_of(app, page)
    attend(maite, code)
    assert trainer.client.post(page + "/close").status_code == 302
    assert anna.client.get(f"/attend/{code}").status_code == 410
    refused = anna.client.post(f"/attend/{code}")
    assert refused.status_code == 410
    assert "Attendance is closed" in refused.text
    assert len(statements(app)) == 1
    assert "It is recorded" in maite.client.get(f"/attend/{code}").text
    assert code[:4] + " " + code[4:] not in trainer.client.get(page).text


def test_who_is_not_signed_in_comes_back_to_the_code(app: Flask, trainer: Somebody) -> None:
    code = code_of(app, announced(trainer))
    assert app.test_client().get(f"/attend/{code}").location == f"/sign-in?next=/attend/{code}"
    assert app.test_client().post(f"/attend/{code}").location.startswith("/sign-in")


def test_wrong_codes_are_counted_and_right_ones_are_not(
    settings: Settings, app: Flask, arrive: Arrive, trainer: Somebody
) -> None:
    code, maite = code_of(app, announced(trainer)), arrive()
    limited = create_app(settings)
    limited.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = limited.test_client()
    with maite.client.session_transaction() as mine, client.session_transaction() as other:
        other.update(mine)
    assert {client.get(f"/attend/{code}").status_code for _ in range(30)} == {200}
    assert [client.get("/attend/22222222").status_code for _ in range(21)] == [404] * 20 + [429]
    assert client.post(f"/attend/{code}").status_code == 429


# --- what is recorded --------------------------------------------------------------------------------


def test_the_statement(app: Flask, arrive: Arrive, learn: Learn, trainer: Somebody) -> None:
    maite = arrive()
    registration, page = learn(maite, 1), announced(trainer)
    attend(maite, code_of(app, page))
    (found,) = statements(app)
    assert found["actor"] == {
        "objectType": "Agent",
        "account": {"homePage": BASE, "name": maite.account},
    }
    assert found["object"] == {
        "objectType": "Activity",
        "id": f"{BASE}/courses/visits/events/{page.rsplit('/', 1)[-1]}",
        "definition": {"type": ACTIVITIES["meeting"], "name": {"es": TITLE}},
    }
    context = found["context"]
    assert context["registration"] == registration
    assert context["language"] == "en"
    assert [each["id"] for each in context["contextActivities"]["parent"]] == [f"{BASE}/courses/visits"]
    assert context["extensions"] == {f"{BASE}/terms/region": "ES220", f"{BASE}/terms/nuts": "2024"}
    with app.app_context():
        texts = "".join(db.session.scalars(select(statement.c.text)))
    assert "Maite" not in texts
    assert "Teresa" not in texts


def test_who_has_not_enrolled_attends_without_a_registration(
    app: Flask, arrive: Arrive, trainer: Somebody
) -> None:
    attend(arrive(), code_of(app, announced(trainer)))
    assert "registration" not in statements(app)[0]["context"]
    assert not any(rows(app).values())


def test_it_moves_no_progress_and_a_rebuild_gives_the_same_rows(
    app: Flask, arrive: Arrive, learn: Learn, trainer: Somebody
) -> None:
    maite, page = arrive(), announced(trainer)
    learn(maite)
    before = rows(app)
    assert before["registration"]
    attend(maite, code_of(app, page))
    assert rows(app) == before
    with app.app_context(), writing() as connection:
        app.extensions["projection"].rebuild(connection)
    assert rows(app) == before
    arrive("Olli Operator", Role.OPERATOR).client.post(page + "/take-off", data={"account": maite.account})
    assert statements(app) == []
    assert rows(app) == before


def test_the_page_of_the_course_lists_it(app: Flask, arrive: Arrive, trainer: Somebody) -> None:
    code, maite = code_of(app, announced(trainer)), arrive()
    assert "Events you attended" not in maite.client.get("/courses/visits").text
    attend(maite, code)
    html = maite.client.get("/courses/visits").text
    assert "Events you attended" in html
    assert re.search(rf'lang="es"[^>]*>{TITLE}<', html)
    assert "Events you attended" not in trainer.client.get("/courses/visits").text


# --- names, and taking off ---------------------------------------------------------------------------


def test_names_are_for_those_who_may_see_the_person_s_records(
    app: Flask, arrive: Arrive, trainer: Somebody
) -> None:
    page = announced(trainer)
    for each in (arrive(), arrive("Anna Virtanen", region="FI1C6")):
        attend(each, code_of(app, page))
    seen = {
        "trainer": trainer.client.get(page).text,
        "manager": arrive("Mikel Manager", Role.MANAGER, "ES22").client.get(page).text,
        "operator": arrive("Olli Operator", Role.OPERATOR).client.get(page).text,
    }
    assert all("2 people attended" in html for html in seen.values())
    names = {who: ("Maite Ibarra" in html, "Anna Virtanen" in html) for who, html in seen.items()}
    assert names == {"trainer": (False, False), "manager": (True, False), "operator": (True, True)}


def test_taking_somebody_off_withdraws_the_statement(app: Flask, arrive: Arrive, trainer: Somebody) -> None:
    page, maite = announced(trainer), arrive()
    anna = arrive("Anna Virtanen", region="FI1C6")
    code = code_of(app, page)
    attend(maite, code)
    attend(anna, code)
    manager = arrive("Mikel Manager", Role.MANAGER, "ES22").client
    take_off = page + "/take-off"
    assert trainer.client.post(take_off, data={"account": maite.account}).status_code == 403
    assert manager.post(take_off, data={"account": anna.account}).status_code == 404
    assert manager.post(take_off, data={"account": "nobody"}).status_code == 404
    assert len(statements(app)) == 2
    assert manager.post(take_off, data={"account": maite.account}).status_code == 302
    assert [each["actor"]["account"]["name"] for each in statements(app)] == [anna.account]
    (voided,) = statements(app, "voided")
    assert voided["actor"]["account"]["name"] == "near-learn"
    assert "1 person attended" in manager.get(page).text
    assert "Events you attended" not in maite.client.get("/courses/visits").text
    assert manager.post(take_off, data={"account": maite.account}).status_code == 404
    # A mistake of the manager's: while the code is open, it can be recorded again.
    attend(maite, code)
    assert "2 people attended" in manager.get(page).text


def test_a_statement_that_an_operator_voids_counts_no_more(
    app: Flask, arrive: Arrive, trainer: Somebody
) -> None:
    page, maite = announced(trainer), arrive()
    attend(maite, code_of(app, page))
    with app.app_context(), writing() as connection:
        recorder().withdraw(connection, statements(app)[0]["id"], datetime.now(UTC))
    assert "0 people attended" in trainer.client.get(page).text


# --- codes and days ----------------------------------------------------------------------------------


def test_codes_are_plain_to_read_and_differ() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(normal(code) == code for code in codes)
    assert not set("01OILUV") & set(gatherings.LETTERS)


def test_a_gathering_is_open_on_its_day_and_the_day_after() -> None:
    zone = ZoneInfo("Europe/Brussels")
    found = Gathering(held_on=date(2026, 3, 2), closes_at=closing(date(2026, 3, 2), zone))
    states = {
        "2026-03-01T22:59:59+00:00": State.EARLY,
        "2026-03-01T23:00:00+00:00": State.OPEN,
        "2026-03-03T22:59:59+00:00": State.OPEN,
        "2026-03-03T23:00:00+00:00": State.CLOSED,
    }
    assert {at: found.state(datetime.fromisoformat(at), zone) for at in states} == states


def test_a_course_that_is_gone_leaves_its_events_readable(
    app: Flask, arrive: Arrive, trainer: Somebody, settings: Settings, tmp_path: Any
) -> None:
    page = announced(trainer)
    empty = tmp_path / "no-courses"
    empty.mkdir()
    later = create_app(replace(settings, courses=empty))
    client = later.test_client()
    with trainer.client.session_transaction() as mine, client.session_transaction() as other:
        other.update(mine)
    assert client.get(page).status_code == 200
    assert client.get("/events/new").status_code == 200
