"""A file with a statement in each line, and beside it a folder with their attachments."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from hashlib import new
from pathlib import Path
from typing import IO, Any, cast

from near_learn.transfer.found import Batch, Unreadable
from xapi.store import Attachment

AT_ONCE = 5000
LONGEST = 32 * 1024 * 1024  # bytes of one line
NAME = re.compile(r"[0-9a-f]{56,128}")
HASHES = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
TYPE = ".type"


class Attachments(Mapping[str, Attachment]):
    """The files of a folder by their hash, which is their name; the type stands in a small file beside."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def __getitem__(self, sha2: str) -> Attachment:
        if self.folder is None or not NAME.fullmatch(sha2) or len(sha2) not in HASHES:
            raise KeyError(sha2)
        path = self.folder / sha2
        if not path.is_file():
            raise KeyError(sha2)
        content = path.read_bytes()
        if new(HASHES[len(sha2)], content).hexdigest() != sha2:
            raise Unreadable(f"{path}: its content is not what its name says; copy the file again")
        kind = path.with_name(path.name + TYPE)
        named = kind.read_text().strip() if kind.is_file() else "application/octet-stream"
        return Attachment(sha2, named, content)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def keep(self, sha2: str, content_type: str, content: bytes) -> None:
        """Writes an attachment, once."""
        assert self.folder is not None  # noqa: S101 (only for a folder)
        path = self.folder / sha2.lower()
        if not path.exists():
            path.with_name(path.name + TYPE).write_text(content_type + "\n")
            path.write_bytes(content)


def opened(path: Path) -> IO[bytes]:
    """The file, unpacked on the way if it is packed with gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if packed else path.open("rb")


def batches(path: Path, attachments: Path | None, mark: Mapping[str, Any]) -> Iterator[Batch]:
    """The statements of the file from MARK on. Raises Unreadable for a line that is no end in sight of."""
    parts = Attachments(attachments)
    number, offset = int(mark.get("line", 0)), int(mark.get("offset", 0))
    with opened(path) as file:
        file.seek(offset)
        texts: list[bytes] = []
        places: list[str] = []
        weight = 0
        told = _place(file)
        while line := file.readline(LONGEST + 1):
            number += 1
            if len(line) > LONGEST:
                raise Unreadable(
                    f"{path}:{number}: longer than {LONGEST} bytes; is there one statement a line?"
                )
            weight += len(line)
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if text := line.strip():
                texts.append(text)
                places.append(f"{path.name}:{number}")
            if len(texts) == AT_ONCE:
                offset += weight
                before, told = told, _place(file)
                mark = {"line": number, "offset": offset, "read": told}
                yield Batch(texts, places, mark, told - before, parts)
                texts, places, weight = [], [], 0
        if texts:
            place = _place(file)
            mark = {"line": number, "offset": offset + weight, "read": place}
            yield Batch(texts, places, mark, place - told, parts)


def _place(file: IO[bytes]) -> int:
    """How many bytes of the file itself have been read; of a packed one these are fewer than of its text."""
    return file.fileobj.tell() if isinstance(file, gzip.GzipFile) else file.tell()
