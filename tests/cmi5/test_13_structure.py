"""13: the course structure. What is wrong is named with its line, everything at once."""

from __future__ import annotations

import pytest

from near_learn.cmi5 import course, structure
from near_learn.cmi5.structure import Block, Refused, Unit
from tests.cmi5.making import AU, BLOCK, NAMESPACE, au, block, words
from tests.cmi5.making import structure as xml

FILES = {"cmi5.xml", "index.html", "path/deep er/a.html"}
OBJECTIVES = f'<objectives><objective id="{{0}}">{words("o")}</objective></objectives>'


def problems(content: bytes, files: set[str] | None = FILES) -> list[str]:
    with pytest.raises(Refused) as error:
        structure.read(content, files)
    return error.value.problems


def test_13_1_every_value_without_the_white_space_around_it() -> None:
    text = au(
        "one",
        'moveOn="CompletedAndPassed" masteryScore=" 0.85 " launchMethod="OwnWindow" activityType=" x:y "',
    )
    text = text.replace("<url>index.html", "<url> \n index.html?a=1 ").replace(
        "</url>", "</url><launchParameters> a=1 </launchParameters><entitlementKey> k </entitlementKey>"
    )
    found = structure.read(xml(block("b", text) + au("two")), FILES)
    one, two = found.units
    assert one == Unit(
        number=0,
        publisher_id=f"{AU}one",
        title={"en": "one"},
        description={"en": "About one"},
        url="index.html?a=1",
        move_on="CompletedAndPassed",
        mastery_score=0.85,
        launch_method="OwnWindow",
        launch_parameters="a=1",
        entitlement_key="k",
        activity_type="x:y",
    )
    assert isinstance(found.children[0], Block)
    assert found.children[0].publisher_id == f"{BLOCK}b"
    assert (two.id, two.move_on) == ("unit-2", "Completed")
    assert course.from_json(course.to_json(found)) == found


def test_13_1_4_what_is_not_said_has_its_default() -> None:
    (one,) = structure.read(xml(au("one", "")), FILES).units
    assert (one.move_on, one.launch_method, one.mastery_score) == ("NotApplicable", "AnyWindow", None)


def test_13_1_5_elements_and_attributes_of_others_are_passed_over() -> None:
    foreign = '<x:more xmlns:x="urn:x"><x:deep/></x:more>'
    text = xml(au("one", 'x:y="1" xmlns:x="urn:x"', more=foreign) + au("two")).replace(
        b"</courseStructure>", foreign.encode() + b"</courseStructure>"
    )
    assert len(structure.read(text, FILES).units) == 2


def test_6_1_a_thousand_units_and_more() -> None:
    assert len(structure.read(xml("".join(au(str(number)) for number in range(1001))), FILES).units) == 1001


