"""Whatever was recorded, and whoever is erased: every report says the same before and after."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from near_learn import Settings
from near_learn.db import db, writing
from near_learn.outcomes import participant
from near_learn.privacy import erasure
from near_learn.records.terms import VERBS
from tests.privacy.conftest import BASE, EMAIL, NAME, World, told

REPORTS = (
    *(f"/reports/completion.csv?by={by}" for by in ("region", "organisation", "course", "module", "cohort")),
    "/reports/completion.csv?basis=happened&from=2026-01-01&to=2026-12-31",
    "/reports/gain.csv",
    "/reports/participants.csv",
    "/reports/targets.csv",
    *(f"/insight/garden/{module}/questions.csv" for module in ("first-visit", "season", "summer-evening")),
)
TELLING = [VERBS[name] for name in ("passed", "failed", "completed", "answered", "progressed", "initialized")]
THINGS = ("", *(f"/modules/{name}" for name in ("first-visit", "season", "summer-evening")))
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^,;\r\n]*")
QUESTIONS = ("first-visit/questions/bag", "season/questions/who-waters", "season/questions/heard")


@pytest.fixture(params=[(1, 7), (5, 41)])
def world_of(request: pytest.FixtureRequest) -> tuple[int, int]:
    """How many people a group must have to be shown, and what the world is drawn with."""
    found: tuple[int, int] = request.param
    return found


@pytest.fixture
def settings(settings: Settings, world_of: tuple[int, int]) -> Settings:
    """With and without protection of small groups."""
    return replace(settings, small_group=world_of[0])


def recorded(world: World, draw: random.Random, number: int) -> dict[str, Any]:
    """Any statement, of anybody, about the garden or not."""
    actors: list[dict[str, Any]] = [
        {"account": {"homePage": BASE, "name": draw.choice((world.xan, world.xan, world.bo, world.trainer))}},
        {"mbox": draw.choice((f"mailto:{EMAIL}", f"mailto:{EMAIL.title()}", "mailto:c@example.org"))},
        {"account": {"homePage": "https://lms.example", "name": EMAIL}, "name": NAME},
        {"objectType": "Group", "member": [{"mbox": f"mailto:{EMAIL}", "name": NAME}]},
    ]
    thing = draw.choice((*THINGS, *(f"/modules/{question}" for question in QUESTIONS)))
    actor = draw.choices(actors, weights=(5, 3, 1, 1))[0]
    extensions: dict[str, Any] = {f"{BASE}/terms/region": draw.choice(("ES220", "FI1C6", "ITC4C", "ZZ999"))}
    if draw.random() < 0.3:
        extensions["https://elsewhere.example/note"] = {"said": f"{NAME} was here", "n": 1}
    result: dict[str, Any] = {
        "score": {"scaled": draw.choice((0, 0.5, 1.0))},
        "success": draw.random() < 0.5,
        "response": draw.choice(("o1", "o1[,]o2", f"{NAME} thinks", "a word", "")),
        "extensions": {f"{BASE}/terms/progress": draw.choice((0.25, 1))},
    }
    made = told(actor, "liked", f"{BASE}/courses/garden{thing}", 10_000 + number)
    made["verb"] = {"id": draw.choice(TELLING)}
    made["result"] = result
    context: dict[str, Any] = {"extensions": extensions}
    if draw.random() < 0.9:
        context["registration"] = str(UUID(int=draw.randint(1, 8), version=4))
    if draw.random() < 0.2:
        context["instructor"] = draw.choice(actors[:2])
    return made | {"context": context}


def fill(world: World, draw: random.Random) -> None:
    made = [recorded(world, draw, number) for number in range(120)]
    voiding = [
        told({"mbox": "mailto:c@example.org"}, "voided", "", 20_000 + number)
        | {
            "object": {"objectType": "StatementRef", "id": draw.choice(made)["id"]},
            "result": {"response": f"{NAME} asked for it"},
        }
        for number in range(10)
    ]
    batch = [*made, *voiding]
    draw.shuffle(batch)
    world.save(*batch)
    with writing() as connection:
        for account in (world.xan, world.bo):
            row = {"gender": "woman", "age": "30-54", "employment": "employed", "education": "isced-5-8"}
            at = db.session.connection().scalar(sa.select(sa.func.max(erasure.Person.created_at)))
            connection.execute(sa.insert(participant.table).values(account=account, told_at=at, **row))


def test_every_report_is_the_same_after_an_erasure(
    world: World, sign_in: Callable[[str], Any], world_of: tuple[int, int]
) -> None:
    draw = random.Random(world_of[1])
    fill(world, draw)
    operator = sign_in("olga@example.org")

    def reports() -> dict[str, str]:
        answers = {address: operator.get(address) for address in REPORTS}
        assert {
            address: answer.status_code for address, answer in answers.items() if answer.status_code != 200
        } == {}
        # But for the moment at which each was counted.
        return {address: MOMENT.sub("", answer.text) for address, answer in answers.items()}

    before, statements = reports(), len(world.texts())
    assert "ES220" in before[REPORTS[0]]
    whom = draw.choice((world.xan, world.xan, world.bo, world.trainer))
    with writing() as connection:
        erasure.erase(connection, world.person(whom), actor=world.operator)
    db.session.remove()
    after = reports()
    assert {each: (before[each], after[each]) for each in REPORTS if before[each] != after[each]} == {}
    assert len(world.texts()) == statements
    kept = world.derived()
    with writing() as connection:
        world.app.extensions["projection"].rebuild(connection)
    assert world.derived() == kept
    assert [address for address, text in reports().items() if before[address] != text] == []
    assert whom not in world.dump()
