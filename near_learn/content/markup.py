"""Markdown to HTML, with the links resolved and everything else that a course text may not do left out."""

import html
import re
import xml.etree.ElementTree as etree  # noqa: N813 - builds the tree that the Markdown library uses
from collections.abc import Callable

import markdown

from near_learn.content import formula, inline, pictures, plain_text
from near_learn.content.definitions import Definitions
from near_learn.content.draft import Prose
from near_learn.content.finishing import Finishing
from near_learn.content.footnotes import Footnotes
from near_learn.content.links import Links
from near_learn.content.problem import Report
from near_learn.content.sanitising import Sanitiser

# admonition: the boxes. sane_lists: a numbered list may begin at 3, and bullets don't join it.
# saneheaders: "#7" is text. magiclink: a bare https:// address in the sources becomes a link.
EXTENSIONS = [
    "admonition",
    "def_list",
    "sane_lists",
    "tables",
    "fenced_code",
    "pymdownx.details",
    "pymdownx.saneheaders",
    "pymdownx.magiclink",
]
SETTINGS = {"tables": {"use_align_attribute": True}}

TAG = re.compile(r"<[^>]*>")
FORMULA = re.compile(r'<math [^>]*alttext="([^"]*)"[^>]*>.*?</math>', re.DOTALL)
# The place of something that is put in after the sanitiser, because it is known to be harmless or was cleaned
# already. No author can write it: Markdown as courses know it has no classes.
INSERT = re.compile(r'<code class="insert-(\d+)"></code>')


