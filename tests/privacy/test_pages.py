"""The pages about personal data, as people use them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from near_learn.db import db, writing
from near_learn.people import person
from near_learn.privacy import audit, erasure, verifying
from tests.privacy.conftest import EMAIL, NAME, PASSWORD, World

SignIn = Callable[[str], Any]
OLGA = "olga@example.org"


def rows() -> list[tuple[str, str]]:
    with db.engine.connect() as connection:
        return [(row.action, row.origin) for row in audit.rows(connection)]


def test_a_person_sees_who_looked_at_their_record(world: World, sign_in: SignIn) -> None:
    operator, own = sign_in(OLGA), sign_in(EMAIL)
    assert "Nobody but you, so far." in own.get("/my-record/seen").text
    first = next(text for text in world.texts() if world.xan in text)
    for _ in range(2):
        operator.get(f"/admin/statements/{json.loads(first)['id']}")
    page = own.get("/my-record/seen").text
    assert "Olga Novak" in page
    assert page.count("Looked at a statement") == 1
    assert "Looked at a statement" not in sign_in("bo@example.org").get("/my-record/seen").text


def test_operators_search_the_log_without_an_address_in_an_address(world: World, sign_in: SignIn) -> None:
    operator = sign_in(OLGA)
    with writing() as connection:
        for number in range(60):
            audit.note(
                connection, actor=world.operator, action="record.viewed", about=world.bo, detail={"n": number}
            )
        audit.note(connection, actor="", action="person.added", about=world.xan)
    page = operator.get("/admin/audit").text
    assert NAME in page
    assert "A command on the server" in page
    assert "Page 1 of 2" in page
    about = operator.post("/admin/audit", data={"email": EMAIL, "action": ""})
    assert about.text.count("<tr>") == 3
    assert "audit.viewed" in dict(rows())
    assert operator.post("/admin/audit", data={"email": "no@example.org", "action": ""}).status_code == 422
    assert operator.post("/admin/audit", data={"action": "made up"}).status_code == 422
    assert "Page 2 of 2" in operator.post("/admin/audit", data={"page": "2", "email": "", "action": ""}).text
    assert "Nothing fits" in operator.post("/admin/audit", data={"day": "2020-01-01", "action": ""}).text


def test_everything_about_a_person_comes_as_one_file(world: World, sign_in: SignIn) -> None:
    answer = sign_in(EMAIL).get("/my-record/near-learn-everything.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    record = json.loads(archive.read("record.json"))
    held = {each["table"]: each["rows"] for each in record["tables"]}
    assert held["person.id"][0]["name"] == NAME
    assert "password_hash" not in held["person.id"][0]
    assert held["certificate.registration"][0]["name"] == NAME
    assert held["private_text.registration"][0]["text"].startswith("I am")
    statements = json.loads(archive.read("statements.json"))
    texts = set(world.texts())
    assert len(statements) > 15
    assert all(text in texts for text in archive.read("statements.json").decode()[2:-3].split(",\n"))
    assert not any(
        world.bo in json.dumps(one["actor"]) for one in statements if "Group" not in json.dumps(one)
    )


def test_what_is_somebody_elses_is_not_in_the_file(world: World, sign_in: SignIn) -> None:
    data = sign_in("bo@example.org").get("/my-record/near-learn-everything.zip").data
    archive = zipfile.ZipFile(io.BytesIO(data))
    record = archive.read("record.json").decode()
    assert "Bo Lindqvist" in record
    assert NAME not in record
    assert world.xan not in record


def test_the_way_from_a_request_to_a_receipt(world: World, sign_in: SignIn) -> None:
    own, operator = sign_in(EMAIL), sign_in(OLGA)
    page = own.get("/account/erase").text
    assert "What would be done" in page
    wrong = own.post("/account/erase", data={"proof": "not it", "sure": "y"})
    assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
    assert own.post("/account/erase", data={"proof": PASSWORD}).status_code == 422
    own.post("/account/erase", data={"proof": PASSWORD, "sure": "y"})
    assert "waits for an operator" in own.get("/account/erase").text
    own.post("/account/erase/withdraw")
    assert "What would be done" in own.get("/account/erase").text
    own.post("/account/erase", data={"proof": PASSWORD, "sure": "y"})
    assert NAME in operator.get("/admin/erasures").text
    operator.post(f"/admin/people/{world.xan}/erase/decline")
    assert "What would be done" in own.get("/account/erase").text
    own.post("/account/erase", data={"proof": PASSWORD, "sure": "y"})

    preview = operator.get(f"/admin/people/{world.xan}/erase")
    assert "What will be done" in preview.text
    assert (
        operator.post(f"/admin/people/{world.xan}/erase", data={"proof": "x", "sure": "y"}).status_code == 422
    )
    done = operator.post(f"/admin/people/{world.xan}/erase", data={"proof": PASSWORD, "sure": "y"})
    receipt = operator.get(done.location).text
    assert "Receipt of an erasure" in receipt
    for gone in (NAME, EMAIL, world.xan):
        assert gone not in receipt
        assert gone not in operator.get("/admin/erasures").text
        assert gone not in operator.get("/admin/audit").text
    assert "Somebody who left" in operator.get("/admin/audit").text
    assert own.get("/my-record").location.startswith("/sign-in")
    with db.engine.connect() as connection:
        assert verifying.verify(connection).problems == []


def test_the_last_operator_stays_and_nobody_erases_themselves(world: World, sign_in: SignIn) -> None:
    operator = sign_in(OLGA)
    assert "This is you." in operator.get(f"/admin/people/{world.operator}/erase").text
    data = {"proof": PASSWORD, "sure": "y"}
    assert operator.post(f"/admin/people/{world.operator}/erase", data=data).status_code == 422
    with writing() as connection:
        oskar = connection.scalar(
            sa.select(person.Person.id).where(person.Person.email == "oskar@example.org")
        )
        person.set_active(connection, oskar, active=False)
    assert "You are the only operator here." in operator.get("/account/erase").text


def test_who_was_erased_comes_back_only_as_somebody_new(world: World, sign_in: SignIn) -> None:
    with writing() as connection:
        erasure.erase(connection, world.person(world.xan), actor="")
    db.session.remove()
    new = {"email": EMAIL, "name": NAME, "role": person.Role.PROFESSIONAL, "region": "ES220"}
    try:
        with writing() as connection:
            person.add(connection, **new)
        raise AssertionError("nothing refused it")
    except person.ErasedBefore:
        pass
    operator = sign_in(OLGA)
    assert operator.post("/admin/erasures", data={"email": "no@example.org"}).status_code == 422
    assert operator.post("/admin/erasures", data={"email": EMAIL.upper()}).status_code == 302
    with writing() as connection:
        account = person.add(connection, **new)
    assert account != world.xan
    assert not any(account in text for text in world.texts())
