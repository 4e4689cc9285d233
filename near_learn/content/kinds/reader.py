"""Reading the lines under a question's heading: what stands before the answers, among them and after them."""

import re
from collections.abc import Callable, Sequence

from near_learn.content.draft import DraftOption, DraftQuestion, Prose
from near_learn.content.fences import Fences
from near_learn.content.headings import split_id
from near_learn.content.problem import Report
from near_learn.content.question import GAP_MARK
from near_learn.content.source import Line

MOST = 20  # options, items, pairs or gaps

ITEM = re.compile(r"(?:[-*+]|\d+[.)]) +\S")
INDENTED = re.compile(r" {2,}\S")
HINT = re.compile(r" {0,3}\?\?\? ?hint *\Z")
NEARLY_HINT = re.compile(r" {0,3}(?:\?{2,4}\+?|!{2,3}|:{3}) *[\"“]?hint\b", re.IGNORECASE)

# Says what is wrong with a line that is written like an answer of another kind; empty when it is not.
Foreign = Callable[[str, str], str]


class Reader:
    """Walks through the lines under a heading, one method a place it can be in.

    Each kind has its own: it says which lines begin an answer, and what to do with one.
    """

    noun: str = "option"  # what an answer is called in messages
    feedback: bool = True  # whether an answer may have feedback of its own
    single: bool = False  # whether there is one answer, so that a list after it is prose

    def __init__(self, question: DraftQuestion, foreign: Foreign, report: Report) -> None:
        self.question = question
        self.foreign = foreign
        self.report = report
        self.tail = Prose()
        self.blank = False  # whether the line before was empty
        self.malformed = False  # whether an answer could not be read, so that counting them says nothing
        self.fences = Fences(lenient=True)
        self.place = self.stem
        self.resumed = self.stem  # the place that comes after a hint

    # --- what a kind says ---

    def begins(self, text: str) -> bool:
        """Whether the line begins an answer, well written or not."""
        return False

    def answer(self, line: Line) -> None:
        """Reads a line that begins an answer."""
        raise NotImplementedError

    def no_answer(self, line: Line) -> str:
        """What is wrong with a list item among the answers that is none of them."""
        return f"this is no {self.noun}; write it like the others"

    def finish(self) -> None:
        """Looks at the whole question."""
        raise NotImplementedError

    # --- the walk ---

    def read(self, lines: Sequence[Line]) -> Prose:
        """Reads all lines into the question; what follows the question comes out."""
        for line in lines:
            self.place(line)
            self.blank = not line.text.strip()
        if "[[" in self.question.heading.title:
            self.error(
                self.question.heading.line,
                "a gap cannot stand in the heading; write the text with its gaps in the lines under it",
            )
        self.finish()
        return self.tail

    def error(self, line: int, message: str) -> None:
        """Notes a mistake in an answer."""
        self.malformed = True
        self.report.error(line, message)

    def stem(self, line: Line) -> None:
        """Before the answers."""
        if self.fences.covers(line.text):
            self.question.stem.lines.append(line)
        elif NEARLY_HINT.match(line.text):
            self.begin_hint(line)
        elif self.begins(line.text):
            self.place = self.answers
            self.answers(line)
        elif wrong := self.foreign(self.question.kind, line.text):
            self.error(line.number, wrong)
        else:
            self.prose(line)

    def prose(self, line: Line) -> None:
        """A line of the text under the heading."""
        if GAP_MARK in line.text:
            self.report.error(line.number, "there is an invisible character (U+E000) here; delete it")
        self.question.stem.lines.append(line)

    def begin_hint(self, line: Line) -> None:
        """The line that opens a hint, well written or not."""
        if not HINT.match(line.text):
            self.report.error(
                line.number,
                "the hint is malformed; write `??? hint` alone on the line, and the lines under it "
                "indented by four spaces",
            )
        elif self.question.hint.lines:
            self.report.error(line.number, "there are two hints; make them one")
        self.resumed = self.place
        self.place = self.hint
        self.question.hint.lines.append(Line(line.number, ""))

    def hint(self, line: Line) -> None:
        """In the hint."""
        if line.text.startswith("    ") or not line.text.strip():
            self.question.hint.lines.append(Line(line.number, line.text[4:]))
            return
        if self.question.hint.blank:
            self.report.error(
                self.question.hint.lines[0].number,
                "the hint is empty; indent each line that belongs to it by four spaces",
            )
        elif not self.blank:
            self.report.error(
                line.number,
                "the line falls out of the hint, because it is not indented by four spaces; "
                "indent it, or put an empty line before it",
            )
        self.place = self.resumed
        self.place(line)

    def answers(self, line: Line) -> None:
        """Among the answers and what is indented under them."""
        if not line.text.strip():
            return
        if self.begins(line.text):
            self.answer(line)
        elif INDENTED.match(line.text):
            self.under(line)
        elif line.text.lstrip().startswith(">"):
            self.place = self.explanation
            self.explanation(line)
        elif NEARLY_HINT.match(line.text):
            self.report.error(line.number, "a hint stands before the answers; move it up")
            self.begin_hint(line)
        elif ITEM.match(line.text) and not (self.single and self.blank):
            self.error(line.number, self.no_answer(line))
        elif self.blank:
            self.place = self.after
            self.after(line)
        elif self.single:
            self.report.error(line.number, self.no_answer(line))
        else:
            self.report.error(
                line.number,
                f"this text stands between the {self.noun}s; indent it with two spaces if it belongs to the "
                f"{self.noun} above, or put an empty line before it",
            )

    def under(self, line: Line) -> None:
        """An indented line: feedback, or more of the answer's text."""
        if not self.question.options:
            return  # the answer above is malformed and in the report
        option = self.question.options[-1]
        text = line.text.strip()
        if text.startswith(">") and not self.feedback:
            self.error(
                line.number,
                f"a single {self.noun} has no feedback here; explain it after the last one, with "
                "> at the margin",
            )
        elif text.startswith(">"):
            option.feedback.lines.append(Line(line.number, text[1:].removeprefix(" ")))
        elif option.feedback.lines:
            option.feedback.lines.append(Line(line.number, text))
        elif self.begins(text) or ITEM.match(text):
            self.report.error(
                line.number,
                f"{article(self.noun)} cannot hold a list; begin every {self.noun} at the left margin",
            )
        else:
            self.more(option, Line(line.number, text))

    def more(self, option: DraftOption, line: Line) -> None:
        """The text of an answer goes on."""
        option.text.lines.append(line)

    def explanation(self, line: Line) -> None:
        """In the block quote after the answers."""
        text = line.text.lstrip()
        if text.startswith(">"):
            self.question.explanation.lines.append(Line(line.number, text[1:].removeprefix(" ")))
        elif text and not self.blank and not self.begins(text):
            self.question.explanation.lines.append(Line(line.number, text))
        elif text:
            self.place = self.after
            self.after(line)

    def after(self, line: Line) -> None:
        """In the prose that goes on after the question."""
        if not self.fences.covers(line.text) and self.foreign("", line.text):
            self.report.error(
                line.number,
                f"these {self.noun}s have no question; put a ### heading above them, or move them up to the "
                "others",
            )
        else:
            self.tail.lines.append(line)

    # --- for the kinds ---

    def option(self, line: Line, text: str, *, correct: bool = False) -> DraftOption:
        """A new option with this text, and the id at its end if it has one."""
        identifier = None
        if text.rstrip().endswith("}") and "{#" in text:
            text, identifier = split_id(text, line.number, self.report)
        option = DraftOption(line.number, correct, Prose([Line(line.number, text)]), identifier)
        self.question.options.append(option)
        return option

    def number_options(self, names: Sequence[str] = ()) -> None:
        """Gives an id to every option that has none: `names` in order, else o1, o2, … Notes doubles."""
        texts: dict[str, int] = {}
        ids: dict[str, int] = {}
        for position, option in enumerate(self.question.options):
            text = " ".join(option.text.text.split()).casefold()
            if text in texts:
                self.report.error(
                    option.line,
                    f"the {self.noun} is the same as in line {texts[text]}; change or delete one",
                )
            texts.setdefault(text, option.line)
            option.id = option.id or (names[position] if names else f"o{position + 1}")
            if option.id in ids:
                self.report.error(
                    option.line, f"the option id {option.id} is also in line {ids[option.id]}; change one"
                )
            ids.setdefault(option.id, option.line)

    def count(self, number: int, least: int, advice: str) -> None:
        """Notes too few and too many answers; nothing when one could not be read."""
        line = self.question.heading.line
        if self.malformed:
            return
        if number < least:
            self.report.error(line, advice)
        if number > MOST:
            self.report.error(line, f"a question may have {MOST} {self.noun}s; leave some out")


def article(noun: str) -> str:
    """The noun with a or an."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
