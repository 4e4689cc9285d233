"""A file read and written back: what nobody changed stays as it was, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_learn.authoring import course_file
from near_learn.authoring.course_file import ABSENT, TooLarge


@pytest.mark.parametrize(
    "data",
    [
        b"one\ntwo\n",
        b"one\r\ntwo\r\n",
        b"one\ntwo",
        b"one\r\ntwo",
        b"\xef\xbb\xbfone\ntwo\n",
        "ένα\nδύο\n".encode(),
        b"\n\none\n\n\n",
        b"",
    ],
)
def test_a_text_that_is_not_changed_is_written_as_it_was(data: bytes) -> None:
    file = course_file.of(data)
    assert "\r" not in file.text
    assert file.encoded(file.text.replace("\n", "\r\n")) == data


@pytest.mark.parametrize(
    ("data", "text", "written"),
    [
        (b"one\n", "one\ntwo", b"one\ntwo\n"),
        (b"one", "one\ntwo", b"one\ntwo"),
        (b"one\r\n", "one\ntwo\n", b"one\r\ntwo\r\n"),
        (b"\xef\xbb\xbfone\n", "two\n", b"\xef\xbb\xbftwo\n"),
    ],
)
def test_a_changed_text_keeps_line_ends_final_end_and_mark(data: bytes, text: str, written: bytes) -> None:
    assert course_file.of(data).encoded(text) == written


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("una línea\n".encode("utf-16"), "una línea\n"),
        ("una línea\n".encode("cp1252"), "una línea\n"),
        (b"\x81\xff bytes\n", "\x81ÿ bytes\n"),
    ],
)
def test_a_file_that_is_not_utf_8_can_be_opened_and_is_saved_as_utf_8(data: bytes, text: str) -> None:
    file = course_file.of(data)
    assert (file.text, file.readable) == (text, False)
    assert file.encoded(file.text) == text.encode()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert course_file.read(tmp_path / "none.md") is ABSENT
    assert not ABSENT.there


def test_a_file_too_large_for_any_text(tmp_path: Path) -> None:
    (tmp_path / "en.md").write_bytes(b"x" * (course_file.LARGEST + 1))
    with pytest.raises(TooLarge):
        course_file.read(tmp_path / "en.md")


def test_writing_leaves_no_half_file_and_keeps_the_permissions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "en.md"
    path.write_text("before")
    path.chmod(0o640)
    course_file.write(path, b"after")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("after", 0o640)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        course_file.write(path, b"never")
    assert [entry.name for entry in tmp_path.iterdir()] == ["en.md"]
    assert path.read_text() == "after"
