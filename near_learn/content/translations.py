"""How far each translation of a course is: what is missing, stale, broken or still in English."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from near_learn.content import entries, language, places, wording
from near_learn.content.course import SOURCE_LANGUAGE
from near_learn.content.course_folder import MAIN
from near_learn.content.earlier import Earlier
from near_learn.content.entries import CannotWrite
from near_learn.content.frontmatter import Table
from near_learn.content.library import is_course, load_course
from near_learn.content.media import visible
from near_learn.content.problem import Problem
from near_learn.content.wording import Change

State = Literal["missing", "broken", "stale", "unfinished", "current"]
History = Callable[[Path], Iterable[Earlier]]  # earlier states of a file, newest first


@dataclass(frozen=True)
class Standing:
    """One text in one language, beside the English one."""

    course: str  # the folder's name
    module: str  # the folder's name; empty for the course page
    file: str  # relative to the courses folder
    language: str
    state: State
    version: int  # of the English text
    source_version: int | None  # which of these was translated; None when the text is missing
    changes: tuple[Change, ...]  # in English, since that version
    since: str  # what that version was read from: a release or a commit; empty when it was not found
    untranslated: tuple[str, ...]  # ids of pieces that are still the English ones
    problems: tuple[Problem, ...]  # what the checker says about the file

    @property
    def json(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


def standings(course: Path, history: History, only: str = "") -> list[Standing]:
    """Every text of the course in every language that any of its texts has; with ONLY in that language.

    In the order of the course. A course or module without a readable English text is left out: first that
    has to be mended, as the checker says.
    """
    problems = load_course(course).problems
    languages = [only] if only else languages_of(course)
    found = []
    for folder, name in _texts(course):
        english = folder / name(SOURCE_LANGUAGE)
        text = _read(english)
        if not wording.version(text):
            continue
        states = _Once(history, english)
        for code in languages:
            found.append(_standing(course, folder / name(code), text, code, states, problems))
    return found


def languages_of(course: Path) -> list[str]:
    """The languages of a course besides English: those of its titles and of its texts, in order."""
    found = {path.stem for folder in places.module_folders(course) for path in folder.glob("*.md")}
    found |= {path.name.split(".")[1] for path in course.glob("course.*.md")}
    try:
        title = entries.read(_read(course / MAIN)).values.get("title")
        found |= set(title.values) if isinstance(title, Table) else set()
    except CannotWrite:
        pass
    return sorted(code for code in found if code != SOURCE_LANGUAGE and language.known(code))


class _Once:
    """The earlier states of a file, looked up when a translation is stale, and once for all languages."""

    def __init__(self, history: History, file: Path) -> None:
        self._history, self._file = history, file
        self._states: list[Earlier] | None = None

    def at(self, version: int) -> Earlier | None:
        """The newest state that had this version, or the last one before it."""
        if self._states is None:
            self._states = sorted(self._history(self._file), key=lambda each: each.at, reverse=True)
        numbered = [(wording.version(each.text), each) for each in self._states]
        fitting = [number for number, _ in numbered if 0 < number <= version]
        return next((each for number, each in numbered if number == max(fitting, default=-1)), None)


def _standing(
    course: Path, file: Path, english: str, code: str, states: _Once, problems: Iterable[Problem]
) -> Standing:
    where = file.relative_to(course.parent).as_posix()
    module = "" if file.parent == course else file.parent.name
    version = wording.version(english)
    if not file.is_file():
        return Standing(course.name, module, where, code, "missing", version, None, (), "", (), ())
    own = tuple(problem for problem in problems if problem.path == where)
    text = _read(file)
    stands_for = wording.version(text, "source_version")
    changed: tuple[Change, ...] = ()
    since = ""
    if stands_for != version and (before := states.at(stands_for)):
        changed, since = wording.changes(before.text, english), f"{before.origin} ({before.at:%Y-%m-%d})"
    same = wording.untranslated(english, text)
    state: State = "current"
    if any(problem.severity == "error" for problem in own):
        state = "broken"
    elif stands_for != version:
        state = "stale"
    elif same:
        state = "unfinished"
    return Standing(course.name, module, where, code, state, version, stands_for, changed, since, same, own)


def _texts(course: Path) -> Iterable[tuple[Path, Callable[[str], str]]]:
    """The course page and the modules, each with what its text in a language is called."""
    yield course, lambda code: MAIN if code == SOURCE_LANGUAGE else f"course.{code}.md"
    folders = {folder.name: folder for folder in places.module_folders(course)}
    try:
        text = _read(course / MAIN)
        listed = entries.items(text, "modules") + entries.items(text, "instruments")
    except CannotWrite:
        listed = []
    for name in [*listed, *sorted(set(folders) - set(listed))]:
        if name in folders:
            yield folders[name], lambda code: f"{code}.md"


def _read(file: Path) -> str:
    """The text of a file; empty when it cannot be read, which the checker reports."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def courses_in(folder: Path) -> list[Path]:
    """The folders of the courses in a folder, by name."""
    return [path for path in visible(folder) if is_course(path)]
