"""near-learn report registrations: the registrations that a report counts, as a file of any length."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from near_learn.db import writing
from near_learn.languages import LANGUAGES
from near_learn.reports import asking, options, register, source
from near_learn.reports.filters import FilterError
from near_learn.reports.measures import Measure


@click.command()
@options.filters
@click.option(
    "--what",
    type=click.Choice([measure.value for measure in Measure]),
    default=Measure.ENROLLED.value,
    show_default=True,
    help="The figure whose registrations are listed.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(register.KINDS)),
    default="csv",
    show_default=True,
    help="CSV, or a JSON object on each line.",
)
@options.OUTPUT
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default="en",
    show_default=True,
    help="Separators and decimal sign of the CSV.",
)
@with_appcontext
def registrations(
    what: str, format_: str, output: Path | None, language: str, from_: str, **values: str
) -> None:
    """The registrations behind a figure, without names, read and written one after the other."""
    asked = options.question({**values, "from": from_}, language)
    try:
        measure = asking.chosen_measure(asked.filters, {"what": what})
    except FilterError as error:
        raise click.UsageError(str(error)) from error
    found = register.entries(source.engine(), asked.filters, asked.reader.visible, measure)
    with writing() as connection:
        register.note(connection, "", asked.filters, measure)
    lines = (line.encode() for line in register.text(found, format_, LANGUAGES[language][1]))
    if output is not None:
        options.put(output, lines)
        return
    for line in lines:
        click.echo(line, nl=False)
