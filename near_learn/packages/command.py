"""near-learn export: a course as a package for another system."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import click
from flask import current_app
from flask.cli import with_appcontext

from near_learn.packages import source
from near_learn.packages.archive import packed
from near_learn.packages.contents import contents
from near_learn.packages.edition import ALL, NoSuchLanguage, NoSuchRegion, edition
from near_learn.packages.kind import Kind
from near_learn.records.iris import Iris

STANDARD_OUTPUT = Path("-")


@click.command()
@click.argument("course")
@click.option("--format", "kind", type=click.Choice([each.value for each in Kind]), required=True)
@click.option("--language", default=ALL, show_default=True, help="The code of one language, or all.")
@click.option("--region", default="", help="cmi5 only: the NUTS code of the region whose reports count it.")
@click.option("--release", help="An earlier release, by its name.  [default: what learners see]")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=STANDARD_OUTPUT,
    help="The file to write.  [default: standard output]",
)
@with_appcontext
def export(course: str, kind: str, language: str, region: str, release: str | None, output: Path) -> None:
    """Write a COURSE as a package: a zip for a learning platform, or to read without a network.

    The same release gives the same file, byte for byte.
    """
    if region and kind != Kind.CMI5:
        raise click.UsageError("--region is for cmi5: no other package reports to a record store")
    try:
        found = source.course(course, release)
        chosen = edition(
            found, Kind(kind), Iris(current_app.extensions["settings"].base_url), language, region
        )
    except (source.NoSuchCourse, NoSuchLanguage, NoSuchRegion) as error:
        raise click.ClickException(str(error)) from error
    if output == STANDARD_OUTPUT and sys.stdout.isatty():
        raise click.UsageError("a zip is nothing for a terminal; name a file with --output")
    if not source.published(found):
        click.echo(f"{course}: never published; these are the files as they are now", err=True)
    try:
        _write(output, packed(contents(chosen)))
    except OSError as error:
        raise click.ClickException(f"{output}: the package cannot be written ({error.strerror})") from error


def _write(output: Path, pieces: Iterable[bytes]) -> None:
    """Writes them to the file, which is there whole or as it was before; or to standard output or a pipe."""
    if output == STANDARD_OUTPUT:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    if output.exists() and not output.is_file():  # a pipe or a device is written to, not put away
        with output.open("wb") as device:
            device.writelines(pieces)
        return
    unfinished = output.with_name(f".{output.name}-{uuid4().hex[:8]}")
    try:
        with unfinished.open("xb") as file:
            file.writelines(pieces)
        unfinished.replace(output)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
