"""near-learn report: the figures of the page on the command line."""

from __future__ import annotations

import os
from pathlib import Path

import click
from babel.numbers import format_decimal
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from rich import box
from rich.console import Console
from rich.table import Table

from near_learn.db import db
from near_learn.languages import LANGUAGES
from near_learn.reports import files, names
from near_learn.reports.asking import Question, as_of_now
from near_learn.reports.blueprint import share
from near_learn.reports.completion import Figures, Report
from near_learn.reports.filters import Basis, By, FilterError
from near_learn.reports.measures import Measure, of_basis
from near_learn.reports.reader import Reader
from near_learn.reports.tally.fresh import bring_up_to_date
from near_learn.reports.token_command import token

LANGUAGE = "en"
# Columns that a table on the terminal may take.
WIDEST = 400


@click.group()
def report() -> None:
    """Figures about learning, the same as on the pages."""


report.add_command(token)


@report.command()
@click.option(
    "--by",
    type=click.Choice([by.value for by in By]),
    default=By.REGION.value,
    show_default=True,
    help="What a row stands for.",
)
@click.option(
    "--level", type=click.IntRange(0, 3), default=3, show_default=True, help="NUTS level of the regions."
)
@click.option("--from", "from_", metavar="YYYY-MM-DD", default="", help="First day of the period.")
@click.option("--to", metavar="YYYY-MM-DD", default="", help="Last day of the period, included.")
@click.option(
    "--basis",
    type=click.Choice([basis.value for basis in Basis]),
    default=Basis.ENROLLED.value,
    show_default=True,
    help="What the period chooses: who began in it, or what happened in it.",
)
@click.option("--region", default="", help="Only this NUTS code and below.")
@click.option("--organisation", default="", help="Only this organisation (its id).")
@click.option("--cohort", default="", help="Only this cohort (its id).")
@click.option("--course", default="", help="Only this course.")
@click.option("--module", default="", metavar="COURSE/MODULE", help="Only this module.")
@click.option("--release", default="", help="Only registrations on this release of the course.")
@click.option(
    "--language-of-learning", "course_language", default="", help="Only who learns in this language."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", *files.KINDS]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write it to, whole or not at all.  [default: the terminal]",
)
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default=LANGUAGE,
    show_default=True,
    help="Names, separators and decimal sign of the CSV.",
)
@with_appcontext
def completion(
    format_: str, output: Path | None, language: str, from_: str, level: int, **values: str
) -> None:
    """Who is enrolled, active, completed and passed, in the rows that --by chooses."""
    if format_ == "xlsx" and output is None:
        raise click.UsageError("--format xlsx: name the file with --output FILE")
    if format_ == "table" and output is not None:
        raise click.UsageError(
            f"--output: choose --format {', '.join(files.KINDS)}; a table is for the terminal"
        )
    asked = question({**values, "from": from_, "level": str(level)}, language)
    if format_ == "table":
        with force_locale(LANGUAGES[language][1]):
            made = asked.counted()
            show(made, names.labels(asked.connection, made, language))
        return
    content = files.content(asked, format_, language)
    if output is None:
        click.echo(content, nl=format_ == "json")
    else:
        put(output, content)


def question(values: dict[str, str], language: str) -> Question:
    """What the options ask, for a reader who may see everything."""
    bring_up_to_date()
    connection = db.session.connection()
    reader = Reader.unlimited()
    courses = names.catalogue(connection, language)
    try:
        filters = reader.ask(connection, values, as_of_now(), courses)
    except FilterError as error:
        raise click.UsageError(str(error)) from error
    return Question(connection, reader, courses, filters)


def put(path: Path, content: bytes) -> None:
    """Writes a file so that whoever reads it finds the old one or the new one, and never a half."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise click.ClickException(f"{path}: {error.strerror}") from error


def show(made: Report, labels: dict[str, names.Label]) -> None:
    """The report as a table on the terminal, with its question above it."""
    table = Table(
        title=title(made),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        caption=f"Regions: NUTS {names.EDITION}. {names.small_groups(made)}",
        caption_justify="left",
    )
    table.add_column(str(names.BY[made.filters.by]), no_wrap=True)
    measures = of_basis(made.filters.basis)
    for measure in measures:
        table.add_column(str(names.MEASURES[measure]), justify="right")
    with_rate = Measure.SCORED in measures
    for name in ("Rate", "First", "Best", "Median minutes") if with_rate else ():
        table.add_column(name, justify="right")
    for row in made.rows:
        label = labels[row.key]
        table.add_row(f"{label.code} {label.name}".strip(), *cells(row.figures, row.short, with_rate))
    table.add_section()
    if made.apart:
        table.add_row(str(names.APART), *cells(made.apart, frozenset(), with_rate))
    table.add_row(gettext("Total"), *cells(made.total, made.short, with_rate))
    console = Console(highlight=False, markup=False)
    # A figure that is cut off is worse than a long line.
    needed = console.measure(table, options=console.options.update(width=WIDEST)).maximum
    Console(highlight=False, markup=False, width=max(console.width, needed)).print(table)


def cells(figures: Figures | None, short: frozenset[Measure], with_rate: bool) -> list[str]:
    """The figures of a row; "≥" before what is a lower bound, "hidden" for a row of too few."""
    if figures is None:
        return ["hidden"]
    found = [
        ("≥ " if measure in short else "") + format_decimal(value, locale=LANGUAGE)
        for measure, value in figures.counts.items()
    ]
    if with_rate:
        found += [share(value) for value in (figures.rate, figures.mean_first, figures.mean_best)]
        found.append("–" if figures.median_minutes is None else f"{figures.median_minutes:.0f}")
    return found


def title(made: Report) -> str:
    """What was asked, in one line."""
    filters = made.filters
    period = f"{filters.start or '…'} to {filters.end or '…'}" if filters.start or filters.end else "in total"
    moment = (made.counted_at or filters.as_of.moment).astimezone(filters.as_of.zone)
    as_of = f"{moment:%Y-%m-%d %H:%M} ({filters.as_of.zone.key})"
    return f"Completion {period}, basis {filters.basis}, as of {as_of}"
