"""Finding a course or a module by what a trainer types: its id, its folder's name, or a path."""

from pathlib import Path

from near_learn.content import frontmatter
from near_learn.content.course_folder import MAIN
from near_learn.content.frontmatter import Scalar
from near_learn.content.library import is_course
from near_learn.content.media import visible
from near_learn.content.problem import Report
from near_learn.content.source import read

ENGLISH = "en.md"


class NotFound(Exception):
    """There is no such course or module; the text names those that there are."""


def course_folder(courses: Path, name: str) -> Path:
    """The folder of the course with this id or folder name, or at this path. Raises NotFound."""
    path = Path(name)
    if is_course(path):
        return path.resolve()
    there = [folder for folder in visible(courses) if is_course(folder)]
    for folder in there:
        if name in (folder.name, identifier(folder / MAIN)):
            return folder
    raise NotFound(f"there is no course {name!r} in {courses}; {_there_are(there)}")


def module_folder(courses: Path, name: str) -> Path:
    """The folder of the module COURSE/MODULE, each an id or a folder name, or a path. Raises NotFound."""
    path = Path(name)
    if (path / ENGLISH).is_file() and is_course(path.resolve().parent):
        return path.resolve()
    course, _, module = name.rstrip("/").rpartition("/")
    if not course:
        raise NotFound(f"{name!r} does not name a module; write it as COURSE/MODULE")
    folder = course_folder(courses, course)
    there = module_folders(folder)
    for found in there:
        if module in (found.name, identifier(found / ENGLISH)):
            return found
    raise NotFound(f"there is no module {module!r} in the course {folder.name}; {_there_are(there)}")


def module_folders(course: Path) -> list[Path]:
    """The folders of a course that hold texts, listed in course.md or not, by name."""
    return [path for path in visible(course) if path.is_dir() and any(path.glob("*.md"))]


def identifier(file: Path) -> str:
    """The id in a file's front matter; empty when the file cannot be read."""
    report = Report("")
    source = read(file, file.parent, report) if file.is_file() else None
    table, _ = frontmatter.split(source.lines, report) if source else (None, ())
    node = table.values.get("id") if table else None
    return node.text if isinstance(node, Scalar) else ""


def _there_are(folders: list[Path]) -> str:
    names = ", ".join(folder.name for folder in folders)
    return f"there are {names}" if names else "there are none"
