"""The commands of privacy: export, erase with a dry run, readmit, retention."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from near_learn.cli import cli
from near_learn.db import db, writing
from near_learn.people import device
from near_learn.people.person import Person
from near_learn.privacy import audit, retention, verifying
from near_learn.privacy.retention import Unreadable
from near_learn.records.private import PrivateText
from tests.privacy.conftest import EMAIL, NAME, World

NOW = datetime.now(UTC)


def run(world: World, *words: str, code: int = 0, text: str | None = None) -> str:
    with world.app.app_context():
        result = world.app.test_cli_runner().invoke(cli, list(words), input=text)
    assert result.exit_code == code, result.output
    return str(result.output)


def people(world: World) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0


def test_a_dry_run_changes_nothing_and_an_erasure_leaves_a_receipt(world: World, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    run(world, "person", "export", "--email", EMAIL, "--output", str(file))
    assert "record.json" in zipfile.ZipFile(file).namelist()
    before = world.dump()
    shown = run(world, "person", "erase", "--email", EMAIL, "--dry-run")
    assert "This would be done:" in shown
    assert "Certificates: stays without name" in shown
    assert world.dump() == before
    run(world, "person", "erase", "--email", EMAIL, code=1, text="n\n")
    assert world.dump() == before
    done = run(world, "person", "erase", "--email", EMAIL, "--yes", "--vacuum")
    assert "Erased. Receipt" in done
    assert NAME not in done
    assert people(world) == 4
    assert "nobody signs in" in run(world, "person", "erase", "--email", EMAIL, code=2)
    with db.engine.connect() as connection:
        assert verifying.verify(connection).problems == []


def test_somebody_erased_is_added_again_only_after_readmit(world: World) -> None:
    run(world, "person", "erase", "--email", EMAIL, "--yes")
    add = ("person", "add", "--email", EMAIL, "--name", NAME, "--role", "professional", "--region", "ES220")
    assert "near-learn person readmit" in run(world, *add, code=2)
    assert "nobody with this address" in run(world, "person", "readmit", "--email", "no@example.org", code=2)
    run(world, "person", "readmit", "--email", EMAIL)
    run(world, *add)


def test_without_the_secret_key_nobody_is_erased(world: World) -> None:
    world.app.extensions["settings"] = replace(world.app.extensions["settings"], secret_key="")
    assert "NEAR_LEARN_SECRET_KEY" in run(world, "person", "erase", "--email", EMAIL, "--yes", code=1)
    assert people(world) == 5


def test_the_only_operator_stays(world: World) -> None:
    run(world, "person", "erase", "--email", "oskar@example.org", "--yes")
    assert "only operator" in run(world, "person", "erase", "--email", "olga@example.org", "--yes", code=1)


def keep(world: World, text: str) -> None:
    world.app.extensions["settings"] = replace(world.app.extensions["settings"], retention=text)


@pytest.mark.parametrize("text", ["mails", "mails=", "mails=x", "mail=3", "mails=-1", "mails=1.5"])
def test_a_setting_that_cannot_be_read_says_so(world: World, text: str) -> None:
    with pytest.raises(Unreadable, match="kind=days"):
        retention.periods(text)
    keep(world, text)
    assert "NEAR_LEARN_RETENTION" in run(world, "retention", "run", "--dry-run", code=1)


def test_a_dry_run_counts_what_a_run_deletes(world: World) -> None:
    with writing() as connection:
        for days in (500, 40, 1):
            at = NOW - timedelta(days=days)
            device.opened(connection, world.person(world.bo).id, at)
            audit.note(
                connection, actor="", action="person.added", about=world.bo, at=at - timedelta(days=500)
            )
    before = world.dump()
    shown = run(world, "retention", "run", "--dry-run")
    assert world.dump() == before
    done = run(world, "retention", "run")
    assert numbers(shown) == numbers(done)
    assert numbers(done) | {"sessions": 2, "audit": 1} == numbers(done)
    again = numbers(run(world, "retention", "run"))
    assert set(again.values()) == {0}
    with db.engine.connect() as connection:
        assert verifying.verify(connection).problems == []


def numbers(output: str) -> dict[str, int]:
    rows = [line.split() for line in output.splitlines()[1:]]
    return {row[1]: int(row[0]) for row in rows}


def test_old_texts_go_and_what_is_counted_stays(world: World) -> None:
    keep(world, "texts=1")
    before = [
        {name: value for name, value in row.items() if name != "response"}
        for row in world.derived()["answer"]
    ]
    with writing() as connection:
        found = retention.run(connection, NOW + timedelta(days=9))
        assert connection.scalar(sa.select(sa.func.count()).select_from(PrivateText)) == 0
        assert retention.due(connection, NOW + timedelta(days=9))["texts"] == 0
    assert found["texts"] >= 6
    texts = "\n".join(world.texts())
    for gone in ("My diary", "I heard nothing", "They spoke of water"):
        assert gone not in texts
    after: list[dict[str, Any]] = world.derived()["answer"]
    assert [{name: value for name, value in row.items() if name != "response"} for row in after] == before


def test_learners_who_stay_away_are_erased_and_nobody_else(world: World) -> None:
    keep(world, "people=1000")
    with writing() as connection:
        assert retention.due(connection, NOW)["people"] == 0
        connection.execute(sa.update(Person).values(created_at=NOW - timedelta(days=2000)))
        device.opened(connection, world.person(world.bo).id, NOW)
    with writing() as connection:
        later = NOW + timedelta(days=900)
        assert retention.run(connection, later)["people"] == 1
    assert people(world) == 4
    assert NAME not in world.dump()
