"""The near-learn command: sets up the database, and gathers the commands of every part."""

from __future__ import annotations

import os

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext

from near_learn import create_app, distribution, schema
from near_learn.config import PREFIX, Settings, SettingsError, documentation, shown
from near_learn.content.check_command import check
from near_learn.content.new_command import new
from near_learn.content.translations_command import translations
from near_learn.db import writing
from near_learn.demo.command import demo
from near_learn.enrolment.command import enrol, remind
from near_learn.exchange.command import questions
from near_learn.guide.command import guide
from near_learn.mail.command import mail
from near_learn.outcomes import command as outcomes
from near_learn.packages.command import export
from near_learn.people.cohort_command import cohort
from near_learn.people.commands import person
from near_learn.people.credential_command import credential
from near_learn.people.deadline_command import deadline
from near_learn.people.organisation_command import organisation
from near_learn.preview.command import preview
from near_learn.privacy.audit_command import audit
from near_learn.privacy.command import retention_group
from near_learn.publish_command import list_releases, publish
from near_learn.records.commands import records
from near_learn.reports.command import report
from near_learn.serve_command import serve
from near_learn.transfer.command import statements


def app_for_commands() -> Flask:
    """The application for commands, which need no secret key: they answer nobody over the network."""
    try:
        return create_app(serving=False)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="near-learn")
def cli() -> None:
    """NEAR Learn: courses in Markdown, a Learning Record Store, completion per region."""


@cli.group()
def db() -> None:
    """Create or migrate the database."""


@db.command()
@with_appcontext
def upgrade() -> None:
    """Bring the database to the version this program needs, creating it if it is new."""
    before, after = schema.upgrade()
    where = current_app.config["SQLALCHEMY_DATABASE_URI"].rpartition("@")[2]
    click.echo(
        f"{where}: already at version {after}" if before == after else f"{where}: now at version {after}"
    )


@db.command()
@click.option(
    "--shards",
    type=click.IntRange(1, 1024),
    default=distribution.SHARDS,
    show_default=True,
    help="Parts into which each large table is divided: two to four times the processors of all machines.",
)
@with_appcontext
def distribute(shards: int) -> None:
    """Divide the tables among the machines of a Citus cluster; what is divided already stays as it is.

    Run it on the coordinator's database after `near-learn db upgrade`, with the servers stopped.
    """
    schema.require_database()
    try:
        with writing() as connection:
            steps = list(distribution.distribute(connection, shards))
    except distribution.CannotDistribute as error:
        raise click.ClickException(str(error)) from error
    for step in steps:
        click.echo(f"{step.table}: {step.how}")
    click.echo(f"{len(steps)} tables distributed" if steps else "everything is distributed already")


@cli.command()
def settings() -> None:
    """List every setting, its value in force and what it is for."""
    try:
        values = Settings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    for name, default, text in documentation():
        field = name.removeprefix(PREFIX).lower()
        click.echo(
            f"{name}={shown(field, getattr(values, field))}\n    {text} Default: {default or '(empty)'}"
            + (" (from the environment)" if name in os.environ else "")
        )


for command in (
    audit,
    check,
    cohort,
    credential,
    deadline,
    demo,
    enrol,
    export,
    guide,
    list_releases,
    mail,
    new,
    organisation,
    person,
    preview,
    publish,
    questions,
    records,
    report,
    retention_group,
    serve,
    statements,
    translations,
):
    cli.add_command(command)
outcomes.add_to(report)


mail.add_command(remind)


def main() -> None:
    """The entry point of the installed command."""
    cli(obj=ScriptInfo(create_app=app_for_commands, set_debug_flag=False))
