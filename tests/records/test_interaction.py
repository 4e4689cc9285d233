"""Every kind of question as an xAPI interaction: as 1.0.3 Part 2 (2.4.4.1, appendix C) has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from near_learn.content import Library, Question, load
from near_learn.content.question import Gap, Option, Range, Target
from near_learn.records.activity import Activities
from near_learn.records.interaction import MOST_PATTERNS, interaction
from near_learn.records.iris import Iris
from xapi.validate.activity import activity as validated

BASE = "https://learn.example"


@pytest.fixture(scope="module")
def tea() -> Library:
    library = load(Path(__file__).parent.parent / "player" / "kinds")
    assert not library.problems
    return library


def definition(tea: Library, question: str, module: str = "brewing") -> Mapping[str, Any]:
    course = tea.courses["tea"]
    made: Mapping[str, Any] = Activities(Iris(BASE)).question(course, course.module(module), question)
    return made["definition"]  # type: ignore[no-any-return]


# Which lists of components, and which form of a pattern, each interactionType has: the tables of the
# specification, read strictly.
LISTS = {
    "choice": {"choices"},
    "sequencing": {"choices"},
    "likert": {"scale"},
    "matching": {"source", "target"},
    "true-false": set(),
    "fill-in": set(),
    "long-fill-in": set(),
    "numeric": set(),
}
NUMBER = r"-?\d+(\.\d+)?"
KINDS = {
    "leaves": "choice",
    "cold": "choice",
    "boiling": "true-false",
    "fill": "fill-in",
    "together": "matching",
    "order": "sequencing",
    "grams": "numeric",
    "degrees": "numeric",
    "asking": "likert",
    "taught": "long-fill-in",
    "listened": "long-fill-in",
}


def strict(made: Mapping[str, Any]) -> None:
    """Fails unless the definition is one that the specification allows in every detail."""
    kind = made["interactionType"]
    assert made["type"] == "http://adlnet.gov/expapi/activities/cmi.interaction"
    lists = {name: made[name] for name in ("choices", "scale", "source", "target", "steps") if name in made}
    assert set(lists) == LISTS[kind]
    ids = {}
    for name, components in lists.items():
        ids[name] = [component["id"] for component in components]
        assert len(set(ids[name])) == len(ids[name]), "the ids of a list are distinct"
        assert all(component["description"] for component in components)
    for pattern in made.get("correctResponsesPattern", []):
        parts = pattern.split("[,]")
        if kind == "choice":
            assert set(parts) <= set(ids["choices"])
        elif kind == "sequencing":
            assert sorted(parts) == sorted(ids["choices"])
        elif kind == "matching":
            pairs = [part.split("[.]") for part in parts]
            assert {pair[0] for pair in pairs} == set(ids["source"])
            assert {pair[1] for pair in pairs} <= set(ids["target"])
        elif kind == "true-false":
            assert pattern in ("true", "false")
        elif kind == "numeric":
            assert re.fullmatch(rf"{NUMBER}|({NUMBER})?\[:\]({NUMBER})?", pattern)
        elif kind == "fill-in":
            assert re.fullmatch(r"\{case_matters=false\}(\{lang=\w+\}[^[\]{}]+(\[,\])?)+", pattern)
        else:
            pytest.fail(f"{kind} has no right answer")


@pytest.mark.parametrize(("question", "kind"), KINDS.items())
def test_each_kind_is_a_valid_interaction(tea: Library, question: str, kind: str) -> None:
    made = definition(tea, question)
    assert made["interactionType"] == kind
    strict(made)
    assert set(made["name"]) == {"en", "el"}


@pytest.mark.parametrize("question", KINDS)
def test_the_record_store_accepts_it(tea: Library, question: str) -> None:
    course = tea.courses["tea"]
    validated(Activities(Iris(BASE)).question(course, course.module("brewing"), question))


@pytest.mark.parametrize(
    ("question", "patterns"),
    [
        ("leaves", ["o2"]),
        ("cold", ["o1[,]o2"]),
        ("boiling", ["false"]),
        ("grams", ["10.5[:]13.5"]),
        ("degrees", ["75[:]85"]),
        ("asking", None),
        ("taught", None),
        ("listened", None),
    ],
)
def test_right_answers(tea: Library, question: str, patterns: list[str] | None) -> None:
    assert definition(tea, question).get("correctResponsesPattern") == patterns


def test_every_accepted_text_of_every_language_is_a_pattern(tea: Library) -> None:
    patterns = definition(tea, "fill")["correctResponsesPattern"]
    assert patterns[0] == "{case_matters=false}{lang=en}green[,]{lang=en}three"
    assert len(patterns) == 8
    assert "{case_matters=false}{lang=el}πράσινο τσάι[,]{lang=el}3" in patterns


def test_what_is_asked_says_where_the_gaps_are(tea: Library) -> None:
    assert definition(tea, "fill")["description"]["en"] == (
        "Fill in what is missing Tea that is not fermented is ____, and it draws for ____ minutes."
    )


def test_an_order_is_told_in_the_right_order_with_ids_that_do_not_tell_it(tea: Library) -> None:
    made = definition(tea, "order")
    texts = {choice["id"]: choice["description"]["en"] for choice in made["choices"]}
    right = [texts[name] for name in made["correctResponsesPattern"][0].split("[,]")]
    assert right == ["Heat the water", "Warm the pot", "Put in the leaves", "Pour the water"]


def test_an_exact_number_has_no_range() -> None:
    question = Question("n", "How many?", "", "numeric", False, range=Range(3, 3, 3))
    assert interaction({"en": question}).correct_responses_pattern == ["3"]


def test_many_accepted_texts_do_not_make_a_huge_definition() -> None:
    gaps = tuple(Gap(f"g{n}", tuple(f"w{n}{k}" for k in range(9))) for n in range(6))
    question = Question("g", "Fill in", "", "gap", False, gaps=gaps)
    patterns = interaction({"en": question, "el": question}).correct_responses_pattern
    assert len(patterns) == 2 * MOST_PATTERNS


def test_a_right_side_that_fits_nothing_is_a_target_in_no_pattern() -> None:
    question = Question(
        "m",
        "Match",
        "",
        "matching",
        False,
        options=(Option("o1", "left", "left", True), Option("o2", "other", "other", True)),
        targets=(Target("t1", "one", "one"), Target("t2", "two", "two"), Target("t3", "no", "no")),
        matches={"o1": "t2", "o2": "t2"},
    )
    made = interaction({"en": question}).as_version("1.0.3")
    assert [target["id"] for target in made["target"]] == ["t1", "t2", "t3"]
    assert made["correctResponsesPattern"] == ["o1[.]t2[,]o2[.]t2"]
