"""A database of an earlier version, with people in a group, is brought up to date and keeps them."""

from __future__ import annotations

from pathlib import Path

from alembic import command

from near_learn import Settings, create_app, schema
from near_learn.db import db, writing

ROWS = (
    "INSERT INTO cohort (id, name, region) VALUES ('pilot', 'Pilot', 'ES220')",
    "INSERT INTO deadline (cohort, course, day) VALUES ('pilot', 'visits', '2026-12-01')",
    "INSERT INTO person (account, email, name, searched, role, region, language, cohort_id, active,"
    " created_at, session_token) VALUES"
    " ('a', 'a@x', 'A', 'a', 'professional', 'ES220', 'en', 'pilot', 1, '2026-01-01', '')",
)


def test_people_stay_in_their_group(tmp_path: Path) -> None:
    app = create_app(Settings(data=tmp_path, secret_key="a-secret-for-tests-only-0123456789"))
    with app.app_context():
        with writing() as connection:
            command.upgrade(schema.configuration(connection), "0002")
            for row in ROWS:
                connection.exec_driver_sql(row)
        schema.upgrade()
        found = db.session.execute(
            db.text("SELECT p.name, c.name FROM person p JOIN cohort c ON c.id = cohort_id")
        )
        assert found.all() == [("A", "Pilot")]
        db.session.remove()
        db.engine.dispose()
