"""XML as a tree of elements that know their lines: no entities, no document types, nothing from elsewhere."""

import xml.sax
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import quoteattr

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from near_learn.exchange.bank import MOST_BYTES, Unreadable

DEEPEST = 30


@dataclass
class Element:
    """An element: its own words and the elements in it."""

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element]" = field(default_factory=list)
    text: str = ""

    def all(self, tag: str) -> "Iterator[Element]":
        """The children with this tag."""
        return (child for child in self.children if child.tag == tag)

    def below(self, tag: str) -> "Iterator[Element]":
        """The elements with this tag at any depth."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.below(tag)

    def words(self, *path: str) -> str:
        """The words at the end of a path of tags; empty when there is no such element."""
        found: Element | None = self
        for tag in path:
            found = next(found.all(tag), None) if found else None
        return found.text.strip() if found else ""


def read(data: bytes, root: str) -> Element:
    """The tree of a document whose outermost element has this tag. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(
            1, f"the file is larger than {MOST_BYTES // 1024 // 1024} MB; export fewer questions"
        )
    builder = _Builder()
    try:
        defusedxml.sax.parseString(data.lstrip(), builder, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable(
            builder.line, "the file declares a document type or entities, which question files do not need"
        ) from error
    except xml.sax.SAXParseException as error:
        raise Unreadable(error.getLineNumber() or 1, f"this is not XML: {error.getMessage()}") from error
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise Unreadable(1, "the file's encoding cannot be read; save it as UTF-8") from error
    if builder.root is None or builder.root.tag != root:
        tag = builder.root.tag if builder.root else "nothing"
        raise Unreadable(1, f"the file begins with <{tag[:40]}>; Moodle XML begins with <{root}>")
    return builder.root


class _Builder(xml.sax.ContentHandler):
    """Builds the tree."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Element | None = None
        self.open: list[Element] = []
        self.words: list[list[str]] = []
        self.markup = 0  # how many elements of HTML are open in the innermost of `open`
        self.locator: Any = None

    @property
    def line(self) -> int:
        """Where the parser is."""
        return (self.locator.getLineNumber() or 1) if self.locator else 1

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - the library's name
        """Is told by the parser where it is."""
        self.locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        """A new element. Raises Unreadable when it is nested too deeply."""
        if len(self.open) + self.markup >= DEEPEST:
            raise Unreadable(self.line, "elements are nested too deeply here")
        if self.open and self.open[-1].tag == "text":
            # Hand-made files have their HTML here without CDATA. It is part of the words.
            self.markup += 1
            words = "".join(f" {key}={quoteattr(value)}" for key, value in attrs.items())
            self.characters(f"<{name}{words}>")
            return
        element = Element(name, self.line, dict(attrs.items()))
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.words.append([])

    def endElement(self, name: str) -> None:  # noqa: N802
        """The end of one."""
        if self.markup:
            self.markup -= 1
            self.characters(f"</{name}>")
            return
        self.open.pop().text = "".join(self.words.pop())

    def characters(self, content: str) -> None:
        """Words."""
        if self.words:
            self.words[-1].append(content)
