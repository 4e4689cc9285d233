"""The first page of an HTML package, in each of its languages: what the course is and where to begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flask import render_template
from flask_babel import force_locale

from near_learn.languages import LANGUAGES
from near_learn.packages.archive import File
from near_learn.packages.edition import Edition
from near_learn.packages.relocation import UNITS, Relocation

UNIT = re.compile(rf'(?<= href="){UNITS}/[^"#?]+')
STYLE = Path(__file__).with_name("cover.css")


def covers(edition: Edition, relocation: Relocation) -> Iterator[File]:
    """The pages, that of the first language as index.html, and their style."""
    addresses = {language: address(edition, language) for language in edition.languages}
    for language in edition.languages:
        yield File(addresses[language], _cover(edition, relocation, language, addresses).encode())
    yield File(f"{UNITS}/cover.css", STYLE.read_bytes())


def address(edition: Edition, language: str) -> str:
    """The page in this language."""
    return "index.html" if language == edition.languages[0] else f"index.{language}.html"


def _cover(edition: Edition, relocation: Relocation, language: str, addresses: dict[str, str]) -> str:
    """The page. What is not translated stands there in English, and says so to a screen reader."""
    course = edition.course
    found = {
        name: next((each, texts[each]) for each in (language, "en") if texts.get(each))
        for name, texts in (("title", course.title), ("summary", course.summary))
    }
    described = next((each for each in (language, "en") if course.description_html.get(each)), "")
    with force_locale(LANGUAGES.get(language, LANGUAGES["en"])[1]):
        return render_template(
            "packages/cover.html",
            language=language,
            found=found,
            described=described,
            description=_introduction(relocation, course.description_html[described], described)
            if described
            else "",
            units=[(unit, unit.text(language)) for unit in edition.units],
            others=addresses,
            names={each: LANGUAGES.get(each, (each, ""))[0] for each in addresses},
            root=UNITS,
            course=course,
        )


def _introduction(relocation: Relocation, text: str, language: str) -> str:
    """What the course says of itself. Units that it links to open in its language."""
    return UNIT.sub(rf"\g<0>?language={language}", relocation.mend()(text))
