"""What the commands of reports have in common: the options that filter, the question they ask, the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import reduce
from pathlib import Path
from typing import Any

import click

from near_learn.reports import names, source
from near_learn.reports.asking import Question, as_of_now
from near_learn.reports.filters import Basis, FilterError
from near_learn.reports.reader import Reader
from near_learn.reports.tally.fresh import bring_up_to_date

OPTIONS = (
    click.option("--from", "from_", metavar="YYYY-MM-DD", default="", help="First day of the period."),
    click.option("--to", metavar="YYYY-MM-DD", default="", help="Last day of the period, included."),
    click.option(
        "--basis",
        type=click.Choice([basis.value for basis in Basis]),
        default=Basis.ENROLLED.value,
        show_default=True,
        help="What the period chooses: who began in it, or what happened in it.",
    ),
    click.option("--region", default="", help="Only this NUTS code and below."),
    click.option("--organisation", default="", help="Only this organisation (its id)."),
    click.option("--cohort", default="", help="Only this cohort (its id)."),
    click.option("--course", default="", help="Only this course."),
    click.option("--module", default="", metavar="COURSE/MODULE", help="Only this module."),
    click.option("--release", default="", help="Only registrations on this release of the course."),
    click.option(
        "--language-of-learning", "course_language", default="", help="Only who learns in this language."
    ),
)

OUTPUT = click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write to, whole or not at all.  [default: the terminal]",
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """COMMAND with the options that choose what is counted; the first day arrives as `from_`."""
    return reduce(lambda made, option: option(made), reversed(OPTIONS), command)


def question(values: dict[str, str], language: str) -> Question:
    """What the options ask, for a reader who may see everything."""
    bring_up_to_date()
    connection = source.connection()
    reader = Reader.unlimited()
    courses = names.catalogue(connection, language)
    try:
        filters = reader.ask(connection, values, as_of_now(), courses)
    except FilterError as error:
        raise click.UsageError(str(error)) from error
    return Question(connection, reader, courses, filters)


def put(path: Path, content: Iterable[bytes]) -> None:
    """Writes a file so that whoever reads it finds the old one or the new one, and never a half."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.writelines(content)
        beside.replace(path)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
