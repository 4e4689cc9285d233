"""The page of a packaged unit: what it carries, in which words, and that nothing in it can run by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from near_learn import Settings, create_app
from near_learn.content import Course
from near_learn.content.library import load_course
from near_learn.languages import LANGUAGES
from near_learn.packages import unit_data, wording
from near_learn.packages.edition import edition
from near_learn.packages.kind import Kind
from near_learn.records.activity import Activities
from near_learn.records.iris import Iris
from tests.conftest import SECRET
from tests.packages.conftest import GARDEN

SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in unit_data.FOLDER.glob("*.js")}
# A word may be named in parts: say(`empty-${kind}`).
FORBIDDEN = re.compile(r"^\s*(import|export)\b|\beval\(|new Function|\.style\b|document\.write", re.MULTILINE)
SAID = re.compile(r'\bsay\((?:[^()"]*\? )?"([a-z-]+)"(?: : "([a-z-]+)")?')


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = create_app(Settings(data=tmp_path_factory.mktemp("words"), secret_key=SECRET), serving=False)
    with made.app_context():
        yield made


@pytest.fixture(scope="module")
def garden() -> Course:
    return load_course(GARDEN).courses["garden"]


def data(course: Course, module: str, kind: Kind = Kind.CMI5) -> unit_data.Json:
    iris = Iris("https://learn.example")
    found = edition(course, kind, iris)
    return unit_data.unit(found, course.module(module), Activities(iris), lambda html: html)


def test_nothing_in_a_page_is_inline_and_its_data_comes_back_as_it_was(app: Flask, garden: Course) -> None:
    made = data(garden, "season")
    made["texts"]["en"]["title"] = hostile = "</script><script>alert(1)</script><!-- \u2028 & 'x'"
    page = unit_data.page(made, "../")
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [attributes for attributes, text in scripts if text] == [' type="application/json" id="unit"']
    assert not re.search(r"\s(?:style|on\w+)=", page.partition("<noscript>")[0])
    assert json.loads(scripts[-1][1]) == made
    assert hostile not in page


@pytest.mark.parametrize("kind", Kind)
def test_every_file_of_a_unit_is_there_and_loaded_in_order(app: Flask, garden: Course, kind: Kind) -> None:
    files = unit_data.files(kind)
    assert all(path.is_file() for path in files.values())
    page = unit_data.page(data(garden, "season", kind), "../")
    asked = re.findall(r'(?:src|href)="\.\./([^"]+)"', page.partition("</head>")[0])
    assert asked == [*unit_data.STYLES, *unit_data.scripts(kind)]
    assert set(asked) == set(files)


def test_scripts_are_classic_and_make_no_code() -> None:
    for name, text in SCRIPTS.items():
        assert '"use strict";' in text, name
        assert not re.search(
            r"^\s*(import|export)\b|\beval\(|new Function|\.style\b|document\.write", text, re.M
        ), name


def test_every_word_of_the_scripts_is_in_the_list_and_the_other_way_round(app: Flask) -> None:
    words = wording.words("en_IE", 3)
    said = {each for text in SCRIPTS.values() for found in SAID.findall(text) for each in found if each}
    assert said - set(words) == set()
    everything = " ".join(SCRIPTS.values())
    # Some are named in parts, such as `how-${kind}`, by what they are about, or by their state.
    parts = ("how-", "empty-")
    named = {"true", "false", "browse", "review"}
    unused = {word for word in words if f'"{word}"' not in everything and not word.startswith(parts)}
    assert unused - named == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_depend_on_a_number_have_a_form_for_each(app: Flask, language: str) -> None:
    words = wording.words(LANGUAGES[language][1], 12)
    numbered = [word for word in words.values() if not isinstance(word, str)]
    assert numbered
    for word in numbered:
        assert len(word["by"]) == 13
        assert set(word["by"]) == set(range(len(word["forms"])))


def test_a_unit_has_the_languages_of_its_package_and_what_records_need(app: Flask, garden: Course) -> None:
    made = data(garden, "first-visit")
    assert list(made["texts"]) == ["en", "es"]
    assert made["texts"]["es"]["words"]["back"] == "Atrás"
    assert made["module"]["iri"] == "https://learn.example/courses/garden/modules/first-visit"
    assert made["terms"] == "https://learn.example/terms/"
    questions = made["texts"]["en"]["questions"]
    assert set(made["activities"]) == set(questions)
    assert made["way"] == ["why"]
    assert [page["id"] for page in made["texts"]["en"]["pages"]] == ["why", "quiz", "sources"]


def test_the_folder_holds_nothing_else() -> None:
    known = {"page.html", "unit.css", *(name for kind in Kind for name in unit_data.scripts(kind))}
    assert {path.name for path in Path(unit_data.FOLDER).iterdir()} == known
