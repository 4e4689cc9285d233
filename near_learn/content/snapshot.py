"""A copy of a course's files that lasts: whole or not there at all, and on the disk when it is there."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from near_learn.content.media import LARGEST, visible
from near_learn.content.problem import Problem

READ_ONLY = 0o444
AT_ONCE = 1024 * 1024


def obstacles(folder: Path) -> list[Problem]:
    """What keeps the folder from being copied: links, which could lead anywhere, and what is no file."""
    found = []
    for path in walk(folder):
        if message := _obstacle(path):
            place = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            found.append(Problem(place, 1, "error", message))
    return found


def _obstacle(path: Path) -> str:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "this is a symbolic link, which a release cannot hold; put the file itself here"
    if not stat.S_ISREG(mode):
        return "this is not a file; take it out of the course"
    if path.lstat().st_size > LARGEST:
        return f"the file is larger than {LARGEST // 1024 // 1024} MB; make it smaller, or take it out"
    return ""


def walk(folder: Path) -> Iterator[Path]:
    """Everything in the folder but folders, links to folders included; without what nobody sees."""
    for path in visible(folder):
        if path.is_dir() and not path.is_symlink():
            yield from walk(path)
        else:
            yield path


def copy(source: Path, target: Path) -> None:
    """Copies the files of a folder into a new one and waits until they are on the disk.

    Raises OSError, also for a link that took a file's place meanwhile; then part of the copy is there.
    """
    target.mkdir(parents=True)
    for path in walk(source):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        _copy_file(path, place)
    for folder, _, _ in os.walk(target, topdown=False):
        sync(Path(folder))


def _copy_file(source: Path, target: Path) -> None:
    # Not followed: a link could lead to a file of the server that nobody should read.
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as read, target.open("xb") as written:
        shutil.copyfileobj(read, written, AT_ONCE)
        written.flush()
        os.fsync(written.fileno())
        os.fchmod(written.fileno(), READ_ONLY)


def write(path: Path, text: str) -> None:
    """Puts a small file in place of the one there, in one step: readers see the old text or the new."""
    beside = path.with_name(f".{path.name}-{uuid4().hex}")
    with beside.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync(path.parent)


def place(made: Path, at: Path) -> bool:
    """Moves a finished folder to its place in one step; False when there is one already."""
    at.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(at)
    except OSError:
        if not at.is_dir():
            raise
        return False
    sync(at.parent)
    sync(at.parent.parent)
    return True


def sync(folder: Path) -> None:
    """Waits until the names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
