"""Taking a package in: looked at whole, stored whole, or refused with every problem and nothing left."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import uuid4

from sqlalchemy import insert, select

from near_learn.cmi5 import archive, course, structure
from near_learn.cmi5.archive import Limits
from near_learn.cmi5.course import FOLDER, Imported
from near_learn.cmi5.structure import Refused, Structure
from near_learn.cmi5.wording import FILE
from near_learn.db import db, writing
from near_learn.privacy import audit
from near_learn.records import progress
from near_learn.records.iris import IMPORTED
from xapi.sql.upsert import insert_missing

_INCOMING = ".incoming-"
_PART = 1024 * 1024
_STALE = 24 * 3600  # seconds after which what a process left behind is nobody's


@contextmanager
def incoming(data: Path) -> Iterator[Path]:
    """A folder of its own for one import, gone afterwards whatever happens."""
    base = data / FOLDER
    base.mkdir(parents=True, exist_ok=True)
    _sweep(base)
    folder = base / f"{_INCOMING}{uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(source: IO[bytes], target: Path, limits: Limits) -> None:
    """Writes what comes to the disk, part by part. Raises Refused when it is more than may be sent."""
    size = 0
    with target.open("wb") as file:
        while part := source.read(_PART):
            size += len(part)
            if size > limits.packed:
                raise Refused([f"more than {limits.packed // _PART} MB"])
            file.write(part)


def take(data: Path, folder: Path, package: Path, limits: Limits, *, by: str) -> Imported:
    """Imports the file PACKAGE, which lies in FOLDER. Raises Refused with every problem."""
    now = datetime.now(UTC)
    release = _digest(package)
    if not archive.is_zip(package):
        found = structure.read(_alone(package), None)
        return _store(found, release, "", by, now)
    with archive.opened(package, limits) as packed:
        files = archive.files(packed, limits)
        found = structure.read(archive.content(packed, files[FILE]), files)
        content = folder / "content"
        content.mkdir()
        archive.unpack(packed, files, content)
    key = secrets.token_urlsafe(32)
    place = course.folder(data, key)
    content.rename(place)
    try:
        return _store(found, release, key, by, now)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def remove_files(data: Path, key: str) -> None:
    """Deletes the files of a course."""
    if key:
        shutil.rmtree(course.folder(data, key), ignore_errors=True)


def _store(found: Structure, release: str, key: str, by: str, now: datetime) -> Imported:
    id_ = f"{IMPORTED}{uuid4().hex[:16]}"
    title = named(found.title)
    row = {
        "id": id_,
        "publisher_id": found.publisher_id,
        "title": found.title,
        "structure": course.to_json(found),
        "release": release,
        "key": key,
        "imported_by": by,
        "imported_at": now,
        "deleted_at": None,
    }
    known = {
        "course": id_,
        "release": release,
        "modules": [unit.id for unit in found.units],
        "instruments": [],
        "structure": "",
        "title": title,
        "loaded_at": now,
    }
    with writing() as connection:
        connection.execute(insert(course.table), [row])
        # Reports and certificates know courses by this row, as they know our own.
        insert_missing(connection, progress.release, [known])
        audit.note(connection, actor=by, action="package.imported", detail={"course": id_})
    with db.engine.connect() as connection:
        imported = course.find(connection, id_)
    assert imported is not None  # noqa: S101 (it has just been stored)
    return imported


def named(title: structure.Texts) -> dict[str, str]:
    """The title by plain language, as reports look it up; English, or what there is, under `en`."""
    found = {tag.lower().partition("-")[0]: text for tag, text in reversed(list(title.items()))}
    return {"en": course.worded(title, "en"), **found}


def _alone(package: Path) -> bytes:
    """14.2: a structure without a package."""
    if package.stat().st_size > structure.LARGEST:
        raise Refused([f"neither a zip nor a structure of at most {structure.LARGEST // _PART} MB"])
    content = package.read_bytes()
    if not content.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        raise Refused(["expected a zip with a cmi5.xml in it, or the cmi5.xml itself; this is neither"])
    return content


def _digest(package: Path) -> str:
    found = sha256()
    with package.open("rb") as file:
        while part := file.read(_PART):
            found.update(part)
    return found.hexdigest()[:12]


def _sweep(base: Path) -> None:
    """Deletes what a process that was killed has left: imports that nobody finishes, files of no course."""
    old = time.time() - _STALE
    left = [path for path in base.iterdir() if path.is_dir() and path.stat().st_mtime < old]
    if not left:
        return
    query = select(course.table.c.key).where(course.table.c.deleted_at.is_(None))
    with db.engine.connect() as connection:
        known = set(connection.scalars(query))
    for path in left:
        if path.name not in known:
            shutil.rmtree(path, ignore_errors=True)
