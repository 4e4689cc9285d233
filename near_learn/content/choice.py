"""Choice questions: a list of options with [ ] or [x], feedback under each, an explanation after them."""

import re
from collections.abc import Sequence

from near_learn.content.draft import DraftOption, DraftQuestion, Heading, Prose
from near_learn.content.headings import split_id
from near_learn.content.problem import Report
from near_learn.content.source import Line

KIND = "choice"
MOST_OPTIONS = 20

OPTION = re.compile(r" {0,3}[-*+] +\[([ xX])\] +(\S.*)\Z")
# What people write who mean an option.
NEARLY = re.compile(r" {0,3}(?:[-*+]|\d+[.)])? *\[ *[xX✓✔]? *\](?!\()")
ITEM = re.compile(r"(?:[-*+]|\d+[.)]) +\S")
INDENTED = re.compile(r" {2,}\S")


def begins(line: str) -> bool:
    """Whether this line begins the answers of a choice question, well written or not."""
    return bool(NEARLY.match(line))


class _Reader:
    """Walks through the lines under a question's heading, one method a place it can be in."""

    def __init__(self, question: DraftQuestion, report: Report) -> None:
        self.question = question
        self.report = report
        self.tail = Prose()
        self.blank = False  # whether the line before was empty
        self.malformed = False  # whether an option could not be read, so that counting them says nothing
        self.read = self.stem

    def stem(self, line: Line) -> None:
        """Before the options."""
        if begins(line.text):
            self.read = self.options
            self.options(line)
        else:
            self.question.stem.lines.append(line)

    def options(self, line: Line) -> None:
        """Among the options and what is indented under them."""
        if not line.text.strip():
            return
        if begins(line.text):
            self.option(line)
        elif INDENTED.match(line.text):
            self.under_option(line)
        elif line.text.lstrip().startswith(">"):
            self.read = self.explanation
            self.explanation(line)
        elif ITEM.match(line.text):
            self.malformed = True
            self.report.error(
                line.number, "the option has no brackets; write `- [ ] …`, or `- [x] …` if right"
            )
        elif self.blank:
            self.read = self.after
            self.after(line)
        else:
            self.report.error(
                line.number,
                "this text stands between the options; indent it with two spaces if it belongs to the option "
                "above, or put an empty line before it",
            )

    def option(self, line: Line) -> None:
        """A line that begins an option."""
        match = OPTION.match(line.text)
        if not match:
            self.malformed = True
            self.report.error(
                line.number, "the option is malformed; write `- [ ] text`, or `- [x] text` if it is right"
            )
            return
        text, identifier = match[2], None
        if text.rstrip().endswith("}") and "{#" in text:
            text, identifier = split_id(text, line.number, self.report)
        prose = Prose([Line(line.number, text)])
        self.question.options.append(DraftOption(line.number, match[1] != " ", prose, identifier))

    def under_option(self, line: Line) -> None:
        """An indented line: feedback, or more of the option's text."""
        if not self.question.options:
            return  # the option above is malformed and in the report
        option = self.question.options[-1]
        text = line.text.strip()
        if text.startswith(">"):
            option.feedback.lines.append(Line(line.number, text[1:].removeprefix(" ")))
        elif option.feedback.lines:
            option.feedback.lines.append(Line(line.number, text))
        elif begins(text) or ITEM.match(text):
            self.report.error(
                line.number, "an option cannot hold a list; begin every option at the left margin"
            )
        else:
            option.text.lines.append(Line(line.number, text))

    def explanation(self, line: Line) -> None:
        """In the block quote after the options."""
        text = line.text.lstrip()
        if text.startswith(">"):
            self.question.explanation.lines.append(Line(line.number, text[1:].removeprefix(" ")))
        elif text and not self.blank and not begins(text):
            self.question.explanation.lines.append(Line(line.number, text))
        elif text:
            self.read = self.after
            self.after(line)

    def after(self, line: Line) -> None:
        """In the prose that goes on after the question."""
        if begins(line.text):
            self.report.error(
                line.number,
                "these options have no question; put a ### heading above them, or move them up to the others",
            )
        else:
            self.tail.lines.append(line)


def parse(heading: Heading, lines: Sequence[Line], report: Report) -> tuple[DraftQuestion, Prose]:
    """The question under a heading, and the prose that follows it. Mistakes are in the report."""
    question = DraftQuestion(heading, KIND, Prose())
    reader = _Reader(question, report)
    for line in lines:
        reader.read(line)
        reader.blank = not line.text.strip()
    if not reader.malformed:
        _check_count(question, report)
    _check_options(question, report)
    return question, reader.tail


def _check_count(question: DraftQuestion, report: Report) -> None:
    line, options = question.heading.line, question.options
    if len(options) < 2:
        report.error(line, "a question needs at least two options; add another line `- [ ] …`")
    if len(options) > MOST_OPTIONS:
        report.error(line, f"a question may have {MOST_OPTIONS} options; leave some out")
    if options and not any(option.correct for option in options):
        report.error(line, "no option is marked as right; put an x in its brackets: `- [x] …`")
    if len(options) > 1 and all(option.correct for option in options):
        report.warning(line, "every option is marked as right; is that meant?")


def _check_options(question: DraftQuestion, report: Report) -> None:
    texts: dict[str, int] = {}
    ids: dict[str, int] = {}
    for position, option in enumerate(question.options, 1):
        text = " ".join(option.text.text.split()).casefold()
        if text in texts:
            report.error(
                option.line, f"the option is the same as in line {texts[text]}; change or delete one"
            )
        texts.setdefault(text, option.line)
        option.id = option.id or f"o{position}"
        if option.id in ids:
            report.error(
                option.line, f"the option id {option.id} is also in line {ids[option.id]}; change one"
            )
        ids.setdefault(option.id, option.line)
