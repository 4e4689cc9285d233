"""The database's version: migrating it, filling its reference data, and refusing to serve an old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy import Connection

from near_learn.config import PACKAGE
from near_learn.content_library import library, releases
from near_learn.db import db, writing
from near_learn.later import Later
from near_learn.people import region
from near_learn.records import release

if TYPE_CHECKING:
    from alembic import command, config, script
    from alembic.runtime import migration
else:
    command, config = Later("alembic.command"), Later("alembic.config")
    migration, script = Later("alembic.runtime.migration"), Later("alembic.script")


class DatabaseBehind(Exception):
    """The database is not at the version this program needs; the text says what to run."""


def configuration(connection: Connection) -> config.Config:
    """Alembic's settings for our migrations on CONNECTION."""
    found = config.Config()
    found.set_main_option("script_location", str(PACKAGE / "migrations"))
    found.attributes["connection"] = connection
    return found


def newest() -> str:
    """The version that this program's newest migration makes."""
    found = config.Config()
    found.set_main_option("script_location", str(PACKAGE / "migrations"))
    return script.ScriptDirectory.from_config(found).get_current_head() or ""


def version() -> str | None:
    """The version of the database, None when it is empty."""
    with db.engine.connect() as connection:
        return migration.MigrationContext.configure(connection).get_current_revision()


def upgrade() -> tuple[str | None, str | None]:
    """Migrates to the newest version, brings regions and releases up to date; (version before, after)."""
    before = version()
    with writing() as connection:
        command.upgrade(configuration(connection), "head")
        region.seed(connection)
        for course in releases().courses():
            release.published(connection, releases().history(course))
        release.register(connection, library())
    return before, version()


def downgrade(revision: str) -> None:
    """Goes back to REVISION ("base" empties the database)."""
    with writing() as connection:
        command.downgrade(configuration(connection), revision)


def require_current() -> None:
    """Raises DatabaseBehind unless the database is at the newest version."""
    found, needed = version(), newest()
    if found != needed:
        state = "is empty" if found is None else f"is at version {found}"
        raise DatabaseBehind(
            f"The database {state}; this program needs version {needed}. Run: near-learn db upgrade"
        )


def require_database() -> None:
    """For commands: raises click.ClickException unless the database is at the version of this program."""
    try:
        require_current()
    except DatabaseBehind as error:
        raise click.ClickException(str(error)) from error
