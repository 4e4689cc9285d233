"""The files of a module: only for who is signed in, in parts for a film, and never as a page that acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from near_learn import Settings
from near_learn.player import media_file
from tests.player.visitor import Visitor

EXAMPLES = Path(__file__).parents[1] / "content" / "examples"
MEDIA = "/courses/garden/summer-evening/media"
FILM = (EXAMPLES / "garden" / "03-summer-evening" / "media" / "gate.webm").read_bytes()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=EXAMPLES)


TYPES = {
    "gate.webm": "video/webm",
    "gate.webp": "image/webp",
    "gate.vtt": "text/vtt; charset=utf-8",
    "gate.es.vtt": "text/vtt; charset=utf-8",
    "welcome.md": "text/markdown; charset=utf-8",
    "welcome.mp3": "audio/mpeg",
    "lantern.svg": "image/svg+xml; charset=utf-8",
}


@pytest.mark.parametrize("name", TYPES)
def test_a_file_has_its_type_and_cannot_act(name: str, arrive: Callable[..., Visitor]) -> None:
    answer = arrive().client.get(f"{MEDIA}/{name}")
    assert answer.status_code == 200
    assert answer.content_type == TYPES[name]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert not [part for part in policy if part.startswith("script-src")]
    assert "private" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]


def test_a_folder_may_be_given_relative_to_where_the_program_runs(
    arrive: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    application = arrive().client.application
    monkeypatch.chdir(EXAMPLES)
    with application.test_request_context():
        answer = media_file.answer(Path("garden/03-summer-evening/media/lantern.svg"))
    assert answer.status_code == 200


def test_a_document_of_a_trainer_is_shown_or_saved_under_its_name(arrive: Callable[..., Visitor]) -> None:
    answer = arrive().client.get("/courses/garden/first-visit/media/list.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == "inline; filename=list.pdf"
    # The page's own policy: no script of a PDF file runs in it, and in a sandbox browsers don't show it.
    assert "sandbox" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-", 0, len(FILM)), ("bytes=100-199", 100, 200), ("bytes=-10", len(FILM) - 10, len(FILM))],
)
def test_a_film_is_sent_in_parts(asked: str, start: int, end: int, arrive: Callable[..., Visitor]) -> None:
    answer = arrive().client.get(f"{MEDIA}/gate.webm", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.data == FILM[start:end]


def test_a_part_that_is_not_there_and_a_file_that_has_not_changed(arrive: Callable[..., Visitor]) -> None:
    client = arrive().client
    assert client.get(f"{MEDIA}/gate.webm", headers={"Range": "bytes=999999-"}).status_code == 416
    tag = client.get(f"{MEDIA}/gate.webm").headers["ETag"]
    assert client.get(f"{MEDIA}/gate.webm", headers={"If-None-Match": tag}).status_code == 304
    changed = client.get(f"{MEDIA}/gate.webm", headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert (changed.status_code, changed.data) == (200, FILM)


@pytest.mark.parametrize(
    "name", ["gone.png", "en.md", "../en.md", "..%2fen.md", "%2e%2e/en.md", "gate.webm/"]
)
def test_nothing_else_is_served(name: str, arrive: Callable[..., Visitor]) -> None:
    assert arrive().client.get(f"{MEDIA}/{name}").status_code == 404
