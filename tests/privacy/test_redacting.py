"""What is taken out of a statement, and what stays to the digit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from near_learn.privacy import verbatim
from near_learn.privacy.identities import Identities
from near_learn.privacy.redacting import MARKER, Redactor
from near_learn.records.iris import Iris

BASE = "https://learn.example"
ACCOUNT = "11111111-1111-4111-8111-111111111111"
EMAIL, NAME = "ane@example.org", "Ane Etxeberria"


def redactor(definition: Mapping[str, Any] | None = None, *, alone: bool = True) -> Redactor:
    who = Identities(BASE, ACCOUNT, EMAIL, NAME, frozenset({("https://login.example", "subject-7")}))
    return Redactor(who, Iris(BASE), lambda iri: definition or {}, alone)


def redacted(text: str, **more: Any) -> str:
    return verbatim.text(redactor(**more).redact(verbatim.tree(text), free_text=True))


def answered(response: str, **definition: Any) -> str:
    target = {"id": "https://elsewhere.example/q", "definition": definition}
    actor = {"account": {"homePage": BASE, "name": ACCOUNT}}
    return json.dumps({"actor": actor, "object": target, "result": {"response": response}})


@pytest.mark.parametrize(
    "number",
    ["1.50", "-0.0", "1e-7", "123456789012345678901234567890", "0.1000000000000000055511151231257827"],
)
def test_numbers_stay_as_they_were_written(number: str) -> None:
    text = '{"actor":{"mbox":"mailto:ane@example.org"},"object":{"id":"x:y"},"result":{"score":{"raw":7}}}'
    text = text.replace("7", number)
    assert f'"raw":{number}}}' in redacted(text)


@pytest.mark.parametrize(
    ("response", "definition"),
    [
        ("o1[,]o2", {"interactionType": "choice", "choices": [{"id": "o1"}, {"id": "o2"}]}),
        ("o1", {"interactionType": "choice"}),
        ("a[.]b[,]c[.]d", {"interactionType": "matching"}),
        ("likert_3", {"interactionType": "likert"}),
        ("true", {"interactionType": "true-false"}),
        ("-12.5", {"interactionType": "numeric"}),
        (
            "{lang=en}Soil",
            {"interactionType": "fill-in", "correctResponsesPattern": ["{case_matters=false}{lang=en}soil"]},
        ),
        ("", {"interactionType": "fill-in"}),
    ],
)
def test_what_is_counted_stays(response: str, definition: dict[str, Any]) -> None:
    assert json.loads(redacted(answered(response, **definition)))["result"]["response"] == response


@pytest.mark.parametrize(
    ("response", "definition"),
    [
        ("o9", {"interactionType": "choice", "choices": [{"id": "o1"}]}),
        ("my own words", {"interactionType": "choice"}),
        ("yes", {"interactionType": "true-false"}),
        ("about 12", {"interactionType": "numeric"}),
        ("sand", {"interactionType": "fill-in", "correctResponsesPattern": ["soil"]}),
        ("a long story", {"interactionType": "long-fill-in"}),
        ("anything", {"interactionType": "other"}),
        ("anything", {"interactionType": "performance"}),
        ("anything", {}),
    ],
)
def test_words_of_their_own_go(response: str, definition: dict[str, Any]) -> None:
    assert json.loads(redacted(answered(response, **definition)))["result"]["response"] == MARKER


def test_the_store_knows_what_a_statement_leaves_out() -> None:
    made = redacted(answered("o1"), definition={"interactionType": "choice", "choices": [{"id": "o1"}]})
    assert json.loads(made)["result"]["response"] == "o1"


@pytest.mark.parametrize(
    "agent",
    [
        {"mbox": "mailto:Ane@Example.org"},
        {"mbox_sha1sum": redactor().who.sha1.upper()},
        {"account": {"homePage": BASE, "name": ACCOUNT}},
        {"account": {"homePage": "https://login.example", "name": "subject-7"}},
        {"account": {"homePage": "https://lms.example", "name": "ANE@example.org"}},
    ],
)
def test_they_are_found_however_they_are_named(agent: dict[str, Any]) -> None:
    whole = {"actor": agent | {"name": NAME, "objectType": "Agent"}, "object": {"id": "x:y"}}
    made = json.loads(redacted(json.dumps(whole)))["actor"]
    assert made.keys() == {"objectType", "account"}
    assert made["account"]["homePage"] == BASE
    assert made["account"]["name"] != ACCOUNT


@pytest.mark.parametrize(
    "agent",
    [
        {"mbox": "mailto:jane@example.org"},
        {"mbox": "mailto:ane@example.org.uk"},
        {"account": {"homePage": "https://lms.example", "name": ACCOUNT[:-1] + "2"}},
        {"account": {"homePage": "https://lms.example", "name": "subject-7"}},
        {"openid": "https://ane.example/"},
    ],
)
def test_somebody_else_stays(agent: dict[str, Any]) -> None:
    whole = {"actor": agent, "object": {"id": "x:y"}}
    assert json.loads(redacted(json.dumps(whole))) == whole


def test_one_person_under_two_names_stays_two() -> None:
    taking = redactor()
    actors = [{"mbox": f"mailto:{EMAIL}"}, {"account": {"homePage": BASE, "name": ACCOUNT}}]
    made = {
        taking.redact({"actor": one, "object": {}}, free_text=True)["actor"]["account"]["name"]
        for one in actors
    }
    assert len(made) == 2


def test_a_name_that_others_have_too_is_left_in_texts() -> None:
    note = {
        "actor": {"mbox": "mailto:b@example.org"},
        "object": {"id": "x:y"},
        "result": {"response": f"{NAME} said"},
    }
    for alone, left in ((True, False), (False, True)):
        made = redactor(alone=alone).redact(verbatim.tree(json.dumps(note)), free_text=False)
        assert (NAME in made["result"]["response"]) is left


def test_what_our_courses_ask_stays_whoever_is_in_it() -> None:
    target = {"id": f"{BASE}/courses/garden", "definition": {"name": {"en": f"The garden of {NAME}"}}}
    whole = {"actor": {"mbox": f"mailto:{EMAIL}"}, "object": target}
    assert json.loads(redacted(json.dumps(whole)))["object"] == target
