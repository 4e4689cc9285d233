"""An answer is sent when all of it is there, or it is said that it failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, send_file
from werkzeug.test import Client, EnvironBuilder

from near_learn.gateway import IN_MEMORY
from near_learn.whole import Whole

LINE = "a,b,c\n" * 1000


@pytest.fixture
def whole(app: Flask, tmp_path: Path) -> Iterator[Whole]:
    film = tmp_path / "film.webm"
    film.write_bytes(b"abcdef")
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/list/<int:lines>")
    def made(lines: int) -> Response:
        return Response((LINE for _ in range(lines)), mimetype="text/csv")

    @app.get("/half/<int:lines>")
    def half(lines: int) -> Response:
        return Response(breaks(lines), mimetype="text/csv")

    app.add_url_rule("/film", view_func=lambda: send_file(film, conditional=True))
    found = Whole(app)
    yield found
    found.answers.close()


def breaks(lines: int) -> Iterator[str]:
    for _ in range(lines):
        yield LINE
    raise ConnectionError("the database has gone away")


def asked(whole: Whole, path: str) -> tuple[str, dict[str, str], Iterable[bytes]]:
    """The status, the headers and the pieces before any is taken."""
    said: list[Any] = []
    pieces = whole(EnvironBuilder(path).get_environ(), lambda *args: said.extend(args))  # type: ignore[arg-type, return-value]
    return said[0], dict(said[1]), pieces


def test_a_short_list_is_one_piece(whole: Whole) -> None:
    status, headers, pieces = asked(whole, "/list/3")
    assert (status, headers["Content-Type"]) == ("200 OK", "text/csv; charset=utf-8")
    assert pieces == [3 * LINE.encode()]


def test_a_long_list_waits_in_a_file_that_is_gone_when_it_is_open(whole: Whole) -> None:
    lines = 3 * IN_MEMORY // len(LINE)
    _, headers, pieces = asked(whole, f"/list/{lines}")
    assert headers["Content-Length"] == str(lines * len(LINE))
    assert not list(whole.answers.path.iterdir())
    assert b"".join(pieces) == lines * LINE.encode()


@pytest.mark.parametrize("lines", [0, 3, 3 * IN_MEMORY // len(LINE)])
def test_half_a_list_is_never_sent(whole: Whole, lines: int, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(whole).get(f"/half/{lines}", headers={"Accept-Language": "nl"})
    assert answer.status_code == 500
    assert '<html lang="nl"' in answer.text
    assert "a,b,c" not in answer.text
    assert f"failed: GET /half/{lines}" in caplog.text
    assert not list(whole.answers.path.iterdir())


@pytest.mark.parametrize(
    ("part", "status", "found"), [("", 200, b"abcdef"), ("bytes=2-3", 206, b"cd"), ("bytes=4-", 206, b"ef")]
)
def test_a_film_is_sent_from_where_it_is(whole: Whole, part: str, status: int, found: bytes) -> None:
    answer = Client(whole).get("/film", headers={"Range": part} if part else {})
    assert (answer.status_code, answer.data) == (status, found)
    assert answer.content_length == len(found)
