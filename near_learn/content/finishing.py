"""Goes over the finished tree of a piece: resolves links and media, names headings and tables."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as etree  # noqa: N813 - builds the tree that the Markdown library uses
from typing import TYPE_CHECKING

from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from near_learn.content import playing, recordings
from near_learn.content.headings import BRACES
from near_learn.content.links import DeadLink

if TYPE_CHECKING:
    from near_learn.content.markup import Renderer

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
DECORATION = "-"  # in place of a description: the picture says nothing
PLAIN = frozenset({"code", "pre", "abbr", "a", *HEADINGS})  # no abbreviation is explained in these


class Finishing(Treeprocessor):
    """The library's last step."""

    def __init__(self, renderer: Renderer) -> None:
        super().__init__(renderer.library)
        self._renderer = renderer

    def run(self, root: etree.Element) -> None:
        """Changes the tree in place."""
        for parent in list(root.iter()):
            for position, child in enumerate(list(parent)):
                if child.tag == "a":
                    self._link(child)
                elif child.tag == "img":
                    self._image(parent, child)
                elif child.tag in HEADINGS:
                    self._heading(child)
                elif child.tag == "table":
                    parent[position] = self._table(child)
                elif child.tag == "p" and len(child) == 1 and child[0].get("class", "").startswith("block"):
                    self._formula(child)
        if pattern := self._renderer.abbreviations:
            self._abbreviate(root, pattern)

    def _link(self, element: etree.Element) -> None:
        if element.get("class") == "note-mark":
            return
        href = _address(element.attrib.pop("href", ""))
        title = element.get("title")
        element.attrib.clear()
        if title:
            element.set("title", title)
        try:
            address = self._renderer.links.link(href, self._renderer.section)
        except DeadLink as dead:
            self._renderer.report.error(self._renderer.line(href or "]("), f"link to {href[:60]!r}: {dead}")
            return
        element.set("href", address.url)
        if address.outside:
            element.set("rel", "noopener noreferrer")

    def _image(self, parent: etree.Element, element: etree.Element) -> None:
        renderer = self._renderer
        src, alt = _address(element.get("src", "")), element.get("alt", "").strip()
        title = (element.get("title") or "").strip()
        element.attrib.clear()
        line = renderer.line(src)
        recorded = recordings.is_recording(src)
        noun = "recording" if recorded else "image"
        if not alt or (recorded and alt == DECORATION):
            example = f"![a talk with …]({src[:60]})" if recorded else f"![a drawing of …]({src[:60]})"
            more = "" if recorded else f"; for mere decoration write ![{DECORATION}]({src[:60]})"
            renderer.report.error(
                line,
                f"{noun} {src[:60]!r} has no description; say what it shows: {example}{more}",
            )
        try:
            name = renderer.links.medium(src)
        except DeadLink as dead:
            renderer.report.error(line, f"{noun} {src[:60]!r}: {dead}")
            return
        alone = (
            parent.tag == "p" and len(parent) == 1 and not _words(parent.text) and not _words(element.tail)
        )
        if recorded and alone:
            playing.put(renderer, parent, name, alt, line)
            return
        if recorded:
            renderer.report.error(line, f"recording {src[:60]!r}: put empty lines before and after it")
            return
        element.set("src", renderer.links.address(name))
        element.set("alt", "" if alt == DECORATION else alt)
        element.set("loading", "lazy")
        for key, size in zip(("width", "height"), renderer.size(name), strict=False):
            element.set(key, str(size))
        if title and alone:
            parent.tag, parent.text, element.tail = "figure", None, None
            etree.SubElement(parent, "figcaption").text = title
        elif title:
            element.set("title", title)

    def _heading(self, element: etree.Element) -> None:
        if element.tag in {"h1", "h2"}:
            element.tag = "h3"  # the page's own; the checker has said so
        last = element[-1] if len(element) else None
        text = (element.text if last is None else last.tail) or ""
        if match := BRACES.search(text):
            rest = text[: match.start()].rstrip()
            if last is None:
                element.text = rest
            else:
                last.tail = rest
            element.set("id", "s-" + match[1].strip().removeprefix("#"))
        self._renderer.label = "".join(element.itertext()).strip()

    def _table(self, table: etree.Element) -> etree.Element:
        """The table in a box that scrolls sideways, which needs a name and must take the focus."""
        for cell in table.iter("th"):
            if "".join(cell.itertext()).strip():
                cell.set("scope", "col")
            else:
                cell.tag = "td"  # an empty header cell says nothing to a screen reader
        rows = [row[0] for body in table.iter("tbody") for row in body.iter("tr") if len(row)]
        if rows and all(_all_bold(cell) for cell in rows):
            for cell in rows:
                cell.tag = "th"
                cell.set("scope", "row")
        box = self._box("div", "table", "region")
        box.append(table)
        box.tail, table.tail = table.tail, None
        return box

    def _formula(self, paragraph: etree.Element) -> None:
        """A formula on lines of its own, in a box that scrolls sideways."""
        box = self._box("div", "formula", "group")
        code = paragraph[0]
        code.set("class", code.get("class", "").removeprefix("block "))
        paragraph.tag, paragraph.text, code.tail = "div", None, None
        paragraph.attrib.update(box.attrib)

    def _box(self, tag: str, name: str, role: str) -> etree.Element:
        label, labels = self._renderer.label, self._renderer.labels
        count = labels[label] = labels.get(label, 0) + 1
        box = etree.Element(tag, {"class": name, "role": role, "tabindex": "0"})
        box.set("aria-label", label if count == 1 else f"{label} ({count})")
        return box

    def _abbreviate(self, element: etree.Element, pattern: re.Pattern[str]) -> None:
        """Explains each abbreviation where it stands first."""
        if element.tag in PLAIN:
            return
        children = list(element)
        if element.text and pattern.search(element.text):
            element.text = self._explain(element, 0, element.text, pattern)
        for child in children:
            self._abbreviate(child, pattern)
            if child.tail and pattern.search(child.tail):
                child.tail = self._explain(element, list(element).index(child) + 1, child.tail, pattern)

    def _explain(self, parent: etree.Element, position: int, text: str, pattern: re.Pattern[str]) -> str:
        """The text before the first abbreviation; the rest goes into the parent, from this position on."""
        renderer, before, last, start = self._renderer, text, None, 0
        for match in pattern.finditer(text):
            if match[0] in renderer.explained:
                continue
            renderer.explained.add(match[0])
            between = text[start : match.start()]
            if last is None:
                before = between
            else:
                last.tail = between
            last = etree.Element("abbr", {"title": renderer.definitions.abbreviations[match[0]]})
            last.text, start = match[0], match.end()
            parent.insert(position, last)
            position += 1
        if last is not None:
            last.tail = text[start:]
        return before


def _address(value: str) -> str:
    """An address as its author wrote it; the library hides mail addresses behind character references."""
    return html.unescape(value.replace(AMP_SUBSTITUTE, "&"))


def _words(text: str | None) -> bool:
    return bool(text and text.strip())


def _all_bold(cell: etree.Element) -> bool:
    return len(cell) == 1 and cell[0].tag == "strong" and not _words(cell.text) and not _words(cell[0].tail)
