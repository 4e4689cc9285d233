"""Where the addresses in a course's texts lead once they stand in a package, and which files that needs."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from near_learn.content import Module
from near_learn.content.course import SOURCE_LANGUAGE
from near_learn.content.draft import QUIZ
from near_learn.packages.edition import Edition
from near_learn.packages.kind import Kind

UNITS = "units"
PAGE = "index.html"
READING = "read.html"  # the same unit to look at: it reports nothing

# A start tag. The HTML is sanitised: every value stands between double quotes.
START = re.compile(r'<[a-z][^\s<>"]*(?: [a-z-]+="[^"]*")*\s*/?>')
ATTRIBUTE = re.compile(r' (?P<name>href|src|poster)="(?P<value>/[^"]*)"')
LINK = re.compile(r'<a(?: [a-z-]+="[^"]*")*? href="(?P<href>/[^"]*)"[^<>]*>(?P<words>.*?)</a>', re.DOTALL)
# The addresses of the application, as the renderer writes them.
MEDIUM = re.compile(r"/courses/[^/]+/(?P<module>[^/]+)/media/(?P<name>.+)")
CAPTIONS = re.compile(r"/courses/[^/]+/[^/]+/media/(?P<name>.+\.vtt)", re.IGNORECASE)
PLACE = re.compile(
    r"/courses/[^/]+/modules/(?P<module>[^/#]+)"
    r"(?:/(?:(?P<quiz>quiz)|sections/(?P<section>[^/#]+)|questions/(?P<question>[^/#]+)))?"
    r"(?:#(?P<element>.+))?"
)
COURSE = re.compile(r"/courses/[^/]+")


def unit_path(module: str, page: str = PAGE) -> str:
    """A page of a unit in the package."""
    return f"{UNITS}/{module}/{page}"


@dataclass
class Relocation:
    """Gives addresses their place in the package of one edition. Notes media and units that are linked to."""

    edition: Edition
    media: dict[str, set[str]] = field(default_factory=dict)  # names by module
    linked: set[str] = field(default_factory=set)  # modules

    def mend(self, module: str = "") -> Callable[[str], str]:
        """What mends the texts of this module; without one, the description of the course."""

        def mended(text: str) -> str:
            text = LINK.sub(lambda match: self._link(match, module), text)
            return START.sub(
                lambda tag: ATTRIBUTE.sub(lambda match: self._attribute(match, module), tag[0]), text
            )

        return mended

    def address(self, address: str, module: str) -> str | None:
        """Where an address of this site is, from a page of MODULE; None when it does not go along."""
        if found := MEDIUM.fullmatch(address):
            return self._medium(found, module)
        if found := PLACE.fullmatch(address):
            return self._place(found, module)
        if COURSE.fullmatch(address) and self.edition.kind is Kind.HTML:
            return f"../../{PAGE}" if module else PAGE
        return None

    def _link(self, match: re.Match[str], module: str) -> str:
        """A link to what does not go along keeps its words; one to another unit does not leave this one."""
        address = self.address(html.unescape(match["href"]), module)
        if address is None:
            return match["words"]
        if f"/{READING}" in address:
            return match[0].replace("<a ", '<a target="_blank" rel="noopener" ', 1)
        return match[0]

    def _attribute(self, match: re.Match[str], module: str) -> str:
        value = html.unescape(match["value"])
        captions = CAPTIONS.fullmatch(value) if match["name"] == "src" else None
        address = self._captions(captions["name"], module) if captions else self.address(value, module)
        return f' {match["name"]}="{html.escape(address)}"' if address else match[0]

    def _captions(self, name: str, module: str) -> str | None:
        """The captions themselves: browsers read no captions from a folder, or for a page in a sandbox."""
        file = self.edition.course.module(module).media.get(unquote(name))
        return f"data:text/vtt;base64,{b64encode(file.read_bytes()).decode()}" if file else None

    def _medium(self, found: re.Match[str], module: str) -> str | None:
        name = unquote(found["name"])
        if name not in self.edition.course.module(module).media:
            return None
        self.media.setdefault(module, set()).add(name)
        return f"media/{quote(name)}"

    def _place(self, found: re.Match[str], module: str) -> str | None:
        unit = next((each for each in self.edition.units if each.id == found["module"]), None)
        if unit is None:
            return None
        place = _within(unit, found)
        if unit.id == module:
            return place or "#/"
        if not module:
            return unit_path(unit.id) + place
        self.linked.add(unit.id)
        return f"../{unit.id}/{PAGE if self.edition.kind is Kind.HTML else READING}{place}"


def _within(unit: Module, found: re.Match[str]) -> str:
    """The part of an address that names a page of the unit, and an element of it by its id."""
    section = found["section"] or (QUIZ if found["quiz"] else "")
    element = f"/{found['element']}" if found["element"] else ""
    if found["question"]:
        section = _asking(unit, found["question"])
        element = f"/q-{found['question']}" if section != QUIZ else ""
    return f"#/{section}{element}" if section else ""


def _asking(unit: Module, question: str) -> str:
    """The section in which a question is asked."""
    sections = unit.texts[SOURCE_LANGUAGE].sections
    return next((each.id for each in sections if any(q.id == question for q in each.questions)), QUIZ)
