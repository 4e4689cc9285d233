"""near-learn guide: the courses as one printable document in a language."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from near_learn.content.check_command import courses_setting
from near_learn.content.course import Library
from near_learn.content.library import is_course, load, load_course
from near_learn.guide.edition import Edition, Guide
from near_learn.guide.page import embedded, html
from near_learn.guide.paper import pdf
from near_learn.languages import LANGUAGES


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
@click.option("--format", "format_", type=click.Choice(["html", "pdf"]), default="pdf", show_default=True)
@click.option(
    "--edition",
    type=click.Choice([edition.value for edition in Edition]),
    default=Edition.LEARNER.value,
    show_default=True,
    help="For learners, without the answers; or for trainers, with them.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write.  [default: guide-en.pdf]",
)
@with_appcontext
def guide(path: Path | None, language: str, format_: str, edition: str, output: Path | None) -> None:
    """Write the courses as one printable document; with PATH the course, or the courses, in that folder.

    What is not translated stands there in English.
    """
    root = (path or courses_setting()).resolve()
    library: Library = load_course(root) if is_course(root) else load(root)
    if not library.courses:
        raise click.ClickException(f"{root}: there is no course to print; see: near-learn check {root}")
    target = output or Path(f"guide-{language}{'-trainer' if edition == Edition.TRAINER else ''}.{format_}")
    made = datetime.now(UTC)
    with force_locale(language):
        try:
            target.write_bytes(_written(library, language, Edition(edition), format_, root, made))
        except OSError as error:
            raise click.ClickException(f"{target}: the file cannot be written ({error.strerror})") from error
    modules = sum(len(course.modules) for course in library.courses.values())
    click.echo(f"{target}: {len(library.courses)} courses, {modules} modules")


def _written(
    library: Library, language: str, edition: Edition, format_: str, root: Path, made: datetime
) -> bytes:
    courses = tuple(library.courses.values())
    if format_ == "html":
        return html(Guide(courses, language, edition, embedded), made).encode()

    def from_root(picture: Path) -> str:
        return "/" + picture.relative_to(root).as_posix()

    return pdf(Guide(courses, language, edition, from_root), made, root, gettext("Contents"))
