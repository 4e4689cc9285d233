"""Heading lines: their level, their title and what stands in the braces at their end."""

import re
from dataclasses import dataclass, field

from near_learn.content import attributes
from near_learn.content.draft import Heading
from near_learn.content.problem import Report
from near_learn.content.source import Line
from near_learn.content.values import ID, LONGEST_ID

HEADING = re.compile(r"(#{1,6})(?!#)( *)(.*)\Z")
# Anything in braces at the end of a heading is meant as an id, and what else a question has.
BRACES = re.compile(r"\{([^{}]*)\}\s*\Z")
ID_ADVICE = "write {#" + "the-id} with small letters a to z, digits and hyphens"


def heading(line: Line, report: Report) -> Heading | None:
    """The heading on this line, or None when the line is none. Mistakes are in the report."""
    match = HEADING.match(line.text) if line.text.startswith("#") else None
    if not match:
        return None
    level, space, rest = len(match[1]), match[2], match[3].rstrip()
    # Hashes at the end, as some write them to close the heading.
    if rest.rstrip("#").endswith(" "):
        rest = rest.rstrip("#").rstrip()
    if not space:
        # "#7" and "#hashtag" are text; "##Title" is a heading whose author forgot the space.
        if level == 1 or not rest:
            return None
        report.error(line.number, "put a space between the hashes and the title of the heading")
    title, braces = split_braces(rest, line.number, report)
    if not title:
        report.error(line.number, "the heading has no title; write one after the hashes")
    if level == 1:
        report.error(
            line.number, "a single # is the module's title, which stands in the front matter; begin with ##"
        )
    return Heading(line.number, level, title, braces.id, braces.kind, braces.attributes)


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


@dataclass
class Braces:
    """What stands in the braces: {#id .kind weight=2 fixed}."""

    id: str | None = None  # None when there is none, empty when it is malformed
    kind: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def split_braces(text: str, line: int, report: Report) -> tuple[str, Braces]:
    """The text without the braces at its end, and what they hold. Mistakes are in the report."""
    match = BRACES.search(text)
    found = Braces()
    if not match:
        return text.strip(), found
    title = text[: match.start()].strip()
    inside = " ".join(match[1].split())
    for sign in "=,":
        inside = inside.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    words = inside.split()
    ids = [word for word in words if word.startswith("#")]
    others = [word for word in words if not word.startswith("#")]
    if ids or not any(word.startswith(".") or "=" in word for word in others):
        found.id = ids[0][1:] if ids else ""
        if len(ids) > 1:
            report.error(line, f"there are two ids in {match[0].strip()[:80]}; keep one")
        if not ID.match(found.id) or len(found.id) > LONGEST_ID:
            report.error(line, f"the id in {match[0].strip()[:80]} is malformed; {ID_ADVICE}")
            found.id = ""
            return title, found
    for word in others:
        _word(word, found, line, report)
    return title, found


def _word(word: str, found: Braces, line: int, report: Report) -> None:
    """Puts a word of the braces in its place."""
    name, _, value = word.partition("=")
    if word.startswith("."):
        if found.kind:
            report.error(line, f"there are two kinds in the braces, .{found.kind} and {word[:40]}; keep one")
        found.kind = word[1:].casefold()
    elif name not in attributes.READERS:
        report.error(line, attributes.unknown(name))
    elif name in found.attributes:
        report.error(line, f"{name} is written twice in the braces; keep one")
    else:
        found.attributes[name] = value.strip("\"'“”")
