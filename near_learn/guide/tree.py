"""Sanitised HTML as a tree, so that it can be changed and set as a page or on paper."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "track"})


@dataclass
class Element:
    """A tag with its attributes and what stands in it: texts and further elements."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The names in its class attribute."""
        return self.attributes.get("class", "").split()

    def elements(self) -> Iterator[Element]:
        """This element and every one in it, in the order of the text."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.elements()

    @property
    def text(self) -> str:
        """The words in it, without any tag."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def __str__(self) -> str:
        inner = "".join(
            html.escape(child, quote=False) if isinstance(child, str) else str(child)
            for child in self.children
        )
        if not self.tag:
            return inner
        attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in self.attributes.items())
        return f"<{self.tag}{attributes}>" + ("" if self.tag in VOID else f"{inner}</{self.tag}>")


def parse(markup: str) -> Element:
    """The tree of a piece of HTML, under an element without a tag."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.open[0]


class _Reader(HTMLParser):
    """Builds the tree. The HTML is our own and sanitised: every tag that opens is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
