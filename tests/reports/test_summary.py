"""The summary on paper: one tagged page, in every language, with what its reader may see."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people import password
from near_learn.people.person import Role, add
from near_learn.reports import paper
from near_learn.reports.summary import Summary, Table
from tests.certificates.test_paper import tags

from .conftest import Rows

AT = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0H10" stroke="#000"/></svg>'
TABLE = Table("By course", ("Course", "Enrolled"), (("Garden", "12"), ("Total", "12")), "A note.")
SUMMARY = Summary(
    language="fi",
    title="Oppiminen lyhyesti",
    place="Päijät-Häme (FI1C6)",
    facts=(("As of", "1 April 2026"),),
    cards=(("12", "Enrolled", ""), ("≥ 5", "Completed", "2025: 3"), ("–", "Completion rate", "")),
    tables=(TABLE, TABLE),
    trend=SVG,
    trend_title="What happened",
    trend_text="Started: Jan 2026 3.",
    notes=("A rule.",),
)


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def test_it_is_tagged_and_its_drawing_is_told() -> None:
    reader = read(paper.pdf(SUMMARY, AT))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "fi"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Oppiminen lyhyesti: Päijät-Häme (FI1C6)"
    found: list[dict[str, Any]] = list(tags(reader))
    assert [tag["/Alt"] for tag in found if tag["/S"] == "/Figure"] == [SUMMARY.trend_text]
    kinds = [tag["/S"] for tag in found]
    assert kinds.count("/H1") == 1
    assert {"/H2", "/Table", "/TH", "/TD"} <= set(kinds)


def test_a_full_one_is_one_page_and_an_empty_one_too() -> None:
    long = tuple((f"A course with a rather long name, number {number}", "1200") for number in range(10))
    full = replace(
        SUMMARY,
        tables=(replace(TABLE, rows=long), *(replace(TABLE, rows=long[:count]) for count in (5, 7, 4))),
    )
    assert len(read(paper.pdf(full, AT)).pages) == 1
    assert len(read(paper.pdf(replace(SUMMARY, tables=(), trend=""), AT)).pages) == 1


@pytest.fixture(scope="module")
def manager(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Signed in as the manager of Navarra, where eight people learn; nine do elsewhere."""
    folder = tmp_path_factory.mktemp("summary")
    shutil.copy(migrated_file, folder / "near-learn.sqlite")
    app = create_app(Settings(data=folder, secret_key="s" * 32))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context(), writing() as connection:
        known = password.hashed("a short sentence about rain")
        add(
            connection,
            email="m@example.org",
            name="Maite",
            role=Role.MANAGER,
            region="ES220",
            password_hash=known,
        )
        rows = Rows(connection)
        for code in ["ES220"] * 8 + ["FI1C6"] * 33:
            rows.registration(region=code)
    client = app.test_client()
    client.post("/sign-in", data={"email": "m@example.org", "password": "a short sentence about rain"})
    yield client
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("language", "words"), [("en", "Learning in brief"), ("el", "NUTS 2024")])
def test_the_page_of_a_region(manager: FlaskClient, language: str, words: str) -> None:
    answer = manager.get(f"/reports/summary.pdf?language={language}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert "near-learn-summary-ES220-" in answer.headers["Content-Disposition"]
    (page,) = read(answer.data).pages
    text = " ".join(page.extract_text().split())
    assert "Navarra (ES220)" in text
    assert words in text
    assert " 8 " in text
    # The total of both regions; 41 may still be a minute.
    assert not re.search(r"(?<![:\d])41(?!\d)", text)


@pytest.mark.parametrize(
    ("question", "status"), [("region=FI1C6", 403), ("region=XX", 400), ("language=xx", 400)]
)
def test_what_it_is_not_made_for(manager: FlaskClient, question: str, status: int) -> None:
    assert manager.get(f"/reports/summary.pdf?{question}").status_code == status
