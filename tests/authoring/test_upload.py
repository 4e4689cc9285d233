"""What a trainer may send, judged by what is in it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from near_learn.authoring.upload import Refused, Upload, accept, keep, markdown
from near_learn.content.media import LARGEST

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'


def archive(*names: str, mimetype: bytes = b"") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "x")
    return data.getvalue()


@pytest.mark.parametrize(
    ("filename", "data", "name"),
    [
        ("plan.png", PNG, "plan.png"),
        ("Plan (2) für Ärzte.PNG", PNG, "plan-2-fur-arzte.png"),
        ("photo.png", b"\xff\xd8\xff\xe0rest", "photo.jpg"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0rest", "photo.jpeg"),
        ("../../etc/passwd", PNG, "passwd.png"),
        ("C:\\Users\\me\\plan.gif", b"GIF89a...", "plan.gif"),
        ("σχέδιο.webp", b"RIFF\0\0\0\0WEBPVP8 ", "file.webp"),
        ("-rf.svg", SVG, "rf.svg"),
        ("list.pdf", b"%PDF-1.7\n", "list.pdf"),
        ("x.docx", archive("word/document.xml"), "x.docx"),
        ("x.bin", archive("xl/workbook.xml"), "x.xlsx"),
        ("x", archive(mimetype=b"application/vnd.oasis.opendocument.text"), "x.odt"),
        ("notes.txt", "άλφα\n".encode(), "notes.txt"),
        ("table.csv", b"a,b\n1,2\n", "table.csv"),
        ("x" * 300 + ".png", PNG, "x" * 80 + ".png"),
    ],
)
def test_what_is_taken_and_under_which_name(filename: str, data: bytes, name: str) -> None:
    assert accept(filename, data).name == name


@pytest.mark.parametrize(
    ("filename", "data", "reason"),
    [
        ("empty.png", b"", "empty"),
        ("large.png", PNG + b"\0" * LARGEST, "large"),
        ("page.png", b"<!doctype html><script>alert(1)</script>", "type"),
        ("page.txt", b"<html><script>alert(1)</script>", "type"),
        ("page.csv", b"  <svg onload=alert(1)>", "unfit"),
        ("program.png", b"\x7fELF\x02\x01", "type"),
        ("program.exe", b"MZ\x90\0", "type"),
        ("x.zip", archive("anything.txt"), "type"),
        ("x.docx", b"PK\x03\x04broken", "type"),
        ("x.html", b"hello", "type"),
        ("x.md", b"# hello", "type"),
        ("nul.txt", b"a\0b", "type"),
        ("script.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "unfit"),
        ("onload.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "unfit"),
        (
            "outside.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://x.example/a.png"/></svg>',
            "unfit",
        ),
    ],
)
def test_what_is_refused(filename: str, data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        accept(filename, data)
    assert caught.value.reason == reason


def test_a_name_that_is_taken_gets_a_number_and_the_same_file_does_not(tmp_path: Path) -> None:
    assert keep(tmp_path, Upload("plan.png", b"one")) == "plan.png"
    assert keep(tmp_path, Upload("plan.png", b"two")) == "plan-2.png"
    assert keep(tmp_path, Upload("plan.png", b"one")) == "plan.png"
    assert {path.name: path.read_bytes() for path in (tmp_path / "media").iterdir()} == {
        "plan.png": b"one",
        "plan-2.png": b"two",
    }


@pytest.mark.parametrize(
    ("name", "words", "line"),
    [
        ("plan.svg", "A gate  and\ntwo beds", "![A gate and two beds](media/plan.svg)"),
        ("list.pdf", "The list [2]", "[The list \\[2\\]](media/list.pdf)"),
        ("a.png", "*](javascript:x)", "![\\*\\](javascript:x)](media/a.png)"),
    ],
)
def test_the_line_that_shows_it(name: str, words: str, line: str) -> None:
    assert markdown(name, words) == line
