"""Writing front matter: a value as YAML, and one more item in a list with every other byte left as it was."""

import json
import re

import yaml
from yaml.reader import Reader

from near_learn.content import frontmatter
from near_learn.content.frontmatter import Items, Scalar, Table
from near_learn.content.problem import Report
from near_learn.content.source import Line, forbidden

# Begins with a letter and holds nothing that means something in YAML.
PLAIN = re.compile(r"[^\W\d_][\w ,.'’()/?!–—-]*(?<! )\Z")
FENCED = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)


class CannotWrite(Exception):
    """A file that cannot be written or changed; the text says why, and what to do."""


def value(text: str) -> str:
    """A text as the value of an entry: in double quotes where YAML needs them.

    White space, line breaks too, becomes one space. Raises CannotWrite for signs that no file may hold.
    """
    words = " ".join(text.split())
    if forbidden(words) or Reader.NON_PRINTABLE.search(words):
        raise CannotWrite("there is an invisible character in the text; type it anew")
    return words if PLAIN.match(words) else json.dumps(words, ensure_ascii=False)


def read(text: str) -> Table:
    """The front matter of a file as a tree; raises CannotWrite when it is broken."""
    report = Report("")
    lines = [
        Line(number, line) for number, line in enumerate(re.split(r"\r\n|\r|\n", text.lstrip("\ufeff")), 1)
    ]
    table, _ = frontmatter.split(lines, report)
    if table is None:
        problem = report.problems[0]
        raise CannotWrite(f"line {problem.line}: {problem.message}")
    return table


def items(text: str, entry: str) -> list[str]:
    """The items of a list in the front matter; empty when there is no such entry."""
    node = read(text).values.get(entry)
    if node is None or (isinstance(node, Scalar) and not node.text):
        return []
    if not isinstance(node, Items):
        raise CannotWrite(f"the entry {entry} is not a list; write each item on its own line after a hyphen")
    return [item.text for item in node.values if isinstance(item, Scalar)]


def with_item(text: str, entry: str, item: str) -> str:
    """The file's text with one more item at the end of a list in its front matter.

    The entry is begun where there is none yet. Comments, order, quotation marks and line endings stay as they
    were. Raises CannotWrite when the front matter is broken or too unusual to be changed safely.
    """
    before = items(text, entry)
    fenced = FENCED.match(text)
    if fenced is None:
        raise CannotWrite("the front matter has no end; put a line --- after its last entry")
    newline = "\r\n" if "\r\n" in fenced[0] else "\n"
    place, addition = _place(fenced[1], entry, item, newline)
    at = fenced.start(1) + place
    changed = text[:at] + addition + text[at:]
    if items(changed, entry) != [*before, item]:
        raise CannotWrite(f"the list {entry} is written in an unusual way; add {item} to it by hand")
    return changed


def _place(matter: str, entry: str, item: str, newline: str) -> tuple[int, str]:
    """Where in the front matter the item goes, and what has to be written there."""
    root = yaml.compose(matter, Loader=yaml.SafeLoader)
    found = (
        [node for key, node in root.value if key.value == entry] if isinstance(root, yaml.MappingNode) else []
    )
    if not found:
        return len(matter), f"{entry}:{newline}  - {item}{newline}"
    node = found[0]
    if not isinstance(node, yaml.SequenceNode):  # the entry is there without a value
        end = _end_of_line(matter, node.start_mark.index)
        return end, f"{newline}  - {item}"
    if node.flow_style:
        last = node.value[-1].end_mark.index if node.value else node.start_mark.index + 1
        return last, f", {item}" if node.value else item
    last = node.value[-1]
    return _end_of_line(matter, last.end_mark.index), f"{newline}{' ' * node.start_mark.column}- {item}"


def _end_of_line(text: str, place: int) -> int:
    end = text.find("\n", place)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end
