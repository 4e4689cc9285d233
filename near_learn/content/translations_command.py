"""near-learn translations: what is left to translate, and what has to be translated anew."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from near_learn.content import language as languages
from near_learn.content import places
from near_learn.content.check_command import course_of, courses_setting, releases_setting
from near_learn.content.earlier import Earlier, in_git, in_releases
from near_learn.content.releases import Releases
from near_learn.content.translations import History, Standing, courses_in, standings

STYLES = {
    "missing": "yellow",
    "broken": "bold red",
    "stale": "yellow",
    "unfinished": "yellow",
    "current": "green",
}


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--language", "only", default="", help="Only this language, for example nl.")
def translations(path: Path | None, as_json: bool, only: str) -> None:
    """Show what is missing, broken, stale or unfinished in the translations of every course, or of PATH.

    A stale text is one whose English text has a higher version; what has changed there since is read from
    the published releases and, in a git work tree, from its history. Ends with status 0 when nothing is left
    to do and with 1 when something is.
    """
    if only and not languages.known(only):
        raise click.ClickException(f"{only[:40]!r} is not the code of a language; {languages.advice(only)}")
    folder = (path or courses_setting()).resolve()
    course = course_of(folder)
    found = [
        standing
        for each in ([course] if course else courses_in(folder))
        for standing in standings(each, _history(each), only)
    ]
    if as_json:
        click.echo(json.dumps([each.json for each in found], ensure_ascii=False, indent=2))
    else:
        _show(found)
    sys.exit(1 if any(each.state != "current" for each in found) else 0)


def _history(course: Path) -> History:
    releases = Releases(releases_setting())
    identifier = places.identifier(course / "course.md")

    def earlier(file: Path) -> Iterator[Earlier]:
        yield from in_releases(releases, identifier, file.relative_to(course).as_posix())
        yield from in_git(file)

    return earlier


def _show(found: Iterable[Standing]) -> None:
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    table.add_column("Text", overflow="fold", max_width=34)
    table.add_column("Languages", overflow="fold", max_width=20)
    table.add_column("State")
    table.add_column("What to do", overflow="fold")
    rows: dict[tuple[str, str, str], list[str]] = {}
    for each in found:
        rows.setdefault((_name(each), each.state, "\n".join(to_do(each))), []).append(each.language)
    for (name, state, advice), codes in rows.items():
        table.add_row(name, ", ".join(codes), Text(state, STYLES[state]), Text(advice))
    console.print(table if table.rows else "There is nothing to translate.")


def _name(standing: Standing) -> str:
    return f"{standing.course}/{standing.module}" if standing.module else standing.course


def to_do(standing: Standing) -> Iterator[str]:
    """What is left to do for a text, a line each."""
    if standing.state == "missing":
        yield "begin it: near-learn new translation"
    for problem in standing.problems:
        if problem.severity == "error":
            yield f"line {problem.line}: {problem.message}"
    if standing.source_version not in (None, standing.version):
        yield f"it stands for version {standing.source_version}, English is at {standing.version}"
        if standing.since:
            yield f"changed in English since {standing.since}:"
        for change in standing.changes:
            yield f"  {change.what} {change.place}: {change.title}"
    if standing.untranslated:
        yield f"still in English: {', '.join(standing.untranslated)}"
