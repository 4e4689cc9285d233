"""The entries of a front matter: which there are, of which type, and what to say when one is wrong."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from near_learn.content import language
from near_learn.content.frontmatter import Items, Node, Scalar, Table
from near_learn.content.problem import Report

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
LONGEST_ID = 64
FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
NUTS = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}\Z")
KINDS = ("tool", "skill", "training")


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
    """One of the kinds of module."""
    value = text(node)
    if value not in KINDS:
        raise Wrong(node, f"write one of {', '.join(KINDS)}")
    return value


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


@dataclass(frozen=True)
class Field:
    """How one entry is read, and what stands for it when it is left out."""

    read: Read
    required: bool = False
    default: Any = None
    example: str = ""


# For people; the application does not use them.
NOTES = {
    "contributors": Field(texts, default=()),
    "sources": Field(texts, default=()),
    "last_reviewed": Field(text),
    "licence": Field(text, default=""),
}

COURSE = NOTES | {
    "id": Field(identifier, required=True, example="`id: accompaniment`"),
    "title": Field(by_language, required=True, example="`title:` and under it a line `  en: …`"),
    "summary": Field(by_language, required=True, example="`summary:` and under it a line `  en: …`"),
    "modules": Field(folders, required=True, example="`modules:` and under it a line `  - 01-model-change`"),
    "order": Field(number(0, 9999), default=9999),
    "origin": Field(region),
    "version": Field(number(1, 9999), default=1),
}

COURSE_TRANSLATION = NOTES | {
    "source_version": Field(number(1, 9999), required=True, example="`source_version: 1`"),
    "language": Field(code),
}

_TEXT = NOTES | {
    "id": Field(identifier, required=True, example="`id: model-change`"),
    "language": Field(code, required=True, example="`language: en`"),
    "title": Field(text, required=True, example="`title: The model change`"),
    "summary": Field(text, required=True, example="`summary: One or two sentences for the catalogue.`"),
    "objectives": Field(texts, default=()),
    "attempts": Field(number(1, 100)),
}

MODULE = _TEXT | {
    "kind": Field(kind, required=True, example="`kind: skill`"),
    "minutes": Field(number(1, 600), required=True, example="`minutes: 40`"),
    "pass_mark": Field(share, default=0.8),
    "version": Field(number(1, 9999), default=1),
}

# What a translation repeats of the English file must be the same there; it may leave it out.
TRANSLATION = _TEXT | {
    "kind": Field(kind),
    "minutes": Field(number(1, 600)),
    "pass_mark": Field(share),
    "source_version": Field(number(1, 9999), required=True, example="`source_version: 1`"),
}


@dataclass(frozen=True)
class Front:
    """The entries of one file, read; and the line of each that is written there."""

    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def line(self, key: str) -> int:
        """The line of the entry; 1 when it is left out."""
        return self.lines.get(key, 1)


def read_fields(table: Table, schema: Mapping[str, Field], report: Report) -> Front | None:
    """The entries, or None when one is wrong or missing; every such entry is in the report."""
    values: dict[str, Any] = {}
    wrong = False
    for key, spec in schema.items():
        node = table.values.get(key)
        values[key] = spec.default
        if node is None or (isinstance(node, Scalar) and not node.text):
            if spec.required:
                wrong = True
                line = table.key_lines.get(key, table.line)
                report.error(line, f"{key} is missing; add a line {spec.example}")
            continue
        try:
            values[key] = spec.read(node)
        except Wrong as problem:
            wrong = True
            report.error(problem.line, f"{key}: {problem}")
    for key, line in table.key_lines.items():
        if key not in schema:
            wrong |= _unknown(key, line, schema, report)
    return None if wrong else Front(values, table.key_lines)


def _unknown(key: str, line: int, schema: Mapping[str, Field], report: Report) -> bool:
    """Notes an entry that does not exist: an error when it looks like a misspelt one."""
    near = difflib.get_close_matches(key.lower().replace("-", "_"), schema, n=1, cutoff=0.75)
    if near:
        report.error(line, f"there is no entry {key[:40]!r}; did you mean {near[0]}?")
    else:
        report.warning(line, f"there is no entry {key[:40]!r}, so it has no effect; take it out")
    return bool(near)
