"""near-learn report: the figures of the page on the command line."""

from __future__ import annotations

from pathlib import Path

import click
from babel.numbers import format_decimal
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from rich import box
from rich.console import Console
from rich.table import Table

from near_learn.languages import LANGUAGES
from near_learn.reports import files, names, options
from near_learn.reports.blueprint import share
from near_learn.reports.completion import Figures, Report
from near_learn.reports.filters import By
from near_learn.reports.measures import Measure, of_basis
from near_learn.reports.register_command import registrations
from near_learn.reports.token_command import token

LANGUAGE = "en"
# Columns that a table on the terminal may take.
WIDEST = 400


@click.group()
def report() -> None:
    """Figures about learning, the same as on the pages."""


report.add_command(registrations)
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
@options.filters
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", *files.KINDS]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@options.OUTPUT
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
    asked = options.question({**values, "from": from_, "level": str(level)}, language)
    if format_ == "table":
        with force_locale(LANGUAGES[language][1]):
            made = asked.counted()
            show(made, names.labels(asked.connection, made, language))
        return
    content = files.content(asked, format_, language)
    if output is None:
        click.echo(content, nl=format_ == "json")
    else:
        options.put(output, [content])


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
