"""What a file defines once and uses anywhere: its footnotes and its abbreviations, taken out of its lines."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from near_learn.content.problem import Report
from near_learn.content.source import Line

MOST = 100  # of each, in one file
LONGEST_NOTE = 2_000
LONGEST_ABBREVIATION = 40
LONGEST_MEANING = 200

FENCE = re.compile(r" *(`{3,}|~{3,})")
NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*(.*)\Z")
ABBREVIATION = re.compile(r" {0,3}\*\[([^\]]*)\]:[ \t]*(.*)\Z")
SHORT = re.compile(r"[^\W_](?:[^\n<>\[\]*`\\$]*[^\W_])?\.?\Z")
# These begin something else, so that a footnote above them ends without an empty line.
BEGINS = re.compile(r"#{1,6} |[-*+] |\d{1,9}[.)] |>|\||!!!|\?{3}|\$\$|:|-{3,}\Z")
# Of a block of code, a footnote and an abbreviation: most lines begin with none.
BEGINNINGS = (" ", "`", "~", "[", "*")
MARKED = re.compile(r"[<>*_`\[\]\\]")


@dataclass(frozen=True)
class Definitions:
    """The footnotes by label, and what the abbreviations stand for."""

    notes: Mapping[str, list[Line]] = field(default_factory=lambda: MappingProxyType({}))
    abbreviations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def take(lines: Iterable[Line], report: Report) -> tuple[list[Line], Definitions]:
    """The lines with empty ones in place of the definitions, and these. Mistakes are in the report."""
    reader = _Reader(report)
    rest = [reader.read(line) for line in lines]
    reader.check()
    return rest, Definitions(MappingProxyType(reader.notes), MappingProxyType(reader.abbreviations))


class _Reader:
    """Goes over the lines: in a block of code, in a footnote, or elsewhere."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.notes: dict[str, list[Line]] = {}
        self.abbreviations: dict[str, str] = {}
        self.note: list[Line] | None = None
        self.fence = ""

    def read(self, line: Line) -> Line:
        """The line, or an empty one with its number when it belongs to a definition."""
        if self.note is None and not self.fence and not line.text.startswith(BEGINNINGS):
            return line
        empty = Line(line.number, "")
        if self.fenced(line.text):
            return line
        if match := NOTE.match(line.text):
            self.begin_note(line.number, match[1], match[2])
            return empty
        if match := ABBREVIATION.match(line.text):
            self.note = None
            self.abbreviation(line.number, match[1].strip(), " ".join(match[2].split()))
            return empty
        if self.note is not None and line.text.startswith("    "):
            self.note.append(Line(line.number, line.text[4:]))
            return empty
        if (
            self.note is not None
            and line.text.strip()
            and (not self.note[-1].text.strip() or BEGINS.match(line.text))
        ):
            self.note = None  # after an empty line, only what is indented goes on
        elif self.note is not None:
            self.note.append(line)
            return empty
        return line

    def fenced(self, text: str) -> bool:
        """Whether the line belongs to a block of code at the margin, where nothing has a meaning."""
        mark = FENCE.match(text)
        if self.fence:
            if mark and mark[1].startswith(self.fence):
                self.fence = ""
            return True
        if mark and (self.note is None or not text.startswith("    ")):
            self.note, self.fence = None, mark[1]
        return bool(mark)

    def begin_note(self, number: int, label: str, text: str) -> None:
        """A line [^label]: text."""
        self.note = [Line(number, text)]
        if label in self.notes:
            self.report.error(
                number,
                f"the footnote [^{label}] is also in line {self.notes[label][0].number}; change one",
            )
        else:
            self.notes[label] = self.note

    def abbreviation(self, number: int, short: str, meaning: str) -> None:
        """A line *[SHORT]: meaning."""
        if not SHORT.match(short) or len(short) > LONGEST_ABBREVIATION:
            self.report.error(number, "the abbreviation is malformed; write `*[EU]: European Union`")
        elif not meaning or len(meaning) > LONGEST_MEANING:
            self.report.error(
                number, f"say after *[{short}]: what it stands for, in at most {LONGEST_MEANING} characters"
            )
        elif MARKED.search(meaning):
            self.report.error(number, "what an abbreviation stands for is plain text, without signs or links")
        elif short in self.abbreviations:
            self.report.error(number, f"the abbreviation {short} is explained twice; keep one")
        else:
            self.abbreviations[short] = meaning

    def check(self) -> None:
        """Looks at all of them, at the end of the file."""
        for noun, found in (("footnotes", self.notes), ("abbreviations", self.abbreviations)):
            if len(found) > MOST:
                self.report.error(1, f"the file has more than {MOST} {noun}; leave some out")
        for label, note in self.notes.items():
            number = note[0].number
            if not any(line.text.strip() for line in note):
                self.report.error(number, f"the footnote [^{label}] is empty; write its text after the colon")
            elif sum(len(line.text) for line in note) > LONGEST_NOTE:
                self.report.error(
                    number, f"the footnote has more than {LONGEST_NOTE} characters; put it into the text"
                )
