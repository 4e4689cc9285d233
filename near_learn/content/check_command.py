"""near-learn check: prints everything that is wrong in the courses, for trainers. Needs no database."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from near_learn.content.checked import Whole, tidy, whole
from near_learn.content.library import course_folders, is_course
from near_learn.content.problem import Problem

if TYPE_CHECKING:
    from near_learn.config import Settings

STYLES = {"error": "bold red", "warning": "yellow"}


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
def check(path: Path | None) -> None:
    """Check the courses; with PATH those in that folder, or the one course that PATH belongs to.

    Prints every problem as file:line: what is wrong, and how to mend it. Ends with status 1 when there is an
    error; warnings alone end with 0.
    """
    folder = path or courses_setting()
    if not folder.exists():
        raise click.ClickException(f"{folder}: there is no such folder")
    course = course_of(folder.resolve())
    base = course.parent if course else folder.resolve()
    if not base.is_dir():
        raise click.ClickException(f"{folder}: this is no folder with courses")
    kept = cache_setting()
    found = whole([course] if course else course_folders(base), base, kept)
    if kept:
        tidy(kept, time.time())
    console = Console(soft_wrap=True, highlight=False)
    for problem in found.problems:
        console.print(line(problem, base))
    console.print(summary(found))
    sys.exit(1 if found.errors else 0)


def courses_setting() -> Path:
    """The courses folder that the settings name; a message for the terminal when they are wrong."""
    return _settings().courses


def releases_setting() -> Path:
    """The folder of the published releases, likewise."""
    return _settings().data / "releases"


def cache_setting() -> Path | None:
    """The folder for what checking found earlier; None when the settings, which are not needed, are wrong."""
    try:
        return _settings().data / "cache" / "check"
    except click.ClickException:
        return None


def _settings() -> "Settings":
    # Only the commands know the application's settings; everything else in this package does without.
    from near_learn.config import Settings, SettingsError

    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def course_of(path: Path) -> Path | None:
    """The folder of the course that a folder or a text belongs to; None for a folder of courses."""
    near = [path, *list(path.parents)[:2]]
    return next((folder for folder in near if is_course(folder)), None)


def line(problem: Problem, base: Path) -> Text:
    """The problem with its path as seen from the current folder, so that a terminal can open it."""
    path = base / problem.path
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    text = Text(f"{shown}:{problem.line}: ")
    text.append(f"{problem.severity}: ", style=STYLES[problem.severity])
    return text.append(problem.message)


def summary(found: Whole) -> str:
    """One line on what can be shown and what was found: `4 modules in 8 languages: no problems`."""
    languages = {language for of in found.languages for language in of}
    counted = [_count(found.errors, "error"), _count(found.warnings, "warning")]
    problems = ", ".join(text for text in counted if not text.startswith("0 ")) or "no problems"
    return f"{_count(len(found.languages), 'module')} in {_count(len(languages), 'language')}: {problems}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
