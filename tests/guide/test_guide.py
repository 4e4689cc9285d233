"""The guide: one document a language, whose links stay inside it, with the answers for trainers only."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader

from near_learn.content import Library
from near_learn.guide.edition import Edition, Guide
from near_learn.guide.page import embedded, html
from near_learn.guide.tree import parse
from tests.kept import COURSES, shipped

LIBRARY: Library = shipped()
MADE = datetime(2026, 11, 22, 9, tzinfo=UTC)

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Run:
    """Runs near-learn guide with its output in a temporary folder."""
    from near_learn.guide.command import guide

    def call(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(guide, list(arguments))

    return call


def page(app: Flask, edition: Edition, language: str = "en") -> str:
    """The guide to all shipped courses as HTML."""
    with app.test_request_context(), force_locale(language):
        return html(Guide(tuple(LIBRARY.courses.values()), language, edition, embedded), MADE)


def words(markup: str) -> str:
    """Its text, with single spaces."""
    return " ".join(parse(markup).text.split())


def secrets() -> set[str]:
    """What only trainers may read: explanations and feedback."""
    texts = [module.text("en") for course in LIBRARY.courses.values() for module in course.modules]
    questions = [question for text in texts for question in text.questions]
    told = [question.explanation_html for question in questions]
    told += [option.feedback_html for question in questions for option in question.options]
    # Short ones may stand in the text by chance.
    return {words(each) for each in told if len(words(each)) > 40}


def test_learners_get_every_question_and_no_answer(app: Flask) -> None:
    shown = words(page(app, Edition.LEARNER))
    assert [each for each in secrets() if each in shown] == []
    for course in LIBRARY.courses.values():
        for module in course.modules:
            text = module.text("en")
            assert text.title in shown
            assert [q.id for q in text.questions if " ".join(q.title.split()) not in shown] == []
    assert "☑" not in shown


def test_trainers_get_the_answers_too(app: Flask) -> None:
    shown = words(page(app, Edition.TRAINER))
    assert [each for each in secrets() if each not in shown] == []
    assert "☑" in shown


@pytest.mark.parametrize("edition", Edition)
def test_ids_are_unique_and_links_lead_to_them(app: Flask, edition: Edition) -> None:
    elements = list(parse(page(app, edition, "el")).elements())
    ids = Counter(element.attributes["id"] for element in elements if "id" in element.attributes)
    assert [name for name, times in ids.items() if times > 1] == []
    inside = [e.attributes["href"][1:] for e in elements if e.attributes.get("href", "").startswith("#")]
    assert inside
    assert [target for target in inside if target not in ids] == []
    assert [e.attributes["href"] for e in elements if e.attributes.get("href", "").startswith("/")] == []


def test_the_page_needs_no_other_file(app: Flask) -> None:
    shown = page(app, Edition.LEARNER)
    sources = re.findall(r'\bsrc="([^"]*)"', shown)
    assert [source[:40] for source in sources if not source.startswith("data:image/")] == []
    assert "<link" not in shown
    assert "<script" not in shown


def test_headings_go_down_one_level_at_a_time(app: Flask) -> None:
    main = next(e for e in parse(page(app, Edition.TRAINER)).elements() if e.tag == "main")
    levels = [int(e.tag[1]) for e in main.elements() if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


@pytest.mark.parametrize(
    ("language", "title"), [("en", "From expert to accompaniment"), ("el", "Από τον ειδικό")]
)
def test_the_pdf_is_tagged_and_has_bookmarks(run: Run, tmp_path: Path, language: str, title: str) -> None:
    target = tmp_path / "guide.pdf"
    made = run(str(COURSES / "accompaniment"), "--language", language, "--output", str(target))
    assert made.exit_code == 0, made.output
    pdf = PdfReader(io.BytesIO(target.read_bytes()))
    catalogue = pdf.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"].startswith(language)
    assert pdf.metadata is not None
    assert str(pdf.metadata.title).startswith(title)
    assert len(pdf.outline) > 0


def test_a_folder_without_courses_says_so(run: Run, tmp_path: Path) -> None:
    refused = run(str(tmp_path))
    assert refused.exit_code == 1
    assert "there is no course to print" in refused.output


def test_a_place_that_cannot_be_written_says_so(run: Run, tmp_path: Path) -> None:
    refused = run(
        str(COURSES / "accompaniment"), "--format", "html", "--output", str(tmp_path / "no" / "g.html")
    )
    assert refused.exit_code == 1
    assert "the file cannot be written" in refused.output
