"""14: packages. What cannot be used is refused with every reason, and nothing of it stays."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from near_learn.cmi5 import archive, course, importing
from near_learn.cmi5.archive import Limits
from near_learn.db import db
from tests.cmi5 import making
from tests.cmi5.conftest import Portal
from tests.cmi5.making import package, structure


def problems(portal: Portal, content: bytes, status: int = 422) -> str:
    answer = portal.take(content)
    assert answer.status_code == status, answer.text
    return "\n".join(answer.json["error"].get("problems", [answer.json["error"]["message"]]))


def left(app: Flask) -> list[str]:
    """What lies in the folder of packages."""
    folder = app.extensions["settings"].data / course.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in (("cmi5.xml", structure()), ("index.html", making.PAGE), *entries):
            packed.writestr(name, content)
    return made.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.html")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted() -> bytes:
    content = bytearray(zipped())
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def broken() -> bytes:
    content = bytearray(zipped())
    content[content.index(b"index.html") + 14] ^= 0xFF
    return bytes(content)


def unreadable() -> bytes:
    """A file whose first byte names a way of packing that there is not."""
    content = bytearray(zipped(("later.html", b"<p>Hello</p>" * 50)))
    place = content.index(b"later.html") + len("later.html")
    content[place] = 0xFF
    return bytes(content)


def lying() -> bytes:
    """A zip whose list says that a file is shorter than it is."""
    content = bytearray(zipped())
    place = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 5)
    return bytes(content)


REFUSED = {
    "14.1 no zip": (b"PK\x03\x04 but then nothing", "not a zip that can be read"),
    "14.0 neither": (b"# A text", "this is neither"),
    "14.0 nothing": (b"", "this is neither"),
    "14.1 no cmi5.xml": (package(files={}).replace(b"cmi5.xml", b"cmi4.xml"), "expected a file cmi5.xml"),
    "14.1 cut off": (zipped()[:-30], "not a zip that can be read"),
    "a way out": (zipped(("../evil.html", b"x")), "'../evil.html': the path leads out"),
    "a path from the root": (zipped(("/evil.html", b"x")), "the path leads out"),
    "a drive": (zipped(("c:/evil.html", b"x")), "the path leads out"),
    "a backslash": (zipped(("a\\evil.html", b"x")), "expected a path"),
    "a link": (zipped((link(), b"/etc/passwd")), "'link.html': a link or device"),
    "a bomb": (zipped(("zeros", bytes(20_000_000))), "a zip bomb"),
    "one path twice": (zipped(("INDEX.html", b"x")), "the same path as 'index.html'"),
    "a file in a file": (zipped(("index.html/a", b"x")), "'index.html' is a file"),
    "encrypted": (encrypted(), "encrypted"),
    "a file of no known form": (unreadable(), "'later.html': broken"),
    "a broken file": (broken(), "'index.html': broken"),
    "a file longer than it says": (lying(), "'index.html': broken"),
    "an unknown unit file": (package(files={}), "the package has no file 'index.html'"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused_and_nothing_stays(app: Flask, portal: Portal, case: str) -> None:
    content, expected = REFUSED[case]
    before, courses = left(app), len(portal.ask("GET", "courses").json["courses"])
    assert expected in problems(portal, content)
    assert left(app) == before
    assert len(portal.ask("GET", "courses").json["courses"]) == courses


def test_every_wrong_entry_is_named_at_once(portal: Portal) -> None:
    found = problems(portal, zipped(("../a", b""), (link(), b""), ("zeros", bytes(20_000_000))))
    assert [word in found for word in ("'../a'", "'link.html'", "'zeros'")] == [True] * 3


def test_14_0_a_structure_alone_a_zip_and_a_zip64(app: Flask, portal: Portal) -> None:
    alone = portal.take(structure(making.au(url="https://example.com/a")))
    assert alone.status_code == 201
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in (("cmi5.xml", structure()), ("index.html", making.PAGE)):
            with packed.open(name, "w", force_zip64=True) as file:
                file.write(content)
    assert portal.take(made.getvalue()).status_code == 201
    with app.app_context(), db.engine.connect() as connection:
        assert course.find(connection, alone.json["id"]).key == ""


def test_limits_hold_while_it_arrives_and_before_it_is_unpacked(tmp_path: Path) -> None:
    small = Limits(packed=100, unpacked=50, files=2)
    with pytest.raises(importing.Refused, match="more than 0 MB"):
        importing.keep(io.BytesIO(bytes(101)), tmp_path / "a", small)
    path = tmp_path / "b.zip"
    path.write_bytes(zipped())
    with archive.opened(path, small) as packed, pytest.raises(importing.Refused, match="when unpacked"):
        archive.files(packed, small)
    path.write_bytes(zipped(("c", b"")))
    with pytest.raises(importing.Refused, match="3 files"), archive.opened(path, small):
        pass


def test_files_are_served_sandboxed_and_only_those_of_the_package(app: Flask, portal: Portal) -> None:
    answer = portal.take(package(files={"index.html": making.PAGE, "a/code.mjs": b"1", "doc.json": b"{}"}))
    with app.app_context(), db.engine.connect() as connection:
        key = course.find(connection, answer.json["id"]).key
    page = portal.client.get(f"/cmi5/content/{key}/index.html?fetch=x")
    assert page.data == making.PAGE
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts ")
    assert "allow-same-origin" not in policy
    assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    script = portal.client.get(f"/cmi5/content/{key}/a/code.mjs")
    assert (script.mimetype, script.headers["Access-Control-Allow-Origin"]) == ("text/javascript", "*")
    for path in ("../../near-learn.sqlite", "%2e%2e/near-learn.sqlite", "gone.html", "a"):
        assert portal.client.get(f"/cmi5/content/{key}/{path}").status_code == 404
    assert portal.client.get("/cmi5/content/wrong/index.html").status_code == 404
    portal.ask("DELETE", f"courses/{answer.json['id']}")
    assert portal.client.get(f"/cmi5/content/{key}/index.html").status_code == 404
    assert key not in left(app)
