"""The zip: the same bytes for the same files, and a large file in it in little memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from near_learn.packages.archive import CHUNK, File, packed

MEGABYTE = 1024 * 1024


def test_the_same_files_give_the_same_bytes_wherever_and_whenever_they_lie(tmp_path: Path) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    for path, mode in ((first, 0o600), (second, 0o755)):
        path.write_bytes(b"\x89PNG" * 40_000)
        path.chmod(mode)

    def made(picture: Path) -> bytes:
        return b"".join(packed([File("a/b.html", b"text " * 1000), File("a/c.png", picture)]))

    assert made(first) == made(second)


def test_a_zip_can_be_unpacked_while_it_is_received_and_afterwards(tmp_path: Path) -> None:
    film = tmp_path / "film.webm"
    film.write_bytes(bytes(range(256)) * 4096)
    files = [File("page.html", b"words " * 1000), File("media/film.webm", film)]
    with zipfile.ZipFile(io.BytesIO(b"".join(packed(files)))) as archive:
        assert archive.testzip() is None
        words, recording = archive.infolist()
        assert archive.read(recording) == film.read_bytes()
    assert words.compress_size < 1000
    # Java reads no stored entry whose size comes after it.
    assert recording.compress_type == zipfile.ZIP_DEFLATED
    assert {entry.date_time for entry in (words, recording)} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in (words, recording)} == {0o644}


def test_a_large_file_passes_through_little_memory(tmp_path: Path) -> None:
    film = tmp_path / "film.webm"
    with film.open("wb") as file:
        file.truncate(48 * MEGABYTE)
    pieces = packed([File("film.webm", film)])
    tracemalloc.start()
    try:
        sizes = [len(piece) for piece in pieces]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(sizes) > 48 * MEGABYTE
    assert max(sizes) < 4 * CHUNK
    assert peak < 2 * MEGABYTE


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(packed([File("a.png", tmp_path / "none.png")]))
