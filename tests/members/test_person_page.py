"""Adding and changing people: by operators everybody, by managers the professionals of their territory."""

from __future__ import annotations

import re

import pytest

from near_learn.db import db, writing
from near_learn.mail import outbox
from near_learn.people import cohort as cohorts
from near_learn.people.person import by_email, change
from near_learn.privacy import audit
from near_learn.records import progress
from tests.members.world import CARITAS, GROUP, HELSINKI, OTHER_GROUP, PASSWORD, World, email


def new(name: str, /, **more: str) -> dict[str, str]:
    """What the form sends."""
    usual = {"name": name, "email": f"{name.lower()}@new.example", "region": "ES220", "language": "es"}
    return {**usual, "organisation": "", "cohort": "", **more}


def actions(world: World, who: str, about: str) -> list[str]:
    """What the log says that somebody did with somebody, in order."""
    with world.inside():
        connection = db.session.connection()
        actor = audit.handle_of(connection, world.accounts[who])
        whom = audit.handle_of(connection, about)
        return [row.action for row in audit.rows(connection) if (row.actor, row.about) == (actor, whom)]


def test_a_manager_adds_a_professional_who_is_enrolled_with_the_group(world: World) -> None:
    answer = world.browser("region manager").post("/admin/people/new", data=new("Miren", cohort=GROUP))
    assert answer.status_code == 302, answer.text
    with world.inside():
        miren = by_email("miren@new.example")
        assert miren is not None
        assert (miren.role, miren.region, miren.cohort_id, miren.language) == (
            "professional",
            "ES220",
            GROUP,
            "es",
        )
        assert answer.location == f"/admin/people/{miren.account}"
        account, table = miren.account, progress.registration
        assert db.session.execute(db.select(table.c.cohort).where(table.c.actor == account)).all() == [
            (GROUP,)
        ]
    assert actions(world, "region manager", account) == ["person.added"]


