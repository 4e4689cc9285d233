"""near-learn person export, erase and readmit; near-learn retention run."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from near_learn.config import Settings
from near_learn.db import db, snapshot, writing
from near_learn.people.commands import existing, person
from near_learn.people.person import Person, normal_email
from near_learn.privacy import audit, erasure, export, keyed, retention, tombstone, wiping, wording
from near_learn.privacy.erasure import LastOperator
from near_learn.schema import require_database

NO_KEY = (
    "NEAR_LEARN_SECRET_KEY is not set, and what must not come back is remembered with it. Set the server's."
)
BACKUPS = "Backups still hold the person. Let them run out, or erase again after restoring one."


@person.command("export")
@click.option("--email", required=True, help="About whom.")
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The ZIP file to write.",
)
@with_appcontext
def export_command(email: str, output: Path) -> None:
    """Write everything that is held about a person into a ZIP file."""
    whom = existing(email)
    db.session.expunge(whom)
    with writing() as connection:
        audit.note(connection, actor="", action="person.exported", about=whom.account)
    with snapshot() as connection, output.open("wb") as file:
        for piece in export.to_zip(connection, whom, datetime.now(UTC)):
            file.write(piece)
    click.echo(f"Written: {output} ({output.stat().st_size:,} bytes)")


@person.command("erase")
@click.option("--email", required=True, help="Whom to erase.")
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option(
    "--vacuum", is_flag=True, help="Write the SQLite file anew afterwards; nobody can write meanwhile."
)
@with_appcontext
def erase_command(email: str, dry_run: bool, yes: bool, vacuum: bool) -> None:
    """Erase a person: who they are goes, what is counted stays as it was. It cannot be undone."""
    whom = existing(email)
    db.session.expunge(whom)
    try:
        with snapshot() as connection:
            preview = erasure.plan(connection, whom)
        click.echo("This would be done:" if dry_run else "This will be done:")
        _show(preview.counts)
        if dry_run:
            return
        if not yes:
            click.confirm("Erase this person for good?", abort=True)
        receipt, counts = _erase(whom)
    except keyed.NoKey as error:
        raise click.ClickException(NO_KEY) from error
    except LastOperator as error:
        raise click.ClickException(
            "This is the only operator. Make another one first: near-learn person add --role operator"
        ) from error
    click.echo(f"Erased. Receipt {receipt}, {datetime.now(UTC):%Y-%m-%d}:")
    _show(counts)
    if vacuum:
        _vacuum()
    elif db.engine.dialect.name == "sqlite":
        click.echo("What was deleted is overwritten in the file. With --vacuum, older remains go too.")
    click.echo(BACKUPS)


@person.command("readmit")
@click.option("--email", required=True, help="The address of somebody who was erased.")
@with_appcontext
def readmit_command(email: str) -> None:
    """Let somebody who was erased be added again, as a new person without a past."""
    require_database()
    try:
        address = normal_email(email)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--email") from error
    if keyed.current(tombstone.PURPOSE) is None:
        raise click.ClickException(NO_KEY)
    with writing() as connection:
        found = tombstone.readmit(connection, address)
        if found:
            audit.note(connection, actor="", action="person.readmitted")
    if not found:
        raise click.BadParameter("nobody with this address was erased here.", param_hint="--email")
    click.echo("They can be added again, as somebody new.")


@click.group("retention")
def retention_group() -> None:
    """How long each kind of data is kept."""


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted.")
@with_appcontext
def run_command(dry_run: bool) -> None:
    """Delete what is kept no longer. For cron, once a day."""
    require_database()
    settings: Settings = current_app.extensions["settings"]
    now = datetime.now(UTC)
    try:
        days = retention.periods(settings.retention)
        if dry_run:
            with db.engine.connect() as connection:
                found = retention.due(connection, now)
        else:
            with writing() as connection:
                found = retention.run(connection, now)
            wiping.checkpoint()
    except retention.Unreadable as error:
        raise click.ClickException(f"NEAR_LEARN_RETENTION: {error}") from error
    except keyed.NoKey as error:
        raise click.ClickException(NO_KEY) from error
    click.echo("This would be deleted:" if dry_run else "Deleted:")
    for rule in retention.RULES:
        kept = f"after {days[rule.name]} days" if days[rule.name] else "kept for ever"
        click.echo(f"  {found.get(rule.name, 0):>7}  {rule.name:<12} {kept:<16} {rule.title}")


def _erase(whom: Person) -> tuple[str, Mapping[str, int]]:
    with writing() as connection:
        receipt = erasure.erase(connection, whom, actor="")
        counts = erasure.receipt(connection, receipt).counts
    if not wiping.checkpoint():
        click.echo(
            "Somebody is reading: SQLite's log still holds old pages. near-learn retention run empties it."
        )
    return receipt, counts


def _vacuum() -> None:
    try:
        wiping.vacuum()
    except sqlite3.OperationalError as error:
        raise click.ClickException(
            f"The person is erased, but the file could not be written anew ({error}). "
            "Stop the server and run: sqlite3 FILE VACUUM"
        ) from error
    click.echo("The file is written anew.")


def _show(counts: Mapping[str, int]) -> None:
    for line in wording.lines(counts):
        click.echo(f"  {line.number:>7}  {line.title}: {line.effect}")
