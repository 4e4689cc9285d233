"""Heading lines: their level, their title and the id in braces at their end."""

import re

from near_learn.content.draft import Heading
from near_learn.content.problem import Report
from near_learn.content.source import Line
from near_learn.content.values import ID, LONGEST_ID

HEADING = re.compile(r"(#{1,6})(?!#)( *)(.*?)(?: +#+)? *\Z")
# Anything in braces at the end of a heading is meant as an id.
BRACES = re.compile(r"\s*\{([^{}]*)\}\s*\Z")
ID_ADVICE = "write {#" + "the-id} with small letters a to z, digits and hyphens"


def heading(line: Line, report: Report) -> Heading | None:
    """The heading on this line, or None when the line is none. Mistakes are in the report."""
    match = HEADING.match(line.text)
    if not match:
        return None
    level, space, rest = len(match[1]), match[2], match[3]
    if not space:
        # "#7" and "#hashtag" are text; "##Title" is a heading whose author forgot the space.
        if level == 1 or not rest:
            return None
        report.error(line.number, "put a space between the hashes and the title of the heading")
    title, identifier = split_id(rest, line.number, report)
    if not title:
        report.error(line.number, "the heading has no title; write one after the hashes")
    if level == 1:
        report.error(
            line.number, "a single # is the module's title, which stands in the front matter; begin with ##"
        )
    return Heading(line.number, level, title, identifier)


def split_id(text: str, line: int, report: Report) -> tuple[str, str | None]:
    """The text without the braces at its end, and the id in them: None without braces, empty if malformed."""
    match = BRACES.search(text)
    if not match:
        return text.strip(), None
    title, inside = text[: match.start()].strip(), match[1].strip()
    identifier = inside.removeprefix("#")
    if not inside.startswith("#") or not ID.match(identifier) or len(identifier) > LONGEST_ID:
        report.error(line, f"the id in {match[0].strip()[:80]} is malformed; {ID_ADVICE}")
        return title, ""
    return title, identifier
