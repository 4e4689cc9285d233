"""Where in a text something new goes: at the caret, without tearing anything apart, or into a section."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from near_learn.content.fences import Fences

HEADING = re.compile(r"(#{2,6}) +(.*?)\s*(?:\{([^{}]*)\})?\s*\Z")
ANSWER = re.compile(r" {0,3}[-*+] +\[[ xX]\] |= |\d+\. ")
KIND = re.compile(r"(?:^|\s)\.[a-z]")
ID = re.compile(r"#([a-z0-9-]+)")


@dataclass(frozen=True)
class Heading:
    """A heading with the lines under it, up to the next one. Lines count from 0."""

    line: int
    end: int  # the line after its last one
    level: int
    title: str
    id: str
    marked: bool  # its braces name a kind of question


def headings(text: str) -> list[Heading]:
    """The headings of a text, in order; not those inside blocks of code."""
    lines = text.split("\n")
    found = list(_headings(lines))
    ends = [*(later.line for later in found[1:]), len(lines)]
    return [replace(each, end=end) for each, end in zip(found, ends, strict=False)]


def _headings(lines: list[str]) -> Iterator[Heading]:
    fences = Fences(lenient=True)
    for number, line in enumerate(lines):
        if not fences.covers(line) and (match := HEADING.match(line)):
            inside = match[3] or ""
            identifier = ID.search(inside)
            marked = bool(KIND.search(inside))
            yield Heading(number, 0, len(match[1]), match[2], identifier[1] if identifier else "", marked)


def sections(text: str) -> list[Heading]:
    """The sections of a text; each ends where the next begins."""
    found = [each for each in headings(text) if each.level == 2]
    ends = [*(later.line for later in found[1:]), len(text.split("\n"))]
    return [
        replace(each, end=end, id=each.id or each.title.lower())
        for each, end in zip(found, ends, strict=False)
    ]


def ids(text: str) -> set[str]:
    """Every id that a heading of the text has."""
    return {each.id for each in headings(text) if each.id}


def insert(text: str, block: str, caret: int | None, section: str = "") -> tuple[str, int]:
    """TEXT with BLOCK in it, and the offset where it begins.

    At the CARET (an offset) unless that is None: then at the end of the section, else of the whole text.
    """
    lines = text.split("\n")
    place = _place_of(text, lines, caret, section)
    before, after = lines[:place], lines[place:]
    while before and not before[-1].strip():
        before.pop()
    while after and not after[0].strip():
        after.pop(0)
    head = "\n".join(before) + "\n\n" if before else ""
    tail = "\n\n" + "\n".join(after) if after else "\n"
    return head + block.strip("\n") + tail, len(head)


def _place_of(text: str, lines: list[str], caret: int | None, section: str) -> int:
    known = headings(text)
    if caret is not None and known:
        line = text.count("\n", 0, max(0, min(caret, len(text))))
        around = next((each for each in reversed(known) if each.line <= line), None)
        if around and _is_question(around, lines):
            return around.end
        if around:
            while line < around.end and lines[line].strip():
                line += 1
            return line
        section = ""  # before the first heading, in the front matter: there is no place for text
    found = [each for each in sections(text) if each.id == section]
    return found[0].end if found else len(lines)


def _is_question(heading: Heading, lines: list[str]) -> bool:
    return heading.level == 3 and (
        heading.marked or any(ANSWER.match(line) for line in lines[heading.line + 1 : heading.end])
    )
