"""Groups: made and changed within the territory; their people, courses, deadlines and invitations."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from near_learn.db import db, writing
from near_learn.members.group_page import zone
from near_learn.people import cohort as cohorts
from near_learn.people import deadline
from near_learn.people import invitation as invitations
from near_learn.people.person import Cohort
from near_learn.people.rights import Rights
from near_learn.records import progress
from tests.members.world import CARITAS, COURSE, GROUP, HELSINKI, OTHER_GROUP, World, email


def made(world: World, who: str, **sent: str) -> str:
    """The address of a new group."""
    usual = {"name": "Lerín", "region": "ES220", "organisation": ""}
    answer = world.browser(who).post("/admin/groups/new", data={**usual, **sent})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def registered(group: str) -> set[str]:
    """The accounts that are registered in the group."""
    table = progress.registration
    return set(db.session.scalars(db.select(table.c.actor).where(table.c.cohort == group)))


def test_everybody_sees_the_groups_of_their_territory(world: World) -> None:
    for who, seen in {
        "region manager": {GROUP},
        "organisation manager": {GROUP},
        "other region manager": {OTHER_GROUP},
        "other organisation manager": {OTHER_GROUP},
        "operator": {GROUP, OTHER_GROUP},
    }.items():
        browser = world.browser(who)
        listed = set(re.findall(r'href="/admin/groups/(\w+)"', browser.get("/admin/groups").text)) - {"new"}
        assert listed == seen, who
        opened = {
            id_ for id_ in (GROUP, OTHER_GROUP) if browser.get(f"/admin/groups/{id_}").status_code == 200
        }
        assert opened == seen, who


def test_a_group_lives(world: World) -> None:
    browser = world.browser("region manager")
    page = made(world, "region manager", name=" Valle  de Lerín ")
    id_ = page.rsplit("/", 1)[1]
    people = [email("learner"), f" {email('peer').upper()}"]
    assert browser.post(f"{page}/members", data={"emails": "\n".join(people)}).status_code == 302
    day = (date.today() + timedelta(days=9)).isoformat()
    answer = browser.post(f"{page}/courses", data={"course": COURSE, "deadline": day}, follow_redirects=True)
    assert "1 person is enrolled now. 1 was enrolled before." in answer.text
    answer = browser.post(f"{page}/courses", data={"course": COURSE}, follow_redirects=True)
    assert "0 people are enrolled now. 2 were enrolled before." in answer.text
    with world.inside():
        # The learner was registered before, in another group, and stays so.
        assert registered(id_) == {world.accounts["peer"]}
        assert {each.id for each in cohorts.of(world.accounts["learner"])} == {GROUP, id_}
        assert deadline.of(db.session.connection(), id_) == {COURSE: date.fromisoformat(day)}
    assert "To be completed" in answer.text
    assert browser.post(f"{page}/delete", follow_redirects=True).text.count("The group stays") == 1
    assert browser.post(f"{page}/courses/drop", data={"course": COURSE}).status_code == 302
    assert browser.post(f"{page}/courses/drop", data={"course": COURSE}).status_code == 404
    sent = {"name": "Lerín", "region": "ES22", "organisation": CARITAS}
    assert browser.post(f"{page}/edit", data=sent).location == page
    with world.inside():
        group = db.session.get(Cohort, id_)
        assert group is not None
        assert (group.name, group.region, group.organisation_id) == ("Lerín", "ES22", CARITAS)
        assert registered(id_), "whoever is registered stays so"


def test_an_empty_group_is_removed(world: World) -> None:
    page = made(world, "organisation manager", organisation=CARITAS, region="Finland")
    assert world.browser("organisation manager").post(f"{page}/delete").location == "/admin/groups"
    assert world.browser("operator").get(page).status_code == 404


@pytest.mark.parametrize(
    ("who", "sent"),
    [
        ("region manager", {"region": "FI1B1"}),
        ("region manager", {"organisation": HELSINKI}),
        ("organisation manager", {"organisation": HELSINKI}),
        ("organisation manager", {"organisation": ""}),
        ("other organisation manager", {"organisation": CARITAS}),
        ("operator", {"region": "nowhere"}),
        ("operator", {"name": "  "}),
    ],
)
def test_a_group_outside_the_territory_is_not_made(world: World, who: str, sent: dict[str, str]) -> None:
    with world.inside():
        before = len(cohorts.seen_by(Rights.unlimited()))
    usual = {"name": "Outside", "region": "ES220", "organisation": ""}
    assert world.browser(who).post("/admin/groups/new", data={**usual, **sent}).status_code == 422
    with world.inside():
        assert len(cohorts.seen_by(Rights.unlimited())) == before


def test_addresses_of_others_are_named_and_nobody_is_added(world: World) -> None:
    browser = world.browser("region manager")
    sent = "\n".join([email("peer"), email("stranger"), "nobody@x.example", email("trainer")])
    answer = browser.post(f"/admin/groups/{GROUP}/members", data={"emails": sent})
    assert answer.status_code == 422
    # The same sentence for somebody who is here and somebody who is not.
    for each in (email("stranger"), "nobody@x.example", email("trainer")):
        assert each in answer.text
    with world.inside():
        names = {person.email for person in cohorts.members(GROUP, Rights.unlimited())}
        assert email("stranger") not in names


def test_those_whom_the_reader_does_not_look_after_are_counted_only(world: World) -> None:
    operator = world.browser("operator")
    assert (
        operator.post(f"/admin/groups/{GROUP}/members", data={"emails": email("stranger")}).status_code == 302
    )
    page = world.browser("region manager").get(f"/admin/groups/{GROUP}").text
    assert "Stranger Person" not in page
    assert "Names are shown of those whom you look after." in page
    assert "Stranger Person" in operator.get(f"/admin/groups/{GROUP}").text


@pytest.mark.parametrize(
    ("part", "sent", "error"),
    [
        ("courses", {"course": "none"}, "Not a valid choice"),
        ("courses", {"course": COURSE, "deadline": "2020-01-01"}, "This day is over"),
        ("courses", {"course": COURSE, "deadline": "soon"}, "Not a valid date"),
        ("invitations", {"places": "0", "until": "2100-01-01"}, "Choose a number"),
        ("invitations", {"places": "many", "until": ""}, "Not a valid integer"),
        ("invitations", {"places": "3", "until": "2020-01-01"}, "Choose today or a day"),
        ("members", {"emails": ""}, "This is needed"),
        ("members", {"emails": "x" * 20_001}, "This is too long"),
    ],
)
def test_bad_entries_are_said_beside_their_field(world: World, part: str, sent: dict, error: str) -> None:
    answer = world.browser("region manager").post(f"/admin/groups/{GROUP}/{part}", data=sent)
    assert answer.status_code == 422
    assert error in answer.text


def test_an_invitation_is_made_and_switched_off(world: World) -> None:
    browser = world.browser("region manager")
    until = date.today() + timedelta(days=3)
    sent = {"places": "12", "until": until.isoformat()}
    assert browser.post(f"/admin/groups/{GROUP}/invitations", data=sent).status_code == 302
    with world.inside():
        newest = invitations.of(GROUP)[0]
        assert (newest.places, newest.used, newest.made_by) == (12, 0, world.accounts["region manager"])
        # To the end of that day in the installation's time zone.
        assert newest.closes_at == datetime.combine(until + timedelta(days=1), time(), zone())
        id_ = newest.id
    wrong = f"/admin/groups/{OTHER_GROUP}/invitations/{id_}/close"
    assert browser.post(wrong).status_code == 404
    assert world.browser("operator").post(wrong).status_code == 404
    assert browser.post(f"/admin/groups/{GROUP}/invitations/{id_}/close").status_code == 302
    with world.inside():
        assert not invitations.of(GROUP)[0].open(datetime.now(UTC))
        with writing() as connection:
            invitations.close(connection, id_, datetime.now(UTC) + timedelta(days=9))
        assert not invitations.of(GROUP)[0].open(datetime.now(UTC)), "closing again changes nothing"
