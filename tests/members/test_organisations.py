"""Organisations: only operators list, make, change, merge and remove them."""

from __future__ import annotations

import re

from near_learn.db import db, writing
from near_learn.people import organisation as organisations
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort
from near_learn.records import progress
from tests.members.world import CARITAS, GROUP, HELSINKI, World


def listed(world: World, text: str = "") -> list[str]:
    page = world.browser("operator").get("/admin/organisations", query_string={"text": text}).text
    return re.findall(r'<th scope="row"><a [^>]*>(.*?)</a></th>', page)


def test_the_list_is_searched_without_accents(world: World) -> None:
    assert listed(world) == ["Cáritas Navarra", "City of Helsinki"]
    assert listed(world, "caritas") == ["Cáritas Navarra"]
    assert listed(world, "FI1B1") == ["City of Helsinki"]
    assert listed(world, "nothing") == []
    assert world.browser("operator").get("/admin/organisations?page=99999999999").status_code == 200


def test_an_organisation_is_made_changed_and_removed(world: World) -> None:
    operator = world.browser("operator")
    answer = operator.post("/admin/organisations/new", data={"name": " Stad  Mechelen ", "region": "be212"})
    assert answer.status_code == 302
    page = answer.location
    assert operator.post(f"{page}/edit", data={"name": "Stad Mechelen", "region": "BE2"}).location == page
    with world.inside():
        found = db.session.get(Organisation, page.rsplit("/", 1)[1])
        assert found is not None
        assert (found.name, found.region) == ("Stad Mechelen", "BE2")
    assert operator.post(f"{page}/delete").location == "/admin/organisations"
    assert operator.get(page).status_code == 404


def test_a_name_is_there_once(world: World) -> None:
    operator = world.browser("operator")
    sent = {"name": "City of Helsinki", "region": "FI1B1"}
    for path in ("/admin/organisations/new", f"/admin/organisations/{CARITAS}/edit"):
        answer = operator.post(path, data=sent)
        assert answer.status_code == 422
        assert "Another organisation has this name" in answer.text


def test_what_has_people_or_records_stays(world: World) -> None:
    operator = world.browser("operator")
    answer = operator.post(f"/admin/organisations/{CARITAS}/delete", follow_redirects=True)
    assert "The organisation stays" in answer.text


def test_merging_moves_people_and_leaves_what_was_recorded(world: World) -> None:
    operator = world.browser("operator")
    with world.inside(), writing() as connection:
        organisations.add(connection, name="Caritas", region="ES220", id_="twin")
    assert operator.post(f"/admin/organisations/{CARITAS}/merge", data={"into": "twin"}).status_code == 422
    sent = {"into": CARITAS, "sure": "y"}
    assert operator.post(f"/admin/organisations/{CARITAS}/merge", data=sent).status_code == 422
    sent = {"into": "twin", "sure": "y"}
    assert operator.post(f"/admin/organisations/{CARITAS}/merge", data=sent).status_code == 302
    table = progress.registration
    with world.inside():
        assert world.person("learner").organisation_id == "twin"
        group = db.session.get(Cohort, GROUP)
        assert group is not None
        assert group.organisation_id == "twin"
        recorded = set(db.session.scalars(db.select(table.c.organisation)))
        assert recorded == {CARITAS}
        assert db.session.get(Organisation, CARITAS) is not None, "reports name it still"
    # Nothing is recorded for this one, so it goes.
    assert (
        operator.post("/admin/organisations/twin/merge", data={"into": HELSINKI, "sure": "y"}).status_code
        == 302
    )
    with world.inside():
        assert db.session.get(Organisation, "twin") is None
        assert world.person("learner").organisation_id == HELSINKI
