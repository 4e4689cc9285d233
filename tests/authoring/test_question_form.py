"""The question form: what is filled in becomes a question, or a message at its field."""

from __future__ import annotations

from typing import Any

import pytest

from near_learn.authoring.question_form import KINDS, Incomplete, QuestionForm, free_id

GOOD: list[tuple[dict[str, str], str]] = [
    (
        {
            "kind": "choice",
            "title": "Whom do you ask?",
            "text-1": "The owner",
            "feedback-1": "Later.",
            "text-3": "The neighbours",
            "right-3": "1",
            "explanation": "They know.",
        },
        "### Whom do you ask? {#whom-do-you-ask}\n\n"
        "- [ ] The owner\n  > Later.\n- [x] The neighbours\n\n> They know.\n",
    ),
    (
        {"kind": "true-false", "title": "It is open.", "truth": "false"},
        "### It is open. {#it-is-open .true-false}\n\n= false\n",
    ),
    (
        {"kind": "gap", "title": "Complete", "stem": "It is [[Pamplona|Iruña]].", "weight": "2"},
        "### Complete {#complete .gap weight=2}\n\nIt is [[Pamplona|Iruña]].\n",
    ),
    (
        {
            "kind": "matching",
            "title": "Match",
            "left-1": "cat",
            "match-1": "meow",
            "left-2": "dog",
            "match-2": "bark",
            "match-3": "moo",
        },
        "### Match {#match .matching}\n\n- cat :: meow\n- dog :: bark\n- :: moo\n",
    ),
    (
        {"kind": "ordering", "title": "Order", "lines": "first\r\n\r\nsecond\r\n"},
        "### Order {#order .ordering}\n\n1. first\n2. second\n",
    ),
    (
        {"kind": "numeric", "title": "How many?", "value": "12,5", "tolerance": "1"},
        "### How many? {#how-many .numeric}\n\n= 12.5 ± 1\n",
    ),
    (
        {"kind": "likert", "title": "How sure?", "lines": "not\nvery", "weight": "3"},
        "### How sure? {#how-sure .likert}\n\n- not\n- very\n",
    ),
    (
        {"kind": "short-answer", "title": "Why?", "objective": "2"},
        "### Why? {#why .short-answer objective=2}\n",
    ),
    ({"kind": "reflection", "title": "Think", "id": "think-twice"}, "### Think {#think-twice .reflection}\n"),
]


def test_every_kind_has_a_good_example() -> None:
    assert {fields["kind"] for fields, _ in GOOD} == set(KINDS)


@pytest.mark.parametrize(
    ("fields", "markdown"), GOOD, ids=lambda each: each.get("kind") if isinstance(each, dict) else ""
)
def test_what_is_written(fields: dict[str, str], markdown: str) -> None:
    assert QuestionForm.of(fields).written(()) == markdown


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"kind": "choice"}, {"title": "title", "text-1": "options"}),
        ({"kind": "choice", "title": "X", "text-1": "a"}, {"text-1": "options"}),
        ({"kind": "choice", "title": "X", "text-1": "a", "text-2": "b"}, {"right-1": "right"}),
        (
            {"kind": "choice", "title": "X", "text-1": "a", "text-2": "b", "right-3": "1"},
            {"right-1": "right"},
        ),
        ({"kind": "true-false", "title": "X"}, {"truth": "truth"}),
        ({"kind": "true-false", "title": "X", "truth": "maybe"}, {"truth": "truth"}),
        ({"kind": "gap", "title": "X", "stem": "no gap"}, {"stem": "gap"}),
        ({"kind": "gap", "title": "X", "stem": "[[]]"}, {"stem": "gap"}),
        ({"kind": "matching", "title": "X", "left-1": "a", "match-1": "b"}, {"left-1": "pairs"}),
        ({"kind": "matching", "title": "X", "left-1": "a", "left-2": "b"}, {"left-1": "pairs"}),
        ({"kind": "ordering", "title": "X", "lines": "one"}, {"lines": "lines"}),
        ({"kind": "likert", "title": "X"}, {"lines": "lines"}),
        ({"kind": "numeric", "title": "X"}, {"value": "value"}),
        ({"kind": "numeric", "title": "X", "value": "twelve"}, {"value": "number"}),
        ({"kind": "numeric", "title": "X", "value": "nan"}, {"value": "number"}),
        ({"kind": "numeric", "title": "X", "value": "1e400"}, {"value": "number"}),
        ({"kind": "numeric", "title": "X", "low": "1"}, {"value": "value"}),
        ({"kind": "numeric", "title": "X", "low": "3", "high": "1"}, {"low": "range"}),
        ({"kind": "reflection", "title": "X", "objective": "0"}, {"objective": "objective"}),
        ({"kind": "reflection", "title": "X", "objective": "x"}, {"objective": "objective"}),
        ({"kind": "true-false", "title": "X", "truth": "true", "weight": "heavy"}, {"weight": "number"}),
    ],
)
def test_what_is_missing_is_named_at_its_field(fields: dict[str, str], missing: dict[str, str]) -> None:
    with pytest.raises(Incomplete) as caught:
        QuestionForm.of(fields).written(())
    assert caught.value.errors == missing


@pytest.mark.parametrize("rows", ["", "-1", "0", "999999", "x", "²"])
def test_any_number_of_rows_is_kept_in_bounds(rows: str) -> None:
    assert 4 <= QuestionForm.of({"rows": rows}).rows <= 20


@pytest.mark.parametrize(
    ("title", "taken", "identifier"),
    [
        ("Who may open a client file?", (), "who-may-open-a-client"),
        ("Qué es?", (), "que-es"),
        ("Qué es?", ("que-es", "que-es-2"), "que-es-3"),
        ("Ποιος;", (), "question"),
        ("", ("question",), "question-2"),
        ("x" * 500, (), "x" * 48),
    ],
)
def test_ids_are_made_from_titles(title: str, taken: Any, identifier: str) -> None:
    assert free_id(title, taken) == identifier
