"""Erasing a person: nothing says who they were, and everything that is counted is as it was."""

from __future__ import annotations

from near_learn.db import db, writing
from near_learn.privacy import erasure, wiping
from tests.privacy.conftest import EMAIL, NAME, World


def erase(world: World, account: str) -> str:
    with writing() as connection:
        receipt = erasure.erase(connection, world.person(account), actor=world.operator)
    db.session.remove()
    return receipt


def test_nothing_says_who_they_were(world: World) -> None:
    erase(world, world.xan)
    dump = world.dump().lower()
    for gone in (NAME.lower(), world.xan, "my diary", "what a diary", "call me"):
        assert gone not in dump, gone
    # Somebody else's address that hers is a part of stays.
    assert f"mailto:x{EMAIL}" in dump
    assert dump.replace(f"x{EMAIL}", "").count(EMAIL) == 0


def test_nothing_is_left_in_the_file(world: World) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    erase(world, world.xan)
    wiping.vacuum()
    content = (world.app.extensions["settings"].data / "near-learn.sqlite").read_bytes().lower()
    content = content.replace(f"x{EMAIL}".encode(), b"")
    for gone in (NAME, world.xan, EMAIL):
        assert gone.lower().encode() not in content


def test_rows_follow_and_a_rebuild_gives_the_same(world: World) -> None:
    before = world.derived()
    erase(world, world.xan)
    after = world.derived()
    with writing() as connection:
        world.app.extensions["projection"].rebuild(connection)
    assert world.derived() == after

    def counted(rows: object) -> object:
        return [
            {name: value for name, value in row.items() if name not in ("actor", "response")}
            for row in rows  # type: ignore[attr-defined]
        ]

    for table, rows in before.items():
        assert counted(after[table]) == counted(rows), table
    assert len({row["actor"] for row in after["registration"]}) == 3
