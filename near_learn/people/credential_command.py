"""near-learn credential: adds, lists, rotates and removes the credentials of record-store clients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from near_learn.db import db, writing
from near_learn.people import credential as credentials
from near_learn.people.credential import Credential, CredentialError, Issued
from near_learn.privacy import audit
from xapi.scopes import SCOPES


@click.group()
def credential() -> None:
    """Credentials of record-store clients."""


@credential.command()
@click.option("--label", required=True, help="What the credential is for; only operators see it.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice(list(SCOPES)),
    help="What it may do; more than one --scope adds up.",
)
@click.option("--key", help="The name to sign in with.  [default: made]")
@click.option("--secret", help="The secret to sign in with. Better leave it out: then a long one is made.")
@click.option("--days", type=click.IntRange(1, 36500), help="Days until it expires.  [default: never]")
@click.option(
    "--requests-per-minute",
    type=click.IntRange(0),
    help="Its own limit; 0 means none.  [default: NEAR_LEARN_XAPI_REQUESTS_PER_MINUTE]",
)
@click.option(
    "--most-bytes", type=click.IntRange(1), help="Largest request it may send.  [default: the store's limit]"
)
@with_appcontext
def add(
    label: str,
    scopes: tuple[str, ...],
    key: str | None,
    secret: str | None,
    days: int | None,
    requests_per_minute: int | None,
    most_bytes: int | None,
) -> None:
    """Create a credential and print key and secret, this once."""
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    try:
        with writing() as connection:
            issued = credentials.add(
                connection,
                label,
                scopes,
                key=key,
                secret=secret,
                expires_at=expires_at,
                requests_per_minute=requests_per_minute,
                most_bytes=most_bytes,
            )
            audit.note(connection, actor="", action="credential.added", detail={"key": issued.key})
    except CredentialError as error:
        raise click.ClickException(str(error)) from error
    _show(issued)


@credential.command(name="list")
@with_appcontext
def list_() -> None:
    """List the credentials, without their secrets."""
    columns = (Credential.key, Credential.label, Credential.scopes, Credential.expires_at)
    for row in db.session.execute(select(*columns).order_by(Credential.created_at)):
        until = "" if row.expires_at is None else f"\tuntil {row.expires_at:%Y-%m-%d}"
        click.echo(f"{row.key}\t{row.scopes}\t{row.label}{until}")


@credential.command()
@click.argument("key")
@click.option(
    "--hours",
    default=24,
    show_default=True,
    type=click.IntRange(0, 8760),
    help="How long the old secret stays good.",
)
@with_appcontext
def rotate(key: str, hours: int) -> None:
    """Give KEY a new secret and print it, this once."""
    try:
        with writing() as connection:
            until = datetime.now(UTC) + timedelta(hours=hours)
            issued = credentials.rotate(connection, key, older_until=until)
            audit.note(connection, actor="", action="credential.rotated", detail={"key": key})
    except CredentialError as error:
        raise click.ClickException(str(error)) from error
    _show(issued)


@credential.command()
@click.argument("key")
@with_appcontext
def remove(key: str) -> None:
    """Remove KEY: its client can do nothing any more; what it stored stays."""
    with writing() as connection:
        found = credentials.remove(connection, key)
        if found:
            audit.note(connection, actor="", action="credential.revoked", detail={"key": key})
    if not found:
        raise click.ClickException(f"there is no credential with the key {key!r}")
    click.echo(f"Removed {key}.")


def _show(issued: Issued) -> None:
    click.echo(f"key: {issued.key}\nsecret: {issued.secret}\nThe secret cannot be shown again.")
