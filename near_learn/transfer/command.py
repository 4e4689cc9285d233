"""near-learn statements: the whole record store out into a file, and statements in from elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from near_learn.config import Settings
from near_learn.records.iris import Iris
from near_learn.records.statement import Builder
from near_learn.schema import require_database
from near_learn.transfer import digest as digests
from near_learn.transfer import lines, preparing, taking
from near_learn.transfer.bookmark import SUFFIX, Bookmark
from near_learn.transfer.digest import Digest
from near_learn.transfer.found import Batch, Unreadable
from near_learn.transfer.lines import Attachments
from near_learn.transfer.preparing import Preparing, Rejected
from near_learn.transfer.remote import Store
from near_learn.transfer.taking import Count, Taker
from xapi.lrs import LRS
from xapi.sql.tables import statement

TOLD_EVERY = 1000
LARGE = 20_000_000  # bytes of a file
PROBLEMS_SHOWN = 10


@click.group()
def statements() -> None:
    """Write the record store's statements into a file, or take statements in."""


@statements.command("export")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file.  [default: standard output]"
)
@click.option(
    "--attachments",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the files that came with statements. It is made if need be.",
)
@with_appcontext
def export_command(output: Path | None, attachments: Path | None) -> None:
    """Write every statement, in the order stored, one a line, exactly as it is stored.

    Voided ones are among them, before the statements that void them. At the end stand their number and a
    digest that is the same for the same statements in any store and any order.
    """
    require_database()
    lrs: LRS = current_app.extensions["lrs"]
    if attachments is not None:
        attachments.mkdir(parents=True, exist_ok=True)
    if output is None:
        number, digest = write(lrs, sys.stdout.buffer, attachments)
    else:
        unfinished = output.with_name(output.name + ".unfinished")
        with unfinished.open("wb") as file:
            number, digest = write(lrs, file, attachments)
        unfinished.replace(output)
    click.echo(f"{number} statements, digest {digest}", err=True)


def write(lrs: LRS, file: IO[bytes], attachments: Path | None) -> tuple[int, Digest]:
    """Every statement as a line into FILE; their number and digest. Memory does not grow with them."""
    folder = Attachments(attachments)
    digest, number = Digest(), 0
    with lrs.reading() as connection:
        total = connection.scalar(select(func.count()).select_from(statement)) or 0
        with click.progressbar(length=total, label="Statements", file=sys.stderr) as bar:
            for stored in lrs.read(connection, voided=True):
                file.write(stored.text.replace(b"\n", b" ") + b"\n")
                digest.add(digests.of(stored.statement))
                if attachments is not None and b'"sha2"' in stored.text:
                    for row in lrs.store.attachments(connection, [stored.id]):
                        folder.keep(row.sha2, row.content_type, row.content)
                number += 1
                if number % TOLD_EVERY == 0:
                    bar.update(TOLD_EVERY)
            bar.update(number % TOLD_EVERY)
    return number, digest


