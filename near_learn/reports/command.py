"""near-learn report: the figures of the page on the command line."""

from __future__ import annotations

import click
from babel.numbers import format_decimal
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from rich import box
from rich.console import Console
from rich.table import Table

from near_learn.db import db
from near_learn.languages import LANGUAGES
from near_learn.reports import export, names
from near_learn.reports.blueprint import as_of_now, share
from near_learn.reports.completion import Figures, Report, count
from near_learn.reports.filters import Basis, By, FilterError
from near_learn.reports.measures import Measure, of_basis
from near_learn.reports.reader import Reader

LANGUAGE = "en"
# Columns that a table on the terminal may take.
WIDEST = 400


@click.group()
def report() -> None:
    """Figures about learning, the same as on the pages."""


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
@click.option("--course", default="", help="Only this course.")
@click.option("--module", default="", metavar="COURSE/MODULE", help="Only this module.")
@click.option("--release", default="", help="Only registrations on this release of the course.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default=LANGUAGE,
    show_default=True,
    help="Names, separators and decimal sign of the CSV.",
)
@with_appcontext
def completion(format_: str, language: str, from_: str, level: int, **values: str) -> None:
    """Who is enrolled, active, completed and passed, by region, course, module or cohort."""
    connection = db.session.connection()
    reader = Reader.unlimited()
    courses = names.catalogue(connection, language)
    try:
        filters = reader.ask(connection, {**values, "from": from_, "level": str(level)}, as_of_now(), courses)
    except FilterError as error:
        raise click.UsageError(str(error)) from error
    made = names.in_order(count(connection, filters, reader.visible), courses)
    with force_locale(LANGUAGES[language][1]):
        labels = names.labels(connection, made, language)
        lines = export.lines(made, labels, gettext("Total"))
    if format_ == "table":
        show(made, labels)
    elif format_ == "csv":
        click.echo(export.to_csv(lines, LANGUAGES[language][1]), nl=False)
    else:
        click.echo(export.to_json(lines).encode())


def show(made: Report, labels: dict[str, names.Label]) -> None:
    """The report as a table on the terminal, with its question above it."""
    table = Table(
        title=title(made),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        caption=f"Regions: NUTS {names.EDITION}",
        caption_justify="left",
    )
    table.add_column(str(names.BY[made.filters.by]), no_wrap=True)
    measures = of_basis(made.filters.basis)
    for measure in measures:
        table.add_column(str(names.MEASURES[measure]), justify="right")
    with_rate = Measure.SCORED in measures
    for name in ("Rate", "First", "Best") if with_rate else ():
        table.add_column(name, justify="right")
    for row in made.rows:
        label = labels[row.key]
        table.add_row(f"{label.code} {label.name}".strip(), *cells(row.figures, with_rate))
    table.add_section()
    table.add_row("Total", *cells(made.total, with_rate))
    console = Console(highlight=False, markup=False)
    # A figure that is cut off is worse than a long line.
    needed = console.measure(table, options=console.options.update(width=WIDEST)).maximum
    Console(highlight=False, markup=False, width=max(console.width, needed)).print(table)


def cells(figures: Figures, with_rate: bool) -> list[str]:
    found = [format_decimal(value, locale=LANGUAGE) for value in figures.counts.values()]
    if with_rate:
        found += [share(value) for value in (figures.rate, figures.mean_first, figures.mean_best)]
    return found


def title(made: Report) -> str:
    """What was asked, in one line."""
    filters = made.filters
    period = f"{filters.start or '…'} to {filters.end or '…'}" if filters.start or filters.end else "in total"
    moment = filters.as_of.moment.astimezone(filters.as_of.zone)
    as_of = f"{moment:%Y-%m-%d %H:%M} ({filters.as_of.zone.key})"
    return f"Completion {period}, basis {filters.basis}, as of {as_of}"
