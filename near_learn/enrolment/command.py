"""near-learn enrol: a list on the command line; near-learn mail remind: the mails that are due today."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from near_learn.config import Settings
from near_learn.enrolment import application, calendar, listing, sheet, welcome
from near_learn.enrolment.application import Changed
from near_learn.enrolment.listing import Listing
from near_learn.enrolment.plan import Kind, Outcome, Plan, Wishes
from near_learn.enrolment.sheet import Unreadable
from near_learn.enrolment.words import KINDS, Words, chosen
from near_learn.mail import outbox, sending
from near_learn.mail.command import require_set_up
from near_learn.people.rights import Rights
from near_learn.schema import require_database

# Exit codes, as of 2 for wrong usage, which is click's.
ERRORS, UNREADABLE, CHANGED = 1, 3, 4
TOTALS = {
    "rows": "rows",
    "new": "new people",
    "changed": "people changed",
    "grouped": "put into groups",
    "registrations": "registrations",
    "deadlines": "deadlines",
    "organisations": "new organisations",
    "nothing": "rows with nothing to do",
    "error": "rows with errors",
}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would happen, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
@click.option("--make-organisations", is_flag=True, help="Make organisations that are not known yet.")
@click.option("--invite/--no-invite", default=True, help="Send new people a link to choose a password.")
@click.option("--all", "every", is_flag=True, help="List also the rows with nothing to do.")
@with_appcontext
def enrol(file: Path, dry_run: bool, yes: bool, make_organisations: bool, invite: bool, every: bool) -> None:
    """Enrol the people of a list, a CSV or XLSX FILE, and show before what would happen.

    Exit codes: 0 done or nothing to do; 1 the list has errors; 3 the file cannot be read; 4 things changed
    while you decided, and nothing was done.
    """
    require_database()
    read = read_file(file)
    settings: Settings = current_app.extensions["settings"]
    wishes = Wishes(
        Rights.unlimited(),
        language=settings.language,
        today=datetime.now(ZoneInfo(settings.time_zone)).date(),
        make_organisations=make_organisations,
    )
    made, _known = application.made_now(read.rows, wishes)
    show(read, made, every=every)
    if made.totals()[Kind.ERROR.value]:
        click.echo("Nothing was done. Correct the rows with errors.", err=True)
        raise click.exceptions.Exit(ERRORS)
    if dry_run or not made.applicable:
        return
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked here. Add --yes to do it, or --dry-run to only look.")
        click.confirm("Do it?", abort=True)
    apply(read, wishes, made, invite=invite)


def read_file(file: Path) -> Listing:
    """The list. Prints what is wrong and leaves with exit code 3 when there is none in it."""
    try:
        # Before a byte is read.
        sheet.check_size(file.stat().st_size)
        return listing.read(file.read_bytes())
    except Unreadable as error:
        for problem in error.problems:
            click.echo(f"{file.name}: {problem}", err=True)
        raise click.exceptions.Exit(UNREADABLE) from error


def show(read: Listing, made: Plan, *, every: bool) -> None:
    """The rows, errors first, and the totals."""
    words = Words.of(made)
    for outcome in chosen(made, "", frozenset()):
        if every or outcome.kind is not Kind.NOTHING:
            for line in lines(read, outcome, words):
                click.echo(line)
    totals = made.totals()
    click.echo(
        ", ".join(f"{totals[name]} {text}" for name, text in TOTALS.items() if totals[name] or name == "rows")
    )


def lines(read: Listing, outcome: Outcome, words: Words) -> list[str]:
    """A row as lines; people by their number in the list, because terminals are logged."""
    if outcome.problems:
        return [f"{read.place(outcome.row, each.column)}: {each.message}" for each in outcome.problems]
    return [f"{outcome.row}: {KINDS[outcome.kind]}. {'; '.join(words.actions(outcome))}".rstrip(". ")]


def apply(read: Listing, wishes: Wishes, made: Plan, *, invite: bool) -> None:
    """Does it, with a bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    invite = invite and outbox.ready()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Enrolling", total=None)
        try:
            application.apply(
                read.rows,
                wishes,
                made,
                tell=lambda done, total: bar.update(task, completed=done, total=total),
                also=welcome.put if invite else None,
            )
        except Changed as changed:
            rows = ", ".join(str(row) for row in sorted(changed.plan.differs(made))[:20])
            click.echo(f"Nothing was done: things have changed for these rows: {rows}. Try again.", err=True)
            raise click.exceptions.Exit(CHANGED) from changed
    click.echo("Done.")
    if invite:
        click.echo(
            f"Mails with a link to choose a password: {welcome.write()}. near-learn mail send sends them."
        )
    elif made.totals()["new"]:
        click.echo("New people got no mail. near-learn person password gives them a password.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Count what is due, and write nothing.")
@with_appcontext
def remind(dry_run: bool) -> None:
    """Write and send the reminders and digests that are due. For cron, once a day; nobody gets one twice."""
    require_set_up()
    now = datetime.now(UTC)
    if dry_run:
        reminders, digests = calendar.due(now)
        click.echo(f"Due: {len(reminders)} reminders, {len(digests)} digests. Nothing was sent.")
        return
    done = calendar.run(now)
    click.echo(f"Written: {done.reminders} reminders, {done.digests} digests, {done.welcomes} welcomes.")
    outcome = sending.deliver()
    click.echo(f"Sent {outcome.sent}; to be tried again {outcome.later}; given up {outcome.failed}.")
    if outcome.later or outcome.failed or outcome.unclear:
        raise click.exceptions.Exit(1)
