"""near-learn cohort: the groups that learn together, and enrolling them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import cohort as cohorts
from near_learn.people import deadline, enrolling, membership
from near_learn.people.checked import checked_region
from near_learn.people.organisation_command import existing_organisation
from near_learn.people.person import Cohort
from near_learn.people.rights import Rights
from near_learn.privacy import audit
from near_learn.schema import require_database

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@click.group()
def cohort() -> None:
    """Create, list and enrol groups that learn together."""


@cohort.command("add")
@click.option("--name", required=True, help="What it is called.")
@click.option("--region", required=True, help="NUTS 2024 code of where it is, such as ES220.")
@click.option("--organisation", help="Id or name of the organisation whose group it is.")
@click.option("--id", "id_", help="The word by which statements know it.  [default: a random one]")
@with_appcontext
def add_command(name: str, region: str, organisation: str | None, id_: str | None) -> None:
    """Create a group."""
    require_database()
    code = checked_region(region)
    if id_ is not None and not WORD.fullmatch(id_):
        raise click.BadParameter(
            f"expected up to 64 letters, digits, dots, dashes and underscores, got {id_!r}.",
            param_hint="--id",
        )
    of = existing_organisation(organisation).id if organisation else None
    try:
        with writing() as connection:
            made = cohorts.add(connection, name=name, region=code, organisation=of, id_=id_)
            audit.note(connection, actor="", action="group.added", detail={"group": made})
    except cohorts.Taken as error:
        raise click.BadParameter("another group has this id.", param_hint="--id") from error
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--name") from error
    click.echo(f"Created; in the records it is {made}")


@cohort.command("list")
@with_appcontext
def list_command() -> None:
    """Print every group: id, region, how many people, name, courses."""
    require_database()
    found = cohorts.seen_by(Rights.unlimited())
    connection = db.session.connection()
    people = membership.counts(connection, [each.id for each in found])
    for each in found:
        courses = ", ".join(cohorts.courses(connection, each.id)) or "no course"
        click.echo(f"{each.id}  {each.region}  {people[each.id]}  {each.name}: {courses}")
    if not found:
        click.echo("There are no groups.")


@cohort.command("enrol")
@click.argument("cohort")
@click.argument("course")
@click.option(
    "--deadline",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day by which they are to complete it, such as 2026-12-12.",
)
@with_appcontext
def enrol_command(cohort: str, course: str, day: datetime | None) -> None:
    """Enrol everybody in COHORT (its id or name) in COURSE, also those who join later."""
    require_database()
    id_ = existing_cohort(cohort).id
    if course not in library().courses:
        known = ", ".join(library().courses) or "none"
        raise click.BadParameter(f"there is no course {course!r}. There are: {known}.", param_hint="COURSE")
    until: date | None = day.date() if day else None
    with writing() as connection:
        done = enrolling.enrol(connection, id_, course, datetime.now(UTC))
        if until:
            deadline.put(connection, id_, course, until)
        detail: dict[str, str | int] = {"group": id_, "course": course, "new": done.new}
        audit.note(connection, actor="", action="group.enrolled", detail=detail)
    click.echo(f"Enrolled {done.new}; {done.before} were enrolled before.")


def existing_cohort(text: str, hint: str = "COHORT") -> Cohort:
    """The group with this id, or else the only one with this name. Raises click.BadParameter."""
    found = db.session.scalars(select(Cohort).where(or_(Cohort.id == text, Cohort.name == text))).all()
    exact = [each for each in found if each.id == text] or found
    if len(exact) == 1:
        return exact[0]
    reason = f"several groups are called {text!r}: give the id" if exact else f"there is no group {text!r}"
    raise click.BadParameter(f"{reason}. See: near-learn cohort list", param_hint=hint)
