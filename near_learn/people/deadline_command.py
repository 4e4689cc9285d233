"""near-learn deadline: by which day a cohort is to have completed a course."""

from __future__ import annotations

from datetime import date

import click
from flask.cli import with_appcontext

from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import deadline as deadlines
from near_learn.schema import require_database


@click.group()
def deadline() -> None:
    """Set the day by which a cohort is to have completed a course."""


@deadline.command("set")
@click.argument("cohort")
@click.argument("course")
@click.argument("day", metavar="DATE")
@with_appcontext
def set_command(cohort: str, course: str, day: str) -> None:
    """Set or move a deadline. DATE is year-month-day, such as 2026-12-12; that day still counts."""
    require_database()
    chosen = checked_day(day)
    if course not in library().courses:
        known = ", ".join(library().courses) or "none"
        raise click.BadParameter(f"there is no course {course!r}. There are: {known}.", param_hint="COURSE")
    try:
        with writing() as connection:
            deadlines.put(connection, cohort, course, chosen)
    except deadlines.UnknownCohort as error:
        raise click.BadParameter(str(error), param_hint="COHORT") from error
    click.echo(f"{cohort} is to complete {course} by {chosen.isoformat()}.")


@deadline.command("list")
@with_appcontext
def list_command() -> None:
    """Print every deadline, the earliest first."""
    require_database()
    found = deadlines.every(db.session.connection())
    for cohort, course, day in found:
        click.echo(f"{day.isoformat()}  {cohort}  {course}")
    if not found:
        click.echo("There are no deadlines.")


@deadline.command("remove")
@click.argument("cohort")
@click.argument("course")
@with_appcontext
def remove_command(cohort: str, course: str) -> None:
    """Take a deadline away."""
    require_database()
    with writing() as connection:
        gone = deadlines.remove(connection, cohort, course)
    if not gone:
        raise click.ClickException(f"{cohort} has no deadline for {course}.")
    click.echo(f"{cohort} has no deadline for {course} any more.")


def checked_day(text: str) -> date:
    """TEXT as a day. Raises click.BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        hint = f"expected a day as year-month-day, such as 2026-12-12, got {text!r}."
        raise click.BadParameter(hint, param_hint="DATE") from error