@pytest.mark.parametrize(
    ("who", "sent", "error"),
    [
        ("region manager", {"region": "FI1B1"}, "Not a valid choice"),
        ("region manager", {"organisation": HELSINKI}, "Not a valid choice"),
        ("region manager", {"cohort": OTHER_GROUP}, "Not a valid choice"),
        ("organisation manager", {"organisation": HELSINKI}, "Not a valid choice"),
        ("organisation manager", {"organisation": ""}, "Not a valid choice"),
        ("operator", {"role": "manager", "answers_for": "organisation"}, "Choose the organisation"),
        ("operator", {"role": "king"}, "Not a valid choice"),
        ("operator", {"role": "trainer", "region": "ES999"}, "There is no such region"),
        ("operator", {"role": "trainer", "region": "Navarre"}, "There is no such region"),
        ("operator", {"role": "trainer", "email": "nobody"}, "not an e-mail address"),
        ("operator", {"role": "trainer", "email": "PEER@x.example"}, "Somebody already signs in"),
        ("region manager", {"email": "stranger@x.example"}, "This address cannot be used"),
        ("region manager", {"name": "\u202e"}, "one line of letters"),
        ("region manager", {"language": "xx"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_given_is_refused_beside_its_field(
    world: World, who: str, sent: dict, error: str
) -> None:
    answer = world.browser(who).post("/admin/people/new", data=new("Refused", **sent))
    assert answer.status_code == 422
    assert error in answer.text
    with world.inside():
        assert by_email("refused@new.example") is None


def test_a_role_that_a_manager_sends_all_the_same_is_not_given(world: World) -> None:
    sent = new("Sly", role="operator", answers_for="organisation")
    assert world.browser("region manager").post("/admin/people/new", data=sent).status_code == 302
    with world.inside():
        sly = by_email("sly@new.example")
        assert sly is not None
        assert sly.role == "professional"


def test_an_operator_gives_any_role_and_finds_regions_by_name(world: World) -> None:
    sent = new("Boss", role="manager", answers_for="organisation", organisation=HELSINKI, region="lombardia")
    assert world.browser("operator").post("/admin/people/new", data=sent).status_code == 302
    with world.inside():
        boss = by_email("boss@new.example")
        assert boss is not None
        assert (boss.role, boss.answers_for, boss.organisation_id, boss.region) == (
            "manager", "organisation", HELSINKI, "ITC4",
        )  # fmt: skip


def test_a_change_is_kept_and_noted(world: World) -> None:
    with world.inside():
        path = f"/admin/people/{world.accounts['peer']}/edit"
    browser = world.browser("organisation manager")
    assert "learner" not in browser.get(path).text.lower()
    sent = {
        "name": "Peer the Second",
        "region": "IT",
        "organisation": CARITAS,
        "language": "it",
        "cohort": GROUP,
    }
    assert browser.post(path, data=sent).status_code == 302
    with world.inside():
        peer = world.person("peer")
        assert (peer.name, peer.region, peer.language, peer.email) == (
            "Peer the Second",
            "IT",
            "it",
            email("peer"),
        )
        assert [each.id for each in cohorts.of(peer.account)] == [GROUP]
    assert "person.moved" in actions(world, "organisation manager", world.accounts["peer"])
    assert "Nothing was changed" in browser.post(path, data=sent, follow_redirects=True).text
    with world.inside(), writing() as connection:
        change(connection, world.accounts["peer"], name="Peer Person", region="ES220")


def test_a_manager_cannot_take_over_somebody_who_signs_in(world: World) -> None:
    account = world.accounts["learner"]
    browser = world.browser("region manager")
    assert 'name="email"' not in browser.get(f"/admin/people/{account}/edit").text
    sent = {"name": "Learner Person", "email": "mine@x.example", "region": "ES220", "organisation": CARITAS}
    browser.post(f"/admin/people/{account}/edit", data={**sent, "cohort": GROUP, "language": "en"})
    assert browser.post(f"/admin/people/{account}/password").status_code == 403
    with world.inside():
        assert world.person("learner").email == email("learner")
    assert world.browser("operator").post(f"/admin/people/{account}/edit", data=sent).status_code == 422


def test_a_password_is_shown_once(world: World) -> None:
    browser = world.browser("region manager")
    added = browser.post("/admin/people/new", data=new("Edurne"))
    answer = browser.post(f"{added.location}/password")
    (secret,) = re.findall(r'<strong translate="no">(.*?)</strong>', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    entered = world.app.test_client().post(
        "/sign-in", data={"email": "edurne@new.example", "password": secret}
    )
    assert entered.location == "/"
    assert secret not in browser.get(added.location).text
    assert browser.post(f"{added.location}/password").status_code == 403


def test_keeping_out_and_signing_out_end_every_session(world: World) -> None:
    account = world.accounts["peer"]
    manager, operator = world.browser("region manager"), world.browser("operator")
    for path in ("end-sessions", "keep-out"):
        inside = world.browser("peer")
        assert inside.get("/account").status_code == 200
        assert manager.post(f"/admin/people/{account}/{path}").status_code == 302
        assert inside.get("/account").status_code == 302
    signing_in = {"email": email("peer"), "password": PASSWORD}
    assert world.app.test_client().post("/sign-in", data=signing_in).status_code == 422
    assert operator.post(f"/admin/people/{account}/let-in").status_code == 302
    assert world.app.test_client().post("/sign-in", data=signing_in).status_code == 302


def test_nobody_locks_themselves_out(world: World) -> None:
    operator, account = world.browser("operator"), world.accounts["operator"]
    assert operator.post(f"/admin/people/{account}/keep-out").status_code == 409
    sent = {
        "name": "Operator",
        "email": email("operator"),
        "region": "IT",
        "role": "manager",
        "language": "en",
    }
    answer = operator.post(f"/admin/people/{account}/edit", data={**sent, "organisation": "", "cohort": ""})
    assert answer.status_code == 422
    assert "your own role" in answer.text


def test_somebody_is_taken_out_of_a_group_only_by_those_who_look_after_it(world: World) -> None:
    account = world.accounts["learner"]
    sent = {"group": GROUP, "back": "group"}
    assert (
        world.browser("other region manager")
        .post(f"/admin/people/{account}/leave-group", data=sent)
        .status_code
        == 404
    )
    answer = world.browser("region manager").post(f"/admin/people/{account}/leave-group", data=sent)
    assert answer.location == f"/admin/groups/{GROUP}#members"
    with world.inside():
        assert cohorts.of(account) == []


def test_with_mail_a_link_is_sent_to_the_person_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(outbox, "ready", lambda: True)
    monkeypatch.setattr(outbox, "put", lambda _connection, **mail: sent.append(mail) or True)
    account = world.accounts["learner"]
    answer = world.browser("region manager").post(
        f"/admin/people/{account}/password-link", follow_redirects=True
    )
    assert "A mail with the link is on its way." in answer.text
    (mail,) = sent
    assert (mail["to"], mail["account"]) == (email("learner"), account)
    link = re.search(r"https://learn.example.org(/password/\S+)", mail["text"])
    assert link
    assert link[1] not in answer.text
    assert world.app.test_client().get(link[1], follow_redirects=True).status_code == 200


def test_without_mail_there_is_no_link_to_send(world: World) -> None:
    account = world.accounts["learner"]
    assert world.browser("operator").post(f"/admin/people/{account}/password-link").status_code == 409
    assert "Mail is not set up" in world.browser("region manager").get(f"/admin/people/{account}").text
