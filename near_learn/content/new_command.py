"""near-learn new: begins a course, a module or a translation with files that the checker accepts."""

from collections.abc import Iterable
from pathlib import Path

import click

from near_learn.content import new as files
from near_learn.content.check_command import courses_setting
from near_learn.content.entries import CannotWrite
from near_learn.content.places import NotFound, course_folder, module_folder
from near_learn.content.values import INSTRUMENTS, KINDS

FOLDER = click.option(
    "--in",
    "courses",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that holds the courses.  [default: NEAR_LEARN_COURSES]",
)


@click.group()
def new() -> None:
    """Begin a course, a module or a translation; files that are there stay as they are."""


@new.command()
@click.argument("identifier", metavar="ID")
@click.option("--title", default="", help="Title in English.  [default: made from ID]")
@FOLDER
def course(identifier: str, title: str, courses: Path | None) -> None:
    """Begin the course ID, a draft, with a first module."""
    try:
        written = files.new_course(courses or courses_setting(), identifier, title)
    except CannotWrite as error:
        raise click.ClickException(str(error)) from error
    _tell(written)
    click.echo(
        "Write over the examples, then: near-learn check\n"
        "Learners see the course when the line `draft: true` is taken out of course.md."
    )


@new.command()
@click.argument("course_name", metavar="COURSE")
@click.argument("identifier", metavar="ID")
@click.option("--title", default="", help="Title in English.  [default: made from ID]")
@click.option(
    "--kind", default="skill", show_default=True, type=click.Choice(KINDS + INSTRUMENTS), help="What it is."
)
@FOLDER
def module(course_name: str, identifier: str, title: str, kind: str, courses: Path | None) -> None:
    """Begin the module ID of COURSE, and add it to the list in course.md."""
    try:
        folder = course_folder(courses or courses_setting(), course_name)
        written = files.new_module(folder, identifier, title, kind)
    except (CannotWrite, NotFound) as error:
        raise click.ClickException(str(error)) from error
    _tell(written)


@new.command()
@click.argument("name", metavar="COURSE[/MODULE]")
@click.argument("language", metavar="LANG")
@FOLDER
def translation(name: str, language: str, courses: Path | None) -> None:
    """Begin the translation of a module, or of a course's page, into LANG (es, nl, …)."""
    root = courses or courses_setting()
    try:
        try:
            folder = module_folder(root, name)
        except NotFound:
            folder = course_folder(root, name)
        written = files.new_translation(folder, language)
    except NotFound as error:
        # The message about modules is the better one as soon as a module was meant.
        raise click.ClickException(str(error.__context__ if "/" in name else error)) from error
    except CannotWrite as error:
        raise click.ClickException(str(error)) from error
    _tell([written])
    click.echo("Write over the English text; leave the ids in braces, the x and the order as they are.")


def _tell(paths: Iterable[Path]) -> None:
    here = Path.cwd()
    for path in paths:
        click.echo(path.relative_to(here) if path.is_relative_to(here) else path)
