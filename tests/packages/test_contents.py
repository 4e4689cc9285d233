"""What is in a package: every unit, the media that it shows, and links that lead somewhere."""

from __future__ import annotations

import html
import json
import posixpath
import re
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

from near_learn.content import Course
from near_learn.content.library import load_course
from near_learn.packages.archive import packed
from near_learn.packages.contents import contents
from near_learn.packages.edition import NoSuchLanguage, edition
from near_learn.packages.kind import Kind
from near_learn.packages.relocation import Relocation
from near_learn.records.iris import Iris
from tests.packages.conftest import BASE, GARDEN, Pack, files_in

DATA = re.compile(r'<script type="application/json" id="unit">(.*?)</script>', re.DOTALL)
ADDRESS = re.compile(r' (?:href|src|poster)="([^"]*)"')
every_kind = pytest.mark.parametrize("kind", list(Kind))


def data(page: bytes) -> dict[str, Any]:
    """What the page of a unit carries."""
    found = DATA.search(page.decode())
    assert found
    made: dict[str, Any] = json.loads(found[1])
    return made


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def addresses(path: str, page: bytes) -> set[str]:
    """Every address in a page and in what it carries."""
    found = DATA.search(page.decode())
    pieces = [page.decode(), *(texts(json.loads(found[1])["texts"]) if found else ())]
    return {html.unescape(each) for piece in pieces for each in ADDRESS.findall(piece)}


@every_kind
def test_every_address_leads_to_a_file_of_the_package_or_to_another_site(pack: Pack, kind: Kind) -> None:
    files = files_in(pack(kind))
    pages = {path: content for path, content in files.items() if path.endswith(".html")}
    for path, page in pages.items():
        for address in addresses(path, page):
            place, _, within = address.partition("#")
            place = unquote(place.partition("?")[0])
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), place)) if place else path
            outside = address.startswith(("https://", "http://", "mailto:", "data:text/vtt;"))
            assert outside or target in files, f"{path}: {address}"
            assert not address.startswith(("/", BASE)), f"{path}: {address}"
            if within.startswith("/") and not outside:
                there = data(files[target])["texts"]["en"]["pages"]
                assert within.split("/")[1] in {"", *(each["id"] for each in there)}, address


def test_a_link_to_another_unit_opens_it_at_the_place(pack: Pack) -> None:
    whole = "\n".join(texts(data(files_in(pack(Kind.HTML))["units/first-visit/index.html"])["texts"]["en"]))
    assert 'href="../season/index.html#/water"' in whole
    assert 'href="#/why"' in whole


@pytest.mark.parametrize("kind", [Kind.CMI5, Kind.SCORM12, Kind.SCORM2004])
def test_where_a_system_launches_units_a_link_opens_a_copy_that_reports_nothing(
    pack: Pack, kind: Kind
) -> None:
    files = files_in(pack(kind))
    whole = "\n".join(texts(data(files["units/first-visit/index.html"])["texts"]["en"]))
    assert '<a target="_blank" rel="noopener" href="../season/read.html#/water"' in whole
    copy = data(files["units/season/read.html"])
    assert (copy["kind"], copy["reading"]) == ("html", True)
    assert "units/alone.js" in files
    # Only what is linked to has a copy.
    assert "units/before/read.html" not in files


@pytest.mark.parametrize(
    ("kind", "written", "mended"),
    [
        # A survey stays at home, and a platform has its own page of the course.
        (Kind.HTML, '<a href="/courses/garden/modules/impressions">this</a>', "this"),
        (Kind.CMI5, '<a href="/courses/garden"><em>it</em></a>', "<em>it</em>"),
        (Kind.HTML, '<a href="/courses/garden">it</a>', '<a href="../../index.html">it</a>'),
        (Kind.HTML, '<a href="/courses/garden/modules/first-visit/quiz">Q</a>', '<a href="#/quiz">Q</a>'),
        (
            Kind.HTML,
            '<a href="/courses/garden/modules/first-visit/questions/ask-first">A</a>',
            '<a href="#/why/q-ask-first">A</a>',
        ),
        (
            Kind.HTML,
            '<a href="/courses/garden/modules/first-visit/sections/why#s-what-you-need">N</a>',
            '<a href="#/why/s-what-you-need">N</a>',
        ),
        (Kind.CMI5, '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">O</a>', None),
        (Kind.CMI5, '<a href="#s-what-you-need">H</a> <code>&lt;a href="/courses/garden"&gt;</code>', None),
        (
            Kind.CMI5,
            '<img alt="a > b" src="/courses/garden/first-visit/media/plan.svg" loading="lazy">',
            '<img alt="a > b" src="media/plan.svg" loading="lazy">',
        ),
    ],
)
def test_an_address_is_mended_where_it_is_one(
    garden: Course, kind: Kind, written: str, mended: str | None
) -> None:
    mend = Relocation(edition(garden, kind, Iris(BASE))).mend("first-visit")
    assert mend(f"<p>{written}.</p>") == f"<p>{mended or written}.</p>"


