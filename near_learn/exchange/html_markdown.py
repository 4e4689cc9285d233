"""HTML as it stands in question banks to the Markdown of course files; what cannot be kept is noted."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import markdown
import nh3

from near_learn.content.markdown_writer import escaped_inline, escaped_start
from near_learn.exchange.bank import GAP, Text

Say = Callable[[str], None]

INLINE = {"a", "b", "code", "em", "i", "img", "strong", "sub", "sup", "br", "span", "tt", "u", "s", "del"}
BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "dl",
    "dt",
}
BLOCKS |= {
    "dd",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "header",
    "footer",
    "caption",
}
LOST = {
    "img": "a picture",
    "audio": "a recording",
    "video": "a film",
    "iframe": "an embedded page",
    "object": "an embedded object",
    "embed": "an embedded object",
    "svg": "a drawing",
    "math": "a formula in MathML",
    "script": "a script",
    "form": "a form",
    "input": "a field of a form",
}
DEEPEST = 20
# No question needs more, and some of what follows takes time with the square of these.
LONGEST = 50_000
MOST_TAGS = 1_000
ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s()<>\\]+\Z")
FORMULA = re.compile(r"\\\((.{1,500}?)\\\)|\\\[(.{1,500}?)\\\]|\$\$(.{1,500}?)\$\$", re.DOTALL)
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202d\u202e\ufffe\uffff]")


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[_Element | str]" = field(default_factory=list)


def blocks(text: Text, say: Say, *, lists: bool = True) -> list[str]:
    """The Markdown of a text, a block at a time: paragraphs, lists, tables.

    Without `lists`, the items of lists become paragraphs: for questions in which a list means the answers.
    """
    if not text.text.strip():
        return []
    return [block for block in _Writer(say, lists).blocks(_tree(_html(text), say)) if block.strip()]


def line(text: Text, say: Say) -> str:
    """The Markdown of a text on a single line: for titles and answers."""
    writer = _Writer(say, lists=False, alone=False)
    return " ".join(" ".join(writer.blocks(_tree(_html(text), say))).split())


def plain(text: Text) -> str:
    """The words alone."""
    root = _tree(_html(text), lambda _: None)
    return " ".join("".join(_words(root)).split())


def _html(text: Text) -> str:
    """The text as HTML. Raises ValueError when it is larger than any question."""
    if len(text.text) > LONGEST:
        raise ValueError(f"a text of it has more than {LONGEST} characters")
    if text.text.count("<") > MOST_TAGS or (text.format == "markdown" and text.text.count("[") > MOST_TAGS):
        raise ValueError(f"a text of it has more than {MOST_TAGS} tags or brackets")
    words = INVISIBLE.sub("", text.text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.format in {"plain", "plain_text"}:
        words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return words.replace("\n", "<br>")
    if text.format == "markdown":
        return markdown.markdown(words, extensions=["tables", "fenced_code", "sane_lists"])
    if text.format != "html":
        return words.strip().replace("\n", "<br>")
    return words


def _tree(html: str, say: Say) -> _Element:
    """The elements of sanitised HTML."""
    for tag, what in LOST.items():
        for found in re.findall(rf"<{tag}\b[^>]*>", html, re.IGNORECASE):
            source = re.search(r"(?:src|data)\s*=\s*[\"']?([^\"'\s>]+)", found)
            name = f" ({source[1].rsplit('/', 1)[-1][:60]})" if source and ":" not in source[1][:6] else ""
            say(f"{what}{name} is not taken over; put it into the module's media folder and into the text")
    clean = nh3.clean(
        html,
        tags=INLINE | BLOCKS,
        attributes={"a": {"href"}, "img": {"alt"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.root


def _words(element: _Element) -> Iterator[str]:
    for child in element.children:
        yield from [child] if isinstance(child, str) else _words(child)
    if element.tag in BLOCKS or element.tag == "br":
        yield " "


class _Reader(HTMLParser):
    """Makes a tree of clean HTML; what is nested too deeply joins the level above."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("div")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A new element."""
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in {"br", "hr", "img"}:
            self.open.append(element if len(self.open) < DEEPEST else self.open[-1])

    def handle_endtag(self, tag: str) -> None:
        """The end of one; the sanitiser has closed every element in order."""
        if tag not in {"br", "hr", "img"} and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        """Words."""
        self.open[-1].children.append(data)


