"""A file that a trainer sends: judged by what it holds, safely named, and how the text shows it."""

from __future__ import annotations

import re
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from near_learn.authoring import course_file
from near_learn.content.media import FOLDER, IMAGES, LARGEST, TYPES, visible
from near_learn.content.media import files as shown

LONGEST_NAME = 80
LONGEST_ALTERNATIVE = 500
# Office documents are archives that hold one of these.
OFFICE = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx"}
OPENDOCUMENT = b"application/vnd.oasis.opendocument.text"


class Refused(Exception):
    """A file that learners must not get. `reason` is a key of the page's messages, `detail` the checker's."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Upload:
    """A file that may be kept."""

    name: str  # safe, with the ending that belongs to what is in it
    data: bytes

    @property
    def image(self) -> bool:
        """Whether it is a picture."""
        return Path(self.name).suffix in IMAGES


def accept(filename: str, data: bytes) -> Upload:
    """The file under a safe name. Raises Refused: "empty", "large", "type" or "unfit"."""
    if not data:
        raise Refused("empty")
    if len(data) > LARGEST:
        raise Refused("large")
    ending = ending_of(data, Path(filename).suffix.lower())
    if ending is None:
        raise Refused("type")
    upload = Upload(safe_name(filename, ending), data)
    if problem := _unfit(upload):
        raise Refused("unfit", problem)
    return upload


def _unfit(upload: Upload) -> str:
    """What the loader has against the file; empty when it would show it."""
    with tempfile.TemporaryDirectory(prefix="near-learn-desk-") as name:
        module = Path(name) / "module"
        (module / FOLDER).mkdir(parents=True)
        (module / FOLDER / upload.name).write_bytes(upload.data)
        _, problems = shown(module, Path(name), "")
    return next((problem.message for problem in problems if problem.severity == "error"), "")


def ending_of(data: bytes, named: str) -> str | None:
    """The ending for what the bytes are, whatever the file is called; None for what cannot be shown."""
    for begins, ending in BEGINNINGS:
        if begins.match(data):
            return named if ending == ".jpg" and named == ".jpeg" else ending
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    text = _text(data)
    if text is None:
        return None
    if re.match(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE svg[^>\[]*>\s*)*<svg[\s>]", text, re.DOTALL):
        return ".svg"
    if text.startswith("WEBVTT"):
        return ".vtt"
    # Plain words have no sign by which to know them: the name says whether they are a table.
    return named if named in {".txt", ".csv"} and not text.lstrip().startswith("<") else None


BEGINNINGS = tuple(
    (re.compile(pattern, re.DOTALL), ending)
    for pattern, ending in (
        (rb"\x89PNG\r\n\x1a\n", ".png"),
        (rb"\xff\xd8\xff", ".jpg"),
        (rb"GIF8[79]a", ".gif"),
        (rb"RIFF....WEBP", ".webp"),
        (rb"....ftyp(avif|avis)", ".avif"),
        (rb"....ftypM4A", ".m4a"),
        (rb"....ftyp(isom|iso2|mp41|mp42|avc1|M4V |dash)", ".mp4"),
        (rb"\x1aE\xdf\xa3.{0,64}webm", ".webm"),
        (rb"ID3|\xff[\xfb\xf3\xf2]", ".mp3"),
        (rb"%PDF-", ".pdf"),
    )
)


def _office(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            kind = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return None
    if kind.strip() == OPENDOCUMENT:
        return ".odt"
    return next((ending for name, ending in OFFICE.items() if name in names), None)


def _text(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def safe_name(filename: str, ending: str) -> str:
    """A name of small letters, digits and hyphens, with this ending: `Plan (2).PNG` becomes `plan-2.png`."""
    stem = Path(filename.replace("\\", "/")).stem
    folded = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:LONGEST_NAME].strip("-")
    return (words or "file") + ending


def keep(module: Path, upload: Upload) -> str:
    """Writes the file into the module's media; its name, numbered when it was taken. Raises OSError."""
    folder = module / FOLDER
    taken = {path.name.casefold(): path for path in visible(folder)}
    stem, ending = Path(upload.name).stem, Path(upload.name).suffix
    name, number = upload.name, 1
    while name.casefold() in taken:
        if taken[name.casefold()].read_bytes() == upload.data:
            return taken[name.casefold()].name
        number += 1
        name = f"{stem}-{number}{ending}"
    course_file.write(folder / name, upload.data)
    return name


def markdown(name: str, alternative: str) -> str:
    """The line that shows the file: as a picture with its description, or as a link with these words."""
    words = re.sub(r"([\[\]\\*_`<>])", r"\\\1", " ".join(alternative.split()))
    shows = "!" if Path(name).suffix in IMAGES else ""
    return f"{shows}[{words}]({FOLDER}/{name})"


ACCEPTED = ",".join(sorted(TYPES))
