"""The entries of a front matter: which there are, which must be there, and which are misspelt."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from near_learn.content.frontmatter import Scalar, Table
from near_learn.content.problem import Report
from near_learn.content.values import (
    Read,
    Wrong,
    by_language,
    code,
    draw,
    enrolment,
    flag,
    folders,
    identifier,
    kind,
    number,
    refused,
    region,
    share,
    text,
    texts,
)


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
    "instruments": Field(folders, default={}),
    "draft": Field(flag, default=False),
    "enrolment": Field(enrolment, default="open"),
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
}
# What English says for all languages.
_QUIZ = {
    "attempts": Field(number(1, 100)),
    "cool_down_hours": Field(number(1, 8760)),
    "draw": Field(draw),
}

MODULE = (
    _TEXT
    | _QUIZ
    | {
        "kind": Field(kind, required=True, example="`kind: skill`"),
        "minutes": Field(number(1, 600), required=True, example="`minutes: 40`"),
        "pass_mark": Field(share, default=0.8),
        "shuffle": Field(flag, default=False),
        "version": Field(number(1, 9999), default=1),
        "weeks": Field(refused("only a follow-up comes weeks later")),
    }
)

# What is asked before, after and beside the modules: nobody passes or fails it.
INSTRUMENT = _TEXT | {
    "kind": Field(kind, required=True, example="`kind: survey`"),
    "minutes": Field(number(1, 600), required=True, example="`minutes: 5`"),
    "shuffle": Field(flag, default=False),
    "version": Field(number(1, 9999), default=1),
    "weeks": Field(number(1, 520)),
    "pass_mark": Field(refused("nobody passes or fails an instrument, so it has no pass mark")),
    "attempts": Field(refused("an instrument is answered once (a diagnosis twice)")),
    "cool_down_hours": Field(refused("an instrument is answered once (a diagnosis twice)")),
    "draw": Field(refused("in an instrument everybody answers the same questions")),
}

# What a translation repeats of the English file must be the same there; it may leave it out.
TRANSLATION = (
    _TEXT
    | _QUIZ
    | {
        "kind": Field(kind),
        "minutes": Field(number(1, 600)),
        "pass_mark": Field(share),
        "shuffle": Field(flag),
        "weeks": Field(number(1, 520)),
        "source_version": Field(number(1, 9999), required=True, example="`source_version: 1`"),
    }
)


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
