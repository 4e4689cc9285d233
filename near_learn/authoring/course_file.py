"""A course file as the desk edits it: its text with plain line ends, and how to write it back as it was."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

MARK = "\ufeff"
NONE = "none"  # the digest of a file that is not there
LARGEST = 256 * 1024  # more than the checker takes, so that a file that has grown too long can be cut


class TooLarge(Exception):
    """A file that is no text that people wrote."""


@dataclass(frozen=True)
class CourseFile:
    """What a file holds. `text` has \\n at the ends of its lines, whatever the file has."""

    text: str
    digest: str
    newline: str = "\n"
    ends: bool = True  # its last line has an end
    marked: bool = False  # it begins with a byte order mark
    readable: bool = True  # False: it was not UTF-8, and the text is a guess

    @property
    def there(self) -> bool:
        """Whether there is a file."""
        return self.digest != NONE

    def encoded(self, text: str) -> bytes:
        """TEXT (with any line ends) as the bytes of this file: its line ends, its end, its mark."""
        text = plain(text)
        if text and self.ends and not text.endswith("\n"):
            text += "\n"
        return ((MARK if self.marked else "") + text.replace("\n", self.newline)).encode()


ABSENT = CourseFile("", NONE)


def plain(text: str) -> str:
    """TEXT with \\n at the ends of its lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def digest(data: bytes) -> str:
    """A name for exactly these bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def read(path: Path) -> CourseFile:
    """What the file holds; ABSENT when there is none. Raises TooLarge, OSError."""
    try:
        if path.stat().st_size > LARGEST:
            raise TooLarge
        return of(path.read_bytes())
    except FileNotFoundError:
        return ABSENT


def of(data: bytes) -> CourseFile:
    """What these bytes hold."""
    text, readable = _decoded(data)
    marked = text.startswith(MARK)
    text = text.removeprefix(MARK).replace("\0", "")
    newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    text = plain(text)
    ends = text.endswith("\n") or not text
    return CourseFile(text, digest(data), newline, ends, marked and readable, readable)


def _decoded(data: bytes) -> tuple[str, bool]:
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding == "utf-8"
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), False


def write(path: Path, data: bytes) -> None:
    """Writes the file whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, because only there a file takes another's place at once; hidden from the loader.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