def test_media_go_along_when_a_text_of_the_package_shows_them(pack: Pack) -> None:
    files = files_in(pack(Kind.CMI5))
    evening = {path.rpartition("/")[2] for path in files if path.startswith("units/summer-evening/media/")}
    assert {"gate.webm", "gate.webp", "welcome.mp3", "garden.svg"} <= evening
    # Transcripts stand in the text, and so do captions: a page in a folder or a sandbox could not read them.
    assert not {"gate.md", "gate.vtt"} & evening
    captions = b64encode((GARDEN / "03-summer-evening/media/gate.vtt").read_bytes()).decode()
    shown = "\n".join(texts(data(files["units/summer-evening/index.html"])["texts"]["en"]))
    assert f'src="data:text/vtt;base64,{captions}"' in shown
    assert (
        files["units/first-visit/media/plan.svg"] == (GARDEN / "01-first-visit/media/plan.svg").read_bytes()
    )


def test_transcripts_formulas_footnotes_and_abbreviations_are_in_the_text(pack: Pack, garden: Course) -> None:
    files = files_in(pack(Kind.SCORM12))
    whole = "\n".join(texts(data(files["units/summer-evening/index.html"])["texts"]))
    for piece in ("<math", "<details", 'class="transcript"', "<abbr", "<track"):
        assert piece in whole
    rendered = garden.module("summer-evening").texts["en"].sections[0].html
    assert whole.count("<math") >= rendered.count("<math")


@every_kind
def test_a_package_in_one_language_holds_no_other_where_there_is_a_translation(
    pack: Pack, kind: Kind
) -> None:
    files = files_in(pack(kind, "es"))
    assert list(data(files["units/first-visit/index.html"])["texts"]) == ["es"]
    assert list(data(files["units/season/index.html"])["texts"]) == ["en"]
    assert list(data(files_in(pack(kind))["units/first-visit/index.html"])["texts"]) == ["en", "es"]


def test_every_language_of_the_shipped_courses_can_be_packed(wordy: Flask) -> None:
    course = load_course(Path(__file__).parents[2] / "courses/accompaniment").courses["accompaniment"]
    with wordy.app_context():
        made = contents(edition(course, Kind.CMI5, Iris(BASE)))
    page = next(file for file in made if file.path == "units/model-change/index.html")
    assert isinstance(page.content, bytes)
    found = data(page.content)["texts"]
    assert list(found) == ["en", "cs", "el", "es", "fi", "it", "nl", "ro"]
    assert len({each["words"]["check"] for each in found.values()}) == 8


def test_a_language_the_course_is_not_in_is_refused(garden: Course) -> None:
    with pytest.raises(NoSuchLanguage, match="'xx': the course is in en, es; or choose all"):
        edition(garden, Kind.HTML, Iris(BASE), "xx")


@every_kind
def test_the_same_release_gives_the_same_bytes(
    wordy: Flask, pack: Pack, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    again = load_course(GARDEN).courses["garden"]
    with wordy.app_context():
        files = contents(edition(again, kind, Iris(BASE)))
    assert b"".join(packed(files)) == pack(kind)


def test_html_has_a_first_page_in_each_language_that_leads_to_every_unit(pack: Pack, garden: Course) -> None:
    files = files_in(pack(Kind.HTML))
    for path, language in (("index.html", "en"), ("index.es.html", "es")):
        page = files[path].decode()
        assert f'<html lang="{language}">' in page
        assert garden.title[language] in page
        for unit in ("before", "first-visit", "season", "summer-evening", "after"):
            assert f'href="units/{unit}/index.html?language=' in page
    assert b'Begin with <a href="units/first-visit/index.html?language=en">' in files["index.html"]
    assert [path for path in files_in(pack(Kind.CMI5)) if path.startswith("index")] == []
