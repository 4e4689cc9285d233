"""The catalogues: complete, with the same placeholders, and with as many plural forms as the language has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from near_learn.catalogues import catalogues, extracted
from near_learn.languages import LANGUAGES

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def source() -> Catalog:
    return extracted()


def read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_messages_are_found(source: Catalog) -> None:
    assert len(source) > 50


@pytest.mark.parametrize(("language", "path"), list(catalogues()))
def test_every_message_is_translated(source: Catalog, language: str, path: Path) -> None:
    catalogue = read(path, language)
    problems = []
    for message in source:
        if not message.id:
            continue
        found = catalogue.get(message.id, context=message.context)
        if found is None or found.fuzzy or not all(forms(found)):
            problems.append(message.id)
    assert not problems


@pytest.mark.parametrize(("language", "path"), list(catalogues()))
def test_no_catalogue_keeps_messages_that_nobody_shows(source: Catalog, language: str, path: Path) -> None:
    unused = [
        message.id
        for message in read(path, language)
        if message.id and source.get(message.id, message.context) is None
    ]
    assert not unused


@pytest.mark.parametrize(("language", "path"), list(catalogues()))
def test_placeholders_and_plurals_are_right(language: str, path: Path) -> None:
    catalogue = read(path, language)
    problems = []
    for message in catalogue:
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = set(PLACEHOLDER.findall(" ".join(sources)))
        for form in forms(message):
            if not set(PLACEHOLDER.findall(form)) <= allowed:
                problems.append((message.id, form))
        if isinstance(message.id, str) and set(PLACEHOLDER.findall(str(message.string))) != allowed:
            problems.append((message.id, message.string))
        if isinstance(message.id, tuple) and len(forms(message)) != catalogue.num_plurals:
            problems.append((message.id, "plural forms"))
    assert not problems


def test_romanian_uses_comma_below() -> None:
    path = dict(catalogues())["ro"]
    assert not set("şţŞŢ") & set(path.read_text(encoding="utf-8"))


def test_there_is_a_catalogue_for_each_language() -> None:
    assert {language for language, _ in catalogues()} == set(LANGUAGES) - {"en"}