@statements.command("import")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path), required=False
)
@click.option(
    "--attachments",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with the files that belong to the statements, as the export writes it.",
)
@click.option(
    "--from", "from_", metavar="ADDRESS", help="Another record store, such as https://lrs.example.org/xapi."
)
@click.option("--key", envvar="XAPI_IMPORT_KEY", help="Its key (or XAPI_IMPORT_KEY).")
@click.option(
    "--secret",
    envvar="XAPI_IMPORT_SECRET",
    help="Its secret. Better in XAPI_IMPORT_SECRET, or typed when asked: other people on this machine "
    "can read a command line.",
)
@click.option(
    "--version",
    type=click.Choice(["1.0.3", "2.0.0"]),
    default="1.0.3",
    show_default=True,
    help="Of xAPI, in which the other store is asked.",
)
@with_appcontext
def import_command(
    file: Path | None,
    attachments: Path | None,
    from_: str | None,
    key: str | None,
    secret: str | None,
    version: str,
) -> None:
    """Take statements in, from FILE (a statement a line, plain or packed with gzip) or another record store.

    They keep their ids, times and authority; when they were stored is set anew. What is here already stays
    as it is, so the command can be run again, and goes on where it was broken off. What breaks a rule is not
    taken: it is written into a file of its own with the reason, and everything else is taken.
    """
    require_database()
    if (file is None) == (from_ is None):
        raise click.UsageError("Name either a FILE or another record store with --from.")
    if file is not None:
        source: dict[str, object] = {"file": str(file.resolve()), "size": file.stat().st_size}
        beside, length = file, file.stat().st_size
    else:
        address = checked_address(str(from_))
        key = key or click.prompt("Key")
        secret = secret or click.prompt("Secret", hide_input=True)
        settings: Settings = current_app.extensions["settings"]
        source, beside, length = {"store": address}, settings.data / "statements", None
    bookmark = Bookmark(beside.with_name(beside.name + SUFFIX))
    mark, count = bookmark.read(source)
    if mark:
        click.echo(f"Going on after {count.new + count.known + count.rejected} statements.", err=True)
    if file is not None:
        batches = lines.batches(file, attachments, mark)
    else:
        batches = Store(address, str(key), str(secret), version).batches(mark)
    refused = beside.with_name(beside.name + ".rejected")
    if not mark:
        refused.unlink(missing_ok=True)
    done = int(mark.get("read", 0))
    try:
        take(batches, count, bookmark, source, refused, length=length, done=done)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    bookmark.remove()
    tell(count, refused)


def take(
    batches: Iterator[Batch],
    count: Count,
    bookmark: Bookmark,
    source: dict[str, object],
    refused: Path,
    *,
    length: int | None,
    done: int,
) -> None:
    """Takes batch after batch, keeping what is refused and how far it is."""
    settings: Settings = current_app.extensions["settings"]
    iris = Iris(settings.base_url)
    lrs: LRS = current_app.extensions["lrs"]
    taker = Taker(lrs, current_app.extensions["projection"], Preparing(Builder(iris).system, iris), count)
    with (
        click.progressbar(length=length or 0, label="Statements", file=sys.stderr) as bar,
        taking.roomy(lrs.engine),
    ):
        bar.update(done)
        # A small file is stored sooner than another process would begin.
        processes = preparing.spare() if length is None or length > LARGE else 0
        for batch, prepared in preparing.all_(batches, taker.preparing, processes=processes):
            keep(refused, taker.store(batch, prepared))
            bookmark.write(source, batch.mark, count)
            bar.label = f"{count.new + count.known} statements"
            bar.update(batch.weight if length else 0)


def keep(path: Path, rejected: list[Rejected]) -> None:
    """Adds what was not taken to the file, a line each: where it stood, why, and itself."""
    if not rejected:
        return
    with path.open("a", encoding="utf-8") as file:
        for each in rejected:
            values = {
                "place": each.place,
                "problem": each.problem,
                "statement": each.text.decode("utf-8", "replace"),
            }
            file.write(json.dumps(values, ensure_ascii=False) + "\n")


def tell(count: Count, refused: Path) -> None:
    """What became of everything. Ends the command with 1 when something was not taken."""
    click.echo(f"{count.new} statements taken, {count.known} were here already, digest {count.digest}")
    if not count.rejected:
        return
    click.echo(f"{count.rejected} were not taken; they are in {refused} with the reason. The first of them:")
    with refused.open(encoding="utf-8") as file:
        for _, line in zip(range(PROBLEMS_SHOWN), file, strict=False):
            told = json.loads(line)
            click.echo(f"  {told['place']}: {told['problem']}")
    sys.exit(1)


def checked_address(address: str) -> str:
    """ADDRESS without a slash at the end. Raises click.BadParameter for what is none."""
    if not address.startswith(("http://", "https://")):
        raise click.BadParameter(
            f"expected http(s)://… up to where /statements follows, got {address!r}", param_hint="--from"
        )
    return address.rstrip("/").removesuffix("/statements")
