"""The preview: what its pages show, what it follows, and that nothing stops it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from near_learn.preview.app import create_preview
from near_learn.preview.work import Work
from tests.content.world import ENGLISH, GOOD, SPANISH, write

PAGE = "/c/01-one/"


@pytest.fixture
def courses(tmp_path: Path) -> Path:
    """The small course with a Spanish text."""
    return write(tmp_path, GOOD | {"c/01-one/es.md": SPANISH.replace("## Why", "## Por qué")})


@pytest.fixture
def client(courses: Path) -> FlaskClient:
    """A browser on the machine itself."""
    return client_of(courses)


def client_of(path: Path) -> FlaskClient:
    """A browser for the preview of a path."""
    made = create_preview(Work.of(path)).test_client()
    made.environ_base["HTTP_HOST"] = "127.0.0.1:8001"
    return made


def text(client: FlaskClient, address: str = PAGE) -> str:
    """The page."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def test_a_text_with_its_questions_and_feedback(client: FlaskClient) -> None:
    page = text(client)
    assert "<h1>Maite</h1>" in page
    assert "Right answer" in page
    assert "because" in page.casefold()
    assert "No problems" in page


def test_questions_as_learners_meet_them(client: FlaskClient) -> None:
    page = text(client, f"{PAGE}?show=learner")
    assert 'type="radio"' in page
    assert "Right answer" not in page


def test_languages(client: FlaskClient) -> None:
    assert "Por qué" in text(client, f"{PAGE}?language=es")
    assert 'href="/c/01-one/?language=es"' in text(client)


def test_all_texts_are_listed(client: FlaskClient) -> None:
    page = text(client, "/")
    for link in ("/c/?language=en", "/c/01-one/?language=es", "/c/02-other/?language=en"):
        assert f'href="{link}"' in page


def test_the_course_page(client: FlaskClient) -> None:
    assert "About it." in text(client, "/c/")


BROKEN = [
    (ENGLISH.replace("Text.", "<b>bold</b>"), 16, "HTML cannot be used", "&lt;b&gt;bold&lt;/b&gt;", "why"),
    (ENGLISH.replace("- [ ] Two", "- Two"), 31, "the option has no brackets", "- Two", "quiz"),
    (
        ENGLISH.replace("kind: skill", "kind: nonsense"),
        6,
        "kind: &#39;nonsense&#39; cannot be used",
        "kind: nonsense",
        "top",
    ),
    ("", 1, "no front matter", "", "top"),
    (b"---\nid: m\n\xff", 3, "is not UTF-8", "", "top"),
    ("---\ntitle: 'x\n---\n", 2, "quotation mark", "title: &#39;x", "top"),
]


@pytest.mark.parametrize(("content", "line", "message", "source", "piece"), BROKEN)
def test_a_broken_text_shows_its_problems_at_their_line(
    courses: Path, client: FlaskClient, content: str | bytes, line: int, message: str, source: str, piece: str
) -> None:
    write(courses, {"c/01-one/en.md": content})
    page = text(client)
    assert f'id="line-{line}"' in page
    assert f"Error in line {line}" in page
    here = page.split(f'data-piece="{piece}"')[1].split("data-piece=")[0]
    assert message in here
    assert f"<pre><code>{source}</code></pre>" in here if source else True
    write(courses, {"c/01-one/en.md": ENGLISH})
    assert "No problems" in text(client)


def test_a_broken_english_text_does_not_hide_its_translation(courses: Path, client: FlaskClient) -> None:
    write(courses, {"c/01-one/en.md": ENGLISH.replace("Text.", "<b>")})
    assert "Por qué" in text(client, f"{PAGE}?language=es")


def test_only_what_changed_is_checked_anew(courses: Path) -> None:
    work = Work.of(courses)
    one, other = work.place("c", "01-one", "en"), work.place("c", "02-other", "en")
    before = work.page(one), work.page(other)
    assert work.page(one) is before[0]
    write(courses, {"c/01-one/media/more.pdf": b"%PDF"})
    assert work.page(one) is not before[0]
    assert work.page(other) is before[1]


