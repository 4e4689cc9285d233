"""The values of a front matter: of which types there are, and what to write when one is wrong."""

import re
from collections.abc import Callable
from typing import Any

from near_learn.content import language
from near_learn.content.frontmatter import Items, Node, Scalar, Table
from near_learn.content.near import meant

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
LONGEST_ID = 64
FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
NUTS = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}\Z")
KINDS = ("tool", "skill", "training")
# Before, after and beside the modules of a course. The tests measure the same objectives twice.
TESTS = ("pre-test", "post-test")
INSTRUMENTS = (*TESTS, "survey", "follow-up", "diagnosis")


class Wrong(Exception):
    """A value that cannot be used: its line, and what to write instead."""

    def __init__(self, node: Node, advice: str, what: str = "") -> None:
        self.line = node.line
        super().__init__(f"{what or f'{_shown(node)} cannot be used'}; {advice}")


def _shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return f"{node.text[:40]!r}"
    return (
        "a list"
        if isinstance(node, Items)
        else f"a text with a colon ({next(iter(node.values), '')[:40]}: …)"
    )


Read = Callable[[Node], Any]


def text(node: Node) -> str:
    """A piece of text on one line. Any plain value counts as text, also 2026 and no."""
    if not isinstance(node, Scalar) or not node.text:
        raise Wrong(node, "put the text in double quotes")
    return " ".join(node.text.split())


def texts(node: Node) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(node, Items):
        raise Wrong(node, "write a list, each entry on its own line after a hyphen")
    return tuple(text(value) for value in node.values)


def identifier(node: Node) -> str:
    """The id of a course or module."""
    value = text(node)
    if not ID.match(value) or len(value) > LONGEST_ID:
        raise Wrong(node, "use small letters a to z, digits and hyphens, for example model-change")
    return value


def number(least: int, most: int) -> Read:
    """A reader of whole numbers between two bounds."""

    def read(node: Node) -> int:
        value = node.text if isinstance(node, Scalar) else ""
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise Wrong(node, f"write a whole number from {least} to {most}")
        return int(value)

    return read


def share(node: Node) -> float:
    """A number from 0 to 1."""
    advice = "write a number between 0 and 1, for example 0.8 for 80 per cent"
    if not isinstance(node, Scalar) or not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,9})?", node.text):
        raise Wrong(node, advice)
    if float(node.text) > 1:
        raise Wrong(node, advice)
    return float(node.text)


def kind(node: Node) -> str:
    """One of the kinds of module, instruments included."""
    value = text(node)
    if value not in KINDS + INSTRUMENTS:
        near = meant(value, INSTRUMENTS)
        raise Wrong(node, f"did you mean {near}?" if near else f"write one of {', '.join(KINDS)}")
    return value


def flag(node: Node) -> bool:
    """true or false."""
    value = node.text.casefold() if isinstance(node, Scalar) else ""
    if value not in {"true", "false"}:
        raise Wrong(node, "write true or false")
    return value == "true"


def enrolment(node: Node) -> str:
    """Who comes into a course: everybody who likes, or those who are put there."""
    value = node.text.casefold() if isinstance(node, Scalar) else ""
    if value not in {"open", "closed"}:
        raise Wrong(node, "write open or closed")
    return value


def draw(node: Node) -> int | dict[int, int]:
    """How many questions to draw: of the whole quiz, or of each objective by its number."""
    if not isinstance(node, Table):
        try:
            whole: int = number(1, 200)(node)
            return whole
        except Wrong:
            raise Wrong(
                node, "write a number, `draw: 5`, or so many of each objective, `draw: {1: 2, 2: 3}`"
            ) from None
    found = {}
    for key, value in node.values.items():
        if not re.fullmatch(r"[1-9][0-9]?", key):
            raise Wrong(
                Scalar(node.key_lines[key], key, False), "write the number of an objective before the colon"
            )
        found[int(key)] = number(1, 200)(value)
    return found


def refused(advice: str) -> Read:
    """A reader of an entry that would mean nothing here: whatever is written, it is wrong."""

    def read(node: Node) -> None:
        raise Wrong(node, "take the line out", advice)

    return read


def code(node: Node) -> str:
    """The code of a language."""
    value = text(node)
    if not language.known(value):
        raise Wrong(node, language.advice(value))
    return value


def region(node: Node) -> str:
    """A NUTS code. Whether the region exists is for the application to say."""
    value = text(node)
    if not NUTS.match(value):
        raise Wrong(node, "write a NUTS code, for example ES22")
    return value


def by_language(node: Node) -> dict[str, str]:
    """A text for each language; English first."""
    if not isinstance(node, Table):
        raise Wrong(node, "write one line a language under it, for example `  en: The model change`")
    found = {}
    for key, value in node.values.items():
        if not language.known(key):
            raise Wrong(Scalar(node.key_lines[key], key, False), language.advice(key))
        found[key] = text(value)
    if "en" not in found:
        raise Wrong(
            node, "add a line `  en: …`", "the English text, which stands for missing languages, is missing"
        )
    return {"en": found["en"], **found}


def folders(node: Node) -> dict[str, int]:
    """Names of module folders in order, each with its line."""
    if not isinstance(node, Items) or not node.values:
        raise Wrong(node, "list the module folders in order, each on its own line after a hyphen")
    found: dict[str, int] = {}
    for value in node.values:
        name = text(value)
        if not FOLDER.match(name):
            raise Wrong(value, "write the name of a folder beside course.md, without slashes")
        if name in found:
            raise Wrong(value, "keep one of the two", f"the folder {name} is named twice")
        found[name] = value.line
    return found
