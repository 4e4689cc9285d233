"""Joining a group by code or link; registering by a link, with an answer that never tells who is here."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from near_learn.db import db, writing
from near_learn.mail import outbox
from near_learn.people import cohort as cohorts
from near_learn.people import invitation as invitations
from near_learn.people import membership
from near_learn.people.invitation import Invitation
from near_learn.people.person import Person, by_email
from near_learn.records import progress
from tests.members.world import CARITAS, COURSE, GROUP, World, email

ENTRY = {
    "name": "Nora Nueva",
    "email": "nora@new.example",
    "password": "seven green bicycles",
    "language": "es",
}


@pytest.fixture
def invitation(world: World) -> Invitation:
    """An open one with two places, detached."""
    now = datetime.now(UTC)
    with world.inside():
        with writing() as connection:
            id_ = invitations.make(
                connection, GROUP, places=2, closes_at=now + timedelta(days=1), made_by="", at=now
            )
        made = db.session.get(Invitation, id_)
        assert made is not None
        db.session.expunge(made)
        return made


def used(world: World, invitation: Invitation) -> int:
    with world.inside():
        found = db.session.get(Invitation, invitation.id)
        assert found is not None
        return found.used


def leave(world: World, who: str) -> None:
    with world.inside(), writing() as connection:
        membership.take_out(connection, GROUP, world.accounts[who])


def people(world: World) -> int:
    with world.inside():
        return db.session.query(Person).count()


@pytest.mark.parametrize("by", ["code", "token"])
def test_somebody_who_is_here_joins_and_is_enrolled_once(
    world: World, invitation: Invitation, by: str
) -> None:
    leave(world, "stranger")
    browser, secret = world.browser("stranger"), getattr(invitation, by)
    typed = f" {secret[:4].lower()}-{secret[4:].lower()}"
    assert browser.get("/join", query_string={"code": typed}).location == f"/join/{secret}"
    assert "Grupo Tolosa" in browser.get(f"/join/{secret}").text
    for _ in range(2):
        assert browser.post(f"/join/{secret}").location == "/"
    assert "You are in this group" in browser.get(f"/join/{secret}").text
    assert used(world, invitation) == 1
    with world.inside():
        stranger = world.person("stranger")
        assert (stranger.cohort_id, stranger.region) == (GROUP, "FI1B1"), "joining moves nobody"
        table = progress.registration
        mine = (table.c.actor == stranger.account) & (table.c.course == COURSE)
        assert db.session.execute(db.select(table.c.cohort).where(mine)).all() == [(GROUP,)]


def answers(world: World, secret: str) -> set[tuple[int, str]]:
    """What every way of using this code or link says, to somebody who is here and to a stranger."""
    inside, outside = world.browser("stranger"), world.browser(None)
    found = [inside.get(f"/join/{secret}"), inside.post(f"/join/{secret}")]
    if len(secret) > 8:
        found += [outside.get(f"/join/{secret}"), outside.post(f"/join/{secret}/register", data=ENTRY)]
    pages = {(each.status_code, re.search(r"<h1>(.*?)</h1>", each.text)) for each in found}
    return {(status, found[1] if found else "") for status, found in pages}


def test_one_answer_for_what_never_was_and_what_is_over(world: World, invitation: Invitation) -> None:
    leave(world, "stranger")
    count = people(world)
    now = datetime.now(UTC)
    with world.inside(), writing() as connection:
        over = invitations.make(connection, GROUP, places=1, closes_at=now, made_by="", at=now)
        full = invitations.make(
            connection, GROUP, places=1, closes_at=now + timedelta(days=1), made_by="", at=now
        )
        invitations.take_place(connection, full, now)
        invitations.close(connection, invitation.id, now)
    with world.inside():
        secrets = ["ABCDEFGH", "A" * 28, "hello", invitation.code, invitation.token]
        for id_ in (over, full):
            found = db.session.get(Invitation, id_)
            assert found is not None
            secrets += [found.code, found.token]
    for secret in secrets:
        assert answers(world, secret) == {(404, "There is nothing to join here")}, secret
    assert people(world) == count


def test_a_code_is_looked_up_for_people_who_are_signed_in_only(world: World, invitation: Invitation) -> None:
    outside = world.browser(None)
    assert outside.get(f"/join/{invitation.code}").location == f"/sign-in?next=/join/{invitation.code}"
    assert outside.get("/join").location == "/sign-in?next=/join"
    assert outside.get(f"/join/{invitation.code}/register").status_code == 404


def test_a_stranger_registers_by_the_link(world: World, invitation: Invitation) -> None:
    outside = world.browser(None)
    page = outside.get(f"/join/{invitation.token}").text
    assert f"/join/{invitation.token}/register" in page
    answer = outside.post(f"/join/{invitation.token}/register", data=ENTRY)
    assert answer.location == "/sign-in?next=/"
    with world.inside():
        nora = by_email("nora@new.example")
        assert nora is not None
        assert (nora.role, nora.region, nora.organisation_id, nora.cohort_id, nora.language) == (
            "professional", "ES220", CARITAS, GROUP, "es",
        )  # fmt: skip
        assert [each.id for each in cohorts.of(nora.account)] == [GROUP]
    signing_in = {"email": ENTRY["email"], "password": ENTRY["password"]}
    assert outside.post("/sign-in", data=signing_in).location == "/"
    assert used(world, invitation) == 1


def test_the_answer_is_the_same_for_an_address_that_is_known(world: World, invitation: Invitation) -> None:
    count = people(world)
    known = world.browser(None).post(
        f"/join/{invitation.token}/register", data={**ENTRY, "email": email("operator")}
    )
    new = world.browser(None).post(
        f"/join/{invitation.token}/register", data={**ENTRY, "email": "new@new.example"}
    )
    assert (known.status_code, known.location) == (new.status_code, new.location)
    assert people(world) == count + 1
    with world.inside():
        operator = world.person("operator")
        assert (operator.name, operator.cohort_id) == ("Operator Person", None)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"password": "short"}, "at least 10"),
        ({"password": "nora nueva rocks"}, "Leave your name"),
        ({"email": "nora"}, "not an e-mail address"),
        ({"name": ""}, "This is needed"),
        ({"language": "xx"}, "Not a valid choice"),
    ],
)
def test_a_bad_entry_is_said_beside_its_field(
    world: World, invitation: Invitation, sent: dict, error: str
) -> None:
    answer = world.browser(None).post(f"/join/{invitation.token}/register", data={**ENTRY, **sent})
    assert answer.status_code == 422
    assert error in answer.text


def test_the_last_place_is_taken_once(world: World, invitation: Invitation) -> None:
    outside = world.browser(None)
    for number in range(3):
        sent = {**ENTRY, "email": f"last{number}@new.example"}
        status = outside.post(f"/join/{invitation.token}/register", data=sent).status_code
        assert status == (302 if number < 2 else 404)
    with world.inside():
        assert by_email("last2@new.example") is None


def test_wrong_codes_are_counted(world: World) -> None:
    app: Flask = world.app
    limiter = app.extensions["limiter"]
    (first,) = limiter
    before, first.enabled = first.enabled, True
    try:
        browser = world.browser("peer")
        found = [
            browser.get(f"/join/{'ABCDEFG'}{letter}").status_code for letter in "ABCDEFGHJKMNPQRSTWXYZ23"
        ]
        assert found[:20] == [404] * 20
        assert set(found[20:]) == {429}
    finally:
        with app.app_context():
            first.reset()
        first.enabled = before


def test_with_mail_only_the_reader_of_the_mail_learns_more(
    world: World, invitation: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(outbox, "ready", lambda: True)
    monkeypatch.setattr(outbox, "put", lambda _connection, **mail: sent.append(mail) or True)
    count, outside = people(world), world.browser(None)
    path = f"/join/{invitation.token}/register"
    shown = [
        outside.post(path, data={**ENTRY, "email": address}).text.replace(address, "")
        for address in (email("peer"), "mail@new.example")
    ]
    assert shown[0] == shown[1]
    assert "Look into your mail" in shown[0]
    assert [mail["to"] for mail in sent] == [email("peer"), "mail@new.example"]
    assert people(world) == count, "nothing before the address is confirmed"
    assert invitation.token in sent[0]["text"]
    link = re.search(r"https://learn.example.org(/join/confirm/\S+)", sent[1]["text"])
    assert link
    assert "new.example" not in link[1]
    # Programs that look into mails open links: that alone registers nobody.
    assert "mail@new.example" in outside.get(link[1]).text
    assert people(world) == count
    for _ in range(2):
        assert outside.post(link[1]).location == "/sign-in?next=/"
    assert people(world) == count + 1
    assert outside.post(link[1][:-4] + "AAAA").status_code == 404


def test_a_closed_group_takes_in_nobody_until_it_is_opened(world: World, invitation: Invitation) -> None:
    leave(world, "stranger")
    operator = world.browser("operator")
    form = {"name": "Grupo Tolosa", "region": "ES220", "organisation": CARITAS}
    edit = f"/admin/groups/{GROUP}/edit"
    assert operator.post(edit, data=form | {"closed": "y"}).status_code == 302
    assert "The group is closed" in operator.get(f"/admin/groups/{GROUP}").text
    browser = world.browser("stranger")
    for answer in (browser.get(f"/join/{invitation.code}"), browser.post(f"/join/{invitation.code}")):
        assert answer.status_code == 403
        assert "takes in nobody by code or link at the moment" in answer.text
    outside = world.browser(None)
    assert outside.get(f"/join/{invitation.token}").status_code == 403
    assert outside.post(f"/join/{invitation.token}/register", data=ENTRY).status_code == 404
    assert used(world, invitation) == 0
    assert operator.post(edit, data=form).status_code == 302
    assert browser.post(f"/join/{invitation.code}").location == "/"
