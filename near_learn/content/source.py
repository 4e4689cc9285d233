"""A course file as lines of text: read once, refused when it is not plain UTF-8 of a sensible size."""

import codecs
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from near_learn.content.problem import Report

# A module of 1,300 words is about 10 KB, in Greek about 20 KB. The limits keep hostile text from costing
# the renderer more than a moment: some of its rules take time with the square of a paragraph's length.
LARGEST_FILE = 128 * 1024
LONGEST_LINE = 5_000
MOST_SIGNS = 10_000
SIGNS = re.compile(r"[#\[\]()*_`!<>&\\~^$|]")

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The Markdown library marks its own places with STX and ETX. The signs of direction turn text around, so that
# a reviewer reads something else than a learner; the others end lines, hide words or pile up over them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u115f\u1160\u200b\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0"
    "\ufff9-\uffff]"
)
# The set stands twice because Python searches quickly for what begins with a plain set.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
PILED_UP = re.compile(f"{_MARK}{_MARK}{{4,}}")


class Line(NamedTuple):
    """A line with its number in the file."""

    number: int
    text: str


@dataclass(frozen=True)
class Source:
    """The lines of one file, tabs turned into spaces."""

    path: Path
    lines: tuple[Line, ...]


def inside(path: Path, folder: Path) -> bool:
    """Whether the path, with every symbolic link followed, stays in the folder."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def read(path: Path, folder: Path, report: Report) -> Source | None:
    """The file's lines, or None when it cannot be used; then the report says why."""
    if not inside(path, folder):
        report.error(1, "this is a symbolic link to a place outside the course; put the file itself here")
        return None
    try:
        if not path.is_file():
            report.error(1, "this is not a file; put a text file here")
            return None
        if path.stat().st_size > LARGEST_FILE:
            report.error(
                1, f"the file is larger than {LARGEST_FILE // 1024} KB; split the text into two modules"
            )
            return None
        data = path.read_bytes()
    except OSError as error:
        report.error(1, f"the file cannot be read ({error.strerror}); check its permissions")
        return None
    text = decode(data, report)
    return None if text is None else Source(path, split(text, report))


def decode(data: bytes, report: Report) -> str | None:
    """The text of UTF-8 bytes; None, and a line in the report, for anything else."""
    if data.startswith(UTF16_MARKS):
        report.error(1, "the file is saved as UTF-16; save it again as UTF-8")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.error(line, f"the byte {data[error.start]:#04x} is not UTF-8; save the file again as UTF-8")
        return None
    # Only these end a line in an editor. splitlines() knows more, and the numbers would differ.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := forbidden(text):
        line = text.count("\n", 0, found.start()) + 1
        what = "are too many marks over one letter" if len(found[0]) > 1 else "is an invisible character"
        report.error(line, f"there {what} (U+{ord(found[0][0]):04X}) here; delete it")
        return None
    if more_signs(text, MOST_SIGNS):
        report.error(
            1, f"the file has more than {MOST_SIGNS} special signs such as [ or *; leave most of them out"
        )
        return None
    return text


def more_signs(text: str, most: int) -> bool:
    """Whether the text has more than so many special signs."""
    return len(text) > most and len(SIGNS.findall(text)) > most


def forbidden(text: str) -> re.Match[str] | None:
    """The first place in the text that no file may have; None when there is none."""
    found = [found for found in (INVISIBLE.search(text), PILED_UP.search(text)) if found]
    return min(found, key=re.Match.start, default=None)


def split(text: str, report: Report) -> tuple[Line, ...]:
    """The numbered lines of a text; a line too long to handle is noted and cut."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            report.error(number, f"the line has more than {LONGEST_LINE} characters; break it into several")
            lines[number - 1] = line[:LONGEST_LINE]
    if "\t" in text:
        lines = [line.expandtabs(4) for line in lines]
    return tuple(map(Line._make, enumerate(lines, 1)))
