"""Markdown to HTML, with the links resolved and everything else that a course text may not do left out."""

import html
import re
import xml.etree.ElementTree as etree  # noqa: N813 - builds the tree that the Markdown library uses
from collections.abc import Callable

import markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from near_learn.content.draft import Prose
from near_learn.content.headings import BRACES
from near_learn.content.links import DeadLink, Links
from near_learn.content.problem import Report
from near_learn.content.sanitising import Sanitiser

# admonition: the boxes. sane_lists: a numbered list may begin at 3, and bullets don't join it.
# saneheaders: "#7" is text. magiclink: a bare https:// address in the sources becomes a link.
EXTENSIONS = [
    "admonition",
    "sane_lists",
    "tables",
    "fenced_code",
    "pymdownx.saneheaders",
    "pymdownx.magiclink",
]
SETTINGS = {"tables": {"use_align_attribute": True}}

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TAG = re.compile(r"<[^>]*>")


class Renderer:
    """Renders the files of one module, each with its own report.

    Made anew for each module that is loaded, and not to be shared between threads: the libraries keep state.
    """

    def __init__(self, links: Links) -> None:
        self.links = links
        self.report = Report("")
        self.section = ""  # id of the section whose pieces are rendered
        self.label = ""  # the last heading, names the tables under it
        self.labels: dict[str, int] = {}
        self._piece = Prose()
        self._searched: dict[str, int] = {}
        self._sanitiser = Sanitiser()
        self._markdown = markdown.Markdown(extensions=EXTENSIONS, extension_configs=SETTINGS)
        self._restrict()

    def _restrict(self) -> None:
        """Takes out what courses don't use. Without the two HTML rules a < stays a <, whatever follows it."""
        self._markdown.ESCAPED_CHARS.append("<")
        self._markdown.preprocessors.deregister("html_block")
        for name in ("html", "entity", "reference", "image_reference", "short_reference", "short_image_ref"):
            self._markdown.inlinePatterns.deregister(name)
        for name in ("reference", "setextheader"):
            self._markdown.parser.blockprocessors.deregister(name)
        # After "unescape" (0), when addresses are as they will stand in the page.
        self._markdown.treeprocessors.register(_Places(self), "places", -10)

    def begin(self, section: str, title: str) -> None:
        """From here on, the pieces belong to this section."""
        self.section, self.label, self.labels = section, title, {}

    def block(self, piece: Prose) -> str:
        """HTML for paragraphs, lists, boxes and so on; empty for an empty piece."""
        if piece.blank:
            return ""
        if piece.words:
            return f"<p>{piece.words}</p>"
        return self._sanitiser.clean(self._convert(piece, self._markdown.convert)).strip()

    def inline(self, piece: Prose) -> str:
        """HTML for a text inside a line: no paragraph around it, and no lists or headings in it."""
        return piece.words or self._sanitiser.clean(self._convert(piece, self._convert_inline)).strip()

    def _convert(self, piece: Prose, convert: Callable[[str], str]) -> str:
        self._piece, self._searched = piece, {}
        self._markdown.reset()
        try:
            return convert(piece.text)
        except RecursionError:
            self.report.error(piece.line, "the text is nested too deeply; make it simpler")
            return ""

    def _convert_inline(self, text: str) -> str:
        """What Markdown.convert does, without the step that makes blocks."""
        root = etree.Element("div")
        etree.SubElement(root, "p").text = " ".join(text.split())
        for processor in self._markdown.treeprocessors:
            replaced = processor.run(root)
            root = root if replaced is None else replaced
        result = self._markdown.serializer(root)
        for post in self._markdown.postprocessors:
            result = post.run(result)
        return result.strip().removeprefix("<div>").removesuffix("</div>").strip()[len("<p>") : -len("</p>")]

    def line(self, needle: str) -> int:
        """The line of the piece where this text stands; on repeated calls the next such line."""
        text = self._piece.text
        place = text.find(needle, self._searched.get(needle, 0)) if needle else -1
        if place < 0:
            return self._piece.line
        self._searched[needle] = place + len(needle)
        return self._piece.lines[text.count("\n", 0, place)].number


def plain(rendered: str) -> str:
    """The text of sanitised HTML, without tags."""
    return " ".join(html.unescape(TAG.sub("", rendered)).split())


class _Places(Treeprocessor):
    """Goes over the finished tree: resolves links and images, names headings and tables."""

    def __init__(self, renderer: Renderer) -> None:
        super().__init__(renderer._markdown)
        self._renderer = renderer

    def run(self, root: etree.Element) -> None:
        """Changes the tree in place."""
        for parent in list(root.iter()):
            for position, child in enumerate(list(parent)):
                if child.tag == "a":
                    self._link(child)
                elif child.tag == "img":
                    self._image(child)
                elif child.tag in HEADINGS:
                    self._heading(child)
                elif child.tag == "table":
                    parent[position] = self._table(child)

    def _link(self, element: etree.Element) -> None:
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

    def _image(self, element: etree.Element) -> None:
        src, alt = _address(element.get("src", "")), element.get("alt", "").strip()
        title = element.get("title")
        element.attrib.clear()
        line = self._renderer.line(src)
        if not alt:
            self._renderer.report.error(
                line,
                f"image {src[:60]!r} has no description; say what it shows: ![a drawing of …]({src[:60]})",
            )
        try:
            element.set("src", self._renderer.links.image(src).url)
        except DeadLink as dead:
            self._renderer.report.error(line, f"image {src[:60]!r}: {dead}")
            return
        element.set("alt", alt)
        element.set("loading", "lazy")
        if title:
            element.set("title", title)

    def _heading(self, element: etree.Element) -> None:
        if element.tag in {"h1", "h2"}:
            element.tag = "h3"  # the page's own; the checker has said so
        last = element[-1] if len(element) else None
        text = (element.text if last is None else last.tail) or ""
        if match := BRACES.search(text):
            rest = text[: match.start()]
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
        label = self._renderer.label
        count = self._renderer.labels[label] = self._renderer.labels.get(label, 0) + 1
        box = etree.Element("div", {"class": "table", "role": "region", "tabindex": "0"})
        box.set("aria-label", label if count == 1 else f"{label} ({count})")
        box.append(table)
        box.tail, table.tail = table.tail, None
        return box


def _address(value: str) -> str:
    """An address as its author wrote it; the library hides mail addresses behind character references."""
    return html.unescape(value.replace(AMP_SUBSTITUTE, "&"))
