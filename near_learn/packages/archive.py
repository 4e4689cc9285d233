"""A zip, made while it is sent: the same bytes for the same files, and never a whole file in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The same for every file: a date, an owner or a mode would make two packages of one release differ.
BEGINNING = (1980, 1, 1, 0, 0, 0)
MODE = 0o644
UNIX = 3
CHUNK = 64 * 1024
# What is in these is packed already. They are deflated all the same, with nothing saved and nothing spent:
# programs that unpack while they receive cannot tell where a stored entry ends.
PACKED = frozenset(
    {
        ".avif",
        ".docx",
        ".gif",
        ".jpeg",
        ".jpg",
        ".m4a",
        ".mp3",
        ".mp4",
        ".odt",
        ".png",
        ".webm",
        ".webp",
        ".xlsx",
    }
)


@dataclass(frozen=True)
class File:
    """A file of the package: its path in it, and its bytes or where they are."""

    path: str
    content: bytes | Path


def packed(files: Iterable[File]) -> Iterator[bytes]:
    """The zip of these files in their order, piece by piece. Raises OSError when one cannot be read."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for file in files:
            with archive.open(_entry(file), "w") as entry:
                for chunk in _chunks(file.content):
                    entry.write(chunk)
                    yield from sink.taken()
    yield from sink.taken()


class _Sink(io.RawIOBase):
    """What the archive writes to. It cannot go back, so nothing that is taken will change."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        """Always; seekable it is not."""
        return True

    def write(self, data: Any) -> int:
        """Keeps the bytes until they are taken."""
        self._written += data
        return len(data)

    def taken(self) -> Iterator[bytes]:
        """What was written since, in one piece."""
        if self._written:
            yield bytes(self._written)
            self._written.clear()


def _entry(file: File) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(file.path, BEGINNING)
    entry.compress_type = zipfile.ZIP_DEFLATED
    packed_already = Path(file.path).suffix.lower() in PACKED
    entry._compresslevel = 0 if packed_already else 6  # type: ignore[attr-defined]
    entry.create_system, entry.external_attr = UNIX, MODE << 16
    # Known before: decides whether the entry needs the numbers for files beyond 4 GB.
    entry.file_size = len(file.content) if isinstance(file.content, bytes) else file.content.stat().st_size
    return entry


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk
