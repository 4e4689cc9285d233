"""Static files: one address a version, kept by the browser."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from flask import Flask

from near_learn.assets import fingerprint


def test_the_style_sheet_is_kept_for_good(app: Flask) -> None:
    client = app.test_client()
    address = re.search(r'href="(/static/style.css\?v=\w+)"', client.get("/").text)
    assert address
    assert "immutable" in client.get(address[1]).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/style.css?v=old").headers.get("Cache-Control", "")
    assert client.get("/static/nothing.css").status_code == 404


def test_files_are_compressed_and_pages_are_not(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in page.headers
    address = re.search(r'href="(/static/style.css\?v=\w+)"', page.text)
    assert address
    plain = client.get(address[1])
    assert "Content-Encoding" not in plain.headers
    for _ in range(2):
        packed = client.get(address[1], headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == plain.data
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
    refused = client.get(address[1], headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    head = client.head(address[1], headers={"Accept-Encoding": "gzip"})
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(packed.data)))


def test_a_change_makes_another_address(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("a { color: red }")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "style.css").write_text("a { color: blue }")
    assert fingerprint(tmp_path) != before
