"""near-learn report token: tokens of the reports' API, made and revoked by whoever runs the server."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from near_learn.db import writing
from near_learn.people.person import by_email
from near_learn.reports import token as tokens
from near_learn.reports.token import Scope, TokenError


@click.group()
def token() -> None:
    """Tokens of the reports' API."""


@token.command()
@click.option("--email", required=True, help="The manager or operator whose figures the token reads.")
@click.option("--label", required=True, help="What the token is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=[Scope.FIGURES.value],
    show_default=True,
    help="What it opens; more than one --scope adds up.",
)
@click.option(
    "--days",
    type=click.IntRange(1, tokens.LONGEST_DAYS),
    default=90,
    show_default=True,
    help="Days until it expires.",
)
@with_appcontext
def add(email: str, label: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token and print it, this once."""
    person = by_email(email)
    if person is None:
        raise click.ClickException(f"nobody signs in with {email!r}")
    try:
        with writing() as connection:
            made = tokens.add(connection, person, label, scopes, days=days, now=datetime.now(UTC))
    except TokenError as error:
        raise click.ClickException(str(error)) from error
    click.echo(made)
    click.echo("It cannot be shown again.", err=True)


@token.command(name="list")
@with_appcontext
def list_() -> None:
    """List the tokens: id, state, last day, scopes, the maker's account, what for."""
    for each, account in tokens.everybodys():
        click.echo(
            f"{each.id}\t{tokens.state(each)}\t{each.expires_at:%Y-%m-%d}\t{each.scopes}\t{account}\t{each.label}"
        )


@token.command()
@click.argument("id_", metavar="ID")
@with_appcontext
def revoke(id_: str) -> None:
    """Revoke the token ID (from `list`): nothing is answered to it any more."""
    with writing() as connection:
        found = tokens.revoke(connection, id_)
    if not found:
        raise click.ClickException(f"there is no token with the id {id_!r}")
    click.echo(f"Revoked {id_}.")
