"""The operator's list of people: found by words, role and region; never named in an address."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn.db import db, writing
from near_learn.people.directory import PAGE_SIZE
from near_learn.people.person import Cohort, add, by_email, set_active
from near_learn.people.role import Role

PEOPLE = [
    ("ane@navarra.example", "Ane Etxeberria", Role.PROFESSIONAL, "ES220"),
    ("jef@mechelen.example", "Jef Peeters", Role.TRAINER, "BE212"),
    ("capek@vysocina.example", "Karel Čapek", Role.MANAGER, "CZ063"),
    ("pia@lahti.example", "Pia Järvinen_50%", Role.PROFESSIONAL, "FI1C6"),
    ("eleni@attica.example", "Ελένη Παπαδοπούλου", Role.PROFESSIONAL, "EL30"),
]


@pytest.fixture(autouse=True)
def _people(app: Flask) -> None:
    with app.app_context():
        db.session.add(Cohort(id="navarra-2026", name="Grupo piloto", region="ES220"))
        db.session.commit()
        with writing() as connection:
            for email, name, role, region in PEOPLE:
                cohort = "navarra-2026" if region == "ES220" else None
                add(connection, email=email, name=name, role=role, region=region, cohort=cohort)


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>(.*?)</a></th>', page)


def search(operator: FlaskClient, **fields: str) -> str:
    answer = operator.post("/admin/people", data={"text": "", "role": "", "region": "", **fields})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_everybody_is_listed(operator: FlaskClient) -> None:
    page = operator.get("/admin/people").text
    assert len(names(page)) == len(PEOPLE) + 1
    assert "6 people" in page
    assert "Grupo piloto" in page
    assert "Päijät-Häme" in page


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"text": "etxe"}, ["Ane Etxeberria"]),
        ({"text": "ANE"}, ["Ane Etxeberria"]),
        ({"text": "čapek"}, ["Karel Čapek"]),
        ({"text": "CAPEK"}, ["Karel Čapek"]),
        ({"text": "capek karel"}, ["Karel Čapek"]),
        ({"text": "jarvinen"}, ["Pia Järvinen_50%"]),
        ({"text": "ελενη"}, ["Ελένη Παπαδοπούλου"]),
        ({"text": "mechelen.example"}, ["Jef Peeters"]),
        ({"text": "n_5"}, ["Pia Järvinen_50%"]),
        ({"text": "0%"}, ["Pia Järvinen_50%"]),
        ({"text": "_"}, ["Pia Järvinen_50%"]),
        ({"text": "' OR 1=1 --"}, []),
        ({"role": "trainer"}, ["Jef Peeters"]),
        ({"region": "BE"}, ["Jef Peeters"]),
        ({"region": "FI1C"}, ["Pia Järvinen_50%"]),
        ({"role": "professional", "region": "ES"}, ["Ane Etxeberria"]),
        ({"role": "trainer", "region": "ES"}, []),
    ],
)
def test_searching(operator: FlaskClient, fields: dict[str, str], found: list[str]) -> None:
    page = search(operator, **fields)
    assert names(page) == found
    assert ("Nobody fits." in page) is (not found)


@pytest.mark.parametrize("fields", [{"role": "king"}, {"region": "XX"}, {"text": "x" * 201}])
def test_what_cannot_be_searched_for_is_said(operator: FlaskClient, fields: dict[str, str]) -> None:
    answer = operator.post("/admin/people", data={"text": "", "role": "", "region": "", **fields})
    assert answer.status_code == 422
    assert "Please check the form" in answer.text
    assert names(answer.text) == []


def test_pages(app: Flask, operator: FlaskClient) -> None:
    with app.app_context(), writing() as connection:
        for number in range(2 * PAGE_SIZE):
            add(
                connection,
                email=f"p{number:03}@many.example",
                name="Many",
                role=Role.PROFESSIONAL,
                region="IT",
            )
    seen: list[str] = []
    for number in ("1", "2", "3"):
        page = search(operator, page=number)
        assert f"Page {number} of 3" in page
        seen += re.findall(r"<td>(\S+@\S+)</td>", page)
    assert len(seen) == len(set(seen)) == 2 * PAGE_SIZE + len(PEOPLE) + 1
    assert "Page 3 of 3" in search(operator, page="99")
    assert "Page 1 of 3" in search(operator, page="-1")
    assert "Page 2 of 2" in search(operator, text="many", page="2")


def test_the_search_is_posted_so_that_no_name_enters_an_address(operator: FlaskClient) -> None:
    page = search(operator, text="Etxeberria")
    assert not re.search(r'(href|action)="[^"]*Etxeberria', page)
    assert re.search(r'<form method="post" action="/admin/people"', page)


def test_how_somebody_stands_with_signing_in(app: Flask, operator: FlaskClient) -> None:
    with app.app_context():
        found = by_email("jef@mechelen.example")
        assert found is not None
        number = found.id
        with writing() as connection:
            set_active(connection, number, active=False)
    assert "Kept out" in search(operator, text="jef")
    assert "No password" in search(operator, text="ane@")
    assert "Possible" in search(operator, text="giulia")


def test_the_overview_counts(operator: FlaskClient) -> None:
    page = " ".join(operator.get("/admin/").text.split())
    for name, number in (("Professional", 3), ("Trainer", 1), ("Manager", 1), ("Operator", 1)):
        assert f"<dt>{name}</dt><dd>{number}</dd>" in page
    assert "0 in use" in page
