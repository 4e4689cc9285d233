"""near-learn report gain, diagnosis, participants, targets: the figures of the pages on the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click
from babel.numbers import format_decimal
from flask.cli import with_appcontext
from flask_babel import force_locale
from rich import box
from rich.console import Console
from rich.table import Table

from near_learn.languages import LANGUAGES
from near_learn.outcomes import lines, sheet, targets
from near_learn.outcomes.asking import Asking, asking
from near_learn.outcomes.choice import EVERY, OF_PARTICIPANTS, OF_PRACTICE, By
from near_learn.reports.filters import FilterError
from near_learn.reports.reader import Reader
from near_learn.spreadsheet import Value

WIDEST = 400
LANGUAGE = "en"
# What a table on the terminal shows of a file's columns; CSV and JSON have them all.
SHOWN = {
    sheet.GAIN: (
        *("row_type", "course", "code", "name", "n_matched", "n_pre_only", "mean_pre", "mean_post"),
        *("mean_difference", "difference_low", "difference_high", "relative_change", "normalised_gain"),
    ),
    sheet.DIAGNOSIS: (
        *("row_type", "code", "name", "people", "text", "persons_start", "mean_start"),
        *("persons_end", "mean_end"),
    ),
    sheet.PARTICIPANTS: ("row_type", "about", "counted", "code", "name", "answer", "persons"),
    sheet.TARGETS: ("kind", "course", "region", "target", "state", "value", "n", "low", "high", "due"),
}

Made = tuple[tuple[str, ...], list[sheet.Row]]


def add_to(report: click.Group) -> None:
    """Puts these commands beside `near-learn report completion`."""
    for command in (gain, diagnosis, participants, target_list):
        report.add_command(command)


def options(rows: Sequence[By], *names: str) -> Callable[[Any], Any]:
    """The options that several commands have: rows, level, and a limit for each of NAMES."""
    decorators = [
        click.option(
            "--format",
            "format_",
            type=click.Choice(["table", "csv", "json"]),
            default="table",
            show_default=True,
            help="How to write it.",
        ),
        click.option(
            "--names",
            type=click.Choice(list(LANGUAGES)),
            default=LANGUAGE,
            show_default=True,
            help="Language of the names, and decimal sign of the CSV.",
        ),
        *(click.option(f"--{name}", default="", help=f"Only this {name}.") for name in names),
    ]
    if rows:
        decorators += [
            click.option(
                "--by",
                type=click.Choice([by.value for by in rows]),
                default=rows[0].value,
                show_default=True,
                help="What a row stands for.",
            ),
            click.option(
                "--level",
                type=click.IntRange(0, 3),
                default=3,
                show_default=True,
                help="NUTS level of the regions.",
            ),
        ]

    def decorate(function: Any) -> Any:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


@click.command()
@options(EVERY, "course", "region", "organisation", "cohort", "language", "year")
@with_appcontext
def gain(format_: str, names: str, **values: Any) -> None:
    """Knowledge gain: matched tests before and after, with a confidence interval."""
    _write(format_, names, lambda of: (sheet.GAIN, lines.of_gain(of, of.gain(_text(values)))))


@click.command()
@options(OF_PRACTICE, "region", "organisation", "cohort", "language", "year")
@with_appcontext
def diagnosis(format_: str, names: str, **values: Any) -> None:
    """The self-assessment of practice, per region, at the start and at the end."""

    def make(of: Asking) -> Made:
        report = of.diagnosis(_text(values))
        return sheet.DIAGNOSIS, lines.of_diagnosis(of, report) if report else []

    _write(format_, names, make)


@click.command()
@options(OF_PARTICIPANTS, "region", "organisation", "year")
@with_appcontext
def participants(format_: str, names: str, **values: Any) -> None:
    """Participants and leavers by what they told about themselves. Not an official return."""
    _write(
        format_,
        names,
        lambda of: (sheet.PARTICIPANTS, lines.of_participants(of, of.participants(_text(values)))),
    )


@click.command("targets")
@options((), "region", "course", "organisation", "cohort")
@with_appcontext
def target_list(format_: str, names: str, **values: str) -> None:
    """Targets, and whether each is reached."""

    def make(of: Asking) -> Made:
        return sheet.TARGETS, sheet.of_targets(targets.for_filters(of.measuring(), **values), of.as_of)

    _write(format_, names, make)


def _text(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _write(format_: str, language: str, make: Callable[[Asking], Made]) -> None:
    locale = LANGUAGES[language][1]
    with force_locale(locale):
        try:
            columns, rows = make(asking(Reader.unlimited(), language))
        except FilterError as error:
            raise click.UsageError(str(error)) from error
    if format_ == "csv":
        click.echo(sheet.to_csv(columns, rows, locale), nl=False)
    elif format_ == "json":
        click.echo(sheet.to_json(columns, rows).encode())
    else:
        _show(SHOWN[columns], rows)


def _show(columns: Sequence[str], rows: list[sheet.Row]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    console = Console(highlight=False, markup=False)
    # A figure that is cut off is worse than a long line.
    needed = console.measure(table, options=console.options.update(width=WIDEST)).maximum
    Console(highlight=False, markup=False, width=max(console.width, needed)).print(table)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(format_decimal(value, format="#,##0.00#", locale=LANGUAGE))
    return str(value)
