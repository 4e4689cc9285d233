"""The front matter of a file: the YAML between the two --- lines, as a tree that knows its line numbers.

Read from YAML's events instead of with a loader. A loader has lost the line numbers that the messages need,
reads `no` (Norwegian) as false and 01 as 1, keeps the last of two equal keys, and expands aliases: a kilobyte
of them can stand for gigabytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import yaml

from near_learn.content.problem import Report
from near_learn.content.source import Line

FENCE = "---"
LARGEST = 32 * 1024
DEEPEST = 6

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Scalar:
    """A single value, as it was written."""

    line: int
    text: str
    quoted: bool


@dataclass(frozen=True)
class Items:
    """A list."""

    line: int
    values: "list[Node]" = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """Keys with values, and the line of each key."""

    line: int
    values: "dict[str, Node]" = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Items | Table


class Refused(Exception):
    """YAML that course files don't need: the line, and what to write instead."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def split(lines: Sequence[Line], report: Report) -> tuple[Table | None, Sequence[Line]]:
    """The front matter and the lines after it; None when there is none that can be used."""
    if not lines or lines[0].text.rstrip() != FENCE:
        report.error(1, "the file has no front matter; begin it with a line --- and the id, title and so on")
        return None, lines
    for index, line in enumerate(lines[1:], 1):
        if line.text.rstrip() == FENCE:
            return parse(lines[1:index], report), lines[index + 1 :]
    report.error(1, "the front matter has no end; put a line --- after its last entry")
    return None, ()


def parse(lines: Sequence[Line], report: Report) -> Table | None:
    """The tree of YAML lines, or None with the reason in the report."""
    text = "\n".join(line.text for line in lines)
    first = lines[0].number if lines else 2
    if len(text) > LARGEST:
        report.error(first, f"the front matter is larger than {LARGEST // 1024} KB; shorten it")
        return None
    try:
        tree = _document(_Events(text, first))
    except Refused as refused:
        report.error(refused.line, refused.message)
        return None
    except yaml.MarkedYAMLError as error:
        # Where the text that cannot be read begins, if the library says so; else where it stumbled.
        mark = error.context_mark if "scanning" in (error.context or "") else error.problem_mark
        place = mark.line if mark else 0
        text_there = lines[place].text if place < len(lines) else ""
        report.error(first + place, _explain(error, text_there))
        return None
    except yaml.YAMLError:
        report.error(first, "the front matter is not YAML; write one `key: value` a line")
        return None
    if not isinstance(tree, Table):
        report.error(first, "the front matter is empty or no list of entries; write one `key: value` a line")
        return None
    return tree


class _Events:
    """YAML's events with the line of each in the file."""

    def __init__(self, text: str, first: int) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=Loader)
        self._first = first

    def next(self) -> tuple[yaml.Event, int]:
        """The next event; raises Refused for anchors, aliases and tags."""
        event = next(self._events)
        line = self._first + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Refused(line, "& and * have a special meaning in YAML; put the text in double quotes")
        if getattr(event, "tag", None):
            raise Refused(line, "! has a special meaning in YAML; put the text in double quotes")
        return event, line


def _document(events: _Events) -> Node | None:
    events.next()  # the stream starts
    event, _ = events.next()
    if isinstance(event, yaml.StreamEndEvent):
        return None
    event, line = events.next()
    return _node(event, line, events, 1)


def _node(event: yaml.Event, line: int, events: _Events, depth: int) -> Node:
    if depth > DEEPEST:
        raise Refused(line, "the front matter is nested too deeply; use plain `key: value` lines")
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(line, event.value.strip(), event.style in {"'", '"'})
    if isinstance(event, yaml.SequenceStartEvent):
        return _items(line, events, depth)
    return _table(line, events, depth)


def _items(line: int, events: _Events, depth: int) -> Items:
    items = Items(line)
    while True:
        event, at = events.next()
        if isinstance(event, yaml.SequenceEndEvent):
            return items
        items.values.append(_node(event, at, events, depth + 1))


def _table(line: int, events: _Events, depth: int) -> Table:
    table = Table(line)
    while True:
        event, at = events.next()
        if isinstance(event, yaml.MappingEndEvent):
            return table
        if not isinstance(event, yaml.ScalarEvent):
            raise Refused(at, "the name of an entry must be a single word before the colon")
        if event.value in table.values:
            raise Refused(at, f"{event.value} is written twice; keep one of the two")
        table.key_lines[event.value] = at
        value, value_line = events.next()
        table.values[event.value] = _node(value, value_line, events, depth + 1)


def _explain(error: yaml.MarkedYAMLError, line: str) -> str:
    """What a trainer can do about a message of the YAML library."""
    problem = f"{error.context or ''} {error.problem or ''}"
    if "mapping values are not allowed" in problem and line.startswith(" "):
        return "the line begins with spaces, so it belongs to the entry above; take them out if it does not"
    for sign, advice in ADVICE:
        if sign in problem:
            return advice
    return "the front matter is not YAML here; check colons, quotation marks and indentation"


ADVICE = (
    (
        "mapping values are not allowed",
        "there is a colon inside the text; put the whole text after the first colon in double quotes",
    ),
    ("quoted scalar", "a quotation mark is opened here and not closed; add the closing one"),
    ("simple key", "a colon is missing here; write `key: value`"),
    (
        "block mapping",
        "the lines are not aligned; start each entry at the same column, and quote texts that need it",
    ),
    ("block collection", "the lines are not aligned; start each hyphen at the same column"),
    ("flow", "a bracket is opened and not closed, or a comma is missing; write each entry on its own line"),
    ("cannot start any token", "a text may not begin with this character; put the text in double quotes"),
)