class _Writer:
    """Writes the Markdown of a tree."""

    def __init__(self, say: Say, lists: bool, alone: bool = True) -> None:
        self.say = say
        self.lists = lists
        self.alone = alone  # whether the blocks begin lines of their own

    def blocks(self, element: _Element) -> list[str]:
        """The blocks in an element; words between them are paragraphs."""
        found: list[str] = []
        run: list[str] = []

        def end() -> None:
            for paragraph in "".join(run).split("\n"):
                if words := " ".join(paragraph.split()):
                    found.append(escaped_start(words, alone=self.alone))
            run.clear()

        for child in element.children:
            if isinstance(child, str):
                run.append(self.words(child))
            elif child.tag not in BLOCKS:
                run.append(self.inline(child))
            else:
                end()
                found += self.block(child)
        end()
        return found

    def block(self, element: _Element) -> list[str]:
        """One block element."""
        tag = element.tag
        if tag in {"ul", "ol"}:
            return self.listed(element) if self.lists else self.items(element)
        if tag == "blockquote":
            inner = "\n\n".join(self.blocks(element))
            return ["\n".join(f"> {line}".rstrip() for line in inner.split("\n"))] if self.lists else [inner]
        if tag == "pre":
            code = "".join(_words(element)).strip("\n")
            return (
                [f"```\n{code.replace('```', '` ` `')}\n```"]
                if self.lists
                else [escaped_start(self.words(code))]
            )
        if tag == "table":
            return self.table(element)
        if (tag[0] == "h" and tag[1:].isdigit()) or tag in {"dt", "caption"}:
            words = " ".join(self.text(element).split())
            return [f"**{words}**"] if words else []
        return self.blocks(element)

    def items(self, element: _Element) -> list[str]:
        """The items of a list as paragraphs."""
        return [
            f"• {' '.join(' '.join(self.blocks(item)).split())}"
            for item in element.children
            if isinstance(item, _Element)
        ]

    def listed(self, element: _Element) -> list[str]:
        """A list; what belongs to an item is indented by four spaces."""
        lines = []
        items = [item for item in element.children if isinstance(item, _Element)]
        for number, item in enumerate(items, 1):
            inner = self.blocks(item) or [""]
            mark = f"{number}. " if element.tag == "ol" else "- "
            rest = ["\n".join(f"    {line}".rstrip() for line in block.split("\n")) for block in inner[1:]]
            lines.append("\n\n".join([mark + inner[0], *rest]))
        loose = any("\n" in each for each in lines)
        return [("\n\n" if loose else "\n").join(lines)] if lines else []

    def table(self, element: _Element) -> list[str]:
        """A table with its first row as titles."""
        rows = [[self.cell(cell) for cell in row] for row in _rows(element)]
        rows = [row for row in rows if row]
        if not rows:
            return []
        width = max(len(row) for row in rows)
        if not self.lists or width < 2:
            return [" – ".join(row) for row in rows]
        full = [row + [""] * (width - len(row)) for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in full]
        return ["\n".join([lines[0], "|" + "---|" * width, *lines[1:]])]

    def cell(self, element: _Element) -> str:
        """The words of a cell."""
        return " ".join(self.text(element).split()).replace("|", "\\|")

    def text(self, element: _Element) -> str:
        """Everything in an element as if it were in one line."""
        parts = []
        for child in element.children:
            if isinstance(child, str):
                parts.append(self.words(child))
            else:
                inner = self.inline(child) if child.tag not in BLOCKS else f" {self.text(child)} "
                parts.append(inner.replace("\n", " "))
        return "".join(parts)

    def inline(self, element: _Element) -> str:
        """One inline element; a line break in it divides paragraphs."""
        tag, inner = element.tag, self.text(element)
        if tag == "br":
            return "\n"
        if tag in {"b", "strong"}:
            return _around("**", inner)
        if tag in {"i", "em"}:
            return _around("*", inner)
        if tag in {"code", "tt"}:
            words = " ".join("".join(_words(element)).split())
            return f"`{words}`" if words and "`" not in words else inner
        if tag == "a":
            return self.link(element.attributes.get("href", ""), inner)
        if tag == "img":
            return self.words(element.attributes.get("alt", ""))
        if tag in {"sup", "sub"}:
            words = "".join(_words(element)).strip()
            moved = words.translate(RAISED if tag == "sup" else LOWERED)
            if all(one != other for one, other in zip(words, moved, strict=True)):
                return moved
            if words:
                self.say(f"“{words[:40]}” was raised or lowered a little and now stands on the line")
        return inner

    def link(self, address: str, inner: str) -> str:
        """A link; one that leads into the other system keeps its words only."""
        words = inner.strip()
        if words and ADDRESS.match(address):
            return f"[{words}]({address})"
        if address:
            self.say(f"a link to {address[:60]!r} is not taken over, its words are")
        return inner

    def words(self, text: str) -> str:
        """Words with every sign escaped that means something; formulas as courses write them."""
        parts, place = [], 0
        for match in FORMULA.finditer(text):
            parts.append(escaped_inline(text[place : match.start()]))
            latex = " ".join(next(group for group in match.groups() if group is not None).split())
            parts.append(f"${latex}$" if "$" not in latex else escaped_inline(match[0]))
            place = match.end()
        parts.append(escaped_inline(text[place:]))
        return " ".join(re.split(r"[ \t\n]+", "".join(parts)))


def _rows(element: _Element) -> "Iterator[list[_Element]]":
    """The rows of a table, in its head and body alike."""
    for child in element.children:
        if isinstance(child, _Element):
            if child.tag == "tr":
                yield [cell for cell in child.children if isinstance(cell, _Element)]
            else:
                yield from _rows(child)


def _around(sign: str, inner: str) -> str:
    """The words between two signs, with the spaces outside."""
    words = inner.strip()
    if not words or GAP in words:
        return inner
    before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    return f"{before}{sign}{words}{sign}{after}"
