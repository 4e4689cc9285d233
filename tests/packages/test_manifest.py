"""imsmanifest.xml: the rules of SCORM 1.2 and 2004 (4th edition) that other systems rely on.

The schemas themselves are not ours to keep here, so what they ask is written down as rules.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree

from near_learn.content import Course
from near_learn.packages.edition import edition
from near_learn.packages.kind import Kind
from near_learn.packages.manifest import ADL, ADL12, CP, CP12, FILE, SS, Manifest
from near_learn.packages.relocation import unit_path
from near_learn.records.iris import Iris
from tests.packages.conftest import BASE, Pack, files_in

NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
SPACES = {Kind.SCORM12: (CP12, ADL12, "scormtype"), Kind.SCORM2004: (CP, ADL, "scormType")}
UNITS = ["before", "first-visit", "season", "summer-evening", "after"]

# Content packaging: what stands in each element, in this order; * for any number, + for at least one.
GRAMMAR = {
    "manifest": "metadata organizations resources",
    "metadata": "schema schemaversion",
    "organizations": "organization",
    "organization": "title item+ sequencing?",
    "item": "title masteryscore? sequencing?",
    "resources": "resource+",
    "resource": "file+ dependency*",
    "sequencing": "controlMode? rollupRules? objectives? deliveryControls?",
    "objectives": "primaryObjective",
    "primaryObjective": "minNormalizedMeasure",
}


def made(course: Course, kind: Kind, language: str = "all") -> etree._Element:
    found = edition(course, kind, Iris(BASE), language)
    return etree.fromstring(Manifest(found, [unit_path(each.id) for each in found.units] + ["a.css"]).xml())


def pattern(rule: str) -> re.Pattern[str]:
    parts = (re.fullmatch(r"(\w+)([+*?]?)", part) for part in rule.split())
    return re.compile("".join(f"(?:{found[1]} ){found[2]}" for found in parts if found) + r"\Z")


both = pytest.mark.parametrize("kind", list(SPACES))


@both
def test_every_element_holds_what_it_may_in_the_right_order(garden: Course, kind: Kind) -> None:
    for element in made(garden, kind).iter():
        name = etree.QName(element).localname
        children = "".join(f"{etree.QName(child).localname} " for child in element)
        assert pattern(GRAMMAR.get(name, "")).match(children), f"{name}: {children}"


@both
def test_identifiers_are_names_and_unique_and_what_is_referred_to_is_there(
    garden: Course, kind: Kind
) -> None:
    root = made(garden, kind)
    ids = [element.get("identifier") for element in root.iter() if element.get("identifier")]
    assert len(ids) == len(set(ids))
    assert all(NCNAME.match(each) for each in ids)
    resources = {each.get("identifier") for each in root.iter(f"{{{SPACES[kind][0]}}}resource")}
    assert {each.get("identifierref") for each in root.iter() if each.get("identifierref")} == resources
    assert root.find(f"{{{SPACES[kind][0]}}}organizations").get("default") in ids


@both
def test_every_file_of_the_package_is_named_once_and_each_unit_is_a_sco(pack: Pack, kind: Kind) -> None:
    files = files_in(pack(kind))
    cp, adl, attribute = SPACES[kind]
    root = etree.fromstring(files[FILE])
    named = [each.get("href") for each in root.iter(f"{{{cp}}}file")]
    assert len(named) == len(set(named))
    assert set(named) == set(files) - {FILE}
    scos = [each for each in root.iter(f"{{{cp}}}resource") if each.get(f"{{{adl}}}{attribute}") == "sco"]
    assert [each.get("href") for each in scos] == [unit_path(name) for name in UNITS]
    assert all(each.get("type") == "webcontent" for each in root.iter(f"{{{cp}}}resource"))


@both
def test_titles_are_in_the_language_of_the_package(garden: Course, kind: Kind) -> None:
    def titles(language: str) -> list[str]:
        return [each.text for each in made(garden, kind, language).iter(f"{{{SPACES[kind][0]}}}title")]

    assert titles("es")[0] == garden.title["es"]
    assert titles("all")[0] == garden.title["en"]


@both
def test_the_manifest_is_the_same_in_every_release_but_for_its_version(garden: Course, kind: Kind) -> None:
    now, later = made(garden, kind), made(replace(garden, release="0" * 12), kind)
    assert (now.get("version"), later.get("version")) == (garden.release, "0" * 12)
    now.set("version", "0" * 12)
    assert etree.tostring(now) == etree.tostring(later)


def test_1_2_says_its_version_and_the_mastery_score_of_each_module(garden: Course) -> None:
    root = made(garden, Kind.SCORM12)
    assert root.findtext(f".//{{{CP12}}}schemaversion") == "1.2"
    scores = {
        each.get("identifier"): each.findtext(f"{{{ADL12}}}masteryscore")
        for each in root.iter(f"{{{CP12}}}item")
    }
    assert scores == {
        "item-before": None,
        "item-first-visit": "80",
        "item-season": "70",
        "item-summer-evening": "80",
        "item-after": None,
    }


def test_2004_says_its_version_and_lets_learners_choose_and_go_on(garden: Course) -> None:
    root = made(garden, Kind.SCORM2004)
    assert root.findtext(f".//{{{CP}}}schemaversion") == "2004 4th Edition"
    assert dict(root.find(f".//{{{SS}}}controlMode").attrib) == {"choice": "true", "flow": "true"}
    marks = {
        each.getparent().get("objectiveID"): each.text for each in root.iter(f"{{{SS}}}minNormalizedMeasure")
    }
    assert marks == {
        "objective-first-visit": "0.8",
        "objective-season": "0.7",
        "objective-summer-evening": "0.8",
    }


def test_2004_tests_beside_the_course_keep_nobody_from_passing_it(garden: Course) -> None:
    rules = list(made(garden, Kind.SCORM2004).iter(f"{{{SS}}}rollupRules"))
    items = [each.getparent().getparent().get("identifier") for each in rules]
    assert items == ["item-before", "item-after"]
    assert {each.get("rollupProgressCompletion") for each in rules} == {"false"}
