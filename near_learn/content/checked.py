"""What checking found in each course, kept by a hash of every byte that was read: none is checked twice."""

import gc
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from near_learn.content.course import Course
from near_learn.content.course_folder import open_course
from near_learn.content.glossary import FILE as GLOSSARY
from near_learn.content.library import MISPLACED, first_of_each
from near_learn.content.problem import Findings, Problem
from near_learn.content.source import inside

FEW = 3  # courses that are checked sooner than other processes would begin
OLDEST = 30 * 86_400.0  # seconds after which something kept that was not needed is removed


class Uncertain(Exception):
    """What is read cannot be told apart by its bytes alone: a link to another place, a file that is shut."""


@dataclass(frozen=True)
class Checked:
    """What there is to say about one course. Without an id it cannot be shown."""

    folder: str
    problems: tuple[Problem, ...]
    id: str = ""
    order: int = 0
    languages: tuple[tuple[str, ...], ...] = ()  # of each module that can be shown

    @classmethod
    def of(cls, path: Path, root: Path) -> "Checked":
        """The course in the folder PATH, read and rendered now."""
        if not inside(path, root):
            return cls(path.name, (Problem(path.name, 1, "error", MISPLACED),))
        course, problems = open_course(path, root)
        if course is None:
            return cls(path.name, tuple(problems))
        return cls(path.name, tuple(problems), course.id, course.order, _languages(course))


@dataclass(frozen=True)
class Whole(Findings):
    """Everything that was found, and the languages of each module that can be shown."""

    languages: tuple[tuple[str, ...], ...]


def _languages(course: Course) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(module.languages) for module in course.modules)


def whole(paths: Sequence[Path], root: Path, kept: Path | None) -> Whole:
    """What is to be said about these courses of the folder ROOT.

    KEPT is the folder for what was found earlier; nothing there is taken for a course of which any byte, or
    any byte of this program, is another one now.
    """
    keys = {path: _key(path, root) if kept else "" for path in paths}
    found = {path: _kept(kept, keys[path]) if kept else None for path in paths}
    missing = [path for path in paths if found[path] is None]
    for path, (key, checked) in zip(missing, _all(missing, root, keys), strict=True):
        found[path] = checked
        if kept and key:
            _keep(kept, key, checked)
    courses = [each for each in found.values() if each]
    shown, twice = first_of_each([each for each in courses if each.id], lambda each: each.folder)
    problems = [problem for each in courses for problem in each.problems] + twice
    languages = tuple(of for each in shown.values() for of in each.languages)
    return Whole(tuple(sorted(set(problems))), languages)


def _all(paths: Sequence[Path], root: Path, keys: Mapping[Path, str]) -> Iterator[tuple[str, Checked]]:
    """Each course with its key, in order; on every processor when there are many."""
    of = [(path, root, keys[path]) for path in paths]
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(paths) <= FEW or processors == 1:
        yield from (_one(*each) for each in of)
        return
    with ProcessPoolExecutor(min(processors, len(paths)), initializer=_calm) as pool:
        yield from pool.map(_one, *zip(*of, strict=True))


def _calm() -> None:
    """What the program is made of stays; garbage is looked for when there may be much of it (50 MB)."""
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 100)


def _one(path: Path, root: Path, key: str) -> tuple[str, Checked]:
    """The course, and KEY, which it had before, if nobody wrote in it meanwhile."""
    found = Checked.of(path, root)
    return key if key and key == _key(path, root) else "", found


# --- keeping -------------------------------------------------------------------------------------


def _key(path: Path, root: Path) -> str:
    """Changes with this program and with every byte that checking the course reads; "" when that cannot be
    told."""
    try:
        digest = hashlib.sha256(program().encode())
        digest.update(f"{path.name}\0".encode())
        for file in [root / GLOSSARY, *_files(path)]:
            if file.is_symlink():
                raise Uncertain
            content = file.read_bytes() if file.is_file() else b""
            name = file.relative_to(root).as_posix()
            digest.update(f"{name}\0{file.is_dir()}\0{file.exists()}\0{len(content)}\0".encode())
            digest.update(content)
    except (OSError, Uncertain):
        return ""
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Everything in the folder, whether it is hidden or not, and the folder itself."""
    yield folder
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path


@cache
def program() -> str:
    """Changes with every file of this package, with Python, and with what is installed beside it."""
    digest = hashlib.sha256(sys.version.encode())
    here = Path(__file__).parent
    for path in sorted(path for path in here.rglob("*") if "__pycache__" not in path.parts):
        if path.is_file():
            digest.update(f"{path.relative_to(here).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    installed = {info.name for folder in sys.path for info in Path(folder or ".").glob("*.dist-info")}
    return hashlib.sha256(digest.digest() + "\0".join(sorted(installed)).encode()).hexdigest()


def _kept(folder: Path, key: str) -> Checked | None:
    """What was found in the course when every byte was as it is now."""
    file = folder / f"{key}.json"
    if not key or not file.is_file():
        return None
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        found = Checked(
            values["folder"],
            tuple(Problem(*each) for each in values["problems"]),
            values["id"],
            values["order"],
            tuple(tuple(each) for each in values["languages"]),
        )
        file.touch()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def _keep(folder: Path, key: str, checked: Checked) -> None:
    """Puts the file in its place whole. A folder that cannot be written only costs time."""
    values = {
        "folder": checked.folder,
        "id": checked.id,
        "order": checked.order,
        "languages": checked.languages,
        "problems": [(each.path, each.line, each.severity, each.message) for each in checked.problems],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f"{key}.{os.getpid()}"
        unfinished.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(folder / f"{key}.json")
    except OSError:
        return


def tidy(folder: Path, now: float) -> None:
    """Removes what nobody has needed for a month."""
    for path in folder.glob("*"):
        try:
            if now - path.stat().st_mtime > OLDEST:
                path.unlink()
        except OSError:
            continue
