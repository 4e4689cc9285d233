"""cmi5.xml: the rules of the specification, of its schema and those that a schema cannot hold."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import xmlschema
from lxml import etree

from near_learn.content import Course
from near_learn.packages.edition import edition
from near_learn.packages.kind import Kind
from near_learn.packages.structure import FILE, NAMESPACE, move_on, structure
from near_learn.records.activity import Activities
from near_learn.records.iris import Iris
from tests.packages.conftest import BASE, HERE, Pack, files_in

IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z", re.IGNORECASE)
# cmi5, 8.1: what the launching system adds to the address.
RESERVED = {"endpoint", "fetch", "actor", "activityId", "registration"}


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    """The public schema of cmi5 course structures."""
    return xmlschema.XMLSchema(str(HERE / "schemas/CourseStructure.xsd"))


def made(course: Course, language: str = "all") -> etree._Element:
    iris = Iris(BASE)
    return etree.fromstring(structure(edition(course, Kind.CMI5, iris, language), Activities(iris)))


def said(element: etree._Element, name: str) -> dict[str, str]:
    return {each.get("lang"): each.text for each in element.find(f"{{{NAMESPACE}}}{name}")}


def units(root: etree._Element) -> list[etree._Element]:
    return root.findall(f"{{{NAMESPACE}}}au")


@pytest.mark.parametrize("language", ["all", "es"])
def test_14_0_the_structure_is_valid(schema: xmlschema.XMLSchema, garden: Course, language: str) -> None:
    schema.validate(etree.tostring(made(garden, language)).decode())


def test_14_1_the_structure_stands_at_the_root_and_what_it_names_is_in_the_zip(pack: Pack) -> None:
    files = files_in(pack(Kind.CMI5))
    addresses = [each.findtext(f"{{{NAMESPACE}}}url") for each in units(etree.fromstring(files[FILE]))]
    assert addresses
    for address in addresses:
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc) == ("", "")
        assert ".." not in parts.path
        assert parts.path in files
        assert not RESERVED & set(parse_qs(parts.query, keep_blank_values=True))


def test_13_1_ids_are_absolute_iris_and_unique(garden: Course) -> None:
    ids = [element.get("id") for element in made(garden).iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 1 + 5
    assert all(IRI.match(each) for each in ids)


def test_ids_are_those_of_the_statements_of_this_site_in_every_release(garden: Course) -> None:
    root, later = made(garden), made(replace(garden, release="0" * 12))
    course = root.find(f"{{{NAMESPACE}}}course")
    assert course.get("id") == f"{BASE}/courses/garden"
    ids = [each.get("id") for each in units(root)]
    assert ids[1] == f"{BASE}/courses/garden/modules/first-visit"
    assert ids == [each.get("id") for each in units(later)]


def test_13_1_titles_and_descriptions_are_there_in_every_language_of_the_package(garden: Course) -> None:
    root = made(garden)
    course = root.find(f"{{{NAMESPACE}}}course")
    assert said(course, "title") == dict(garden.title)
    assert said(course, "description") == dict(garden.summary)
    visit = units(root)[1]
    texts = garden.module("first-visit").texts
    assert said(visit, "title") == {code: text.title for code, text in texts.items()}
    assert said(visit, "description") == {code: text.summary for code, text in texts.items()}


def test_a_package_in_one_language_has_english_where_there_is_nothing_else(garden: Course) -> None:
    root = made(garden, "es")
    assert list(said(units(root)[1], "title")) == ["es"]
    assert list(said(units(root)[2], "title")) == ["en"]  # the season is not translated


def test_13_1_4_move_on_and_mastery_score_are_those_of_the_module(garden: Course) -> None:
    found = {each.get("id").rpartition("/")[2]: each for each in units(made(garden))}
    assert list(found) == ["before", "first-visit", "season", "summer-evening", "after"]
    told = {name: (each.get("moveOn"), each.get("masteryScore")) for name, each in found.items()}
    assert told["first-visit"] == ("CompletedAndPassed", "0.8")
    assert told["before"] == told["after"] == ("NotApplicable", None)


@pytest.mark.parametrize(("mark", "written"), [(2 / 3, "0.6666"), (1.0, "1"), (0.0, "0"), (0.75, "0.75")])
def test_13_1_4_a_mastery_score_has_four_decimals_and_asks_no_more_than_the_mark(
    garden: Course, mark: float, written: str
) -> None:
    modules = (replace(garden.modules[0], pass_mark=mark), *garden.modules[1:])
    assert units(made(replace(garden, modules=modules)))[1].get("masteryScore") == written


def test_a_module_without_a_quiz_is_done_when_it_is_completed(garden: Course) -> None:
    module = garden.modules[0]
    without = replace(module, texts={"en": replace(module.texts["en"], quiz=())})
    assert move_on(without) == "Completed"
    assert units(made(replace(garden, modules=(without,))))[1].get("masteryScore") is None
