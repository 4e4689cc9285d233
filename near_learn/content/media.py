"""The media folder of a module: which files are there, and which of them can be shown to learners."""

import re
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path

from near_learn.content import captions, pictures, recordings, svg
from near_learn.content.problem import Problem, Report
from near_learn.content.source import LARGEST_FILE, decode, inside

FOLDER = "media"
MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
LARGEST_RECORDING = 100 * MEGABYTE
LARGEST_FOLDER = 300 * MEGABYTE
MOST_FILES = 300
MOST_PIXELS = 50_000_000  # more than a telephone can show, however small the file is
# From here on there is a warning: minutes on a slow line, and a part of somebody's month.
HEAVY = MEGABYTE
HEAVY_RECORDING = 20 * MEGABYTE

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
TYPES: Mapping[str, str] = (
    IMAGES
    | recordings.TYPES
    | {
        ".csv": "text/csv",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".md": "text/markdown",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".pdf": "application/pdf",
        ".txt": "text/plain",
        ".vtt": "text/vtt",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
# How the files of each type begin. A file with another beginning is not what its name says.
BEGINNINGS: Mapping[str, re.Pattern[bytes]] = {
    ".avif": re.compile(rb".{4}ftyp(avif|avis|mif1)", re.DOTALL),
    ".docx": re.compile(rb"PK\x03\x04"),
    ".gif": re.compile(rb"GIF8[79]a"),
    ".jpeg": re.compile(rb"\xff\xd8\xff"),
    ".jpg": re.compile(rb"\xff\xd8\xff"),
    ".m4a": re.compile(rb".{4}ftyp", re.DOTALL),
    ".mp3": re.compile(rb"ID3|\xff[\xe2-\xff]"),
    ".mp4": re.compile(rb".{4}ftyp", re.DOTALL),
    ".odt": re.compile(rb"PK\x03\x04"),
    ".pdf": re.compile(rb"(?s:.{0,1000})%PDF-"),
    ".png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    ".webm": re.compile(rb"\x1aE\xdf\xa3"),
    ".webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    ".xlsx": re.compile(rb"PK\x03\x04"),
}

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")


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
    total = 0
    folder = Report(f"{where}/{FOLDER}")
    entries = list(visible(module / FOLDER))
    if len(entries) > MOST_FILES:
        folder.error(
            1, f"there are more than {MOST_FILES} files; take out what is not used, or divide the module"
        )
        return found, folder.problems
    for path in entries:
        report = Report(f"{where}/{FOLDER}/{path.name}")
        _check(path, course, report)
        if not report.broken:
            found[path.name] = path
            total += path.stat().st_size
        problems += report.problems
    if total > LARGEST_FOLDER:
        folder.error(
            1,
            f"the files together are larger than {LARGEST_FOLDER // MEGABYTE} MB; make the films smaller, or "
            "divide the module",
        )
        found = {}
    for name in recordings.alone(found):
        note = Report(f"{where}/{FOLDER}/{name}")
        note.warning(1, "there is no sound or film of this name beside it, so nobody sees it; rename it")
        problems += note.problems
    return found, problems + folder.problems


def _check(path: Path, course: Path, report: Report) -> None:
    """Notes what is wrong with a file, and how to mend it."""
    if problem := _unusable(path, course):
        report.error(1, problem)
        return
    suffix, size = path.suffix.lower(), path.stat().st_size
    recorded = suffix in recordings.TYPES
    largest, heavy = (LARGEST_RECORDING, HEAVY_RECORDING) if recorded else (LARGEST, HEAVY)
    if size > largest:
        report.error(1, f"the file is larger than {largest // MEGABYTE} MB; make it smaller")
        return
    if size > heavy:
        report.warning(
            1, f"the file is larger than {heavy // MEGABYTE} MB; make it smaller for slow connections"
        )
    _check_content(path, suffix, report)


def _unusable(path: Path, course: Path) -> str:
    """Why a file cannot even be opened; empty when it can."""
    if not inside(path, course):
        return "this is a symbolic link to a place outside the course; put the file itself here"
    if not path.is_file():
        return "this is not a file; put media directly into the folder"
    if not NAME.match(path.name):
        return "rename the file, using letters a to z, digits, dots, hyphens and underscores only"
    if path.suffix.lower() == ".srt":
        return "captions in the format SRT cannot be shown; save them as WebVTT (.vtt)"
    if path.suffix.lower() not in TYPES:
        return f"files of this type cannot be shown; use one of {', '.join(sorted(TYPES))}"
    return ""


def _check_content(path: Path, suffix: str, report: Report) -> None:
    """Looks into a file: it must be what its name says, and nothing that acts."""
    try:
        if suffix == ".svg":
            svg.check(path.read_bytes())
        elif suffix in {recordings.CAPTIONS, recordings.TRANSCRIPT}:
            _check_words(path, suffix, report)
        elif suffix in BEGINNINGS:
            with path.open("rb") as file:
                if not BEGINNINGS[suffix].match(file.read(1024)):
                    report.error(1, f"this is no {suffix[1:].upper()} file; give it the ending of what it is")
            if suffix in IMAGES and prod(pictures.size(path)) > MOST_PIXELS:
                report.error(1, "the picture has more than 50 million points; make it smaller")
    except svg.Unfit as unfit:
        report.error(1, str(unfit))
    except OSError as error:
        report.error(1, f"the file cannot be read ({error.strerror}); check its permissions")


def _check_words(path: Path, suffix: str, report: Report) -> None:
    """Captions, or a transcript, which is read as any other text when a page shows it."""
    largest = captions.LARGEST if suffix == recordings.CAPTIONS else LARGEST_FILE
    if path.stat().st_size > largest:
        report.error(1, f"the file is larger than {largest // 1024} KB; shorten it")
        return
    text = decode(path.read_bytes(), report)
    if text is not None and suffix == recordings.CAPTIONS:
        captions.check(text, report)
