"""near-learn person: creates people, gives them new passwords, keeps them out and lets them in again."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from near_learn.config import Settings
from near_learn.db import writing
from near_learn.languages import LANGUAGES
from near_learn.people import device, enrolling, identity, password_link, second_factor
from near_learn.people import password as passwords
from near_learn.people import region as regions
from near_learn.people.checked import checked_region
from near_learn.people.cohort_command import existing_cohort
from near_learn.people.organisation_command import existing_organisation
from near_learn.people.person import (
    ORGANISATION,
    REGION,
    EmailTaken,
    ErasedBefore,
    Person,
    Role,
    add,
    by_email,
    normal_email,
    normal_name,
    set_active,
    set_password,
)
from near_learn.privacy import audit
from near_learn.schema import require_database


@click.group()
def person() -> None:
    """Create people and manage their sign-in."""


@person.command("add")
@click.option("--email", required=True, help="What they sign in with.")
@click.option("--name", required=True, help="What they are called.")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What they may do."
)
@click.option(
    "--region", required=True, help="NUTS 2024 code of where they work, such as ES220; a country's is IT."
)
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    help="Language of the interface.  [default: NEAR_LEARN_LANGUAGE]",
)
@click.option("--organisation", help="Id or name of the organisation they work for.")
@click.option("--cohort", help="Id or name of the group they are in; they are enrolled in its courses.")
@click.option(
    "--answers-for",
    type=click.Choice([REGION, ORGANISATION]),
    default=REGION,
    show_default=True,
    help="What a manager answers for.",
)
@click.option("--password", help="Better left out: then one is made and printed once.")
@with_appcontext
def add_command(
    email: str,
    name: str,
    role: str,
    region: str,
    language: str | None,
    organisation: str | None,
    cohort: str | None,
    answers_for: str,
    password: str | None,
) -> None:
    """Create a person who can sign in."""
    require_database()
    code = checked_region(region)
    email, name = checked_identity(email, name)
    if password is not None and (problem := passwords.weakness(password, email=email, name=name)):
        raise click.BadParameter(problem, param_hint="--password")
    of = existing_organisation(organisation).id if organisation else None
    group = existing_cohort(cohort, "--cohort").id if cohort else None
    if answers_for == ORGANISATION and (role != Role.MANAGER or of is None):
        hint = "only a manager answers for an organisation; name it with --organisation."
        raise click.BadParameter(hint, param_hint="--answers-for")
    secret = password or passwords.generated()
    hashed = passwords.hashed(secret)
    settings: Settings = current_app.extensions["settings"]
    try:
        with writing() as connection:
            account = add(
                connection,
                email=email,
                name=name,
                role=Role(role),
                region=code,
                language=language or settings.language,
                organisation=of,
                answers_for=answers_for,
                password_hash=hashed,
            )
            if group:
                enrolling.join(connection, group, [account], datetime.now(UTC))
            audit.note(connection, actor="", action="person.added", about=account, detail={"role": role})
    except ErasedBefore as error:
        raise click.BadParameter(
            "somebody with this address was erased. If they want to come back: near-learn person readmit",
            param_hint="--email",
        ) from error
    except EmailTaken as error:
        raise click.BadParameter(
            "somebody already signs in with this address.", param_hint="--email"
        ) from error
    click.echo(f"Created a {role} in {code} {regions.name(code, 'en')}; account in the records: {account}")
    if password is None:
        announce_once(secret)


@person.command("password")
@click.option("--email", required=True, help="Whose password.")
@with_appcontext
def password_command(email: str) -> None:
    """Make a new password for a person and end their sessions."""
    whom = existing(email)
    number, account = whom.id, whom.account
    secret = passwords.generated()
    hashed = passwords.hashed(secret)
    with writing() as connection:
        set_password(connection, number, hashed)
        audit.note(connection, actor="", action="password.set", about=account)
    announce_once(secret)


@person.command("link")
@click.option("--email", required=True, help="Whose password.")
@with_appcontext
def link_command(email: str) -> None:
    """Print a link with which a person chooses a password, good once and for 14 days."""
    found = existing(email)
    number, account = found.id, found.account
    with writing() as connection:
        audit.note(connection, actor="", action="link.made", about=account)
        address = password_link.first_password_link(connection, number)
    click.echo(f"Give it to nobody else: {address}")


@person.command("second-factor-off")
@click.option("--email", required=True, help="Who lost their second factor.")
@with_appcontext
def second_factor_off_command(email: str) -> None:
    """Switch a person's second factor off and end their sessions. Make sure first that it is them."""
    found = existing(email)
    number, account = found.id, found.account
    with writing() as connection:
        was_on = second_factor.switch_off(connection, number)
        audit.note(connection, actor="", action="factor.off", about=account)
        device.end_all(connection, number)
    click.echo("The second factor is off; the password is as it was." if was_on else "It was not on.")


@person.command("unlink")
@click.option("--email", required=True, help="Whose link.")
@with_appcontext
def unlink_command(email: str) -> None:
    """Cut the link between a person and their account at the OpenID provider, and end their sessions."""
    found = existing(email)
    number, account = found.id, found.account
    with writing() as connection:
        count = identity.unlink(connection, number)
        audit.note(connection, actor="", action="identity.unlinked", about=account)
        device.end_all(connection, number)
    click.echo("The link is cut." if count else "There was no link.")


@person.command("disable")
@click.option("--email", required=True, help="Whom to keep out.")
@with_appcontext
def disable_command(email: str) -> None:
    """Keep a person out and end their sessions. What they learned stays recorded."""
    whom = existing(email)
    number, account = whom.id, whom.account
    with writing() as connection:
        set_active(connection, number, active=False)
        audit.note(connection, actor="", action="person.disabled", about=account)
    click.echo("They can no longer sign in.")


@person.command("enable")
@click.option("--email", required=True, help="Whom to let in again.")
@with_appcontext
def enable_command(email: str) -> None:
    """Let a person in again."""
    whom = existing(email)
    number, account = whom.id, whom.account
    with writing() as connection:
        set_active(connection, number, active=True)
        audit.note(connection, actor="", action="person.enabled", about=account)
    click.echo("They can sign in again.")


def checked_identity(email: str, name: str) -> tuple[str, str]:
    """Both as they are stored. Raises click.BadParameter naming the option that is wrong."""
    try:
        email = normal_email(email)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--email") from error
    try:
        return email, normal_name(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--name") from error


def existing(email: str) -> Person:
    """The person with this address. Raises click.BadParameter when there is none."""
    require_database()
    found = by_email(email)
    if found is None:
        raise click.BadParameter("nobody signs in with this address.", param_hint="--email")
    return found


def announce_once(secret: str) -> None:
    """Prints a generated password, the only time it can be read."""
    click.echo(f"Password (shown only now): {secret}")
