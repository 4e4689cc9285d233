"""A package as a zip (cmi5 14.1), 32 or 64 bit: looked through before anything of it is written anywhere."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from near_learn.cmi5.structure import LARGEST, Refused
from near_learn.cmi5.wording import FILE

_PART = 1024 * 1024
_LONGEST_PATH = 400
_LONGEST_NAME = 200
# Text that says little may shrink a lot; a bomb shrinks a thousand times and more.
_MOST_SHRUNK = 400
_SHRUNK_FROM = 10 * 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
# What reading a file of a broken zip may raise; RuntimeError has NotImplementedError in it.
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError)
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"


@dataclass(frozen=True)
class Limits:
    """What a package may be: bytes as it is sent, bytes unpacked, and files."""

    packed: int = 512 * 1024 * 1024
    unpacked: int = 2 * 1024 * 1024 * 1024
    files: int = 20_000


def is_zip(path: Path) -> bool:
    """Whether the file begins like a zip."""
    with path.open("rb") as file:
        return file.read(2) == b"PK"


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The zip. Raises Refused when it is none, or has so many entries that reading their list is too much."""
    try:
        number = _entries(path)
        if number > limits.files:
            raise Refused([f"{number} files; expected at most {limits.files}"])
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise Refused([f"not a zip that can be read: {error}"]) from None
    with archive:
        yield archive


def files(archive: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Its files by their path. Raises Refused with every entry that may not be unpacked."""
    problems: list[str] = []
    found: dict[str, zipfile.ZipInfo] = {}
    seen: dict[str, str] = {}
    for info in archive.infolist():
        name = info.orig_filename
        if problem := _wrong(info, name):
            problems.append(f"{name[:_LONGEST_NAME]!r}: {problem}")
            continue
        if info.is_dir():
            continue
        if name.casefold() in seen:
            problems.append(f"{name!r}: the same path as {seen[name.casefold()]!r}")
        seen[name.casefold()] = name
        found[name] = info
    problems += [
        f"{name!r}: {above!r} is a file, so nothing can be in it"
        for name in found
        for above in _above(name)
        if above.casefold() in seen
    ]
    total = sum(info.file_size for info in found.values())
    if total > limits.unpacked:
        problems.append(f"{total} bytes when unpacked; expected at most {limits.unpacked}")
    if FILE not in found:
        problems.append(f"expected a file {FILE} at the root of the package (cmi5 14.1)")
    elif found[FILE].file_size > LARGEST:
        problems.append(f"{FILE}: larger than {LARGEST // _PART} MB")
    if problems:
        raise Refused(problems)
    return found


def content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one file, not more than it says it has. Raises Refused when it is broken."""
    return b"".join(_parts(archive, info))


def unpack(archive: zipfile.ZipFile, found: dict[str, zipfile.ZipInfo], folder: Path) -> None:
    """Writes the files into FOLDER, part by part. Raises Refused with every one that is broken."""
    problems: list[str] = []
    for name, info in found.items():
        target = folder.joinpath(*name.split("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("xb") as file:
                for part in _parts(archive, info):
                    file.write(part)
        except Refused as error:
            problems += error.problems
    if problems:
        raise Refused(problems)


def _parts(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """What is in the file. It is counted, because what a zip says of a size need not be true."""
    size = 0
    try:
        with archive.open(info) as file:
            while part := file.read(_PART):
                size += len(part)
                if size > info.file_size:
                    raise zipfile.BadZipFile("longer than it says")
                yield part
    except _BROKEN as error:
        raise Refused([f"{info.orig_filename!r}: broken: {error}"]) from None


def _wrong(info: zipfile.ZipInfo, name: str) -> str:
    """Why the entry may not be unpacked; "" when it may."""
    steps = name.removesuffix("/").split("/")
    if not name or "\0" in name or "\\" in name or not name.isprintable():
        return "expected a path of printable letters with / between folders"
    if name.startswith("/") or ":" in steps[0] or any(step in ("", ".", "..") for step in steps):
        return "the path leads out of the package"
    if len(name) > _LONGEST_PATH or any(len(step.encode()) > _LONGEST_NAME for step in steps):
        return "the path is too long"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind and not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        return "a link or device; expected files and folders only"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    if info.compress_type not in _METHODS:
        return "packed in a way that zips of courses do not use"
    if info.file_size > _SHRUNK_FROM and info.file_size > _MOST_SHRUNK * max(1, info.compress_size):
        return f"{info.file_size} bytes packed into {info.compress_size}: a zip bomb"
    return ""


def _above(name: str) -> Iterator[str]:
    steps = name.split("/")
    return ("/".join(steps[:number]) for number in range(1, len(steps)))


def _entries(path: Path) -> int:
    """How many entries the zip says it has, without reading their list."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557 - 76))
        end = file.read()
        place = end.rfind(_END)
        if place < 0:
            raise zipfile.BadZipFile("it has no end (cut off, or not a zip)")
        number = int(struct.unpack_from("<H", end, place + 10)[0])
        return _entries_64(end, place) if number == 0xFFFF else number


def _entries_64(end: bytes, place: int) -> int:
    at = end.rfind(_END_64, 0, place)
    if at < 0:
        return 0xFFFF
    return int(struct.unpack_from("<Q", end, at + 32)[0])
