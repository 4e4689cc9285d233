"""near-learn questions: takes questions over from GIFT and Moodle XML, and writes them for other systems."""

from pathlib import Path

import click

from near_learn.content.check_command import courses_setting
from near_learn.content.course import SOURCE_LANGUAGE, Module
from near_learn.content.entries import CannotWrite
from near_learn.content.library import load_course
from near_learn.content.places import ENGLISH, NotFound, module_folder
from near_learn.content.problem import Report
from near_learn.content.source import decode
from near_learn.content.writing import replace, text
from near_learn.exchange import gift, gift_writer, inserting, moodle, moodle_writer, taking
from near_learn.exchange.bank import MOST_BYTES, Bank, Unreadable
from near_learn.exchange.naming import Ids

FORMATS = click.Choice(["gift", "moodle"])
FOLDER = click.option(
    "--in",
    "courses",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that holds the courses.  [default: NEAR_LEARN_COURSES]",
)


@click.group()
def questions() -> None:
    """Import and export questions: GIFT and Moodle XML."""


@questions.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "form", type=FORMATS, help="How FILE is written.  [default: by its beginning]")
@click.option("--into", help="Module, as COURSE/MODULE, to whose quiz the questions are added.")
@click.option("--category", help="Only the questions of this category and those below it.")
@FOLDER
def bring(file: Path, form: str | None, into: str | None, category: str | None, courses: Path | None) -> None:
    """Turn the questions in FILE into Markdown; print it, or add it to the quiz of a module.

    What cannot be taken over is told on standard error, as file:line. Ends with status 0 when questions were
    found, also when something about them is lost, and with 1 when the file cannot be read or holds none.
    """
    try:
        target = module_folder(courses or courses_setting(), into) / ENGLISH if into else None
        before = text(target) if target else ""
        bank = read(_bytes(file), form)
        if category:
            inside = (category, f"{category}/")
            bank.questions = [
                q for q in bank.questions if q.category == inside[0] or q.category.startswith(inside[1])
            ]
        found = [markdown for _, markdown in taking.written(bank, Ids(inserting.ids(before)))]
        _tell(file, bank)
        if not found:
            raise click.ClickException(f"{file}: there is no question in it that can be taken over")
        if target:
            replace(target, inserting.into_quiz(before, "\n".join(found)))
    except Unreadable as error:
        raise click.ClickException(f"{file}:{error.line}: {error}") from error
    except (CannotWrite, NotFound) as error:
        raise click.ClickException(str(error)) from error
    if target:
        click.echo(f"{len(found)} added to {target}; look at them, then: near-learn check")
    else:
        click.echo("\n".join(found), nl=False)


@questions.command("export")
@click.argument("name", metavar="COURSE/MODULE")
@click.option("--format", "form", type=FORMATS, required=True, help="How to write them.")
@click.option("--language", default=SOURCE_LANGUAGE, show_default=True, help="In which language.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@FOLDER
def send(name: str, form: str, language: str, output: Path | None, courses: Path | None) -> None:
    """Write the questions of a module, knowledge checks first, for Moodle and others.

    What the format cannot hold is told on standard error.
    """
    try:
        module = _module(module_folder(courses or courses_setting(), name))
    except NotFound as error:
        raise click.ClickException(str(error)) from error
    if language not in module.texts:
        there = ", ".join(module.languages)
        raise click.ClickException(
            f"the module {module.id} cannot be read in {language!r}; there are {there}"
        )
    wording = module.texts[language]
    if form == "gift":
        content, notes = gift_writer.write(wording.questions, module.id)
    else:
        content, notes = moodle_writer.write(wording.questions, module.id, module.media)
    for message, names in _together(notes).items():
        click.echo(f"{message}: {', '.join(names)}", err=True)
    if output:
        output.write_text(content, "utf-8")
    else:
        click.echo(content, nl=False)


def _together(notes: list[str]) -> dict[str, list[str]]:
    """The ids of the questions that the same is said of."""
    found: dict[str, list[str]] = {}
    for note in dict.fromkeys(notes):
        name, _, message = note.partition(": ")
        found.setdefault(message, []).append(name)
    return found


def read(data: bytes, form: str | None = None) -> Bank:
    """The questions in a file, in the format it begins like unless FORM names one. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(1, f"the file is larger than {MOST_BYTES // 1024 // 1024} MB; divide it")
    if form is None:
        form = "moodle" if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "gift"
    if form == "moodle":
        return moodle.read(data)
    report = Report("")
    content = decode(data, report)
    if content is None and not report.problems[0].message.startswith("the file has more than"):
        raise Unreadable(report.problems[0].line, report.problems[0].message)
    # A bank may be as long as ten course files.
    return gift.read(content if content is not None else data.decode("utf-8-sig"))


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _tell(file: Path, bank: Bank) -> None:
    """What is lost, in the order of the file; and the categories, when there are several."""
    for note in sorted(set(bank.notes)):
        click.echo(f"{file}:{note.line}: {note.message}", err=True)
    there = taking.categories(bank.questions)
    if len(there) > 1:
        listed = ", ".join(f"{name or 'none'} ({count})" for name, count in there.items())
        click.echo(f"{file}: categories: {listed}; choose one with --category", err=True)


def _module(folder: Path) -> Module:
    library = load_course(folder.parent)
    for course in library.courses.values():
        for module in (*course.modules, *course.instruments):
            if module.folder == folder:
                return module
    where = f"{folder.parent.name}/{folder.name}"
    first = next((str(problem) for problem in library.errors if problem.path.startswith(where)), "")
    raise NotFound(f"the module in {where} cannot be read: {first or 'see near-learn check'}")