class Renderer:
    """Renders the files of one module, each with its own report.

    Made anew for each module that is loaded, and not to be shared between threads: the libraries keep state.
    """

    def __init__(self, links: Links) -> None:
        self.links = links
        self.blocks: list[str] = []  # the formulas between $$ in the piece
        self.in_transcript = False
        self._piece = Prose()
        self._searched: dict[str, int] = {}
        self._inserts: list[Callable[[], str]] = []
        self._sizes: dict[str, tuple[int, ...]] = {}
        self._sanitiser = Sanitiser()
        self.library = markdown.Markdown(extensions=EXTENSIONS, extension_configs=SETTINGS)
        self._restrict()
        self.open(Report(""))
        self.begin("", "")

    def _restrict(self) -> None:
        """Takes out what courses don't use. Without the two HTML rules a < stays a <, whatever follows it."""
        self.library.preprocessors.deregister("html_block")
        for name in ("html", "entity", "reference", "image_reference", "short_reference", "short_image_ref"):
            self.library.inlinePatterns.deregister(name)
        for name in ("reference", "setextheader"):
            self.library.parser.blockprocessors.deregister(name)
        inline.register(self)
        plain_text.register(self.library)
        # After "unescape" (0), when addresses are as they will stand in the page.
        self.library.treeprocessors.register(Finishing(self), "finishing", -10)

    def open(self, report: Report, language: str = "en", definitions: Definitions | None = None) -> None:
        """From here on, the pieces belong to this file."""
        self.report, self.language = report, language
        self.definitions = definitions or Definitions()
        self.footnotes = Footnotes(self, self.definitions, language)
        self.formulas = self.recordings = 0
        short = sorted(self.definitions.abbreviations, key=len, reverse=True)
        self.abbreviations = (
            re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, short))})(?!\w)") if short else None
        )

    def begin(self, section: str, title: str) -> None:
        """From here on, the pieces belong to this section."""
        self.section = section  # its id
        self.label = title  # the last heading, names the tables under it
        self.labels: dict[str, int] = {}
        self.explained: set[str] = set()  # the abbreviations that need no explanation any more
        self._explained = self.explained

    def end(self) -> str:
        """The footnotes of the section, which is done; empty when it has none."""
        return self.footnotes.list()

    def block(self, piece: Prose, *, notes: bool = False) -> str:
        """HTML for paragraphs, lists, boxes and so on; empty for an empty piece.

        With `notes`, it is text of a section: footnotes may stand in it, abbreviations are explained once.
        """
        if words := self._words(piece):
            return f"<p>{words}</p>"
        if piece.blank:
            return ""
        self.footnotes.allowed = notes
        self.explained = self._explained if notes else set()
        return self._render(piece, self.library.convert)

    def inline(self, piece: Prose) -> str:
        """HTML for a text inside a line: no paragraph around it, and no lists or headings in it."""
        if words := self._words(piece):
            return words
        self.footnotes.allowed, self.explained = False, set()
        return self._render(piece, self._convert_inline)

    def apart(self, piece: Prose) -> str:
        """HTML for a transcript, which is a text of its own."""
        self.in_transcript = True
        rendered = self.block(piece)
        self.in_transcript = False
        return rendered

    def _words(self, piece: Prose) -> str:
        """The text of a piece that needs no rendering; empty for any other."""
        words = piece.words
        if "$" in words or (words and self.abbreviations and self.abbreviations.search(words)):
            return ""
        return words

    def _render(self, piece: Prose, convert: Callable[[str], str]) -> str:
        self._piece, self._searched, self.blocks = piece, {}, []
        inserts: list[Callable[[], str]] = []
        self._inserts = inserts
        self.library.reset()
        try:
            made = convert(piece.text)
        except RecursionError:
            self.report.error(piece.line, "the text is nested too deeply; make it simpler")
            return ""
        clean = self._sanitiser.clean(made).strip()
        places = dict(enumerate(inserts))
        return INSERT.sub(lambda match: places.get(int(match[1]), str)(), clean) if inserts else clean

    def _convert_inline(self, text: str) -> str:
        """What Markdown.convert does, without the step that makes blocks."""
        root = etree.Element("div")
        etree.SubElement(root, "p").text = " ".join(text.split())
        for processor in self.library.treeprocessors:
            replaced = processor.run(root)
            root = root if replaced is None else replaced
        result = self.library.serializer(root)
        for post in self.library.postprocessors:
            result = post.run(result)
        return result.strip().removeprefix("<div>").removesuffix("</div>").strip()[len("<p>") : -len("</p>")]

    def formula(self, latex: str, needle: str, *, block: bool) -> etree.Element:
        """The place of a formula. One that is malformed is in the report, at the line where `needle` is."""
        self.formulas += 1
        made = ""
        try:
            if self.formulas > formula.MOST:
                raise formula.Malformed(f"a text has at most {formula.MOST}; leave some out")
            made = formula.mathml(latex, block=block)
        except formula.Malformed as malformed:
            shown = " ".join(latex.split())[:60]
            self.report.error(self.line(needle), f"formula ${shown}$: {malformed}")
        place = self.later(lambda: made)
        if block:
            place.set("class", f"block {place.get('class')}")
        return place

    def later(self, make: Callable[[], str]) -> etree.Element:
        """The place of something that is made, and put in, when everything around it is clean."""
        self._inserts.append(make)
        return etree.Element("code", {"class": f"insert-{len(self._inserts) - 1}"})

    def size(self, name: str) -> tuple[int, ...]:
        """Width and height of a picture in the media folder; empty when its file does not tell."""
        if name not in self._sizes:
            self._sizes[name] = pictures.size(self.links.media[name])
        return self._sizes[name]

    def line(self, needle: str) -> int:
        """The line of the piece where this text stands; on repeated calls the next such line."""
        text = self._piece.text
        place = text.find(needle, self._searched.get(needle, 0)) if needle else -1
        if place < 0:
            return self._piece.line
        self._searched[needle] = place + len(needle)
        return self._piece.lines[text.count("\n", 0, place)].number


def plain(rendered: str) -> str:
    """The text of sanitised HTML, without tags; a formula as it was written."""
    if "<" in rendered or "&" in rendered:
        rendered = html.unescape(TAG.sub("", FORMULA.sub(r"\1", rendered)))
    return " ".join(rendered.split())
