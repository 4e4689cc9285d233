"""near-learn publish and near-learn releases: what learners will notice, and what was published."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from near_learn import change_words, publishing, schema
from near_learn.content import Course, Library
from near_learn.content.changes import Changes, compare
from near_learn.content.release import Release
from near_learn.content.releases import NoRelease, Refused
from near_learn.content_library import releases, working_copy
from near_learn.db import db
from near_learn.people.person import Person
from near_learn.records.progress import registration

LANGUAGE = "en"
WIDEST = 400  # columns that a table on the terminal may take


@click.command()
@click.argument("courses", nargs=-1, metavar="[COURSE]…")
@click.option("--note", default="", help="Why, in a sentence; it stands in the list of releases.")
@click.option("--dry-run", is_flag=True, help="Only tell what learners would notice.")
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON, for programs.")
@with_appcontext
def publish(courses: tuple[str, ...], note: str, dry_run: bool, as_json: bool) -> None:
    """Publish courses: learners see the files as they are now, until the next time.

    COURSE is the id of a course; without one, every course that has changed, but for drafts that were never
    published. Tells first what learners will notice. Ends with status 1 when a course has errors; then that
    one is not published.
    """
    copies = working_copy()
    told = []
    for course in chosen(copies, courses):
        told.append(one(course, note, dry_run=dry_run))
        if not as_json:
            show(told[-1])
    refused = broken(copies, courses)
    if as_json:
        click.echo(json.dumps([plain(each) for each in [*told, *refused]], ensure_ascii=False, indent=2))
    else:
        for each in refused:
            show(each)
        if not told and not refused:
            click.echo("Nothing to publish: every course is as it was published, or a draft.")
    sys.exit(1 if any(each["problems"] for each in [*told, *refused]) else 0)


def chosen(copies: Library, names: Sequence[str]) -> list[Course]:
    """The courses that are named, or all that have changed. Raises UsageError for an unknown name.

    A draft that was never published is published only when it is named: somebody means it then.
    """
    if not names:
        known = [(course, releases().current(course.id)) for course in copies.courses.values()]
        return [course for course, now in known if (now.id != course.release if now else not course.draft)]
    found = []
    for name in dict.fromkeys(names):
        course = copies.courses.get(name)
        if course is None and not any(_folder(problem.path) == name for problem in copies.errors):
            known_ids = ", ".join(copies.courses) or "none"
            raise click.UsageError(f"There is no course {name!r}; there are: {known_ids}.")
        if course is not None:
            found.append(course)
    return found


def broken(copies: Library, names: Sequence[str]) -> list[dict[str, Any]]:
    """The courses that cannot be read at all, as far as they are asked for: each with its problems."""
    readable = {course.folder.name for course in copies.courses.values()}
    found: dict[str, list[str]] = {}
    for problem in copies.errors:
        folder = _folder(problem.path)
        if folder not in readable and (not names or folder in names):
            found.setdefault(folder, []).append(str(problem))
    return [told(folder, problems=problems) for folder, problems in found.items()]


def one(course: Course, note: str, *, dry_run: bool) -> dict[str, Any]:
    """Publishes one course, unless it is only asked what that would mean; what there is to tell."""
    before = releases().current(course.id)
    found = compare(published(before), course)
    try:
        made = None if dry_run else publishing.publish(course.folder, note=note)
    except Refused as refused:
        problems = [str(problem) for problem in refused.problems]
        return told(course.id, changes=found, before=before, problems=problems)
    except OSError as error:
        raise click.ClickException(f"{course.id}: the release cannot be written: {error}") from error
    return told(course.id, changes=found, before=before, made=made)


def published(before: Release | None) -> Course | None:
    """The course as learners see it now, if they do."""
    try:
        return releases().course(before.course, before.id) if before else None
    except NoRelease:
        return None


def told(
    course: str,
    *,
    changes: Changes | None = None,
    before: Release | None = None,
    made: Release | None = None,
    problems: Sequence[str] = (),
) -> dict[str, Any]:
    """What there is to tell of one course."""
    return {
        "course": course,
        "before": before.id if before else None,
        "release": made.id if made else None,
        "changes": changes,
        "problems": list(problems),
    }


def plain(told: dict[str, Any]) -> dict[str, Any]:
    """The same as JSON has it."""
    changes: Changes | None = told["changes"]
    return {**told, "changes": changes.as_json() if changes is not None else None}


def show(told: dict[str, Any]) -> None:
    """Prints what there is to tell of one course."""
    click.echo(f"{told['course']}:")
    if told["changes"] is not None:
        with force_locale(LANGUAGE):
            for sentence in change_words.sentences(told["changes"], LANGUAGE):
                click.echo(f"  - {sentence}")
    for problem in told["problems"]:
        click.echo(f"  {problem}")
    if told["problems"]:
        click.echo("  Not published: mend these first.")
    elif told["release"]:
        same = "nothing has changed since" if told["release"] == told["before"] else "learners see it now"
        click.echo(f"  Release {told['release']}: {same}.")
    else:
        click.echo("  Not published: this was a dry run.")


@click.command("releases")
@click.argument("course", required=False)
@click.option("--json", "as_json", is_flag=True, help="List them as JSON, for programs.")
@with_appcontext
def list_releases(course: str | None, as_json: bool) -> None:
    """List what was published, and how many registrations are on each release; of one COURSE, or of all."""
    known = releases().courses()
    if course is not None and course not in known:
        raise click.UsageError(
            f"No course {course!r} was published; there are: {', '.join(known) or 'none'}."
        )
    counts = registrations()
    rows = [row(each, now, counts) for name in ([course] if course else known) for now, each in history(name)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD)
    known_as = names(each["author"] for each in rows)
    for name in ("Course", "Release", "Published (UTC)", "By", "Registrations", "Note"):
        table.add_column(name)
    for each in rows:
        mark = " (current)" if each["current"] else ""
        when = str(each["published_at"])[:16].replace("T", " ")
        counted = "" if each["registrations"] is None else str(each["registrations"])
        table.add_row(
            each["course"],
            each["release"] + mark,
            when,
            known_as.get(each["author"], each["author"]),
            counted,
            each["note"],
        )
    console = Console(highlight=False, markup=False)
    # A release's name that is cut off is worse than a long line.
    needed = console.measure(table, options=console.options.update(width=WIDEST)).maximum
    Console(highlight=False, markup=False, width=max(console.width, needed)).print(table)


def history(course: str) -> list[tuple[bool, Release]]:
    """Every release of the course, the current one first, and whether it is that."""
    return [(number == 0, each) for number, each in enumerate(releases().history(course))]


def row(release: Release, current: bool, counts: dict[tuple[str, str], int] | None) -> dict[str, Any]:
    """One line of the list."""
    return {
        "course": release.course,
        "release": release.id,
        "current": current,
        "published_at": release.published_at.isoformat(),
        "author": release.author,
        "note": release.note,
        "registrations": None if counts is None else counts.get((release.course, release.id), 0),
        "folder": str(release.folder),
    }


def names(accounts: Iterable[str]) -> dict[str, str]:
    """The names of people by account; nothing without a database to ask."""
    if schema.version() != schema.newest():
        return {}
    columns = Person.__table__.c
    query = select(columns.account, columns.name).where(columns.account.in_(set(accounts)))
    return dict(db.session.execute(query).all())


def registrations() -> dict[tuple[str, str], int] | None:
    """How many registrations are on each release; None without a database to ask."""
    if schema.version() != schema.newest():
        return None
    columns = registration.c
    query = select(columns.course, columns.release, func.count()).group_by(columns.course, columns.release)
    return {(course, release): number for course, release, number in db.session.execute(query)}


def _folder(path: str) -> str:
    return Path(path).parts[0]
