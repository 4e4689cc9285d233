"""An organiser's list of who was there: those whom they may choose, once each, and nobody else's data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from near_learn import Settings
from near_learn.db import db, writing
from near_learn.events import attendance
from near_learn.events import gathering as gatherings
from near_learn.events.gathering import Gathering, Kind
from near_learn.people.person import add
from near_learn.people.role import Role
from near_learn.records.terms import VERBS
from tests.members.world import CARITAS, COURSE, World, email
from xapi.grammar import instant

ZONE = ZoneInfo(Settings().time_zone)


@pytest.fixture
def event(world: World) -> str:
    """The id of an event of today in Navarra, for Caritas, which the trainer announced."""
    day = datetime.now(ZONE).date()
    with world.inside(), writing() as connection:
        return gatherings.announce(
            connection,
            course=COURSE,
            kind=Kind.LEARNING_EVENT,
            title="Encuentro",
            language="es",
            region="ES220",
            organisation=CARITAS,
            held_on=day,
            closes_at=gatherings.closing(day, ZONE),
            created_by=world.accounts["trainer"],
        )


def move(world: World, event: str, days: int) -> None:
    """The event was, or will be, so many days from now."""
    day = datetime.now(ZONE).date() + timedelta(days=days)
    with world.inside(), writing() as connection:
        values = {"held_on": day, "closes_at": gatherings.closing(day, ZONE)}
        connection.execute(update(Gathering).where(Gathering.id == event).values(values))


def there(world: World, event: str) -> set[str]:
    """Who was there, as the cast names them."""
    with world.inside():
        connection = db.session.connection()
        return {
            who
            for who, account in world.accounts.items()
            if attendance.statement_of(connection, event, account) is not None
        }


def put(world: World, who: str, event: str, *lines: str) -> TestResponse:
    data = {"people": "\n".join(lines)}
    return world.browser(who).post(f"/events/{event}/list", data=data)


@pytest.mark.parametrize("who", ["trainer", "region manager", "organisation manager", "operator"])
def test_people_are_put_on_the_list_by_address_or_name_once(world: World, event: str, who: str) -> None:
    lines = [f"  {email('learner').upper()} ", "", "PÉER   person", "peer person"]
    assert put(world, who, event, *lines).status_code == 302
    assert there(world, event) == {"learner", "peer"}
    again = world.browser(who).post(
        f"/events/{event}/list", data={"people": email("learner")}, follow_redirects=True
    )
    assert "0 people are on the list now. 1 was on it before." in again.text
    shown = "Peer Person" in again.text
    assert shown is (who != "trainer"), "a trainer sees nobody's data"


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("trainer", email("stranger")),
        ("trainer", "Stranger Person"),
        ("trainer", email("operator")),
        ("trainer", "Peer"),
        ("trainer", "nobody@x.example"),
        ("region manager", email("stranger")),
        ("region manager", email("trainer")),
        ("organisation manager", email("stranger")),
    ],
)
def test_whoever_they_may_not_choose_is_as_if_nobody(world: World, event: str, who: str, line: str) -> None:
    answer = put(world, who, event, email("learner"), line)
    assert answer.status_code == 422
    assert f"“{line}” is nobody whom you may choose." in answer.text
    # What was typed is still there to be corrected; nothing was recorded.
    assert email("learner") in answer.text
    assert there(world, event) == set()


@pytest.mark.parametrize("who", ["peer", "other region manager", "other organisation manager"])
def test_an_event_of_others_has_no_list(world: World, event: str, who: str) -> None:
    assert put(world, who, event, email("learner")).status_code in (403, 404)
    assert there(world, event) == set()


def test_a_name_that_several_have_needs_the_address(world: World, event: str) -> None:
    with world.inside(), writing() as connection:
        for number in (1, 2):
            address = f"jon{number}@x.example"
            add(connection, email=address, name="Jon Jon", role=Role.PROFESSIONAL, region="ES220")
    assert "several people have this name" in put(world, "trainer", event, "Jon Jon").text


def test_nobody_was_at_what_is_still_to_come(world: World, event: str) -> None:
    move(world, event, 1)
    assert put(world, "trainer", event, email("learner")).status_code == 409
    assert "Put people on the list" not in world.browser("trainer").get(f"/events/{event}").text


def test_a_list_typed_later_says_when_they_were_there(world: World, event: str) -> None:
    move(world, event, -9)
    assert put(world, "trainer", event, email("peer")).status_code == 302
    with world.inside():
        stored = world.app.extensions["lrs"].read(db.session.connection())
        attended = [each.statement for each in stored if each.statement["verb"]["id"] == VERBS["attended"]]
        latest = attended[-1]
    assert latest["actor"]["account"]["name"] == world.accounts["peer"]
    assert "Peer" not in str(latest)
    assert timedelta(days=8) < datetime.now(UTC) - instant(latest["timestamp"]) < timedelta(days=10)


def test_managers_take_somebody_off_again(world: World, event: str) -> None:
    put(world, "trainer", event, email("learner"))
    account = {"account": world.accounts["learner"]}
    assert world.browser("trainer").post(f"/events/{event}/take-off", data=account).status_code == 403
    assert (
        world.browser("organisation manager").post(f"/events/{event}/take-off", data=account).status_code
        == 302
    )
    assert there(world, event) == set()


@pytest.mark.parametrize("lines", [[""], ["x" * 50_001], [f"{number}@x.example" for number in range(501)]])
def test_lists_that_are_none(world: World, event: str, lines: list[str]) -> None:
    assert put(world, "trainer", event, *lines).status_code == 422
