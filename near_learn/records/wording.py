"""What a statement says, as a sentence to the person it is about; and a response in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import format_percent, gettext

from near_learn.records.event import NAMES
from near_learn.records.iris import Iris, Place
from near_learn.records.readable import in_language

Json = Mapping[str, Any]
Titles = Callable[[Place], str]
"""The title of a course or module of ours in the reader's language; "" for one that is not known."""

# Where the components of each interactionType stand in the definition (1.0.3 Part 2, 2.4.4.1).
COMPONENTS = {
    "choice": ("choices",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "matching": ("source", "target"),
    "performance": ("steps",),
}
BETWEEN, WITHIN = "[,]", "[.]"


def sentence(statement: Json, iris: Iris, language: str, titles: Titles) -> str:
    """What happened, in the language in force, which is LANGUAGE."""
    verb = NAMES.get(statement["verb"]["id"], "")
    what = name(statement["object"], iris, language, titles)
    result = statement.get("result", {})
    match verb:
        case "registered":
            return _said(gettext("You enrolled in “%(what)s”.", what=what))
        case "initialized" | "launched":
            return _said(gettext("You opened “%(what)s”.", what=what))
        case "progressed":
            return _said(gettext("You read a page of “%(what)s”.", what=what))
        case "answered":
            return _answered(what, statement, language)
        case "passed" | "failed" | "scored":
            return _result(verb, what, result)
        case "completed":
            return _said(gettext("You completed “%(what)s”.", what=what))
        case "satisfied":
            return _said(gettext("You passed every module of “%(what)s”.", what=what))
        case "attended":
            return _said(gettext("You attended “%(what)s”.", what=what))
        case "terminated":
            return _said(gettext("You left “%(what)s”.", what=what))
        case "voided":
            return _said(gettext("A statement about you was withdrawn."))
    display = in_language(statement["verb"].get("display"), language) or statement["verb"]["id"]
    return f"{display}: {what}"


def name(target: Json, iris: Iris, language: str, titles: Titles) -> str:
    """What the object of a statement is called."""
    own = in_language(target.get("definition", {}).get("name"), language)
    place = iris.place(target.get("id"))
    return own or (titles(place) if place else "") or str(target.get("id") or target.get("objectType", ""))


def response(statement: Json, language: str) -> str:
    """The response in words: the texts of the options chosen instead of their ids."""
    given = statement.get("result", {}).get("response")
    if not isinstance(given, str):
        return ""
    definition = statement["object"].get("definition", {})
    kind = definition.get("interactionType")
    if kind == "true-false":
        return {"true": _said(gettext("True")), "false": _said(gettext("False"))}.get(given, given)
    if kind not in COMPONENTS:
        return given.replace(BETWEEN, "; ")
    words = {
        each["id"]: in_language(each.get("description"), language) or each["id"]
        for list_ in COMPONENTS[kind]
        for each in definition.get(list_, ())
    }
    return parts(given, words)


def parts(given: str, words: Mapping[str, str]) -> str:
    """A response's parts, each id replaced by its words."""
    found = (part.split(WITHIN) for part in given.split(BETWEEN) if part)
    return "; ".join(" → ".join(words.get(piece, piece) for piece in part) for part in found)


def _answered(what: str, statement: Json, language: str) -> str:
    given = response(statement, language)
    if not given:
        return _said(gettext("You answered “%(what)s”.", what=what))
    return _said(gettext("You answered “%(what)s”: %(response)s", what=what, response=given))


def _result(verb: str, what: str, result: Json) -> str:
    scaled = (result.get("score") or {}).get("scaled")
    share = format_percent(scaled) if isinstance(scaled, int | float) else "–"
    if verb == "passed":
        return _said(gettext("You passed the quiz of “%(what)s” (%(share)s).", what=what, share=share))
    if verb == "failed":
        return _said(gettext("You did not pass the quiz of “%(what)s” (%(share)s).", what=what, share=share))
    return _said(gettext("You took “%(what)s” (%(share)s).", what=what, share=share))


def _said(text: object) -> str:
    return str(text)
