"""Text in which nothing is marked: the rules for inside a line take their time, and need not look at it."""

import re
import xml.etree.ElementTree as etree  # noqa: N813 - the tree that the Markdown library uses

from markdown.treeprocessors import Treeprocessor
from markdown.util import STX, AtomicString

# A sign of each rule that the renderer has: code, formulas, places, escapes, links and pictures, addresses,
# emphasis, line breaks.
MARKED = re.compile(rf"[`${STX}\\\[<@*_]|  \n|://|www\.", re.IGNORECASE)


class PlainText(Treeprocessor):
    """Tells the library, in its own way, which texts of the tree it may leave as they are."""

    def run(self, root: etree.Element) -> None:
        """Changes the tree in place."""
        for element in root.iter():
            if element.text and not MARKED.search(element.text):
                element.text = AtomicString(element.text)
            if element.tail and not MARKED.search(element.tail):
                element.tail = AtomicString(element.tail)
