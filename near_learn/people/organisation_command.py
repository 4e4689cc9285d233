"""near-learn organisation: the organisations that send people to learn."""

from __future__ import annotations

import re

import click
from flask.cli import with_appcontext
from sqlalchemy import func, or_, select

from near_learn.db import db, writing
from near_learn.people import organisation as organisations
from near_learn.people.checked import checked_region
from near_learn.people.organisation import NameTaken, Organisation
from near_learn.people.person import Person
from near_learn.privacy import audit
from near_learn.schema import require_database

# What a statement may carry.
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,35}")


@click.group()
def organisation() -> None:
    """Create and list organisations."""


@organisation.command("add")
@click.option("--name", required=True, help="What it is called.")
@click.option("--region", required=True, help="NUTS 2024 code of where it is at home, such as ES220.")
@click.option("--id", "id_", help="The word by which statements know it.  [default: a random one]")
@with_appcontext
def add_command(name: str, region: str, id_: str | None) -> None:
    """Create an organisation."""
    require_database()
    code = checked_region(region)
    if id_ is not None and not WORD.fullmatch(id_):
        raise click.BadParameter(
            f"expected up to 36 letters, digits, dots, dashes and underscores, got {id_!r}.",
            param_hint="--id",
        )
    if id_ is not None and db.session.get(Organisation, id_) is not None:
        raise click.BadParameter("another organisation has this id.", param_hint="--id")
    try:
        with writing() as connection:
            made = organisations.add(connection, name=name, region=code, id_=id_)
            detail = {"organisation": made}
            audit.note(connection, actor="", action="organisation.added", detail=detail)
    except NameTaken as error:
        raise click.BadParameter("another organisation has this name.", param_hint="--name") from error
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--name") from error
    click.echo(f"Created; in the records it is {made}")


@organisation.command("list")
@with_appcontext
def list_command() -> None:
    """Print every organisation: id, region, how many people, name."""
    require_database()
    people = dict(
        db.session.execute(
            select(Person.organisation_id, func.count()).group_by(Person.organisation_id)
        ).all()
    )
    found = db.session.scalars(select(Organisation).order_by(Organisation.name)).all()
    for each in found:
        click.echo(f"{each.id}  {each.region}  {people.get(each.id, 0)}  {each.name}")
    if not found:
        click.echo("There are no organisations.")


def existing_organisation(text: str) -> Organisation:
    """The organisation with this id or name. Raises click.BadParameter when there is none."""
    query = select(Organisation).where(or_(Organisation.id == text, Organisation.name == text))
    found = db.session.scalars(query).first()
    if found is None:
        hint = f"there is no organisation {text!r}. See: near-learn organisation list"
        raise click.BadParameter(hint, param_hint="--organisation")
    return found
