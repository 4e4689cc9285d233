"""The guide as a tagged PDF (PDF/UA-1) with contents and bookmarks, set by typst from the page's elements."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from near_learn.guide.edition import Guide
from near_learn.guide.page import html, title
from near_learn.guide.tree import Element, parse
from near_learn.later import Later

if TYPE_CHECKING:
    import typst
else:
    typst = Later("typst")

TEMPLATE = Path(__file__).with_name("guide.typ")


def pdf(guide: Guide, made: datetime, root: Path, contents: str) -> bytes:
    """The document. Pictures are read from ROOT, which their addresses begin at; CONTENTS heads the list."""
    tree = parse(html(guide, made))
    body = next(element for element in tree.elements() if element.tag == "body")
    parts = {child.tag: child for child in body.children if isinstance(child, Element)}
    found = {
        "title": title(guide),
        "language": guide.language,
        "contents": contents,
        "cover": _children(parts["header"]),
        "body": _children(parts["main"]),
        "places": [e.attributes["id"] for e in parts["main"].elements() if "id" in e.attributes],
    }
    compiler = typst.Compiler(TEMPLATE.read_bytes(), root=str(root))
    made_of = {"guide": json.dumps(found, ensure_ascii=False)}
    written = compiler.compile(
        format="pdf", sys_inputs=made_of, timestamp=int(made.timestamp()), pdf_standards="ua-1"
    )
    assert isinstance(written, bytes)  # noqa: S101 (one document, no output file)
    return written


def _children(element: Element) -> list[Any]:
    # A line break in the HTML is no space on paper: between two blocks it would be a paragraph of its own.
    return [
        child if isinstance(child, str) else _node(child)
        for child in element.children
        if not (isinstance(child, str) and "\n" in child and not child.strip())
    ]


def _node(element: Element) -> dict[str, Any]:
    node: dict[str, Any] = {
        "tag": element.tag,
        "classes": element.classes,
        "attributes": element.attributes,
        "children": _children(element),
    }
    if element.tag in {"pre", "code", "math"}:
        node["text"] = element.text
    if element.tag == "table":
        node["rows"] = [
            [_children(cell) for cell in row.children if isinstance(cell, Element)]
            for row in element.elements()
            if row.tag == "tr"
        ]
    return node
