"""near-learn audit: proves that the log of who saw and changed what is as it was written."""

from __future__ import annotations

import re

import click
from flask import current_app
from flask.cli import with_appcontext

from near_learn.config import Settings
from near_learn.db import db
from near_learn.privacy import verifying
from near_learn.privacy.audit import Head
from near_learn.schema import require_database

HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


@click.group()
def audit() -> None:
    """The log of who saw and changed what about whom."""


@audit.command()
@click.option(
    "--expect",
    metavar="NUMBER:DIGEST",
    help="The end of the log as an earlier run printed it; proves that nothing was cut off since.",
)
@with_appcontext
def verify(expect: str | None) -> None:
    """Prove that no row was changed, put in or taken out. Exit status 1 when one was."""
    require_database()
    expected = _head(expect)
    settings: Settings = current_app.extensions["settings"]
    if not settings.secret_key:
        raise click.ClickException(
            "NEAR_LEARN_SECRET_KEY is not set, and the log is sealed with it. Set the server's."
        )
    with db.engine.connect() as connection:
        verdict = verifying.verify(connection, expected)
    if verdict.unsealed:
        click.echo(
            f"{len(verdict.unsealed)} rows without seal, from row {verdict.unsealed[0]} on: written by "
            "commands that ran without NEAR_LEARN_SECRET_KEY. They prove nothing."
        )
    for problem in verdict.problems:
        click.echo(problem, err=True)
    click.echo(f"{verdict.rows} rows read, {len(verdict.problems)} problems.")
    click.echo(f"end of the log: {verdict.head.number}:{verdict.head.digest}")
    if verdict.problems:
        raise click.exceptions.Exit(1)


def _head(text: str | None) -> Head | None:
    if text is None:
        return None
    found = HEAD.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(
            "expected what an earlier run printed as the end of the log, such as 12:3fa0…",
            param_hint="--expect",
        )
    return Head(int(found[1]), found[2])
