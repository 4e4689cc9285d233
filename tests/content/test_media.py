"""The media folder: which files may lie there, how large, and the sizes of pictures."""

from pathlib import Path

import pytest

from near_learn.content import media, pictures
from tests.content.world import DRAWING, GOOD, MP4, load, write

FILES = {
    "a page called a picture": ("a.png", b"<html><script>alert(1)</script>", "this is no PNG file"),
    "a program called a document": ("a.pdf", b"MZ\x90", "this is no PDF file"),
    "a sound that is text": ("a.mp3", b"hello", "this is no MP3 file"),
    "a film that is another": ("a.webm", MP4, "this is no WEBM file"),
    "captions of another kind": ("a.srt", b"1", "captions in the format SRT cannot be shown"),
    "a page": ("a.html", b"<p>", "files of this type cannot be shown"),
    "a script": ("a.js", b"alert(1)", "files of this type cannot be shown"),
    "a drawing under another name": ("a.svgz", b"\x1f\x8b", "files of this type cannot be shown"),
    "a name with a space": ("a b.png", b"\x89PNG\r\n\x1a\n", "rename the file"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_not_what_it_says(case: str, tmp_path: Path) -> None:
    name, data, message = FILES[case]
    loaded = load(write(tmp_path, GOOD | {f"c/01-one/media/{name}": data}))
    assert [problem.message.partition(";")[0] for problem in loaded.problems] == [
        found.message.partition(";")[0] for found in loaded.errors if found.message.startswith(message)
    ]
    assert loaded.problems
    assert name not in loaded.courses["c"].module("m").media


@pytest.mark.parametrize(
    ("name", "start", "size", "message"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n", media.HEAVY + 1, "warning: the file is larger than 1 MB"),
        ("a.png", b"\x89PNG\r\n\x1a\n", media.LARGEST + 1, "error: the file is larger than 10 MB"),
        ("a.mp4", MP4, media.HEAVY_RECORDING + 1, "warning: the file is larger than 20 MB"),
        ("a.mp4", MP4, media.LARGEST_RECORDING + 1, "error: the file is larger than 100 MB"),
        ("a.vtt", b"WEBVTT", 2 * 1024 * 1024, "error: the file is larger than 1024 KB"),
        ("a.svg", DRAWING.encode(), 3 * 1024 * 1024, "error: the drawing is larger than 2 MB"),
    ],
)
def test_a_file_that_is_too_large(name: str, start: bytes, size: int, message: str, tmp_path: Path) -> None:
    write(tmp_path, GOOD | {f"c/01-one/media/{name}": start})
    with (tmp_path / "c/01-one/media" / name).open("r+b") as file:
        file.truncate(size)
    _, noted = media.files(tmp_path / "c/01-one", tmp_path / "c", "c/01-one")
    assert message in {f"{problem.severity}: {problem.message}".partition(";")[0] for problem in noted}


def test_a_folder_that_is_too_large(tmp_path: Path) -> None:
    write(tmp_path, GOOD | {f"c/01-one/media/{n}.mp4": MP4 for n in range(4)})
    for n in range(4):
        with (tmp_path / f"c/01-one/media/{n}.mp4").open("r+b") as file:
            file.truncate(99 * media.MEGABYTE)
    files, noted = media.files(tmp_path / "c/01-one", tmp_path / "c", "c/01-one")
    assert files == {}
    assert "error: the files together are larger than 300 MB" in {
        f"{problem.severity}: {problem.message}".partition(";")[0] for problem in noted
    }


def test_a_folder_with_too_many_files(tmp_path: Path) -> None:
    write(tmp_path, GOOD | {f"c/01-one/media/{n}.txt": "x" for n in range(media.MOST_FILES + 1)})
    files, noted = media.files(tmp_path / "c/01-one", tmp_path / "c", "c/01-one")
    assert files == {}
    assert [problem.message.partition(";")[0] for problem in noted] == ["there are more than 300 files"]


def test_a_small_file_that_is_a_huge_picture(tmp_path: Path) -> None:
    huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x4e\x20\0\0\x4e\x20"
    loaded = load(write(tmp_path, GOOD | {"c/01-one/media/a.png": huge}))
    assert [problem.message for problem in loaded.problems] == [
        "the picture has more than 50 million points; make it smaller"
    ]


SIZES = {
    "a.svg": (
        b'<?xml?><svg\n width="30px" viewBox="0 0 60 40" height=\'20.5\'><svg width="9" height="9">',
        (30, 20),
    ),
    "b.svg": (DRAWING.replace("0 0 1 1", "0 0 60 40").encode(), (640, 427)),
    "c.svg": (b'<svg width="100%" height="50%">', ()),
    "a.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\0\x40", (256, 64)),
    "a.gif": (b"GIF89a\x10\0\x20\0", (16, 32)),
    "a.jpg": (b"\xff\xd8\xff\xe0\0\4..\xff\xc0\0\x11\x08\0\x20\0\x10", (16, 32)),
    "b.jpg": (b"\xff\xd8\xff\xe0\0", ()),
    "a.webp": (b"RIFF....WEBPVP8X\x0a\0\0\0\0\0\0\0\x0f\0\0\x1f\0\0", (16, 32)),
    "b.webp": (b"RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a\x10\0\x20\0", (16, 32)),
    "a.avif": (b"....ftypavif....ispe\0\0\0\0\0\0\0\x10\0\0\0\x20", (16, 32)),
    "c.png": (b"", ()),
    "d.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\0\0\0\x40", ()),
}


@pytest.mark.parametrize("name", SIZES)
def test_the_size_of_a_picture(name: str, tmp_path: Path) -> None:
    data, expected = SIZES[name]
    (tmp_path / name).write_bytes(data)
    assert pictures.size(tmp_path / name) == expected
