"""The audit log: who did what about whom; rows that can only be added, and a chain that shows a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from near_learn import Settings
from near_learn.cli import cli
from near_learn.db import db, writing
from near_learn.privacy import audit, verifying
from near_learn.privacy.audit import Head

ANE, BO = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def noted(app: Flask) -> Iterator[Flask]:
    """Five rows: two of long ago, three of today."""
    with app.app_context():
        with writing() as connection:
            for at in (LONG_AGO, LONG_AGO + timedelta(days=1), None, None, None):
                audit.note(connection, actor=ANE, action="record.viewed", about=BO, detail={"n": 1}, at=at)
        yield app


def problems(expected: Head | None = None) -> list[str]:
    with db.engine.connect() as connection:
        return verifying.verify(connection, expected).problems


def end() -> Head:
    with db.engine.connect() as connection:
        return audit.head(connection)


def unguarded(statement: object) -> None:
    """Runs a statement as somebody who may do anything to the database."""
    with writing() as connection:
        if connection.dialect.name == "sqlite":
            for name in ("audit_no_update", "audit_no_delete", "audit_at_the_end"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(statement)  # type: ignore[call-overload]


def test_a_row_says_who_did_what_about_whom_by_handles(noted: Flask) -> None:
    with db.engine.connect() as connection:
        row = connection.execute(select(audit.table).order_by(audit.table.c.number).limit(1)).one()
        whom = dict(connection.execute(select(audit.subjects.c.account, audit.subjects.c.handle)).all())
    assert (row.number, row.at, row.action, row.detail) == (1, LONG_AGO, "record.viewed", '{"n": 1}')
    assert (row.actor, row.about, row.origin) == (whom[ANE], whom[BO], "command")
    assert {row.actor, row.about}.isdisjoint({ANE, BO})
    assert problems() == []


@pytest.mark.parametrize(
    "statement",
    [
        update(audit.table).values(about=""),
        delete(audit.table),
        text("UPDATE audit SET actor = '' WHERE number = 3"),
        text("DELETE FROM audit WHERE number = 5"),
    ],
    ids=["update", "delete", "update one", "delete the last"],
)
def test_rows_cannot_be_changed_or_deleted(noted: Flask, statement: object) -> None:
    before = end()
    with pytest.raises(DatabaseError, match="audit log cannot"), writing() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    assert (end(), problems()) == (before, [])


def test_no_row_can_be_put_in_before_the_end(noted: Flask) -> None:
    with db.engine.connect() as connection:
        row = connection.execute(select(audit.table).where(audit.table.c.number == 2)).one()
    for verb in ("INSERT", "INSERT OR REPLACE") if db.engine.dialect.name == "sqlite" else ("INSERT",):
        with pytest.raises(DatabaseError, match="at its end only"), writing() as connection:
            connection.execute(insert(audit.table).prefix_with(verb[7:]), [row._asdict()])


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (update(audit.table).where(audit.table.c.number == 3).values(about=""), "row 3: changed"),
        (update(audit.table).where(audit.table.c.number == 3).values(detail="{}"), "row 3: changed"),
        (delete(audit.table).where(audit.table.c.number == 3), "row 3: missing"),
        (delete(audit.table).where(audit.table.c.number == 1), "row 1: missing, and no row says"),
        (update(audit.table).where(audit.table.c.number == 3).values(key=""), "row 3: changed"),
    ],
    ids=["about", "detail", "taken out", "the first taken out", "unsealed"],
)
def test_a_change_behind_the_databases_back_is_found(noted: Flask, statement: object, found: str) -> None:
    unguarded(statement)
    assert any(problem.startswith(found) for problem in problems())


def test_a_log_cut_off_at_its_end_is_found_with_what_was_noted_down(noted: Flask) -> None:
    kept = end()
    unguarded(delete(audit.table).where(audit.table.c.number == 5))
    assert problems() == []
    assert problems(kept) == ["row 5: not the one that was noted down, or missing"]


def test_the_oldest_rows_go_only_with_a_row_that_says_so(noted: Flask) -> None:
    with writing() as connection:
        assert audit.prune(connection, datetime.now(UTC) - timedelta(days=365)) == 2
        assert audit.prune(connection, datetime.now(UTC) - timedelta(days=365)) == 0
    with db.engine.connect() as connection:
        left = connection.execute(select(audit.table.c.number, audit.table.c.action)).all()
    assert left == [(3, "record.viewed"), (4, "record.viewed"), (5, "record.viewed"), (6, audit.PRUNED)]
    assert problems() == []
    with writing() as connection:
        assert audit.prune(connection, datetime.now(UTC) + timedelta(days=1)) == 4
    assert problems() == []


def test_a_forged_row_that_releases_others_is_found(noted: Flask) -> None:
    with writing() as connection:
        row = connection.execute(select(audit.table).where(audit.table.c.number == 5)).one()
        forged = {"number": 6, "action": audit.PRUNED, "through": 4, "detail": '{"through": 4, "digest": ""}'}
        connection.execute(insert(audit.table), [row._asdict() | forged])
        connection.execute(delete(audit.table).where(audit.table.c.number <= 4))
    assert len(problems()) == 2


def test_detail_holds_ids_and_words_of_the_program_and_nothing_else(app: Flask) -> None:
    detail = {"course": "accompaniment", "name": "Ane Etxeberria", "to": "ane@example.org", "who": ANE}
    with app.app_context(), writing() as connection:
        audit.note(connection, actor="", action="person.added", detail=detail)
        stored = connection.scalar(select(audit.table.c.detail))
    assert stored == (f'{{"course": "accompaniment", "name": "(text)", "to": "(text)", "who": "{ANE}"}}')


def test_forgetting_somebody_leaves_the_log_whole_and_names_nobody(noted: Flask) -> None:
    with writing() as connection:
        assert audit.forget(connection, BO) == 1
        assert audit.handle_of(connection, BO) is None
    assert problems() == []


def test_a_list_with_names_is_a_row_for_each_of_them(app: Flask) -> None:
    with app.app_context(), writing() as connection:
        assert audit.note_all(connection, actor=ANE, action="list.exported", about=[BO, ANE, BO, ""]) == 2
        assert audit.note_all(connection, actor=ANE, action="list.exported", about=[]) == 2


def test_a_changed_secret_key_asks_for_the_old_one(noted: Flask, settings: Settings) -> None:
    noted.extensions["settings"] = replace(settings, secret_key="quite another secret key")
    assert "NEAR_LEARN_EARLIER_SECRET_KEYS" in problems()[0]
    noted.extensions["settings"] = replace(
        settings, secret_key="quite another secret key", earlier_secret_keys=f"x,{settings.secret_key}"
    )
    assert problems() == []


def test_rows_of_commands_without_a_secret_key_are_told_apart(noted: Flask, settings: Settings) -> None:
    noted.extensions["settings"] = replace(settings, secret_key="")
    with writing() as connection:
        audit.note(connection, actor="", action="person.added", about=BO)
    noted.extensions["settings"] = settings
    with db.engine.connect() as connection:
        verdict = verifying.verify(connection)
    assert (verdict.unsealed, verdict.problems) == ([6], [])


def test_the_command_proves_the_log_and_says_where_it_was_changed(noted: Flask) -> None:
    runner = noted.test_cli_runner()
    right = runner.invoke(cli, ["audit", "verify"])
    assert right.exit_code == 0, right.output
    assert "5 rows read, 0 problems." in right.output
    shown = right.output.strip().rpartition("end of the log: ")[2]
    assert runner.invoke(cli, ["audit", "verify", "--expect", shown]).exit_code == 0
    assert runner.invoke(cli, ["audit", "verify", "--expect", "5"]).exit_code == 2
    unguarded(update(audit.table).where(audit.table.c.number == 4).values(action="x"))
    wrong = runner.invoke(cli, ["audit", "verify"])
    assert (wrong.exit_code, "row 4: changed" in wrong.output) == (1, True)