WRONG = {
    "14.0 another root": (b"<html/>", "cmi5.xml:1: expected <courseStructure>"),
    "14.0 not XML": (b"<courseStructure", "cmi5.xml:1: not well-formed XML"),
    "14.0 an entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + xml().partition(b"?>")[2],
        "expected no document type",
    ),
    "13.1.4 order": (
        xml(au().replace("<url>index.html</url>", "").replace("<title>", "<url>index.html</url><title>")),
        "<title> must stand before <url>",
    ),
    "13.1.4 no url": (xml(au().replace("<url>index.html</url>", "")), "<au> lacks <url>"),
    "13.1.4 two urls": (xml(au(more="<url>a</url>")), "2 times <url>"),
    "13.1.4 no title": (xml(au().replace("title>", "name>")), "<au> lacks <title>"),
    "13.1.4 a title without text": (
        xml(au().replace('<langstring lang="en">one</langstring>', "")),
        "<title> lacks <langstring>",
    ),
    "13.1.4 moveOn": (
        xml(au("one", 'moveOn="Maybe"')),
        "moveOn of <au>: expected one of NotApplicable, Passed",
    ),
    "13.1.4 masteryScore": (xml(au("one", 'masteryScore="1.1"')), "masteryScore of <au>: expected a decimal"),
    "13.1.4 launchMethod": (xml(au("one", 'launchMethod="Frame"')), "launchMethod of <au>"),
    "13.1.4 an unknown attribute": (xml(au("one", 'colour="red"')), "<au> has no attribute colour"),
    "13.1.4 no id": (xml(au().replace(f'id="{AU}one"', "")), "<au> lacks its attribute id"),
    "13.1.4 a language": (
        xml(au().replace('lang="en"', 'lang="e n"')),
        "lang of <langstring>: expected a language tag",
    ),
    "13.1.4 loose text": (xml("words" + au()), "<courseStructure> may hold no text"),
    "13.1.2 an empty block": (xml(block("b", "")), "<block> lacks <au> or <block>"),
    "13.1 no units": (xml(""), "<courseStructure> lacks <au> or <block>"),
    "13.1 no namespace": (
        xml().replace(NAMESPACE.encode(), b"urn:other"),
        "expected <courseStructure> of https",
    ),
    "13.1.1 a course that is no IRI": (
        xml(course="example.com/one"),
        "cmi5.xml:3: id of <course>: expected an IRI",
    ),
    "13.1.2 a block that is no IRI": (
        xml(block("b", au()).replace(BLOCK, "b")),
        "id of <block>: expected an IRI",
    ),
    "13.1.3 an objective that is no IRI": (
        xml(objectives=OBJECTIVES.format("o")),
        "id of <objective>: expected an IRI",
    ),
    "13.1.4 a unit that is no IRI": (xml(au().replace(AU, "a")), "id of <au>: expected an IRI"),
    "13.1.2 a block twice": (
        xml(block("b", au()) + block("b", au("two"))),
        "id of <block>: 'https://example.com/block/b' is there already, at line 4",
    ),
    "13.1.4 a unit twice": (xml(au() + au()), "is there already, at line 4"),
    "13.1.3 a reference that is no IRI": (
        xml(au().replace("<url>", '<objectives><objective idref="o"/></objectives><url>')),
        "idref of <objective>: expected an IRI",
    ),
    "13.1.4 an impossible url": (
        xml(au(url="http://example.com index.html")),
        "expected an address without spaces",
    ),
    "13.1.4 a url that runs here": (
        xml(au(url="javascript:alert(1)")),
        "expected an address that can be launched",
    ),
    "14.1 a file that is not there": (xml(au(url="gone.html")), "the package has no file 'gone.html'"),
    "14.1 a way out": (xml(au(url="../index.html")), "stays inside of it"),
    "14.1 from the root": (xml(au(url="/index.html")), "stays inside of it"),
    "14.1 another host": (xml(au(url="//example.com/index.html")), "stays inside of it"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case: str) -> None:
    content, expected = WRONG[case]
    assert expected in "\n".join(problems(content))


@pytest.mark.parametrize("name", ["endpoint", "fetch", "actor", "registration", "activityId"])
def test_8_1_parameters_of_the_launch_are_taken(name: str) -> None:
    assert f"the parameter '{name}'" in problems(xml(au(url=f"index.html?a=1&amp;{name}=")))[0]


def test_14_2_alone_only_full_addresses_lead_somewhere() -> None:
    found = problems(
        xml(au(url="index.html") + au("two", url="https://example.com/a") + au("three", url="/a")), None
    )
    assert [place.split(":")[1] for place in found] == ["6", "10"]
    assert all("14.2" in place for place in found)


def test_13_1_4_a_path_may_be_written_with_escapes_and_detours() -> None:
    (unit,) = structure.read(xml(au(url="./path/deep%20er/a.html#x")), FILES).units
    assert unit.url == "./path/deep%20er/a.html#x"


def test_every_problem_is_told_at_once_with_its_line() -> None:
    found = problems(xml(au(url="gone.html") + au() + au("b c", url="x y")))
    assert [place.split(":")[1] for place in found] == ["6", "6", "8", "10"]
