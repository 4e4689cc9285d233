"""near-learn mail: sends what waits, tells what went wrong, and tries the settings."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import click
from flask import current_app
from flask.cli import with_appcontext

from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.mail import message, outbox, sending, server
from near_learn.mail.outbox import Content, State
from near_learn.people.person import normal_email
from near_learn.schema import require_database

NOT_SET_UP = "Mail is not set up: NEAR_LEARN_MAIL_SERVER is empty. See the operator's guide."


@click.group()
def mail() -> None:
    """Send waiting mails and see what became of them."""


@mail.command("send")
@with_appcontext
def send_command() -> None:
    """Send every mail that is due. For cron; it may run while the server sends too."""
    require_set_up()
    outcome = sending.deliver()
    click.echo(
        f"Sent {outcome.sent}; to be tried again {outcome.later}; given up {outcome.failed}; "
        f"unclear {outcome.unclear}."
    )
    if outcome.later or outcome.failed or outcome.unclear:
        raise click.exceptions.Exit(1)


@mail.command("list")
@with_appcontext
def list_command() -> None:
    """Count the mails and list those that were not sent, without addresses."""
    require_set_up()
    with db.engine.connect() as connection:
        counts = outbox.counts(connection)
        troubled = outbox.troubled(connection, datetime.now(UTC))
    click.echo(", ".join(f"{state.value} {counts.get(state, 0)}" for state in State))
    for each in troubled:
        state = "unclear" if each.state == State.SENDING else each.state
        click.echo(f"{each.id}  {each.kind}  {state}  tried {each.tries} times  {each.reason}")


@mail.command("retry")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--failed", is_flag=True, help="All that were given up.")
@with_appcontext
def retry_command(ids: tuple[str, ...], failed: bool) -> None:
    """Let mails that were given up or are unclear be sent again. An unclear one may arrive twice."""
    require_set_up()
    now = datetime.now(UTC)
    chosen = list(ids)
    with writing() as connection:
        if failed:
            chosen += [each.id for each in outbox.troubled(connection, now) if each.state == State.FAILED]
        count = outbox.try_again(connection, chosen, now)
    click.echo(f"{count} wait to be sent again.")


@mail.command("test")
@click.argument("address")
@with_appcontext
def test_command(address: str) -> None:
    """Send a mail to ADDRESS now, to try the settings."""
    require_set_up()
    settings: Settings = current_app.extensions["settings"]
    try:
        to = normal_email(address)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="ADDRESS") from error
    content = Content(to, "NEAR Learn", f"This is a test of the mail settings of {settings.base_url}.\n")
    written = message.composed(settings, str(uuid4()), content, datetime.now(UTC))
    try:
        with server.connected(settings) as reached:
            sender = message.envelope(message.sender(settings).addr_spec)
            server.hand_over(reached, sender, message.envelope(to), written)
    except (server.Unreachable, server.Refused, server.Unclear) as error:
        raise click.ClickException(f"The mail was not sent. {error}") from error
    click.echo("The mail server has taken the mail.")


def require_set_up() -> None:
    """Raises click.ClickException unless mail is set up and the database is current."""
    if not outbox.ready():
        raise click.ClickException(NOT_SET_UP)
    require_database()