def test_a_link_to_another_module_is_checked_again_when_that_one_changes(
    courses: Path, client: FlaskClient
) -> None:
    write(courses, {"c/01-one/en.md": ENGLISH.replace("Text.", "[See](../02-other/en.md#text)")})
    assert "No problems" in text(client)
    write(courses, {"c/02-other/en.md": str(GOOD["c/02-other/en.md"]).replace("{#text}", "{#words}")})
    assert "Error in line 16" in text(client)


ONE_PATH = ["c/01-one", "c/01-one/en.md"]


@pytest.mark.parametrize("path", ONE_PATH)
def test_a_single_module(courses: Path, path: str) -> None:
    client = client_of(courses / path)
    assert client.get("/").headers["Location"] == "/c/01-one/?language=en"
    assert "<h1>Maite</h1>" in text(client)
    assert client.get("/c/02-other/").status_code == 404


def test_a_single_text_in_its_language(courses: Path) -> None:
    assert client_of(courses / "c/01-one/es.md").get("/").headers["Location"] == "/c/01-one/?language=es"


def test_a_single_course(courses: Path) -> None:
    write(courses, {"d/course.md": "---\n"})
    page = text(client_of(courses / "c"), "/")
    assert "02-other" in page
    assert "/d/" not in page


ADDRESSES = [
    ("/courses/c", "/c/?language=en"),
    ("/courses/c/modules/m", "/c/01-one/?language=en"),
    ("/courses/c/modules/m/sections/why", "/c/01-one/?language=en#s-why"),
    ("/courses/c/modules/m/quiz", "/c/01-one/?language=en#s-quiz"),
    ("/courses/c/modules/m/questions/what", "/c/01-one/?language=en#q-what"),
]


@pytest.mark.parametrize(("address", "target"), ADDRESSES)
def test_links_in_texts_lead_to_the_preview(client: FlaskClient, address: str, target: str) -> None:
    assert client.get(address).headers["Location"] == target


def test_links_keep_the_language(client: FlaskClient) -> None:
    answer = client.get(
        "/courses/c/modules/m", headers={"Referer": "http://127.0.0.1:8001/c/01-one/?language=es"}
    )
    assert answer.headers["Location"] == "/c/01-one/?language=es"


def test_pictures(client: FlaskClient) -> None:
    answer = client.get("/courses/c/m/media/plan.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")


NOWHERE = [
    "/x/",
    "/c/x/",
    "/c/01-one/?language=fi",
    "/c/01-one/?language=../es",
    "/c/../",
    "/c/media/",
    "/changes/x/",
    "/changes/c/..%2f..%2f/",
    "/changes/c/01-one/?language=x",
    "/courses/x",
    "/courses/c/modules/x",
    "/courses/c/m/media/none.svg",
    "/courses/c/m/media/..%2fen.md",
]


@pytest.mark.parametrize("address", NOWHERE)
def test_nothing_else_is_shown(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_other_names_for_this_machine_are_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example:8001"}).status_code == 403
    assert client.get("/", headers={"Host": "localhost:8001"}).status_code == 200


def test_nothing_inline_and_a_strict_policy(client: FlaskClient) -> None:
    answer = client.get(PAGE)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


def test_news_comes_when_a_file_is_saved(courses: Path, client: FlaskClient) -> None:
    work = Work.of(courses)
    seen = work.seen(work.place("c", "01-one", "en"))
    answer = client.get(f"/changes/c/01-one/?seen={seen}", buffered=False)
    assert answer.mimetype == "text/event-stream"
    news: Iterator[bytes] = answer.iter_encoded()  # type: ignore[assignment]
    assert next(news) == b"retry: 1000\n\n"
    write(courses, {"c/01-one/en.md": ENGLISH + "\n"})
    began = time.monotonic()
    assert next(news).startswith(b"event: change\ndata: ")
    assert time.monotonic() - began < 5
    answer.close()
