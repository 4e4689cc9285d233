"""The media folder of a module: which files are there, and which of them can be shown to learners."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from near_learn.content.problem import Problem, Report
from near_learn.content.source import inside

FOLDER = "media"
LARGEST = 10 * 1024 * 1024
HEAVY = 1024 * 1024

IMAGES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
# The player serves these and nothing else, with exactly these types.
TYPES: Mapping[str, str] = IMAGES | {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".webm": "video/webm",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
# A picture has no need of these, and a browser that opens an SVG file by itself would run them.
ACTIVE_SVG = re.compile(
    rb"<\s*(script|foreignobject|iframe|embed|object|animate|set|handler)\b|\son\w+\s*=|javascript:|<!entity"
    rb"|(href|src)\s*=\s*[\"']?\s*(?!\s*[\"']?#)[a-z/]|@import|url\(\s*[\"']?\s*[a-z/]",
    re.IGNORECASE,
)


def visible(folder: Path) -> Iterator[Path]:
    """Every entry of a folder in order, without hidden files and the backups of editors."""
    if folder.is_dir():
        for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if (
                not path.name.startswith((".", "~"))
                and not path.name.endswith("~")
                and path.name != "Thumbs.db"
            ):
                yield path


def files(module: Path, course: Path, where: str) -> tuple[dict[str, Path], list[Problem]]:
    """The module's media by name, and the problems of the rest. `where` is the module's path."""
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for path in visible(module / FOLDER):
        report = Report(f"{where}/{FOLDER}/{path.name}")
        if problem := _problem(path, course):
            report.error(1, problem)
        else:
            found[path.name] = path
            if path.stat().st_size > HEAVY:
                report.warning(1, "the file is larger than 1 MB; make it smaller for slow connections")
        problems += report.problems
    return found, problems


def _problem(path: Path, course: Path) -> str:
    """What is wrong with a file, and how to mend it; empty when nothing is."""
    if not inside(path, course):
        return "this is a symbolic link to a place outside the course; put the file itself here"
    if not path.is_file():
        return "this is not a file; put media directly into the folder"
    if not NAME.match(path.name):
        return "rename the file, using letters a to z, digits, dots, hyphens and underscores only"
    if path.suffix.lower() not in TYPES:
        return f"files of this type cannot be shown; use one of {', '.join(sorted(TYPES))}"
    if path.stat().st_size > LARGEST:
        return f"the file is larger than {LARGEST // 1024 // 1024} MB; make it smaller"
    if path.suffix.lower() == ".svg" and ACTIVE_SVG.search(path.read_bytes()):
        return "the drawing holds a script or a reference to another file; export it again as a plain SVG"
    return ""
