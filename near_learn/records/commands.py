"""near-learn records: the commands of an operator that concern progress rows."""

from __future__ import annotations

import time

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Connection, Table, func, select

from near_learn import schema
from near_learn.db import writing
from near_learn.records import progress
from near_learn.records.projection import Projection
from xapi.sql import lock
from xapi.sql.tables import statement


@click.group()
def records() -> None:
    """Progress, which is derived from the statements in the record store."""


@records.command()
@with_appcontext
def rebuild() -> None:
    """Throw all progress away and make it again from the statements.

    Nobody is locked out of reading meanwhile; what is recorded waits until it is done, or until nothing
    has changed because it was interrupted.
    """
    schema.require_database()
    projection: Projection = current_app.extensions["projection"]
    began = time.monotonic()
    with writing() as connection:
        lock.take(connection)
        total = connection.scalar(select(func.count()).where(statement.c.voided.is_(False)))
        with click.progressbar(length=total or 0, label="Statements") as bar:
            read = projection.rebuild(connection, bar.update)
        counts = {table.name: count(connection, table) for table in reversed(progress.DERIVED)}
    took = time.monotonic() - began
    click.echo(f"{read} statements read in {took:.1f} s; rows now:")
    for name, number in counts.items():
        click.echo(f"  {name:<16} {number:>9}")


def count(connection: Connection, table: Table) -> int:
    """The number of rows of a table."""
    return connection.scalar(select(func.count()).select_from(table)) or 0
